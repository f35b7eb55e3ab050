#include <algorithm>
#include <span>

#include "compiler/flow/checks.h"
#include "compiler/flow/edges.h"

namespace wend::flow {
namespace {

using diag::Applicability;
using diag::Diagnostic;
using diag::Kind;

// Which waiting points lie before and after which, by blocks. Made once per journey.
class Order {
 public:
  explicit Order(const Graph& graph) : graph_(graph), into_(graph.blocks.size()) {
    for (std::size_t i = 0; i < graph.blocks.size(); ++i) {
      for (const Edge& edge : edges_from(graph, graph.blocks[i]))
        into_[static_cast<std::size_t>(edge.to)].push_back(static_cast<BlockId>(i));
    }
  }

  // Waiting points from which `point` can be reached, in text order.
  std::vector<PointId> before(PointId point) const {
    std::vector<BlockId> open;
    std::vector<bool> seen(graph_.blocks.size(), false);
    for (std::size_t i = 0; i < graph_.blocks.size(); ++i) {
      if (point_of(static_cast<BlockId>(i)) == point) open.push_back(static_cast<BlockId>(i));
    }
    std::vector<PointId> result;
    while (!open.empty()) {
      const BlockId block = open.back();
      open.pop_back();
      for (const BlockId from : into_[static_cast<std::size_t>(block)]) {
        if (seen[static_cast<std::size_t>(from)]) continue;
        seen[static_cast<std::size_t>(from)] = true;
        open.push_back(from);
        if (const auto waiting = point_of(from)) result.push_back(*waiting);
      }
    }
    std::sort(result.begin(), result.end());
    return result;
  }

  // Whether the instance can come from a block to a waiting point, without passing through `around`.
  bool leads_to(BlockId from, PointId point, std::optional<PointId> around = {}) const {
    std::vector<BlockId> open = {from};
    std::vector<bool> seen(graph_.blocks.size(), false);
    seen[static_cast<std::size_t>(from)] = true;
    while (!open.empty()) {
      const BlockId block = open.back();
      open.pop_back();
      const auto waiting = point_of(block);
      if (waiting == point) return true;
      if (waiting && waiting == around) continue;
      for (const Edge& edge : edges_from(graph_, graph_.at(block))) {
        if (seen[static_cast<std::size_t>(edge.to)]) continue;
        seen[static_cast<std::size_t>(edge.to)] = true;
        open.push_back(edge.to);
      }
    }
    return false;
  }

 private:
  std::optional<PointId> point_of(BlockId block) const { return flow::point_of(graph_.at(block)); }

  const Graph& graph_;
  std::vector<std::vector<BlockId>> into_;
};

bool hears(const Graph& graph, const WaitingPoint& point, sema::EventId event) {
  for (const sema::Exit& exit : graph.journey->exits) {
    if (exit.event == event) return true;
  }
  return std::any_of(point.arms.begin(), point.arms.end(), [&](const Arm& arm) {
    const auto* trigger = std::get_if<EventTrigger>(&arm.trigger);
    return trigger != nullptr && trigger->event == event;
  });
}

std::string kind_word(const WaitingPoint& point) {
  switch (point.kind) {
    case bytecode::PointKind::wait:
      return "wait";
    case bytecode::PointKind::await:
      return "await";
    case bytecode::PointKind::send:
      return "send, which the policy may delay";
    case bytecode::PointKind::call:
      return "call";
  }
  return {};
}

// Whether the points are in different branches of one fork: while the instance is at one, it may be at the other.
bool are_side_by_side(const Graph& graph, const WaitingPoint& a, const WaitingPoint& b) {
  for (auto place = a.within; place; place = graph.at(place->fork).within) {
    for (auto other = b.within; other; other = graph.at(other->fork).within) {
      if (place->fork == other->fork) return place->branch != other->branch;
    }
  }
  return false;
}

// Words to put after the signal, at its end.
diag::Replacement insertion(Span signal, std::string words) {
  return {{signal.file_id, signal.end, signal.end}, " " + std::move(words), Applicability::likely};
}

}  // namespace

void check_missed_events(const sema::Model& model, const Graph& graph, std::vector<Diagnostic>& findings) {
  const Order order(graph);
  for (std::size_t i = 0; i < graph.points.size(); ++i) {
    for (const Arm& arm : graph.points[i].arms) {
      const auto* trigger = std::get_if<EventTrigger>(&arm.trigger);
      if (trigger == nullptr || trigger->written) continue;
      const std::string& event = model.at(trigger->event).name;
      for (const PointId earlier : order.before(static_cast<PointId>(i))) {
        const WaitingPoint& point = graph.at(earlier);
        if (hears(graph, point, trigger->event)) continue;
        findings.push_back(Diagnostic(Kind::missed_event, arm.span)
                               .with("event", event)
                               .with("point", point.path)
                               .label("does an earlier one count?")
                               .secondary(point.span, "nobody listens for `" + event + "` during this " + kind_word(point))
                               .help("write `since entry` when an earlier one counts", insertion(arm.span, "since entry"))
                               .help("write `from now` when only a new one counts", insertion(arm.span, "from now")));
        break;
      }
    }
  }
}

void check_deaf_waits(const sema::Model& model, const Graph& graph, std::vector<Diagnostic>& findings) {
  const Order order(graph);
  for (std::size_t i = 0; i < graph.points.size(); ++i) {
    const auto here = static_cast<PointId>(i);
    const auto& arms = graph.points[i].arms;
    for (const Arm& arm : std::span(arms).subspan(graph.points[i].interrupts)) {
      const auto* trigger = std::get_if<EventTrigger>(&arm.trigger);
      const bool hears_only_new = trigger != nullptr && trigger->written && trigger->look_back == bytecode::LookBack::none;
      if (!hears_only_new || order.leads_to(arm.body, here)) continue;
      const std::string& event = model.at(trigger->event).name;
      const std::vector<PointId> before = order.before(here);
      if (!std::binary_search(before.begin(), before.end(), here)) continue;  // in no loop
      for (const PointId other : before) {
        const WaitingPoint& point = graph.at(other);
        if (are_side_by_side(graph, point, graph.points[i])) continue;
        const bool inside_the_loop = other != here && std::any_of(graph.points[i].arms.begin(), graph.points[i].arms.end(),
                                                                  [&](const Arm& way) { return order.leads_to(way.body, other, here); });
        const bool after_timeout = other != here && graph.points[i].timeout && order.leads_to(*graph.points[i].timeout, other, here);
        if ((!inside_the_loop && !after_timeout) || hears(graph, point, trigger->event)) continue;
        findings.push_back(Diagnostic(Kind::deaf_wait, point.span)
                               .with("event", event)
                               .with("point", point.path)
                               .label("an `" + event + "` that comes here is lost")
                               .secondary(arm.span, "this ends the loop, and hears only what comes from now on")
                               .help("hear it here too: put this into `do { … } interrupted by " + event + " { … }`")
                               .help("or let the earlier one count: `since entry`"));
      }
    }
  }
}

}  // namespace wend::flow
