#pragma once

// Records in the order in which they are taken in: a line of JSON, or one or more rows of CSV.

#include <cstdint>
#include <expected>
#include <string_view>

#include "runtime/engine/log.h"
#include "runtime/ingest/byte_source.h"

namespace wend::ingest {

// No line, row or group of rows may be longer: what is, is refused without being kept. A Segment call has at most 32 KB.
constexpr size_t k_record_bytes_max = 4 << 20;

enum class RecordFault : uint8_t { none, too_long, bad_quotes };

struct Record {
  std::string_view bytes;  // without the last line's end; k_padding_bytes of readable memory follow. Valid until the next call
  uint64_t line = 0;       // 1-based, of its first line
  uint32_t lines = 1;      // rows of CSV: rows
  RecordFault fault = RecordFault::none;  // `bytes` are not the whole record
};

class RecordSource {
 public:
  virtual ~RecordSource() = default;
  // False at the end. Empty lines are passed over.
  virtual std::expected<bool, InputError> next(Record& record) = 0;
  // After the last record given.
  virtual const engine::SourceCursor& cursor() = 0;
  // Before the first next(): continues after `cursor`, when the source begins as it did then.
  virtual std::expected<void, InputError> skip_to(const engine::SourceCursor& cursor) = 0;
};

}  // namespace wend::ingest
