#pragma once

// Object container files of Avro, by hand: the bytes as the specification has them, and whatever else a test wants to see refused.

#include <zlib.h>
#include <zstd.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace avro_file {

inline std::string number(int64_t value) {
  uint64_t bits = static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
  std::string bytes;
  for (; bits >= 0x80; bits >>= 7) bytes.push_back(static_cast<char>(bits | 0x80));
  bytes.push_back(static_cast<char>(bits));
  return bytes;
}
inline std::string text(std::string_view value) { return number(static_cast<int64_t>(value.size())).append(value); }
inline std::string real(double value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

constexpr std::string_view k_sync = "0123456789abcdef";

inline std::string header(std::string_view schema, std::string_view codec = "null") {
  return std::string("Obj\x01", 4) + number(2) + text("avro.schema") + text(schema) + text("avro.codec") + text(codec) + number(0) +
         std::string(k_sync);
}
// `stored` are the records as the codec left them.
inline std::string block(int64_t records, std::string_view stored) { return number(records) + text(stored) + std::string(k_sync); }

inline std::string deflate(std::string_view data) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}
inline std::string zstandard(std::string_view data) {
  std::string out(ZSTD_compressBound(data.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), data.data(), data.size(), 3));
  return out;
}

}  // namespace avro_file
