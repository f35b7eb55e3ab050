#include "runtime/vm/letter_case.h"

#include <cstdint>

namespace wend::vm {
namespace {

// A run of letters with their case partners at a fixed distance, or alternating: capital, small, capital, small.
struct Range {
  uint32_t first_upper;
  uint32_t last_upper;
  uint32_t distance;  // 1 = alternating
};
constexpr Range k_ranges[] = {
    {0x41, 0x5a, 32},   {0xc0, 0xd6, 32},   {0xd8, 0xde, 32},                                         // ASCII, Latin-1
    {0x100, 0x12e, 1},  {0x132, 0x136, 1},  {0x139, 0x147, 1}, {0x14a, 0x176, 1}, {0x179, 0x17d, 1},  // Latin Extended-A
    {0x391, 0x3a1, 32}, {0x3a3, 0x3a9, 32},                                                           // Greek
    {0x400, 0x40f, 80}, {0x410, 0x42f, 32},                                                           // Cyrillic
};

uint32_t lower_of(uint32_t code) {
  for (const Range& range : k_ranges) {
    if (code < range.first_upper || code > range.last_upper) continue;
    if (range.distance == 1 && (code - range.first_upper) % 2 != 0) return code;
    return code + range.distance;
  }
  return code;
}

uint32_t upper_of(uint32_t code) {
  for (const Range& range : k_ranges) {
    const uint32_t candidate = code - range.distance;
    if (candidate < range.first_upper || candidate > range.last_upper) continue;
    if (range.distance == 1 && (candidate - range.first_upper) % 2 != 0) continue;
    return candidate;
  }
  return code;
}

std::string map(std::string_view text, uint32_t (*mapped)(uint32_t)) {
  std::string result(text);
  for (size_t i = 0; i < result.size(); ++i) {
    const auto first = static_cast<uint8_t>(result[i]);
    if (first < 0x80) {
      result[i] = static_cast<char>(mapped(first));
    } else if ((first & 0xe0) == 0xc0 && i + 1 < result.size()) {
      const uint32_t code = mapped((first & 0x1fu) << 6 | (static_cast<uint8_t>(result[i + 1]) & 0x3fu));
      result[i] = static_cast<char>(0xc0 | code >> 6);
      result[++i] = static_cast<char>(0x80 | (code & 0x3f));
    }
  }
  return result;
}

}  // namespace

std::string to_upper(std::string_view text) {
  return map(text, upper_of);
}
std::string to_lower(std::string_view text) {
  return map(text, lower_of);
}

}  // namespace wend::vm
