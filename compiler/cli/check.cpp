#include <fmt/format.h>

#include "compiler/cli/commands.h"
#include "compiler/cli/compiled.h"

namespace wend::cli {

ExitCode check(const CheckOptions& options, Console& console) {
  const auto compiled = load_and_compile(options.project, lock_use(options.locked));
  show_findings(*compiled, options.format, Stream::out, console);
  const bool silent = compiled->result.findings.diagnostics().empty();
  if (silent && options.format == OutputFormat::text) {
    const sema::Model& model = compiled->result.model;
    console.out(fmt::format("{}: {} {} checked, nothing to report\n", compiled->project->name, model.journeys.size(),
                            model.journeys.size() == 1 ? "journey" : "journeys"));
  }
  const ExitCode code = exit_code(*compiled);
  return code == ExitCode::ok && options.strict && !silent ? ExitCode::findings : code;
}

}  // namespace wend::cli
