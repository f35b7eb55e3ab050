#pragma once

#include <string>
#include <vector>

#include "compiler/schema/import.h"
#include "compiler/schema/json_tree.h"

// What the importers of formats with named types share: the types they add to the table, and how they say what is wrong.

namespace wend::schema {

/// A name of the schema that somebody may list: `com.shop.OrderPlaced`, and where to find it.
struct SchemaName {
  std::string full;
  std::size_t index = 0;
};

class TypeMaker {
 public:
  TypeMaker(types::TypeTable& table, ImportResult& result) : table_(table), result_(result) {}

  /// The listed name that is being imported: second label of what goes wrong, and the name of its type.
  void set_wanted(const Wanted& wanted) { wanted_ = &wanted; }
  [[nodiscard]] const Wanted& wanted() const { return *wanted_; }

  /// Named as the author listed it when `listed`, else after `short_name`.
  types::Type add_enum(types::Enum made, const std::string& short_name, bool listed);
  types::Type add_record(std::vector<types::Field> fields, const std::string& short_name, source::Span span, bool listed);
  /// The listed name is that of a type made before, inside another listed one.
  void list(const types::Type& type);
  /// Gives the field its name; false after reporting that there is none, that it is taken, or that there are too many.
  bool add_field(std::vector<types::Field>& fields, const std::string& wire, types::Field field, const std::string& path);

  /// The name that `wanted` means among those of the schema: the full name, else the only one that ends in it. Reports what is none.
  [[nodiscard]] const SchemaName* find(const std::vector<SchemaName>& names, const char* what);

  void unsupported(source::Span span, const std::string& path, std::string construct);
  void wrong_shape(source::Span span, const std::string& path, std::string expected);
  void too_large(source::Span span, const std::string& path, std::string what);
  void report(diag::Diagnostic diagnostic);

 private:
  std::string type_name(const std::string& short_name, bool listed) const;

  types::TypeTable& table_;
  ImportResult& result_;
  const Wanted* wanted_ = nullptr;
  std::size_t field_count_ = 0;
};

/// Says why the text is no JSON.
void report_json_error(const JsonError& error, ImportResult& result);
/// A member that is a text; empty when it is none.
[[nodiscard]] std::string text_member(const JsonNode& node, std::string_view key);
/// Behind the last dot.
[[nodiscard]] std::string short_name(const std::string& full_name);
/// A name for an enum's value that is not in use yet.
[[nodiscard]] std::string value_name(const types::Enum& made, const std::string& wire);

}  // namespace wend::schema
