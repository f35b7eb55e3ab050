#include <fmt/format.h>

#include "compiler/cli/commands.h"
#include "compiler/cli/compiled.h"
#include "runtime/ingest/run_config.h"
#include "runtime/replay/command.h"

namespace wend::cli {
namespace {

struct Wrong {
  std::string what;
};

// The file given on the command line, else the one that `[run]` names, relative to the project.
std::expected<std::string, Wrong> events_path(const RunOptions& options, const ingest::RunConfig& config, const std::string& folder) {
  if (!options.events.empty()) return options.events;
  if (config.events.empty()) return std::unexpected(Wrong{"no history to replay: give --events, or `events` in [run] of wend.toml"});
  return config.events.starts_with('/') ? config.events : folder + "/" + config.events;
}

std::expected<replay::Options, Wrong> replay_options(const RunOptions& options, const project::Project& project) {
  auto config = ingest::parse_run_config(project.settings_text);  // has been checked with the rest of the project
  if (!config) return std::unexpected(Wrong{config.error().what});
  auto events = events_path(options, *config, project.folder);
  if (!events) return std::unexpected(events.error());

  replay::Options result;
  result.events = std::move(*events);
  result.data_folder = options.data;
  result.result_folder = options.out;
  result.config = std::move(*config);
  result.sort = options.sort;
  result.rejects_max = options.rejects_max;
  if (options.until) {
    const auto until = replay::parse_until(*options.until);
    if (!until)
      return std::unexpected(Wrong{fmt::format("--until takes `done` or a time such as 2012-01-01T00:00:00Z, not `{}`", *options.until)});
    result.until = *until;
  }
  result.deploy = options.deploy;
  if (options.release) {
    result.release_per_hour = replay::parse_release(*options.release);
    if (!result.release_per_hour) {
      return std::unexpected(Wrong{fmt::format("--release takes a rate such as `500/min`, `20/s` or `30000/h`, or `all`, not `{}`", *options.release)});
    }
  }
  return result;
}

}  // namespace

ExitCode run(const RunOptions& options, Console& console) {
  const auto compiled = load_and_compile(options.project);
  show_findings(*compiled, OutputFormat::text, Stream::err, console);
  if (const ExitCode code = exit_code(*compiled); code != ExitCode::ok) return code;

  auto replayed = replay_options(options, *compiled->project);
  if (!replayed) {
    console.error(replayed.error().what);
    return ExitCode::usage;
  }
  const replay::Terminal terminal{
      .shows_progress = console.err_is_terminal(),
      .format = options.format == OutputFormat::json ? replay::ReportFormat::json : replay::ReportFormat::text,
  };
  return static_cast<ExitCode>(replay::replay_command(*compiled->result.program, *compiled->zones, std::move(*replayed), terminal));
}

}  // namespace wend::cli
