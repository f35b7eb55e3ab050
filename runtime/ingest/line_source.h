#pragma once

#include "runtime/ingest/record_buffer.h"
#include "runtime/ingest/record_source.h"

namespace wend::ingest {

// One record a line. The last one needs no line end when it is a whole object; else it waits for the rest of it, as an error.
class LineSource final : public RecordSource {
 public:
  explicit LineSource(RecordBuffer buffer) : buffer_(std::move(buffer)) {}
  std::expected<bool, InputError> next(Record& record) override;
  const engine::SourceCursor& cursor() override;
  std::expected<void, InputError> skip_to(const engine::SourceCursor& cursor) override { return buffer_.skip_to_line(cursor); }

 private:
  std::expected<void, InputError> drop_line();

  RecordBuffer buffer_;
  size_t pending_ = 0;  // bytes of the record given last, consumed at the next call so that its view stays good
};

}  // namespace wend::ingest
