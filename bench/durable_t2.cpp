// T2: the reference work made durable: batches of 1,000, each on disk before it is reacted to, with checkpoints on the way; beside
// RocksDB storing one record of the same size for each batch.
//
// usage: durable_t2 [seconds, 15 by default; 600 for the long run]

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "bench/durable.h"
#include "bench/row.h"

using namespace wend::bench;

namespace {

constexpr size_t k_customers = 1'000'000;
constexpr size_t k_prepared = 4'000'000;  // events made beforehand, gone through again and again in later weeks
constexpr uint64_t k_snapshot_events = 10'000'000;
constexpr double k_target_ratio = 0.5;
constexpr double k_target_p99_ms = 1;
// Id, kind, amount, time: what the log's format makes of one of these events.
constexpr size_t k_bytes_per_event = 22;

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::strtod(argv[1], nullptr) : 15;
  const std::vector<ReferenceEvent> events = reference_events(reference_customers(k_customers), k_prepared);
  const wend::bytecode::Program program = reference_program();
  const BenchFolder folder("t2");
  const DiskTimes disk_before = bare_disk(folder.path() + "/disk", k_batch * k_bytes_per_event, seconds / 6);
  const double limit_before = rocksdb_limit(folder.path() + "/limit-1", k_batch * k_bytes_per_event, seconds / 3);

  DurableDriver driver(program, folder.path() + "/state");
  std::vector<double> latencies;
  std::vector<ReferenceEvent> batch;
  uint64_t count = 0, snapshots = 0;
  const double begin = wall_seconds();
  double elapsed = 0;
  for (uint32_t weeks = 0; elapsed < seconds; ++weeks) {
    for (size_t at = 0; at + k_batch <= events.size() && elapsed < seconds; at += k_batch) {
      batch.assign(events.begin() + static_cast<ptrdiff_t>(at), events.begin() + static_cast<ptrdiff_t>(at + k_batch));
      for (ReferenceEvent& event : batch) event.minute += weeks * k_run_minutes;
      const double committed_from = wall_seconds();
      driver.commit(batch);
      count += k_batch;
      if (count % k_snapshot_events == 0 && !driver.is_writing_snapshot()) {
        driver.begin_snapshot();
        ++snapshots;
      }
      const double now = wall_seconds();
      latencies.push_back(now - committed_from);
      elapsed = now - begin;
    }
  }
  driver.snapshot();
  elapsed = wall_seconds() - begin;
  const double limit_after = rocksdb_limit(folder.path() + "/limit-2", k_batch * k_bytes_per_event, seconds / 3);

  const DiskTimes disk_after = bare_disk(folder.path() + "/disk", k_batch * k_bytes_per_event, seconds / 6);

  const double rate = static_cast<double>(count) / elapsed;
  const double limit = (limit_before + limit_after) / 2;
  const double p50_ms = percentile(latencies, 0.5) * 1e3;
  const double p99_ms = percentile(latencies, 0.99) * 1e3;
  fmt::print(
      "T2 durable, batches of 1,000, {:.0f} s, {} checkpoints  {:.2f} M events/s  RocksDB one record a batch {:.2f} M  ratio {:.2f}  "
      "target {:.2f}\n",
      elapsed, snapshots + 1, rate / 1e6, limit / 1e6, rate / limit, k_target_ratio);
  fmt::print(
      "T2 acknowledged and reacted to  p50 {:.2f} ms p99 {:.2f} ms max {:.0f} ms  the disk's bare fdatasync of as many bytes p50 {:.2f} ms "
      "p99 {:.2f} ms (before), p50 {:.2f} ms p99 {:.2f} ms (after)\n",
      p50_ms, p99_ms, latencies.back() * 1e3, disk_before.p50_ms, disk_before.p99_ms, disk_after.p50_ms, disk_after.p99_ms);
  const double disk_p99_ms = std::max(disk_before.p99_ms, disk_after.p99_ms);
  row({"T2", "durable events/s to RocksDB's", rate / limit, k_target_ratio, At::least, fmt::format("{:.2f} M events/s", rate / 1e6)});
  row({"T2", "p99 acknowledgement, ms", p99_ms, k_target_p99_ms, At::most, fmt::format("bare fdatasync p99 {:.2f} ms", disk_p99_ms)});
  return 0;
}
