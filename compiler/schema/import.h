#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/source/source_file.h"
#include "compiler/types/type.h"

// JSON Schema → the types of a project. Nothing is read here: the text is passed in.
//
// What becomes what: an object → a record (an event's payload, or a record named after the path to it); `required` left out,
// or a type with "null" → `T?`; enum of strings → an enum with names made snake_case and the originals for the wire;
// string formats email, uri, date-time, date, time, uuid → Email, Url, Instant, Date, TimeOfDay, Id; integer → Int;
// number → Decimal; array → List; a local `$ref` → what it refers to. Anything else is an error that names its JSON path.

namespace wend::schema {

/// Nested objects, arrays and references; deeper schemas are refused.
inline constexpr int k_depth_max = 16;
/// Fields that one import may make.
inline constexpr int k_fields_max = 2'000;

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

struct ImportedEvent {
  std::string name;
  std::string wire;
  std::vector<types::Field> fields;
  source::Span span;
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
struct ImportResult {
  std::vector<ImportedEvent> events;
  std::vector<ImportedType> types;
  std::vector<diag::Diagnostic> diagnostics;
};

/// Adds the types to the table. Spans of fields point into the schema file; faults are shown there, with the listed name
/// that asked as second label.
[[nodiscard]] ImportResult import_json_schema(const source::SourceFile& file, const std::vector<Wanted>& wanted, types::TypeTable& table);

/// `firstName`, `First Name`, `FIRST_NAME` → `first_name`; empty when nothing usable is left.
[[nodiscard]] std::string snake_case(std::string_view text);
/// `billing_address` → `BillingAddress`.
[[nodiscard]] std::string upper_camel(std::string_view text);

}  // namespace wend::schema
