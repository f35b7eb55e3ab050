#include "compiler/cli/commands.h"
#include "compiler/cli/compiled.h"
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

}  // namespace

ExitCode test(const TestOptions& options, Console& console) {
  const auto compiled = load_and_compile(options.project);
  show_findings(*compiled, OutputFormat::text, Stream::err, console);
  if (const ExitCode code = exit_code(*compiled); code != ExitCode::ok) return code;

  const testrun::Report report =
      testrun::run(compiled->result.model, *compiled->result.program, *compiled->zones, {.filter = options.filter});
  console.out(render(report, compiled->project->sources, options.format, console.out_colours()));
  return report.failed == 0 ? ExitCode::ok : ExitCode::findings;
}

}  // namespace wend::cli
