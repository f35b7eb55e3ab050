#include "compiler/sema/slot_ranges.h"

#include <algorithm>
#include <cassert>

namespace wend::sema {
namespace {

using bytecode::SlotRange;

/// In order, and what touches is one range.
SlotRanges normalised(SlotRanges ranges) {
  std::ranges::sort(ranges, {}, &SlotRange::first);
  SlotRanges result;
  for (const SlotRange& range : ranges) {
    if (!result.empty() && result.back().end == range.first) {
      result.back().end = range.end;
    } else {
      result.push_back(range);
    }
  }
  return result;
}

SlotRanges unowned(const std::vector<SlotOwner>& owners) {
  SlotRanges owned;
  for (const SlotOwner& owner : owners) owned.insert(owned.end(), owner.ranges.begin(), owner.ranges.end());
  SlotRanges free;
  std::uint32_t end = 0;
  for (const SlotRange& range : normalised(std::move(owned))) {
    if (range.first > end) free.push_back({end, range.first});
    end = range.end;
  }
  if (end < k_slots) free.push_back({end, static_cast<std::uint32_t>(k_slots)});
  return free;
}

}  // namespace

std::int64_t count_slots(const SlotRanges& ranges) {
  std::int64_t count = 0;
  for (const SlotRange& range : ranges) count += range.end - range.first;
  return count;
}

void reassign(std::vector<SlotOwner>& owners) {
  for (SlotOwner& owner : owners) {
    for (std::int64_t surplus = count_slots(owner.ranges) - owner.wanted; surplus > 0;) {
      SlotRange& last = owner.ranges.back();
      const auto given = static_cast<std::uint32_t>(std::min<std::int64_t>(surplus, last.end - last.first));
      last.end -= given;
      surplus -= given;
      if (last.first == last.end) owner.ranges.pop_back();
    }
  }
  SlotRanges free = unowned(owners);
  for (SlotOwner& owner : owners) {
    for (std::int64_t missing = owner.wanted - count_slots(owner.ranges); missing > 0;) {
      assert(!free.empty());
      SlotRange& next = free.front();
      const auto taken = static_cast<std::uint32_t>(std::min<std::int64_t>(missing, next.end - next.first));
      owner.ranges.push_back({next.first, next.first + taken});
      next.first += taken;
      missing -= taken;
      if (next.first == next.end) free.erase(free.begin());
    }
    owner.ranges = normalised(std::move(owner.ranges));
  }
}

std::int64_t layer_share(std::size_t index, std::size_t count) {
  const auto parts = static_cast<std::int64_t>(count);
  return k_slots / parts + (static_cast<std::int64_t>(index) < k_slots % parts ? 1 : 0);
}

std::map<std::string, std::vector<std::size_t>> experiments_by_layer(const Model& model) {
  std::map<std::string, std::vector<std::size_t>> layers;
  for (std::size_t i = 0; i < model.experiments.size(); ++i) {
    if (!model.experiments[i].layer.empty()) layers[model.experiments[i].layer].push_back(i);
  }
  return layers;
}

void assign_in_order(Model& model) {
  for (Experiment& experiment : model.experiments) {
    std::uint32_t next = 0;
    for (ExperimentArm& arm : experiment.arms) {
      arm.ranges.clear();
      if (arm.slots > 0) arm.ranges.push_back({next, next + arm.slots});
      next += arm.slots;
    }
  }
  for (const auto& [layer, experiments] : experiments_by_layer(model)) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < experiments.size(); ++i) {
      const auto share = static_cast<std::uint32_t>(layer_share(i, experiments.size()));
      model.experiments[experiments[i]].layer_ranges = {{next, next + share}};
      next += share;
    }
  }
}

}  // namespace wend::sema
