#include "runtime/engine/engine.h"

#include <algorithm>
#include <cassert>
#include <queue>

#include "runtime/engine/engine_state.h"

namespace wend::engine {
namespace {

// How far ahead of the timer being fired its followers' memory is asked for.
constexpr size_t k_timer_prefetch_record = 32;
constexpr size_t k_timer_prefetch_state = 16;
// The same for entries: each stage gives the memory of the next one this many entries' time to arrive.
constexpr size_t k_stage = 8;

// Both ends: what is not aligned to cache lines may lie in two.
void prefetch(const CustomerRecord& record) {
  ask_for(&record);
  ask_for(&record.scheduled);
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

// Slot of the index, record, packed state: three dependent misses for every customer who was not heard of lately. Each stage asks for
// the memory of the next one, k_stage entries before that. Entry by entry and not a block at a time: the processor keeps few misses
// open at once.
void Engine::State::react(std::span<const Entry> entries, uint64_t first_position) {
  const size_t count = entries.size();
  for (size_t at = 0; at < count + 3 * k_stage; ++at) {
    if (at % k_stage == 0 && at < count) hash_ahead(entries, at, std::min(k_stage, count - at));
    if (at < count) core.index.prefetch(ahead[at % k_ahead].key);
    if (const size_t next = at - k_stage; next < count) look_up_ahead(entries[next], ahead[next % k_ahead]);
    if (const size_t next = at - 2 * k_stage; next < count) ask_for_state(ahead[next % k_ahead]);
    if (const size_t next = at - 3 * k_stage; next < count) react_to(entries[next], first_position + next, ahead[next % k_ahead]);
  }
}

void Engine::State::hash_ahead(std::span<const Entry> entries, size_t first, size_t count) {
  static_assert(k_stage == k_siphash_lanes && k_ahead >= 4 * k_stage);
  Ahead* const block = &ahead[first % k_ahead];
  for (size_t i = 0; i < count; ++i) hashed_ids[i] = entries[first + i].customer;
  if (count == k_stage) {
    siphash_128_lanes(core.hash_key, hashed_ids, hashed_keys);
  } else {
    for (size_t i = 0; i < count; ++i) hashed_keys[i] = siphash_128(core.hash_key, hashed_ids[i]);
  }
  for (size_t i = 0; i < count; ++i) block[i].key = hashed_keys[i];
}

void Engine::State::look_up_ahead(const Entry& entry, Ahead& next) {
  next.customer = has_customer(entry.tag) ? core.index.guess(next.key) : k_no_customer;
  if (next.customer != k_no_customer) prefetch(core.customers[next.customer]);
}

void Engine::State::ask_for_state(const Ahead& next) {
  if (next.customer != k_no_customer) core.arena.prefetch(core.customers[next.customer].state);
}

void Engine::State::react_to(const Entry& entry, uint64_t position, const Ahead& known) {
  assert(!core.origin || entry.t_log >= core.now);
  if (!core.origin) {
    core.origin = entry.t_log;
    core.wheel.start(entry.t_log);
  }
  core.next_position = position;
  core.timer_numbers = 0;
  if (!core.held && !core.wheel.quiet_before(entry.t_log)) fire_timers(entry.t_log, Clocks::on_time);
  core.now = entry.t_log;
  ++core.counters.entries;
  uint32_t customer = k_no_customer;
  if (has_customer(entry.tag)) {
    customer = customer_of(entry, known);
    if (!core.gone.empty()) [[unlikely]] {
      customer = core.gone.live(customer);
      if (customer == k_no_customer) {
        ++core.counters.suppressed_inputs;
        core.next_position = position + 1;
        return;
      }
    }
  }
  switch (entry.tag) {
    [[likely]] case RecordTag::event:
      react_to_event(entry, position, customer);
      break;
    case RecordTag::attributes:
      reaction.on_attributes(customer, entry, position);
      break;
    case RecordTag::receipt:
      if (const auto body = read_receipt_body(entry.body)) reaction.on_receipt(customer, entry, position, *body);
      break;
    case RecordTag::answer:
      if (const auto body = read_answer_body(entry.body)) reaction.on_answer(customer, entry, position, *body);
      break;
    case RecordTag::assignment:
      if (const auto body = read_assignment_body(entry.body, core.program)) reaction.on_assignment(customer, *body);
      break;
    case RecordTag::erasure:
      reaction.on_erasure(customer, entry, position);
      break;
    case RecordTag::merge:
      merge(entry, position, customer);
      break;
    case RecordTag::settle:
      settle(entry.t_log);
      break;
    case RecordTag::clock_hold:
      core.held = true;
      break;
    case RecordTag::clock_release:
      fire_timers(entry.t_log, Clocks::overdue);
      core.held = false;  // what was held is no more
      break;
    case RecordTag::barrier:
      pass_barrier(entry);
      break;
    case RecordTag::genesis:
    case RecordTag::tick:
      break;
  }
  if (core.appeared) [[unlikely]]
    reaction.on_appearance(core.customers.size() - 1, entry, position);
  core.next_position = position + 1;
}

void Engine::State::react_to_event(const Entry& entry, uint64_t position, uint32_t customer) {
  ++core.counters.events;
  if ((entry.flags & k_entry_flag_clamped) != 0) ++core.counters.clamped_events;
  const std::optional<EventBody> body = read_event_body(entry.body, core.program);
  if (!body) return;
  const EventListening& heard = core.listening.events[static_cast<size_t>(body->event)];
  if (!heard.listened) return;
  if ((heard.has_dedupe_field || !body->message_id.empty()) && !is_first_time(entry, heard, *body)) {
    ++core.counters.duplicates;
    return;
  }
  if (heard.needs_state && entry.t_event == entry.t_log && !concerns(heard, customer)) return;
  reaction.on_event(customer, entry, position, *body);
}

// False for a duplicate.
bool Engine::State::is_first_time(const Entry& entry, const EventListening& heard, const EventBody& body) {
  const std::optional<Hash128> key = id_keys.key(entry.customer, body);
  return !key || core.dedupe[heard.dedupe_group].first_time(*key, entry.t_log);
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
  if (seen.customer != k_no_customer && core.customers[seen.customer].key == seen.key) [[likely]]
    return seen.customer;
  return find_or_add(entry.customer, seen.key);
}

// An id that was never heard of is an alias from the start, and nothing changes. Of an erased one there is nothing to merge.
void Engine::State::merge(const Entry& entry, uint64_t position, uint32_t customer) {
  const std::optional<std::string_view> id = read_merge_body(entry.body);
  if (!id) return;
  const bool appeared = core.appeared;
  const uint32_t known = core.customers.size();
  const uint32_t previous = core.live(find_or_add(*id, siphash_128(core.hash_key, *id)));
  core.appeared = appeared;  // of the two, who survives
  if (previous == k_no_customer) {
    ++core.counters.suppressed_inputs;
  } else if (previous == known) {
    ++core.counters.merges;
    reaction.become_alias(previous, customer);
  } else if (previous != customer) {
    core.appeared = false;  // whoever is known by the other id has not joined what he is in
    reaction.on_merge(customer, previous, entry, position);
  }
  if (core.appeared) reaction.on_appearance(customer, entry, position);
}

uint32_t Engine::State::find_or_add(std::string_view id, const Hash128& key) {
  if (const std::optional<uint32_t> known = core.index.find(key, core.customers)) return *known;
  const uint32_t number = core.customers.add(key);
  core.index.insert(number, core.customers);
  core.dirty.mark(number);
  core.directory.add(CustomerNumber{number}, id);
  core.appeared = !core.listening.standing.empty() && core.is_deployed();
  return number;
}

// Asks for the memory of timers that fire soon, counted from the next one.
void Engine::State::prefetch_timers(size_t from_record, size_t to_record, size_t from_state, size_t to_state) {
  for (size_t ahead_by = from_record; ahead_by < to_record; ++ahead_by) {
    if (const auto next = core.wheel.upcoming(ahead_by)) prefetch(core.customers[*next]);
  }
  for (size_t ahead_by = from_state; ahead_by < to_state; ++ahead_by) {
    if (const auto next = core.wheel.upcoming(ahead_by)) core.arena.prefetch(core.customers[*next].state);
  }
}

// Fires the timers with release < limit, in order. Overdue ones have their clocks at the limit.
void Engine::State::fire_timers(TimestampMs limit, Clocks clocks) {
  Timer timer;
  while (core.wheel.pop(limit, timer)) {
    if (core.wheel.opened()) {
      prefetch_timers(0, k_timer_prefetch_record, 0, k_timer_prefetch_state);
    } else {
      prefetch_timers(k_timer_prefetch_record - 1, k_timer_prefetch_record, k_timer_prefetch_state - 1, k_timer_prefetch_state);
    }
    CustomerRecord& record = core.customers[timer.customer];
    if (record.scheduled != coarse_second(timer.release)) continue;
    record.scheduled = k_not_scheduled;
    if (record.state == 0) continue;
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

// The first deploys the program, a later one may deploy what it adds to the one before. Other rules for the zones: deadlines in calendar
// time are computed again.
void Engine::State::pass_barrier(const Entry& entry) {
  const std::optional<BarrierBody> body = read_barrier_body(entry.body);
  if (!body) return;
  const bool deploys = !core.is_deployed();
  const bool rules_changed = !deploys && *core.zones_digest != body->zones;
  core.zones_digest = body->zones;
  let_in_by = entry.t_log;
  if (backfill) backfill->finish();
  const StandingNumbers none;
  const StandingNumbers& begins = deploys ? core.listening.standing.all : backfill ? backfill->standing() : none;
  if (!begins.empty()) begin_to_follow(begins, entry.t_log, body->change ? body->change->release_per_hour : 0);
  backfill.reset();
  if (!rules_changed) return;
  for (uint32_t customer = 0; customer < core.customers.size(); ++customer) {
    if (core.customers[customer].state != 0 && !core.gone.contains(customer)) reaction.recompute_deadlines(customer, entry.t_log);
  }
}

void Engine::State::begin_to_follow(const StandingNumbers& numbers, TimestampMs log_time, uint64_t release_per_hour) {
  uint64_t let_in = 0;
  TimestampMs turn = log_time;
  const auto next_release = [&] {
    if (release_per_hour > 0) turn = std::min(log_time + static_cast<DurationMs>(let_in++ * k_hour_ms / release_per_hour), k_timestamp_max_ms);
    return turn;
  };
  for (uint32_t customer = 0; customer < core.customers.size(); ++customer) {
    if (!core.gone.contains(customer)) reaction.on_deployed(customer, log_time, numbers, next_release);
  }
  if (turn == log_time) return;
  DurationMs grace = 0;
  for (const StandingNumber number : numbers) grace = std::max(grace, core.listening.standing.infos[number].grace_ms);
  let_in_by = turn + grace + 1;
}

void Engine::extend_from(const bytecode::Program& former) {
  state_->backfill = std::make_unique<Backfill>(former, state_->core, state_->reaction);
}

TimestampMs Engine::asks_back_to() const {
  return state_->backfill->asks_back_to();
}

void Engine::take_past(std::span<const Entry> entries, uint64_t first_position) {
  state_->backfill->take(entries, first_position);
}

TimestampMs Engine::let_in_by() const {
  return state_->let_in_by;
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
