#include <fmt/format.h>

#include <algorithm>

#include "compiler/testrun/testrun.h"
#include "compiler/testrun/text_style.h"

namespace wend::testrun {

namespace {

std::string place(const source::Sources& sources, source::Span span) {
  const auto& file = sources.file(span.file_id);
  const auto position = file.position(span.begin);
  return fmt::format("{}:{}:{}", file.path(), position.line, position.column);
}

// The lines of the item as they stand in the source.
std::string excerpt(const source::Sources& sources, source::Span span, const Style& style) {
  const auto& file = sources.file(span.file_id);
  const auto first = file.line_of(span.begin);
  const auto last = file.line_of(span.end > span.begin ? span.end - 1 : span.begin);
  std::string text;
  for (auto line = first; line <= last; ++line) {
    text += fmt::format("      {}{:>4} |{} {}\n", style.dim, line, style.off, file.line_text(line));
  }
  return text;
}

std::string failure_text(const Failure& failure, const source::Sources& sources, const Style& style) {
  std::string text =
      fmt::format("    {}{}{}\n{}", style.bold, place(sources, failure.span), style.off, excerpt(sources, failure.span, style));
  text += fmt::format("      expected  {}\n      found     {}{}{}\n", failure.expected, style.red, failure.found, style.off);
  return text;
}

std::string timeline_text(const TestOutcome& test, const Style& style) {
  if (test.timeline.empty()) return {};
  std::string text = fmt::format("    {}what happened ({}){}\n", style.dim, test.zone, style.off);
  size_t width = 0;
  for (const auto& line : test.timeline) width = std::max(width, line.local.size());
  for (size_t i = 0; i <= test.timeline.size(); ++i) {
    for (size_t failure = 0; failure < test.failures.size(); ++failure) {
      if (test.failures[failure].happened == i) {
        const std::string number = test.failures.size() > 1 ? fmt::format(" {}", failure + 1) : "";
        text += fmt::format("      {}{:<{}}  ✗ failure{}{}\n", style.red, "", width, number, style.off);
      }
    }
    if (i < test.timeline.size()) text += fmt::format("      {:<{}}  {}\n", test.timeline[i].local, width, test.timeline[i].what);
  }
  return text;
}

}  // namespace

std::string render_text(const Report& report, const source::Sources& sources, TextOptions options) {
  const Style& style = options.colours ? k_coloured : k_plain;
  std::string text;
  for (const auto& test : report.tests) {
    if (test.passed()) {
      text += fmt::format("{}passed{}  {}: {}\n", style.green, style.off, test.journey, test.title);
      continue;
    }
    text += fmt::format("{}failed{}  {}: {}\n", style.red, style.off, test.journey, test.title);
    for (const auto& failure : test.failures) text += failure_text(failure, sources, style);
    text += timeline_text(test, style);
  }
  if (!report.tests.empty()) text += "\n";
  text += fmt::format("{} passed, {} failed", report.passed, report.failed);
  if (report.left_out > 0) text += fmt::format(" ({} left out by the filter)", report.left_out);
  return text + "\n";
}

}  // namespace wend::testrun
