#include "compiler/project/lock.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wend::project {
namespace {

using diag::Diagnostic;
using diag::Kind;
using sema::SlotOwner;
using sema::SlotRanges;

class Applier {
 public:
  Applier(const Lock& lock, LockUse use, sema::Model& model) : lock_(lock), use_(use), model_(model) {}

  std::vector<Diagnostic> run() {
    sema::assign_in_order(model_);
    for (sema::Experiment& experiment : model_.experiments) apply(experiment);
    for (const auto& [name, experiments] : sema::experiments_by_layer(model_)) apply(name, experiments);
    for (const LockedExperiment& locked : lock_.experiments) {
      const bool is_there = std::ranges::find(model_.experiments, locked.salt, &sema::Experiment::salt) != model_.experiments.end();
      if (!is_there) note_difference("experiment `" + locked.name + "`", locked.place);
    }
    return std::move(findings_);
  }

 private:
  void note_difference(const std::string& what, source::Span place) {
    if (use_ == LockUse::update) return;
    Diagnostic finding(use_ == LockUse::require ? Kind::lock_behind : Kind::lock_outdated, place);
    finding.with("what", what)
        .note("the slots are worked out from the lock: nobody leaves an arm that did not shrink")
        .help("write the lock again and commit it: `wend lock`");
    findings_.push_back(std::move(finding));
  }

  // Numbers are never given up: an arm that is gone is said to be retired.
  bool number(sema::Experiment& experiment, const LockedExperiment& locked) {
    bool complete = true;
    for (const LockedArm& arm : locked.arms) {
      if (std::ranges::find(experiment.arms, arm.name, &sema::ExperimentArm::name) != experiment.arms.end()) continue;
      findings_.push_back(Diagnostic(Kind::arm_gone, experiment.span)
                              .with("experiment", experiment.name)
                              .with("arm", arm.name)
                              .note("whoever was assigned to it keeps that assignment, and must run something")
                              .help("say which arm they run from now on: `retired arm " + arm.name + " as …`"));
      complete = false;
    }
    auto next = static_cast<std::uint32_t>(locked.arms.size());
    for (sema::ExperimentArm& arm : experiment.arms) {
      const auto known = std::ranges::find(locked.arms, arm.name, &LockedArm::name);
      arm.number = known != locked.arms.end() ? static_cast<std::uint32_t>(known - locked.arms.begin()) : next++;
    }
    return complete;
  }

  void apply(sema::Experiment& experiment) {
    const std::string what = "experiment `" + experiment.name + "`";
    const auto locked = std::ranges::find(lock_.experiments, experiment.salt, &LockedExperiment::salt);
    if (locked == lock_.experiments.end()) return note_difference(what, experiment.span);
    if (!number(experiment, *locked)) return;
    std::vector<SlotOwner> owners(experiment.arms.size());
    for (const sema::ExperimentArm& arm : experiment.arms) {
      owners[arm.number].wanted = arm.slots;
      if (arm.number < locked->arms.size()) owners[arm.number].ranges = locked->arms[arm.number].slots;
    }
    sema::reassign(owners);
    bool differs = owners.size() != locked->arms.size();
    for (sema::ExperimentArm& arm : experiment.arms) {
      arm.ranges = owners[arm.number].ranges;
      differs = differs || arm.ranges != locked->arms[arm.number].slots;
    }
    if (differs) note_difference(what, experiment.span);
  }

  void apply(const std::string& name, const std::vector<std::size_t>& experiments) {
    const std::string what = "layer `" + name + "`";
    const source::Span place = model_.experiments[experiments.front()].span;
    const auto locked = std::ranges::find(lock_.layers, name, &LockedLayer::name);
    if (locked == lock_.layers.end()) return note_difference(what, place);
    std::vector<SlotOwner> owners(experiments.size());
    bool differs = owners.size() != locked->experiments.size();
    for (std::size_t i = 0; i < experiments.size(); ++i) {
      owners[i].wanted = sema::layer_share(i, experiments.size());
      const auto part = std::ranges::find(locked->experiments, model_.experiments[experiments[i]].salt, &LockedPart::salt);
      if (part != locked->experiments.end()) owners[i].ranges = part->slots;
    }
    const std::vector<SlotOwner> before = owners;
    sema::reassign(owners);
    for (std::size_t i = 0; i < experiments.size(); ++i) {
      model_.experiments[experiments[i]].layer_ranges = owners[i].ranges;
      differs = differs || owners[i].ranges != before[i].ranges;
    }
    if (differs) note_difference(what, place);
  }

  const Lock& lock_;
  const LockUse use_;
  sema::Model& model_;
  std::vector<Diagnostic> findings_;
};

std::string ranges_text(const SlotRanges& ranges) {
  std::string text;
  for (const bytecode::SlotRange& range : ranges) text += fmt::format("{}[{}, {}]", text.empty() ? "" : ", ", range.first, range.end);
  return "[" + text + "]";
}

}  // namespace

std::vector<Diagnostic> apply_lock(const Lock& lock, LockUse use, sema::Model& model) {
  return Applier(lock, use, model).run();
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      result += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      result += c;
    }
  }
  return result + "\"";
}

Lock lock_of(const sema::Model& model, const std::string& folder) {
  Lock lock;
  for (const sema::Experiment& experiment : model.experiments) {
    LockedExperiment locked{experiment.salt, experiment.name, std::vector<LockedArm>(experiment.arms.size())};
    for (const sema::ExperimentArm& arm : experiment.arms) locked.arms[arm.number] = {arm.name, arm.ranges};
    lock.experiments.push_back(std::move(locked));
  }
  for (const auto& [name, experiments] : sema::experiments_by_layer(model)) {
    LockedLayer layer{name, {}};
    for (const std::size_t i : experiments) {
      layer.experiments.push_back({model.experiments[i].salt, model.experiments[i].name, model.experiments[i].layer_ranges});
    }
    lock.layers.push_back(std::move(layer));
  }
  for (TakenSchema& taken : schemas_of(model, folder)) lock.schemas.push_back(std::move(taken.schema));
  return lock;
}

std::string write_lock(const Lock& lock) {
  std::string text = "# Written by `wend lock`, read by `wend check` and `wend build`. Commit it.\n";
  for (const LockedExperiment& experiment : lock.experiments) {
    text += fmt::format("\n[[experiment]]\nname = {}\nsalt = {}\n", quoted(experiment.name), quoted(experiment.salt));
    for (const LockedArm& arm : experiment.arms) {
      text += fmt::format("[[experiment.arm]]\nname = {}\nslots = {}\n", quoted(arm.name), ranges_text(arm.slots));
    }
  }
  for (const LockedLayer& layer : lock.layers) {
    text += fmt::format("\n[[layer]]\nname = {}\n", quoted(layer.name));
    for (const LockedPart& part : layer.experiments) {
      text += fmt::format("[[layer.experiment]]\nname = {}\nsalt = {}\nslots = {}\n", quoted(part.name), quoted(part.salt),
                          ranges_text(part.slots));
    }
  }
  text += write_schemas(lock.schemas);
  return text;
}

}  // namespace wend::project
