#pragma once

// Random numbers that are the same everywhere: integers only, and no distribution of the standard library, because those
// differ between libraries. The generator is SplitMix64 (Steele, Lea, Flood 2014).

#include <cstdint>
#include <span>

namespace wend::demo {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t value = state_;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
  }
  // 0 … limit - 1, by the high half of a 128-bit product; the bias is below 2^-32 for the limits used here.
  uint64_t below(uint64_t limit) { return static_cast<uint64_t>(static_cast<unsigned __int128>(next()) * limit >> 64); }
  // low … high, both included.
  int64_t between(int64_t low, int64_t high) { return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low + 1))); }
  // True `share` times in 10,000.
  bool chance(uint64_t share) { return below(10'000) < share; }
  // About 1 … 8 times `mean`, most often less than `mean`: the sum of four draws, each halved with even odds.
  int64_t around(int64_t mean) {
    int64_t sum = 0;
    for (int draw = 0; draw < 4; ++draw) sum += between(0, chance(5000) ? mean : mean / 4);
    return sum * 4 / 5 + 1;
  }
  // Index by weights.
  size_t pick(std::span<const uint32_t> weights) {
    uint64_t total = 0;
    for (const uint32_t weight : weights) total += weight;
    uint64_t at = below(total);
    size_t index = 0;
    while (at >= weights[index]) at -= weights[index++];
    return index;
  }

 private:
  uint64_t state_;
};

}  // namespace wend::demo
