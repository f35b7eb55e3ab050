// T5: bytes of memory per waiting instance, everything included but attributes, history and dedupe; against the hand-written
// program's table and timers.
//
// usage: engine_t5 [customers]

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "bench/reference.h"
#include "bench/row.h"

using namespace wend::bench;

int main(int argc, char** argv) {
  constexpr double target_bytes = 64;
  const size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::vector<uint64_t> customers = reference_customers(count);
  std::vector<ReferenceEvent> events(count);
  for (size_t i = 0; i < count; ++i) {
    events[i] = {customers[i], EventKind::signed_up, 0, static_cast<uint32_t>(i * (k_wait_minutes - 1) / count)};
  }
  const auto per_instance = [&](uint64_t bytes) { return static_cast<double>(bytes) / static_cast<double>(count); };

  const uint64_t before_baseline = resident_bytes();
  double baseline_bytes;
  {
    HandWritten baseline(count);
    baseline.react(events);
    baseline_bytes = per_instance(resident_bytes() - before_baseline);
  }
  const wend::bytecode::Program program = reference_program();
  auto engine = std::make_unique<EngineDriver>(program);
  const uint64_t before = resident_bytes();
  engine->react(events);
  const uint64_t resident = resident_bytes() - before;
  const wend::engine::MemoryUse use = engine->engine().memory();
  const uint64_t instances = use.packed() + use.slack;
  const double bytes = per_instance(use.index + use.customers + instances + use.timers);
  std::printf("T5 waiting instance, %zu M  %.1f bytes  (index %.1f, key and reference %.1f, instance and frame %.1f, timer %.1f)\n",
              count / 1'000'000, bytes, per_instance(use.index), per_instance(use.customers), per_instance(instances),
              per_instance(use.timers));
  // The resident set also holds the directory of ids of this program (8 bytes each, growing by doubling).
  std::printf("T5 resident %.1f bytes with 8-byte ids outside the engine  baseline %.1f  target %.0f\n", per_instance(resident),
              baseline_bytes, target_bytes);
  std::uint64_t snapshot = 0;
  engine->engine().write_dirty_pages([&](uint32_t, std::string_view page) { snapshot += page.size(); });
  std::printf("T5 snapshot %.1f bytes per waiting instance  target %.0f\n", per_instance(snapshot), target_bytes);
  row({"T5", "bytes of memory per waiting instance", bytes, target_bytes, At::most,
       fmt::format("{:.1f} resident by hand", baseline_bytes)});
  return 0;
}
