#pragma once

#include "compiler/emit/code.h"
#include "compiler/flow/graph.h"

namespace wend::emit {

/// Turns the graph of a journey into its part of a program: one body function with an entry for everything that can wake an
/// instance or ask something of it.
[[nodiscard]] bytecode::Journey emit_journey(ProgramBuilder& builder, const flow::Graph& graph, const source::Sources* sources);

}  // namespace wend::emit
