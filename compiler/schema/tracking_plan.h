#pragma once

#include "compiler/schema/import.h"

// Tracking plans as Segment's Public API exports them (RudderStack's have the same form) → the types of a project. Every rule is a JSON
// Schema of a whole call; what it says of `properties.properties` is an event's payload, and becomes what import.h says, rules
// included. What it says of the call around it (its context, traits) is not held to: events arrive from everywhere.

namespace wend::schema {

[[nodiscard]] ImportResult import_tracking_plan(const source::SourceFile& file, const std::vector<Wanted>& wanted, types::TypeTable& table,
                                                const FileLoader& loader = {});

}  // namespace wend::schema
