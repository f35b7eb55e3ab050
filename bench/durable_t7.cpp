// T7: restart after kill -9 with a million instances waiting in the last snapshot and a million events of log behind it.
//
// usage: durable_t7 [millions waiting, 1 by default]

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "bench/durable.h"
#include "bench/row.h"

using namespace wend::bench;

namespace {

constexpr size_t k_million = 1'000'000;
constexpr double k_target_instances_s = 0.25;  // per million
constexpr double k_target_events_s = 0.1;      // per million

struct Times {
  double wall_s = 0;
  double processor_s = 0;
};
class Stopwatch {
 public:
  Times read() const { return {wall_seconds() - wall_, processor_seconds() - processor_}; }

 private:
  double wall_ = wall_seconds();
  double processor_ = processor_seconds();
};

[[noreturn]] void fill_and_die(const wend::bytecode::Program& program, const std::string& folder, const std::vector<uint64_t>& customers) {
  DurableDriver driver(program, folder);
  std::vector<ReferenceEvent> sign_ups;
  for (const uint64_t customer : customers) sign_ups.push_back({customer, EventKind::signed_up, 0, 0});
  driver.in_batches(sign_ups);
  driver.snapshot();
  std::vector<ReferenceEvent> tail = reference_events(customers, k_million);
  for (ReferenceEvent& event : tail) event.minute = std::min(event.minute, k_wait_minutes / 2);
  for (auto at = tail.begin(); at < tail.end(); at += k_batch) driver.append(std::vector<ReferenceEvent>(at, at + k_batch));
  ::raise(SIGKILL);
  std::abort();
}

}  // namespace

int main(int argc, char** argv) {
  const size_t millions = argc > 1 ? std::max<size_t>(1, std::strtoull(argv[1], nullptr, 10)) : 1;
  const wend::bytecode::Program program = reference_program();
  const BenchFolder folder("t7");
  const std::string state = folder.path() + "/state";
  const std::vector<uint64_t> customers = reference_customers(millions * k_million);
  const pid_t child = ::fork();
  if (child == 0) fill_and_die(program, state, customers);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) return 2;

  const Stopwatch opening;
  DurableDriver driver(program, state);
  const Times opened = opening.read();
  const Stopwatch loading;
  driver.load_snapshot();
  const Times loaded = loading.read();
  const Stopwatch replaying;
  driver.replay_tail();
  const Times replayed = replaying.read();
  const Stopwatch reading;
  driver.read_log(customers.size() + 2);
  const Times read = reading.read();

  const auto per_million = static_cast<double>(millions);
  const double instances_s = (opened.wall_s + loaded.wall_s) / per_million;
  const double instances_processor_s = (opened.processor_s + loaded.processor_s) / per_million;
  fmt::print(
      "T7 restart after kill -9, {} M waiting, 1 M events of tail  snapshot {:.3f} s per M instances (processor {:.3f} s, target {:.2f}): "
      "opening with the write-ahead log of the tail {:.3f} s, loading {:.3f} s (processor {:.3f} s and {:.3f} s)\n",
      millions, instances_s, instances_processor_s, k_target_instances_s, opened.wall_s, loaded.wall_s, opened.processor_s,
      loaded.processor_s);
  fmt::print(
      "T7 tail {:.3f} s per M events (processor {:.3f} s, target {:.2f}), of which reading and decoding the log {:.3f} s (processor {:.3f} "
      "s); "
      "the rest is the engine\n",
      replayed.wall_s, replayed.processor_s, k_target_events_s, read.wall_s, read.processor_s);
  row({"T7", fmt::format("restart with {} M waiting, s per million", millions), instances_s, k_target_instances_s, At::most,
       fmt::format("processor {:.3f} s", instances_processor_s)});
  row({"T7", "tail of the log, s per million events", replayed.wall_s, k_target_events_s, At::most,
       fmt::format("processor {:.3f} s, without the engine {:.3f} s", replayed.processor_s, read.processor_s)});
  return driver.engine().next_position() == customers.size() + k_million + 2 ? 0 : 1;
}
