#pragma once

// Quiet hours in local time. An instant is quiet when its local time lies in the interval; from instants to local times is a total
// function, so clocks that jump need no rule of their own.

#include <optional>
#include <span>

#include "runtime/base/time_zone.h"

namespace wend::engine {

// [from, to); past midnight when `to` is not after `from`.
struct LocalInterval {
  TimeOfDaySeconds from = 0;
  TimeOfDaySeconds to = 0;
};

bool is_quiet(const ZoneTable& zones, ZoneId zone, const LocalInterval& quiet, TimestampMs at);

// The first instant, `at` or later, that is quiet by no interval in no zone; nullopt when the next days have none.
std::optional<TimestampMs> end_of_quiet(const ZoneTable& zones, std::span<const ZoneId> candidates, std::span<const LocalInterval> quiet,
                                        TimestampMs at);

}  // namespace wend::engine
