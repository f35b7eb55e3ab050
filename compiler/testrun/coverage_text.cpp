#include <fmt/format.h>

#include <algorithm>

#include "compiler/testrun/coverage.h"
#include "compiler/testrun/text_style.h"

namespace wend::testrun {

namespace {

using flow::PlaceKind;

std::string cell(const Covered& covered) {
  return covered.total == 0 ? "-" : fmt::format("{}/{}", covered.covered, covered.total);
}

// A row of the table: what it is about, its counts by kind, and all of them.
template <typename Counted>
std::vector<std::string> row(const std::string& name, const Counted& counted) {
  std::vector<std::string> cells = {name};
  for (const PlaceKind kind : flow::place_kinds()) cells.push_back(cell(counted.count(kind)));
  cells.push_back(fmt::format("{:.1f}%", counted.count().percent()));
  return cells;
}

std::string table(const Coverage& coverage, const Style& style) {
  std::vector<std::vector<std::string>> rows(1);
  rows[0].emplace_back("covered");
  for (const PlaceKind kind : flow::place_kinds()) rows[0].emplace_back(flow::plural(kind));
  rows[0].emplace_back("all");
  for (const JourneyCoverage& journey : coverage.journeys) rows.push_back(row(journey.name, journey));
  rows.push_back(row("total", coverage));

  std::vector<std::size_t> widths(rows[0].size());
  for (const auto& cells : rows) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool is_head = i == 0;
    const bool is_full = !is_head && rows[i].back() == "100.0%";
    text += is_head ? style.dim : is_full ? style.green : style.red;
    text += fmt::format("{:<{}}", rows[i][0], widths[0]);
    for (std::size_t j = 1; j < rows[i].size(); ++j) text += fmt::format("  {:>{}}", rows[i][j], widths[j]);
    text += fmt::format("{}\n", style.off);
  }
  return text;
}

std::string missing(const CoveredPlace& each, const source::Sources& sources, const Style& style) {
  const source::SourceFile& file = sources.file(each.place.span.file_id);
  const auto line = file.line_of(each.place.span.begin);
  return fmt::format("  {}{}:{}{}  {}{}{}\n      {}{:>4} |{} {}\n", style.bold, file.path(), line, style.off, style.red, each.place.what,
                     style.off, style.dim, line, style.off, file.line_text(line));
}

std::string journey_text(const JourneyCoverage& journey, const source::Sources& sources, const Style& style) {
  std::string text;
  for (const CoveredPlace& each : journey.places) {
    if (each.times == 0) text += missing(each, sources, style);
  }
  std::string reasons;
  for (const auto& [reason, times] : journey.suppressed()) reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", reason, times);
  if (!reasons.empty()) text += fmt::format("  {}suppressed because: {}{}\n", style.dim, reasons, style.off);
  return text.empty() ? text : fmt::format("\n{}{}{}\n{}", style.bold, journey.name, style.off, text);
}

}  // namespace

std::string render_text(const Coverage& coverage, const source::Sources& sources, TextOptions options) {
  const Style& style = options.colours ? k_coloured : k_plain;
  std::string text = table(coverage, style);
  for (const JourneyCoverage& journey : coverage.journeys) text += journey_text(journey, sources, style);
  return text;
}

}  // namespace wend::testrun
