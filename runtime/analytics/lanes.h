#pragma once

// The loops of the block machine: one operation over the lanes of a block, written so that the compiler turns them into vector code.

#include <array>
#include <cstddef>
#include <cstdint>

namespace wend::analytics {

// Small enough that what a condition works on stays in the first-level cache.
constexpr size_t k_lanes = 1024;
using Words = std::array<int64_t, k_lanes>;
using Bits = std::array<uint8_t, k_lanes>;  // 0 or 1

// Operands that are compared: words and whether they are there. An absent one compares false.
struct Operand {
  const int64_t* words = nullptr;
  const uint8_t* present = nullptr;
};

void equal_lanes(Operand b, Operand c, uint8_t* result);
void less_lanes(Operand b, Operand c, uint8_t* result);
void less_equal_lanes(Operand b, Operand c, uint8_t* result);

// The lanes of `active` whose bit is `leaving` go from `active` to `branch`.
void part_lanes(const uint8_t* bits, uint8_t leaving, Bits& active, Bits& branch);
void keep_lanes(const uint8_t* bits, Bits& active);      // active and bits
void join_lanes(const uint8_t* bits, Bits& lanes);       // lanes or bits
void negate_lanes(const uint8_t* bits, uint8_t* result);
void and_bits(const uint8_t* bits, uint8_t* result);
void equal_bits(const uint8_t* b, const uint8_t* c, uint8_t* result);
// Where `active`, the lane's own value becomes the given one.
void merge_words(const Bits& active, const int64_t* words, Words& own);
void merge_bits(const Bits& active, const uint8_t* bits, Bits& own);

}  // namespace wend::analytics
