#pragma once

#include <cstdint>
#include <string_view>

namespace wend {

// Editors put it at the beginning of a file; it is no part of the text.
inline constexpr std::string_view k_byte_order_mark = "\xef\xbb\xbf";

// The Unicode standard's table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);
// Of valid UTF-8.
int64_t count_code_points(std::string_view text);

}  // namespace wend
