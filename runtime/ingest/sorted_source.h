#pragma once

#include <memory>
#include <vector>

#include "runtime/base/hash.h"
#include "runtime/ingest/event_decoder.h"
#include "runtime/ingest/record_source.h"

namespace wend::ingest {

// Sorting holds the whole input in memory; beyond this the run is refused.
constexpr size_t k_sort_bytes_max = size_t{2} << 30;

// The records of another source by time, those of one time in the order of the file; one without a readable time stays behind the
// record before it. Its cursor counts sorted records: a file that grew may be continued when what grew is later.
class SortedSource final : public RecordSource {
 public:
  static std::expected<std::unique_ptr<SortedSource>, InputError> read_all(RecordSource& source, EventDecoder& decoder,
                                                                           size_t bytes_max = k_sort_bytes_max);

  std::expected<bool, InputError> next(Record& record) override;
  const engine::SourceCursor& cursor() override;
  std::expected<void, InputError> skip_to(const engine::SourceCursor& cursor) override;

 private:
  struct Item {
    TimestampMs time;
    Record record;
  };
  SortedSource() = default;
  std::string_view keep(std::string_view bytes);

  std::vector<std::unique_ptr<char[]>> chunks_;
  size_t chunk_left_ = 0;
  std::vector<Item> items_;
  size_t next_ = 0;
  Sha256 sha_;
  engine::SourceCursor cursor_;
};

}  // namespace wend::ingest
