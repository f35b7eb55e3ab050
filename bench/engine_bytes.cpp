// What a customer costs who is in ten journeys at once, with attributes, consents, a policy with four caps, an experiment, goals,
// five windows of history and a tracked segment: bytes by part, which add up to what the engine holds.
//
// usage: engine_bytes [customers, 5,000 by default]

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "bench/compile.h"
#include "bench/reference.h"
#include "bench/row.h"
#include "runtime/engine/records.h"

using namespace wend::bench;
namespace engine = wend::engine;
namespace bytecode = wend::bytecode;

namespace {

constexpr size_t k_journeys = 10;
constexpr size_t k_windows = 5;
constexpr size_t k_days = 20;  // so many events of each window, one a day
constexpr double k_limit_bytes = 2'300;  // what was seen and a tenth: a guard against growth, nobody's demand
constexpr wend::TimestampMs k_start_ms = 1'704'067'200'000;

// A journey keeps the whole event that started it; it offers something on every second day, as far as the caps let it.
std::string journey(size_t number) {
  return fmt::format(
      "journey j{0} {{\n  owner \"bench@example.test\"\n  policy pressure\n  lifetime 300 days\n"
      "  enter on Joined as joined\n    cooldown 5 days\n"
      "  goal bought when E{1} as e where e.number == joined.number within 300 days of entry\n"
      "  step s {{\n    split incentive {{\n      arm plain {{ send Offer(text: joined.source) via mail }}\n"
      "      arm strong {{ send Offer(text: \"only for you\") via mail }}\n    }}\n"
      "    repeat up to 100 times {{\n      await up to 2 days {{\n"
      "        on E{1} as e where e.number == joined.number and count of E{1} in last 30 days > 100 {{ exit over }}\n"
      "        on timeout {{ send Offer(text: joined.source) via mail }}\n      }}\n    }}\n  }}\n}}\n",
      number, number % k_windows);
}

std::string source() {
  std::string text =
      "edition 1\nmodule many\n\nenum Plan { free, paid }\n"
      "customer {\n  id: Id\n  email: Email?\n  name: Text?\n  plan: Plan\n  score: Int?\n  paid_until: Instant?\n}\n"
      "customer timezone = \"Europe/Berlin\"\n"
      "event Joined { source: Text  number: Int }\n"
      "channel mail { address customer.email  consent marketing_mail for marketing }\n"
      "channel letter { address customer.name  consent marketing_letter for marketing }\n"
      "message Offer(text: Text) for marketing { mail { subject \"For you\" body \"{text}\" } }\n"
      "message News for marketing { letter { body \"News.\" } }\n"
      "experiment incentive { salt \"s\"  arm plain 50%  arm strong 50% }\n"
      "policy pressure {\n  cap marketing at 1 per calendar day\n  cap marketing at 4 in any 7 days\n  cap marketing on mail at 10 in any 30 days\n"
      "  cap marketing on letter at 2 in any 30 days\n  when capped skip\n}\n";
  for (size_t i = 0; i < k_windows; ++i) text += fmt::format("event E{} {{ number: Int }}\n", i);
  text += "segment busy = did E0 at least 5 times in last 30 days\n";
  for (size_t i = 0; i < k_journeys; ++i) text += journey(i);
  text += "journey greeting {\n  owner \"bench@example.test\"\n  policy pressure\n  lifetime 1 day\n  enter when customer joins busy\n  step s { send News via letter }\n}\n";
  return text;
}

std::string event_body(const bytecode::Program& program, std::string_view name, std::initializer_list<bytecode::Value> values) {
  const auto event = std::ranges::find(program.events, name, &bytecode::Event::name);
  std::vector<bytecode::TypeId> types;
  for (const bytecode::FieldInfo& field : event->fields) types.push_back(field.type);
  std::string row, body;
  wend::ByteWriter writer(row);
  bytecode::write_row(writer, program, types, {values.begin(), values.size()});
  engine::write_event_body(body, {static_cast<bytecode::EventId>(event - program.events.begin()), {}, row});
  return body;
}

std::string attributes_body(const bytecode::Program& program) {
  const auto id_of = [&](std::string_view name) {
    const auto found = std::ranges::find(program.attributes, name, &bytecode::Attribute::name);
    return static_cast<bytecode::AttributeId>(found - program.attributes.begin());
  };
  const engine::AttributeChange attributes[] = {{id_of("email"), bytecode::Value::from_bytes("somebody@example.test")},
                                                {id_of("name"), bytecode::Value::from_bytes("Ada Lovelace")},
                                                {id_of("plan"), bytecode::Value::from_word(1)},
                                                {id_of("score"), bytecode::Value::from_word(640)},
                                                {id_of("paid_until"), bytecode::Value::from_word(k_start_ms + 300 * wend::k_day_ms)}};
  std::vector<engine::ConsentChange> consents;
  for (size_t topic = 0; topic < program.topics.size(); ++topic) consents.push_back({static_cast<bytecode::TopicId>(topic), true});
  std::string body;
  engine::write_attributes_body(body, program, attributes, consents);
  return body;
}

// Feeds one batch at a time, so that nobody waits for memory that is measured.
class Days {
 public:
  Days(const bytecode::Program& program, size_t customers) : engine_(program, *zones_, directory_, {}), ids_(reference_customers(customers)) {}
  // One entry for each customer.
  void everybody(engine::RecordTag tag, const std::string& body, size_t day) {
    const wend::TimestampMs begin = k_start_ms + static_cast<wend::TimestampMs>(day) * wend::k_day_ms;
    for (size_t i = 0; i < ids_.size(); ++i) {
      now_ = std::max(now_ + 1, begin + static_cast<wend::TimestampMs>(i));
      batch_.push_back({tag, 0, now_, now_, {reinterpret_cast<const char*>(&ids_[i]), sizeof ids_[i]}, body});
      if (batch_.size() == k_batch || i + 1 == ids_.size()) react();
    }
  }
  void deploy(const std::string& barrier) {
    batch_.push_back({engine::RecordTag::barrier, 0, now_, now_, {}, barrier});
    react();
  }
  engine::Engine& engine() { return engine_; }

 private:
  void react() {
    engine_.react(batch_, position_, sink_);
    position_ += batch_.size();
    batch_.clear();
  }
  std::shared_ptr<const wend::ZoneTable> zones_ = wend::ZoneTable::system();
  IdDirectory directory_;
  engine::Engine engine_;
  CountingSink sink_;
  std::vector<uint64_t> ids_;
  std::vector<engine::Entry> batch_;
  uint64_t position_ = 0;
  wend::TimestampMs now_ = k_start_ms;
};

}  // namespace

int main(int argc, char** argv) {
  const size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 5'000;
  const bytecode::Program program = compiled(source());
  Days days(program, count);
  std::string barrier;
  engine::write_barrier_body(barrier, {});
  days.deploy(barrier);
  days.everybody(engine::RecordTag::attributes, attributes_body(program), 0);
  const auto joined = {bytecode::Value::from_bytes("campaign of spring"), bytecode::Value::from_word(4711)};
  days.everybody(engine::RecordTag::event, event_body(program, "Joined", joined), 0);
  for (size_t day = 1; day <= k_days; ++day) {
    for (size_t window = 0; window < k_windows; ++window) {
      days.everybody(engine::RecordTag::event, event_body(program, fmt::format("E{}", window), {bytecode::Value::from_word(1)}), day);
    }
  }

  const engine::MemoryUse use = days.engine().memory();
  const auto each = [&](uint64_t bytes) { return static_cast<double>(bytes) / static_cast<double>(count); };
  size_t waiting = 0;
  days.engine().for_each_waiting([&](const engine::WaitingInstance&) { ++waiting; });
  fmt::print("BYTES a customer in {} journeys, {} windows of {} events:\n", waiting / count, k_windows, k_days);
  const auto part = [&](std::string_view name, uint64_t bytes, std::string_view what) {
    if (bytes > 0) fmt::print("BYTES   {:<12} {:>8.1f}  {}\n", name, each(bytes), what);
    if (name != "instances") return;
    for (size_t i = 0; i < use.frames.size(); ++i) {
      if (use.frames[i] > 0) fmt::print("BYTES     {:>19.1f}  of these the frame of {}\n", each(use.frames[i]), program.journeys[i].name);
    }
  };
#define WEND_SECTION(number, name, meaning) part(#name, use.name, meaning);
#include "runtime/engine/sections.def"
#undef WEND_SECTION
  part("headers", use.headers, "which sections there are, and their lengths");
  fmt::print("BYTES   {:<12} {:>8.1f}  the canonical encoding\n", "=", each(use.packed()));
  part("slack", use.slack, "around it in memory: lengths, rests of slots, free slots");
  part("index", use.index, "hash table of customers");
  part("customers", use.customers, "keys and references");
  part("timers", use.timers, "the wheel");
  part("dedupe", use.dedupe, "ids that were seen");
  fmt::print("BYTES   {:<12} {:>8.1f}  in memory\n", "=", each(use.total()));
  row({"BYTES", "bytes of memory, a customer in ten journeys", each(use.total()), k_limit_bytes, At::most,
       fmt::format("canonical {:.0f}, history {:.0f}, instances {:.0f}", each(use.packed()), each(use.history), each(use.instances))});
  return waiting == count * k_journeys ? 0 : 1;
}
