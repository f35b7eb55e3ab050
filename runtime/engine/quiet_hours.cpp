#include "runtime/engine/quiet_hours.h"

#include <algorithm>

namespace wend::engine {
namespace {

constexpr TimeOfDaySeconds k_day_seconds = 86'400;
// What is quiet throughout this time is always quiet. Every zone's day passes in it several times, as does every zone's week: a clock
// change may swallow the only free moment of one. Holidays can close a longer time, which ends within a year or counts as endless.
constexpr DurationMs k_search_daily_ms = 8 * k_day_ms;
constexpr DurationMs k_search_weekly_ms = 29 * k_day_ms;
constexpr DurationMs k_search_dates_ms = 366 * k_day_ms;
// Offsets change on the hour or the half hour, and never twice within this time.
constexpr DurationMs k_offset_step_ms = 30 * k_minute_ms;

// The first instant in (at, limit] with another offset than at `at`; else `limit`.
TimestampMs offset_holds_until(const ZoneTable& zones, ZoneId zone, TimestampMs at, TimestampMs limit) {
  const int32_t offset = zones.offset_seconds(zone, at);
  TimestampMs same = at;
  while (same < limit) {
    const TimestampMs next = std::min(same + k_offset_step_ms, limit);
    if (zones.offset_seconds(zone, next) == offset) {
      same = next;
      continue;
    }
    TimestampMs other = next;
    while (other - same > 1) {
      const TimestampMs middle = same + (other - same) / 2;
      (zones.offset_seconds(zone, middle) == offset ? same : other) = middle;
    }
    return other;
  }
  return limit;
}

// Where the period that `at` lies in ends in this zone, or its clock jumps before that.
TimestampMs end_or_jump(const ZoneTable& zones, ZoneId zone, const QuietPeriod& quiet, TimestampMs at) {
  const LocalTime local = to_local(zones, zone, at);
  const TimeOfDaySeconds left = (quiet.to - local.time + k_day_seconds - 1) % k_day_seconds + 1;
  return offset_holds_until(zones, zone, at, at + left * k_second_ms - local.millisecond);
}

bool begins_on(const QuietPeriod& quiet, DateDays date) {
  return is_on_weekdays(date, quiet.weekdays) || std::ranges::binary_search(quiet.dates, date);
}

DurationMs search_ms(std::span<const QuietPeriod> quiet) {
  DurationMs longest = k_search_daily_ms;
  for (const QuietPeriod& period : quiet) {
    if (!period.dates.empty()) return k_search_dates_ms;
    if (period.weekdays != k_every_day) longest = k_search_weekly_ms;
  }
  return longest;
}

}  // namespace

bool is_quiet(const ZoneTable& zones, ZoneId zone, const QuietPeriod& quiet, TimestampMs at) {
  const LocalTime local = to_local(zones, zone, at);
  const bool is_past_midnight = quiet.from >= quiet.to;
  if (is_past_midnight && local.time < quiet.to && begins_on(quiet, local.date - 1)) return true;
  return local.time >= quiet.from && (is_past_midnight || local.time < quiet.to) && begins_on(quiet, local.date);
}

std::optional<TimestampMs> end_of_quiet(const ZoneTable& zones, std::span<const ZoneId> candidates, std::span<const QuietPeriod> quiet,
                                        TimestampMs at) {
  const TimestampMs last = at + search_ms(quiet);
  for (bool moved = true; moved;) {
    moved = false;
    for (const ZoneId zone : candidates) {
      for (const QuietPeriod& period : quiet) {
        if (at > last) return std::nullopt;
        if (!is_quiet(zones, zone, period, at)) continue;
        at = end_or_jump(zones, zone, period, at);
        moved = true;
      }
    }
  }
  return at;
}

}  // namespace wend::engine
