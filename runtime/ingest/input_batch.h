#pragma once

// Entries decoded from input, with the bytes they point at; reused from batch to batch without giving memory back.

#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/entry.h"
#include "runtime/engine/log.h"
#include "runtime/ingest/intake.h"

namespace wend::ingest {

class InputBatch {
 public:
  void clear();

  // Bytes of the entry being made: write its body here, then add() it. What is written and not added is taken back by discard().
  std::string& bytes() { return bytes_; }
  void add(engine::RecordTag tag, TimestampMs t_log, TimestampMs t_event, std::string_view customer);
  void discard() { bytes_.resize(used_); }

  // Views into this batch; call after the last add().
  const std::vector<engine::Entry>& entries();
  size_t size() const { return pieces_.size(); }
  size_t byte_count() const { return bytes_.size(); }

  Intake intake;
  engine::SourceCursor cursor;  // after the last record read for this batch

 private:
  struct Piece {
    engine::RecordTag tag;
    TimestampMs t_log;
    TimestampMs t_event;
    size_t body;
    size_t customer;  // where the body ends and the customer's id begins
    size_t end;
  };
  std::string bytes_;
  size_t used_ = 0;
  std::vector<Piece> pieces_;
  std::vector<engine::Entry> entries_;
};

}  // namespace wend::ingest
