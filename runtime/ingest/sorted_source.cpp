#include "runtime/ingest/sorted_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "runtime/ingest/record_buffer.h"

namespace wend::ingest {
namespace {

constexpr size_t k_chunk_bytes = 8 << 20;
static_assert(k_chunk_bytes > k_record_bytes_max + RecordBuffer::k_padding_bytes);

}  // namespace

std::string_view SortedSource::keep(std::string_view bytes) {
  const size_t needed = bytes.size() + RecordBuffer::k_padding_bytes;
  if (chunk_left_ < needed) {
    chunks_.push_back(std::make_unique<char[]>(k_chunk_bytes));
    chunk_left_ = k_chunk_bytes;
  }
  char* copy = chunks_.back().get() + (k_chunk_bytes - chunk_left_);
  std::memcpy(copy, bytes.data(), bytes.size());
  // The padding is shared with the next record: it need only be readable.
  chunk_left_ -= bytes.size();
  return {copy, bytes.size()};
}

std::expected<std::unique_ptr<SortedSource>, InputError> SortedSource::read_all(RecordSource& source, EventDecoder& decoder,
                                                                                size_t bytes_max) {
  std::unique_ptr<SortedSource> sorted(new SortedSource);
  sorted->cursor_.source = "sorted:" + source.cursor().source;
  sorted->cursor_.consumed = sorted->sha_.digest_so_far();
  TimestampMs time = k_timestamp_min_ms;
  size_t bytes = 0;
  for (Record record;;) {
    const auto more = source.next(record);
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    bytes += record.bytes.size() + sizeof(Item);
    if (bytes > bytes_max) {
      return std::unexpected(InputError{fmt::format(
          "events file `{}` is too large to be sorted in memory (more than {} MiB); sort it by time beforehand and leave out --sort",
          source.cursor().source, bytes_max >> 20)});
    }
    time = decoder.peek_time(record).value_or(time);
    record.bytes = sorted->keep(record.bytes);
    sorted->items_.push_back({time, record});
  }
  std::ranges::stable_sort(sorted->items_, {}, &Item::time);
  return sorted;
}

std::expected<bool, InputError> SortedSource::next(Record& record) {
  if (next_ == items_.size()) return false;
  record = items_[next_++].record;
  ++cursor_.records;
  cursor_.bytes += record.bytes.size() + 1;
  sha_.update(record.bytes);
  sha_.update("\n");
  return true;
}

const engine::SourceCursor& SortedSource::cursor() {
  cursor_.consumed = sha_.digest_so_far();
  return cursor_;
}

std::expected<void, InputError> SortedSource::skip_to(const engine::SourceCursor& wanted) {
  Record record;
  while (cursor_.records < wanted.records && next(record)) {
    if (next_ == items_.size()) break;
  }
  if (cursor_.records == wanted.records && cursor().consumed == wanted.consumed) return {};
  return std::unexpected(InputError{fmt::format(
      "events file `{}` has changed: sorted by time, its first {} records are not those read before; only later events may be added; "
      "give the file as it was, or another folder with --data",
      wanted.source, wanted.records)});
}

}  // namespace wend::ingest
