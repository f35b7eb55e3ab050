#include "runtime/ingest/record_buffer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace wend::ingest {
namespace {

constexpr size_t k_read_bytes = 256 << 10;

}  // namespace

RecordBuffer::RecordBuffer(std::unique_ptr<ByteSource> source, std::string name)
    : source_(std::move(source)), buffer_(2 * k_read_bytes + k_padding_bytes) {
  cursor_.source = std::move(name);
  cursor_.consumed = sha_.digest_so_far();
}

void RecordBuffer::hash_consumed() {
  if (hashed_ == begin_) return;
  sha_.update({buffer_.data() + hashed_, begin_ - hashed_});
  hashed_ = begin_;
}

std::expected<bool, InputError> RecordBuffer::fill() {
  if (buffer_.size() - k_padding_bytes - end_ < k_read_bytes) {
    hash_consumed();
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = hashed_ = 0;
    if (buffer_.size() - k_padding_bytes - end_ < k_read_bytes) buffer_.resize(2 * buffer_.size());
  }
  const auto size = source_->read({buffer_.data() + end_, buffer_.size() - k_padding_bytes - end_});
  if (!size) return std::unexpected(size.error());
  end_ += *size;
  return *size > 0;
}

void RecordBuffer::consume(size_t size) {
  assert(size <= end_ - begin_);
  line_ += static_cast<uint64_t>(std::count(buffer_.data() + begin_, buffer_.data() + begin_ + size, '\n'));
  begin_ += size;
  cursor_.bytes += size;
}

const engine::SourceCursor& RecordBuffer::cursor() {
  hash_consumed();
  cursor_.consumed = sha_.digest_so_far();
  return cursor_;
}

std::expected<void, InputError> RecordBuffer::skip_to(const engine::SourceCursor& wanted) {
  while (cursor_.bytes < wanted.bytes) {
    if (begin_ == end_) {
      const auto more = fill();
      if (!more) return std::unexpected(more.error());
      if (!*more) {
        return std::unexpected(InputError{fmt::format(
            "events file `{}` has {} bytes, but {} were read from it before: it is not the file this data folder was fed with; give that "
            "file, or another folder with --data",
            wanted.source, cursor_.bytes, wanted.bytes)});
      }
    }
    consume(std::min<uint64_t>(wanted.bytes - cursor_.bytes, end_ - begin_));
  }
  cursor_.records = wanted.records;
  if (cursor().consumed != wanted.consumed) {
    return std::unexpected(InputError{fmt::format(
        "events file `{}` has changed: its first {} bytes are not those read before; a file may grow at its end only; give the file as it "
        "was, or another folder with --data",
        wanted.source, wanted.bytes)});
  }
  return {};
}

}  // namespace wend::ingest
