// T6, durable: a million timers due at one instant. The tick that lets them fire is on disk before anything reacts to it; the clock stops
// when every send (the lines of deliveries.ndjson, keys and bodies included) and every ended instance (instances.ndjson) is on disk as
// well.
//
// usage: durable_t6 [customers]

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "bench/durable.h"
#include "bench/row.h"

using namespace wend::bench;

namespace {

constexpr double k_target_millions = 1;

}  // namespace

int main(int argc, char** argv) {
  const size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::vector<uint64_t> customers = reference_customers(count);
  const wend::bytecode::Program program = reference_program();
  const BenchFolder folder("t6");
  DurableDriver driver(program, folder.path() + "/state", folder.path() + "/result");
  std::vector<ReferenceEvent> sign_ups;
  for (const uint64_t customer : customers) sign_ups.push_back({customer, EventKind::signed_up, 0, 0});
  driver.in_batches(sign_ups);
  driver.sync_results();

  const double processor_begin = processor_seconds();
  const double begin = wall_seconds();
  driver.tick(k_wait_minutes + 1);
  driver.sync_results();
  const double wall_s = wall_seconds() - begin;
  const double processor_s = processor_seconds() - processor_begin;

  const double bytes = static_cast<double>(std::filesystem::file_size(folder.path() + "/result/deliveries.ndjson"));
  const auto timers = static_cast<double>(count);
  const double rate = timers / wall_s / 1e6;
  fmt::print(
      "T6 durable, {:.1f} M timers at one instant, sends in the result files  {:.2f} M reactions/s (processor {:.2f} M/s), {:.0f} bytes a "
      "send  target {:.0f} M\n",
      timers / 1e6, rate, timers / processor_s / 1e6, bytes / timers, k_target_millions);
  row({"T6", "M reactions/s of timers due at once, durable", rate, k_target_millions, At::least,
       fmt::format("processor {:.2f} M/s, {:.0f} bytes a send", timers / processor_s / 1e6, bytes / timers)});
  return driver.engine().counters().timers_fired == count ? 0 : 1;
}
