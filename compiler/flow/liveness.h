#pragma once

#include "compiler/flow/graph.h"

namespace wend::flow {

/// Fills in `WaitingPoint::kept` and `BindEvent::fields`: which slots are read later on some path, through exits and through
/// what follows every way of waking up included. A backward data-flow analysis over blocks, to the least fixed point.
void compute_liveness(Graph& graph);

}  // namespace wend::flow
