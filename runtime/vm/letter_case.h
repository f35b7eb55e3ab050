#pragma once

// Letter case without a locale: the one-to-one mappings of the Latin, Greek and Cyrillic blocks (UnicodeData.txt); all else stays.

#include <string>
#include <string_view>

namespace wend::vm {

// Of valid UTF-8; the length in bytes stays the same, because these mappings stay within two bytes.
std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);

}  // namespace wend::vm
