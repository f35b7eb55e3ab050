#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

namespace wend::results {

struct ResultError {
  std::string what;
};

// One file of results: appended to in memory, written in large pieces, on disk for good after sync().
class ResultFile {
 public:
  // `recorded_bytes`: what the last snapshot vouches for. A missing or shorter file is refused. nullopt: a new run.
  static std::expected<ResultFile, ResultError> open(const std::string& path, std::optional<uint64_t> recorded_bytes);
  // What stands behind the recorded bytes is cut off, because a replay writes it again. Before anything is appended.
  std::expected<void, ResultError> cut();
  ResultFile(ResultFile&& other) noexcept;
  ResultFile& operator=(ResultFile&&) = delete;
  ~ResultFile();

  // Append one whole line here, then call line_done().
  std::string& buffer() { return buffer_; }
  void line_done() {
    buffer_.push_back('\n');
    if (buffer_.size() >= k_write_bytes) write_out();
  }
  std::expected<void, ResultError> flush();
  std::expected<void, ResultError> sync();
  // Makes what was flushed durable. The only member that may run while another thread appends.
  std::expected<void, ResultError> sync_flushed() const;
  uint64_t length() const { return written_ + buffer_.size(); }

  static constexpr size_t k_write_bytes = 256 << 10;

 private:
  ResultFile(std::string path, int descriptor, uint64_t length) : path_(std::move(path)), descriptor_(descriptor), written_(length) {}
  void write_out();

  std::string path_;
  int descriptor_;
  uint64_t written_;
  std::string buffer_;
  std::optional<ResultError> failure_;  // of a write; told at the next flush, after which nothing is recorded
};

}  // namespace wend::results
