#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/schema/import.h"
#include "compiler/schema/json_tree.h"

namespace wend::schema {

/// Where a schema stands: its path for people ("$.properties.total") and the name a type made from it gets.
struct Place {
  std::string path;
  std::string type_name;
};

/// Turns schemas of one document into types. Invariants: a schema node becomes at most one type, so that two uses of a
/// definition are one record; every failure has been reported when nullopt is returned.
class Converter {
 public:
  Converter(const JsonNode& root, types::TypeTable& table, ImportResult& result) : root_(root), table_(table), result_(result) {}

  /// The listed name that is being imported: second label of what goes wrong.
  void set_wanted(const Wanted& wanted) { wanted_ = &wanted; }

  std::optional<types::Type> convert(const JsonNode& schema, const Place& place);
  std::optional<std::vector<types::Field>> convert_fields(const JsonNode& schema, const Place& place);
  /// Gives the type of a schema a listed name, before anything else names it.
  std::optional<types::Type> convert_listed(const JsonNode& schema, const Place& place);
  /// False after reporting keywords of an event's own schema that have no counterpart.
  bool event_keywords_supported(const JsonNode& schema, const Place& place);
  /// Follows local references; nullptr after reporting one that leads nowhere, outside, or in a circle.
  const JsonNode* resolve(const JsonNode& schema, Place& place);

  /// Keywords seen that narrow values without changing the type, with the first place of each.
  [[nodiscard]] const std::map<std::string, source::Span>& unenforced() const { return unenforced_; }

  void unsupported(source::Span span, const std::string& path, std::string construct);
  void wrong_shape(source::Span span, const std::string& path, std::string expected);

 private:
  std::optional<types::Type> convert_node(const JsonNode& schema, const Place& place);
  std::optional<types::Type> convert_enum(const JsonNode& schema, const JsonNode& values, const Place& place);
  std::optional<types::Type> convert_object(const JsonNode& schema, const Place& place);
  std::optional<types::Type> convert_array(const JsonNode& schema, const Place& place);
  std::optional<types::Type> convert_string(const JsonNode& schema);
  std::optional<types::Type> convert_nullable(const JsonNode& choices, const Place& place);
  bool keywords_supported(const JsonNode& schema, const Place& place);
  std::string unique_type_name(const std::string& wanted_name) const;
  void report(diag::Diagnostic diagnostic);

  const JsonNode& root_;
  types::TypeTable& table_;
  ImportResult& result_;
  const Wanted* wanted_ = nullptr;
  bool listing_ = false;
  int depth_ = 0;
  std::size_t field_count_ = 0;
  std::map<const JsonNode*, types::Type> converted_;
  std::set<const JsonNode*> open_;
  std::map<std::string, source::Span> unenforced_;
};

}  // namespace wend::schema
