#pragma once

// The nominal texts (text_formats.def): one rule for each, asked where a value enters (events, traits, literals).

#include <string_view>

#include "runtime/bytecode/type.h"

namespace wend::bytecode {

// The name authors write: "Email".
const char* type_name(TextFormat format);
// What a value of the format looks like, for a message: "an address such as ada@example.com".
const char* description(TextFormat format);
// `text` is valid UTF-8. The value is kept as it stands: formats are checked, never normalised.
bool matches(TextFormat format, std::string_view text);

}  // namespace wend::bytecode
