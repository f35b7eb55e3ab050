#include "runtime/base/hash.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <xxhash.h>

#include <bit>
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

// SipHash's state; `rounds` as in the paper: 2 for each word, 4 to finish.
struct Sip {
  uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void absorb(uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
  uint64_t squeeze() {
    for (int i = 0; i < 4; ++i) round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

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
  Sip sip{key.k0 ^ 0x736f6d6570736575, key.k1 ^ 0x646f72616e646f6d ^ 0xee, key.k0 ^ 0x6c7967656e657261, key.k1 ^ 0x7465646279746573};
  const size_t whole = bytes.size() / 8 * 8;
  for (size_t at = 0; at < whole; at += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    sip.absorb(word);
  }
  uint64_t last = static_cast<uint64_t>(bytes.size()) << 56;
  if (bytes.size() > whole) {
    uint64_t rest = 0;
    std::memcpy(&rest, bytes.data() + whole, bytes.size() - whole);
    last |= rest;
  }
  sip.absorb(last);
  sip.v2 ^= 0xee;
  const uint64_t low = sip.squeeze();
  sip.v1 ^= 0xdd;
  const uint64_t high = sip.squeeze();
  return {low, high};
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
