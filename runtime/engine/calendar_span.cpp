#include "runtime/engine/calendar_span.h"

#include <algorithm>

namespace wend::engine {
namespace {

// What a zone's changes of offset can add to or take from a span: tzdata has none above 24 hours (a skipped day).
constexpr DurationMs k_offset_change_max_ms = 26 * k_hour_ms;

TimestampMs add_elapsed(TimestampMs at, DurationMs duration) {
  TimestampMs sum;
  if (__builtin_add_overflow(at, duration, &sum)) return duration < 0 ? k_timestamp_min_ms : k_timestamp_max_ms;
  return std::clamp(sum, k_timestamp_min_ms, k_timestamp_max_ms);
}

}  // namespace

TimestampMs add_span(const ZoneTable& zones, ZoneId zone, TimestampMs at, const bytecode::Span& span) {
  if (const auto* duration = std::get_if<DurationMs>(&span)) return add_elapsed(at, *duration);
  const Period period = std::get<Period>(span);
  if (zone == ZoneId::utc && period.months == 0) return add_elapsed(at, period.days * k_day_ms);
  return add_period(zones, zone, at, period).value_or(period.months < 0 || period.days < 0 ? k_timestamp_min_ms : k_timestamp_max_ms);
}

bool surely_after(TimestampMs at, const bytecode::Span& span, TimestampMs now) {
  if (const auto* duration = std::get_if<DurationMs>(&span)) return add_elapsed(at, *duration) > now;
  const Period period = std::get<Period>(span);
  return add_elapsed(at, int64_t{period.months} * 28 * k_day_ms + period.days * k_day_ms - k_offset_change_max_ms) > now;
}

bool surely_not_after(TimestampMs at, const bytecode::Span& span, TimestampMs now) {
  return add_elapsed(at, span_ms_max(span)) <= now;
}

DurationMs span_ms_max(const bytecode::Span& span) {
  return span_ms_nominal(span) + (std::holds_alternative<Period>(span) ? k_offset_change_max_ms : 0);
}

DurationMs span_ms_nominal(const bytecode::Span& span) {
  if (const auto* duration = std::get_if<DurationMs>(&span)) return *duration;
  const Period period = std::get<Period>(span);
  return int64_t{period.months} * 31 * k_day_ms + period.days * k_day_ms;
}

}  // namespace wend::engine
