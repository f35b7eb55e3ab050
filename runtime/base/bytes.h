#pragma once

// Little-endian and varint encodings. Every persisted byte of the runtime goes through these two classes; the reader
// never reads past its end: it turns "failed" and returns zeros, and the caller asks once at the end.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "runtime/base/decimal.h"

namespace wend {

constexpr uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t unzigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}
  void u8(uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void u16(uint16_t value) { raw(&value, sizeof value); }
  void u32(uint32_t value) { raw(&value, sizeof value); }
  void u64(uint64_t value) { raw(&value, sizeof value); }
  void varint(uint64_t value) {
    char buffer[10];
    int length = 0;
    while (value >= 0x80) {
      buffer[length++] = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    buffer[length++] = static_cast<char>(value);
    out_.append(buffer, static_cast<size_t>(length));
  }
  void signed_varint(int64_t value) { varint(zigzag(value)); }
  void text(std::string_view value) {
    varint(value.size());
    out_.append(value);
  }
  // One header byte or three, then the coefficient's bytes; canonical because Decimal is normalised.
  void decimal(const Decimal& value);
  void raw(const void* data, size_t size) { out_.append(static_cast<const char*>(data), size); }
  std::string& out() { return out_; }

 private:
  std::string& out_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}
  uint8_t u8() { return fixed<uint8_t>(); }
  uint16_t u16() { return fixed<uint16_t>(); }
  uint32_t u32() { return fixed<uint32_t>(); }
  uint64_t u64() { return fixed<uint64_t>(); }
  // Only the shortest encoding is read, so that equal numbers have equal bytes.
  uint64_t varint() {
    if (at_ != end_ && static_cast<uint8_t>(*at_) < 0x80) return static_cast<uint8_t>(*at_++);
    if (remaining() >= sizeof(uint64_t)) {
      // Up to 8 bytes at once: the first byte without a continuation bit is the last one, and the sevens of bits are pushed together.
      uint64_t word;
      std::memcpy(&word, at_, sizeof word);
      const uint64_t ends = ~word & 0x8080808080808080;
      if (ends != 0) {
        word &= ends ^ (ends - 1);
        const int bytes = (__builtin_ctzll(ends) + 1) / 8;
        if (word >> (bytes * 8 - 8) == 0) return fail();
        at_ += bytes;
        word &= 0x7f7f7f7f7f7f7f7f;
        word = (word & 0x007f007f007f007f) | (word & 0x7f007f007f007f00) >> 1;
        word = (word & 0x00003fff00003fff) | (word & 0x3fff00003fff0000) >> 2;
        return (word & 0x000000000fffffff) | (word & 0x0fffffff00000000) >> 4;
      }
    }
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<uint8_t>(*at_++);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return byte == 0 || (shift == 63 && byte > 1) ? fail() : value;
    }
    return fail();
  }
  int64_t signed_varint() { return unzigzag(varint()); }
  std::string_view text() { return bytes(varint()); }
  Decimal decimal();
  // The length is all that is looked at.
  void skip_decimal() {
    const uint8_t header = u8();
    bytes((header >> 3 & 15u) + ((header & 7) == 7 ? 2u : 0u));
  }
  std::string_view bytes(uint64_t size) {
    if (size > static_cast<uint64_t>(end_ - at_)) {
      fail();
      return {};
    }
    std::string_view result(at_, size);
    at_ += size;
    return result;
  }
  bool ok() const { return !failed_; }
  bool at_end() const { return at_ == end_; }
  size_t remaining() const { return static_cast<size_t>(end_ - at_); }
  const char* position() const { return at_; }

 private:
  Decimal any_decimal();
  template <typename T>
  T fixed() {
    T value{};
    if (static_cast<size_t>(end_ - at_) < sizeof(T)) return static_cast<T>(fail());
    std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  uint64_t fail() {
    failed_ = true;
    at_ = end_;
    return 0;
  }
  const char* at_;
  const char* end_;
  bool failed_ = false;
};

}  // namespace wend
