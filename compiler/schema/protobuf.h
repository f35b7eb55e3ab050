#pragma once

#include "compiler/schema/import.h"

// Descriptor sets of Protocol Buffers (`protoc --include_imports --descriptor_set_out`) → the types of a project. Events still arrive as JSON,
// in the form that Protocol Buffers give it.
//
// What becomes what: a message → an event's payload, or a record named after it; whole numbers → Int; float, double → Decimal; bytes → Text in
// base64; enum → an enum whose names leave out the prefix of all; repeated → List, empty when left out; Timestamp → Instant?, Duration →
// Duration?; a wrapper, a message and whatever has presence (`optional`, a member of a `oneof`) → `T?`. A field without presence is never
// absent: left out, it is 0, "", false or the enum's first value, as whoever writes it means. Wire names are the JSON names and the
// names of the .proto file. What has no counterpart is refused with its path: maps, groups, recursive messages, Any, Struct.

namespace wend::schema {

/// Such a file is no text: all is shown at the listed names, and what is wrong with the file at `path_span`.
[[nodiscard]] ImportResult import_protobuf(const source::SourceFile& file, source::Span path_span, const std::vector<Wanted>& wanted,
                                           types::TypeTable& table);

}  // namespace wend::schema
