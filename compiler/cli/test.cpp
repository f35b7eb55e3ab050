#include <fmt/format.h>

#include <filesystem>

#include "compiler/cli/commands.h"
#include "compiler/cli/compiled.h"
#include "compiler/cli/output_file.h"
#include "compiler/testrun/coverage.h"
#include "compiler/testrun/testrun.h"

namespace wend::cli {
namespace {

std::string render(const testrun::Report& report, const source::Sources& sources, TestFormat format, bool colours) {
  switch (format) {
    case TestFormat::text:
      return testrun::render_text(report, sources, {colours});
    case TestFormat::json:
      return testrun::render_json(report, sources);
    case TestFormat::junit:
      return testrun::render_junit(report, sources);
  }
  return {};
}

std::string render(const testrun::CoveredRun& run, const source::Sources& sources, TestFormat format, bool colours) {
  switch (format) {
    case TestFormat::text:
      return testrun::render_text(run.report, sources, {colours}) + "\n" + testrun::render_text(run.coverage, sources, {colours});
    case TestFormat::json:
      return testrun::render_json(run, sources);
    case TestFormat::junit:
      return testrun::render_junit(run.report, sources);
  }
  return {};
}

// Says what went wrong.
std::optional<std::string> write_pages(const testrun::Coverage& coverage, const source::Sources& sources, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fmt::format("cannot make the folder `{}`: {}", folder, error.message());
  for (const testrun::HtmlPage& page : testrun::render_html(coverage, sources)) {
    if (auto wrong = write_file(folder + "/" + page.name, page.text)) return wrong;
  }
  return std::nullopt;
}

ExitCode test_covered(const TestOptions& options, const Compiled& compiled, Console& console) {
  const source::Sources& sources = compiled.project->sources;
  const auto run = testrun::run_with_coverage(compiled.result.model, sources, *compiled.zones, {.filter = options.filter});
  if (!run) {
    console.error(run.error());
    return ExitCode::findings;
  }
  console.out(render(*run, sources, options.format, console.out_colours()));
  if (!options.coverage_html.empty()) {
    if (const auto wrong = write_pages(run->coverage, sources, options.coverage_html)) {
      console.error(*wrong);
      return ExitCode::usage;
    }
  }
  const testrun::Covered covered = run->coverage.count();
  const double least = options.coverage_min.value_or(0);
  const bool is_enough = static_cast<double>(covered.covered) * 100 >= least * static_cast<double>(covered.total);
  if (!is_enough) console.error(fmt::format("the tests cover {:.1f}%, and {}% is the least", covered.percent(), least));
  return run->report.failed == 0 && is_enough ? ExitCode::ok : ExitCode::findings;
}

}  // namespace

ExitCode test(const TestOptions& options, Console& console) {
  const auto compiled = load_and_compile(options.project);
  show_findings(*compiled, OutputFormat::text, Stream::err, console);
  if (const ExitCode code = exit_code(*compiled); code != ExitCode::ok) return code;
  if (options.coverage) return test_covered(options, *compiled, console);

  const testrun::Report report =
      testrun::run(compiled->result.model, *compiled->result.program, *compiled->zones, {.filter = options.filter});
  console.out(render(report, compiled->project->sources, options.format, console.out_colours()));
  return report.failed == 0 ? ExitCode::ok : ExitCode::findings;
}

}  // namespace wend::cli
