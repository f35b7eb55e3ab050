#include <utility>

#include "compiler/sema/journey_checker.h"
#include "compiler/sema/weekdays.h"

// Entries without an event: by joining a segment, by the calendar.

namespace wend::sema {
std::optional<Join> JourneyChecker::join(const syntax::EnterOnJoin& source) {
  const auto segment = context_.require_segment(file_, source.segment);
  if (!segment) return std::nullopt;
  return Join{*segment, source.including_existing};
}

std::optional<Schedule> JourneyChecker::schedule(const syntax::EnterEvery& source) {
  Schedule schedule;
  schedule.at = source.at.seconds_of_day();
  bool sound = true;
  if (source.day) {
    const auto weekdays = weekday_mask(context_, *source.day);
    sound = weekdays.has_value();
    schedule.kind = bytecode::ScheduleKind::weekdays;
    schedule.weekdays = weekdays.value_or(0);
  } else {
    sound = source.period && set_rhythm(*source.period, schedule);
  }
  schedule.segment = context_.require_segment(file_, source.segment);
  if (!sound || !schedule.segment) return std::nullopt;
  return schedule;
}

/// Days, or months: what can be counted from a day without saying at which hour.
bool JourneyChecker::set_rhythm(const syntax::DurationLiteral& literal, Schedule& schedule) {
  const auto span = context_.time_span(literal, "the time between two entries");
  if (!span) return false;
  const auto* period = std::get_if<Period>(&*span);
  if (!period || (period->months != 0 && period->days != 0)) {
    context_.report(Kind::schedule_rhythm, literal.span)
        .with("found", period ? "both" : "an elapsed time")
        .help("write `every day`, `every monday`, `every 14 days`, `every 2 weeks`, `every 1 month` or `every year on …`");
    return false;
  }
  schedule.kind = period->months != 0 ? bytecode::ScheduleKind::months : bytecode::ScheduleKind::days;
  schedule.every = static_cast<std::uint32_t>(period->months != 0 ? period->months : period->days);
  return true;
}

std::optional<Schedule> JourneyChecker::schedule(const syntax::EnterEveryYear& source) {
  Schedule schedule;
  schedule.kind = bytecode::ScheduleKind::yearly;
  schedule.at = source.at.seconds_of_day();
  Scope scope;
  Flow flow;
  const types::Type date = types::optional(types::simple(types::Kind::date));
  ExprPtr value = ExprChecker(context_, file_, scope, flow).want(*source.date, date);
  if (value->type.is_error()) return std::nullopt;
  const auto found = find_read(*value, [](const Expr& each) { return read_kind(each) == ReadKind::attribute; });
  if (found) {
    context_.report(Kind::default_reads, found->place)
        .with("what", "the date of `every year on`")
        .with("allowed", "attributes")
        .with("found", describe_read(*found->read, context_.model));
    return std::nullopt;
  }
  schedule.date_of = std::move(value);
  return schedule;
}

std::optional<Schedule> JourneyChecker::schedule(const syntax::EnterAtMoment& source) {
  Schedule schedule;
  schedule.kind = bytecode::ScheduleKind::once;
  schedule.date = days_from_civil({source.date.year, source.date.month, source.date.day});
  schedule.at = source.at.seconds_of_day();
  schedule.segment = context_.require_segment(file_, source.segment);
  if (!schedule.segment) return std::nullopt;
  return schedule;
}

}  // namespace wend::sema
