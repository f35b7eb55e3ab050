// Exits of a journey: on an event, tested at every waiting point whatever the deadline; on a state, tested at entry and whenever an
// attribute or a consent changes.

#include "runtime/engine/reaction.h"

namespace wend::engine {

using bytecode::JourneyExit;

bool Reaction::event_exit(InstanceState& instance, const vm::EventView& event) {
  if (!instance.at->has_event_exits) return false;
  const bytecode::Journey& journey = journey_of(instance);
  for (const JourneyExit& exit : journey.exits) {
    if (exit.event != event.event || (exit.where && !predicate(instance, *exit.where, &event))) continue;
    ran_ = true;
    end(instance, journey.labels[static_cast<size_t>(exit.label)]);
    return true;
  }
  return false;
}

bool Reaction::state_exit(InstanceState& instance) {
  const bytecode::Journey& journey = journey_of(instance);
  for (const JourneyExit& exit : journey.exits) {
    if (exit.event || !exit.where || !predicate(instance, *exit.where, nullptr)) continue;
    ran_ = true;
    end(instance, journey.labels[static_cast<size_t>(exit.label)]);
    return true;
  }
  return false;
}

// The label of the first state exit that holds before the instance has run; empty when none does. State exits read attributes and
// consents only, so they need no frame.
std::string_view Reaction::state_exit_at_entry(InstanceState& instance) {
  const bytecode::Journey& journey = journey_of(instance);
  for (const JourneyExit& exit : journey.exits) {
    if (exit.event || !exit.where) continue;
    Value blank;
    blank.bytes = {nullptr, 0};
    for (Value& value : machine_.begin(core_.program.function(journey.body))) value = blank;
    running_ = &instance;
    const vm::Outcome outcome = machine_.run(*this, exit.where->pc, nullptr);
    running_ = nullptr;
    if (outcome.kind() == vm::OutcomeKind::faulted) ++core_.counters.faults;
    if (outcome.kind() == vm::OutcomeKind::returned && machine_.returned().word != 0) return journey.labels[static_cast<size_t>(exit.label)];
  }
  return {};
}

}  // namespace wend::engine
