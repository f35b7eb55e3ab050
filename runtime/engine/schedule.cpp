#include "runtime/engine/schedule.h"

#include <algorithm>

namespace wend::engine {
namespace {

using bytecode::Schedule;
using bytecode::ScheduleKind;

constexpr int32_t k_months_per_year = 12;
constexpr int32_t k_year_max = 9999;

// The smallest multiple of `step` that is not less than `value`.
int64_t round_up(int64_t value, int64_t step) {
  const int64_t rest = ((value % step) + step) % step;
  return rest == 0 ? value : value + step - rest;
}

// Months since January 1970.
int64_t month_number(DateDays date) {
  const CivilDate civil = civil_from_days(date);
  return (int64_t{civil.year} - 1970) * k_months_per_year + civil.month - 1;
}

DateDays first_of_month(int64_t month) {
  const int64_t year = 1970 + (month - (((month % k_months_per_year) + k_months_per_year) % k_months_per_year)) / k_months_per_year;
  const int64_t in_year = month - (year - 1970) * k_months_per_year;
  return days_from_civil({static_cast<int32_t>(year), static_cast<int32_t>(in_year) + 1, 1});
}

// The day on which a date comes round in a year: 29 February is the 28th where there is none.
DateDays anniversary(DateDays of, int32_t year) {
  const CivilDate date = civil_from_days(of);
  return days_from_civil({year, date.month, std::min(date.day, days_in_month(year, date.month))});
}

// The first date of the schedule that is not before `from`; nullopt = none.
std::optional<DateDays> date_from(const Schedule& schedule, DateDays yearly, DateDays from) {
  switch (schedule.kind) {
    case ScheduleKind::weekdays:
      while ((schedule.weekdays >> (iso_weekday(from) - 1) & 1) == 0) ++from;
      return from;
    case ScheduleKind::days:
      return static_cast<DateDays>(round_up(from, schedule.every));
    case ScheduleKind::months: {
      const int64_t month = month_number(from) + (civil_from_days(from).day > 1 ? 1 : 0);
      return first_of_month(round_up(month, schedule.every));
    }
    case ScheduleKind::yearly: {
      const int32_t year = civil_from_days(from).year;
      const DateDays this_year = anniversary(yearly, year);
      return this_year >= from ? this_year : anniversary(yearly, year + 1);
    }
    case ScheduleKind::once:
      return schedule.date >= from ? std::optional(schedule.date) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

TimestampMs next_occurrence(const Schedule& schedule, DateDays yearly, const ZoneTable& zones, ZoneId zone, TimestampMs after) {
  // Of two dates the later one's instant may be that of the earlier one: where a zone skipped a day. So dates are tried in turn.
  DateDays from = to_local(zones, zone, after).date;
  for (;;) {
    const std::optional<DateDays> date = date_from(schedule, yearly, from);
    if (!date || civil_from_days(*date).year > k_year_max) return k_never;
    const TimestampMs at = to_instant(zones, zone, *date, schedule.at);
    if (at > after) return at <= k_timestamp_max_ms ? at : k_never;
    from = *date + 1;
  }
}

}  // namespace wend::engine
