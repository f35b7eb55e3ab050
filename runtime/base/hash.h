#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace wend {

using Sha256Digest = std::array<uint8_t, 32>;
struct Hash128 {
  uint64_t low = 0;
  uint64_t high = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
};
struct SipKey {
  uint64_t k0 = 0;
  uint64_t k1 = 0;
};

Sha256Digest sha256(std::string_view bytes);
// Sixteen bytes in a register. What is put together in registers and stored as a whole can be loaded as a whole at once; a wide load
// of what was stored in parts waits until every store before has left the processor.
using Bytes16 [[gnu::vector_size(16)]] = uint64_t;
// The first 16 bytes of the SHA-256 of a message that is padded already.
constexpr size_t k_sha256_block_lanes = 4;
Bytes16 sha256_padded(std::span<const Bytes16> lanes);
// Incremental SHA-256; finish() may be called once, digest_so_far() any number of times.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(std::string_view bytes);
  Sha256Digest digest_so_far() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

uint64_t xxh3_64(std::string_view bytes);                 // seed 0
Hash128 xxh3_128(std::string_view bytes);                 // seed 0
Hash128 siphash_128(SipKey key, std::string_view bytes);  // SipHash-2-4-128 (Aumasson, Bernstein)

// Eight strings at a time, a lane of a vector register each: out[i] = siphash_128(key, texts[i]). Several times faster than one
// after the other when the lengths are about the same (as ids of one kind are).
constexpr size_t k_siphash_lanes = 8;
void siphash_128_lanes(SipKey key, std::span<const std::string_view, k_siphash_lanes> texts, std::span<Hash128, k_siphash_lanes> out);

std::string to_hex(std::span<const uint8_t> bytes);

}  // namespace wend
