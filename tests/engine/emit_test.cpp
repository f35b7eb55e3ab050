// Events that journeys emit, handoffs, and runs of those who are held out.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/engine/shop.h"

namespace wend::engine::testing {
namespace {

using bytecode::AlreadyRunning;
using bytecode::HoldoutId;
using bytecode::LookBack;
using bytecode::SignalKind;

constexpr uint16_t n(auto id) {
  return static_cast<uint16_t>(id);
}

// enter on Begin · emit Buy(n), after `wait` if there is one · end
void add_emitter(Shop& shop, EventId emitted, DurationMs wait_ms = 0, DurationMs grace_ms = 0) {
  JourneyBuilder j(shop.b, "emitter");
  const Register value = j.reg(shop.b.integer());
  j.journey.priority = 5;
  j.enter(shop.begin).start = j.entry_here(shop.begin);
  j.field(value, 0);
  if (wait_ms > 0) {
    const PointId wait = j.point(j.layout({value}), "wait");
    j.at(wait).kind = bytecode::PointKind::wait;
    j.at(wait).fixed_ms = wait_ms;
    j.at(wait).grace_ms = grace_ms;
    j.suspend(wait);
    j.at(wait).timeout = j.entry_here();
  }
  j.op(Opcode::emit, n(emitted), n(value)).end();
  j.finish();
}

EngineRun run_of(Shop& shop, EngineOptions options = {}) {
  EngineRun run(shop.b.program, std::move(options));
  run.set(k_start - h, "ada", shop.email, text("a"));
  run.take_lines();
  return run;
}

TEST(Emit, is_heard_in_the_same_reaction_behind_the_entries) {
  Shop shop;
  add_emitter(shop, shop.buy);
  Simple simple(shop, shop.buy, {.greets = true});
  simple.finish();
  EngineRun run = run_of(shop);
  run.event(k_start, "ada", shop.begin, {word(7)});
  const std::string at = " @" + std::to_string(k_start);
  EXPECT_EQ(run.take_lines(), (Lines{"ada entered emitter" + at, "ada exited done" + at, "ada entered simple" + at,
                                     "ada sent Hello 7 via mail" + at + " commit " + std::to_string(k_start),
                                     "ada sent Bye 7 via mail" + at + " commit " + std::to_string(k_start), "ada exited got" + at}));
  EXPECT_EQ(run.engine().counters().emitted, 1u);
  EXPECT_EQ(run.engine().counters().events, 1u);  // of the log
}

TEST(Emit, has_the_clock_of_the_timer_that_emitted_it) {
  Shop shop;
  add_emitter(shop, shop.stop, h, 10 * k_minute_ms);
  Simple simple(shop, shop.stop);
  simple.finish();
  EngineRun run = run_of(shop);
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.take_lines();
  run.tick(k_start + 2 * h);
  // The deadline is now, and the release is when it is committed.
  EXPECT_EQ(run.take_lines(),
            (Lines{"ada exited done @" + std::to_string(k_start + h),
                   "ada sent Bye 7 via mail @" + std::to_string(k_start + h) + " commit " + std::to_string(k_start + h + 10 * k_minute_ms),
                   "ada exited got @" + std::to_string(k_start + h)}));
}

// enter on Begin · await up to 30 minutes { on Slow { } on timeout { } }, which is held for an hour · await up to 2 hours { on Buy as b
// { send Bye(b.n) } on timeout { } }
TEST(Emit, is_heard_with_the_emitters_clocks_behind_held_timers) {
  Shop shop;
  add_emitter(shop, shop.buy, h, 10 * k_minute_ms);
  Simple simple(shop, shop.buy);
  JourneyBuilder& j = simple.j;
  const PointId held = j.point(simple.kept, "held");
  auto& point = j.at(held);
  point.fixed_ms = h / 2;
  point.grace_ms = h;
  point.timeout = j.entry_here();
  j.suspend(simple.await);
  point.arms.push_back({.signal = SignalKind::event, .event = shop.slow, .entry = j.entry_here(shop.slow)});
  j.suspend(simple.await);
  j.enter(shop.begin).start = j.entry_here(shop.begin);
  j.field(simple.n, 0).suspend(held);
  std::swap(j.journey.entries[0], j.journey.entries[1]);
  simple.finish();
  EngineRun run = run_of(shop);
  run.event(k_start, "ada", shop.begin, {word(7)});
  EXPECT_EQ(run.waiting_steps(), (Lines{"wait", "held"}));
  run.take_lines();
  run.tick(k_start + 3 * h);
  // The emitter's deadline and release, though the tick comes later and the other's timer has fired with its own deadline.
  const std::string at = " @" + std::to_string(k_start + h);
  EXPECT_EQ(run.take_lines(), (Lines{"ada exited done" + at,
                                     "ada sent Bye 7 via mail" + at + " commit " + std::to_string(k_start + h + 10 * k_minute_ms),
                                     "ada exited got" + at}));
}

TEST(Emit, starts_instances_whose_ids_are_their_own) {
  Shop shop;
  add_emitter(shop, shop.stop, h);
  for (const char* name : {"one", "two"}) {
    Simple simple(shop, shop.buy, {.name = name});
    simple.j.journey.entries[0] = {.event = shop.stop, .start = {simple.j.journey.entries[0].start.pc, shop.stop}};
    simple.finish();
  }
  EngineRun run = run_of(shop);
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.set(k_start, "bob", shop.email, text("b"));
  run.event(k_start, "bob", shop.begin, {word(2)});
  run.tick(k_start + 2 * h);
  const std::vector<InstanceId>& entered = run.commands().entered;
  ASSERT_EQ(entered.size(), 6u);
  for (size_t i = 0; i < entered.size(); ++i) {
    for (size_t k = i + 1; k < entered.size(); ++k) EXPECT_NE(entered[i], entered[k]);
  }
}

TEST(Emit, a_look_back_tells_what_was_emitted_before_from_what_was_after) {
  // enter on Begin · wait 1 hour · emit Buy(1) · [the step begins] · emit Buy(2) · wait 1 hour · await Buy since step
  Shop shop;
  JourneyBuilder j(shop.b, "looking");
  const Register value = j.reg(shop.b.integer());
  const Register step = j.reg(shop.b.integer());
  const Register ordinal = j.reg(shop.b.integer());
  const Register sent = j.reg(shop.b.optional_delivery());
  const SiteId site = j.site(shop.bye, {shop.mail}, "await");
  const PointId first = j.point(j.layout({}), "first");
  const PointId second = j.point(j.layout({step, ordinal}), "second");
  const PointId third = j.point(j.layout({step, ordinal}), "third");
  j.enter(shop.begin).start = j.entry_here(shop.begin);
  j.constant(value, 1).op(Opcode::emit, n(shop.buy), n(value)).suspend(first);
  for (const PointId point : {first, second, third}) j.at(point).fixed_ms = h;
  j.at(first).timeout = j.entry_here();
  j.op(Opcode::load_position, n(step)).op(Opcode::load_position, n(ordinal), 1);
  j.constant(value, 2).op(Opcode::emit, n(shop.buy), n(value)).suspend(second);
  j.at(second).timeout = j.entry_here();
  j.suspend(third);
  j.at(third).timeout = j.entry_here();
  j.end();
  j.at(third).arms.push_back({.signal = SignalKind::event,
                              .event = shop.buy,
                              .entry = j.entry_here(shop.buy),
                              .look_back = LookBack::since_step,
                              .step_start = step,
                              .step_ordinal = ordinal});
  j.field(value, 0).send(sent, site, n(value)).suspend(third);
  j.finish();
  EngineRun run = run_of(shop);
  run.event(k_start, "ada", shop.begin, {word(0)});
  run.tick(k_start + 10 * h);
  const Lines lines = run.take_lines();
  EXPECT_EQ(std::ranges::count_if(lines, [](const std::string& line) { return line.find("Bye 2") != std::string::npos; }), 1);
  EXPECT_EQ(std::ranges::count_if(lines, [](const std::string& line) { return line.find("Bye 1") != std::string::npos; }), 0);
}

TEST(Emit, without_end_ends_with_a_fault) {
  Shop shop;
  JourneyBuilder j(shop.b, "echo");
  const Register value = j.reg(shop.b.integer());
  j.enter(shop.buy).start = j.entry_here(shop.buy);
  j.journey.entries[0].already = AlreadyRunning::alongside;
  j.field(value, 0).op(Opcode::emit, n(shop.buy), n(value)).end();
  j.finish();
  EngineRun run = run_of(shop);
  run.event(k_start, "ada", shop.buy, {word(1)});
  EXPECT_EQ(run.engine().counters().emitted, 1000u);
  EXPECT_EQ(run.engine().counters().faults, 1u);
  EXPECT_EQ(run.take_lines().back(), "ada exited fault @" + std::to_string(k_start));
  run.event(k_start + 1, "ada", shop.buy, {word(1)});
  EXPECT_EQ(run.engine().counters().emitted, 2000u);
}

// ── handoffs ──

struct Handoffs : ::testing::Test {
  Shop shop;
  // enter on Begin · [send Hello] · hand off to target(n)      target: enter by handoff · send Bye(given) · wait · send Bye(given)
  void SetUp() override {
    JourneyBuilder from(shop.b, "source");
    const Register value = from.reg(shop.b.integer());
    const LabelId handed = from.label(bytecode::k_handed_off_label);
    from.journey.holdouts = holdouts();
    from.enter(shop.begin).start = from.entry_here(shop.begin);
    from.field(value, 0).op(Opcode::hand_off, 1, n(value), n(handed));
    from.finish();

    JourneyBuilder to(shop.b, "target");
    const Register given = to.reg(shop.b.integer());
    const Register sent = to.reg(shop.b.optional_delivery());
    const SiteId first = to.site(shop.bye, {shop.mail}, "first");
    const SiteId second = to.site(shop.bye, {shop.mail}, "second");
    to.journey.handoff_layout = to.layout({given});
    const PointId wait = to.point(*to.journey.handoff_layout, "wait");
    to.at(wait).kind = bytecode::PointKind::wait;
    auto& entry = to.journey.entries.emplace_back();
    entry.handoff = true;
    entry.cooldown = DurationMs{2 * h};
    entry.start = to.entry_here();
    to.send(sent, first, n(given)).suspend(wait);
    to.at(wait).fixed_ms = h;
    to.at(wait).timeout = to.entry_here();
    to.send(sent, second, n(given)).end();
    to.finish();
  }
  virtual std::vector<HoldoutId> holdouts() { return {}; }
};

TEST_F(Handoffs, start_the_other_journey_with_its_parameters) {
  EngineRun run = run_of(shop);
  run.event(k_start, "ada", shop.begin, {word(7)});
  run.event(k_start + 1, "ada", shop.begin, {word(8)});
  run.tick(k_start + h + 1);
  const std::string at = " @" + std::to_string(k_start);
  const std::string then = " @" + std::to_string(k_start + 1);
  EXPECT_EQ(run.take_lines(),
            (Lines{"ada entered source" + at, "ada exited handed_off" + at, "ada entered target" + at,
                   "ada sent Bye 7 via mail" + at + " commit " + std::to_string(k_start), "ada entered source" + then,
                   "ada exited handed_off" + then,
                   "ada sent Bye 7 via mail @" + std::to_string(k_start + h) + " commit " + std::to_string(k_start + h),
                   "ada exited done @" + std::to_string(k_start + h)}));
  EXPECT_EQ(run.engine().counters().refused_running, 1u);
  run.event(k_start + h + 10, "ada", shop.begin, {word(9)});
  EXPECT_EQ(run.engine().counters().refused_cooldown, 1u);
}

struct HeldOut : Handoffs {
  std::vector<HoldoutId> holdouts() override {
    shop.b.program.holdouts.push_back({"half", "half-1", 500'000, DateDays{k_start / k_day_ms + 1}});
    return {HoldoutId{0}};
  }
};

TEST_F(HeldOut, a_handoff_from_a_silent_run_starts_a_silent_run) {
  EngineRun run = run_of(shop);
  size_t held_out = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string who = "customer-" + std::to_string(i);
    run.set(k_start, who, shop.email, text("x"));
    run.event(k_start, who, shop.begin, {word(i)});
    const Lines lines = run.take_lines();
    const std::string at = " @" + std::to_string(k_start);
    const bool is_held_out = lines.front() == who + " held out by half" + at;
    held_out += is_held_out ? 1 : 0;
    EXPECT_EQ(lines.back(), is_held_out ? who + " suppressed Bye " + std::to_string(i) + " because holdout" + at
                                        : who + " sent Bye " + std::to_string(i) + " via mail" + at + " commit " + std::to_string(k_start));
  }
  EXPECT_GT(held_out, 70u);
  EXPECT_LT(held_out, 130u);
}

TEST_F(HeldOut, is_settled_once_and_over_after_its_last_day) {
  EngineRun run = run_of(shop);
  const std::string who = "customer-" + std::to_string(3);
  run.set(k_start, who, shop.email, text("x"));
  run.event(k_start, who, shop.begin, {word(1)});
  const bool is_held_out = run.take_lines().front().find("not held") == std::string::npos;
  run.event(k_start + 30 * h, who, shop.begin, {word(2)});
  // Its last day is the next one, which in UTC is not over yet; a day later it is.
  EXPECT_EQ(run.take_lines()[1].find("not held") == std::string::npos, is_held_out);
  run.event(k_start + 60 * h, who, shop.begin, {word(3)});
  const Lines lines = run.take_lines();
  for (const std::string& line : lines) EXPECT_EQ(line.find("held out by"), std::string::npos) << line;
  EXPECT_NE(lines.back().find(" sent Bye 3"), std::string::npos);
}

}  // namespace
}  // namespace wend::engine::testing
