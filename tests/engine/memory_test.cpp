// What is remembered of the past: look-back, history, goals, seen ids, late events.

#include <gtest/gtest.h>

#include "tests/engine/shop.h"

namespace wend::engine::testing {
namespace {

using bytecode::GoalAnchor;
using bytecode::LookBack;
using bytecode::SignalKind;

struct LookBacks : ::testing::Test {
  Shop shop;
  // enter on Begin · wait 1 hour · await { on Buy <look back> as b { send Bye(b.n); await again or end } } up to 2 hours
  EngineRun run_of(LookBack look_back, Span ago = DurationMs{0}, bool twice = false) {
    JourneyBuilder j(shop.b, "looking");
    const Register n = j.reg(shop.b.integer());
    const Register step = j.reg(shop.b.integer());
    const Register sent = j.reg(shop.b.optional_delivery());
    const LabelId got = j.label("got");
    const SiteId site = j.site(shop.bye, {shop.mail}, "await");
    const PointId wait = j.point(j.layout({}), "wait");
    const PointId await = j.point(j.layout({step}), "await");
    j.at(wait).kind = bytecode::PointKind::wait;
    j.enter(shop.begin).start = j.entry_here(shop.begin);
    j.suspend(wait);
    j.at(wait).fixed_ms = h;
    j.at(wait).timeout = j.entry_here();
    j.op(Opcode::load_position, JourneyBuilder::n(step));
    j.suspend(await);
    j.at(await).fixed_ms = 2 * h;
    j.at(await).timeout = j.entry_here();
    j.end();
    j.at(await).arms.push_back({.signal = SignalKind::event,
                                .event = shop.buy,
                                .entry = j.entry_here(shop.buy),
                                .look_back = look_back,
                                .step_start = step,
                                .ago = ago});
    j.field(n, 0).send(sent, site, JourneyBuilder::n(n));
    if (twice) {
      j.suspend(await);
    } else {
      j.end(got);
    }
    j.finish();
    EngineRun run(shop.b.program);
    run.set(k_start - 100 * k_day_ms, "ada", shop.email, text("a"));
    return run;
  }
};

TEST_F(LookBacks, from_now_does_not_see_what_came_earlier) {
  EngineRun run = run_of(LookBack::none);
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 1, "ada", shop.buy, {word(1)});
  run.take_lines();
  run.tick(k_start + h + 1);
  EXPECT_EQ(run.take_lines(), Lines{});
}

TEST_F(LookBacks, since_entry_takes_the_first_in_log_order) {
  EngineRun run = run_of(LookBack::since_entry);
  run.event(k_start - 5, "ada", shop.buy, {word(9)});
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 1, "ada", shop.buy, {word(4)});
  run.event(k_start + 2, "ada", shop.buy, {word(5)}, k_start);
  run.take_lines();
  run.tick(k_start + h + 1);
  EXPECT_EQ(run.take_lines(), (Lines{"ada sent Bye 4 via mail @1300003600000 commit 1300003600000", "ada exited got @1300003600000"}));
}

TEST(LookBacksAtReceipts, take_what_the_delivery_told_before_the_await) {
  Shop shop;
  JourneyBuilder j(shop.b, "opened");
  const Register n = j.reg(shop.b.integer());
  const Register sent = j.reg(shop.b.optional_delivery());
  const LabelId got = j.label("got");
  const SiteId site = j.site(shop.hello, {shop.mail}, "greet");
  const PointId wait = j.point(j.layout({sent}), "wait");
  const PointId await = j.point(j.layout({sent}), "await");
  j.at(wait).kind = bytecode::PointKind::wait;
  j.enter(shop.begin).start = j.entry_here(shop.begin);
  j.field(n, 0).send(sent, site, JourneyBuilder::n(n)).suspend(wait);
  j.at(wait).fixed_ms = h;
  j.at(wait).timeout = j.entry_here();
  j.suspend(await);
  j.at(await).fixed_ms = h;
  j.at(await).timeout = j.entry_here();
  j.end();
  j.at(await).arms.push_back(
      {.signal = SignalKind::receipt, .delivery = sent, .receipt = "clicked", .entry = j.entry_here(), .look_back = LookBack::since_entry});
  j.end(got);
  j.finish();
  EngineRun run(shop.b.program);
  for (const char* who : {"ada", "ben"}) {
    run.set(k_start, who, shop.email, text("a"));
    run.event(k_start, who, shop.begin, {word(1)});
  }
  const auto keys = run.commands().keys;
  ASSERT_EQ(keys.size(), 2u);
  run.receipt(k_start + 1, "ada", keys[0], "clicked");
  run.receipt(k_start + 1, "ben", keys[1], "delivered");  // another receipt
  run.receipt(k_start + 2, "ben", keys[0], "clicked");    // of another delivery
  run.take_lines();
  run.tick(k_start + h + 1);
  EXPECT_EQ(run.take_lines(), Lines{"ada exited got @1300003600000"});
  run.tick(k_start + 2 * h + 1);
  EXPECT_EQ(run.take_lines(), Lines{"ben exited done @1300007200000"});
}

TEST_F(LookBacks, since_step_is_exclusive_by_position) {
  EngineRun run = run_of(LookBack::since_step);
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 1, "ada", shop.buy, {word(4)});
  run.take_lines();
  run.event(k_start + 2 * h, "ada", shop.buy, {word(5)});
  EXPECT_EQ(run.take_lines().front(), "ada sent Bye 5 via mail @1300007200000 commit 1300007200000");
}

TEST_F(LookBacks, since_ago_bounds_event_time_and_reaches_before_the_entry) {
  EngineRun run = run_of(LookBack::since_ago, DurationMs{3 * h});
  run.event(k_start - 2 * h - 1, "ada", shop.buy, {word(8)}, k_start - 2 * h - 1);
  run.event(k_start - 2 * h + 1, "ada", shop.buy, {word(9)});
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.take_lines();
  run.tick(k_start + h + 1);
  EXPECT_EQ(run.take_lines().front(), "ada sent Bye 9 via mail @1300003600000 commit 1300003600000");
}

TEST_F(LookBacks, never_take_one_input_twice) {
  EngineRun run = run_of(LookBack::since_entry, DurationMs{0}, true);
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 1, "ada", shop.buy, {word(4)});
  run.event(k_start + 2, "ada", shop.buy, {word(5)});
  run.take_lines();
  run.tick(k_start + h + 1);
  EXPECT_EQ(run.take_lines().size(), 2u);
  run.event(k_start + h + 2, "ada", shop.buy, {word(6)});
  EXPECT_EQ(run.take_lines(), Lines{"ada sent Bye 6 via mail @1300003600002 commit 1300003600002"});
}

TEST_F(LookBacks, keep_events_only_for_those_who_can_need_them) {
  EngineRun run = run_of(LookBack::since_entry);
  run.event(k_start, "bob", shop.begin, {word(1)});
  const uint64_t before = run.engine().memory().kept;
  run.event(k_start + 1, "ada", shop.buy, {word(4)});
  EXPECT_EQ(run.engine().memory().kept, before);
  run.event(k_start + 1, "bob", shop.buy, {word(4)});
  EXPECT_GT(run.engine().memory().kept, before);
  run.tick(k_start + 4 * h);
  EXPECT_EQ(run.engine().memory().kept, before);
}

TEST_F(LookBacks, an_armed_await_takes_an_event_that_happened_before_it_was_armed) {
  EngineRun run = run_of(LookBack::none);
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.take_lines();
  run.event(k_start + 2 * h, "ada", shop.buy, {word(4)}, k_start - h);
  EXPECT_EQ(run.take_lines().back(), "ada exited got @1300007200000");
}

struct Histories : ::testing::Test {
  Shop shop;
  // enter on Stop · send Bye(count of query)
  void add_reporter(HistoryId query, EventId on) {
    JourneyBuilder j(shop.b, "report");
    const Register n = j.reg(shop.b.integer());
    const Register sent = j.reg(shop.b.optional_delivery());
    const SiteId site = j.site(shop.bye, {shop.mail}, "report");
    j.enter(on).start = j.entry_here(on);
    j.op(Opcode::load_history, JourneyBuilder::n(n), JourneyBuilder::n(query)).send(sent, site, JourneyBuilder::n(n)).end();
    j.finish();
  }
  static int64_t counted(EngineRun& run) {
    const Lines lines = run.take_lines();
    for (const std::string& line : lines) {
      if (const size_t at = line.find("Bye "); at != std::string::npos) return std::stoll(line.substr(at + 4));
    }
    return -1;
  }
};

TEST_F(Histories, an_event_counts_while_its_time_plus_the_window_is_later_than_now) {
  const HistoryId query = shop.b.history(shop.buy, DurationMs{10 * h});
  add_reporter(query, shop.stop);
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.buy, {word(1)});
  run.event(k_start + h, "ada", shop.buy, {word(1)}, k_start - h);
  run.event(k_start + 9 * h - 1, "ada", shop.stop, {word(1)});
  EXPECT_EQ(counted(run), 2);
  run.event(k_start + 9 * h, "ada", shop.stop, {word(1)});
  EXPECT_EQ(counted(run), 1);
  run.event(k_start + 10 * h, "ada", shop.stop, {word(1)});
  EXPECT_EQ(counted(run), 0);
}

TEST_F(Histories, the_event_being_reacted_to_counts) {
  add_reporter(shop.b.history(shop.buy, Period{0, 30}), shop.buy);
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.buy, {word(1)});
  EXPECT_EQ(counted(run), 1);
}

TEST_F(Histories, a_count_saturates_at_its_limit_with_the_newest) {
  const HistoryId query = shop.b.history(shop.buy, DurationMs{10 * h}, 2);
  add_reporter(query, shop.stop);
  EngineRun run(shop.b.program);
  for (int i = 0; i < 5; ++i) run.event(k_start + i * h, "ada", shop.buy, {word(1)});
  run.event(k_start + 5 * h, "ada", shop.stop, {word(1)});
  EXPECT_EQ(counted(run), 2);
  run.event(k_start + 13 * h + 1, "ada", shop.stop, {word(1)});
  EXPECT_EQ(counted(run), 1);
}

TEST_F(Histories, filters_choose_what_is_recorded) {
  const HistoryId query = shop.b.history(shop.buy, Period{0, 30});
  bytecode::Function filter{.name = "filter", .registers = {shop.b.integer(), shop.b.integer(), shop.b.boolean()}};
  filter.code = {{Opcode::load_field, 0, 0, 0, 0},
                 {Opcode::load_constant, 0, 1, shop.b.constant(shop.b.integer(), 10), 0},
                 {Opcode::less_word, 0, 2, 1, 0},
                 {Opcode::return_value, 0, 2, 0, 0}};
  shop.b.program.history[0].filter = shop.b.function(filter);
  add_reporter(query, shop.stop);
  EngineRun run(shop.b.program);
  for (const int64_t n : {5, 10, 11, 20}) run.event(k_start, "ada", shop.buy, {word(n)});
  run.event(k_start + 1, "ada", shop.stop, {word(1)});
  EXPECT_EQ(counted(run), 2);
}

TEST_F(Histories, since_entry_counts_what_came_after_the_entry) {
  const HistoryId query = shop.b.history(shop.begin, std::nullopt);
  Simple simple(shop, shop.buy);
  simple.j.at(simple.await).arms.clear();
  simple.j.at(simple.await).arms.push_back({.signal = SignalKind::event, .event = shop.buy, .entry = simple.j.entry_here(shop.buy)});
  simple.j.op(Opcode::load_history, JourneyBuilder::n(simple.n), JourneyBuilder::n(query))
      .send(simple.delivery, simple.bye, JourneyBuilder::n(simple.n))
      .end();
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start - 1, "bob", shop.begin, {word(1)});
  run.event(k_start, "ada", shop.begin, {word(1)});
  for (int i = 1; i < 4; ++i) run.event(k_start + i, "ada", shop.begin, {word(1)});
  run.event(k_start + 5, "ada", shop.buy, {word(1)});
  EXPECT_EQ(counted(run), 3);
}

TEST_F(Histories, late_events_are_history_only) {
  add_reporter(shop.b.history(shop.buy, Period{0, 30}), shop.stop);
  Simple(shop, shop.buy, {.up_to = 100 * h}).finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.take_lines();
  run.event(k_start + 30 * h, "ada", shop.buy, {word(1)}, k_start + 6 * h - 1);
  EXPECT_EQ(run.take_lines(), Lines{});
  EXPECT_EQ(run.engine().counters().late_events, 1u);
  run.event(k_start + 30 * h, "ada", shop.stop, {word(1)});
  EXPECT_EQ(counted(run), 1);
  run.event(k_start + 30 * h, "ada", shop.buy, {word(1)}, k_start + 6 * h);
  EXPECT_EQ(run.take_lines().back(), "ada exited got @1300108000000");
}

struct Goals : ::testing::Test {
  Shop shop;
  Simple simple{shop, shop.stop, {.up_to = 48 * h, .greets = true}};
  void add_goal(const std::string& name, GoalAnchor anchor, Span window, bool same_n = false) {
    bytecode::Goal goal{.name = name, .event = shop.buy, .window = window, .anchor = anchor};
    if (same_n) {
      simple.j.journey.goal_layout = simple.kept;
      const Register other = simple.j.reg(shop.b.integer());
      goal.where = simple.j.entry_here(shop.buy);
      simple.j.field(other, 0);
      simple.j.op(Opcode::equal_word, JourneyBuilder::n(simple.flag), JourneyBuilder::n(other), JourneyBuilder::n(simple.n));
      simple.j.give(simple.flag);
    }
    simple.j.journey.goals.push_back(goal);
  }
  static Lines goals(EngineRun& run) {
    Lines lines = run.take_lines();
    std::erase_if(lines, [](const std::string& line) { return line.find(" goal ") == std::string::npos; });
    return lines;
  }
};

TEST_F(Goals, convert_once_by_event_time_in_the_window_also_after_the_exit) {
  add_goal("bought", GoalAnchor::entry, DurationMs{10 * h});
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(1)}, k_start - h);
  run.event(k_start + 1, "ada", shop.stop, {word(1)});
  run.event(k_start + 2, "ada", shop.buy, {word(1)}, k_start - h);  // not after the anchor
  EXPECT_EQ(goals(run), Lines{});
  run.event(k_start + 12 * h, "ada", shop.buy, {word(1)}, k_start + 9 * h);  // the window's end belongs to it
  EXPECT_EQ(goals(run), Lines{"ada goal bought @1300032400000"});
  run.event(k_start + 12 * h, "ada", shop.buy, {word(1)}, k_start + 8 * h);
  EXPECT_EQ(goals(run), Lines{});
}

TEST_F(Goals, do_not_convert_after_the_window) {
  add_goal("bought", GoalAnchor::entry, DurationMs{10 * h});
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 10 * h + 1, "ada", shop.buy, {word(1)});
  EXPECT_EQ(goals(run), Lines{});
}

TEST_F(Goals, of_send_wait_for_a_send_and_count_from_its_commit) {
  add_goal("first", GoalAnchor::first_send, DurationMs{10 * h});
  add_goal("last", GoalAnchor::last_send, DurationMs{10 * h});
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "bob", shop.begin, {word(1)});  // unreachable: nothing is sent
  run.event(k_start + 1, "bob", shop.buy, {word(1)});
  EXPECT_EQ(goals(run), Lines{});
  run.set(k_start + 1, "ada", shop.email, text("a"));
  run.event(k_start + 1, "ada", shop.begin, {word(1)});
  run.event(k_start + 9 * h, "ada", shop.stop, {word(1)});  // sends again
  run.event(k_start + 15 * h, "ada", shop.buy, {word(1)});
  EXPECT_EQ(goals(run), Lines{"ada goal last @1300054000000"});
}

TEST_F(Goals, read_what_was_saved_at_the_start) {
  add_goal("same", GoalAnchor::entry, DurationMs{10 * h}, true);
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.event(k_start + 1, "ada", shop.stop, {word(1)});
  run.event(k_start + 2, "ada", shop.buy, {word(8)});
  EXPECT_EQ(goals(run), Lines{});
  run.event(k_start + 3, "ada", shop.buy, {word(7)});
  EXPECT_EQ(goals(run), Lines{"ada goal same @1300000000003"});
}

TEST_F(Goals, every_open_watch_counts_the_event) {
  add_goal("bought", GoalAnchor::entry, DurationMs{10 * h});
  simple.finish();
  EngineRun run(shop.b.program);
  for (int i = 0; i < 2; ++i) {
    run.event(k_start + 2 * i, "ada", shop.begin, {word(1)});
    run.event(k_start + 2 * i + 1, "ada", shop.stop, {word(1)});
  }
  run.event(k_start + 9, "ada", shop.buy, {word(1)});
  EXPECT_EQ(goals(run).size(), 2u);
}

TEST_F(Goals, are_replaced_by_a_restart) {
  simple.j.journey.entries[0].already = bytecode::AlreadyRunning::restart;
  add_goal("bought", GoalAnchor::entry, DurationMs{10 * h});
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 1, "ada", shop.begin, {word(1)});
  run.event(k_start + 9, "ada", shop.buy, {word(1)});
  EXPECT_EQ(goals(run).size(), 1u);
}

TEST_F(Goals, that_nothing_can_convert_any_more_are_forgotten) {
  add_goal("bought", GoalAnchor::entry, DurationMs{10 * h});
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 1, "ada", shop.stop, {word(1)});
  EXPECT_GT(run.engine().memory().watches, 0u);
  run.set(k_start + 10 * k_day_ms, "ada", shop.level, word(1));
  run.set(k_start + 10 * k_day_ms, "ada", shop.level, bytecode::Value::absent());
  EXPECT_EQ(run.engine().memory().watches, 0u);
}

struct Duplicates : ::testing::Test {
  Shop shop;
};

TEST_F(Duplicates, are_dropped_by_customer_event_and_id_within_the_window) {
  Simple simple(shop, shop.buy);
  simple.j.journey.entries[0].already = bytecode::AlreadyRunning::alongside;
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(1)}, std::nullopt, "m1");
  run.event(k_start + h, "ada", shop.begin, {word(1)}, std::nullopt, "m1");
  run.event(k_start + h, "bob", shop.begin, {word(1)}, std::nullopt, "m1");
  run.event(k_start + h, "ada", shop.buy, {word(1)}, std::nullopt, "m1");
  run.event(k_start + h, "ada", shop.begin, {word(1)});  // no id, no dedupe
  run.event(k_start + h, "ada", shop.begin, {word(1)});
  EXPECT_EQ(run.engine().counters().duplicates, 1u);
  EXPECT_EQ(run.engine().counters().entered, 4u);
  run.event(k_start + 27 * h, "ada", shop.begin, {word(1)}, std::nullopt, "m1");
  EXPECT_EQ(run.engine().counters().duplicates, 1u);
}

TEST_F(Duplicates, go_by_the_declared_field_before_the_message_id) {
  Simple simple(shop, shop.buy);
  simple.j.journey.entries[0].already = bytecode::AlreadyRunning::alongside;
  shop.b.program.events[static_cast<size_t>(shop.begin)].dedupe_field = 0;
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(1)}, std::nullopt, "m1");
  run.event(k_start, "ada", shop.begin, {word(2)}, std::nullopt, "m1");
  run.event(k_start, "ada", shop.begin, {word(1)}, std::nullopt, "m2");
  EXPECT_EQ(run.engine().counters().entered, 2u);
  EXPECT_EQ(run.engine().counters().duplicates, 1u);
}

TEST(MemoryUse, names_the_bytes_of_every_part) {
  Shop shop;
  JourneyBuilder j(shop.b, "j");
  const PointId wait = j.point(j.layout({}), "wait");
  j.enter(shop.begin).start = j.entry_here(shop.begin);
  j.suspend(wait);
  j.at(wait).fixed_ms = h;
  j.at(wait).timeout = j.entry_here();
  j.end();
  j.finish();
  EngineRun run(shop.b.program);
  run.set(k_start, "ada", shop.email, text("ada@example.test"));
  MemoryUse use = run.engine().memory();
  EXPECT_EQ(use.attributes, 2 + std::string_view("ada@example.test").size());  // number and length before it
  EXPECT_EQ(use.headers, 2u);                                                  // the mask, the section's length
  EXPECT_EQ(use.instances, 0u);
  run.event(k_start + 1, "ada", shop.begin, {word(1)});
  use = run.engine().memory();
  EXPECT_GT(use.instances, 3u);
  EXPECT_EQ(use.headers, 2u);  // instances run to the end
  EXPECT_EQ(use.frames, std::vector<uint64_t>(1));
  EXPECT_EQ(use.packed(), use.attributes + use.instances + use.headers);
  EXPECT_GT(use.total(), use.packed() + use.slack + use.index + use.customers);
}

}  // namespace
}  // namespace wend::engine::testing
