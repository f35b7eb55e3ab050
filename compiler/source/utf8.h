#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace wend::source {

/// Byte offset of the first byte that is not well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
[[nodiscard]] std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Length in bytes of the code point that begins at `offset`; 1 for a malformed byte.
[[nodiscard]] std::size_t utf8_length_at(std::string_view text, std::size_t offset);

/// Code points in the text; every malformed byte counts as one.
[[nodiscard]] std::size_t utf8_count(std::string_view text);

/// Columns a terminal uses for the text: 2 for wide East Asian characters and emoji, 0 for combining marks.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The code point at `offset` (U+FFFD for a malformed byte).
[[nodiscard]] char32_t utf8_decode_at(std::string_view text, std::size_t offset);

void utf8_append(std::string& out, char32_t code_point);

}  // namespace wend::source
