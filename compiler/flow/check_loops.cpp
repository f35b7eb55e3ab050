#include <algorithm>
#include <optional>

#include "compiler/flow/checks.h"
#include "compiler/flow/edges.h"

namespace wend::flow {
namespace {

// More places than this would not help a reader to see the way round.
constexpr std::size_t k_places_max = 6;

// The edges of a way from a round's beginning to the next one's that takes no time; nullopt when every way takes time.
std::optional<std::vector<Edge>> timeless_round(const Graph& graph, const Loop& loop) {
  std::vector<std::optional<std::pair<BlockId, Edge>>> came_by(graph.blocks.size());
  std::vector<BlockId> open = {loop.body};
  std::vector<bool> seen(graph.blocks.size(), false);
  seen[static_cast<std::size_t>(loop.body)] = true;
  while (!open.empty()) {
    const BlockId block = open.back();
    open.pop_back();
    for (const Edge& edge : edges_from(graph, graph.at(block))) {
      const auto to = static_cast<std::size_t>(edge.to);
      if (edge.takes_time || seen[to]) continue;
      seen[to] = true;
      came_by[to] = {block, edge};
      open.push_back(edge.to);
    }
  }
  if (!seen[static_cast<std::size_t>(loop.again)]) return std::nullopt;
  std::vector<Edge> way;
  for (BlockId at = loop.again; at != loop.body;) {
    const auto& [from, edge] = *came_by[static_cast<std::size_t>(at)];
    if (!std::holds_alternative<Jump>(graph.at(from).terminator)) way.push_back(edge);
    at = from;
  }
  std::reverse(way.begin(), way.end());
  return way;
}

std::string reason(const Graph& graph, const Edge& edge) {
  if (!edge.point) return "this way";
  const WaitingPoint& point = graph.at(*edge.point);
  if (edge.to == point.if_past) return "the instant may have passed already";
  if (edge.to == point.if_absent) return "the instant may be absent";
  for (const Arm& arm : point.arms) {
    if (arm.body == edge.to && std::holds_alternative<ConditionTrigger>(arm.trigger)) return "the condition may hold at once";
  }
  return "the event may have come before, and it still counts";
}

}  // namespace

void check_loops(const Graph& graph, std::vector<diag::Diagnostic>& findings) {
  const std::vector<bool> reached = reachable_blocks(graph);
  for (const Loop& loop : graph.loops) {
    if (!reached[static_cast<std::size_t>(loop.body)]) continue;
    const auto way = timeless_round(graph, loop);
    if (!way) continue;
    diag::Diagnostic finding(diag::Kind::loop_takes_no_time, loop.span);
    finding.label("a round can end as soon as it begins");
    std::size_t shown = 0;
    for (const Edge& edge : *way) {
      // The loop's own count is no place on the way.
      if (edge.span == loop.span || ++shown > k_places_max) continue;
      finding.secondary(edge.span, reason(graph, edge));
    }
    finding.help("every way through the body must `wait` or `await` something new; `every 1 day` after `repeat` spaces the rounds");
    findings.push_back(std::move(finding));
  }
}

}  // namespace wend::flow
