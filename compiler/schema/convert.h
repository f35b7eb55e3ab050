#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "compiler/schema/documents.h"
#include "compiler/schema/rules.h"

namespace wend::schema {

/// Schemas that one value has to obey all at once, with what they refer to and are made of.
struct Conjunction {
  std::vector<Located> parts;  ///< the first is the one asked for
  std::string type_name;       ///< that a type made from it gets
  std::unordered_set<const JsonNode*> nodes = {};  ///< of the parts: none counts twice
};

/// What a schema comes to among the types: a type, or why there is none.
struct Converted {
  std::optional<types::Type> type;
  std::string path;  ///< of what has none
  std::string why;   ///< "an open map"
  source::Span span;
};

/// Turns schemas into types. Invariants: schemas that mean the same become one type, so that two uses of a definition are one record;
/// a type holds every value that its schema accepts. The rules of the schemas have been compiled: references lead somewhere, and end.
class Converter {
 public:
  Converter(Documents& documents, RuleCompiler& rules, types::TypeTable& table, ImportResult& result)
      : documents_(documents), rules_(rules), table_(table), result_(result) {}

  void set_wanted(const Wanted& wanted) { wanted_ = &wanted; }

  Converted convert(const Conjunction& schema);
  /// Gives the type of a schema a listed name, before anything else names it.
  Converted convert_listed(const Conjunction& schema);
  /// Of an object; what is wrong with them has been reported when nullopt is returned.
  std::optional<std::vector<types::Field>> convert_fields(const Conjunction& schema, const std::string& owner);
  /// The schema with what it refers to.
  Conjunction expand(const std::vector<Located>& schemas, std::string type_name);
  /// Bits of bytecode::JsonKinds: a value that obeys the schema is of one of them.
  [[nodiscard]] std::uint32_t kinds_of(const Conjunction& schema, int depth = 0);
  /// Whether it is an object whose members have any name.
  [[nodiscard]] const JsonMember* open_map(const Conjunction& schema) const;

 private:
  Converted convert_new(const Conjunction& schema);
  Converted convert_string(const Conjunction& schema);
  Converted convert_enum(const Conjunction& schema, const Located& holder, const JsonMember& values);
  Converted convert_object(const Conjunction& schema);
  Converted convert_array(const Conjunction& schema);
  void expand_into(const Located& schema, Conjunction& out, int depth);
  void add_chosen(Conjunction& schema);
  Converted none(const Conjunction& schema, std::string why) const;
  std::string unique_type_name(const std::string& wanted_name) const;

  Documents& documents_;
  RuleCompiler& rules_;
  types::TypeTable& table_;
  ImportResult& result_;
  const Wanted* wanted_ = nullptr;
  bool listing_ = false;
  int depth_ = 0;
  std::size_t field_count_ = 0;
  std::map<std::vector<const JsonNode*>, Converted> converted_;
};

}  // namespace wend::schema
