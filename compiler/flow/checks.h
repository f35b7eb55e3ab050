#pragma once

#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/flow/graph.h"

namespace wend::flow {

// Findings about one journey's graph, in any order of place.

/// E0401: a loop of which a round can pass without time passing. The reaction would not end.
void check_loops(const Graph& graph, std::vector<diag::Diagnostic>& findings);
/// E0402: an event that an await means to hear can come while the instance waits elsewhere, and the author did not say
/// whether that counts. For each such arm a backward search for a waiting point that does not listen: O(arms · edges).
void check_missed_events(const sema::Model& model, const Graph& graph, std::vector<diag::Diagnostic>& findings);
/// W0940: an event ends a loop, only what comes from now on counts, and a wait inside the loop does not hear it.
void check_deaf_waits(const sema::Model& model, const Graph& graph, std::vector<diag::Diagnostic>& findings);

/// W0961: a wait whose end can only come when the instance has expired.
void check_lifetime(const Graph& graph, std::vector<diag::Diagnostic>& findings);
/// E0490: journeys that start each other by `emit` and `hand off to`, all round without time passing. On the graph of entries, by a
/// search depth first.
void check_handovers(const sema::Model& model, const std::vector<Graph>& graphs, std::vector<diag::Diagnostic>& findings);

}  // namespace wend::flow
