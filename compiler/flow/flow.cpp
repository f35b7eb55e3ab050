#include "compiler/flow/flow.h"

#include <algorithm>

#include "compiler/flow/build.h"
#include "compiler/flow/checks.h"
#include "compiler/flow/edges.h"
#include "compiler/flow/liveness.h"

namespace wend::flow {

FlowResult analyse(const sema::Model& model) {
  FlowResult result;
  for (const sema::Journey& journey : model.journeys) {
    Graph graph = build(model, journey);
    drop_unreachable(graph);
    time_forks(graph);
    compute_liveness(graph);
    check_loops(graph, result.diagnostics);
    check_missed_events(model, graph, result.diagnostics);
    check_deaf_waits(model, graph, result.diagnostics);
    check_lifetime(graph, result.diagnostics);
    result.graphs.push_back(std::move(graph));
  }
  check_handovers(model, result.graphs, result.diagnostics);
  return result;
}

bool FlowResult::has_errors() const {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const diag::Diagnostic& each) { return each.severity() == diag::Severity::error; });
}

}  // namespace wend::flow
