// What each kind of input does to a customer's instances.
//
// Order for one instance and one input: exits in text order; interrupts, outermost first; then, if an await of the journey names the type,
// the held timers with deadline < t_event; then the arms of the await it is in, when t_event ≤ deadline. After the instances come the
// journeys' entries, then what was derived: the consequences of `set`, emitted events, handoffs.

#include <algorithm>

#include "runtime/engine/reaction.h"

namespace wend::engine {

using bytecode::AwaitArm;
using bytecode::SignalKind;

void Reaction::on_event(uint32_t customer, const Entry& entry, uint64_t position, const EventBody& body) {
  const EventListening& heard = core_.listening.events[static_cast<size_t>(body.event)];
  begin(customer, position, entry.t_log, entry.t_log);
  // The row by its parts: a wide copy of what was just read would have to wait for the stores.
  const Arrival arrival{{body.event, {body.row.data(), body.row.size()}}, entry.t_event, entry.t_log, entry.t_log};
  const StandingNumbers& counting = core_.listening.standing.by_event[static_cast<size_t>(body.event)];
  if (!counting.empty() && state_.has_standing()) fire_standing_held(counting, arrival.at, arrival.commit);
  if (!heard.history.empty()) record_history(heard.history, arrival);
  if (is_late(entry, body.event)) {
    ++core_.counters.late_events;
    // It counts, but starts and steers nothing.
    silent_ = true;
    reconsider();
    silent_ = false;
    return finish();
  }
  spread(heard, arrival);
  finish();
}

bool Reaction::is_late(const Entry& entry, bytecode::EventId event) {
  return entry.t_event < entry.t_log && !within(entry.t_event, core_.program.event(event).late, entry.t_log - 1);
}

// As an event of the log, but never late and never a duplicate. What it makes segments change waits behind what was derived before.
void Reaction::hear_emitted(const DerivedInput& input) {
  const EventListening& heard = core_.listening.events[static_cast<size_t>(*input.event)];
  input_ = next_input_id();
  const Arrival arrival{{*input.event, input.row}, input.now, input.now, input.commit};
  const StandingNumbers& counting = core_.listening.standing.by_event[static_cast<size_t>(*input.event)];
  if (!counting.empty() && state_.has_standing()) {
    while (fire_earliest_held(counting, arrival.at, arrival.commit)) set_clocks(arrival.now, arrival.commit);
  }
  if (!heard.history.empty()) record_history(heard.history, arrival);
  spread(heard, arrival);
  set_clocks(arrival.now, arrival.commit);
  reconsider();
}

void Reaction::spread(const EventListening& heard, const Arrival& arrival) {
  if (heard.keep.kept) keep(heard.keep, {input_, arrival.at, false, arrival.event.event, arrival.event.body});
  if (heard.converts && state_.has_watches()) convert_goals(arrival);
  if (state_.has_instances()) {
    // Instances that this event starts come behind these and do not see it again.
    const size_t count = state_.instance_count();
    for (size_t i = 0; i < count; ++i) hear_event(heard, state_.instance(i), arrival);
  }
  if (!heard.entries.empty()) enter_journeys(heard, arrival);
}

// A held timer sets and emits with its deadline's clock. Nobody's own time goes back for that, least of all to before the entry.
TimestampMs Reaction::not_before_own_time(const InstanceState& instance, TimestampMs now) {
  TimestampMs its_now = std::max(now, instance.armed_at);
  for (const Strand& strand : instance.strands) its_now = std::max(its_now, strand.armed_at);
  return its_now;
}

void Reaction::hear_event(const EventListening& heard, InstanceState& instance, const Arrival& arrival) {
  const auto journey = static_cast<size_t>(instance.journey);
  if (instance.ended || !heard.reacting.contains(journey)) return;
  const TimestampMs its_now = not_before_own_time(instance, arrival.now);
  set_clocks(its_now, std::max(arrival.commit, its_now));
  if (instance.is_forked()) [[unlikely]]
    return hear_event_in_branches(instance, arrival);
  if (event_exit(instance, arrival.event)) return;
  if (instance.at->interrupts > 0 && event_interrupt(instance, arrival.event)) return;
  if (!heard.awaiting.contains(journey)) return;
  if (fire_held(instance, arrival.at, arrival.commit)) return;
  each_branch(instance, [&](uint32_t) { offer_to_arms(instance, arrival); });
}

void Reaction::offer_to_arms(InstanceState& instance, const Arrival& arrival) {
  if (arrival.at > instance.deadline) return;
  // A held timer may have led to an await that looked back as far as this event. An input is used once.
  if (!instance.taken.empty() && std::binary_search(instance.taken.begin(), instance.taken.end(), input_)) return;
  offer(instance, instance.at->interrupts, instance.at->arms, arrival.event);
}

bool Reaction::event_interrupt(InstanceState& instance, const vm::EventView& event) {
  return offer(instance, 0, instance.at->interrupts, event);
}

bool Reaction::offer(InstanceState& instance, uint32_t first, uint32_t end, const vm::EventView& event) {
  const PointInfo& at = *instance.at;
  for (uint32_t i = first; i < end; ++i) {
    if (at.arm_entries[i].event != event.event) continue;
    const vm::Outcome outcome = attempt(instance, at.arm_entries[i], &event);
    if (!outcome) continue;
    if (hearing_of(instance).looks_back) take(instance, input_);
    instance.used = true;
    proceed(instance, outcome);
    return true;
  }
  return false;
}

vm::Outcome Reaction::state_interrupt(InstanceState& instance, uint32_t asked) {
  const std::span<const AwaitArm> arms = interrupt_arms(instance);
  return asked < arms.size() ? first_when(instance, arms.subspan(asked)) : vm::k_declined;
}

vm::Outcome Reaction::first_when(InstanceState& instance, std::span<const AwaitArm> arms) {
  for (const AwaitArm& arm : arms) {
    if (arm.signal != SignalKind::when) continue;
    if (vm::Outcome outcome = attempt(instance, arm.entry, nullptr)) return outcome;
  }
  return vm::k_declined;
}

void Reaction::on_receipt(uint32_t customer, const Entry& entry, uint64_t position, const ReceiptBody& body) {
  begin(customer, position, entry.t_log, entry.t_log);
  if (state_.has_ledger() && body.receipt == k_failed_receipt) give_back(body.key);
  if (core_.listening.receipts.kept) {
    scratch_.assign(body.key);
    scratch_.append(body.receipt);
    keep(core_.listening.receipts, {{position, 0}, entry.t_event, true, {}, state_.bytes().copy(scratch_)});
  }
  const size_t count = state_.instance_count();
  for (size_t i = 0; i < count; ++i) hear_receipt(state_.instance(i), entry, body);
  finish();
}

void Reaction::hear_receipt(InstanceState& instance, const Entry& entry, const ReceiptBody& body) {
  set_clocks(entry.t_log, entry.t_log);
  bool is_awaited = false;
  each_branch(instance, [&](uint32_t) {
    is_awaited |= instance.at->has_receipt && receipt_arm(instance, body, k_timestamp_min_ms) != nullptr;
  });
  if (!is_awaited || fire_held(instance, entry.t_event, entry.t_log)) return;
  each_branch(instance, [&](uint32_t) { offer_receipt(instance, entry, body); });
}

void Reaction::offer_receipt(InstanceState& instance, const Entry& entry, const ReceiptBody& body) {
  if (!instance.at->has_receipt) return;
  const AwaitArm* arm = receipt_arm(instance, body, entry.t_event);
  if (arm == nullptr) return;
  const vm::Outcome outcome = attempt(instance, arm->entry, nullptr);
  if (!outcome) return;
  if (hearing_of(instance).looks_back) take(instance, input_);
  proceed(instance, outcome);
}

// The first arm of the instance's await that waits for this receipt of this delivery.
const AwaitArm* Reaction::receipt_arm(InstanceState& instance, const ReceiptBody& body, TimestampMs at) {
  if (at > instance.deadline || !load(instance)) return nullptr;
  for (const AwaitArm& arm : instance.at->what->arms) {
    if (arm.signal != SignalKind::receipt || arm.receipt != body.receipt) continue;
    const Value& delivery = machine_.registers()[static_cast<size_t>(arm.delivery)];
    if (delivery.present && delivery.view() == body.key) return &arm;
  }
  return nullptr;
}

void Reaction::on_attributes(uint32_t customer, const Entry& entry, uint64_t position) {
  begin(customer, position, entry.t_log, entry.t_log);
  if (!read_attributes_body(entry.body, core_.program, attribute_changes_, consent_changes_)) return finish();
  changed_attributes_.clear();
  for (const AttributeChange& change : attribute_changes_) {
    const bytecode::Attribute& attribute = core_.program.attributes[static_cast<size_t>(change.attribute)];
    // Traits cannot unset a required attribute, nor say who the customer is.
    if (change.attribute == id_attribute_) continue;
    if (!change.value.present && !core_.program.type(attribute.type).optional) continue;
    if (change_attribute(change.attribute, change.value)) changed_attributes_.push_back(change.attribute);
  }
  bool consents = false;
  for (const ConsentChange& change : consent_changes_) {
    consents |= consent(change.topic) != change.consents;
    state_.set_consent(change.topic, change.consents);
  }
  if (consents || !changed_attributes_.empty()) {
    zone_ = constant_zone_;
    changed({changed_attributes_, consents});
    set_clocks(entry.t_log, entry.t_log);
    for (const bytecode::AttributeId attribute : changed_attributes_) mark_attribute(attribute);
    if (consents) mark(core_.listening.standing.by_consent);
  }
  finish();
}

// False when what is read there stays the same: to be told what was so by default is no change.
bool Reaction::change_attribute(bytecode::AttributeId id, const Value& value) {
  const Value before = attribute(id);
  const bytecode::TypeId type = core_.program.attributes[static_cast<size_t>(id)].type;
  return state_.set_attribute(id, value) && !bytecode::equal_values(core_.program, type, before, attribute(id));
}

void Reaction::changed(const Changes& changes) {
  const TimestampMs now = now_;
  const TimestampMs commit = commit_;
  const size_t count = state_.instance_count();
  for (size_t i = 0; i < count; ++i) {
    InstanceState& instance = state_.instance(i);
    if (!instance.ended) hear_changes_at_own_time(instance, changes, now, commit);
  }
}

void Reaction::hear_changes_at_own_time(InstanceState& instance, const Changes& changes, TimestampMs now, TimestampMs commit) {
  const TimestampMs its_now = not_before_own_time(instance, now);
  set_clocks(its_now, std::max(commit, its_now));
  hear_changes(instance, changes);
}

void Reaction::hear_changes(InstanceState& instance, const Changes& changes) {
  if (hearing_of(instance).has_state_exits && state_exit(instance)) return;
  each_branch(instance, [&](uint32_t asked) { hear_changes_at(instance, changes, asked); });
}

// At one strand's waiting point.
void Reaction::hear_changes_at(InstanceState& instance, const Changes& changes, uint32_t asked) {
  const JourneyListening& hearing = hearing_of(instance);
  if (instance.at->interrupts > 0 && instance.at->has_when) {
    if (const vm::Outcome outcome = state_interrupt(instance, asked)) return proceed(instance, outcome);
  }
  const bytecode::WaitingPoint& point = *instance.at->what;
  const bool follows = hearing.has_live && std::any_of(point.live.begin(), point.live.end(), [&](bytecode::AttributeId live) {
                         return std::find(changes.attributes.begin(), changes.attributes.end(), live) != changes.attributes.end();
                       });
  if (follows) {
    state_.instances_changed();
    if (const vm::Outcome outcome = rearm(instance)) return proceed(instance, outcome);
  }
  if (hearing.has_when) test_when(instance);
}

void Reaction::test_when(InstanceState& instance) {
  if (instance.ended || !instance.at->has_when) return;
  if (const vm::Outcome outcome = when_outcome(instance)) proceed(instance, outcome);
}

vm::Outcome Reaction::when_outcome(InstanceState& instance) {
  if (now_ > instance.deadline) return vm::k_declined;
  return first_when(instance, await_arms(instance));
}

void Reaction::on_assignment(uint32_t customer, const AssignmentBody& body) {
  begin(customer, core_.next_position, core_.now, core_.now);
  if (body.holdout) {
    if (!state_.held_out(*body.holdout)) state_.settle_holdout(*body.holdout, body.held_out);
  } else if (!state_.arm(body.experiment)) {
    state_.assign(body.experiment, body.arm, core_.next_position);
  }
  finish();
}

}  // namespace wend::engine
