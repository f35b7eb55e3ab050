// Look-back: an await that is being armed may take an input that came before it. Inputs are kept only where some await can still
// ask for them: as far back as an entry while the customer is in such a journey, or for a span of event time.

#include <algorithm>

#include "runtime/engine/reaction.h"

namespace wend::engine {

using bytecode::AwaitArm;
using bytecode::LookBack;
using bytecode::SignalKind;

bool Reaction::is_in_any(const IdSet& journeys) {
  if (!state_.has_instances()) return false;
  for (size_t i = 0; i < state_.instance_count(); ++i) {
    const InstanceState& instance = state_.instance(i);
    if (!instance.ended && journeys.contains(static_cast<size_t>(instance.journey))) return true;
  }
  return false;
}

void Reaction::keep(const KeepRule& rule, const KeptInput& input) {
  const bool is_in_reach = rule.ago_ms > 0 && (input.at + rule.ago_ms > now_ || input.at + rule.ago_ms > earliest_now());
  if (!is_in_reach && !is_in_any(rule.while_in)) return;
  std::vector<KeptInput>& kept = state_.kept();
  const auto later = [](const KeptInput& a, const KeptInput& b) { return a.id < b.id; };
  kept.insert(std::upper_bound(kept.begin(), kept.end(), input, later), input);
  state_.kept_changed();
}

void Reaction::drop_stale_kept() {
  std::vector<KeptInput>& kept = state_.kept();
  const TimestampMs earliest = earliest_now();
  const auto stale = [&](const KeptInput& input) {
    const KeepRule& rule = input.is_receipt ? core_.listening.receipts : core_.listening.events[static_cast<size_t>(input.event)].keep;
    const bool is_in_reach = rule.ago_ms > 0 && input.at + rule.ago_ms > earliest;
    return !is_in_reach && !is_in_any(rule.while_in);
  };
  if (std::erase_if(kept, stale) == 0) return;
  state_.kept_changed();
  // What is no longer kept cannot be taken again: no need to remember that it was.
  for (size_t i = 0; i < state_.instance_count(); ++i) {
    const auto gone = [&](const InputId& taken) {
      return std::none_of(kept.begin(), kept.end(), [&](const KeptInput& input) { return input.id == taken; });
    };
    InstanceState& instance = state_.instance(i);
    if (std::erase_if(instance.taken, gone) > 0) state_.instances_changed();
    for (Strand& strand : instance.strands) {
      if (std::erase_if(strand.taken, gone) > 0) state_.strands_changed();
    }
    if (std::erase_if(instance.spent, [&](const SpentInput& spent) { return gone(spent.input); }) > 0) state_.strands_changed();
  }
}

void Reaction::take(InstanceState& instance, const InputId& input) {
  const auto place = std::lower_bound(instance.taken.begin(), instance.taken.end(), input);
  if (place == instance.taken.end() || *place != input) instance.taken.insert(place, input);
}

// The input of the reaction in which the instance started, and what was emitted there before it did. Those that time starts bear the
// position of an entry that came before their reaction, and share it with other reactions of timers.
bool Reaction::led_to(const InstanceState& instance, const InputId& input) {
  return input.position == instance.id.position && input.ordinal <= instance.id.start_index &&
         instance.id.start_index < k_timer_start_index;
}

// What was emitted in this reaction before time started the instance counts as taken: nothing tells later where the reaction began.
void Reaction::take_what_led_to(InstanceState& instance) {
  for (const KeptInput& input : state_.kept()) {
    if (input.id >= first_by_timers_) take(instance, input.id);
  }
}

// The first kept input, in log order, that an arm takes; for one input the first arm in text order.
vm::Outcome Reaction::look_back(InstanceState& instance) {
  if (!state_.has_kept()) return vm::k_declined;
  const std::vector<KeptInput>& kept = state_.kept();
  const bytecode::WaitingPoint& point = *instance.at->what;
  for (const KeptInput& input : kept) {
    if (led_to(instance, input.id) || input.at > instance.deadline ||
        std::binary_search(instance.taken.begin(), instance.taken.end(), input.id)) {
      continue;
    }
    for (const AwaitArm& arm : point.arms) {
      if (!reaches(instance, arm, input)) continue;
      const vm::EventView event{input.event, input.body};
      vm::Outcome outcome = attempt(instance, arm.entry, input.is_receipt ? nullptr : &event);
      if (!outcome) continue;
      take(instance, input.id);
      return outcome;
    }
  }
  return vm::k_declined;
}

bool Reaction::reaches(InstanceState& instance, const AwaitArm& arm, const KeptInput& input) {
  if (arm.look_back == LookBack::none || arm.signal == SignalKind::when) return false;
  if (input.is_receipt != (arm.signal == SignalKind::receipt)) return false;
  if (!input.is_receipt && arm.event != input.event) return false;
  const bool by_time = input.is_receipt || arm.look_back == LookBack::since_ago;
  if (!by_time && state_.is_unheard(instance.id, input.id)) return false;
  if (input.is_receipt || arm.look_back == LookBack::since_step) {
    if (!load(instance)) return false;
    const std::span<Value> registers = machine_.registers();
    if (input.is_receipt) {
      const Value& delivery = registers[static_cast<size_t>(arm.delivery)];
      const bool same = delivery.present && delivery.view() == input.body.substr(0, k_send_key_bytes) &&
                        arm.receipt == input.body.substr(k_send_key_bytes);
      if (!same) return false;
    }
    if (arm.look_back == LookBack::since_step) {
      const auto word = [&](bytecode::Register reg) { return static_cast<uint64_t>(registers[static_cast<size_t>(reg)].word); };
      return input.id > InputId{word(arm.step_start), arm.step_ordinal ? static_cast<uint32_t>(word(*arm.step_ordinal)) : 0};
    }
  }
  if (arm.look_back == LookBack::since_entry) return input.id > InputId{instance.id.position, instance.id.start_index};
  return within(input.at, arm.ago, now_);
}

}  // namespace wend::engine
