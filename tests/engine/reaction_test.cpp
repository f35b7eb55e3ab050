// The order of things inside one reaction.

#include <gtest/gtest.h>

#include "tests/engine/shop.h"

namespace wend::engine::testing {
namespace {

using bytecode::SignalKind;

struct Reactions : ::testing::Test {
  Shop shop;

  // exit <label> when <event> [where n == 7, the entry's n]
  void add_exit(Simple& simple, const std::string& label, EventId event, bool same_n = false) {
    bytecode::JourneyExit exit;
    exit.label = simple.j.label(label);
    exit.event = event;
    if (same_n) {
      const Register other = simple.j.reg(shop.b.integer());
      exit.where = simple.j.entry_here(event);
      simple.j.field(other, 0);
      simple.j.op(Opcode::equal_word, JourneyBuilder::n(simple.flag), JourneyBuilder::n(other), JourneyBuilder::n(simple.n));
      simple.j.give(simple.flag);
    }
    simple.j.journey.exits.push_back(exit);
  }
  // exit <label> when customer.level == value
  void add_state_exit(Simple& simple, const std::string& label, int64_t value) {
    bytecode::JourneyExit exit;
    exit.label = simple.j.label(label);
    const Register level = simple.j.reg(shop.b.type(ValueKind::integer, true));
    const Register wanted = simple.j.reg(shop.b.integer());
    exit.where = simple.j.entry_here();
    simple.j.attribute(level, shop.level).constant(wanted, value);
    simple.j.op(Opcode::equal_word, JourneyBuilder::n(simple.flag), JourneyBuilder::n(level), JourneyBuilder::n(wanted));
    simple.j.give(simple.flag);
    simple.j.journey.exits.push_back(exit);
  }
};

TEST_F(Reactions, instances_react_in_order_of_priority_then_entry) {
  Simple(shop, shop.buy, {.name = "low", .priority = 1}).finish();
  Simple(shop, shop.buy, {.name = "high", .priority = 9}).finish();
  Simple(shop, shop.buy, {.name = "also_low", .priority = 1}).finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(1)});
  EXPECT_EQ(run.take_lines(),
            (Lines{"ada entered high @1300000000000", "ada entered low @1300000000000", "ada entered also_low @1300000000000"}));
  ASSERT_EQ(run.commands().entered.size(), 3u);
  EXPECT_EQ(run.commands().entered[0].start_index, 0);
  EXPECT_EQ(run.commands().entered[2].start_index, 2);
}

TEST_F(Reactions, an_exit_goes_before_an_arm) {
  Simple simple(shop, shop.buy);
  add_exit(simple, "left", shop.buy);
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.take_lines();
  run.event(k_start + 1, "ada", shop.buy, {word(1)});
  EXPECT_EQ(run.take_lines(), Lines{"ada exited left @1300000000001"});
}

TEST_F(Reactions, exits_are_tested_in_text_order_against_what_the_instance_keeps) {
  Simple simple(shop, shop.buy);
  add_exit(simple, "same", shop.stop, true);
  add_exit(simple, "any", shop.stop);
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(5)});
  run.event(k_start, "bob", shop.begin, {word(5)});
  run.take_lines();
  run.event(k_start + 1, "ada", shop.stop, {word(5)});
  run.event(k_start + 1, "bob", shop.stop, {word(6)});
  EXPECT_EQ(run.take_lines(), (Lines{"ada exited same @1300000000001", "bob exited any @1300000000001"}));
}

TEST_F(Reactions, exits_ignore_deadlines_and_whether_the_event_precedes_the_entry) {
  Simple simple(shop, shop.slow, {.grace = 10 * k_minute_ms});
  add_exit(simple, "left", shop.slow);
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(5)});
  run.event(k_start, "bob", shop.begin, {word(5)});
  run.take_lines();
  run.event(k_start + 1, "bob", shop.slow, {word(6)}, k_start - h);
  run.event(k_start + 2 * h + 5, "ada", shop.slow, {word(6)}, k_start + 2 * h + 3);
  EXPECT_EQ(run.take_lines(), (Lines{"bob exited left @1300000000001", "ada exited left @1300007200005"}));
}

TEST_F(Reactions, a_state_exit_true_at_entry_means_entered_and_exited_at_once) {
  Simple simple(shop, shop.buy, {.greets = true});
  add_state_exit(simple, "level_three", 3);
  simple.finish();
  EngineRun run(shop.b.program);
  run.set(k_start, "ada", shop.level, word(3));
  run.event(k_start, "ada", shop.begin, {word(5)});
  EXPECT_EQ(run.take_lines(), (Lines{"ada entered simple @1300000000000", "ada exited level_three @1300000000000"}));
}

TEST_F(Reactions, to_be_told_what_was_so_by_default_is_no_change) {
  // exit later when now > the start
  Simple simple(shop, shop.buy);
  bytecode::JourneyExit exit;
  exit.label = simple.j.label("later");
  const Register start = simple.j.reg(shop.b.instant());
  const Register now = simple.j.reg(shop.b.instant());
  exit.where = simple.j.entry_here();
  simple.j.op(Opcode::load_constant, JourneyBuilder::n(start), shop.b.constant(shop.b.instant(), k_start));
  simple.j.op(Opcode::load_now, JourneyBuilder::n(now));
  simple.j.op(Opcode::less_word, JourneyBuilder::n(simple.flag), JourneyBuilder::n(start), JourneyBuilder::n(now)).give(simple.flag);
  simple.j.journey.exits.push_back(exit);
  const auto level = static_cast<size_t>(shop.level);
  shop.b.program.attributes[level].default_value = bytecode::ConstantId{shop.b.constant(shop.b.integer(), 3)};
  simple.finish();
  EngineOptions options;
  options.assume_consent = true;
  EngineRun run(shop.b.program, options);
  for (const char* who : {"ada", "bob"}) run.event(k_start, who, shop.begin, {word(5)});
  run.take_lines();
  run.consent(k_start + 1, "ada", shop.news, true);
  run.set(k_start + 2, "bob", shop.level, word(3));
  EXPECT_EQ(run.take_lines(), Lines{});
  run.consent(k_start + 3, "ada", shop.news, false);
  run.set(k_start + 4, "bob", shop.level, word(4));
  EXPECT_EQ(run.take_lines(), (Lines{"ada exited later @1300000000003", "bob exited later @1300000000004"}));
}

TEST_F(Reactions, a_state_exit_is_tested_when_an_attribute_changes) {
  Simple simple(shop, shop.buy);
  add_state_exit(simple, "level_three", 3);
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(5)});
  run.take_lines();
  run.set(k_start + 1, "ada", shop.level, word(2));
  EXPECT_EQ(run.take_lines(), Lines{});
  run.set(k_start + 2, "ada", shop.level, word(3));
  EXPECT_EQ(run.take_lines(), Lines{"ada exited level_three @1300000000002"});
}

TEST_F(Reactions, one_event_can_end_one_instance_and_start_the_next) {
  Simple simple(shop, shop.buy);
  add_exit(simple, "again", shop.begin);
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(5)});
  run.take_lines();
  run.event(k_start + 1, "ada", shop.begin, {word(6)});
  EXPECT_EQ(run.take_lines(), (Lines{"ada exited again @1300000000001", "ada entered simple @1300000000001"}));
}

TEST_F(Reactions, a_new_instance_never_sees_its_own_entry_again) {
  Simple simple(shop, shop.begin);
  simple.j.journey.entries[0].already = bytecode::AlreadyRunning::alongside;
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(5)});
  EXPECT_EQ(run.waiting_steps(), Lines{"waiting"});
  run.take_lines();
  // The second event is taken by the first instance, and starts a second one that does not see it.
  run.event(k_start + 1, "ada", shop.begin, {word(6)});
  const Lines lines = run.take_lines();
  EXPECT_EQ(lines[1], "ada exited got @1300000000001");
  EXPECT_EQ(lines[2], "ada entered simple @1300000000001");
  EXPECT_EQ(run.waiting_steps(), Lines{"waiting"});
}

TEST_F(Reactions, for_one_event_the_first_arm_that_does_not_decline_wins) {
  Simple simple(shop, shop.stop);
  auto& arms = simple.j.at(simple.await).arms;
  const LabelId big = simple.j.label("big");
  const LabelId small = simple.j.label("small");
  const Register limit = simple.j.reg(shop.b.integer());
  const Register amount = simple.j.reg(shop.b.integer());
  arms.push_back({.signal = SignalKind::event, .event = shop.buy, .entry = simple.j.entry_here(shop.buy)});
  simple.j.field(amount, 0).constant(limit, 50);
  simple.j.op(Opcode::less_word, JourneyBuilder::n(simple.flag), JourneyBuilder::n(limit), JourneyBuilder::n(amount));
  simple.j.require(simple.flag).end(big);
  simple.j.at(simple.await).arms.push_back({.signal = SignalKind::event, .event = shop.buy, .entry = simple.j.entry_here(shop.buy)});
  simple.j.end(small);
  simple.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(5)});
  run.event(k_start, "bob", shop.begin, {word(5)});
  run.take_lines();
  run.event(k_start + 1, "ada", shop.buy, {word(51)});
  run.event(k_start + 1, "bob", shop.buy, {word(50)});
  EXPECT_EQ(run.take_lines(), (Lines{"ada exited big @1300000000001", "bob exited small @1300000000001"}));
}

// enter on Stop · set level = n · await nothing
void add_setter(Shop& shop, int32_t priority) {
  JourneyBuilder j(shop.b, "setter");
  const Register n = j.reg(shop.b.integer());
  const PointId point = j.point(j.layout({}), "idle");
  j.journey.priority = priority;
  j.enter(shop.stop).start = j.entry_here(shop.stop);
  j.field(n, 0).op(Opcode::set_attribute, JourneyBuilder::n(n), JourneyBuilder::n(shop.level));
  j.suspend(point);
  j.finish();
}

TEST_F(Reactions, set_has_its_consequences_in_the_same_reaction_after_the_entries) {
  Simple simple(shop, shop.buy);
  add_state_exit(simple, "level_three", 3);
  simple.finish();
  add_setter(shop, 0);
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(5)});
  run.take_lines();
  run.event(k_start + 1, "ada", shop.stop, {word(3)});
  EXPECT_EQ(run.take_lines(), (Lines{"ada entered setter @1300000000001", "ada exited level_three @1300000000001"}));
}

TEST_F(Reactions, set_is_readable_at_once) {
  Simple simple(shop, shop.buy);
  add_state_exit(simple, "level_three", 3);
  simple.j.journey.entries[0].event = shop.stop;
  simple.j.journey.entries[0].start.event = shop.stop;
  simple.finish();
  add_setter(shop, 9);
  EngineRun run(shop.b.program);
  run.event(k_start + 1, "ada", shop.stop, {word(3)});
  EXPECT_EQ(run.take_lines(),
            (Lines{"ada entered setter @1300000000001", "ada entered simple @1300000000001", "ada exited level_three @1300000000001"}));
}

struct WhenJourney {
  // enter on Begin · await { when customer.level == 3 { exit reached } } up to 2 hours on timeout { }
  explicit WhenJourney(Shop& shop) : j(shop.b, "when") {
    const Register level = j.reg(shop.b.type(ValueKind::integer, true));
    const Register three = j.reg(shop.b.integer());
    const Register flag = j.reg(shop.b.boolean());
    const LabelId reached = j.label("reached");
    const PointId point = j.point(j.layout({}), "hope");
    j.enter(shop.begin).start = j.entry_here(shop.begin);
    j.suspend(point);
    j.at(point).fixed_ms = 2 * h;
    j.at(point).timeout = j.entry_here();
    j.end();
    j.at(point).arms.push_back({.signal = SignalKind::when, .entry = j.entry_here()});
    j.attribute(level, shop.level).constant(three, 3);
    j.op(Opcode::equal_word, JourneyBuilder::n(flag), JourneyBuilder::n(level), JourneyBuilder::n(three));
    j.require(flag).end(reached);
    j.finish();
  }
  JourneyBuilder j;
};

TEST_F(Reactions, await_when_fires_at_once_when_it_is_true_already) {
  WhenJourney{shop};
  EngineRun run(shop.b.program);
  run.set(k_start, "ada", shop.level, word(3));
  run.event(k_start, "ada", shop.begin, {word(5)});
  EXPECT_EQ(run.take_lines().back(), "ada exited reached @1300000000000");
}

TEST_F(Reactions, await_when_fires_in_the_reaction_in_which_it_becomes_true) {
  WhenJourney{shop};
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(5)});
  run.set(k_start + 1, "ada", shop.level, word(2));
  EXPECT_EQ(run.waiting_steps(), Lines{"hope"});
  run.set(k_start + 2, "ada", shop.level, word(3));
  EXPECT_EQ(run.take_lines().back(), "ada exited reached @1300000000002");
}

struct LiveWait {
  // enter on Begin · wait until customer.until if past { exit past } if absent { exit absent } · exit done
  explicit LiveWait(Shop& shop) : j(shop.b, "live") {
    const Register until = j.reg(shop.b.optional_instant());
    const LabelId past = j.label("past");
    const LabelId absent = j.label("absent");
    const PointId point = j.point(j.layout({}), "wait");
    j.at(point).kind = bytecode::PointKind::wait;
    j.enter(shop.begin).start = j.entry_here(shop.begin);
    j.suspend(point);
    j.at(point).live = {shop.until};
    j.at(point).deadline = j.entry_here();
    j.attribute(until, shop.until).give(until);
    j.at(point).timeout = j.entry_here();
    j.end();
    j.at(point).if_past = j.entry_here();
    j.end(past);
    j.at(point).if_absent = j.entry_here();
    j.end(absent);
    j.finish();
  }
  JourneyBuilder j;
};

TEST_F(Reactions, a_live_wait_follows_its_attribute) {
  LiveWait{shop};
  EngineRun run(shop.b.program);
  run.set(k_start, "ada", shop.until, word(k_start + 5 * h));
  run.event(k_start, "ada", shop.begin, {word(5)});
  run.set(k_start + h, "ada", shop.until, word(k_start + 3 * h));
  run.tick(k_start + 4 * h);
  EXPECT_EQ(run.take_lines().back(), "ada exited done @1300010800000");
  run.event(k_start + 4 * h, "bob", shop.begin, {word(1)});
  EXPECT_EQ(run.take_lines().back(), "bob exited absent @1300014400000");
}

TEST_F(Reactions, a_live_wait_moved_later_does_not_fire_at_the_old_instant) {
  LiveWait{shop};
  EngineRun run(shop.b.program);
  run.set(k_start, "ada", shop.until, word(k_start + 2 * h));
  run.event(k_start, "ada", shop.begin, {word(5)});
  run.set(k_start + h, "ada", shop.until, word(k_start + 50 * h));
  run.tick(k_start + 49 * h);
  EXPECT_EQ(run.waiting_steps(), Lines{"wait"});
  run.tick(k_start + 51 * h);
  EXPECT_EQ(run.take_lines().back(), "ada exited done @1300180000000");
}

TEST_F(Reactions, a_live_wait_moved_to_the_past_or_cleared_runs_its_branch) {
  LiveWait{shop};
  EngineRun run(shop.b.program);
  for (const char* customer : {"ada", "bob"}) {
    run.set(k_start, customer, shop.until, word(k_start + 5 * h));
    run.event(k_start, customer, shop.begin, {word(5)});
  }
  run.take_lines();
  run.set(k_start + h, "ada", shop.until, word(k_start + h));
  run.set(k_start + h, "bob", shop.until, bytecode::Value::absent());
  EXPECT_EQ(run.take_lines(), (Lines{"ada exited past @1300003600000", "bob exited absent @1300003600000"}));
}

TEST_F(Reactions, receipts_reach_the_await_that_keeps_the_delivery) {
  JourneyBuilder j(shop.b, "receipt");
  const Register n = j.reg(shop.b.integer());
  const Register sent = j.reg(shop.b.optional_delivery());
  const Register kept = j.reg(shop.b.type(ValueKind::delivery));
  const LabelId clicked = j.label("clicked");
  const SiteId site = j.site(shop.hello, {shop.mail}, "greet");
  const PointId point = j.point(j.layout({kept}), "watch");
  j.enter(shop.begin).start = j.entry_here(shop.begin);
  j.field(n, 0).send(sent, site, JourneyBuilder::n(n));
  j.op(Opcode::unwrap, JourneyBuilder::n(kept), JourneyBuilder::n(sent));
  j.suspend(point);
  j.at(point).fixed_ms = 2 * h;
  j.at(point).timeout = j.entry_here();
  j.end();
  j.at(point).arms.push_back({.signal = SignalKind::receipt, .delivery = kept, .receipt = "clicked", .entry = j.entry_here()});
  j.end(clicked);
  j.finish();
  EngineRun run(shop.b.program);
  run.set(k_start, "ada", shop.email, text("a"));
  run.event(k_start, "ada", shop.begin, {word(5)});
  ASSERT_EQ(run.commands().keys.size(), 1u);
  const std::string key = run.commands().keys[0];
  run.take_lines();
  run.receipt(k_start + 1, "ada", std::string(32, '0'), "clicked");
  run.receipt(k_start + 2, "ada", key, "delivered");
  EXPECT_EQ(run.take_lines(), Lines{});
  run.receipt(k_start + 3, "ada", key, "clicked");
  EXPECT_EQ(run.take_lines(), Lines{"ada exited clicked @1300000000003"});
}

TEST_F(Reactions, two_journeys_that_answer_each_other_for_ever_end_with_a_fault) {
  // when level == mine { set level = theirs, await again }
  const auto add = [&](const std::string& name, int64_t mine, int64_t theirs) {
    JourneyBuilder j(shop.b, name);
    const Register level = j.reg(shop.b.type(ValueKind::integer, true));
    const Register value = j.reg(shop.b.integer());
    const Register flag = j.reg(shop.b.boolean());
    const PointId point = j.point(j.layout({}), name);
    j.enter(shop.begin).start = j.entry_here(shop.begin);
    j.suspend(point);
    j.at(point).arms.push_back({.signal = SignalKind::when, .entry = j.entry_here()});
    j.attribute(level, shop.level).constant(value, mine);
    j.op(Opcode::equal_word, JourneyBuilder::n(flag), JourneyBuilder::n(level), JourneyBuilder::n(value));
    j.require(flag).constant(value, theirs);
    j.op(Opcode::set_attribute, JourneyBuilder::n(value), JourneyBuilder::n(shop.level)).suspend(point);
    j.finish();
  };
  add("ping", 1, 2);
  add("pong", 2, 1);
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(5)});
  run.set(k_start + 1, "ada", shop.level, word(1));
  EXPECT_GE(run.engine().counters().faults, 1u);
  EXPECT_LT(run.waiting_steps().size(), 2u);
}

TEST_F(Reactions, an_overflow_ends_the_instance_and_a_faulting_predicate_is_false) {
  JourneyBuilder j(shop.b, "overflow");
  const Register n = j.reg(shop.b.integer());
  const Register flag = j.reg(shop.b.boolean());
  const PointId point = j.point(j.layout({}), "wait");
  auto& entry = j.enter(shop.begin);
  entry.where = j.entry_here(shop.begin);
  j.field(n, 0).op(Opcode::multiply_integer, JourneyBuilder::n(n), JourneyBuilder::n(n), JourneyBuilder::n(n));
  j.op(Opcode::equal_word, JourneyBuilder::n(flag), JourneyBuilder::n(n), JourneyBuilder::n(n)).give(flag);
  j.journey.entries[0].start = j.entry_here(shop.begin);
  j.suspend(point);
  j.at(point).arms.push_back({.signal = SignalKind::event, .event = shop.buy, .entry = j.entry_here(shop.buy)});
  j.field(n, 0).op(Opcode::multiply_integer, JourneyBuilder::n(n), JourneyBuilder::n(n), JourneyBuilder::n(n)).end();
  j.finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(INT64_MAX)});
  EXPECT_EQ(run.take_lines(), Lines{});
  EXPECT_EQ(run.engine().counters().faults, 1u);
  run.event(k_start, "ada", shop.begin, {word(2)});
  run.event(k_start, "ada", shop.buy, {word(INT64_MAX)});
  EXPECT_EQ(run.take_lines().back(), "ada exited fault @1300000000000");
  EXPECT_EQ(run.engine().counters().faults, 2u);
}

}  // namespace
}  // namespace wend::engine::testing
