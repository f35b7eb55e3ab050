#include "tests/reference/comes_through.h"

#include <algorithm>

namespace wend::reference {

using namespace syntax;

namespace {

struct ComesThrough {
  const Declarations& all;

  bool operator()(const ExitStmt&) const { return false; }
  bool operator()(const HandOffStmt&) const { return false; }
  bool operator()(const LeaveStmt&) const { return false; }
  bool operator()(const StopRepeatingStmt&) const { return false; }
  bool operator()(const StepStmt& step) const {
    return comes_through(step.body.statements) || any(step.interrupts) || leaves(step.body.statements, &step.name.text);
  }
  bool operator()(const GuardedStmt& guarded) const { return comes_through(guarded.body.statements) || any(guarded.interrupts); }
  bool operator()(const RunStmt& run) const { return comes_through(all.flows.at(run.flow.text)->body.statements); }
  bool operator()(const IfStmt& branches) const {
    bool through = !branches.otherwise || comes_through(branches.otherwise->statements);
    for (const IfBranch& branch : branches.branches) through |= comes_through(branch.body.statements);
    return through;
  }
  bool operator()(const MatchStmt& match) const { return any(match.arms); }
  bool operator()(const SplitStmt& split) const { return any(split.arms); }
  bool operator()(const AwaitStmt& await) const { return any(await.arms); }
  bool operator()(const ForkStmt& fork) const {
    if (fork.fork_kind == ForkKind::race) return any(fork.branches);
    return std::all_of(fork.branches.begin(), fork.branches.end(),
                       [&](const auto& branch) { return comes_through(branch.body.statements); });
  }
  bool operator()(const RepeatStmt& repeat) const {
    return (repeat.up_to_times && comes_through(repeat.body.statements)) || leaves(repeat.body.statements, nullptr);
  }
  template <typename Other>
  bool operator()(const Other&) const {
    return true;
  }

  bool comes_through(const std::vector<StmtPtr>& statements) const {
    return std::all_of(statements.begin(), statements.end(), [&](const StmtPtr& stmt) { return std::visit(*this, stmt->node); });
  }
  template <typename Arms>
  bool any(const Arms& arms) const {
    return std::any_of(arms.begin(), arms.end(), [&](const auto& arm) { return comes_through(arm.body.statements); });
  }
  /// A `leave` of that step, or a `stop repeating` of the loop whose body it is.
  static bool leaves(const std::vector<StmtPtr>& statements, const std::string* step);
};

bool ComesThrough::leaves(const std::vector<StmtPtr>& statements, const std::string* step) {
  const auto in = [&](const Block& block) { return leaves(block.statements, step); };
  const auto in_arms = [&](const auto& arms) {
    return std::any_of(arms.begin(), arms.end(), [&](const auto& arm) { return in(arm.body); });
  };
  for (const StmtPtr& stmt : statements) {
    if (const auto* leave = stmt->get_if<LeaveStmt>(); leave != nullptr && step != nullptr && leave->step.text == *step) return true;
    if (stmt->get_if<StopRepeatingStmt>() != nullptr && step == nullptr) return true;
    if (const auto* inner = stmt->get_if<StepStmt>(); inner != nullptr && (in(inner->body) || in_arms(inner->interrupts))) return true;
    if (const auto* inner = stmt->get_if<GuardedStmt>(); inner != nullptr && (in(inner->body) || in_arms(inner->interrupts))) return true;
    if (const auto* branches = stmt->get_if<IfStmt>()) {
      if (in_arms(branches->branches) || (branches->otherwise && in(*branches->otherwise))) return true;
    }
    if (const auto* match = stmt->get_if<MatchStmt>(); match != nullptr && in_arms(match->arms)) return true;
    if (const auto* split = stmt->get_if<SplitStmt>(); split != nullptr && in_arms(split->arms)) return true;
    if (const auto* await = stmt->get_if<AwaitStmt>(); await != nullptr && in_arms(await->arms)) return true;
    if (const auto* fork = stmt->get_if<ForkStmt>(); fork != nullptr && in_arms(fork->branches)) return true;
    if (const auto* send = stmt->get_if<SendStmt>(); send != nullptr && send->or_else && in(send->or_else->body)) return true;
    if (const auto* call = stmt->get_if<CallStmt>(); call != nullptr && call->or_else && in(call->or_else->body)) return true;
    if (const auto* repeat = stmt->get_if<RepeatStmt>(); repeat != nullptr && step != nullptr && in(repeat->body)) return true;
    if (const auto* wait = stmt->get_if<WaitStmt>()) {
      const auto* until = std::get_if<WaitUntilInstant>(&wait->spec);
      if (until == nullptr) continue;
      for (const auto& handler : {&until->if_past, &until->if_absent}) {
        if (*handler && (*handler)->block && in(*(*handler)->block)) return true;
      }
    }
  }
  return false;
}

}  // namespace

bool comes_through(const std::vector<StmtPtr>& statements, const Declarations& all) {
  return ComesThrough{all}.comes_through(statements);
}

}  // namespace wend::reference
