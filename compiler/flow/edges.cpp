#include "compiler/flow/edges.h"

#include <algorithm>

#include "compiler/flow/walk.h"

namespace wend::flow {
namespace {

bool hears_the_past(const Arm& arm) {
  const auto* event = std::get_if<EventTrigger>(&arm.trigger);
  return event != nullptr && event->look_back != bytecode::LookBack::none;
}

// A condition may hold, and a kept event may be there, when the await is armed; and where there is no outside to ask, a call is answered
// as it is made: such an arm runs at once.
bool arm_takes_time(const Arm& arm) {
  return !hears_the_past(arm) && !std::holds_alternative<ConditionTrigger>(arm.trigger) &&
         !std::holds_alternative<AnswerTrigger>(arm.trigger);
}

void add_point_edges(const Graph& graph, PointId id, std::vector<Edge>& edges) {
  const WaitingPoint& point = graph.at(id);
  if (point.timeout) edges.push_back({*point.timeout, true, id, point.span});
  if (point.if_past) edges.push_back({*point.if_past, false, id, point.span});
  if (point.if_absent) edges.push_back({*point.if_absent, false, id, point.span});
  for (const Arm& arm : point.arms) edges.push_back({arm.body, arm_takes_time(arm), id, arm.span});
}

// Behind a `parallel` comes nobody before all its branches have ended: the end that is reached last leads on.
bool may_go_on(const Graph& graph, const Block& block, const std::vector<bool>& reached) {
  const auto* end = std::get_if<EndBranch>(&block.terminator);
  if (end == nullptr || graph.at(end->fork).kind == bytecode::ForkKind::race) return true;
  const std::vector<BlockId>& ends = graph.at(end->fork).ends;
  return std::all_of(ends.begin(), ends.end(), [&](BlockId each) { return reached[static_cast<std::size_t>(each)]; });
}

bool leads_without_time(const Graph& graph, BlockId from, BlockId to) {
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
  return seen[static_cast<std::size_t>(to)];
}

}  // namespace

std::vector<Edge> edges_from(const Graph& graph, const Block& block) {
  std::vector<Edge> edges;
  const auto direct = [&](BlockId to) { edges.push_back({to, false, std::nullopt, block.span}); };
  std::visit(Overloaded{
                 [&](const Jump& node) { direct(node.to); },
                 [&](const Branch& node) {
                   direct(node.yes);
                   direct(node.no);
                 },
                 [&](const Match& node) {
                   for (const MatchArm& arm : node.arms) direct(arm.to);
                 },
                 [&](const Split& node) {
                   for (const SplitArm& arm : node.arms) direct(arm.to);
                 },
                 [&](const IfSent& node) {
                   direct(node.yes);
                   direct(node.no);
                 },
                 [&](const IfRoundsLeft& node) {
                   direct(node.yes);
                   direct(node.no);
                 },
                 [&](const DelayableSend& node) {
                   direct(node.next);
                   add_point_edges(graph, node.point, edges);
                 },
                 [&](const Suspend& node) { add_point_edges(graph, node.point, edges); },
                 [&](const Call& node) { add_point_edges(graph, node.point, edges); },
                 [&](const Fork& node) {
                   for (const BlockId branch : graph.at(node.fork).branches) direct(branch);
                 },
                 [&](const EndBranch& node) {
                   const ForkInfo& fork = graph.at(node.fork);
                   edges.push_back({fork.join, fork.takes_time, std::nullopt, block.span});
                 },
                 [](const End&) {},
                 [](const HandOff&) {},
             },
             block.terminator);
  return edges;
}

std::vector<bool> reachable_blocks(const Graph& graph) {
  std::vector<bool> reached(graph.blocks.size(), false);
  std::vector<BlockId> open = graph.entries;
  for (const BlockId entry : graph.entries) reached[static_cast<std::size_t>(entry)] = true;
  while (!open.empty()) {
    const BlockId block = open.back();
    open.pop_back();
    if (!may_go_on(graph, graph.at(block), reached)) continue;
    for (const Edge& edge : edges_from(graph, graph.at(block))) {
      if (reached[static_cast<std::size_t>(edge.to)]) continue;
      reached[static_cast<std::size_t>(edge.to)] = true;
      open.push_back(edge.to);
    }
  }
  return reached;
}

void time_forks(Graph& graph) {
  for (std::size_t i = graph.forks.size(); i-- > 0;) {
    ForkInfo& fork = graph.forks[i];
    std::size_t timeless = 0;
    for (std::size_t branch = 0; branch < fork.branches.size(); ++branch) {
      timeless += leads_without_time(graph, fork.branches[branch], fork.ends[branch]) ? 1 : 0;
    }
    fork.takes_time = fork.kind == bytecode::ForkKind::race ? timeless == 0 : timeless < fork.branches.size();
  }
}

void drop_unreachable(Graph& graph) {
  const std::vector<bool> reached = reachable_blocks(graph);
  std::vector<bool> point_used(graph.points.size(), false);
  std::vector<bool> site_used(graph.sites.size(), false);
  std::vector<bool> call_used(graph.calls.size(), false);
  std::vector<bool> fork_used(graph.forks.size(), false);
  for (std::size_t i = 0; i < graph.blocks.size(); ++i) {
    if (!reached[i]) {
      graph.blocks[i] = Block();
      continue;
    }
    if (const auto* call = std::get_if<Call>(&graph.blocks[i].terminator)) call_used[static_cast<std::size_t>(call->call)] = true;
    if (const auto* fork = std::get_if<Fork>(&graph.blocks[i].terminator)) fork_used[static_cast<std::size_t>(fork->fork)] = true;
    if (const auto point = point_of(graph.blocks[i])) point_used[static_cast<std::size_t>(*point)] = true;
    if (const auto* send = std::get_if<DelayableSend>(&graph.blocks[i].terminator)) site_used[static_cast<std::size_t>(send->site)] = true;
    for (const Operation& operation : graph.blocks[i].operations) {
      if (const auto* send = std::get_if<Send>(&operation.node)) site_used[static_cast<std::size_t>(send->site)] = true;
    }
  }
  const auto compact = [](auto& items, const std::vector<bool>& used) {
    std::vector<std::uint32_t> renumbered(items.size());
    std::size_t kept = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
      renumbered[i] = static_cast<std::uint32_t>(kept);
      if (!used[i]) continue;
      if (kept != i) items[kept] = std::move(items[i]);
      ++kept;
    }
    items.resize(kept);
    return renumbered;
  };
  const std::vector<std::uint32_t> points = compact(graph.points, point_used);
  const std::vector<std::uint32_t> sites = compact(graph.sites, site_used);
  const std::vector<std::uint32_t> forks = compact(graph.forks, fork_used);
  const auto renumber_fork = [&](ForkId& id) { id = ForkId{forks[static_cast<std::size_t>(id)]}; };
  const std::vector<std::uint32_t> calls = compact(graph.calls, call_used);
  const auto renumber_call = [&](CallId& id) { id = CallId{calls[static_cast<std::size_t>(id)]}; };
  for (CallSite& call : graph.calls) call.point = PointId{points[static_cast<std::size_t>(call.point)]};
  for (WaitingPoint& point : graph.points) {
    if (point.call) renumber_call(*point.call);
    if (point.within) renumber_fork(point.within->fork);
  }
  for (ForkInfo& fork : graph.forks) {
    if (fork.within) renumber_fork(fork.within->fork);
  }
  for (SendSite& site : graph.sites) {
    if (site.delayed_at) site.delayed_at = PointId{points[static_cast<std::size_t>(*site.delayed_at)]};
  }
  for (Block& block : graph.blocks) {
    if (auto* suspend = std::get_if<Suspend>(&block.terminator)) suspend->point = PointId{points[static_cast<std::size_t>(suspend->point)]};
    if (auto* send = std::get_if<DelayableSend>(&block.terminator)) {
      send->point = PointId{points[static_cast<std::size_t>(send->point)]};
      send->site = SiteId{sites[static_cast<std::size_t>(send->site)]};
    }
    if (auto* call = std::get_if<Call>(&block.terminator)) {
      renumber_call(call->call);
      call->point = PointId{points[static_cast<std::size_t>(call->point)]};
    }
    if (auto* fork = std::get_if<Fork>(&block.terminator)) renumber_fork(fork->fork);
    if (auto* end = std::get_if<EndBranch>(&block.terminator)) renumber_fork(end->fork);
    for (Operation& operation : block.operations) {
      if (auto* send = std::get_if<Send>(&operation.node)) send->site = SiteId{sites[static_cast<std::size_t>(send->site)]};
    }
  }
}

}  // namespace wend::flow
