#include "compiler/source/utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace wend::source {
namespace {

constexpr char32_t k_replacement = 0xFFFD;

bool is_continuation(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

/// Length of the well-formed sequence at `offset`, or 0 (RFC 3629, table 3-7 of the Unicode standard).
std::size_t sequence_length(std::string_view text, std::size_t offset) {
  const auto byte_at = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = byte_at(offset);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || offset + length > text.size()) return 0;
  for (std::size_t at = 1; at < length; ++at) {
    if (!is_continuation(byte_at(offset + at))) return 0;
  }
  const unsigned char second = byte_at(offset + 1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second > 0x9F;
  const bool beyond_unicode = lead == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond_unicode ? 0 : length;
}

struct Range {
  char32_t first;
  char32_t last;
};

// Coarse blocks are enough here: the widths only place carets under excerpts.
constexpr std::array k_wide = std::to_array<Range>({{0x1100, 0x115F},
                                                    {0x2E80, 0xA4CF},
                                                    {0xAC00, 0xD7A3},
                                                    {0xF900, 0xFAFF},
                                                    {0xFE30, 0xFE6F},
                                                    {0xFF00, 0xFF60},
                                                    {0xFFE0, 0xFFE6},
                                                    {0x1F300, 0x1F64F},
                                                    {0x1F680, 0x1F6FF},
                                                    {0x1F900, 0x1F9FF},
                                                    {0x20000, 0x3FFFD}});
constexpr std::array k_zero =
    std::to_array<Range>({{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}});

template <std::size_t k_size>
bool in_any(const std::array<Range, k_size>& ranges, char32_t code_point) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return range.first <= code_point && code_point <= range.last; });
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    const std::size_t length = sequence_length(text, offset);
    if (length == 0) return offset;
    offset += length;
  }
  return std::nullopt;
}

std::size_t utf8_length_at(std::string_view text, std::size_t offset) {
  return std::max<std::size_t>(1, sequence_length(text, offset));
}

std::size_t utf8_count(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t offset = 0; offset < text.size(); offset += utf8_length_at(text, offset)) ++count;
  return count;
}

char32_t utf8_decode_at(std::string_view text, std::size_t offset) {
  const std::size_t length = sequence_length(text, offset);
  const auto lead = static_cast<unsigned char>(text[offset]);
  if (length == 0) return k_replacement;
  if (length == 1) return lead;
  char32_t code_point = lead & (0xFFU >> (length + 1));
  for (std::size_t at = 1; at < length; ++at) code_point = (code_point << 6) | (static_cast<unsigned char>(text[offset + at]) & 0x3FU);
  return code_point;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t offset = 0; offset < text.size(); offset += utf8_length_at(text, offset)) {
    const char32_t code_point = utf8_decode_at(text, offset);
    width += in_any(k_zero, code_point) ? 0 : in_any(k_wide, code_point) ? 2 : 1;
  }
  return width;
}

void utf8_append(std::string& out, char32_t code_point) {
  const auto push = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    push(code_point);
  } else if (code_point < 0x800) {
    push(0xC0 | (code_point >> 6));
    push(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    push(0xE0 | (code_point >> 12));
    push(0x80 | ((code_point >> 6) & 0x3F));
    push(0x80 | (code_point & 0x3F));
  } else {
    push(0xF0 | (code_point >> 18));
    push(0x80 | ((code_point >> 12) & 0x3F));
    push(0x80 | ((code_point >> 6) & 0x3F));
    push(0x80 | (code_point & 0x3F));
  }
}

}  // namespace wend::source
