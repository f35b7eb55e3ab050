// Whoever's shares do not shrink keeps every slot, whatever the edits.

#include "compiler/sema/slot_ranges.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace wend::sema {
namespace {

using bytecode::SlotRange;

// By slot: who owns it; -1 for nobody. Fails when two do, or a range is empty or out of order.
std::vector<int> owners_of_slots(const std::vector<SlotOwner>& owners) {
  std::vector<int> result(k_slots, -1);
  for (std::size_t i = 0; i < owners.size(); ++i) {
    std::uint32_t end = 0;
    for (const SlotRange& range : owners[i].ranges) {
      EXPECT_TRUE(range.first >= end && range.first < range.end && range.end <= k_slots);
      // What touches is one range: equal assignments look the same.
      EXPECT_TRUE(end == 0 || range.first > end);
      end = range.end;
      for (std::uint32_t slot = range.first; slot < range.end; ++slot) {
        EXPECT_EQ(result[slot], -1);
        result[slot] = static_cast<int>(i);
      }
    }
  }
  return result;
}

// Shares that add up to all slots; now and then nothing for somebody.
void share_out(std::vector<SlotOwner>& owners, std::mt19937_64& random) {
  std::vector<std::int64_t> borders = {0, k_slots};
  while (borders.size() < owners.size() + 1) borders.push_back(static_cast<std::int64_t>(random() % (k_slots + 1)));
  std::ranges::sort(borders);
  for (std::size_t i = 0; i < owners.size(); ++i) owners[i].wanted = borders[i + 1] - borders[i];
}

TEST(SlotRanges, a_slot_changes_its_owner_only_when_that_owner_shrinks) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<SlotOwner> owners(1);
    owners[0].wanted = k_slots;
    reassign(owners);
    for (int edit = 0; edit < 12; ++edit) {
      if (random() % 3 == 0 && owners.size() < 8) owners.emplace_back();
      share_out(owners, random);
      const std::vector<int> before = owners_of_slots(owners);
      std::vector<std::int64_t> had;
      for (const SlotOwner& owner : owners) had.push_back(count_slots(owner.ranges));
      reassign(owners);
      const std::vector<int> after = owners_of_slots(owners);
      for (std::size_t i = 0; i < owners.size(); ++i) ASSERT_EQ(count_slots(owners[i].ranges), owners[i].wanted);
      std::size_t wrong = 0;
      for (std::size_t slot = 0; slot < after.size(); ++slot) {
        wrong += after[slot] == -1 ? 1 : 0;
        if (before[slot] == -1 || before[slot] == after[slot]) continue;
        const auto owner = static_cast<std::size_t>(before[slot]);
        wrong += owners[owner].wanted < had[owner] ? 0 : 1;
      }
      ASSERT_EQ(wrong, 0u) << "seed " << seed << ", edit " << edit;
      // What nobody edits does not move.
      const std::vector<SlotOwner> settled = owners;
      reassign(owners);
      for (std::size_t i = 0; i < owners.size(); ++i) ASSERT_EQ(owners[i].ranges, settled[i].ranges);
    }
  }
}

TEST(SlotRanges, a_shrinking_owner_gives_up_its_end) {
  std::vector<SlotOwner> owners = {{{{0, 500'000}}, 400'000}, {{{500'000, 1'000'000}}, 300'000}, {{}, 300'000}};
  reassign(owners);
  EXPECT_EQ(owners[0].ranges, (SlotRanges{{0, 400'000}}));
  EXPECT_EQ(owners[1].ranges, (SlotRanges{{500'000, 800'000}}));
  EXPECT_EQ(owners[2].ranges, (SlotRanges{{400'000, 500'000}, {800'000, 1'000'000}}));
}

TEST(SlotRanges, a_layer_is_divided_equally) {
  EXPECT_EQ(layer_share(0, 1), k_slots);
  EXPECT_EQ(layer_share(0, 3), 333'334);
  EXPECT_EQ(layer_share(1, 3), 333'333);
  EXPECT_EQ(layer_share(0, 3) + layer_share(1, 3) + layer_share(2, 3), k_slots);
}

}  // namespace
}  // namespace wend::sema
