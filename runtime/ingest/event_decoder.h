#pragma once

// From records to entries: one decoder for Segment calls, one for CSV rows.

#include <optional>

#include "runtime/ingest/input_batch.h"
#include "runtime/ingest/record_source.h"
#include "runtime/ingest/virtual_clock.h"

namespace wend::ingest {

class EventDecoder {
 public:
  virtual ~EventDecoder() = default;
  // Adds the entry that the record stands for to `batch`, or says in its intake why there is none.
  virtual void decode(const Record& record, VirtualClock& clock, InputBatch& batch) = 0;
  // The record's time without looking at the rest, for sorting; nullopt: it has none that can be read.
  virtual std::optional<TimestampMs> peek_time(const Record& record) = 0;
};

}  // namespace wend::ingest
