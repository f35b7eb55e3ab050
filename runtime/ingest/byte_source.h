#pragma once

// A file's bytes in order, decompressed on the way: plain, gzip (also of several members) or Zstandard (also of several frames),
// told apart by their first bytes.

#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <string>

namespace wend::ingest {

struct InputError {
  std::string what;  // names the file and says what to do where that is not plain
};

class ByteSource {
 public:
  static std::expected<std::unique_ptr<ByteSource>, InputError> open(const std::string& path);
  virtual ~ByteSource() = default;
  // How many bytes were put into `out`; 0 = the end.
  virtual std::expected<size_t, InputError> read(std::span<char> out) = 0;
};

}  // namespace wend::ingest
