#include <algorithm>
#include <span>
#include <utility>

#include "compiler/sema/declarations.h"
#include "compiler/sema/expr_checker.h"
#include "compiler/sema/walk.h"
#include "compiler/sema/weekdays.h"

// Quiet hours of policies: at what times, on which days, on which channels, for whom.

namespace wend::sema {
namespace {

constexpr TimeOfDaySeconds k_day_seconds = 86'400;
constexpr TimeOfDaySeconds k_week_seconds = 7 * k_day_seconds;

/// Whether the unconditional quiet hours leave the channel no second of the week. Holidays only add to them.
bool is_always_quiet(const std::vector<QuietHours>& rules, ChannelId channel) {
  std::vector<std::pair<TimeOfDaySeconds, TimeOfDaySeconds>> periods;
  for (const QuietHours& rule : rules) {
    if (rule.where || (!rule.channels.empty() && !std::ranges::binary_search(rule.channels, channel))) continue;
    for (int day = 0; day < 7; ++day) {
      if ((rule.weekday_mask >> day & 1) == 0) continue;
      const TimeOfDaySeconds from = day * k_day_seconds + rule.from;
      const TimeOfDaySeconds to = day * k_day_seconds + rule.to + (rule.from < rule.to ? 0 : k_day_seconds);
      periods.emplace_back(from, std::min(to, k_week_seconds));
      if (to > k_week_seconds) periods.emplace_back(0, to - k_week_seconds);
    }
  }
  std::ranges::sort(periods);
  TimeOfDaySeconds reached = 0;
  for (const auto& [from, to] : periods) {
    if (from > reached) return false;
    reached = std::max(reached, to);
  }
  return reached == k_week_seconds;
}

/// `on sunday` is what many write first.
void explain_days_as_channels(const syntax::QuietRule& rule, std::span<Diagnostic> reported) {
  for (Diagnostic& diagnostic : reported) {
    const auto name = std::ranges::find(rule.channels, diagnostic.span(), &syntax::Name::span);
    if (name == rule.channels.end() || std::ranges::find(k_days_of_week, name->text) == k_days_of_week.end()) continue;
    diagnostic.help("`on` names channels, and days follow `every`: `quiet 21:00 to 09:00 every " + name->text + "`");
  }
}

}  // namespace

std::optional<QuietHours> Declarations::resolve_quiet(const syntax::QuietRule& rule, const Symbol& symbol) {
  QuietHours quiet;
  quiet.span = rule.span;
  bool complete = resolve_quiet_days(rule, symbol, quiet);
  const std::size_t mark = context_.diagnostics.size();
  quiet.channels = resolve_channels(rule.channels, "quiet hours", symbol.file, &complete);
  explain_days_as_channels(rule, std::span(context_.diagnostics).subspan(mark));
  if (rule.times) {
    quiet.from = rule.times->from.seconds_of_day();
    quiet.to = rule.times->to.seconds_of_day();
    complete = complete && quiet.from != quiet.to;
    if (quiet.from == quiet.to) {
      context_.report(Kind::quiet_hours_empty, rule.times->to.span)
          .with("time", format_time_of_day(quiet.from))
          .secondary(rule.times->from.span, "they begin here")
          .note("they last from the first time to the second, past midnight when the second is earlier")
          .help("for whole days, leave out the times: `quiet every sunday`");
    }
  }
  return complete ? std::optional(std::move(quiet)) : std::nullopt;
}

bool Declarations::resolve_quiet_days(const syntax::QuietRule& rule, const Symbol& symbol, QuietHours& quiet) {
  if (rule.days.empty() && rule.calendars.empty()) return true;
  bool complete = true;
  quiet.weekday_mask = 0;
  const auto report_again = [&](const syntax::Name& name, const char* what) {
    context_.report(Kind::repeated_member, name.span).with("owner", "the line").with("what", what).with("name", name.text);
  };
  for (const syntax::Name& day : rule.days) {
    const auto mask = weekday_mask(context_, day);
    complete = complete && mask;
    if (day.text == "weekend") {
      context_.diagnostics.back().help("write both days", {day.span, "saturday, sunday", diag::Applicability::likely});
    }
    if ((quiet.weekday_mask & mask.value_or(0)) != 0) report_again(day, "the day");
    quiet.weekday_mask |= mask.value_or(0);
  }
  for (const syntax::Name& name : rule.calendars) {
    const Symbol* calendar = context_.require(symbol.file, name, {SymbolKind::calendar}, "calendar");
    complete = complete && calendar != nullptr;
    if (calendar == nullptr) continue;
    const auto id = static_cast<CalendarId>(calendar->index);
    if (std::ranges::find(quiet.holidays_of, id) != quiet.holidays_of.end()) report_again(name, "the calendar");
    quiet.holidays_of.push_back(id);
    if (calendar->damaged || !calendar->decl->as<syntax::CalendarDecl>().closed.empty()) continue;
    context_.report(Kind::calendar_without_holidays, name.span)
        .with("calendar", name.text)
        .secondary(calendar->span, "it is declared here")
        .help("name a file that lists them: `closed \"calendars/holidays.ics\"`")
        .help("days of the week are named by themselves: `every saturday, sunday`");
    complete = false;
  }
  return complete;
}

void Declarations::check_quiet_hours(const syntax::PolicyDecl& declaration, const Symbol& symbol) {
  const std::size_t mark = context_.error_mark();
  for (const syntax::QuietRule& rule : declaration.quiet_hours) {
    if (rule.where) check_quiet_condition(rule, symbol);
  }
  if (context_.errors_since(mark)) return;
  const std::vector<QuietHours>& rules = context_.model.policies[symbol.index].quiet;
  for (std::size_t channel = 0; channel < context_.model.channels.size(); ++channel) {
    if (!is_always_quiet(rules, static_cast<ChannelId>(channel))) continue;
    Diagnostic& diagnostic = context_.report(Kind::always_quiet, symbol.span).with("channel", context_.model.channels[channel].name);
    for (const QuietHours& quiet : rules) diagnostic.secondary(quiet.span, "quiet here");
    return;
  }
}

void Declarations::check_quiet_condition(const syntax::QuietRule& rule, const Symbol& symbol) {
  Scope scope;
  Flow flow;
  ExprPtr where = ExprChecker(context_, symbol.file, scope, flow).condition(*rule.where).expr;
  if (where->type.is_error()) return;
  const auto found = find_read(*where, [](const Expr& each) {
    return read_kind(each) == ReadKind::attribute || read_kind(each) == ReadKind::consent || read_kind(each) == ReadKind::nothing;
  });
  if (found) {
    context_.report(Kind::state_condition_reads, found->place)
        .with("where", "a condition of quiet hours")
        .with("allowed", "attributes and consents")
        .with("what", describe_read(*found->read, context_.model));
    return;
  }
  std::vector<QuietHours>& rules = context_.model.policies[symbol.index].quiet;
  const auto resolved = std::ranges::find(rules, rule.span, &QuietHours::span);
  if (resolved != rules.end()) resolved->where = std::move(where);
}

}  // namespace wend::sema
