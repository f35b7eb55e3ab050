#pragma once

#include <vector>

#include "compiler/flow/graph.h"

namespace wend::flow {

/// A way from one block to another, through a waiting point perhaps.
struct Edge {
  BlockId to{};
  /// Certain to end the reaction first: a wait, or an await that hears only what comes later.
  bool takes_time = false;
  std::optional<PointId> point;
  Span span;  ///< what to show a reader: the statement or the arm
};
[[nodiscard]] std::vector<Edge> edges_from(const Graph& graph, const Block& block);

/// By block: whether control can come there.
[[nodiscard]] std::vector<bool> reachable_blocks(const Graph& graph);

/// Finds out which forks take time.
void time_forks(Graph& graph);

/// Takes waiting points, send sites and forks that nothing reaches out of the graph's tables; their blocks stay, unreachable.
void drop_unreachable(Graph& graph);

}  // namespace wend::flow
