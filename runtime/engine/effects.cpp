// What code does to the customer besides sending: `set`, `emit`, `hand off to` and `split`.

#include <algorithm>

#include "runtime/engine/reaction.h"

namespace wend::engine {

// Readable at once; its consequences wait until every instance and entry has had the input of this reaction.
void Reaction::set_attribute(bytecode::AttributeId id, const Value& value) {
  if (is_silent() || !change_attribute(id, value)) return;
  zone_ = constant_zone_;
  if (may_derive()) derive({.attribute = id, .now = now_, .commit = commit_});
}

void Reaction::emit(bytecode::EventId id, std::span<const Value> fields) {
  const EventListening& heard = core_.listening.events[static_cast<size_t>(id)];
  if (is_silent() || !may_derive()) return;
  ++core_.counters.emitted;
  if (!heard.listened) return;
  scratch_.clear();
  ByteWriter writer(scratch_);
  bytecode::write_row(writer, core_.program, heard.field_types, fields);
  derive({.event = id, .row = state_.bytes().copy(scratch_), .now = now_, .commit = commit_});
}

// The instance ends as soon as this returns.
void Reaction::hand_off(bytecode::JourneyId to, std::span<const Value> parameters) {
  if (!may_derive()) return;
  scratch_.clear();
  ByteWriter writer(scratch_);
  bytecode::write_row(writer, core_.program, core_.listening.journeys[static_cast<size_t>(to)].parameter_types, parameters);
  derive({.handed_to = to, .row = state_.bytes().copy(scratch_), .silent = is_silent(), .now = now_, .commit = commit_});
}

namespace {

bool owns(const std::vector<bytecode::SlotRange>& ranges, uint32_t slot) {
  return std::ranges::any_of(ranges, [&](const bytecode::SlotRange& range) { return slot >= range.first && slot < range.end; });
}

}  // namespace

// In the experiment's part of its layer, and not in another experiment of it from when the parts were others.
bool Reaction::takes_part(bytecode::ExperimentId id) {
  const bytecode::Experiment& experiment = core_.program.experiments[static_cast<size_t>(id)];
  if (experiment.layer.empty()) return true;
  for (size_t other = 0; other < core_.program.experiments.size(); ++other) {
    const auto other_id = static_cast<bytecode::ExperimentId>(other);
    if (other_id != id && core_.program.experiments[other].layer == experiment.layer && state_.arm(other_id)) return false;
  }
  return owns(experiment.layer_slots, experiment_slot(scratch_, experiment.layer, "layer", customer_id()));
}

// Assigned at the first exposure and never again; the exposure is reported once per instance. Gives the arm to run. Whoever runs
// silently sees nothing of an arm, and is not exposed to it.
uint32_t Reaction::assign_arm(bytecode::ExperimentId id) {
  const bytecode::Experiment& experiment = core_.program.experiments[static_cast<size_t>(id)];
  std::optional<uint32_t> arm = state_.arm(id);
  const bool is_first = !arm;
  if (is_first) {
    if (!takes_part(id)) return experiment.control;
    const uint32_t slot = experiment_slot(scratch_, experiment.salt, "arm", customer_id());
    arm = 0;
    while (!owns(experiment.arms[*arm].slots, slot)) ++*arm;
    if (!is_silent()) state_.assign(id, *arm, input_.position);
  }
  const uint32_t runs = experiment.arms[*arm].retired_as.value_or(*arm);
  if (running_ == nullptr || is_silent()) return runs;
  const auto number = static_cast<uint16_t>(id);
  const auto place = std::lower_bound(running_->exposed.begin(), running_->exposed.end(), number);
  if (place == running_->exposed.end() || *place != number) {
    running_->exposed.insert(place, number);
    sink_->on_exposure({is_first, id, *arm, CustomerNumber{customer_}, running_->journey, running_->id, now_});
  }
  return runs;
}

}  // namespace wend::engine
