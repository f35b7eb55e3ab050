#include "compiler/flow/liveness.h"

#include <algorithm>

#include "compiler/flow/edges.h"
#include "compiler/flow/slots.h"
#include "compiler/flow/walk.h"

namespace wend::flow {
namespace {

// One bit per slot.
class SlotSet {
 public:
  explicit SlotSet(std::size_t size) : bits_(size, false) {}
  void add(SlotId slot) { bits_[static_cast<std::size_t>(slot)] = true; }
  void add(const std::vector<SlotId>& slots) {
    for (const SlotId slot : slots) add(slot);
  }
  void add(const SlotSet& other) {
    for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] = bits_[i] || other.bits_[i];
  }
  void remove(SlotId slot) { bits_[static_cast<std::size_t>(slot)] = false; }
  [[nodiscard]] bool has(SlotId slot) const { return bits_[static_cast<std::size_t>(slot)]; }
  [[nodiscard]] std::vector<SlotId> slots() const {
    std::vector<SlotId> result;
    for (std::size_t i = 0; i < bits_.size(); ++i) {
      if (bits_[i]) result.push_back(static_cast<SlotId>(i));
    }
    return result;
  }
  friend bool operator==(const SlotSet&, const SlotSet&) = default;

 private:
  std::vector<bool> bits_;
};

class Liveness {
 public:
  explicit Liveness(Graph& graph) : graph_(graph), live_in_(graph.blocks.size(), SlotSet(graph.slots.size())) {}

  void run() {
    for (bool changed = true; changed;) {
      changed = false;
      // Blocks are made roughly in the order of the text, so going backwards converges in a few rounds.
      for (std::size_t i = graph_.blocks.size(); i-- > 0;) {
        SlotSet live = live_into(static_cast<BlockId>(i));
        if (live == live_in_[i]) continue;
        live_in_[i] = std::move(live);
        changed = true;
      }
    }
    for (WaitingPoint& point : graph_.points) point.kept = kept_at(point).slots();
    for (ForkInfo& fork : graph_.forks) {
      SlotSet live(graph_.slots.size());
      for (const BlockId branch : fork.branches) live.add(live_in(branch));
      fork.kept = live.slots();
      fork.joined = live_in(fork.join).slots();
    }
  }

 private:
  const SlotSet& live_in(BlockId block) const { return live_in_[static_cast<std::size_t>(block)]; }
  void read(SlotSet& live, const sema::Expr* expr, std::optional<sema::VariableId> direct = {}) const {
    if (expr != nullptr) live.add(slots_read(graph_, *expr, direct));
  }

  SlotSet live_into(BlockId id) {
    Block& block = graph_.at(id);
    SlotSet live = live_out(block);
    for (auto operation = block.operations.rbegin(); operation != block.operations.rend(); ++operation) pass(live, operation->node);
    return live;
  }

  // From the slots live after an operation to those live before it.
  void pass(SlotSet& live, decltype(Operation::node)& node) {
    std::visit(Overloaded{
                   [&](Assign& op) {
                     live.remove(op.target);
                     read(live, op.value);
                   },
                   [&](BindEvent& op) { bind(live, op); },
                   [&](CaptureField& op) { live.remove(op.target); },
                   [&](Probe&) {},
                   [&](ArmGoals&) { live.add(graph_.goal_slots); },
                   [&](LoadNow& op) { live.remove(op.target); },
                   [&](LoadZone& op) { live.remove(op.target); },
                   [&](LoadPosition& op) { live.remove(op.target); },
                   [&](LoadOrdinal& op) { live.remove(op.target); },
                   [&](StartRounds& op) { live.remove(op.round); },
                   [&](NextRound& op) { live.add(op.round); },
                   [&](Send& op) {
                     live.remove(op.delivery);
                     for (const sema::Expr* argument : op.arguments) read(live, argument);
                     live.add(graph_.at(op.site).rounds);
                   },
                   [&](SetAttribute& op) { read(live, op.value); },
                   [&](Emit& op) {
                     for (const sema::Expr* field : op.fields) read(live, field);
                   },
               },
               node);
  }
  void bind(SlotSet& live, BindEvent& op) {
    op.fields.clear();
    for (const SlotId slot : live.slots()) {
      const auto* origin = std::get_if<EventFieldOrigin>(&graph_.at(slot).origin);
      if (origin == nullptr || origin->binding != op.binding) continue;
      op.fields.push_back(slot);
      live.remove(slot);
    }
  }

  SlotSet live_out(const Block& block) {
    SlotSet live(graph_.slots.size());
    if (const auto* suspend = std::get_if<Suspend>(&block.terminator)) return kept_at(graph_.at(suspend->point));
    if (const auto* match = std::get_if<Match>(&block.terminator)) {
      for (const MatchArm& arm : match->arms) {
        SlotSet arm_live = live_in(arm.to);
        for (const SlotId binding : arm.bindings) arm_live.remove(binding);
        live.add(arm_live);
      }
      read(live, match->subject);
      return live;
    }
    if (const auto* send = std::get_if<DelayableSend>(&block.terminator)) {
      live = live_in(send->next);
      live.remove(send->delivery);
      for (const SlotId argument : send->arguments) live.add(argument);
      live.add(graph_.at(send->site).rounds);
      live.add(kept_at(graph_.at(send->point)));
      return live;
    }
    if (const auto* call = std::get_if<Call>(&block.terminator)) {
      live = kept_at(graph_.at(call->point));
      for (const SlotId argument : call->arguments) live.add(argument);
      return live;
    }
    for (const Edge& edge : edges_from(graph_, block)) live.add(live_in(edge.to));
    if (const auto* branch = std::get_if<Branch>(&block.terminator)) read(live, branch->condition);
    if (const auto* hand_off = std::get_if<HandOff>(&block.terminator)) {
      for (const sema::Expr* argument : hand_off->arguments) read(live, argument);
    }
    if (const auto* sent = std::get_if<IfSent>(&block.terminator)) live.add(sent->delivery);
    if (const auto* rounds = std::get_if<IfRoundsLeft>(&block.terminator)) live.add(rounds->round);
    return live;
  }

  // A successful answer brings the call's result along.
  SlotSet live_after(const WaitingPoint& point, const Arm& arm) const {
    SlotSet live = live_in(arm.body);
    const auto* answer = std::get_if<AnswerTrigger>(&arm.trigger);
    if (answer == nullptr || answer->failed) return live;
    if (const auto result = graph_.at(*point.call).result) live.remove(*result);
    return live;
  }
  SlotSet kept_at(const WaitingPoint& point) const {
    SlotSet live(graph_.slots.size());
    live.add(graph_.exit_slots);
    if (point.anchor) live.add(*point.anchor);
    if (point.zone) live.add(*point.zone);
    if (point.at_zone) live.add(*point.at_zone);
    if (const auto* instant = std::get_if<LiveInstant>(&point.deadline)) read(live, instant->instant);
    if (const auto* round = std::get_if<RoundEnd>(&point.deadline)) live.add(round->round_start);
    for (const auto& block : {point.timeout, point.if_past, point.if_absent}) {
      if (block) live.add(live_in(*block));
    }
    if (point.call) {
      // The engine knows an answer by its key, and which attempt it is for.
      live.add(graph_.at(*point.call).rounds);
      if (const auto attempt = graph_.at(*point.call).attempt) live.add(*attempt);
    }
    for (const Arm& arm : point.arms) {
      live.add(live_after(point, arm));
      std::visit(Overloaded{
                     [&](const EventTrigger& trigger) {
                       read(live, trigger.where, trigger.binding);
                       if (trigger.step_start) live.add(*trigger.step_start);
                       if (trigger.step_ordinal) live.add(*trigger.step_ordinal);
                     },
                     [&](const ReceiptTrigger& trigger) { live.add(trigger.delivery); },
                     [&](const ConditionTrigger& trigger) { read(live, trigger.condition); },
                     [](const AnswerTrigger&) {},
                 },
                 arm.trigger);
    }
    return live;
  }

  Graph& graph_;
  std::vector<SlotSet> live_in_;
};

}  // namespace

void compute_liveness(Graph& graph) {
  Liveness(graph).run();
}

}  // namespace wend::flow
