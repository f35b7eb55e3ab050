#include "compiler/cli/compiled.h"

#include "compiler/diag/render.h"

namespace wend::cli {

std::unique_ptr<Compiled> load_and_compile(const std::string& path) {
  auto compiled = std::make_unique<Compiled>();
  compiled->zones = ZoneTable::system();
  compiled->project = project::load(compiled->files, path);
  compiled->result = project::compile(*compiled->project, compiled->files, *compiled->zones);
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
