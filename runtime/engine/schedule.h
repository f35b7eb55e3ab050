#pragma once

// When scheduled entries come round: pure functions of a schedule, a zone and the moment before.

#include "runtime/base/time_zone.h"
#include "runtime/bytecode/program.h"
#include "runtime/engine/calendar_span.h"

namespace wend::engine {

// The first occurrence strictly after `after`; k_never when there is none. `yearly` is the date whose month and day a yearly
// schedule repeats; others do not look at it. Wall clocks that do not exist or exist twice follow the compatible rule.
TimestampMs next_occurrence(const bytecode::Schedule& schedule, DateDays yearly, const ZoneTable& zones, ZoneId zone, TimestampMs after);

}  // namespace wend::engine
