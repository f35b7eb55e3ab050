// A customer who is forgotten: what ends, what stays, and what a later input finds.

#include <gtest/gtest.h>

#include "tests/engine/shop.h"

namespace wend::engine::testing {
namespace {

struct Erasure : ::testing::Test {
  Shop shop;
  Simple simple{shop, shop.buy, {.greets = true}};
  EngineRun run() {
    simple.finish();
    return EngineRun(shop.b.program);
  }
  static void erase(EngineRun& run, TimestampMs at, std::string_view customer) {
    run.append({.tag = RecordTag::erasure, .t_log = at, .t_event = at, .customer = std::string(customer)});
  }
  static void merge(EngineRun& run, TimestampMs at, std::string_view customer, std::string_view previous) {
    run.append({.tag = RecordTag::merge, .t_log = at, .t_event = at, .customer = std::string(customer), .body = std::string(previous)});
  }
};

TEST_F(Erasure, ends_instances_without_running_anything) {
  EngineRun run = this->run();
  run.set(k_start, "ada", shop.email, text("ada@example.test"));
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.take_lines();
  erase(run, k_start + h, "ada");
  EXPECT_EQ(run.take_lines(), Lines{"ada exited erased @1300003600000"});
  EXPECT_EQ(run.engine().counters().erasures, 1u);
  run.tick(k_start + 100 * h);
  EXPECT_EQ(run.take_lines(), Lines{}) << "its timer is passed over";
  EXPECT_EQ(run.waiting_steps(), Lines{});
}

TEST_F(Erasure, passes_over_what_comes_later) {
  EngineRun run = this->run();
  erase(run, k_start, "ada");
  EXPECT_FALSE(run.engine().find_customer("ada")) << "an id that was never heard of is suppressed all the same";
  run.set(k_start + 1, "ada", shop.email, text("ada@example.test"));
  run.event(k_start + 2, "ada", shop.begin, {word(1)});
  erase(run, k_start + 3, "ada");
  EXPECT_EQ(run.take_lines(), Lines{});
  EXPECT_EQ(run.engine().counters().suppressed_inputs, 3u);
  EXPECT_EQ(run.engine().counters().entered, 0u);
  run.event(k_start + 4, "ben", shop.begin, {word(1)});
  EXPECT_EQ(run.engine().counters().entered, 1u) << "others are not concerned";
}

TEST_F(Erasure, reaches_every_id_of_the_customer) {
  EngineRun run = this->run();
  run.event(k_start, "anonymous", shop.begin, {word(1)});
  merge(run, k_start + 1, "ada", "anonymous");
  merge(run, k_start + 2, "ada", "device");
  run.take_lines();
  erase(run, k_start + 3, "anonymous");
  EXPECT_EQ(run.take_lines(), Lines{"ada exited erased @1300000000003"});
  for (const char* id : {"ada", "anonymous", "device"}) {
    EXPECT_FALSE(run.engine().find_customer(id)) << id;
    run.event(k_start + 4, id, shop.begin, {word(1)});
  }
  EXPECT_EQ(run.engine().counters().suppressed_inputs, 3u);
}

TEST_F(Erasure, cannot_be_undone_by_a_merge) {
  EngineRun run = this->run();
  run.event(k_start, "ben", shop.begin, {word(1)});
  erase(run, k_start, "ada");
  merge(run, k_start + 1, "ada", "ben");
  merge(run, k_start + 2, "ben", "ada");
  EXPECT_EQ(run.engine().counters().suppressed_inputs, 2u);
  EXPECT_EQ(run.engine().counters().merges, 0u);
  EXPECT_EQ(run.waiting_steps().size(), 1u) << "ben goes on as himself";
  EXPECT_FALSE(run.engine().find_customer("ada"));
}

TEST_F(Erasure, is_in_snapshots_and_leaves_nothing_of_the_customer_in_them) {
  EngineRun run = this->run();
  run.set(k_start, "ada", shop.email, text("ada@example.test"));
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start, "ben", shop.begin, {word(1)});
  erase(run, k_start + 1, "ada");
  std::vector<std::pair<uint32_t, std::string>> pages;
  run.engine().write_dirty_pages([&](uint32_t page, std::string_view bytes) { pages.emplace_back(page, bytes); });
  for (const auto& [page, bytes] : pages) EXPECT_EQ(bytes.find("ada"), std::string::npos) << page;

  EngineRun again(shop.b.program);
  for (const auto& [page, bytes] : pages) ASSERT_TRUE(again.engine().load_page(page, bytes));
  ASSERT_TRUE(again.engine().finish_loading());
  EXPECT_FALSE(again.engine().find_customer("ada"));
  EXPECT_TRUE(again.engine().find_customer("ben"));
}

}  // namespace
}  // namespace wend::engine::testing
