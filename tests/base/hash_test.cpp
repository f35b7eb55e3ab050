#include "runtime/base/hash.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstring>
#include <random>

#include "runtime/base/bytes.h"

namespace wend {
namespace {

TEST(Hash, Sha256) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 incremental;
  incremental.update("a");
  EXPECT_EQ(incremental.digest_so_far(), sha256("a"));
  incremental.update("bc");
  EXPECT_EQ(incremental.digest_so_far(), sha256("abc"));
  EXPECT_EQ(incremental.digest_so_far(), sha256("abc"));
}

TEST(Hash, XxhKnownValues) {
  EXPECT_EQ(xxh3_64(""), 0x2d06800538d394c2u);
  EXPECT_EQ(xxh3_128("").low, 0x6001c324468d497fu);
  EXPECT_EQ(xxh3_128("").high, 0x99aa06d3014798d8u);
}

// libcrypto's own SipHash-2-4 with 16 bytes of output.
Hash128 oracle(SipKey key, std::string_view bytes) {
  EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, "SIPHASH", nullptr);
  EVP_MAC_CTX* context = EVP_MAC_CTX_new(algorithm);
  size_t size = 16;
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size), OSSL_PARAM_construct_end()};
  unsigned char key_bytes[16];
  std::memcpy(key_bytes, &key, sizeof key_bytes);
  unsigned char out[16] = {};
  size_t written = 0;
  EXPECT_EQ(EVP_MAC_init(context, key_bytes, sizeof key_bytes, parameters), 1);
  EXPECT_EQ(EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()), 1);
  EXPECT_EQ(EVP_MAC_final(context, out, &written, sizeof out), 1);
  EVP_MAC_CTX_free(context);
  EVP_MAC_free(algorithm);
  Hash128 result;
  std::memcpy(&result.low, out, 8);
  std::memcpy(&result.high, out + 8, 8);
  return result;
}

TEST(Hash, SipHashAgreesWithLibcrypto) {
  const SipKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  EXPECT_EQ(siphash_128(key, "").low, 0xe6a825ba047f81a3u);  // the reference implementation's first vector
  EXPECT_EQ(siphash_128(key, "").high, 0x930255c71472f66du);
  std::string bytes;
  for (int i = 0; i < 70; ++i) {
    EXPECT_EQ(siphash_128(key, bytes), oracle(key, bytes)) << i;
    bytes.push_back(static_cast<char>(i * 7));
  }
}

TEST(Hash, SipHashInLanesIsSipHash) {
  const SipKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> strings(k_siphash_lanes);
    const size_t length = random() % 40;
    for (std::string& string : strings) {
      string.resize(round % 2 == 0 ? length : random() % 40);
      for (char& byte : string) byte = static_cast<char>(random());
    }
    const std::vector<std::string_view> texts(strings.begin(), strings.end());
    std::vector<Hash128> hashes(k_siphash_lanes);
    siphash_128_lanes(key, std::span<const std::string_view, k_siphash_lanes>(texts), std::span<Hash128, k_siphash_lanes>(hashes));
    for (size_t i = 0; i < k_siphash_lanes; ++i) EXPECT_EQ(hashes[i], siphash_128(key, strings[i]));
  }
}

TEST(Bytes, RoundTripAndNeverReadPastTheEnd) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.u8(7);
  writer.u16(0xabcd);
  writer.u64(0x0123456789abcdef);
  writer.varint(UINT64_MAX);
  writer.signed_varint(INT64_MIN);
  writer.text("wend");
  ByteReader reader(bytes);
  EXPECT_EQ(reader.u8(), 7);
  EXPECT_EQ(reader.u16(), 0xabcd);
  EXPECT_EQ(reader.u64(), 0x0123456789abcdefu);
  EXPECT_EQ(reader.varint(), UINT64_MAX);
  EXPECT_EQ(reader.signed_varint(), INT64_MIN);
  EXPECT_EQ(reader.text(), "wend");
  EXPECT_TRUE(reader.ok() && reader.at_end());
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_FALSE(reader.ok());
  for (size_t size = 0; size < bytes.size(); ++size) {
    ByteReader short_reader(std::string_view(bytes).substr(0, size));
    short_reader.u8();
    short_reader.u16();
    short_reader.u64();
    short_reader.varint();
    short_reader.signed_varint();
    short_reader.text();
    EXPECT_FALSE(short_reader.ok()) << size;
  }
}

TEST(Bytes, OnlyTheShortestVarintIsRead) {
  const std::string too_large = std::string(9, '\xff') + '\x02';
  for (const std::string_view bytes : {std::string_view("\x80\x00", 2), std::string_view("\xff\x80\x00", 3), std::string_view(too_large)}) {
    ByteReader reader(bytes);
    reader.varint();
    EXPECT_FALSE(reader.ok()) << bytes.size();
  }
}

}  // namespace
}  // namespace wend
