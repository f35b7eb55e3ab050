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
  if (size == 0) return;
  line_ += static_cast<uint64_t>(std::count(buffer_.data() + begin_, buffer_.data() + begin_ + size, '\n'));
  begin_ += size;
  last_consumed_ = buffer_[begin_ - 1];
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

std::expected<void, InputError> RecordBuffer::skip_to_line(const engine::SourceCursor& wanted) {
  if (auto skipped = skip_to(wanted); !skipped) return skipped;
  if (last_consumed_ == '\n') return {};
  if (begin_ == end_) {
    if (auto more = fill(); !more) return std::unexpected(more.error());
  }
  if (begin_ == end_ || window().front() == '\n' || window().front() == '\r') return {};
  return std::unexpected(InputError{fmt::format(
      "events file `{}`: line {} was taken in when it was the last one and had no line end, and now it goes on; a file may grow by whole "
      "lines only; replay it into another folder with --data",
      wanted.source, line_)});
}

InputError RecordBuffer::torn(size_t offset) const {
  const auto line = line_ + static_cast<uint64_t>(std::ranges::count(window().substr(0, offset), '\n'));
  return {fmt::format(
      "events file `{}`: line {}, the last one, is not whole and has no line end: the file was not written or copied to its end; what "
      "stands before it has been taken in, and with the whole file the run goes on there",
      cursor_.source, line)};
}

}  // namespace wend::ingest
