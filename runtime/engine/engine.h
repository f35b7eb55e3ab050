#pragma once

// The deterministic core: state × input → state' + commands. It reads no clock, no random source and no file. The same log,
// program and time-zone data give the same state (digest) and the same commands with the same keys, whatever the batch sizes.
//
// Not thread-safe: one writer per partition.

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/hash.h"
#include "runtime/base/time_zone.h"
#include "runtime/bytecode/program.h"
#include "runtime/engine/command.h"
#include "runtime/engine/customer_directory.h"
#include "runtime/engine/entry.h"
#include "runtime/vm/visits.h"

namespace wend::vm {
class Host;
}

namespace wend::engine {

// Answers to calls where no outside is asked, in the reaction that makes them.
class CallAnswers {
 public:
  virtual ~CallAnswers() = default;
  struct Answer {
    bool succeeded = true;
    // Of the type that the action gives; absent: its shadow value. Its bytes live until the next call.
    std::optional<bytecode::Value> value;
  };
  virtual Answer answer(const CallCommand& command) = 0;
};

struct EngineOptions {
  std::string log_namespace = "wend";  // part of every idempotency key; from the genesis entry
  vm::Visits* visits = nullptr;        // counts what journeys execute; outlives the engine
  bool answer_calls = false;           // calls are answered at once with their shadow values (replays of histories)
  CallAnswers* answers = nullptr;      // or with these (tests); outlives the engine
  bool assume_consent = false;         // a topic never set counts as given (replays of histories without consents)
};

struct Counters {
#define WEND_COUNTER(name, meaning) uint64_t name = 0;
#include "runtime/engine/counters.def"
#undef WEND_COUNTER
};

// One waiting instance, for the census and for results/instances.ndjson. One with several strands comes once for each of them.
struct WaitingInstance {
  CustomerNumber customer{};
  bytecode::JourneyId journey{};
  InstanceId instance;
  TimestampMs entered_at = 0;
  bytecode::PointId point{};
  TimestampMs deadline = 0;  // 0 = none but the lifetime
  size_t strand = 0;         // in text order
  size_t strands = 1;        // of the instance
  bool silent = false;       // held out
};

// Bytes the engine holds, by part; for `bench` and the operator.
struct MemoryUse {
  uint64_t index = 0;      // hash table of customers
  uint64_t customers = 0;  // keys and references
  uint64_t timers = 0;
  uint64_t dedupe = 0;

  // Of the customers' packed states: each section, and what says which there are and how long.
#define WEND_SECTION(number, name, meaning) uint64_t name = 0;
#include "runtime/engine/sections.def"
#undef WEND_SECTION
  uint64_t headers = 0;
  // Around the packed states: their lengths, what is over in their slots, free slots.
  uint64_t slack = 0;
  std::vector<uint64_t> frames;  // by journey: part of `instances`

  uint64_t packed() const;  // the packed states
  uint64_t total() const;
};

// Snapshot pages: groups of customers, from k_dedupe_page_first on ids that were seen, and one page `k_engine_page` with the rest
// (clock, counters).
constexpr uint32_t k_customers_per_page = 64;
constexpr uint32_t k_dedupe_page_first = 0x80000000;
constexpr uint32_t k_engine_page = 0xffffffff;
using PageSink = std::function<void(uint32_t page, std::string_view bytes)>;

class Engine {
 public:
  // `program` and `zones` outlive the engine.
  Engine(const bytecode::Program& program, const ZoneTable& zones, CustomerDirectory& directory, EngineOptions options);
  ~Engine();

  // Reacts to entries in order; before each, the timers due before its t_log fire. `first_position` follows the last one seen.
  void react(std::span<const Entry> entries, uint64_t first_position, CommandSink& sink);

  uint64_t next_position() const;   // 0 before the first entry
  TimestampMs virtual_now() const;  // t_log of the last entry
  // Release of the earliest armed timer, for a caller who wants to tick; nullopt when none is armed. May be earlier than
  // what is really armed (timers are cancelled lazily), never later.
  std::optional<TimestampMs> next_timer() const;
  // Release of the latest armed timer: exact, and looks at every customer. nullopt when nobody waits.
  std::optional<TimestampMs> last_timer() const;
  // Whether somebody waits for a release at or after `time`: exact, and looks no further than to the first who does.
  bool has_timer_from(TimestampMs time) const;

  const Counters& counters() const;
  MemoryUse memory() const;
  void for_each_waiting(const std::function<void(const WaitingInstance&)>& visit) const;
  // SHA-256 sums over canonical customer encodings (with their ids), dedupe and position: layout and hash tables do not show.
  Sha256Digest state_digest() const;

  // A snapshot is written in slices, so that no batch has to wait for the whole of it. It holds the state at begin_snapshot(), and of
  // that the pages that have changed since the last one began. Call between batches; the last one must have been written out.
  void begin_snapshot();
  // Gives about `count` pages more; true when those were the last. What changes meanwhile is kept as it was.
  bool write_pages(size_t count, const PageSink& sink);
  // A whole snapshot at once.
  void write_dirty_pages(const PageSink& sink);
  // Loads one page into an engine that has seen nothing; customers' ids must already be in the directory. Pages may come in any order;
  // it is fastest with k_engine_page first and the others ascending.
  std::expected<void, std::string> load_page(uint32_t page, std::string_view bytes);
  // After the last page: rebuilds index and timers.
  std::expected<void, std::string> finish_loading();

  // When the snapshot is of a `former` program, to which this one only adds, with the numbers of that one (extension.h), and the next entry is
  // the barrier that says so: first what the log holds of events that the program newly asks about, in order. `former` may go afterwards.
  void extend_from(const bytecode::Program& former);
  TimestampMs asks_back_to() const;  // the earliest time it asks about; INT64_MAX when no entry says anything to it
  void take_past(std::span<const Entry> entries, uint64_t first_position);
  // Of the last barrier reacted to: by then everybody has joined whom it lets in.
  TimestampMs let_in_by() const;

  // Every customer, between batches: what is known of the customer and whether segments hold now. The host is good during the call, for
  // reading.
  void for_each_customer(const std::function<void(CustomerNumber, vm::Host&)>& visit);
  uint64_t customer_count() const;

  // For tests and `expect`: what is known of a customer.
  std::optional<CustomerNumber> find_customer(std::string_view id) const;
  bytecode::Value attribute(CustomerNumber customer, bytecode::AttributeId id);  // view lives until the next call
  bool consent(CustomerNumber customer, bytecode::TopicId id);
  int64_t history(CustomerNumber customer, bytecode::HistoryId id);
  bool segment(CustomerNumber customer, bytecode::SegmentId id);  // by its condition, now
  std::string_view zone(CustomerNumber customer);                 // principal zone

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wend::engine
