#include "compiler/syntax/reporter.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/syntax/parse.h"

namespace wend::syntax {

bool Reporter::is_full() const {
  return diagnostics_.size() >= k_syntax_errors_max;
}

bool Reporter::is_silenced(std::uint32_t offset) const {
  return std::any_of(silenced_.begin(), silenced_.end(), [&](source::Span range) { return range.contains(offset); });
}

bool Reporter::has_lost_in(source::Span range) const {
  const auto first = lost_.lower_bound(range.begin);
  return first != lost_.end() && *first < range.end;
}

void Reporter::report(diag::Diagnostic diagnostic) {
  if (is_full() || !places_.insert(diagnostic.span().begin).second) return;
  diagnostics_.push_back(std::move(diagnostic));
}

void Reporter::report_habit(const std::string& key, diag::Diagnostic diagnostic) {
  const auto found = habits_.find(key);
  if (found != habits_.end()) {
    ++found->second.others;
    places_.insert(diagnostic.span().begin);
    found->second.other_lines.insert(file_.line_of(diagnostic.span().begin));
    return;
  }
  if (is_full() || !places_.insert(diagnostic.span().begin).second) return;
  habits_[key].index = diagnostics_.size();
  diagnostics_.push_back(std::move(diagnostic));
}

std::vector<diag::Diagnostic> Reporter::take() {
  constexpr std::size_t k_lines_named_max = 5;
  for (const auto& [key, habit] : habits_) {
    if (habit.others == 0) continue;
    std::string lines;
    std::size_t named = 0;
    for (const std::uint32_t line : habit.other_lines) {
      if (++named > k_lines_named_max) break;
      lines += fmt::format("{}{}", named > 1 ? ", " : "", line);
    }
    const bool more = habit.other_lines.size() > k_lines_named_max;
    diagnostics_[habit.index].note(fmt::format("the same {} more time{} in this file: line{} {}{}", habit.others,
                                               habit.others == 1 ? "" : "s", habit.other_lines.size() == 1 ? "" : "s", lines,
                                               more ? "…" : ""));
  }
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(),
                   [](const diag::Diagnostic& first, const diag::Diagnostic& second) { return first.span() < second.span(); });
  return std::move(diagnostics_);
}

}  // namespace wend::syntax
