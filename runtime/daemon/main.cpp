// wendd: the runtime alone. It loads built programs and knows nothing of the language they were written in.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "runtime/bytecode/program_file.h"
#include "runtime/replay/command.h"

namespace {

using namespace wend;

// A program or a mapping is far smaller; what is larger is another file given by mistake.
constexpr std::uintmax_t k_file_bytes_max = 1 << 30;

std::optional<std::string> read_file(const std::string& path) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure) || std::filesystem::file_size(path, failure) > k_file_bytes_max) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return file ? std::optional(text.str()) : std::nullopt;
}

int fail(const std::string& what) {
  fmt::print(stderr, "error: {}\n", what);
  return replay::k_exit_error;
}

struct Arguments {
  std::string program;
  std::string config;
  std::string until;
  std::string release;
  std::string report = "text";
  replay::Options options;
};

void describe(CLI::App& app, Arguments& arguments) {
  app.add_option("--program", arguments.program, "program built by `wend build` (.wendc)")->required();
  app.add_option("--events", arguments.options.events, "Segment calls or CSV rows, plain, .gz or .zst")->required();
  app.add_option("--data", arguments.options.data_folder, "folder of log and state; an existing one is continued")->required();
  app.add_option("--out", arguments.options.result_folder, "folder of result files")->required();
  app.add_option("--config", arguments.config, "wend.toml whose [run] table is to be used");
  app.add_flag("--sort", arguments.options.sort, "order the file by time first");
  app.add_option("--until", arguments.until, "go on behind the last event: `done` or an instant such as 2012-01-01T00:00:00Z");
  app.add_option("--max-rejects", arguments.options.rejects_max, "stop when more records than this are refused");
  CLI::Option* deploy = app.add_flag("--deploy", arguments.options.deploy, "go on with this program where it only adds to the one of the data folder");
  app.add_option("--release", arguments.release, "how many are let in who are members already when a journey is deployed: 500/min, 20/s, or all")->needs(deploy);
  app.add_option("--batch-entries", arguments.options.batch_entries, "entries made durable at once (1000)");
  app.add_option("--snapshot-entries", arguments.options.snapshot_entries, "entries between two snapshots (5000000)");
  app.add_option("--report", arguments.report, "text or json")->check(CLI::IsMember({"text", "json"}));
}

int run_replay(Arguments& arguments) {
  const auto bytes = read_file(arguments.program);
  if (!bytes) return fail(fmt::format("program `{}` cannot be read", arguments.program));
  const auto program = bytecode::read_program(*bytes);
  if (!program) {
    return fail(fmt::format("program `{}` is refused, byte {}, {}: {}", arguments.program, program.error().offset, program.error().where,
                            program.error().what));
  }
  if (!arguments.config.empty()) {
    const auto text = read_file(arguments.config);
    if (!text) return fail(fmt::format("`{}` cannot be read", arguments.config));
    auto config = ingest::parse_run_config(*text);
    if (!config) return fail(fmt::format("`{}`: line {}: {}", arguments.config, config.error().line, config.error().what));
    arguments.options.config = std::move(*config);
  }
  if (!arguments.until.empty()) {
    const auto until = replay::parse_until(arguments.until);
    if (!until) return fail(fmt::format("--until takes `done` or an instant such as 2012-01-01T00:00:00Z, not `{}`", arguments.until));
    arguments.options.until = *until;
  }
  if (!arguments.release.empty()) {
    arguments.options.release_per_hour = replay::parse_release(arguments.release);
    if (!arguments.options.release_per_hour) {
      return fail(fmt::format("--release takes a rate such as `500/min`, `20/s` or `30000/h`, or `all`, not `{}`", arguments.release));
    }
  }
  const replay::Terminal terminal{.shows_progress = ::isatty(STDERR_FILENO) != 0,
                                  .format = arguments.report == "json" ? replay::ReportFormat::json : replay::ReportFormat::text};
  return replay::replay_command(*program, *ZoneTable::system(), arguments.options, terminal);
}

}  // namespace

int main(int count, char** values) {
  CLI::App app("wendd: runs built journeys, durably");
  app.set_version_flag("--version", "wendd " WEND_VERSION);
  app.require_subcommand(1);
  Arguments arguments;
  CLI::App& replay_app = *app.add_subcommand("replay", "replay a history of events in virtual time");
  describe(replay_app, arguments);
  try {
    app.parse(count, values);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? replay::k_exit_done : replay::k_exit_error;
  }
  return run_replay(arguments);
}
