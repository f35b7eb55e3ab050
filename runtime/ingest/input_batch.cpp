#include "runtime/ingest/input_batch.h"

namespace wend::ingest {

void InputBatch::clear() {
  bytes_.clear();
  used_ = 0;
  pieces_.clear();
  entries_.clear();
  intake.clear();
}

void InputBatch::add(engine::RecordTag tag, TimestampMs t_log, TimestampMs t_event, std::string_view customer) {
  const size_t body_end = bytes_.size();
  bytes_ += customer;
  pieces_.push_back({tag, t_log, t_event, used_, body_end, bytes_.size()});
  used_ = bytes_.size();
}

const std::vector<engine::Entry>& InputBatch::entries() {
  entries_.clear();
  entries_.reserve(pieces_.size());
  const std::string_view bytes = bytes_;
  for (const Piece& piece : pieces_) {
    entries_.push_back({.tag = piece.tag,
                        .t_log = piece.t_log,
                        .t_event = piece.t_event,
                        .customer = bytes.substr(piece.customer, piece.end - piece.customer),
                        .body = bytes.substr(piece.body, piece.customer - piece.body)});
  }
  return entries_;
}

}  // namespace wend::ingest
