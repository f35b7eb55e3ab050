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

using namespace wend::bench;

namespace {

constexpr size_t k_million = 1'000'000;
constexpr double k_target_instances_s = 0.25;  // per million
constexpr double k_target_events_s = 0.1;      // per million

template <typename Commit>
void in_batches(const std::vector<ReferenceEvent>& events, const Commit& commit) {
  for (auto at = events.begin(); at < events.end(); at += k_batch) {
    commit(std::vector<ReferenceEvent>(at, at + std::min<ptrdiff_t>(k_batch, events.end() - at)));
  }
}

[[noreturn]] void fill_and_die(const wend::bytecode::Program& program, const std::string& folder, const std::vector<uint64_t>& customers) {
  DurableDriver driver(program, folder);
  std::vector<ReferenceEvent> sign_ups;
  for (const uint64_t customer : customers) sign_ups.push_back({customer, EventKind::signed_up, 0, 0});
  in_batches(sign_ups, [&](const auto& batch) { driver.commit(batch); });
  driver.snapshot();
  std::vector<ReferenceEvent> tail = reference_events(customers, k_million);
  for (ReferenceEvent& event : tail) event.minute = std::min(event.minute, k_wait_minutes / 2);
  in_batches(tail, [&](const auto& batch) { driver.append(batch); });
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

  const double processor_begin = processor_seconds();
  const double begin = wall_seconds();
  DurableDriver driver(program, state);
  driver.load_snapshot();
  const double loaded = wall_seconds();
  const double processor_loaded = processor_seconds();
  driver.replay_tail();
  const double replayed = wall_seconds();
  const double processor_replayed = processor_seconds();
  const double instances_s = (loaded - begin) / static_cast<double>(millions);
  const auto per_million = static_cast<double>(millions);
  fmt::print(
      "T7 restart after kill -9, {} M waiting, 1 M events of tail  snapshot {:.3f} s per M instances (processor {:.3f} s, target {:.2f}, "
      "ratio {:.2f})  tail {:.3f} s per M events (processor {:.3f} s, target {:.2f}, ratio {:.2f})\n",
      millions, instances_s, (processor_loaded - processor_begin) / per_million, k_target_instances_s, k_target_instances_s / instances_s,
      replayed - loaded, processor_replayed - processor_loaded, k_target_events_s, k_target_events_s / (replayed - loaded));
  return driver.engine().next_position() == customers.size() + k_million + 2 ? 0 : 1;
}
