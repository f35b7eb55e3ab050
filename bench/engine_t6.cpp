// T6: a million timers due at one instant, in memory, against the hand-written wheel in the same run.
//
// usage: engine_t6 [customers]

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bench/reference.h"
#include "bench/row.h"

using namespace wend::bench;

namespace {

constexpr int k_runs = 3;
constexpr double k_target_millions = 5;

template <typename Subject, typename Fire>
double rate(Subject& subject, const std::vector<ReferenceEvent>& events, const Fire& fire) {
  subject.react(events);
  const double begin = processor_seconds();
  fire();
  return static_cast<double>(events.size()) / (processor_seconds() - begin) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  const size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::vector<uint64_t> customers = reference_customers(count);
  std::vector<ReferenceEvent> events;
  for (const uint64_t customer : customers) events.push_back({customer, EventKind::signed_up, 0, 0});
  const wend::bytecode::Program program = reference_program();
  std::vector<double> engine_rates, baseline_rates;
  for (int run = 0; run < k_runs; ++run) {
    {
      HandWritten baseline(count);
      baseline_rates.push_back(rate(baseline, events, [&] { baseline.advance_to(k_wait_minutes); }));
      if (baseline.sends().reminders != count) return 1;
    }
    EngineDriver engine(program);
    engine_rates.push_back(rate(engine, events, [&] { engine.tick(k_wait_minutes + 1); }));
    if (engine.sends().reminders != count) {
      std::printf("T6: %llu of %zu timers fired\n", static_cast<unsigned long long>(engine.sends().reminders), count);
      return 1;
    }
  }
  std::printf("T6 %zu M timers at one instant  %.2f M reactions/s  baseline %.2f M  target %.0f M\n", count / 1'000'000,
              median(engine_rates), median(baseline_rates), k_target_millions);
  row({"T6", "M reactions/s of timers due at once, in memory", median(engine_rates), k_target_millions, At::least,
       fmt::format("by hand {:.0f} M", median(baseline_rates))});
  return 0;
}
