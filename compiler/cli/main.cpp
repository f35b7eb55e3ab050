#include <csignal>
#include <exception>
#include <span>
#include <variant>

#include "compiler/cli/arguments.h"
#include "compiler/cli/commands.h"
#include "compiler/cli/console.h"
#include "compiler/flow/walk.h"

namespace wend::cli {
namespace {

ExitCode dispatch(const Arguments& arguments, Console& console) {
  return std::visit(flow::Overloaded{
                        [&](const NewOptions& options) { return new_project(options, console); },
                        [&](const CheckOptions& options) { return check(options, console); },
                        [&](const TestOptions& options) { return test(options, console); },
                        [&](const BuildOptions& options) { return build(options, console); },
                        [&](const DisOptions& options) { return dis(options, console); },
                        [&](const RunOptions& options) { return run(options, console); },
                        [&](const LockOptions& options) { return lock(options, console); },
                        [&](const FmtOptions& options) { return format(options, console); },
                        [&](const DocOptions& options) { return document(options, console); },
                        [&](const PreviewOptions& options) { return preview(options, console); },
                        [&](const ExplainOptions& options) { return explain(options, console); },
                    },
                    arguments.command);
}

ExitCode run_program(std::span<const char* const> words) {
  const auto arguments = parse_arguments(words);
  Console console(arguments ? arguments->colours : ColourChoice::automatic);
  ExitCode code = ExitCode::ok;
  if (!arguments) {
    code = arguments.error().code;
    code == ExitCode::ok ? console.out(arguments.error().text) : console.err(arguments.error().text);
  } else {
    code = dispatch(*arguments, console);
  }
  if (!console.finish()) {
    console.error("standard output could not be written");
    return ExitCode::usage;
  }
  return code;
}

}  // namespace
}  // namespace wend::cli

int main(int argc, char** argv) {
  // A reader that goes away (`| head`) shows as a failed write, not as a killed process.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return static_cast<int>(wend::cli::run_program(std::span<const char* const>(argv + 1, argc > 0 ? static_cast<size_t>(argc) - 1 : 0)));
  } catch (const std::bad_alloc&) {
    wend::cli::Console(wend::cli::ColourChoice::never).error("out of memory");
  } catch (const std::exception& error) {
    wend::cli::Console(wend::cli::ColourChoice::never).error(error.what());
  }
  return static_cast<int>(wend::cli::ExitCode::usage);
}
