#pragma once

// A window over a byte source: what is not consumed yet, and the running SHA-256 of what is.

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/hash.h"
#include "runtime/engine/log.h"
#include "runtime/ingest/byte_source.h"

namespace wend::ingest {

class RecordBuffer {
 public:
  RecordBuffer(std::unique_ptr<ByteSource> source, std::string name);

  // Bytes read and not consumed. Behind them follow at least k_padding_bytes of readable memory. Valid until fill() or skip_to().
  std::string_view window() const { return {buffer_.data() + begin_, end_ - begin_}; }
  // Reads more behind the window; false at the end of the source. Views into the window move.
  std::expected<bool, InputError> fill();
  void consume(size_t size);
  void count_record() { ++cursor_.records; }

  bool is_at_start() const { return cursor_.bytes == 0; }
  // Line number (1-based) of the window's first byte.
  uint64_t line() const { return line_; }
  // Where reading stands: after the last consumed byte.
  const engine::SourceCursor& cursor();
  // From the beginning of the source: consumes what `cursor` says was consumed, and refuses a source that begins differently.
  std::expected<void, InputError> skip_to(const engine::SourceCursor& cursor);
  // The same for a source of lines, which is refused as well when it goes on inside the line that it ended with then.
  std::expected<void, InputError> skip_to_line(const engine::SourceCursor& cursor);
  // The last line of the source, `offset` bytes into the window, is not whole.
  InputError torn(size_t offset) const;

  static constexpr size_t k_padding_bytes = 64;  // simdjson reads this far beyond a document

 private:
  void hash_consumed();

  std::unique_ptr<ByteSource> source_;
  std::vector<char> buffer_;
  size_t hashed_ = 0;  // hashed_ ≤ begin_ ≤ end_, offsets into buffer_
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t line_ = 1;
  char last_consumed_ = '\n';
  Sha256 sha_;
  engine::SourceCursor cursor_;
};

}  // namespace wend::ingest
