#pragma once

#include "compiler/emit/code.h"
#include "compiler/flow/graph.h"

namespace wend::emit {

/// Where a `flow::Probe` came to stand.
struct PlacedProbe {
  std::uint32_t place = 0;
  std::uint32_t pc = 0;
};
struct EmittedJourney {
  bytecode::Journey journey;
  std::vector<PlacedProbe> probes;
};

/// Turns the graph of a journey into its part of a program: one body function with an entry for everything that can wake an
/// instance or ask something of it.
[[nodiscard]] EmittedJourney emit_journey(ProgramBuilder& builder, const flow::Graph& graph, const source::Sources* sources);

}  // namespace wend::emit
