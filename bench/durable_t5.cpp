// T5, disk: bytes of the data folder per waiting instance, after a run has ended: a snapshot, and the whole log, of which nothing is cut
// off (docs/operations.md). Every instance has one event in the log, the one that started it.
//
// usage: durable_t5 [customers]

#include <fmt/format.h>

#include <cstdlib>

#include "bench/durable.h"
#include "bench/row.h"

using namespace wend::bench;

int main(int argc, char** argv) {
  constexpr double target_bytes = 64;
  const size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::vector<uint64_t> customers = reference_customers(count);
  const wend::bytecode::Program program = reference_program();
  const BenchFolder folder("t5");
  {
    DurableDriver driver(program, folder.path());
    std::vector<ReferenceEvent> sign_ups;
    for (size_t i = 0; i < count; ++i) {
      sign_ups.push_back({customers[i], EventKind::signed_up, 0, static_cast<uint32_t>(i * (k_wait_minutes - 1) / count)});
    }
    driver.in_batches(sign_ups);
    driver.snapshot();
  }
  const DiskUse use = disk_use(folder.path());
  const auto per_instance = [&](uint64_t bytes) { return static_cast<double>(bytes) / static_cast<double>(count); };
  const double bytes = per_instance(use.all);
  fmt::print(
      "T5 disk, {} M waiting  {:.1f} bytes of the data folder each  (snapshot {:.1f}, log {:.1f}, ids {:.1f}, write-ahead log and the rest "
      "{:.1f})  target {:.0f}\n",
      count / 1'000'000, bytes, per_instance(use.snapshot), per_instance(use.log), per_instance(use.ids),
      per_instance(use.all - use.snapshot - use.log - use.ids), target_bytes);
  row({"T5", "bytes of disk per waiting instance, log included", bytes, target_bytes, At::most,
       fmt::format("snapshot {:.1f}, log {:.1f}, ids {:.1f}", per_instance(use.snapshot), per_instance(use.log), per_instance(use.ids))});
  return 0;
}
