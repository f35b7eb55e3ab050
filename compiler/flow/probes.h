#pragma once

#include <string>
#include <vector>

#include "compiler/flow/graph.h"

namespace wend::flow {

enum class PlaceKind : std::uint8_t {
#define WEND_PLACE_KIND(name, plural) name,
#include "compiler/flow/place_kinds.def"
#undef WEND_PLACE_KIND
};
[[nodiscard]] const char* plural(PlaceKind kind);
[[nodiscard]] const std::vector<PlaceKind>& place_kinds();

/// A place of a journey that a test can come to. Ways to it that the source writes once (an arm that several waiting points hear)
/// are one place.
struct Place {
  PlaceKind kind{};
  Span span;
  std::string what;  ///< what has not happened when nobody came here: "`if` was never true"
};

/// Puts a probe wherever control comes to a place, and gives the places, which probes number. What the graph's waiting points keep
/// stays as it is. Sends (whether one is made is the engine's to say) and exits in the journey's head have no probes.
[[nodiscard]] std::vector<Place> add_probes(const sema::Model& model, Graph& graph);

}  // namespace wend::flow
