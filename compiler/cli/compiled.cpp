#include "compiler/cli/compiled.h"

#include "compiler/diag/render.h"
#include "compiler/project/settings.h"
#include "runtime/ingest/run_config.h"

namespace wend::cli {
namespace {

// The table is the runtime's, and so is its reader; an author wants to hear of a slip when checking, not when running.
void check_run_table(Compiled& compiled) {
  const project::Project& project = *compiled.project;
  if (project.settings_text.empty() || project.findings.has_errors()) return;
  const auto config = ingest::parse_run_config(project.settings_text);
  if (config) return;
  const ingest::RunConfigError& error = config.error();
  const source::Span place =
      project::span_between(project.sources.file(project.settings_file), {error.line, error.column}, {error.end_line, error.end_column});
  compiled.result.findings.report(diag::Diagnostic(diag::Kind::wrong_run_table, place).with("reason", error.what));
  compiled.result.program.reset();
}

}  // namespace

std::unique_ptr<Compiled> load_and_compile(const std::string& path, project::LockUse lock_use) {
  auto compiled = std::make_unique<Compiled>();
  compiled->zones = ZoneTable::system();
  compiled->project = project::load(compiled->files, path);
  compiled->result = project::compile(*compiled->project, compiled->files, *compiled->zones, lock_use);
  check_run_table(*compiled);
  return compiled;
}

void show_findings(const Compiled& compiled, OutputFormat format, Stream stream, Console& console) {
  const bool to_out = stream == Stream::out;
  const bool colours = to_out ? console.out_colours() : console.err_colours();
  const std::string text = format == OutputFormat::json ? diag::render_json(compiled.result.findings, compiled.project->sources)
                                                        : diag::render_all(compiled.result.findings, compiled.project->sources, {colours});
  to_out ? console.out(text) : console.err(text);
}

ExitCode exit_code(const Compiled& compiled) {
  if (compiled.project->journeys.empty()) return ExitCode::usage;
  return compiled.result.findings.has_errors() ? ExitCode::findings : ExitCode::ok;
}

}  // namespace wend::cli
