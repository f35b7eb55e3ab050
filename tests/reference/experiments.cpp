#include <algorithm>

#include "tests/reference/interpreter.h"
#include "tests/reference/keys.h"

// Experiments: who takes part, in which arm.

namespace wend::reference {

void Interpreter::split(Customer& customer, Instance& instance, const syntax::SplitStmt& split, const Moment& moment) {
  const syntax::ExperimentDecl& experiment = *all_.experiments.at(split.experiment.text);
  const auto run_arm = [&](std::string name) {
    for (const syntax::RetiredArm& retired : experiment.retired) {
      if (retired.name.text == name) name = retired.as.text;
    }
    for (const syntax::NamedBlock& arm : split.arms) {
      if (arm.name.text == name) return enter_block(instance, arm.body, arm.name.text);
    }
  };
  if (!takes_part(customer, experiment)) return run_arm(experiment.arms.front().name.text);
  std::map<std::string, Arm> unseen = customer.assignments;
  auto& assignments = instance.silent ? unseen : customer.assignments;
  auto [assigned, is_new] = assignments.try_emplace(experiment.name.text);
  if (is_new) {
    assigned->second.position = by_timer_ ? position_ - 1 : position_;
    assigned->second.name = slots_.arm(experiment, experiment_slot(experiment.salt->text, "arm", customer.id));
  }
  if (!instance.silent && instance.exposed.insert(experiment.name.text).second) {
    outcome_.instances[customer.id].push_back("exposed " + instance.name.text() + " to " + assigned->second.name + " of " +
                                              experiment.name.text + " @" + std::to_string(moment.now.ms));
  }
  run_arm(assigned->second.name);
}

/// Whoever has an arm already; else who is in the experiment's part of its layer and has no arm of another of its experiments.
bool Interpreter::takes_part(const Customer& customer, const syntax::ExperimentDecl& experiment) const {
  if (!experiment.layer || customer.assignments.contains(experiment.name.text)) return true;
  for (const syntax::ExperimentDecl* other : all_.experiments_in_order) {
    const bool is_of_the_layer = other->layer && other->layer->text == experiment.layer->text;
    if (is_of_the_layer && customer.assignments.contains(other->name.text)) return false;
  }
  return slots_.is_in_part(experiment, experiment_slot(experiment.layer->text, "layer", customer.id));
}

/// Given before, so it is neither given again nor an exposure.
void Interpreter::assign(const std::string& id, const AssignInput& input, const Moment& moment) {
  const auto experiment = all_.experiments.find(input.experiment);
  if (experiment == all_.experiments.end()) return;
  const auto is_it = [&](const auto& arm) { return arm.name.text == input.arm; };
  const auto& [arms, retired] = std::tie(experiment->second->arms, experiment->second->retired);
  if (std::none_of(arms.begin(), arms.end(), is_it) && std::none_of(retired.begin(), retired.end(), is_it)) return;
  Customer& who = customer(id);
  who.assignments.try_emplace(input.experiment, Arm{input.arm, position_});
  finish_reaction(who, moment);
}

}  // namespace wend::reference
