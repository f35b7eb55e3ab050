#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "compiler/schema/import.h"

// The formats that `import` knows: one door for whoever holds a schema file. What each becomes is told in import.h (JSON Schema), avro.h,
// protobuf.h and tracking_plan.h.

namespace wend::schema {

enum class Format : std::uint8_t { json_schema, avro, protobuf, tracking_plan };

/// By the word after `import`.
[[nodiscard]] std::optional<Format> find_format(std::string_view word);
inline constexpr std::array<std::string_view, 4> k_format_words = {"jsonschema", "avro", "protobuf", "tracking_plan"};

/// `path_span` is the place of the file's name: what is wrong with a file that is no text is shown there.
[[nodiscard]] ImportResult import_schema(Format format, const source::SourceFile& file, source::Span path_span,
                                         const std::vector<Wanted>& wanted, types::TypeTable& table, const FileLoader& loader = {});

}  // namespace wend::schema
