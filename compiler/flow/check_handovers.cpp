#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compiler/flow/checks.h"
#include "compiler/flow/edges.h"

namespace wend::flow {
namespace {

// An entry of a journey, numbered through all journeys.
struct Node {
  std::size_t journey = 0;
  std::size_t entry = 0;
};

// What an instance that came in by one entry does to let the other one happen, without time passing since it entered.
struct Handover {
  std::size_t to = 0;  // Node
  Span span;
  std::string what;
};

// By block: whether control comes there from `from` without time passing.
std::vector<bool> timeless_from(const Graph& graph, BlockId from) {
  std::vector<bool> seen(graph.blocks.size(), false);
  std::vector<BlockId> open = {from};
  seen[static_cast<std::size_t>(from)] = true;
  while (!open.empty()) {
    const BlockId block = open.back();
    open.pop_back();
    for (const Edge& edge : edges_from(graph, graph.at(block))) {
      if (edge.takes_time || seen[static_cast<std::size_t>(edge.to)]) continue;
      seen[static_cast<std::size_t>(edge.to)] = true;
      open.push_back(edge.to);
    }
  }
  return seen;
}

class Handovers {
 public:
  Handovers(const sema::Model& model, const std::vector<Graph>& graphs) : model_(model), graphs_(graphs) {
    for (std::size_t journey = 0; journey < graphs.size(); ++journey) {
      for (std::size_t entry = 0; entry < graphs[journey].entries.size(); ++entry) nodes_.push_back({journey, entry});
    }
    for (std::size_t node = 0; node < nodes_.size(); ++node) edges_.push_back(edges_of(nodes_[node]));
  }

  // Each round once: what is on it is not begun from again.
  void report(std::vector<diag::Diagnostic>& findings) {
    state_.assign(nodes_.size(), State::fresh);
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
      if (state_[node] == State::fresh) visit(node, findings);
    }
  }

 private:
  enum class State : std::uint8_t { fresh, open, done };

  const sema::Entry& entry_of(const Node& node) const { return graphs_[node.journey].journey->entries[node.entry]; }

  // A cooldown takes time, and what happens once does not come round.
  static bool takes_time(const sema::Entry& entry) { return entry.cooldown || entry.once_ever; }

  // Whether somebody can come in again right after an instance has done this in the block: it is over then, or does not count.
  bool can_reenter(const Graph& graph, const sema::Entry& entry, BlockId block) const {
    if (entry.already != sema::AlreadyRunning::ignore || entry.one_per != nullptr) return true;
    const std::vector<bool> seen = timeless_from(graph, block);
    for (std::size_t i = 0; i < seen.size(); ++i) {
      const Terminator& terminator = graph.blocks[i].terminator;
      if (seen[i] && (std::holds_alternative<End>(terminator) || std::holds_alternative<HandOff>(terminator))) return true;
    }
    return false;
  }

  std::vector<Handover> edges_of(const Node& node) const {
    std::vector<Handover> edges;
    const Graph& graph = graphs_[node.journey];
    const sema::Entry& entry = entry_of(node);
    if (takes_time(entry)) return edges;
    const std::vector<bool> seen = timeless_from(graph, graph.entries[node.entry]);
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (!seen[i]) continue;
      for (const Operation& operation : graph.blocks[i].operations) {
        const auto* emit = std::get_if<Emit>(&operation.node);
        if (emit == nullptr || !can_reenter(graph, entry, static_cast<BlockId>(i))) continue;
        const std::string what = fmt::format("`{}` emits `{}`", graph.journey->name, model_.at(emit->event).name);
        add(edges, operation.span, what, [&](const Node&, const sema::Entry& to) { return to.event == emit->event; });
      }
      const auto* hand_off = std::get_if<HandOff>(&graph.blocks[i].terminator);
      if (hand_off == nullptr) continue;
      const std::string what = fmt::format("`{}` hands over to `{}`", graph.journey->name, model_.at(hand_off->journey).name);
      add(edges, graph.blocks[i].span, what, [&](const Node& at, const sema::Entry& to) {
        return to.handoff && at.journey == static_cast<std::size_t>(hand_off->journey);
      });
    }
    return edges;
  }
  template <typename Leads>
  void add(std::vector<Handover>& edges, Span span, const std::string& what, const Leads& leads) const {
    for (std::size_t to = 0; to < nodes_.size(); ++to) {
      const sema::Entry& entry = entry_of(nodes_[to]);
      if (!takes_time(entry) && leads(nodes_[to], entry)) edges.push_back({to, span, what});
    }
  }

  // Depth first, without recursion: as many journeys as a project has may hand over in a row.
  void visit(std::size_t root, std::vector<diag::Diagnostic>& findings) {
    struct Visit {
      std::size_t node = 0;
      std::size_t next = 0;
    };
    std::vector<Visit> way = {{root, 0}};
    state_[root] = State::open;
    while (!way.empty()) {
      Visit& at = way.back();
      if (at.next == edges_[at.node].size()) {
        state_[at.node] = State::done;
        way.pop_back();
        continue;
      }
      const std::size_t to = edges_[at.node][at.next++].to;
      if (state_[to] == State::open) {
        const auto begin = std::find_if(way.begin(), way.end(), [&](const Visit& each) { return each.node == to; });
        std::vector<const Handover*> round;
        for (auto each = begin; each != way.end(); ++each) round.push_back(&edges_[each->node][each->next - 1]);
        findings.push_back(finding(round));
      } else if (state_[to] == State::fresh) {
        state_[to] = State::open;
        way.push_back({to, 0});
      }
    }
  }

  static diag::Diagnostic finding(const std::vector<const Handover*>& round) {
    diag::Diagnostic result(diag::Kind::journeys_take_no_time, round.front()->span);
    result.label(round.front()->what);
    for (std::size_t i = 1; i < round.size(); ++i) result.secondary(round[i]->span, round[i]->what);
    result.note("the consequences of one input are heard one after the other, and here they never end");
    result.help("let time pass on the way round (`wait …`), or let an entry say `cooldown …` or `once ever`");
    return result;
  }

  const sema::Model& model_;
  const std::vector<Graph>& graphs_;
  std::vector<Node> nodes_;
  std::vector<std::vector<Handover>> edges_;  // by node
  std::vector<State> state_;
};

}  // namespace

void check_handovers(const sema::Model& model, const std::vector<Graph>& graphs, std::vector<diag::Diagnostic>& findings) {
  Handovers(model, graphs).report(findings);
}

}  // namespace wend::flow
