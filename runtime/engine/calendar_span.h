#pragma once

// Instants plus spans as the source says them: elapsed time, or calendar time in a zone.

#include "runtime/base/time_zone.h"
#include "runtime/bytecode/program.h"

namespace wend::engine {

// Later than every instant: what has no deadline.
constexpr TimestampMs k_never = INT64_MAX;

// k_never instead of an overflow.
inline TimestampMs add_or_never(TimestampMs at, DurationMs duration) {
  TimestampMs sum;
  return __builtin_add_overflow(at, duration, &sum) ? k_never : sum;
}

// Clamped to the range of timestamps.
TimestampMs add_span(const ZoneTable& zones, ZoneId zone, TimestampMs at, const bytecode::Span& span);

// Bounds on at + span that hold in every zone: what is not between them needs no look at the calendar.
bool surely_after(TimestampMs at, const bytecode::Span& span, TimestampMs now);      // at + span > now
bool surely_not_after(TimestampMs at, const bytecode::Span& span, TimestampMs now);  // at + span <= now

// An elapsed time that the span never exceeds, wherever and whenever it begins.
DurationMs span_ms_max(const bytecode::Span& span);

// The same for days of 24 hours, months of 31 days and no change of offset.
DurationMs span_ms_nominal(const bytecode::Span& span);

}  // namespace wend::engine
