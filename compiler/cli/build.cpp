#include <fmt/format.h>

#include "compiler/cli/commands.h"
#include "compiler/cli/compiled.h"
#include "compiler/cli/output_file.h"
#include "runtime/base/hash.h"
#include "runtime/bytecode/program_file.h"

namespace wend::cli {

ExitCode build(const BuildOptions& options, Console& console) {
  const auto compiled = load_and_compile(options.project, lock_use(options.locked));
  const ExitCode code = exit_code(*compiled);
  const bool is_asked_for = code != ExitCode::ok || options.format == OutputFormat::json;
  show_findings(*compiled, options.format, is_asked_for ? Stream::out : Stream::err, console);
  if (code != ExitCode::ok) return code;

  const bytecode::Program& program = *compiled->result.program;
  const std::string path = options.output.empty() ? compiled->project->name + ".wendc" : options.output;
  const std::string bytes = bytecode::write_program(program);
  if (const auto error = write_file(path, bytes)) {
    console.error(*error);
    return ExitCode::usage;
  }
  if (options.format == OutputFormat::text) {
    console.out(fmt::format("{}: {} bytes, behaviour {}\n", path, bytes.size(), to_hex(bytecode::digests(program).behaviour)));
  }
  return ExitCode::ok;
}

}  // namespace wend::cli
