#include "runtime/base/hash.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <xxhash.h>

#include <cstdlib>
#include <cstring>

namespace wend {
namespace {

// Fetched once: looking an algorithm up by name costs more than hashing a short key.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

// libcrypto fails only when it has no memory or no SHA-256; nothing sensible can go on without either.
void require(bool ok) {
  if (!ok) std::abort();
}

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

Context new_context() {
  Context context(EVP_MD_CTX_new());
  require(context != nullptr);
  return context;
}

Sha256Digest finish(EVP_MD_CTX* context) {
  Sha256Digest digest;
  require(EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1);
  return digest;
}

// SipHash's state, for one string or a vector of them; `rounds` as in the paper: 2 for each word, 4 to finish.
template <typename Word>
struct Sip {
  Word v0, v1, v2, v3;

  template <int bits>
  [[gnu::always_inline]] static void rotate(Word& word) {
    word = word << bits | word >> (64 - bits);
  }
  [[gnu::always_inline]] void round() {
    v0 += v1;
    rotate<13>(v1);
    v1 ^= v0;
    rotate<32>(v0);
    v2 += v3;
    rotate<16>(v3);
    v3 ^= v2;
    v0 += v3;
    rotate<21>(v3);
    v3 ^= v0;
    v2 += v1;
    rotate<17>(v1);
    v1 ^= v2;
    rotate<32>(v2);
  }
  [[gnu::always_inline]] void absorb(const Word& word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
  [[gnu::always_inline]] void squeeze(Word& out) {
    for (int i = 0; i < 4; ++i) round();
    out = v0 ^ v1 ^ v2 ^ v3;
  }
};

constexpr uint64_t k_sip_v0 = 0x736f6d6570736575;
constexpr uint64_t k_sip_v1 = 0x646f72616e646f6d ^ 0xee;
constexpr uint64_t k_sip_v2 = 0x6c7967656e657261;
constexpr uint64_t k_sip_v3 = 0x7465646279746573;

// Word `index` of a string as SipHash sees it: the last one ends in the length.
[[gnu::always_inline]] inline uint64_t sip_word(std::string_view bytes, size_t index) {
  const size_t at = index * 8;
  uint64_t word = 0;
  if (at + 8 <= bytes.size()) {
    std::memcpy(&word, bytes.data() + at, sizeof word);
    return word;
  }
  for (size_t i = at; i < bytes.size(); ++i) word |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (i - at) * 8;
  return word | static_cast<uint64_t>(bytes.size()) << 56;
}

using Texts = std::span<const std::string_view, k_siphash_lanes>;
using Hashes = std::span<Hash128, k_siphash_lanes>;
using Lanes = uint64_t __attribute__((vector_size(8 * k_siphash_lanes)));

// First the words that all strings have in full, then those where some end: a lane whose string is over keeps its state while the
// longer ones go on.
[[gnu::always_inline]] inline void sip_lanes(SipKey key, Texts texts, Hashes out) {
  const Lanes zero = {};
  Sip<Lanes> sip{zero + (key.k0 ^ k_sip_v0), zero + (key.k1 ^ k_sip_v1), zero + (key.k0 ^ k_sip_v2), zero + (key.k1 ^ k_sip_v3)};
  size_t fewest = texts[0].size() / 8;
  size_t most = fewest;
  for (const std::string_view text : texts) {
    fewest = text.size() / 8 < fewest ? text.size() / 8 : fewest;
    most = text.size() / 8 > most ? text.size() / 8 : most;
  }
  for (size_t index = 0; index < fewest; ++index) {
    Lanes word;
    for (size_t lane = 0; lane < k_siphash_lanes; ++lane) {
      uint64_t bytes;
      std::memcpy(&bytes, texts[lane].data() + index * sizeof bytes, sizeof bytes);
      word[lane] = bytes;
    }
    sip.absorb(word);
  }
  for (size_t index = fewest; index <= most; ++index) {
    Lanes word;
    Lanes goes_on;
    for (size_t lane = 0; lane < k_siphash_lanes; ++lane) {
      goes_on[lane] = index <= texts[lane].size() / 8 ? ~uint64_t{0} : 0;
      word[lane] = goes_on[lane] != 0 ? sip_word(texts[lane], index) : 0;
    }
    const Sip<Lanes> before = sip;
    sip.absorb(word);
    if (index <= fewest) continue;
    sip.v0 = (sip.v0 & goes_on) | (before.v0 & ~goes_on);
    sip.v1 = (sip.v1 & goes_on) | (before.v1 & ~goes_on);
    sip.v2 = (sip.v2 & goes_on) | (before.v2 & ~goes_on);
    sip.v3 = (sip.v3 & goes_on) | (before.v3 & ~goes_on);
  }
  Lanes low;
  Lanes high;
  sip.v2 ^= zero + 0xee;
  sip.squeeze(low);
  sip.v1 ^= zero + 0xdd;
  sip.squeeze(high);
  for (size_t lane = 0; lane < k_siphash_lanes; ++lane) out[lane] = {low[lane], high[lane]};
}

#if defined(__x86_64__)
[[gnu::target("avx512f")]] void sip_lanes_avx512(SipKey key, Texts texts, Hashes out) {
  sip_lanes(key, texts, out);
}
[[gnu::target("avx2")]] void sip_lanes_avx2(SipKey key, Texts texts, Hashes out) {
  sip_lanes(key, texts, out);
}
#endif

void sip_one_by_one(SipKey key, Texts texts, Hashes out) {
  for (size_t lane = 0; lane < k_siphash_lanes; ++lane) out[lane] = siphash_128(key, texts[lane]);
}

using LanesFunction = void (*)(SipKey, Texts, Hashes);
LanesFunction best_lanes() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return sip_lanes_avx512;
  if (__builtin_cpu_supports("avx2")) return sip_lanes_avx2;
#endif
  return sip_one_by_one;
}

}  // namespace

// The block function alone, with our own padding: a send key is one or two blocks, and the EVP interface costs more than that
// around them. OpenSSL 3 calls this interface deprecated because it does not go through providers, which is the point here.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
Sha256Digest sha256(std::string_view bytes) {
  constexpr size_t block_bytes = SHA256_CBLOCK;
  constexpr size_t length_bytes = sizeof(uint64_t);
  SHA256_CTX context;
  SHA256_Init(&context);
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  size_t left = bytes.size();
  for (; left >= block_bytes; left -= block_bytes, at += block_bytes) SHA256_Transform(&context, at);
  // The rest, a 1 bit, zeros, and the length in bits, big-endian: one block or two.
  unsigned char tail[2 * block_bytes] = {};
  if (left > 0) std::memcpy(tail, at, left);
  tail[left] = 0x80;
  const size_t tail_bytes = left + 1 + length_bytes <= block_bytes ? block_bytes : 2 * block_bytes;
  const uint64_t bits = __builtin_bswap64(static_cast<uint64_t>(bytes.size()) * 8);
  std::memcpy(tail + tail_bytes - length_bytes, &bits, length_bytes);
  for (size_t block = 0; block < tail_bytes; block += block_bytes) SHA256_Transform(&context, tail + block);
  Sha256Digest digest;
  for (size_t i = 0; i < 8; ++i) {
    const uint32_t word = __builtin_bswap32(context.h[i]);
    std::memcpy(digest.data() + i * sizeof word, &word, sizeof word);
  }
  return digest;
}

Bytes16 sha256_padded(std::span<const Bytes16> lanes) {
  alignas(16) static constexpr uint32_t k_initial[] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  SHA256_CTX context;
  std::memcpy(context.h, k_initial, sizeof k_initial);
  for (size_t lane = 0; lane < lanes.size(); lane += k_sha256_block_lanes) {
    SHA256_Transform(&context, reinterpret_cast<const unsigned char*>(&lanes[lane]));
  }
  Bytes16 half;
  for (size_t i = 0; i < 2; ++i) {
    half[i] = static_cast<uint64_t>(__builtin_bswap32(context.h[2 * i + 1])) << 32 | __builtin_bswap32(context.h[2 * i]);
  }
  return half;
}
#pragma GCC diagnostic pop

struct Sha256::State {
  Context context = new_context();
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  require(EVP_DigestInit_ex2(state_->context.get(), sha256_algorithm(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

Sha256Digest Sha256::digest_so_far() const {
  const Context copy = new_context();
  require(EVP_MD_CTX_copy_ex(copy.get(), state_->context.get()) == 1);
  return finish(copy.get());
}

uint64_t xxh3_64(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

Hash128 xxh3_128(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

Hash128 siphash_128(SipKey key, std::string_view bytes) {
  Sip<uint64_t> sip{key.k0 ^ k_sip_v0, key.k1 ^ k_sip_v1, key.k0 ^ k_sip_v2, key.k1 ^ k_sip_v3};
  for (size_t index = 0; index <= bytes.size() / 8; ++index) sip.absorb(sip_word(bytes, index));
  Hash128 hash;
  sip.v2 ^= 0xee;
  sip.squeeze(hash.low);
  sip.v1 ^= 0xdd;
  sip.squeeze(hash.high);
  return hash;
}

void siphash_128_lanes(SipKey key, std::span<const std::string_view, k_siphash_lanes> texts, std::span<Hash128, k_siphash_lanes> out) {
  static const LanesFunction lanes = best_lanes();
  lanes(key, texts, out);
}

std::string to_hex(std::span<const uint8_t> bytes) {
  static constexpr char k_digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const uint8_t byte : bytes) {
    text.push_back(k_digits[byte >> 4]);
    text.push_back(k_digits[byte & 15]);
  }
  return text;
}

}  // namespace wend
