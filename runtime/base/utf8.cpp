#include "runtime/base/utf8.h"

#include <cstring>

namespace wend {
namespace {

bool is_continuation(uint8_t byte) {
  return (byte & 0xc0) == 0x80;
}

// Length of the well-formed sequence at `at`, which begins with a byte >= 0x80; 0 when there is none.
size_t sequence_length(std::string_view text, size_t at) {
  const auto byte = [&](size_t offset) { return at + offset < text.size() ? static_cast<uint8_t>(text[at + offset]) : uint8_t{0}; };
  const uint8_t first = byte(0);
  const uint8_t second = byte(1);
  if (first < 0xc2 || !is_continuation(second)) return 0;
  if (first < 0xe0) return 2;
  if (!is_continuation(byte(2))) return 0;
  if (first < 0xf0) return (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ? 0 : 3;
  if (!is_continuation(byte(3)) || first > 0xf4) return 0;
  return (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f) ? 0 : 4;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    // Most text is ASCII: eight bytes at a time.
    uint64_t word = 0;
    while (at + sizeof word <= text.size()) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((word & 0x8080808080808080) != 0) break;
      at += sizeof word;
    }
    if (at == text.size()) break;
    if (static_cast<uint8_t>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const size_t length = sequence_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

int64_t count_code_points(std::string_view text) {
  int64_t count = 0;
  for (const char c : text) count += is_continuation(static_cast<uint8_t>(c)) ? 0 : 1;
  return count;
}

}  // namespace wend
