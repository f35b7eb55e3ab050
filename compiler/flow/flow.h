#pragma once

#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/flow/graph.h"

namespace wend::flow {

struct FlowResult {
  std::vector<Graph> graphs;  ///< one per journey of the model, in its order
  std::vector<diag::Diagnostic> diagnostics;

  [[nodiscard]] bool has_errors() const;
};

/// Graphs of every journey, with what waiting points keep, and the findings that need a graph. The model has no errors and
/// outlives the result.
[[nodiscard]] FlowResult analyse(const sema::Model& model);

}  // namespace wend::flow
