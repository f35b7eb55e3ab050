#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/sema/model.h"

// Which slots are whose.

namespace wend::sema {

inline constexpr std::int64_t k_slots = 1'000'000;

/// How many slots.
[[nodiscard]] std::int64_t count_slots(const SlotRanges& ranges);

/// An owner of slots before and after an edit of the shares.
struct SlotOwner {
  SlotRanges ranges;        ///< before: disjoint from those of the others, and in order
  std::int64_t wanted = 0;  ///< those of all owners add up to `k_slots`
};
/// Whoever shrinks gives up slots from its end; whoever grows takes, in the owners' order, from those and from what nobody owned. Nobody
/// else's slots move.
void reassign(std::vector<SlotOwner>& owners);

/// Shares of a layer among so many experiments: equal, and the first ones have what is left over.
[[nodiscard]] std::int64_t layer_share(std::size_t index, std::size_t count);

/// Ranges one behind the other, in the order of the text: for projects without a lock.
void assign_in_order(Model& model);

/// By name, the experiments of each layer in the order of the text.
[[nodiscard]] std::map<std::string, std::vector<std::size_t>> experiments_by_layer(const Model& model);

}  // namespace wend::sema
