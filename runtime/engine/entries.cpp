// Entries: one event, one joined segment, one schedule coming round starts at most one instance of a journey, by the first of its entries
// in text order that holds. Instances that are running have reacted already.
//
// Tests in order: required attributes, `where`, an instance already running, `once ever`, cooldown, too many running. A restart is no
// further entry, so `once ever` and the cooldown do not concern it.

#include <algorithm>

#include "runtime/engine/reaction.h"

namespace wend::engine {

using bytecode::AlreadyRunning;
using bytecode::Journey;
using bytecode::JourneyEntry;
using bytecode::JourneyId;

void Reaction::enter_journeys(const EventListening& heard, const Arrival& arrival) {
  set_clocks(arrival.now, arrival.commit);
  const Cause cause{&arrival.event, arrival.at, nullptr};
  if (heard.index && may_use(*heard.index)) {
    if (const auto candidates = heard.index->candidates(core_.program, arrival.event.body, candidate_entries_)) {
      for (const uint32_t place : *candidates) {
        set_clocks(arrival.now, arrival.commit);
        enter_one(heard.entries[place], cause);
      }
      return;
    }
  }
  enter(heard.entries, cause);
}

// Somebody who counts what is executed wants to see every question asked.
bool Reaction::may_use(const EntryIndex& index) {
  return core_.options.visits == nullptr && has_all(index.required());
}

void Reaction::enter_by_handoff(const DerivedInput& input) {
  const JourneyListening& hearing = core_.listening.journeys[static_cast<size_t>(*input.handed_to)];
  enter({&hearing.handoff_entries, 1}, {nullptr, now_, &input});
}

void Reaction::enter_standing(StandingNumber number) {
  enter(core_.listening.standing_entries[number], {nullptr, now_, nullptr});
}

void Reaction::enter(std::span<const JourneyEntries> all, const Cause& cause) {
  const TimestampMs now = now_;
  const TimestampMs commit = commit_;
  for (const JourneyEntries& entries : all) {
    set_clocks(now, commit);
    enter_one(entries, cause);
  }
}

void Reaction::enter_one(const JourneyEntries& entries, const Cause& cause) {
  const Journey& journey = core_.program.journey(entries.journey);
  // Before `where`: it may read an attribute that is not there.
  if (!has_all(journey.required)) {
    ++core_.counters.refused_incomplete;
    return;
  }
  for (const uint16_t index : entries.entries) {
    if (try_entry(journey, entries.journey, index, cause)) return;
  }
}

bool Reaction::has_all(std::span<const bytecode::AttributeId> attributes) {
  return std::ranges::all_of(attributes, [&](bytecode::AttributeId id) { return attribute(id).present; });
}

// True when the entry holds, whether or not it is then refused.
bool Reaction::try_entry(const Journey& journey, JourneyId id, uint16_t index, const Cause& cause) {
  const JourneyEntry& how = journey.entries[index];
  if (how.where && !entry_holds(journey, how, cause.event)) return false;
  bool key_ok = true;
  const std::string_view key = how.key ? entry_key(journey, id, index, cause, key_ok) : std::string_view();
  if (!key_ok) return false;
  const bool remembers = core_.listening.journeys[static_cast<size_t>(id)].remembers_entry;
  const std::optional<TimestampMs> last = remembers ? state_.last_entry(id) : std::nullopt;
  bool restarts = false;
  if (how.already != AlreadyRunning::alongside) {
    const size_t count = state_.has_instances() ? state_.instance_count() : 0;
    for (size_t i = 0; i < count; ++i) {
      InstanceState& instance = state_.instance(i);
      if (instance.ended || instance.journey != id || (how.key && instance.key != key)) continue;
      if (how.already == AlreadyRunning::ignore) {
        ++core_.counters.refused_running;
        return true;
      }
      restarts = true;
      end(instance, "restarted");
      drop_watch(instance.id);
    }
  }
  if (!restarts) {
    if (how.once_ever && last) {
      ++core_.counters.refused_once;
      return true;
    }
    if (how.cooldown && last && within(*last, *how.cooldown, now_)) {
      ++core_.counters.refused_cooldown;
      return true;
    }
    if (running_in(id) >= k_instances_max || next_number_ >= k_starts_max) {
      ++core_.counters.refused_too_many;
      return true;
    }
    if (remembers) state_.set_last_entry(id, now_);
  }
  start(journey, id, how, key, cause);
  return true;
}

size_t Reaction::running_in(JourneyId journey) {
  if (!state_.has_instances() || state_.instance_count() < k_instances_max) return 0;
  size_t running = 0;
  for (size_t i = 0; i < state_.instance_count(); ++i) running += !state_.instance(i).ended && state_.instance(i).journey == journey;
  return running;
}

bool Reaction::entry_holds(const Journey& journey, const JourneyEntry& entry, const vm::EventView* event) {
  machine_.begin(core_.program.function(journey.body));
  const vm::Outcome outcome = machine_.run(*this, entry.where->pc, event);
  if (outcome.kind() == vm::OutcomeKind::faulted) ++core_.counters.faults;
  return outcome.kind() == vm::OutcomeKind::returned && machine_.returned().present && machine_.returned().word != 0;
}

void Reaction::begin_body(const Journey& journey, const Cause& cause) {
  machine_.begin(core_.program.function(journey.body));
  if (cause.handoff == nullptr) return;
  machine_.load_frame(journey, journey.layouts[static_cast<size_t>(*journey.handoff_layout)], cause.handoff->row);
}

// The packed value of `one per`. An absent key is a value of its own: one byte 0, where a present one has 1 before it.
std::string_view Reaction::entry_key(const Journey& journey, JourneyId id, uint16_t index, const Cause& cause, bool& ok) {
  begin_body(journey, cause);
  const vm::Outcome outcome = machine_.run(*this, journey.entries[index].key->pc, cause.event);
  const std::optional<bytecode::TypeId> type = core_.listening.journeys[static_cast<size_t>(id)].key_types[index];
  ok = outcome.kind() == vm::OutcomeKind::returned && type.has_value();
  if (outcome.kind() == vm::OutcomeKind::faulted) ++core_.counters.faults;
  if (!ok) return {};
  scratch_.clear();
  ByteWriter writer(scratch_);
  writer.u8(machine_.returned().present);
  if (machine_.returned().present) bytecode::write_value(writer, core_.program, *type, machine_.returned());
  return state_.bytes().copy(scratch_);
}

InstanceId Reaction::next_instance_id() {
  if (!by_timer_) return {input_.position, next_number_++};
  return {core_.next_position - 1, k_timer_start_index + core_.timer_numbers++};
}

void Reaction::start(const Journey& journey, JourneyId id, const JourneyEntry& how, std::string_view key, const Cause& cause) {
  InstanceState& instance = state_.add_instance();
  state_.instances_changed();
  instance.journey = id;
  const InstanceId instance_id = next_instance_id();
  instance.id = instance_id;
  instance.entered_at = instance.armed_at = now_;
  instance.lifetime_end = add_span(core_.zones, zone_id(), now_, journey.lifetime);
  instance.key = key;
  if (by_timer_ && state_.has_kept()) take_what_led_to(instance);
  ran_ = true;
  ++core_.counters.entered;
  instance.silent = (cause.handoff != nullptr && cause.handoff->silent) | (!journey.holdouts.empty() && runs_silently(journey, instance));
  sink_->on_entered({id, instance_id, CustomerNumber{customer_}, now_, instance.silent});
  if (core_.listening.journeys[static_cast<size_t>(id)].has_state_exits) {
    if (const std::string_view label = state_exit_at_entry(instance); !label.empty()) return end(instance, label);
  }
  const bool watched = !journey.goals.empty();
  if (watched) {
    // Before the first step runs, because its sends may be what a goal counts from.
    state_.watches().push_back({id, instance.id, cause.at, instance.silent});
    state_.watches_changed();
  }
  // A fault may come before everything that the goals ask for is loaded: what is saved then is blank, not what a register held before.
  if (watched) std::ranges::fill(machine_.begin(core_.program.function(journey.body)), Value::from_bytes({}));
  begin_body(journey, cause);
  sent_keys_.clear();
  running_ = &instance;
  const vm::Outcome outcome = machine_.run(*this, how.start.pc, cause.event);
  running_ = nullptr;
  if (watched && journey.goal_layout) {
    machine_.save_frame(journey, journey.layouts[static_cast<size_t>(*journey.goal_layout)], scratch_);
    state_.watches().back().frame = state_.bytes().copy(scratch_);
  }
  proceed(instance, outcome);
}

}  // namespace wend::engine
