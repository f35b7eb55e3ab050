#include "runtime/engine/quiet_hours.h"

namespace wend::engine {
namespace {

constexpr TimeOfDaySeconds k_day_seconds = 86'400;
// Every zone's day passes in this time, clock changes included; what is quiet throughout is always quiet.
constexpr DurationMs k_search_ms = 8 * k_day_ms;
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

// Where the interval that `at` lies in ends in this zone, or its clock jumps before that.
TimestampMs end_or_jump(const ZoneTable& zones, ZoneId zone, const LocalInterval& quiet, TimestampMs at) {
  const LocalTime local = to_local(zones, zone, at);
  const TimeOfDaySeconds left = (quiet.to - local.time + k_day_seconds - 1) % k_day_seconds + 1;
  return offset_holds_until(zones, zone, at, at + left * k_second_ms - local.millisecond);
}

}  // namespace

bool is_quiet(const ZoneTable& zones, ZoneId zone, const LocalInterval& quiet, TimestampMs at) {
  const TimeOfDaySeconds time = to_local(zones, zone, at).time;
  return quiet.from < quiet.to ? time >= quiet.from && time < quiet.to : time >= quiet.from || time < quiet.to;
}

std::optional<TimestampMs> end_of_quiet(const ZoneTable& zones, std::span<const ZoneId> candidates, std::span<const LocalInterval> quiet,
                                        TimestampMs at) {
  const TimestampMs last = at + k_search_ms;
  for (bool moved = true; moved;) {
    moved = false;
    for (const ZoneId zone : candidates) {
      for (const LocalInterval& interval : quiet) {
        if (at > last) return std::nullopt;
        if (!is_quiet(zones, zone, interval, at)) continue;
        at = end_or_jump(zones, zone, interval, at);
        moved = true;
      }
    }
  }
  return at;
}

}  // namespace wend::engine
