#pragma once

#include "compiler/schema/import.h"

// Avro schemas (.avsc) → the types of a project.
//
// What becomes what: a record → an event's payload, or a record named after it; a union with null → `T?`; enum → an enum with names made
// snake_case and the symbols for the wire; int, long → Int; float, double → Decimal; string → Text; bytes, fixed → Text in base64; array →
// List. Logical types: decimal → Decimal, uuid → Id, date → Date, time-* → TimeOfDay, timestamp-* → Instant; others have none, and
// unknown ones ignored, as Avro says. A default is the field's default; aliases are wire names, too. A field without a counterpart (another
// union, a map, a recursive type) is none: it cannot be read.

namespace wend::schema {

[[nodiscard]] ImportResult import_avro(const source::SourceFile& file, const std::vector<Wanted>& wanted, types::TypeTable& table);

}  // namespace wend::schema
