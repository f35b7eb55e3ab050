// T9: what journeys cost that are deployed and do not react. Every journey listens to the same 20 types of events; every customer is in one
// of them, which is offered each of the customer's events and reacts to one in 20. The time per event may not grow with the journeys.
//
// usage: engine_t9 [events, 1,000,000 by default]

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "bench/compile.h"
#include "bench/reference.h"
#include "bench/row.h"
#include "runtime/engine/records.h"

using namespace wend::bench;
namespace engine = wend::engine;
namespace bytecode = wend::bytecode;

namespace {

constexpr size_t k_types = 20;
constexpr uint64_t k_customers = 20'000;
constexpr int k_runs = 3;
constexpr double k_target_growth = 1.5;  // caches hold the one journey better than a thousand
constexpr wend::TimestampMs k_start_ms = 1'704'067'200'000;

// Customers enter `at_once` journeys with one event, so many of `journeys`.
std::string source(size_t journeys, size_t at_once) {
  std::string text = "edition 1\nmodule many\n\ncustomer { id: Id }\ncustomer timezone = \"UTC\"\nevent Begin { number: Int }\n";
  for (size_t type = 0; type < k_types; ++type) text += fmt::format("event E{} {{ number: Int }}\n", type);
  text += "channel hook { address \"hook\" }\nmessage Done for transactional { hook { body \"Done.\" } }\n";
  for (size_t journey = 0; journey < journeys; ++journey) {
    text += fmt::format(
        "journey j{} {{\n  owner \"bench@example.test\"\n  lifetime 300 days\n  enter on Begin as begin where begin.number == {}\n  step s "
        "{{\n"
        "    repeat up to 1000 times {{\n      await up to 200 days {{\n",
        journey, journey / at_once);
    for (size_t type = 0; type < k_types; ++type) {
      const bool reacts = type == journey % k_types;
      text += fmt::format("        on E{} as e where e.number == {} {{ {} }}\n", type, reacts ? 0 : 1, reacts ? "send Done via hook" : "");
    }
    text += "        on timeout { }\n      }\n    }\n  }\n}\n";
  }
  return text;
}

std::string body_of(const bytecode::Program& program, std::string_view name, int64_t number) {
  const auto event = std::ranges::find(program.events, name, &bytecode::Event::name);
  std::string row, body;
  wend::ByteWriter writer(row);
  const bytecode::TypeId type = event->fields[0].type;
  const auto value = bytecode::Value::from_word(static_cast<uint64_t>(number));
  bytecode::write_row(writer, program, std::span(&type, 1), std::span(&value, 1));
  engine::write_event_body(body, {static_cast<bytecode::EventId>(event - program.events.begin()), {}, row});
  return body;
}

struct Seen {
  double ns_per_event = 0;
  double ns_per_entry = 0;  // of the event that every journey has a condition on
  double sends_per_event = 0;
};

Seen measure(size_t journeys, size_t at_once, size_t count) {
  const bytecode::Program program = compiled(source(journeys, at_once));
  std::vector<std::string> begins, events;
  for (size_t number = 0; number < journeys / at_once; ++number) begins.push_back(body_of(program, "Begin", static_cast<int64_t>(number)));
  for (size_t type = 0; type < k_types; ++type) events.push_back(body_of(program, fmt::format("E{}", type), 0));
  std::vector<uint64_t> customers(k_customers);
  for (uint64_t i = 0; i < k_customers; ++i) customers[i] = i;

  EngineDriver driver(program);
  CountingSink sink;
  std::vector<engine::Entry> batch;
  uint64_t position = 0;
  const auto entry = [&](uint64_t customer, const std::string& body) {
    const wend::TimestampMs at = k_start_ms + static_cast<wend::TimestampMs>(position + batch.size());
    batch.push_back({engine::RecordTag::event, 0, at, at, {reinterpret_cast<const char*>(&customers[customer]), sizeof(uint64_t)}, body});
  };
  const auto react = [&] {
    const double begin = processor_seconds();
    driver.engine().react(batch, position, sink);
    position += batch.size();
    batch.clear();
    return processor_seconds() - begin;
  };
  double entering = 0;
  for (uint64_t customer = 0; customer < k_customers; ++customer) {
    entry(customer, begins[customer % begins.size()]);
    if (batch.size() == k_batch || customer + 1 == k_customers) entering += react();
  }
  std::mt19937_64 random(9);
  double best = 1e9;
  const auto sent = [&] { return sink.sends().vip + sink.sends().thanks + sink.sends().reminders; };
  const uint64_t sent_before = sent();
  for (int run = 0; run < k_runs; ++run) {
    double seconds = 0;
    for (size_t at = 0; at < count; at += k_batch) {
      for (size_t i = 0; i < k_batch; ++i) entry(random() % k_customers, events[random() % k_types]);
      seconds += react();
    }
    best = std::min(best, seconds);
  }
  const auto all = static_cast<double>(count * k_runs);
  return {best / static_cast<double>(count) * 1e9, entering / static_cast<double>(k_customers) * 1e9,
          static_cast<double>(sent() - sent_before) / all};
}

}  // namespace

int main(int argc, char** argv) {
  const size_t count = std::max<size_t>(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000, k_batch) / k_batch * k_batch;
  double first = 0, last = 0, first_entry = 0, last_entry = 0;
  for (const size_t journeys : {1, 10, 100, 1000}) {
    const Seen seen = measure(journeys, 1, count);
    if (journeys == 1) first = seen.ns_per_event, first_entry = seen.ns_per_entry;
    last = seen.ns_per_event;
    last_entry = seen.ns_per_entry;
    fmt::print(
        "T9 {:>5} journeys, a customer in one of them  {:.0f} ns an event, {:.3f} sends an event; {:.0f} ns an event that all enter on\n",
        journeys, seen.ns_per_event, seen.sends_per_event, seen.ns_per_entry);
  }
  for (const size_t at_once : {2, 10}) {
    const Seen seen = measure(1000, at_once, count);
    fmt::print("T9  1000 journeys, a customer in {:>2} of them  {:.0f} ns an event, {:.3f} sends an event\n", at_once, seen.ns_per_event,
               seen.sends_per_event);
  }
  row({"T9", "time per event, 1,000 journeys deployed to 1", last / first, k_target_growth, At::most,
       fmt::format("{:.0f} ns, with one journey {:.0f} ns", last, first)});
  row({"T9", "the same, of the event that all may enter on", last_entry / first_entry, k_target_growth, At::most,
       fmt::format("{:.0f} ns, with one journey {:.0f} ns", last_entry, first_entry)});
  return 0;
}
