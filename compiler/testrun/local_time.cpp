#include "compiler/testrun/local_time.h"

#include <fmt/format.h>

#include <cstdlib>

namespace wend::testrun {

namespace {

ZoneId zone_id(const ZoneTable& zones, std::string_view zone) {
  return zones.find(zone).value_or(ZoneId::utc);
}

}  // namespace

std::string format_local(const ZoneTable& zones, std::string_view zone, TimestampMs at) {
  const ZoneId id = zone_id(zones, zone);
  const LocalTime local = to_local(zones, id, at);
  std::string text = fmt::format("{} {}", format_date(local.date), format_time_of_day(local.time));
  if (local.millisecond != 0) text += fmt::format(".{:03}", local.millisecond);
  if (to_instant(zones, id, local.date, local.time, local.millisecond) != at) {
    const int minutes = zones.offset_seconds(id, at) / 60;
    text += fmt::format(" {}{:02}:{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60, std::abs(minutes) % 60);
  }
  return text;
}

TimestampMs instant_of(const sema::Moment& moment, const ZoneTable& zones, std::string_view zone) {
  if (!moment.offset_minutes) return to_instant(zones, zone_id(zones, zone), moment.date, moment.time);
  const TimestampMs as_if_utc = to_instant(zones, ZoneId::utc, moment.date, moment.time);
  return as_if_utc - *moment.offset_minutes * k_minute_ms;
}

std::optional<TimestampMs> add_span(TimestampMs at, const sema::TimeSpan& span, const ZoneTable& zones, std::string_view zone) {
  if (const auto* period = std::get_if<Period>(&span)) return add_period(zones, zone_id(zones, zone), at, *period);
  const DurationMs duration = std::get<DurationMs>(span);
  if (duration > k_timestamp_max_ms - at) return std::nullopt;
  return at + duration;
}

}  // namespace wend::testrun
