// When timers fire, and what clocks their reactions have.

#include <gtest/gtest.h>

#include "tests/engine/shop.h"

namespace wend::engine::testing {
namespace {

struct Timers : ::testing::Test {
  Shop shop;
  EngineRun run_of(const Simple::Options& options, EventId awaited) {
    Simple(shop, awaited, options).finish();
    return EngineRun(shop.b.program);
  }
};

TEST_F(Timers, fire_before_an_entry_with_a_later_t_log) {
  EngineRun run = run_of({}, shop.buy);
  run.set(k_start, "ada", shop.email, text("a"));
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.tick(k_start + 2 * h);
  EXPECT_EQ(run.take_lines(), Lines{"ada entered simple @1300000000000"});
  run.tick(k_start + 2 * h + 1);
  EXPECT_EQ(run.take_lines(), (Lines{"ada sent Bye -1 via mail @1300007200000 commit 1300007200000", "ada exited done @1300007200000"}));
}

TEST_F(Timers, an_event_at_the_deadline_wins) {
  EngineRun run = run_of({}, shop.buy);
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.event(k_start + 2 * h, "ada", shop.buy, {word(3)});
  EXPECT_EQ(run.take_lines().back(), "ada exited got @1300007200000");
}

TEST_F(Timers, with_release_at_t_log_fire_after_the_last_entry_of_that_t_log) {
  EngineRun run = run_of({}, shop.buy);
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.tick(k_start + 2 * h);
  run.tick(k_start + 2 * h);
  run.event(k_start + 2 * h, "ada", shop.buy, {word(3)});
  EXPECT_EQ(run.take_lines().back(), "ada exited got @1300007200000");
}

TEST_F(Timers, fire_in_the_order_of_release_then_customer_number) {
  EngineRun run = run_of({}, shop.buy);
  run.tick(k_start);
  for (const char* customer : {"a", "b", "c", "d"}) run.set(k_start, customer, shop.phone, text("1"));
  for (const char* customer : {"d", "b", "c"}) run.event(k_start + 1, customer, shop.begin, {word(1)});
  run.event(k_start + 2, "a", shop.begin, {word(1)});
  run.take_lines();
  run.tick(k_start + 3 * h);
  const Lines lines = run.take_lines();
  Lines ended;
  for (const std::string& line : lines) {
    if (line.find("exited") != std::string::npos) ended.push_back(line.substr(0, 1));
  }
  EXPECT_EQ(ended, (Lines{"b", "c", "d", "a"}));
}

TEST_F(Timers, of_one_customer_with_equal_release_form_one_reaction) {
  Simple(shop, shop.buy, {.name = "one"}).finish();
  EngineRun run = run_of({.name = "two", .priority = 5}, shop.buy);
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.take_lines();
  run.tick(k_start + 3 * h);
  EXPECT_EQ(run.engine().counters().timers_fired, 1u);
  EXPECT_EQ(run.take_lines().size(), 4u);
}

TEST_F(Timers, with_grace_keep_their_own_now_and_commit_at_the_release) {
  EngineRun run = run_of({.grace = 10 * k_minute_ms}, shop.slow);
  run.set(k_start, "ada", shop.email, text("a"));
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.take_lines();
  run.tick(k_start + 2 * h + 10 * k_minute_ms);
  EXPECT_EQ(run.take_lines(), Lines{});
  run.tick(k_start + 5 * h);
  EXPECT_EQ(run.take_lines().front(), "ada sent Bye -1 via mail @1300007200000 commit 1300007800000");
}

TEST_F(Timers, in_grace_let_an_event_through_that_happened_before_the_deadline) {
  EngineRun run = run_of({.grace = 10 * k_minute_ms}, shop.slow);
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.event(k_start + 2 * h + 5 * k_minute_ms, "ada", shop.slow, {word(3)}, k_start + 2 * h);
  EXPECT_EQ(run.take_lines().back(), "ada exited got @1300007500000");
}

TEST_F(Timers, in_grace_fire_when_an_awaited_event_happened_after_the_deadline) {
  EngineRun run = run_of({.grace = 10 * k_minute_ms}, shop.slow);
  run.set(k_start, "ada", shop.email, text("a"));
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.take_lines();
  run.event(k_start + 2 * h + 5 * k_minute_ms, "ada", shop.slow, {word(3)}, k_start + 2 * h + 1);
  EXPECT_EQ(run.take_lines(), (Lines{"ada sent Bye -1 via mail @1300007200000 commit 1300007500000", "ada exited done @1300007200000"}));
}

TEST_F(Timers, in_grace_are_not_disturbed_by_events_the_journey_does_not_await) {
  EngineRun run = run_of({.grace = 10 * k_minute_ms}, shop.slow);
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.take_lines();
  run.event(k_start + 2 * h + 5 * k_minute_ms, "ada", shop.buy, {word(3)});
  EXPECT_EQ(run.take_lines(), Lines{});
}

TEST_F(Timers, of_the_lifetime_are_first_at_equal_release) {
  EngineRun run = run_of({.lifetime = DurationMs{2 * h}}, shop.buy);
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.tick(k_start + 3 * h);
  EXPECT_EQ(run.take_lines().back(), "ada exited expired @1300007200000");
}

TEST_F(Timers, of_the_lifetime_are_anchored_at_the_entry) {
  EngineRun run = run_of({.up_to = 100 * h, .lifetime = Period{0, 2}}, shop.buy);
  run.event(k_start, "ada", shop.begin, {word(7)}, k_start - 5 * h);
  run.tick(k_start + 60 * h);
  EXPECT_EQ(run.take_lines().back(), "ada exited expired @1300172800000");
}

TEST_F(Timers, do_not_fire_while_the_clock_is_held_and_are_overdue_afterwards) {
  EngineRun run = run_of({}, shop.buy);
  run.set(k_start, "ada", shop.email, text("a"));
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.event(k_start, "bob", shop.begin, {word(7)});
  run.take_lines();
  run.plain(k_start + h, RecordTag::clock_hold);
  // The backlog is heard before timers speak: it happened in time.
  run.event(k_start + 9 * h, "bob", shop.buy, {word(3)}, k_start + h);
  EXPECT_EQ(run.take_lines().back(), "bob exited got @1300032400000");
  run.plain(k_start + 9 * h + 1, RecordTag::clock_release);
  EXPECT_EQ(run.take_lines(), (Lines{"ada sent Bye -1 via mail @1300032400001 commit 1300032400001", "ada exited done @1300032400001"}));
}

TEST_F(Timers, held_by_the_clock_fire_before_an_awaited_event_that_happened_after_them) {
  EngineRun run = run_of({}, shop.buy);
  run.set(k_start, "ada", shop.email, text("a"));
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.take_lines();
  run.plain(k_start + h, RecordTag::clock_hold);
  run.event(k_start + 9 * h, "ada", shop.buy, {word(3)}, k_start + 3 * h);
  EXPECT_EQ(run.take_lines().front(), "ada sent Bye -1 via mail @1300007200000 commit 1300032400000");
}

TEST_F(Timers, settle_by_their_deadline_and_not_by_their_release) {
  EngineRun run = run_of({.grace = 10 * k_minute_ms}, shop.slow);
  run.set(k_start, "ada", shop.email, text("a"));
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.take_lines();
  run.plain(k_start + 2 * h - 1, RecordTag::settle);
  EXPECT_EQ(run.take_lines(), Lines{});
  run.plain(k_start + 2 * h, RecordTag::settle);
  // Its clocks are what they would be outside: it commits at its release.
  EXPECT_EQ(run.take_lines().front(), "ada sent Bye -1 via mail @1300007200000 commit 1300007800000");
}

TEST_F(Timers, next_timer_is_never_later_than_what_is_armed) {
  EngineRun run = run_of({}, shop.buy);
  EXPECT_FALSE(run.engine().next_timer().has_value());
  run.event(k_start, "ada", shop.begin, {word(7)});
  ASSERT_TRUE(run.engine().next_timer().has_value());
  EXPECT_LE(*run.engine().next_timer(), k_start + 2 * h);
}

TEST_F(Timers, that_were_cancelled_do_not_fire) {
  EngineRun run = run_of({}, shop.buy);
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.event(k_start + h, "ada", shop.buy, {word(1)});
  run.event(k_start + h + 1, "ada", shop.begin, {word(7)});
  run.take_lines();
  run.tick(k_start + 3 * h);
  EXPECT_EQ(run.take_lines(), Lines{});
  run.tick(k_start + 3 * h + 2);
  EXPECT_EQ(run.take_lines().back(), "ada exited done @1300010800001");
}

// A wait that takes no time, for ever: no compiler makes it, and a verified program may hold it.
TEST_F(Timers, that_fire_without_end_are_a_fault) {
  JourneyBuilder j(shop.b, "spin");
  const PointId point = j.point(j.layout({}), "spin");
  j.enter(shop.begin).start = j.entry_here(shop.begin);
  j.suspend(point);
  j.at(point).fixed_ms = 0;
  j.at(point).timeout = j.entry_here();
  j.suspend(point);
  j.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.tick(k_start + 1);
  EXPECT_EQ(run.take_lines().back(), "ada exited fault @1300000000000");
  EXPECT_EQ(run.engine().counters().faults, 1u);
}

}  // namespace
}  // namespace wend::engine::testing
