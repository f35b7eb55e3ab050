// Timer reactions. An instance's timer is never stored: it is the earlier of its deadline and lifetime, released `grace` later. On
// time, now is the deadline and commit the release; overdue (the clock was held), both are t_log.

#include <algorithm>

#include "runtime/engine/reaction.h"

namespace wend::engine {

TimestampMs Reaction::latest_release() {
  TimestampMs latest = k_timestamp_min_ms;
  for (size_t i = 0; i < state_.instance_count(); ++i) latest = std::max(latest, release_of(state_.instance(i)));
  return latest;
}

// No reaction of this customer that is still to come has an earlier `now`: a timer that grace or a held clock keeps from firing will
// have its deadline's, and so have the consequences of one. What windows and look-backs reach from there must not be forgotten. Whose
// timer it is does not matter: he may turn out to be this customer. Grace holds none for longer than the largest there is.
TimestampMs Reaction::earliest_now() {
  if (core_.held) return k_timestamp_min_ms;
  TimestampMs earliest = std::min(log_time_, now_) - core_.listening.grace_ms_max - 1;
  for (const DerivedInput& input : derived_) earliest = std::min(earliest, input.now);
  // A segment whose moment is held is asked as of just before it.
  if (const TimestampMs held = earliest_standing(false); held <= earliest) earliest = held - 1;
  if (!state_.has_instances()) return earliest;
  for (size_t i = 0; i < state_.instance_count(); ++i) {
    if (!state_.instance(i).ended) earliest = std::min(earliest, due(state_.instance(i)));
  }
  return earliest;
}

void Reaction::fire(InstanceState& instance, TimestampMs now, TimestampMs commit) {
  set_clocks(now, commit);
  state_.instances_changed();
  // At equal instants the lifetime is first.
  if (instance.lifetime_end <= instance.deadline) {
    ran_ = true;
    return end(instance, "expired");
  }
  instance.deadline = k_never;
  if (instance.at->is_delayed_send) resumed_reached_at_ = instance.armed_at;
  if (const auto& timeout = instance.at->what->timeout) resume(instance, *timeout, nullptr);
}

// Before an event of a type that the journey awaits: what should have fired before the event happened does so now, in the order of
// deadlines and with its own `now`; then the clocks are those of the event again, which for an emitted one are not the log's. True when
// the instance has ended.
bool Reaction::fire_held(InstanceState& instance, TimestampMs before, TimestampMs log_time) {
  const TimestampMs now_of_event = now_;
  const TimestampMs commit_of_event = commit_;
  while (!instance.ended && due(instance) < before) {
    const TimestampMs next = due(instance);
    if (instance.is_forked()) [[unlikely]]
      select_due(instance, next);
    fire(instance, next, log_time);
  }
  set_clocks(now_of_event, commit_of_event);
  return instance.ended;
}

void Reaction::on_timer(uint32_t customer, TimestampMs release, Clocks clocks, TimestampMs log_time) {
  begin_timers(customer, log_time);
  bool fired = false;
  const size_t count = state_.instance_count();
  for (size_t i = 0; i < count; ++i) {
    InstanceState& instance = state_.instance(i);
    const TimestampMs its_release = release_of(instance);
    if (instance.ended || its_release > release) continue;
    fired = true;
    if (instance.is_forked()) [[unlikely]] {
      fire_branches(instance, {true, release, clocks, log_time});
    } else if (clocks == Clocks::overdue) {
      fire(instance, log_time, log_time);
    } else {
      fire(instance, due(instance), its_release);
    }
  }
  fired |= fire_standing_released(release, clocks, log_time);
  if (fired) ++core_.counters.timers_fired;
  finish();
  // The wheel's entry is used up; what is armed needs one again. A reaction that changed nothing has not asked for it.
  if (!state_.changed()) schedule(earliest_release());
}

void Reaction::fault_due(uint32_t customer, TimestampMs deadline, TimestampMs log_time) {
  begin_timers(customer, log_time);
  for (size_t i = 0; i < state_.instance_count(); ++i) {
    if (due(state_.instance(i)) > deadline) continue;
    ++core_.counters.endless;
    fault(state_.instance(i));
  }
  fire_standing_until(deadline);
  finish();
}

TimestampMs Reaction::earliest_deadline(uint32_t customer) {
  begin(customer, core_.next_position, core_.now, core_.now);
  TimestampMs earliest = k_never;
  for (size_t i = 0; i < state_.instance_count(); ++i) earliest = std::min(earliest, due(state_.instance(i)));
  return std::min(earliest, earliest_standing(false));
}

// What a test's `expect` waits for has the clocks it would have outside: it commits at its release, which may be after the moment
// looked at.
void Reaction::on_settle(uint32_t customer, TimestampMs deadline, TimestampMs log_time) {
  begin_timers(customer, log_time);
  bool fired = false;
  const size_t count = state_.instance_count();
  for (size_t i = 0; i < count; ++i) {
    InstanceState& instance = state_.instance(i);
    if (instance.ended || due(instance) > deadline) continue;
    if (instance.is_forked()) [[unlikely]] {
      fire_branches(instance, {false, deadline, Clocks::on_time, log_time});
    } else {
      fire(instance, due(instance), release_of(instance));
    }
    fired = true;
  }
  fired |= fire_standing_until(deadline);
  if (fired) ++core_.counters.timers_fired;
  finish();
}

void Reaction::recompute_deadlines(uint32_t customer, TimestampMs log_time) {
  begin_timers(customer, log_time);
  mark(core_.listening.standing.all);
  for (size_t i = 0; i < state_.instance_count(); ++i) {
    InstanceState& instance = state_.instance(i);
    const TimestampMs lifetime_end = add_span(core_.zones, zone_id(), instance.entered_at, journey_of(instance).lifetime);
    if (lifetime_end != instance.lifetime_end) state_.instances_changed();
    instance.lifetime_end = lifetime_end;
    each_branch(instance, [&](uint32_t) {
      // A delayed message asks its policy again, under the new rules.
      const TimestampMs deadline = instance.at->is_delayed_send ? log_time : deadline_of(instance).value_or(instance.deadline);
      if (deadline != instance.deadline) state_.instances_changed();
      instance.deadline = deadline;
    });
  }
  finish();
}

}  // namespace wend::engine
