// Goals observe: one conversion per entry and goal, by event time in (anchor, anchor + window], also after the instance has ended.

#include <algorithm>

#include "runtime/engine/reaction.h"

namespace wend::engine {

using bytecode::Goal;
using bytecode::GoalAnchor;

namespace {

// A watch has one bit per goal; nobody reads a report of more.
constexpr size_t k_goals_max = 64;

bool is_converted(const Watch& watch, size_t goal) {
  return goal >= k_goals_max || (watch.converted >> goal & 1) != 0;
}

std::optional<TimestampMs> anchor_of(const Watch& watch, const Goal& goal) {
  switch (goal.anchor) {
    case GoalAnchor::entry:
      return watch.entry_event_at;
    case GoalAnchor::first_send:
      return watch.has_sent ? std::optional(watch.first_send_at) : std::nullopt;
    case GoalAnchor::last_send:
      return watch.has_sent ? std::optional(watch.last_send_at) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void Reaction::convert_goals(const Arrival& arrival) {
  const IdSet& converting = core_.listening.events[static_cast<size_t>(arrival.event.event)].converting;
  for (Watch& watch : state_.watches()) {
    if (!converting.contains(static_cast<size_t>(watch.journey))) continue;
    const bytecode::Journey& journey = core_.program.journey(watch.journey);
    for (size_t i = 0; i < journey.goals.size(); ++i) {
      const Goal& goal = journey.goals[i];
      if (goal.event != arrival.event.event || is_converted(watch, i) || !converts(watch, goal, arrival)) continue;
      watch.converted |= uint64_t{1} << i;
      state_.watches_changed();
      sink_->on_goal({watch.journey, watch.instance, CustomerNumber{customer_}, goal.name, arrival.at, watch.silent});
    }
  }
}

bool Reaction::converts(const Watch& watch, const Goal& goal, const Arrival& arrival) {
  const std::optional<TimestampMs> anchor = anchor_of(watch, goal);
  if (!anchor || arrival.at <= *anchor || arrival.at > add_span(core_.zones, zone_id(), *anchor, goal.window)) return false;
  if (!goal.where) return true;
  const bytecode::Journey& journey = core_.program.journey(watch.journey);
  machine_.begin(core_.program.function(journey.body));
  if (journey.goal_layout && !machine_.load_frame(journey, journey.layouts[static_cast<size_t>(*journey.goal_layout)], watch.frame)) {
    return false;
  }
  const vm::Outcome outcome = machine_.run(*this, goal.where->pc, &arrival.event);
  if (outcome.kind() == vm::OutcomeKind::faulted) ++core_.counters.faults;
  return outcome.kind() == vm::OutcomeKind::returned && machine_.returned().present && machine_.returned().word != 0;
}

// A send completes at commit: that is what `of send` counts from.
void Reaction::watch_send(const InstanceState& instance) {
  if (!hearing_of(instance).goals_from_sends) return;
  for (Watch& watch : state_.watches()) {
    if (watch.instance != instance.id) continue;
    if (!watch.has_sent) watch.first_send_at = commit_;
    watch.last_send_at = commit_;
    watch.has_sent = true;
    state_.watches_changed();
  }
}

void Reaction::drop_watch(const InstanceId& instance) {
  if (!state_.has_watches()) return;
  if (std::erase_if(state_.watches(), [&](const Watch& watch) { return watch.instance == instance; }) > 0) state_.watches_changed();
}

void Reaction::drop_closed_watches() {
  const auto closed = [&](const Watch& watch) {
    bool running = false;
    for (size_t i = 0; i < state_.instance_count(); ++i) {
      running |= state_.instance(i).id == watch.instance && !state_.instance(i).ended;
    }
    const std::vector<Goal>& goals = core_.program.journey(watch.journey).goals;
    for (size_t i = 0; i < goals.size(); ++i) {
      if (!is_converted(watch, i) && !is_closed(watch, goals[i], running)) return false;
    }
    return true;
  };
  if (std::erase_if(state_.watches(), closed) > 0) state_.watches_changed();
}

// No event that is still to come can convert the goal: one that is not late happened less than `late` ago.
bool Reaction::is_closed(const Watch& watch, const Goal& goal, bool running) {
  const std::optional<TimestampMs> anchor = anchor_of(watch, goal);
  if (!anchor || goal.anchor == GoalAnchor::last_send) {
    if (running) return false;
    if (!anchor) return true;
  }
  const TimestampMs window_end = add_span(core_.zones, zone_id(), *anchor, goal.window);
  if (window_end + span_ms_max(core_.program.event(goal.event).late) >= log_time_) return false;
  // What a held timer emits happened at its deadline, however long ago that is.
  return !core_.listening.emits || window_end < earliest_now();
}

}  // namespace wend::engine
