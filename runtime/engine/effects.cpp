// What code does to the customer besides sending: `set` and `split`.

#include <algorithm>

#include "runtime/engine/reaction.h"

namespace wend::engine {

// Readable at once; its consequences wait until every instance and entry has had the input of this reaction.
void Reaction::set_attribute(bytecode::AttributeId id, const Value& value) {
  if (!state_.set_attribute(id, value)) return;
  zone_ = constant_zone_;
  if (++derived_count_ > k_derived_inputs_max) {
    set_too_often_ = true;
    return;
  }
  derive({.attribute = id, .now = now_, .commit = commit_});
}

// Assigned at the first exposure and never again; the exposure is reported once per instance.
uint32_t Reaction::assign_arm(bytecode::ExperimentId id) {
  const bytecode::Experiment& experiment = core_.program.experiments[static_cast<size_t>(id)];
  std::optional<uint32_t> arm = state_.arm(id);
  const bool is_first = !arm;
  if (is_first) {
    uint32_t slot = experiment_slot(scratch_, experiment.salt, "arm", customer_id());
    arm = 0;
    while (*arm + 1 < experiment.arms.size() && slot >= experiment.arms[*arm].slots) slot -= experiment.arms[(*arm)++].slots;
    state_.assign(id, *arm);
  }
  if (running_ == nullptr) return *arm;
  const auto number = static_cast<uint16_t>(id);
  const auto place = std::lower_bound(running_->exposed.begin(), running_->exposed.end(), number);
  if (place == running_->exposed.end() || *place != number) {
    running_->exposed.insert(place, number);
    sink_->on_exposure({is_first, id, *arm, CustomerNumber{customer_}, running_->journey, running_->id, now_});
  }
  return *arm;
}

}  // namespace wend::engine
