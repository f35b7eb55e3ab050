#pragma once

// A file of events as batches of log entries: the whole way from bytes to what is appended.

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "runtime/base/time_zone.h"
#include "runtime/bytecode/program.h"
#include "runtime/ingest/input_batch.h"
#include "runtime/ingest/record_source.h"
#include "runtime/ingest/run_config.h"

namespace wend::ingest {

struct ReaderOptions {
  std::string path;
  RunConfig config;
  bool sort = false;
  TimestampMs machine_now = 0;             // no event can be later
  std::optional<TimestampMs> virtual_now;  // of the log's last entry
  engine::SourceCursor resume_at;          // records == 0: from the beginning
};

struct BatchLimits {
  size_t entries = 1000;
  size_t bytes = 1 << 20;
  size_t records = 20'000;  // a batch ends after so many also when few of them gave an entry
};

class EventReader {
 public:
  // `program` and `zones` outlive the reader.
  static std::expected<std::unique_ptr<EventReader>, InputError> open(const bytecode::Program& program, const ZoneTable& zones,
                                                                      const ReaderOptions& options);
  virtual ~EventReader() = default;
  // Fills `batch` (cleared first); false when nothing is left, and then the batch is empty.
  virtual std::expected<bool, InputError> next(const BatchLimits& limits, InputBatch& batch) = 0;
};

}  // namespace wend::ingest
