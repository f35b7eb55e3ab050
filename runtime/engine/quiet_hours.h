#pragma once

// Quiet hours in local time. An instant is quiet when its local date and time lie in a period; from instants to local times is a total
// function, so clocks that jump need no rule of their own.

#include <optional>
#include <span>

#include "runtime/base/time_zone.h"

namespace wend::engine {

// [from, to) of the days on which it begins, past midnight when `to` is not after `from`: from midnight to midnight it is the whole day.
struct QuietPeriod {
  TimeOfDaySeconds from = 0;
  TimeOfDaySeconds to = 0;
  uint8_t weekdays = k_every_day;
  std::span<const DateDays> dates = {};  // begins on these, too; ascending
};

bool is_quiet(const ZoneTable& zones, ZoneId zone, const QuietPeriod& quiet, TimestampMs at);

// The first instant, `at` or later, that is quiet by no period in no zone; nullopt when there is none that anybody would wait for.
std::optional<TimestampMs> end_of_quiet(const ZoneTable& zones, std::span<const ZoneId> candidates, std::span<const QuietPeriod> quiet,
                                        TimestampMs at);

}  // namespace wend::engine
