// Who may enter a journey, and how often.

#include <gtest/gtest.h>

#include "runtime/engine/reaction.h"
#include "tests/engine/shop.h"

namespace wend::engine::testing {
namespace {

using bytecode::AlreadyRunning;

struct Entries : ::testing::Test {
  Shop shop;
  Simple simple{shop, shop.buy};
  bytecode::JourneyEntry& entry() { return simple.j.journey.entries[0]; }
  // `one per n`
  void add_key() {
    const Register key = simple.j.reg(shop.b.integer());
    entry().key = simple.j.entry_here(shop.begin);
    simple.j.field(key, 0).give(key);
  }
  EngineRun run() {
    simple.finish();
    return EngineRun(shop.b.program);
  }
};

TEST_F(Entries, are_ignored_while_an_instance_runs) {
  EngineRun run = this->run();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 1, "ada", shop.begin, {word(2)});
  EXPECT_EQ(run.take_lines().size(), 1u);
  EXPECT_EQ(run.engine().counters().refused_running, 1u);
  run.event(k_start + 2, "ada", shop.buy, {word(1)});
  run.event(k_start + 3, "ada", shop.begin, {word(2)});
  EXPECT_EQ(run.take_lines().back(), "ada entered simple @1300000000003");
}

TEST_F(Entries, hold_only_where_the_condition_is_true) {
  const Register n = simple.j.reg(shop.b.integer());
  const Register limit = simple.j.reg(shop.b.integer());
  entry().where = simple.j.entry_here(shop.begin);
  simple.j.field(n, 0).constant(limit, 10);
  simple.j.op(Opcode::less_word, JourneyBuilder::n(simple.flag), JourneyBuilder::n(limit), JourneyBuilder::n(n)).give(simple.flag);
  EngineRun run = this->run();
  run.event(k_start, "ada", shop.begin, {word(10)});
  EXPECT_EQ(run.take_lines(), Lines{});
  run.event(k_start, "ada", shop.begin, {word(11)});
  EXPECT_EQ(run.take_lines().size(), 1u);
}

TEST_F(Entries, of_one_customer_have_a_limit) {
  entry().already = AlreadyRunning::alongside;
  EngineRun run = this->run();
  for (size_t i = 0; i < k_instances_max + 5; ++i) run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start, "ben", shop.begin, {word(1)});
  EXPECT_EQ(run.engine().counters().entered, k_instances_max + 1);
  EXPECT_EQ(run.engine().counters().refused_too_many, 5u);
  run.event(k_start + 1, "ada", shop.buy, {word(1)});
  run.event(k_start + 2, "ada", shop.begin, {word(1)});
  EXPECT_EQ(run.engine().counters().entered, k_instances_max + 2) << "all have ended: there is room again";
}

TEST_F(Entries, once_ever_means_once) {
  entry().once_ever = true;
  EngineRun run = this->run();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 1, "ada", shop.buy, {word(1)});
  run.take_lines();
  run.event(k_start + 100 * k_day_ms, "ada", shop.begin, {word(1)});
  EXPECT_EQ(run.take_lines(), Lines{});
  EXPECT_EQ(run.engine().counters().refused_once, 1u);
}

TEST_F(Entries, one_per_key_run_beside_each_other) {
  add_key();
  EngineRun run = this->run();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 1, "ada", shop.begin, {word(2)});
  run.event(k_start + 2, "ada", shop.begin, {word(1)});
  EXPECT_EQ(run.waiting_steps().size(), 2u);
  EXPECT_EQ(run.engine().counters().refused_running, 1u);
}

TEST_F(Entries, restart_ends_the_old_instance_and_gives_a_new_id) {
  entry().already = AlreadyRunning::restart;
  EngineRun run = this->run();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + h, "ada", shop.begin, {word(2)});
  EXPECT_EQ(run.take_lines(),
            (Lines{"ada entered simple @1300000000000", "ada exited restarted @1300003600000", "ada entered simple @1300003600000"}));
  EXPECT_NE(run.commands().entered[0].position, run.commands().entered[1].position);
  run.tick(k_start + 2 * h + 1);
  EXPECT_EQ(run.take_lines(), Lines{});
  run.tick(k_start + 3 * h + 1);
  EXPECT_EQ(run.take_lines().back(), "ada exited done @1300010800000");
}

TEST_F(Entries, restart_with_one_per_restarts_the_instance_of_the_same_key) {
  add_key();
  entry().already = AlreadyRunning::restart;
  EngineRun run = this->run();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start, "ada", shop.begin, {word(2)});
  run.take_lines();
  run.event(k_start + 1, "ada", shop.begin, {word(2)});
  EXPECT_EQ(run.take_lines().size(), 2u);
  EXPECT_EQ(run.waiting_steps().size(), 2u);
}

TEST_F(Entries, alongside_starts_another) {
  entry().already = AlreadyRunning::alongside;
  EngineRun run = this->run();
  for (int i = 0; i < 3; ++i) run.event(k_start + i, "ada", shop.begin, {word(1)});
  EXPECT_EQ(run.waiting_steps().size(), 3u);
}

TEST_F(Entries, cooldown_counts_from_the_last_entry) {
  entry().cooldown = DurationMs{10 * h};
  EngineRun run = this->run();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + h, "ada", shop.buy, {word(1)});
  run.take_lines();
  run.event(k_start + 10 * h - 1, "ada", shop.begin, {word(1)});
  EXPECT_EQ(run.take_lines(), Lines{});
  EXPECT_EQ(run.engine().counters().refused_cooldown, 1u);
  run.event(k_start + 10 * h, "ada", shop.begin, {word(1)});
  EXPECT_EQ(run.take_lines().size(), 1u);
}

TEST_F(Entries, restart_neither_tests_nor_moves_the_cooldown) {
  entry().cooldown = DurationMs{10 * h};
  entry().already = AlreadyRunning::restart;
  EngineRun run = this->run();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + h, "ada", shop.begin, {word(1)});
  EXPECT_EQ(run.take_lines().back(), "ada entered simple @1300003600000");
  run.event(k_start + 2 * h, "ada", shop.buy, {word(1)});
  run.take_lines();
  run.event(k_start + 10 * h, "ada", shop.begin, {word(1)});
  EXPECT_EQ(run.take_lines(), Lines{"ada entered simple @1300036000000"});
}

TEST_F(Entries, are_refused_while_a_required_attribute_is_unset) {
  const AttributeId name = shop.b.attribute("name", shop.b.text());
  simple.j.journey.required = {name};
  EngineRun run = this->run();
  run.event(k_start, "ada", shop.begin, {word(1)});
  EXPECT_EQ(run.take_lines(), Lines{});
  EXPECT_EQ(run.engine().counters().refused_incomplete, 1u);
  run.set(k_start, "ada", name, text("Ada"));
  run.set(k_start, "ada", name, bytecode::Value::absent());  // traits cannot unset it
  run.event(k_start, "ada", shop.begin, {word(1)});
  EXPECT_EQ(run.take_lines().size(), 1u);
}

TEST_F(Entries, one_event_starts_one_instance_of_a_journey) {
  simple.j.journey.entries.push_back(entry());
  entry().already = AlreadyRunning::alongside;
  EngineRun run = this->run();
  run.event(k_start, "ada", shop.begin, {word(1)});
  EXPECT_EQ(run.take_lines().size(), 1u);
}

}  // namespace
}  // namespace wend::engine::testing
