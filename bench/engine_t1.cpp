// T1: events per second through the reference journey in memory, one core, against the hand-written program in the same run.
//
// usage: engine_t1 [customers events]; without arguments 1 M and 30 M customers

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
constexpr double k_target = 0.5;

template <typename Subject>
double rate(Subject& subject, const std::vector<uint64_t>& customers, const std::vector<ReferenceEvent>& events) {
  subject.know(customers);
  const double begin = processor_seconds();
  subject.react(events);
  return static_cast<double>(events.size()) / (processor_seconds() - begin) / 1e6;
}

bool measure(size_t customer_count, size_t event_count) {
  const std::vector<uint64_t> customers = reference_customers(customer_count);
  const std::vector<ReferenceEvent> events = reference_events(customers, event_count);
  const wend::bytecode::Program program = reference_program();
  std::vector<double> engine_rates, baseline_rates;
  // Taking turns, so that a change in the machine's speed touches both.
  for (int run = 0; run < k_runs; ++run) {
    SendCounts expected;
    {
      HandWritten baseline(customers.size());
      baseline_rates.push_back(rate(baseline, customers, events));
      expected = baseline.sends();
    }
    EngineDriver engine(program);
    engine_rates.push_back(rate(engine, customers, events));
    if (engine.sends() != expected) {
      std::printf("T1: the engine sent other messages than the hand-written program\n");
      return false;
    }
  }
  const double engine_rate = median(engine_rates);
  const double baseline_rate = median(baseline_rates);
  std::printf("T1 interpreter, %zu M customers  %.2f M events/s  baseline %.2f M  ratio %.2f  target %.2f\n", customer_count / 1'000'000,
              engine_rate, baseline_rate, engine_rate / baseline_rate, k_target);
  row({"T1", fmt::format("events/s in memory to those by hand, {} M customers", customer_count / 1'000'000), engine_rate / baseline_rate,
       k_target, At::least, fmt::format("{:.2f} M events/s, by hand {:.1f} M", engine_rate, baseline_rate)});
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3) return measure(std::strtoull(argv[1], nullptr, 10), std::strtoull(argv[2], nullptr, 10)) ? 0 : 1;
  return measure(1'000'000, 10'000'000) && measure(30'000'000, 30'000'000) ? 0 : 1;
}
