#pragma once

// Private to this folder: the values of `format` that texts are held to (runtime/bytecode/schema_formats.def).

#include <string_view>

#include "runtime/bytecode/schema.h"

namespace wend::ingest {

// `text` is valid UTF-8.
bool is_of_format(bytecode::SchemaFormat format, std::string_view text);

}  // namespace wend::ingest
