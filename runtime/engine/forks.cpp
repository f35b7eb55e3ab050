// `parallel` and `race`: an instance with several strands, each in a branch of its own. One strand is selected at a time; all that code
// does to an instance it does to that one. A branch is left by going on outside of its fork, which ends the strands that are still in it.

#include <algorithm>
#include <utility>

#include "runtime/engine/reaction.h"

namespace wend::engine {

using bytecode::Fork;
using bytecode::ForkId;
using bytecode::ForkPlace;
using bytecode::Journey;
using vm::Outcome;
using vm::OutcomeKind;

namespace {

bool is_inside(const Journey& journey, std::optional<ForkPlace> place, ForkId fork) {
  while (place && place->fork != fork) place = journey.forks[static_cast<size_t>(place->fork)].within;
  return place.has_value();
}

// How many interrupts are around both: those around the innermost fork that has both inside.
uint32_t shared_interrupts(const Journey& journey, std::optional<ForkPlace> a, const std::optional<ForkPlace>& b) {
  while (a && !is_inside(journey, b, a->fork)) a = journey.forks[static_cast<size_t>(a->fork)].within;
  return a ? journey.forks[static_cast<size_t>(a->fork)].interrupts : 0;
}

void swap_fields(InstanceState& instance, Strand& strand) {
  std::swap(instance.at, strand.at);
  std::swap(instance.armed_at, strand.armed_at);
  std::swap(instance.deadline, strand.deadline);
  std::swap(instance.frame, strand.frame);
  std::swap(instance.taken, strand.taken);
  std::swap(instance.place, strand.place);
  std::swap(instance.used, strand.used);
}

}  // namespace

void InstanceState::forget_strands() {
  strands.clear();
  spent.clear();
  selected = 0;
}

void InstanceState::select(size_t strand) {
  if (strand == selected) return;
  swap_fields(*this, strands[selected]);
  swap_fields(*this, strands[strand]);
  selected = strand;
}

// ── the strands, one after the other ──

const std::vector<BranchTurn>& Reaction::branch_turns(InstanceState& instance) {
  const Journey& journey = journey_of(instance);
  std::vector<BranchTurn>& turns = branch_turns_.emplace_back();
  instance.select(0);
  std::optional<ForkPlace> before;
  for (size_t i = 0; i < instance.strands.size(); ++i) {
    const std::optional<ForkPlace>& place = i == 0 ? instance.place : instance.strands[i].place;
    turns.push_back({instance.strands[i].serial, i == 0 ? 0 : shared_interrupts(journey, before, place)});
    before = place;
  }
  return turns;
}

bool Reaction::select_turn(InstanceState& instance, const BranchTurn& turn) {
  if (instance.ended) return false;
  // Of an instance with one strand nobody knows its number: it is the one that has carried on.
  if (instance.strands.empty()) return instance.serial == turn.serial;
  const auto found = std::ranges::find(instance.strands, turn.serial, &Strand::serial);
  if (found == instance.strands.end()) return false;
  instance.select(static_cast<size_t>(found - instance.strands.begin()));
  return true;
}

// ── coming to a fork, and behind it ──

// The selected strand becomes one for each branch, none of which has begun.
void Reaction::fork(InstanceState& instance, uint16_t number) {
  const Journey& journey = journey_of(instance);
  const Fork& fork = journey.forks[number];
  leave_branches(instance, fork.within);
  machine_.save_frame(journey, journey.layouts[static_cast<size_t>(fork.layout)], scratch_);
  instance.frame = state_.bytes().copy(scratch_);
  if (instance.strands.empty()) {
    instance.strands.emplace_back();
    instance.selected = 0;
  }
  const size_t first = instance.selected;
  instance.strands.insert(instance.strands.begin() + static_cast<std::ptrdiff_t>(first) + 1, fork.branches.size() - 1, Strand());
  for (size_t i = 0; i < fork.branches.size(); ++i) {
    Strand& strand = instance.strands[first + i];
    strand.serial = ++strand_serial_;
    strand.begins = &fork.branches[i];
    if (i == 0) continue;
    strand.at = instance.at;
    strand.armed_at = instance.armed_at;
    strand.deadline = k_never;
    strand.frame = instance.frame;
    strand.taken = instance.taken;
    strand.place = ForkPlace{static_cast<ForkId>(number), static_cast<uint16_t>(i)};
    strand.used = instance.used;
  }
  instance.place = ForkPlace{static_cast<ForkId>(number), 0};
  state_.strands_changed();
}

// The next strand that has not begun yet.
Outcome Reaction::begin_branch(InstanceState& instance) {
  const auto next = std::ranges::find_if(instance.strands, [](const Strand& strand) { return strand.begins != nullptr; });
  if (next == instance.strands.end()) return vm::k_declined;
  const bytecode::Entry& entry = *std::exchange(next->begins, nullptr);
  instance.select(static_cast<size_t>(next - instance.strands.begin()));
  const Journey& journey = journey_of(instance);
  return run_from(instance, journey.forks[static_cast<size_t>(instance.place->fork)].layout, entry);
}

Outcome Reaction::run_from(InstanceState& instance, bytecode::LayoutId layout, const bytecode::Entry& entry) {
  const Journey& journey = journey_of(instance);
  machine_.begin(core_.program.function(journey.body));
  sent_keys_.clear();
  const bool fits = machine_.load_frame(journey, journey.layouts[static_cast<size_t>(layout)], instance.frame);
  if (!fits || ++resumptions_ > k_resumptions_max) return Outcome(OutcomeKind::faulted);
  running_ = &instance;
  const Outcome outcome = machine_.run(*this, entry.pc, nullptr);
  running_ = nullptr;
  return outcome;
}

// The selected strand has come to the end of its branch. What it has used, who carries on behind the fork must not use again.
Outcome Reaction::end_branch(InstanceState& instance, uint16_t number) {
  const Journey& journey = journey_of(instance);
  const Fork& fork = journey.forks[number];
  const auto id = static_cast<ForkId>(number);
  // It may have come here out of a fork inside this one.
  leave_branches(instance, branch_of(journey, instance.place, id));
  const auto is_other = [&](const Strand& strand) {
    return &strand != &instance.strands[instance.selected] && is_inside(journey, strand.place, id);
  };
  if (fork.kind == bytecode::ForkKind::parallel && std::ranges::any_of(instance.strands, is_other)) {
    spend(instance, id);
    drop_selected(instance);
    return vm::k_declined;
  }
  machine_.save_frame(journey, journey.layouts[static_cast<size_t>(fork.join_layout)], scratch_);
  instance.frame = state_.bytes().copy(scratch_);
  leave_branches(instance, fork.within);
  return run_from(instance, fork.join_layout, fork.join);
}

// The branch of the fork that the place is in.
std::optional<ForkPlace> Reaction::branch_of(const Journey& journey, std::optional<ForkPlace> place, ForkId fork) {
  while (place && place->fork != fork) place = journey.forks[static_cast<size_t>(place->fork)].within;
  return place;
}

// What the strand has used is remembered until the fork is over.
void Reaction::spend(InstanceState& instance, ForkId fork) {
  const auto add = [&](const InputId& input) {
    const SpentInput spent{static_cast<uint16_t>(fork), input};
    const auto place = std::ranges::lower_bound(instance.spent, spent);
    if (place == instance.spent.end() || *place != spent) instance.spent.insert(place, spent);
  };
  for (const InputId& input : instance.taken) add(input);
  if (instance.used && hears_ == &instance) used_in_.push_back(fork);
}

void Reaction::drop_selected(InstanceState& instance) {
  const size_t dropped = instance.selected;
  instance.select(dropped == 0 ? 1 : 0);
  instance.strands.erase(instance.strands.begin() + static_cast<std::ptrdiff_t>(dropped));
  if (instance.selected > dropped) --instance.selected;
  settle_strands(instance);
}

// One strand needs no list.
void Reaction::settle_strands(InstanceState& instance) {
  state_.strands_changed();
  if (instance.strands.size() != 1) return;
  if (instance.strands.front().begins != nullptr) return;
  instance.serial = instance.strands.front().serial;
  instance.strands.clear();
  instance.selected = 0;
}

// The selected strand goes on at `place`: the forks that it was in and is in no longer are over, with all that is inside them.
void Reaction::leave_branches(InstanceState& instance, const std::optional<ForkPlace>& place) {
  const Journey& journey = journey_of(instance);
  while (instance.place && instance.place != place) {
    const ForkId fork = instance.place->fork;
    for (size_t i = instance.strands.size(); i-- > 0;) {
      if (i == instance.selected || !is_inside(journey, instance.strands[i].place, fork)) continue;
      for (const InputId& input : instance.strands[i].taken) take(instance, input);
      instance.used |= instance.strands[i].used;
      instance.strands.erase(instance.strands.begin() + static_cast<std::ptrdiff_t>(i));
      if (i < instance.selected) --instance.selected;
    }
    for (const SpentInput& spent : instance.spent) {
      if (is_inside(journey, ForkPlace{static_cast<ForkId>(spent.fork), 0}, fork)) take(instance, spent.input);
    }
    std::erase_if(instance.spent, [&](const SpentInput& spent) {
      return is_inside(journey, ForkPlace{static_cast<ForkId>(spent.fork), 0}, fork);
    });
    instance.used |= hears_ == &instance && std::ranges::any_of(used_in_, [&](ForkId each) { return is_inside(journey, ForkPlace{each, 0}, fork); });
    instance.place = journey.forks[static_cast<size_t>(fork)].within;
  }
  settle_strands(instance);
}

// ── timers ──

TimestampMs Reaction::due_in_branches(const InstanceState& instance) const {
  TimestampMs due = instance.lifetime_end;
  for (size_t i = 0; i < instance.strands.size(); ++i) due = std::min(due, instance.deadline_of(i));
  return due;
}

TimestampMs Reaction::lifetime_release(const InstanceState& instance) {
  DurationMs grace_ms = 0;
  for (size_t i = 0; i < instance.strands.size(); ++i) grace_ms = std::max(grace_ms, instance.point_of(i)->grace_ms);
  return add_or_never(instance.lifetime_end, grace_ms);
}

// The lifetime concerns all strands, so it is held for the longest grace among them.
TimestampMs Reaction::release_in_branches(const InstanceState& instance) const {
  TimestampMs release = lifetime_release(instance);
  for (size_t i = 0; i < instance.strands.size(); ++i) {
    if (instance.deadline_of(i) < instance.lifetime_end) {
      release = std::min(release, add_or_never(instance.deadline_of(i), instance.point_of(i)->grace_ms));
    }
  }
  return release;
}

// What is due when the reaction begins: by what a strand's timer does, the lifetime may be held for less from then on, but it fires in its
// own turn, as any timer does.
void Reaction::fire_branches(InstanceState& instance, const TimerRule& rule) {
  const auto is_due = [&](TimestampMs deadline, TimestampMs release) { return (rule.by_release ? release : deadline) <= rule.until; };
  const bool is_overdue = rule.clocks == Clocks::overdue;
  if (const TimestampMs release = lifetime_release(instance); is_due(instance.lifetime_end, release)) {
    set_clocks(is_overdue ? rule.log_time : instance.lifetime_end, is_overdue ? rule.log_time : release);
    ran_ = true;
    return end(instance, "expired");
  }
  each_branch(instance, [&](uint32_t) {
    if (instance.deadline >= instance.lifetime_end) return;
    const TimestampMs release = add_or_never(instance.deadline, instance.at->grace_ms);
    if (!is_due(instance.deadline, release)) return;
    fire(instance, is_overdue ? rule.log_time : instance.deadline, is_overdue ? rule.log_time : release);
  });
}

// The strand whose deadline that is; of a lifetime any will do.
void Reaction::select_due(InstanceState& instance, TimestampMs deadline) {
  for (size_t i = 0; i < instance.strands.size(); ++i) {
    if (instance.deadline_of(i) == deadline) return instance.select(i);
  }
}

// ── events ──

void Reaction::hear_event_in_branches(InstanceState& instance, const Arrival& arrival) {
  hears_ = &instance;
  begin_input(instance);
  offer_in_branches(instance, arrival);
  hears_ = nullptr;
}

void Reaction::offer_in_branches(InstanceState& instance, const Arrival& arrival) {
  const vm::EventView& event = arrival.event;
  if (event_exit(instance, event)) return;
  // What is around several strands is asked once.
  each_branch(instance, [&](uint32_t asked) {
    offer(instance, asked, instance.at->interrupts, event);
  });
  const bool is_awaited = core_.listening.events[static_cast<size_t>(event.event)].awaiting.contains(static_cast<size_t>(instance.journey));
  // Whom the event has interrupted asks for no deadline: held timers are for those who may still await it.
  if (instance.ended || !is_awaited || !has_unused(instance) || fire_held(instance, arrival.at, arrival.commit)) return;
  each_branch(instance, [&](uint32_t) {
    if (!instance.used) offer_to_arms(instance, arrival);
  });
}

bool Reaction::has_unused(const InstanceState& instance) {
  bool unused = !instance.used;
  for (size_t i = 0; i < instance.strands.size(); ++i) unused |= i != instance.selected && !instance.strands[i].used;
  return unused;
}

void Reaction::begin_input(InstanceState& instance) {
  used_in_.clear();
  instance.used = false;
  for (Strand& strand : instance.strands) strand.used = false;
}

}  // namespace wend::engine
