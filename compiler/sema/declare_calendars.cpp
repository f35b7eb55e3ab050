#include <algorithm>

#include "compiler/schema/ics.h"
#include "compiler/sema/declarations.h"
#include "compiler/sema/weekdays.h"
#include "compiler/source/paths.h"

// Calendars: which days of the week are open, and the holidays that files list.

namespace wend::sema {
namespace {

std::optional<std::size_t> day_of_week(Context& context, const syntax::Name& name) {
  const auto day = std::ranges::find(k_days_of_week, name.text);
  if (day != k_days_of_week.end()) return static_cast<std::size_t>(day - k_days_of_week.begin());
  if (name.text.empty()) return std::nullopt;
  Diagnostic& diagnostic = context.report(Kind::unknown_name, name.span).with("what", "day of the week").with("name", name.text);
  context.suggest(diagnostic, name.span, name.text, {k_days_of_week.begin(), k_days_of_week.end()});
  return std::nullopt;
}

}  // namespace

void Declarations::resolve_calendar(const syntax::CalendarDecl& declaration, const Symbol& symbol) {
  Calendar calendar;
  calendar.name = symbol.name;
  calendar.span = symbol.span;
  if (declaration.week_from && declaration.week_to) {
    const auto from = day_of_week(context_, *declaration.week_from);
    const auto to = day_of_week(context_, *declaration.week_to);
    if (from && to) {
      // `sunday to thursday` goes round the end of the week.
      for (std::size_t day = *from;; day = (day + 1) % k_days_of_week.size()) {
        calendar.weekday_mask |= static_cast<std::uint8_t>(1U << day);
        if (day == *to) break;
      }
    }
  } else if (!symbol.damaged) {
    context_.report(Kind::calendar_week_missing, symbol.span).with("calendar", symbol.name).help("say which: `week monday to friday`");
  }
  for (const syntax::StringLiteral& path : declaration.closed) {
    const std::vector<DateDays> days = read_holidays(path, symbol.file);
    calendar.closed.insert(calendar.closed.end(), days.begin(), days.end());
  }
  std::ranges::sort(calendar.closed);
  calendar.closed.erase(std::unique(calendar.closed.begin(), calendar.closed.end()), calendar.closed.end());
  context_.model.calendars[symbol.index] = std::move(calendar);
}

std::vector<DateDays> Declarations::read_holidays(const syntax::StringLiteral& name, std::size_t file) {
  if (!context_.input.store || !context_.input.sources) return {};
  const std::string path = source::in_folder(context_.input.files[file].folder, name.text);
  if (!context_.may_read(name.text, path, name.span)) return {};
  auto text = context_.input.store->read(path);
  if (!text) {
    context_.diagnostics.push_back(diag::from_file_error(text.error(), name.span));
    return {};
  }
  context_.imported_paths.insert(path);
  const source::SourceFile& source = context_.input.sources->add(path, std::move(*text));
  auto days = schema::read_holidays(source.text());
  if (days) return std::move(*days);
  const schema::IcsFault& fault = days.error();
  context_.report(Kind::holidays_unreadable, {source.file_id(), fault.begin, fault.end})
      .with("reason", fault.what)
      .secondary(name.span, "asked for here");
  return {};
}

}  // namespace wend::sema
