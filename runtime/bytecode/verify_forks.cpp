// Forks: that they and the places inside them nest, and that no reaction goes round for ever through one.
//
// A run of code ends at `fork`; the engine then runs the branches, each from its entry, and the code behind the fork when that is over.
// Whether that can be in the same reaction follows from the code of the branches: of all of them for `parallel`, of any for `race`.

#include <algorithm>

#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/operands.h"
#include "runtime/bytecode/verifier.h"

namespace wend::bytecode {
namespace {

class ForkVerifier {
 public:
  ForkVerifier(const Journey& journey, const std::vector<Instruction>& code, Fault& fault)
      : journey_(journey), code_(code), fault_(fault), name_(fmt::format("journey {}", journey.name)) {}

  bool verify() {
    size_t branches = 0;
    for (size_t i = 0; i < journey_.forks.size(); ++i) {
      branches += journey_.forks[i].branches.size();
      if (!fork(journey_.forks[i], i, fmt::format("{}, fork {}", name_, i))) return false;
    }
    if (!fault_.require(branches <= k_branches_max, name_, "more than {} branches", k_branches_max)) return false;
    for (size_t i = 0; i < journey_.points.size(); ++i) {
      const WaitingPoint& point = journey_.points[i];
      if (!place(point.within, journey_.forks.size(), point.interrupts, fmt::format("{}, waiting point {}", name_, i))) return false;
    }
    return journey_.forks.empty() || ends();
  }

 private:
  bool entry(const Entry& entry, const std::string& where) {
    return fault_.require(entry.pc < code_.size(), where, "it goes on at instruction {} of {}", entry.pc, code_.size()) &&
           fault_.require(!entry.event, where, "it reads an event");
  }
  // Inside one of the first `count` forks, whose interrupts are all around it.
  bool place(const std::optional<ForkPlace>& place, size_t count, uint32_t interrupts, const std::string& where) {
    if (!place) return true;
    if (!fault_.require(static_cast<size_t>(place->fork) < count, where, "inside fork {} of {}", static_cast<size_t>(place->fork), count))
      return false;
    const Fork& fork = journey_.forks[static_cast<size_t>(place->fork)];
    return fault_.require(place->branch < fork.branches.size(), where, "inside branch {} of {}", place->branch, fork.branches.size()) &&
           fault_.require(interrupts >= fork.interrupts, where, "fewer interrupts than around the fork that it is inside");
  }
  bool fork(const Fork& fork, size_t number, const std::string& where) {
    if (!fault_.require(fork.kind == ForkKind::parallel || fork.kind == ForkKind::race, where, "unknown kind {}", static_cast<int>(fork.kind)) ||
        !fault_.require(fork.branches.size() >= 2, where, "{} branches", fork.branches.size()) ||
        !fault_.require(fork.branches.size() <= k_branches_max, where, "more than {} branches", k_branches_max) ||
        !place(fork.within, number, fork.interrupts, where)) {
      return false;
    }
    for (const LayoutId layout : {fork.layout, fork.join_layout}) {
      const size_t size = journey_.layouts.size();
      if (!fault_.require(static_cast<size_t>(layout) < size, where, "layout {} of {}", static_cast<size_t>(layout), size)) return false;
    }
    return entry(fork.join, where) && std::ranges::all_of(fork.branches, [&](const Entry& branch) { return entry(branch, where); });
  }

  // ── every reaction ends ──

  // Where control may go on in the same reaction. Forks of which nothing is known yet lead into their branches only.
  template <typename Visit>
  void for_each_next(uint32_t pc, const Visit& visit) const {
    const Instruction& at = code_[pc];
    if (at.opcode == Opcode::fork && at.a < journey_.forks.size()) {
      for (const Entry& branch : journey_.forks[at.a].branches) visit(branch.pc);
      if (timeless_[at.a]) visit(journey_.forks[at.a].join.pc);
    }
    if (opcode_info(at.opcode) == nullptr) return;
    if (opcode_info(at.opcode)->operands[1] == OperandKind::target && at.target() < code_.size()) visit(at.target());
    const bool goes_on = !is_last(at.opcode) && at.opcode != Opcode::jump;
    if (goes_on && pc + 1 < code_.size()) visit(pc + 1);
  }

  bool ends_at_once(const Entry& branch, size_t fork) const {
    std::vector<bool> seen(code_.size());
    std::vector<uint32_t> open{branch.pc};
    seen[branch.pc] = true;
    while (!open.empty()) {
      const uint32_t pc = open.back();
      open.pop_back();
      if (code_[pc].opcode == Opcode::end_branch && code_[pc].a == fork) return true;
      for_each_next(pc, [&](uint32_t next) {
        if (!seen[next]) open.push_back(next);
        seen[next] = true;
      });
    }
    return false;
  }

  bool ends() {
    timeless_.assign(journey_.forks.size(), false);
    // Those inside come behind those around them.
    for (size_t i = journey_.forks.size(); i-- > 0;) {
      const Fork& fork = journey_.forks[i];
      const auto at_once = [&](const Entry& branch) { return ends_at_once(branch, i); };
      timeless_[i] = fork.kind == ForkKind::race ? std::ranges::any_of(fork.branches, at_once) : std::ranges::all_of(fork.branches, at_once);
    }
    // Taking away what leads nowhere, again and again, leaves the instructions on a way round.
    std::vector<uint32_t> ways_in(code_.size());
    for (uint32_t pc = 0; pc < code_.size(); ++pc) for_each_next(pc, [&](uint32_t next) { ++ways_in[next]; });
    std::vector<uint32_t> open;
    for (uint32_t pc = 0; pc < code_.size(); ++pc) {
      if (ways_in[pc] == 0) open.push_back(pc);
    }
    size_t taken = 0;
    while (!open.empty()) {
      const uint32_t pc = open.back();
      open.pop_back();
      ++taken;
      for_each_next(pc, [&](uint32_t next) {
        if (--ways_in[next] == 0) open.push_back(next);
      });
    }
    return fault_.require(taken == code_.size(), name_, "a way round through a fork that takes no time");
  }

  const Journey& journey_;
  const std::vector<Instruction>& code_;
  Fault& fault_;
  const std::string name_;
  std::vector<bool> timeless_;  // by fork
};

}  // namespace

bool is_last(Opcode opcode) {
  return is_stop(opcode) || opcode == Opcode::return_value || opcode == Opcode::decline || opcode == Opcode::loop;
}

bool is_stop(Opcode opcode) {
  return opcode == Opcode::suspend || opcode == Opcode::call || opcode == Opcode::end || opcode == Opcode::fork ||
         opcode == Opcode::end_branch || opcode == Opcode::hand_off;
}

bool verify_forks(const Program& program, const Journey& journey, Fault& fault) {
  return ForkVerifier(journey, program.function(journey.body).code, fault).verify();
}

bool is_around(const Journey& journey, std::optional<ForkPlace> outer, std::optional<ForkPlace> inner) {
  while (inner != outer && inner) inner = journey.forks[static_cast<size_t>(inner->fork)].within;
  return inner == outer;
}

std::optional<ForkPlace> common_place(const Journey& journey, std::optional<ForkPlace> a, std::optional<ForkPlace> b) {
  while (!is_around(journey, a, b)) a = journey.forks[static_cast<size_t>(a->fork)].within;
  return a;
}

}  // namespace wend::bytecode
