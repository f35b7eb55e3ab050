#include "runtime/engine/engine.h"

#include <algorithm>
#include <cassert>
#include <queue>

#include "runtime/engine/engine_state.h"

namespace wend::engine {
namespace {

// How far ahead of the timer being fired its followers' memory is asked for.
constexpr size_t k_timer_prefetch_record = 16;
constexpr size_t k_timer_prefetch_state = 8;
// The same for entries: each stage gives the memory of the next one this many entries' time to arrive.
constexpr size_t k_stage = 8;

// Both ends: what is not aligned to cache lines may lie in two.
void prefetch(const CustomerRecord& record) {
  __builtin_prefetch(&record);
  __builtin_prefetch(&record.scheduled);
}

constexpr uint32_t k_tags_with_customer = 0
#define WEND_RECORD_TAG(number, name, has_customer, meaning) | (has_customer ? 1u << number : 0u)
#include "runtime/engine/record_tags.def"
#undef WEND_RECORD_TAG
    ;

bool has_customer(RecordTag tag) {
  return (k_tags_with_customer >> static_cast<unsigned>(tag) & 1) != 0;
}

}  // namespace

Engine::Engine(const bytecode::Program& program, const ZoneTable& zones, CustomerDirectory& directory, EngineOptions options)
    : state_(std::make_unique<State>(program, zones, directory, std::move(options))) {}
Engine::~Engine() = default;

void Engine::react(std::span<const Entry> entries, uint64_t first_position, CommandSink& sink) {
  assert(first_position >= state_->core.next_position);
  state_->reaction.set_sink(&sink);
  state_->react(entries, first_position);
}

// Slot of the index, record, packed state: three dependent misses for every customer who was not heard of lately. A batch goes
// through in stages, so that they are waited for together.
void Engine::State::react(std::span<const Entry> entries, uint64_t first_position) {
  const size_t count = entries.size();
  for (size_t step = 0; step < count + 3 * k_stage; ++step) {
    // Hashing goes by blocks: the hashes of several ids do not wait for each other.
    if (step % k_stage == 0) hash_ahead(entries, step);
    if (step >= k_stage && step - k_stage < count) {
      Ahead& entry = ahead[(step - k_stage) % k_ahead];
      const std::optional<uint32_t> customer = entry.known ? core.index.guess(entry.key) : std::nullopt;
      entry.known = customer.has_value();
      entry.customer = customer.value_or(0);
      if (entry.known) prefetch(core.customers[entry.customer]);
    }
    if (step >= 2 * k_stage && step - 2 * k_stage < count) {
      const Ahead& entry = ahead[(step - 2 * k_stage) % k_ahead];
      if (entry.known) core.arena.prefetch(core.customers[entry.customer].state);
    }
    if (step < 3 * k_stage) continue;
    const size_t at = step - 3 * k_stage;
    react_to(entries[at], first_position + at, ahead[at % k_ahead]);
  }
}

void Engine::State::hash_ahead(std::span<const Entry> entries, size_t first) {
  static_assert(k_stage == k_siphash_lanes);
  if (first >= entries.size()) return;
  const size_t count = std::min(entries.size() - first, k_stage);
  std::array<std::string_view, k_stage> ids;
  for (size_t i = 0; i < count; ++i) ids[i] = entries[first + i].customer;
  std::array<Hash128, k_stage> keys;
  if (count == k_stage) {
    siphash_128_lanes(core.hash_key, ids, keys);
  } else {
    for (size_t i = 0; i < count; ++i) keys[i] = siphash_128(core.hash_key, ids[i]);
  }
  for (size_t i = 0; i < count; ++i) {
    Ahead& entry = ahead[(first + i) % k_ahead];
    entry.key = keys[i];
    entry.known = has_customer(entries[first + i].tag);
    core.index.prefetch(entry.key);
  }
}

void Engine::State::react_to(const Entry& entry, uint64_t position, const Ahead& known) {
  assert(!core.origin || entry.t_log >= core.now);
  if (!core.origin) {
    core.origin = entry.t_log;
    core.wheel.start(entry.t_log);
  }
  core.next_position = position;
  if (!core.held && !core.wheel.quiet_before(entry.t_log)) fire_timers(entry.t_log, Clocks::on_time);
  core.now = entry.t_log;
  ++core.counters.entries;
  switch (entry.tag) {
    case RecordTag::event:
      react_to_event(entry, position, customer_of(entry, known));
      break;
    case RecordTag::attributes:
      reaction.on_attributes(customer_of(entry, known), entry, position);
      break;
    case RecordTag::receipt:
      if (const auto body = read_receipt_body(entry.body)) reaction.on_receipt(customer_of(entry, known), entry, position, *body);
      break;
    case RecordTag::assignment:
      if (const auto body = read_assignment_body(entry.body, core.program)) reaction.on_assignment(customer_of(entry, known), *body);
      break;
    case RecordTag::settle:
      settle(entry.t_log);
      break;
    case RecordTag::clock_hold:
      core.held = true;
      break;
    case RecordTag::clock_release:
      core.held = false;
      fire_timers(entry.t_log, Clocks::overdue);
      break;
    case RecordTag::barrier:
      pass_barrier(entry);
      break;
    case RecordTag::genesis:
    case RecordTag::tick:
      break;
  }
  core.next_position = position + 1;
}

void Engine::State::react_to_event(const Entry& entry, uint64_t position, uint32_t customer) {
  ++core.counters.events;
  if ((entry.flags & k_entry_flag_clamped) != 0) ++core.counters.clamped_events;
  const std::optional<EventBody> body = read_event_body(entry.body, core.program);
  if (!body) return;
  const EventListening& heard = core.listening.events[static_cast<size_t>(body->event)];
  if (!heard.listened) return;
  std::string_view id = body->message_id;
  const bytecode::Event& event = core.program.event(body->event);
  if (event.dedupe_field) {
    const bytecode::Value field = bytecode::read_column(body->row, core.program, event.fields, *event.dedupe_field);
    id = {};
    if (field.present) {
      scratch.clear();
      ByteWriter writer(scratch);
      bytecode::write_value(writer, core.program, event.fields[*event.dedupe_field].type, field);
      id = scratch;
    }
  }
  if (!id.empty()) {
    const Hash128 key = dedupe_key(dedupe_scratch, entry.customer, static_cast<uint64_t>(body->event), id);
    if (!core.dedupe[heard.dedupe_group].first_time(key, entry.t_log)) {
      ++core.counters.duplicates;
      return;
    }
  }
  if (heard.needs_state && entry.t_event == entry.t_log && !concerns(heard, customer)) return;
  reaction.on_event(customer, entry, position, *body);
}

// Whether the customer is in a journey, or watched by a goal that the event may convert: a look at the state's first byte.
bool Engine::State::concerns(const EventListening& heard, uint32_t customer) const {
  const uint32_t reference = core.customers[customer].state;
  if (reference == 0) return false;
  const std::string_view state = core.arena.view(reference);
  return has_section(state, Section::instances) || (heard.converts && has_section(state, Section::watches));
}

uint32_t Engine::State::customer_of(const Entry& entry, const Ahead& seen) {
  // The guess of the pipeline is right but for a new customer, and one in two billion others.
  if (seen.known && core.customers[seen.customer].key == seen.key) return seen.customer;
  const Hash128& key = seen.key;
  if (const std::optional<uint32_t> known = core.index.find(key, core.customers)) return *known;
  const uint32_t number = core.customers.add(key);
  core.index.insert(number, core.customers);
  core.dirty.mark(number);
  core.directory.add(CustomerNumber{number}, entry.customer);
  return number;
}

// Fires the timers with release < limit, in order. Overdue ones have their clocks at the limit.
void Engine::State::fire_timers(TimestampMs limit, Clocks clocks) {
  Timer timer;
  while (core.wheel.pop(limit, timer)) {
    if (const auto next = core.wheel.upcoming(k_timer_prefetch_record)) prefetch(core.customers[*next]);
    if (const auto next = core.wheel.upcoming(k_timer_prefetch_state)) core.arena.prefetch(core.customers[*next].state);
    CustomerRecord& record = core.customers[timer.customer];
    if (record.scheduled != coarse_second(timer.release)) continue;
    record.scheduled = k_not_scheduled;
    repeats = timer.customer == repeating_customer && timer.release <= repeating_release ? repeats + 1 : 0;
    repeating_customer = timer.customer;
    repeating_release = timer.release;
    const TimestampMs log_time = clocks == Clocks::overdue ? limit : timer.release;
    if (repeats > k_timer_repeats_max) {
      reaction.fault_due(timer.customer, timer.release, log_time);
    } else {
      reaction.on_timer(timer.customer, timer.release, clocks, log_time);
    }
  }
}

// Fires every timer with deadline ≤ until in the order of (deadline, customer number). For tests: looks at every customer.
void Engine::State::settle(TimestampMs until) {
  using Due = std::pair<TimestampMs, uint32_t>;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> queue;
  const auto enqueue = [&](uint32_t customer) {
    if (core.customers[customer].state == 0) return;
    if (const TimestampMs due = reaction.earliest_deadline(customer); due <= until) queue.push({due, customer});
  };
  for (uint32_t customer = 0; customer < core.customers.size(); ++customer) enqueue(customer);
  uint32_t times = 0;
  Due last{k_timestamp_min_ms, 0};
  while (!queue.empty()) {
    const Due next = queue.top();
    queue.pop();
    times = next <= last ? times + 1 : 0;
    last = next;
    if (times > k_timer_repeats_max) {
      reaction.fault_due(next.second, next.first, until);
    } else {
      reaction.on_settle(next.second, next.first, until);
    }
    enqueue(next.second);
  }
}

// Other rules for the zones: deadlines in calendar time are computed again.
void Engine::State::pass_barrier(const Entry& entry) {
  const std::optional<BarrierBody> body = read_barrier_body(entry.body);
  if (!body) return;
  const bool rules_changed = core.zones_digest && *core.zones_digest != body->zones;
  core.zones_digest = body->zones;
  if (!rules_changed) return;
  for (uint32_t customer = 0; customer < core.customers.size(); ++customer) {
    if (core.customers[customer].state != 0) reaction.recompute_deadlines(customer, entry.t_log);
  }
}

uint64_t Engine::next_position() const {
  return state_->core.next_position;
}

TimestampMs Engine::virtual_now() const {
  return state_->core.now;
}

std::optional<TimestampMs> Engine::next_timer() const {
  return state_->core.wheel.earliest_bound();
}

const Counters& Engine::counters() const {
  return state_->core.counters;
}

}  // namespace wend::engine
