#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/schema/documents.h"

namespace wend::schema {

/// Turns schemas into nodes of rules that a payload is held to (runtime/bytecode/schema.h). Invariants: a schema becomes one node, nodes
/// refer backwards only, and every failure has been reported when nullopt is returned.
class RuleCompiler {
 public:
  RuleCompiler(Documents& documents, ImportResult& result) : documents_(documents), result_(result) {}

  /// The listed name that is being imported: second label of what goes wrong.
  void set_wanted(const Wanted& wanted) { wanted_ = &wanted; }
  std::optional<bytecode::SchemaNodeId> compile(const Located& schema);
  /// Formats that say nothing here, with the first place of each.
  [[nodiscard]] const std::map<std::string, source::Span>& unknown_formats() const { return unknown_formats_; }

  void report(DocumentFault fault);
  void unsupported(source::Span span, const std::string& path, std::string construct);
  void wrong_shape(source::Span span, const std::string& path, std::string expected);

 private:
  struct Making {
    const Located& schema;
    bytecode::SchemaNode node;
    bool complete = true;
  };
  using Nodes = std::vector<bytecode::SchemaNodeId>;

  std::optional<bytecode::SchemaNodeId> add(bytecode::SchemaNode node);
  void make(Making& making);
  bool make_value_rule(Making& making, const JsonMember& member);
  bool make_size_rule(Making& making, const JsonMember& member);
  bool make_object_rule(Making& making, const JsonMember& member);
  bool make_array_rule(Making& making, const JsonMember& member);
  bool make_choice_rule(Making& making, const JsonMember& member);
  void make_type(Making& making, const JsonMember& member);
  void make_enum(Making& making, const JsonMember& member);
  void make_number(Making& making, const JsonMember& member, bytecode::SchemaKeyword keyword);
  void make_pattern(Making& making, const JsonMember& member);
  /// The pattern for RE2; nothing, and `complete` false, after reporting why there is none.
  std::optional<std::string> expression(Making& making, const std::string& pattern, source::Span span, const std::string& key);
  void make_format(Making& making, const JsonMember& member);
  void make_required(Making& making, const JsonMember& member);
  void make_named(Making& making, const JsonMember& member, bytecode::SchemaKeyword keyword);
  void make_dependencies(Making& making, const JsonMember& member);
  void make_condition(Making& making, const JsonMember& member);
  void make_reference(Making& making, const JsonMember& member);
  void make_one(Making& making, const JsonMember& member, bytecode::SchemaKeyword keyword);
  void make_list(Making& making, const JsonMember& member, bytecode::SchemaKeyword keyword);
  bool wants(Making& making, const JsonMember& member, bool fits, const char* expected);
  /// A node for the part of a schema; nothing, and `complete` false, after reporting.
  std::optional<bytecode::SchemaNodeId> part(Making& making, const JsonNode& node, const std::string& steps);

  Documents& documents_;
  ImportResult& result_;
  const Wanted* wanted_ = nullptr;
  std::map<const JsonNode*, std::optional<bytecode::SchemaNodeId>> compiled_;
  std::set<const JsonNode*> open_;
  std::size_t patterns_ = 0;
  bool is_too_large_ = false;  ///< that has been reported, and what else is too large says nothing new
  std::map<std::string, source::Span> unknown_formats_;
};

/// The schema's own `exclusiveMinimum: true` and the like: draft-04 wrote them beside `minimum`.
[[nodiscard]] bool is_true(const JsonNode& schema, std::string_view key);

}  // namespace wend::schema
