#include "compiler/sema/journey_checker.h"

// `wait … using <calendar>`

namespace wend::sema {

bool JourneyChecker::use_calendar(const std::optional<syntax::Name>& calendar, const syntax::DurationLiteral& duration, WaitFor& wait) {
  if (!calendar) {
    if (wait.business_days == 0) return true;
    Diagnostic& diagnostic = context_.report(Kind::business_days_need_calendar, duration.span);
    diagnostic.label("which days are open is not said");
    const std::vector<Calendar>& declared = context_.model.calendars;
    diagnostic.help("name the calendar: `using " + (declared.empty() ? std::string("…") : declared.front().name) + "`");
    return false;
  }
  const Symbol* symbol = context_.require(file_, *calendar, {SymbolKind::calendar}, "calendar");
  if (!symbol) return false;
  if (std::holds_alternative<DurationMs>(wait.span)) {
    context_.report(Kind::calendar_without_days, calendar->span)
        .secondary(duration.span, "this is elapsed time, whatever is open meanwhile")
        .help("wait business days, `wait 1 business day using " + symbol->name + "`, or leave out `using`");
    return false;
  }
  wait.calendar = static_cast<CalendarId>(symbol->index);
  return true;
}

bool JourneyChecker::use_calendar(const std::optional<syntax::Name>& calendar, const syntax::Name& day, WaitUntilNext& wait) {
  if (!calendar) return true;
  const Symbol* symbol = context_.require(file_, *calendar, {SymbolKind::calendar}, "calendar");
  if (!symbol) return false;
  const Calendar& days = context_.model.calendars[symbol->index];
  wait.calendar = static_cast<CalendarId>(symbol->index);
  // A weekday is what the calendar calls one.
  wait.weekday_mask = day.text == "weekday" ? days.weekday_mask : wait.weekday_mask & days.weekday_mask;
  if (wait.weekday_mask != 0) return true;
  // A calendar that was wrong has no open day at all.
  if (days.weekday_mask != 0) {
    context_.report(Kind::day_never_open, day.span)
        .with("day", day.text)
        .with("calendar", days.name)
        .secondary(days.span, "the calendar is declared here");
  }
  return false;
}

}  // namespace wend::sema
