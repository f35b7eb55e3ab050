#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/schema/convert.h"
#include "compiler/schema/import.h"
#include "compiler/schema/json_tree.h"

// What the importers of formats with named types share: the types they add to the table, and how they say what is wrong.

namespace wend::schema {

/// A name of the schema that somebody may list: `com.shop.OrderPlaced`, and where to find it.
struct SchemaName {
  std::string full;
  std::size_t index = 0;
};

/// The fields of an event or record that is being made, and the properties that are none.
struct MadeFields {
  std::vector<types::Field> fields;
  std::vector<UnreadableField> unreadable;  ///< without their owner, which has no name yet
  bool complete = true;                     ///< false: something was wrong, and has been reported
};

class TypeMaker {
 public:
  TypeMaker(types::TypeTable& table, ImportResult& result) : table_(table), result_(result) {}

  /// The listed name that is being imported: second label of what goes wrong, and the name of its type.
  void set_wanted(const Wanted& wanted) { wanted_ = &wanted; }
  [[nodiscard]] const Wanted& wanted() const { return *wanted_; }

  /// Calls `import_type` with each listed record and enum, then `import_event` with each event, so that events use the names that
  /// their author chose; what goes wrong meanwhile is reported at its listed name.
  template <typename ImportType, typename ImportEvent>
  void import_listed(const std::vector<Wanted>& wanted, const ImportType& import_type, const ImportEvent& import_event) {
    for (const Wanted& one : wanted) {
      set_wanted(one);
      if (one.kind != WantedKind::event) import_type(one);
    }
    for (const Wanted& one : wanted) {
      set_wanted(one);
      if (one.kind == WantedKind::event) import_event(one);
    }
  }

  /// Named as the author listed it when `listed`, else after `short_name`.
  types::Type add_enum(types::Enum made, const std::string& short_name, bool listed);
  /// No type when no field is left.
  Converted add_record(MadeFields made, const std::string& short_name, source::Span span, const std::string& path, bool listed);
  /// The event that is wanted; `also` are further names on the wire.
  void add_event(MadeFields made, std::vector<std::string> also, std::optional<bytecode::SchemaNodeId> node = {}, std::vector<ImportedRule> rules = {});
  /// The listed name is that of a type made before, inside another listed one.
  void list(const types::Type& type);
  /// Gives the field its name. What has no type, or no name, becomes a property that cannot be read; a name that is taken, and too many
  /// fields, are reported.
  void add_field(MadeFields& made, const std::string& wire, const Converted& type, types::Field field, const std::string& path);

  /// The name that `wanted` means among those of the schema: the full name, else the only one that ends in it. Reports what is none.
  [[nodiscard]] const SchemaName* find(const std::vector<SchemaName>& names, const char* what);

  /// Says why a listed name is none, unless that has been said.
  void refuse(const Converted& none);
  void wrong_shape(source::Span span, const std::string& path, std::string expected);
  void report(diag::Diagnostic diagnostic);

 private:
  std::string type_name(const std::string& short_name, bool listed) const;
  void take_unreadable(std::vector<UnreadableField>& fields, const std::string& owner);

  types::TypeTable& table_;
  ImportResult& result_;
  const Wanted* wanted_ = nullptr;
  std::size_t field_count_ = 0;
};

/// What is no type; with an empty `why` that has been reported.
[[nodiscard]] Converted no_type(source::Span span, const std::string& path, std::string why);
[[nodiscard]] inline Converted as_type(types::Type type) { return {std::move(type), {}, {}, {}}; }
/// Nothing after saying why the file is no JSON, or too large.
[[nodiscard]] std::optional<JsonNode> read_json(const source::SourceFile& file, ImportResult& result);
/// A member that is a text; empty when it is none.
[[nodiscard]] std::string text_member(const JsonNode& node, std::string_view key);
/// Behind the last dot.
[[nodiscard]] std::string short_name(const std::string& full_name);
/// Names for the values of one enum: `Unknown` beside `unknown` is a value, too, and called `unknown_2`.
class ValueNames {
 public:
  std::string take(const std::string& wire);

 private:
  std::set<std::string> taken_;
  std::map<std::string, int> next_;  ///< of a name that was asked for before: what it is tried with next
};

}  // namespace wend::schema
