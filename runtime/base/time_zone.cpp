#include "runtime/base/time_zone.h"

#include <algorithm>
#include <cassert>

namespace wend {
namespace {

// No zone is or was further from UTC than this, so an offset change that matters to a wall clock is within it.
constexpr DurationMs k_offset_bound_ms = 16 * k_hour_ms;

// A weekday comes again within seven dates; one that does not exist at all (a skipped day) makes it fourteen, and the search begins a day
// early.
constexpr int k_search_days = 16;

DateDays floor_day(int64_t local_ms) {
  return static_cast<DateDays>((local_ms >= 0 ? local_ms : local_ms - (k_day_ms - 1)) / k_day_ms);
}

TimestampMs instant_of_local(const ZoneTable& zones, ZoneId zone, int64_t local_ms) {
  const int32_t before = zones.offset_seconds(zone, local_ms - k_offset_bound_ms);
  const int32_t after = zones.offset_seconds(zone, local_ms + k_offset_bound_ms);
  const TimestampMs by_before_ms = local_ms - before * k_second_ms;
  if (before == after) return by_before_ms;
  const TimestampMs by_after_ms = local_ms - after * k_second_ms;
  // Overlap: both hold and the earlier is the one by the offset before. Gap: neither holds, and by the offset before it is later by the
  // length of the gap. So the offset after counts only when it alone holds.
  if (zones.offset_seconds(zone, by_before_ms) != before && zones.offset_seconds(zone, by_after_ms) == after) return by_after_ms;
  return by_before_ms;
}

// False for a date that a zone skipped as a whole, as Pacific/Apia did 2011-12-30.
bool date_exists(const ZoneTable& zones, ZoneId zone, DateDays date) {
  return to_local(zones, zone, to_instant(zones, zone, date, 0)).date == date ||
         to_local(zones, zone, to_instant(zones, zone, date, 86399)).date == date;
}

}  // namespace

LocalTime to_local(const ZoneTable& zones, ZoneId zone, TimestampMs at) {
  const int64_t local_ms = at + zones.offset_seconds(zone, at) * k_second_ms;
  const DateDays date = floor_day(local_ms);
  const auto in_day_ms = static_cast<int32_t>(local_ms - date * k_day_ms);
  return {date, in_day_ms / 1000, in_day_ms % 1000};
}

TimestampMs to_instant(const ZoneTable& zones, ZoneId zone, DateDays date, TimeOfDaySeconds time, int32_t millisecond) {
  return instant_of_local(zones, zone, date * k_day_ms + time * k_second_ms + millisecond);
}

std::optional<TimestampMs> add_period(const ZoneTable& zones, ZoneId zone, TimestampMs at, Period period) {
  const LocalTime local = to_local(zones, zone, at);
  const TimestampMs result = to_instant(zones, zone, add_period(local.date, period), local.time, local.millisecond);
  if (result < k_timestamp_min_ms || result > k_timestamp_max_ms) return std::nullopt;
  return result;
}

TimestampMs at_time_of_day(const ZoneTable& zones, ZoneId zone, TimestampMs at, TimeOfDaySeconds time) {
  return to_instant(zones, zone, to_local(zones, zone, at).date, time);
}

TimestampMs next_weekday_at(const ZoneTable& zones, ZoneId zone, TimestampMs after, uint8_t weekday_mask, TimeOfDaySeconds time) {
  assert((weekday_mask & 0x7f) != 0);
  // The day before counts too: in a gap across midnight its wall clock falls on this date.
  const DateDays first = to_local(zones, zone, after).date - 1;
  for (DateDays date = first; date < first + k_search_days; ++date) {
    if ((weekday_mask >> (iso_weekday(date) - 1) & 1) == 0) continue;
    const TimestampMs candidate = to_instant(zones, zone, date, time);
    if (candidate > after && date_exists(zones, zone, date)) return candidate;
  }
  return k_timestamp_max_ms;
}

}  // namespace wend
