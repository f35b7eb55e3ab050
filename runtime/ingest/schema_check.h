#pragma once

// Private to this folder: holds payloads to the rules of their event's schema.

#include <string>
#include <string_view>
#include <vector>

#include "runtime/bytecode/expression.h"
#include "runtime/bytecode/json_number.h"
#include "runtime/bytecode/program.h"
#include "runtime/ingest/json_value.h"
#include "runtime/ingest/payload.h"

namespace wend::ingest {

// Values looked at, times rules, for one payload. A schema of choices within choices may want more than any payload is worth.
constexpr uint64_t k_schema_steps_max = 10'000'000;

class SchemaChecker {
 public:
  // Of a verified program, which outlives this.
  explicit SchemaChecker(const bytecode::Program& program);
  // False after telling `reader` where it breaks which rule. `text` is the payload as it stands in the document: see Payload::parse.
  bool check(bytecode::SchemaNodeId node, std::string_view text, const JsonPath& path, JsonReader& reader);

 private:
  // What a rule needs at hand.
  struct Rule {
    const bytecode::SchemaRule* rule = nullptr;
    bytecode::JsonNumber number;
    std::vector<bytecode::Expression> expressions;
    std::vector<std::string_view> values;  // of an enum, sorted
  };
  struct Node {
    std::vector<Rule> rules;
    bool has_unevaluated = false;
  };
  // Which members and elements some rule has looked at and found good.
  struct Looked {
    std::vector<bool> members;
    std::vector<bool> elements;
  };
  struct Place {
    const PayloadValue& value;
    const JsonPath& path;
    Looked* looked;  // null: nobody asks
  };

  void prepare(const bytecode::SchemaRule& rule, Node& node);
  bool obeys(bytecode::SchemaNodeId node, const PayloadValue& value, const JsonPath& path, Looked* looked);
  bool obeys_quietly(bytecode::SchemaNodeId node, const Place& place);
  bool obeys_rule(const Node& node, const Rule& rule, const Place& place);
  bool obeys_unevaluated(const Rule& rule, const Place& place);
  bool obeys_type(const Rule& rule, const Place& place);
  bool obeys_enum(const Rule& rule, const Place& place);
  bool obeys_number(const Rule& rule, const Place& place);
  bool obeys_text(const Rule& rule, const Place& place);
  bool obeys_object(const Node& node, const Rule& rule, const Place& place);
  bool obeys_one_member(const Rule& rule, const Place& place);
  bool obeys_properties(const Rule& rule, const Place& place);
  bool obeys_patterns(const Rule& rule, const Place& place);
  bool obeys_additional(const Node& node, const Rule& rule, const Place& place);
  bool obeys_dependent(const Rule& rule, const Place& place);
  bool obeys_array(const Node& node, const Rule& rule, const Place& place);
  bool obeys_contains(const Node& node, const Rule& rule, const Place& place);
  bool is_unique(const Place& place);
  bool obeys_choice(const Rule& rule, const Place& place);
  // A part of the value against the node that the rule has for it.
  bool member(const Rule& rule, const Place& place, size_t index, bytecode::SchemaNodeId node);
  bool element(const Rule& rule, const Place& place, size_t index, bytecode::SchemaNodeId node);
  bool obeys_part(const Rule& rule, bytecode::SchemaNodeId node, const PayloadValue& value, const JsonPath& path);
  bool spend(uint64_t steps);
  bool fail(const Rule& rule, const JsonPath& path, std::string expected);

  const bytecode::Program& program_;
  std::vector<Node> nodes_;
  Payload payload_;
  JsonReader* reader_ = nullptr;
  uint64_t steps_ = 0;
  bool exhausted_ = false;
  int quiet_ = 0;  // inside what may fail without the payload being wrong
};

}  // namespace wend::ingest
