#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/source/source_file.h"
#include "compiler/types/type.h"
#include "runtime/bytecode/schema.h"

// JSON Schema → the types of a project. Nothing is read here: the text is passed in.
//
// What becomes what: an object → a record (an event's payload, or a record named after the path to it); `required` left out,
// or a type with "null" → `T?`; enum of strings → an enum with names made snake_case and the originals for the wire;
// formats email, uri, date-time, date, uuid → Email, Url, Instant, Date, Id (a time has an offset: Text); integer → Int;
// number → Decimal; array → List; `$ref` → what it refers to. A property that no type holds is no field: it is checked, but cannot be
// read. Everything a schema says about values is kept as rules that a payload is held to when it arrives.

namespace wend::schema {

/// Nested objects, arrays and references; deeper schemas are refused.
inline constexpr int k_depth_max = 16;
/// Fields that one import may make.
inline constexpr int k_fields_max = 2'000;
/// Values of one enum.
inline constexpr std::size_t k_enum_values_max = 4'000;

enum class WantedKind : std::uint8_t { event, record, enumeration };

/// One listed name: `event OrderShipped from "Order Shipped"`.
struct Wanted {
  WantedKind kind = WantedKind::event;
  std::string name;
  /// For events the wire name, which may also be the name of a definition; for records and enums the name of a definition
  /// or top-level property, by default their own name.
  std::optional<std::string> from;
  source::Span span;
};

/// A rule as the schema has it, for the lock: `total`, "minimum", "0". The path is that of the payload, empty for the whole of it.
struct ImportedRule {
  std::string path;
  std::string keyword;
  std::string value;
};
struct ImportedEvent {
  std::string name;
  std::string wire;
  std::vector<types::Field> fields;
  source::Span span;
  std::optional<bytecode::SchemaNodeId> schema;  ///< in ImportResult::nodes; absent: the types say everything
  std::vector<ImportedRule> rules;
  std::vector<std::string> also = {};  ///< wire names taken for it, too
};
/// Made for the import; `listed` when the source names it, else named after its path.
struct ImportedType {
  std::string name;
  bool is_enum = false;
  std::uint32_t index = 0;  ///< in the type table
  bool listed = false;
  source::Span span;
};
/// A property without a counterpart among the types.
struct UnreadableField {
  std::string owner;  ///< the event or record
  std::string name;   ///< as a field it would have this one
  std::string path;   ///< of its schema
  std::string why;    ///< "an open map"
  source::Span span;
  bool checked = true;  ///< the schema's rules are held to it nevertheless
};
struct ImportResult {
  std::vector<ImportedEvent> events;
  std::vector<ImportedType> types;
  std::vector<UnreadableField> unreadable;
  std::vector<bytecode::SchemaNode> nodes;
  std::vector<diag::Diagnostic> diagnostics;
};

/// Another file of the project by a path relative to the importing one; nullptr when there is none.
using FileLoader = std::function<const source::SourceFile*(const std::string& path)>;

/// Adds the types to the table. Spans of fields point into the schema file; faults are shown there, with the listed name
/// that asked as second label. References to other files go through `loader`; none is followed without.
[[nodiscard]] ImportResult import_json_schema(const source::SourceFile& file, const std::vector<Wanted>& wanted, types::TypeTable& table,
                                              const FileLoader& loader = {});

/// `firstName`, `First Name`, `FIRST_NAME` → `first_name`; empty when nothing usable is left.
[[nodiscard]] std::string snake_case(std::string_view text);
/// `billing_address` → `BillingAddress`.
[[nodiscard]] std::string upper_camel(std::string_view text);

}  // namespace wend::schema
