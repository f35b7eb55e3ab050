// Experiments and holdouts: who owns which slots.

#include <algorithm>
#include <map>

#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/verifier.h"

namespace wend::bytecode {
namespace {

// Ranges of several owners, to be laid side by side.
class Slots {
 public:
  // Each range is whole and behind the one before it.
  bool add(const std::vector<SlotRange>& ranges, const std::string& where, Fault& fault) {
    uint32_t end = 0;
    for (const SlotRange& range : ranges) {
      if (!fault.require(range.first >= end && range.first < range.end && range.end <= k_experiment_slots, where,
                         "slots {} to {} are empty, out of order or out of range", range.first, range.end)) {
        return false;
      }
      end = range.end;
      count_ += range.end - range.first;
      ranges_.push_back(range);
    }
    return true;
  }
  bool are_disjoint() {
    std::ranges::sort(ranges_, {}, &SlotRange::first);
    return std::ranges::adjacent_find(ranges_, [](const SlotRange& a, const SlotRange& b) { return b.first < a.end; }) == ranges_.end();
  }
  uint64_t count() const { return count_; }

 private:
  std::vector<SlotRange> ranges_;
  uint64_t count_ = 0;
};

bool verify_arms(const Experiment& experiment, const std::string& where, Fault& fault) {
  const auto in_use = [&](uint32_t arm) { return arm < experiment.arms.size() && !experiment.arms[arm].retired_as; };
  Slots slots;
  for (const Arm& arm : experiment.arms) {
    if (!slots.add(arm.slots, where, fault) ||
        !fault.require(!arm.retired_as || (arm.slots.empty() && in_use(*arm.retired_as)), where,
                       "arm {} is retired, and has slots or no arm to be run instead", arm.name)) {
      return false;
    }
  }
  return fault.require(slots.are_disjoint(), where, "two arms own a slot") &&
         fault.require(slots.count() == k_experiment_slots, where, "the arms own {} slots of {}", slots.count(), k_experiment_slots) &&
         fault.require(in_use(experiment.control), where, "arm {} is none that others can run", experiment.control);
}

bool verify_experiment(const Experiment& experiment, std::map<std::string, Slots>& layers, Fault& fault) {
  const std::string where = fmt::format("experiment {}", experiment.name);
  if (!fault.require(!experiment.arms.empty() && experiment.arms.size() <= k_table_max, where, "an experiment has 1 to {} arms",
                     k_table_max) ||
      !verify_arms(experiment, where, fault)) {
    return false;
  }
  if (experiment.layer.empty()) return fault.require(experiment.layer_slots.empty(), where, "slots of a layer, but no layer");
  Slots& layer = layers[experiment.layer];
  return layer.add(experiment.layer_slots, where, fault);
}

}  // namespace

bool verify_experiments(const Program& program, Fault& fault) {
  std::map<std::string, Slots> layers;
  for (const Experiment& experiment : program.experiments) {
    if (!verify_experiment(experiment, layers, fault)) return false;
  }
  for (auto& [name, slots] : layers) {
    if (!fault.require(slots.are_disjoint(), fmt::format("layer {}", name), "two experiments own a slot")) return false;
  }
  for (const Holdout& holdout : program.holdouts) {
    if (!fault.require(holdout.slots <= k_experiment_slots, fmt::format("holdout {}", holdout.name), "{} slots of {}", holdout.slots,
                       k_experiment_slots)) {
      return false;
    }
  }
  return true;
}

}  // namespace wend::bytecode
