#include "runtime/replay/command.h"

#include <fmt/format.h>

#include <chrono>

#include "runtime/replay/stop_signals.h"
#include "runtime/results/text_table.h"

namespace wend::replay {
namespace {

using Clock = std::chrono::steady_clock;

// One line that is written over and over, a few times a second.
class ProgressLine {
 public:
  explicit ProgressLine(std::FILE* out) : out_(out), started_(Clock::now()) {}
  ~ProgressLine() {
    if (shown_) fmt::print(out_, "\r\033[K");
  }

  void show(const Progress& progress) {
    constexpr auto k_interval = std::chrono::milliseconds(100);
    const auto now = Clock::now();
    if (shown_ && now - last_ < k_interval) return;
    if (!shown_) first_events_ = progress.events;
    const double seconds = std::max(std::chrono::duration<double>(now - started_).count(), 1e-3);
    const auto rate = static_cast<uint64_t>(static_cast<double>(progress.events - first_events_) / seconds);
    fmt::print(out_, "\r\033[K{} events  {}/s  {}  {} sends", results::grouped(progress.events), results::grouped(rate),
               format_rfc3339(progress.virtual_now).substr(0, 10), results::grouped(progress.sends));
    std::fflush(out_);
    shown_ = true;
    last_ = now;
  }

 private:
  std::FILE* out_;
  Clock::time_point started_;
  Clock::time_point last_;
  uint64_t first_events_ = 0;  // of earlier runs
  bool shown_ = false;
};

}  // namespace

int replay_command(const bytecode::Program& program, const ZoneTable& zones, Options options, const Terminal& terminal) {
  const StopSignals signals;
  options.stop = &signals.flag();
  options.machine_now = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  options.with_state_digest = terminal.format == ReportFormat::json;
  std::optional<ProgressLine> line;
  if (terminal.shows_progress) {
    line.emplace(terminal.error);
    options.progress = [&line](const Progress& progress) { line->show(progress); };
  }
  const auto result = replay(program, zones, options);
  line.reset();
  if (!result) {
    fmt::print(terminal.error, "error: {}\n", result.error().what);
    return k_exit_error;
  }
  fmt::print(terminal.out, "{}",
             terminal.format == ReportFormat::json ? results::render_json(result->report) : results::render_text(result->report));
  if (result->outcome == Outcome::too_many_rejects) {
    fmt::print(terminal.error, "error: {} records were refused, more than --max-rejects allows; see {}/rejects.ndjson\n",
               results::grouped(result->report.tally.rejects()), options.result_folder);
  }
  return result->outcome == Outcome::finished ? k_exit_done : k_exit_unfinished;
}

}  // namespace wend::replay
