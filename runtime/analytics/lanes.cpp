#include "runtime/analytics/lanes.h"

// The widest vectors of the machine it runs on, chosen when the program starts. Sanitizers instrument what chooses, too early.
#if defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && defined(__x86_64__)
#define WEND_WIDEST __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WEND_WIDEST
#endif

namespace wend::analytics {

WEND_WIDEST void equal_lanes(Operand b, Operand c, uint8_t* __restrict result) {
  for (size_t i = 0; i < k_lanes; ++i) result[i] = static_cast<uint8_t>(b.words[i] == c.words[i]) & b.present[i] & c.present[i];
}

WEND_WIDEST void less_lanes(Operand b, Operand c, uint8_t* __restrict result) {
  for (size_t i = 0; i < k_lanes; ++i) result[i] = static_cast<uint8_t>(b.words[i] < c.words[i]) & b.present[i] & c.present[i];
}

WEND_WIDEST void less_equal_lanes(Operand b, Operand c, uint8_t* __restrict result) {
  for (size_t i = 0; i < k_lanes; ++i) result[i] = static_cast<uint8_t>(b.words[i] <= c.words[i]) & b.present[i] & c.present[i];
}

WEND_WIDEST void part_lanes(const uint8_t* bits, uint8_t leaving, Bits& active, Bits& branch) {
  for (size_t i = 0; i < k_lanes; ++i) {
    const uint8_t leaves = active[i] & static_cast<uint8_t>(bits[i] == leaving);
    branch[i] = leaves;
    active[i] ^= leaves;
  }
}

WEND_WIDEST void keep_lanes(const uint8_t* bits, Bits& active) {
  for (size_t i = 0; i < k_lanes; ++i) active[i] &= bits[i];
}

WEND_WIDEST void join_lanes(const uint8_t* bits, Bits& lanes) {
  for (size_t i = 0; i < k_lanes; ++i) lanes[i] |= bits[i];
}

WEND_WIDEST void negate_lanes(const uint8_t* bits, uint8_t* __restrict result) {
  for (size_t i = 0; i < k_lanes; ++i) result[i] = bits[i] ^ 1;
}

WEND_WIDEST void equal_bits(const uint8_t* b, const uint8_t* c, uint8_t* __restrict result) {
  for (size_t i = 0; i < k_lanes; ++i) result[i] = b[i] ^ c[i] ^ 1;
}

WEND_WIDEST void and_bits(const uint8_t* __restrict bits, uint8_t* __restrict result) {
  for (size_t i = 0; i < k_lanes; ++i) result[i] &= bits[i];
}

WEND_WIDEST void merge_words(const Bits& active, const int64_t* __restrict words, Words& own) {
  for (size_t i = 0; i < k_lanes; ++i) own[i] = active[i] != 0 ? words[i] : own[i];
}

WEND_WIDEST void merge_bits(const Bits& active, const uint8_t* __restrict bits, Bits& own) {
  for (size_t i = 0; i < k_lanes; ++i) own[i] = active[i] != 0 ? bits[i] : own[i];
}

}  // namespace wend::analytics
