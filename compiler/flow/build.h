#pragma once

#include "compiler/flow/graph.h"

namespace wend::flow {

/// Makes the graph of one journey of a model without errors. `WaitingPoint::kept` is still empty: see liveness.h.
[[nodiscard]] Graph build(const sema::Model& model, const sema::Journey& journey);

}  // namespace wend::flow
