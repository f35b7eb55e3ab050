// Two ids of one customer: what becomes of the instances and of everything that is remembered.

#include <gtest/gtest.h>

#include "tests/engine/shop.h"

namespace wend::engine::testing {
namespace {

struct Merge : ::testing::Test {
  Shop shop;
  Simple simple{shop, shop.buy};
  EngineRun run() {
    simple.finish();
    return EngineRun(shop.b.program);
  }
  static void merge(EngineRun& run, TimestampMs at, std::string_view customer, std::string_view previous) {
    run.append({.tag = RecordTag::merge, .t_log = at, .t_event = at, .customer = std::string(customer), .body = std::string(previous)});
  }
  static void assign(EngineRun& run, TimestampMs at, std::string_view customer, ExperimentId experiment, uint32_t arm) {
    OwnedEntry entry{.tag = RecordTag::assignment, .t_log = at, .t_event = at, .customer = std::string(customer)};
    write_assignment_body(entry.body, {experiment, arm});
    run.append(std::move(entry));
  }
};

TEST_F(Merge, instances_move_and_go_on) {
  EngineRun run = this->run();
  run.event(k_start, "anonymous", shop.begin, {word(1)});
  run.set(k_start, "ada", shop.email, text("ada@example.test"));
  run.take_lines();
  merge(run, k_start + 1, "ada", "anonymous");
  EXPECT_EQ(run.take_lines(), Lines{}) << "moving is no news";
  EXPECT_EQ(run.engine().counters().merges, 1u);
  run.event(k_start + 2, "anonymous", shop.buy, {word(7)});
  EXPECT_EQ(run.take_lines(), (Lines{"ada sent Bye 7 via mail @1300000000002 commit 1300000000002", "ada exited got @1300000000002"}))
      << "the old id is the same customer";
}

TEST_F(Merge, timers_move_with_their_instances) {
  EngineRun run = this->run();
  run.event(k_start, "anonymous", shop.begin, {word(1)});
  run.set(k_start, "ada", shop.email, text("ada@example.test"));
  merge(run, k_start + 1, "ada", "anonymous");
  run.take_lines();
  run.tick(k_start + 2 * h + 1);
  EXPECT_EQ(run.take_lines(), (Lines{"ada sent Bye -1 via mail @1300007200000 commit 1300007200000", "ada exited done @1300007200000"}));
  EXPECT_EQ(run.engine().counters().timers_fired, 1u);
}

TEST_F(Merge, of_two_instances_the_older_stays) {
  EngineRun run = this->run();
  run.event(k_start, "anonymous", shop.begin, {word(1)});
  run.event(k_start + 5, "ada", shop.begin, {word(2)});
  run.take_lines();
  merge(run, k_start + 6, "ada", "anonymous");
  EXPECT_EQ(run.take_lines(), Lines{"ada exited merged @1300000000006"});
  ASSERT_EQ(run.waiting_steps().size(), 1u);
  run.engine().for_each_waiting([&](const WaitingInstance& waiting) {
    EXPECT_EQ(waiting.entered_at, k_start);
    EXPECT_EQ(waiting.customer, *run.engine().find_customer("ada"));
  });
}

TEST_F(Merge, the_survivors_instance_stays_when_it_is_older) {
  EngineRun run = this->run();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 5, "anonymous", shop.begin, {word(2)});
  run.take_lines();
  merge(run, k_start + 6, "ada", "anonymous");
  EXPECT_EQ(run.take_lines(), Lines{"ada exited merged @1300000000006"});
  run.engine().for_each_waiting([&](const WaitingInstance& waiting) { EXPECT_EQ(waiting.entered_at, k_start); });
}

TEST_F(Merge, instances_that_may_run_side_by_side_both_go_on) {
  simple.j.journey.entries[0].already = bytecode::AlreadyRunning::alongside;
  EngineRun run = this->run();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 5, "anonymous", shop.begin, {word(2)});
  merge(run, k_start + 6, "ada", "anonymous");
  EXPECT_EQ(run.waiting_steps().size(), 2u);
}

TEST_F(Merge, the_survivors_attributes_win_and_gaps_are_filled) {
  EngineRun run = this->run();
  run.set(k_start, "anonymous", shop.email, text("old@example.test"));
  run.set(k_start, "anonymous", shop.phone, text("123"));
  run.set(k_start, "ada", shop.email, text("ada@example.test"));
  merge(run, k_start + 1, "ada", "anonymous");
  const CustomerNumber ada = *run.engine().find_customer("ada");
  EXPECT_EQ(run.engine().attribute(ada, shop.email).view(), "ada@example.test");
  EXPECT_EQ(run.engine().attribute(ada, shop.phone).view(), "123");
  EXPECT_EQ(run.engine().find_customer("anonymous"), ada);
}

TEST_F(Merge, a_consent_withdrawn_under_one_id_is_withdrawn) {
  EngineRun run = this->run();
  run.consent(k_start, "ada", shop.news, true);
  run.consent(k_start, "anonymous", shop.news, false);
  run.consent(k_start, "device", shop.news, true);
  merge(run, k_start + 1, "ben", "device");
  EXPECT_TRUE(run.engine().consent(*run.engine().find_customer("ben"), shop.news)) << "never set under the other id";
  merge(run, k_start + 2, "ada", "anonymous");
  EXPECT_FALSE(run.engine().consent(*run.engine().find_customer("ada"), shop.news));
}

TEST_F(Merge, the_first_exposure_stays_and_different_arms_exclude) {
  const ExperimentId experiment = shop.b.experiment("offer", {{"a", 500'000}, {"b", 500'000}});
  EngineRun run = this->run();
  assign(run, k_start, "anonymous", experiment, 1);
  assign(run, k_start, "ada", experiment, 0);
  assign(run, k_start, "device", experiment, 1);
  run.take_lines();
  merge(run, k_start + 1, "ada", "anonymous");
  EXPECT_EQ(run.take_lines(), Lines{"ada excluded from offer"});
  merge(run, k_start + 2, "ada", "device");
  EXPECT_EQ(run.take_lines(), Lines{}) << "same arm as the one that stays";
}

TEST_F(Merge, history_is_counted_together_and_starts_nothing) {
  const HistoryId bought = shop.b.history(shop.buy, Span(Period{0, 30}), 3);
  EngineRun run = this->run();
  run.event(k_start, "anonymous", shop.buy, {word(1)});
  run.event(k_start + 1, "ada", shop.buy, {word(2)});
  run.event(k_start + 2, "anonymous", shop.buy, {word(3)});
  run.event(k_start + 3, "anonymous", shop.buy, {word(4)});
  merge(run, k_start + 4, "ada", "anonymous");
  EXPECT_EQ(run.engine().history(*run.engine().find_customer("ada"), bought), 3) << "the newest three are kept";
  EXPECT_EQ(run.take_lines(), Lines{});
}

TEST_F(Merge, chains_lead_to_the_end_and_circles_are_no_merges) {
  EngineRun run = this->run();
  merge(run, k_start, "b", "a");
  merge(run, k_start, "c", "b");
  merge(run, k_start, "a", "c");
  merge(run, k_start, "c", "c");
  EXPECT_EQ(run.engine().counters().merges, 2u);
  run.set(k_start + 1, "a", shop.phone, text("1"));
  const auto survivor = run.engine().find_customer("c");
  ASSERT_TRUE(survivor);
  for (const char* id : {"a", "b"}) EXPECT_EQ(run.engine().find_customer(id), survivor) << id;
  EXPECT_EQ(run.engine().attribute(*survivor, shop.phone).view(), "1");
}

TEST_F(Merge, aliases_are_in_snapshots) {
  EngineRun run = this->run();
  run.event(k_start, "anonymous", shop.begin, {word(1)});
  merge(run, k_start, "ada", "anonymous");
  std::vector<std::pair<uint32_t, std::string>> pages;
  run.engine().write_dirty_pages([&](uint32_t page, std::string_view bytes) { pages.emplace_back(page, bytes); });
  EngineRun again(shop.b.program);
  for (const auto& [page, bytes] : pages) ASSERT_TRUE(again.engine().load_page(page, bytes));
  ASSERT_TRUE(again.engine().finish_loading());
  EXPECT_EQ(again.engine().find_customer("anonymous"), again.engine().find_customer("ada"));
  EXPECT_EQ(again.waiting_steps().size(), 1u);
}

TEST_F(Merge, an_instance_counts_what_its_own_id_has_heard_and_then_what_both_have) {
  const HistoryId query = shop.b.history(shop.begin, std::nullopt);
  simple.j.at(simple.await).arms.clear();
  simple.j.at(simple.await).arms.push_back({.signal = bytecode::SignalKind::event, .event = shop.buy, .entry = simple.j.entry_here(shop.buy)});
  simple.j.op(Opcode::load_history, JourneyBuilder::n(simple.n), JourneyBuilder::n(query))
      .send(simple.delivery, simple.bye, JourneyBuilder::n(simple.n))
      .end();
  EngineRun run = this->run();
  run.set(k_start, "ada", shop.email, text("ada@example.test"));
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 1, "ada", shop.begin, {word(1)});
  run.event(k_start + 2, "anonymous", shop.begin, {word(1)});
  run.event(k_start + 3, "anonymous", shop.begin, {word(1)});
  merge(run, k_start + 4, "ada", "anonymous");
  run.event(k_start + 5, "anonymous", shop.begin, {word(1)});
  run.take_lines();
  EngineRun again(shop.b.program);
  run.engine().write_dirty_pages([&](uint32_t page, std::string_view bytes) { ASSERT_TRUE(again.engine().load_page(page, bytes)); });
  EXPECT_TRUE(again.engine().finish_loading()) << "what is passed over is in snapshots";
  run.event(k_start + 6, "ada", shop.buy, {word(1)});
  EXPECT_EQ(run.take_lines().front(), "ada sent Bye 2 via mail @1300000000006 commit 1300000000006");
}

}  // namespace
}  // namespace wend::engine::testing
