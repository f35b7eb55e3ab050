#include "tests/reference/calendar.h"

#include <date/tz.h>

#include <algorithm>
#include <map>

namespace wend::reference {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const date::time_zone& rules(const std::string& name) {
  static std::map<std::string, const date::time_zone*> known;
  auto& zone = known[name];
  if (zone == nullptr) zone = date::locate_zone(name);
  return *zone;
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

constexpr std::int64_t k_day = 86'400'000;

}  // namespace

Instant in_range(Instant at) {
  if (at.ms < -62135596800000 || at.ms > 253402300799999) throw Fault("instant out of range");
  return at;
}

std::int64_t Zone::local_ms(Instant at) const {
  const date::sys_time<milliseconds> utc{milliseconds(at.ms)};
  return rules(name_).to_local(utc).time_since_epoch().count();
}

Date Zone::date_of(Instant at) const {
  return {static_cast<std::int32_t>(floor_div(local_ms(at), k_day))};
}

TimeOfDay Zone::time_of(Instant at) const {
  const std::int64_t local = local_ms(at);
  return {static_cast<std::int32_t>((local - floor_div(local, k_day) * k_day) / 1000)};
}

Instant Zone::instant_of(Date date, TimeOfDay time, std::int64_t extra_ms) const {
  const date::local_time<seconds> wall{seconds(std::int64_t{date.days} * 86'400 + time.seconds)};
  const date::local_info info = rules(name_).get_info(wall);
  // In a gap the offset before it makes the time later by the gap; in an overlap the first is the earlier.
  const seconds utc = wall.time_since_epoch() - info.first.offset;
  return in_range({utc.count() * 1000 + extra_ms});
}

Instant Zone::on_open_day(Instant at, const Span& span, const std::function<bool(Date)>& is_open, const TimeOfDay* time) const {
  Date day = reference::add(date_of(at), span);
  for (std::int64_t left = span.business_days; left > 0;) {
    ++day.days;
    if (is_open(day)) --left;
  }
  while (!is_open(day)) ++day.days;
  if (time != nullptr) return instant_of(day, *time);
  const std::int64_t local = local_ms(at);
  const std::int64_t in_day = local - floor_div(local, k_day) * k_day;
  return instant_of(day, {static_cast<std::int32_t>(in_day / 1000)}, in_day % 1000);
}

Instant Zone::add(Instant at, const Span& span) const {
  if (span.exact) return in_range({at.ms + span.ms});
  const std::int64_t local = local_ms(at);
  const std::int64_t in_day = local - floor_div(local, k_day) * k_day;
  return instant_of(reference::add(date_of(at), span), {static_cast<std::int32_t>(in_day / 1000)}, in_day % 1000);
}

int weekday_of(Date day) {
  return static_cast<int>(((day.days + 3) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
}

Instant Zone::next_at(Instant after, const std::function<bool(Date)>& is_one, TimeOfDay time) const {
  for (Date day{date_of(after).days - 1};; ++day.days) {
    if (!is_one(day)) continue;
    const Instant at = instant_of(day, time);
    if (at.ms > after.ms) return at;
  }
}

std::string date_text(Date day) {
  return date::format("%F", date::sys_days{date::days{day.days}});
}

Date date_from_text(const std::string& text) {
  return date_from_civil(std::stoi(text.substr(0, 4)), std::stoi(text.substr(5, 2)), std::stoi(text.substr(8, 2)));
}

namespace {

bool begins_on(const ClosedDays& closed, Date day) {
  if (!closed.yearly) return day.days == closed.first.days;
  if (day.days < closed.first.days || (closed.until && day.days > closed.until->days)) return false;
  const date::year_month_day first{date::sys_days{date::days{closed.first.days}}};
  const date::year_month_day civil{date::sys_days{date::days{day.days}}};
  if (civil.month() != first.month()) return false;
  if (closed.nth == 0) return civil.day() == first.day();  // 29 February is in leap years only
  if (weekday_of(day) != weekday_of(closed.first)) return false;
  if (closed.nth > 0) return (static_cast<unsigned>(civil.day()) + 6) / 7 == static_cast<unsigned>(closed.nth);
  const date::year_month_day next{date::sys_days{date::days{day.days + 7}}};
  return next.month() != civil.month();
}

}  // namespace

bool is_closed(const ClosedDays& closed, Date day) {
  for (std::int32_t into = 0; into < closed.days; ++into) {
    if (begins_on(closed, {day.days - into})) return true;
  }
  return false;
}

Date date_from_civil(int year, int month, int day) {
  const date::sys_days days = date::year(year) / month / day;
  return {static_cast<std::int32_t>(days.time_since_epoch().count())};
}

Date add(Date date, const Span& period) {
  date::year_month_day civil{date::sys_days{date::days{date.days}}};
  civil += date::months(static_cast<int>(period.months));
  if (!civil.ok()) civil = civil.year() / civil.month() / date::last;
  return {static_cast<std::int32_t>(date::sys_days(civil).time_since_epoch().count() + period.days)};
}

Span span_of(const syntax::DurationLiteral& literal) {
  Span span;
  span.exact = literal.is_exact;
  for (const syntax::DurationPart& part : literal.parts) {
    switch (part.unit) {
      case syntax::Unit::second:
        span.ms += part.count * 1000;
        break;
      case syntax::Unit::minute:
        span.ms += part.count * 60'000;
        break;
      case syntax::Unit::hour:
        span.ms += part.count * 3'600'000;
        break;
      case syntax::Unit::day:
        span.days += part.count;
        break;
      case syntax::Unit::business_day:
        span.business_days += part.count;
        break;
      case syntax::Unit::week:
        span.days += 7 * part.count;
        break;
      case syntax::Unit::month:
        span.months += part.count;
        break;
      case syntax::Unit::year:
        span.months += 12 * part.count;
        break;
    }
  }
  return span;
}

Span negate(const Span& span) {
  return {span.exact, -span.ms, -span.months, -span.days, -span.business_days};
}

}  // namespace wend::reference
