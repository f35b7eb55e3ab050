#include "compiler/sema/weekdays.h"

#include <algorithm>
#include <string>
#include <vector>

namespace wend::sema {

std::optional<std::uint8_t> weekday_mask(Context& context, const syntax::Name& name) {
  if (name.text == "day") return k_every_day;
  if (name.text == "weekday") return 0x1f;
  const auto day = std::ranges::find(k_days_of_week, name.text);
  if (day != k_days_of_week.end()) return static_cast<std::uint8_t>(1U << (day - k_days_of_week.begin()));
  if (name.text.empty()) return std::nullopt;
  std::vector<std::string> candidates(k_days_of_week.begin(), k_days_of_week.end());
  candidates.insert(candidates.end(), {"day", "weekday"});
  Diagnostic& diagnostic = context.report(Kind::unknown_day, name.span).with("day", name.text);
  diagnostic.label("expected `day`, `weekday`, or `monday` to `sunday`");
  context.suggest(diagnostic, name.span, name.text, candidates);
  return std::nullopt;
}

}  // namespace wend::sema
