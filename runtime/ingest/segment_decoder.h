#pragma once

// Segment-specification calls, one JSON object a record: `track` gives an event, `identify` gives attributes and consents.

#include <memory>

#include "runtime/base/time_zone.h"
#include "runtime/bytecode/program.h"
#include "runtime/ingest/event_decoder.h"

namespace wend::ingest {

// `program` and `zones` outlive the decoder.
std::unique_ptr<EventDecoder> make_segment_decoder(const bytecode::Program& program, const ZoneTable& zones);

// A customer's id and a message's id are no longer than this, so that keys and dedupe stay small.
constexpr size_t k_id_bytes_max = 1024;

}  // namespace wend::ingest
