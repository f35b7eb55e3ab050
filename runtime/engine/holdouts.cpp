// Holdouts: whether an instance runs silently is settled when it starts, and kept on it. Whether a customer is held out is settled at the
// first start of a journey that names the holdout, and never again.

#include "runtime/engine/reaction.h"

namespace wend::engine {

bool Reaction::is_held_out(const InstanceState& instance, bytecode::HoldoutId id) {
  const bytecode::Holdout& holdout = core_.program.holdouts[static_cast<size_t>(id)];
  if (holdout.until && to_local(core_.zones, zone_id(), now_).date > *holdout.until) return false;
  std::optional<bool> held_out = state_.held_out(id);
  const bool is_first = !held_out;
  if (is_first) {
    held_out = experiment_slot(scratch_, holdout.salt, "holdout", customer_id()) < holdout.slots;
    state_.settle_holdout(id, *held_out);
  }
  sink_->on_holdout({is_first, id, *held_out, CustomerNumber{customer_}, instance.journey, instance.id, now_});
  return *held_out;
}

bool Reaction::runs_silently(const bytecode::Journey& journey, const InstanceState& instance) {
  bool silent = false;
  // All of them, because each exposure is reported.
  for (const bytecode::HoldoutId holdout : journey.holdouts) silent |= is_held_out(instance, holdout);
  return silent;
}

}  // namespace wend::engine
