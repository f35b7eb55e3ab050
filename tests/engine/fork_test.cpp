// `parallel` and `race` in the engine: several places of one instance, their order, what ends them; how they are packed; and what the
// verifier refuses.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "runtime/bytecode/verify.h"
#include "runtime/engine/customer_state.h"
#include "tests/engine/forking.h"

namespace wend::engine::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Forks : public ::testing::Test {
 protected:
  Forks() : run(program()) {
    run.set(k_start, "ada", shop.email, text("ada@shop.test"));
    run.consent(k_start, "ada", shop.news, true);
    run.event(k_start, "ada", shop.buy, {word(1)});
    run.take_lines();
  }
  bytecode::Program program() {
    Forking(shop).finish();
    return shop.b.program;
  }
  Shop shop;
  EngineRun run;
};

TEST_F(Forks, an_instance_waits_in_every_branch) {
  EXPECT_THAT(run.waiting_steps(), ElementsAre("buys", "slow", "waits"));
}

TEST_F(Forks, a_race_is_over_with_the_first_and_parallel_with_the_last) {
  run.event(k_start + h, "ada", shop.slow, {word(2)});
  EXPECT_THAT(run.waiting_steps(), ElementsAre("buys"));
  run.event(k_start + 2 * h, "ada", shop.buy, {word(3)});
  EXPECT_THAT(run.take_lines(), ElementsAre(HasSubstr("sent Bye"), HasSubstr("sent Hello")));
  EXPECT_THAT(run.waiting_steps(), ElementsAre("behind"));
}

TEST_F(Forks, what_a_branch_has_taken_is_not_taken_behind_the_fork) {
  run.event(k_start + h, "ada", shop.buy, {word(3)});
  EXPECT_THAT(run.waiting_steps(), ElementsAre("slow", "waits"));
  run.tick(k_start + 4 * h + 1);
  EXPECT_THAT(run.waiting_steps(), ElementsAre("behind"));
  EXPECT_THAT(run.take_lines(), ElementsAre(HasSubstr("sent Bye"), HasSubstr("sent Hello")));
}

TEST_F(Forks, a_second_one_is) {
  run.event(k_start + h, "ada", shop.buy, {word(3)});
  run.event(k_start + 2 * h, "ada", shop.buy, {word(4)});
  run.tick(k_start + 4 * h + 1);
  EXPECT_THAT(run.take_lines(),
              ElementsAre(HasSubstr("sent Bye"), HasSubstr("sent Hello"), HasSubstr("sent Offer"), HasSubstr("exited done")));
}

TEST_F(Forks, an_interrupt_around_them_ends_all) {
  run.event(k_start + h, "ada", shop.stop, {word(1)});
  EXPECT_THAT(run.take_lines(), ElementsAre(HasSubstr("exited stopped")));
  EXPECT_THAT(run.waiting_steps(), ElementsAre());
  run.tick(k_start + 90 * h);
  EXPECT_THAT(run.take_lines(), ElementsAre());
}

TEST_F(Forks, timers_of_branches_fire_when_they_are_due) {
  EXPECT_EQ(run.engine().last_timer(), k_start + 4 * h);
  run.tick(k_start + 4 * h + 1);
  EXPECT_THAT(run.waiting_steps(), ElementsAre("buys"));
  run.tick(k_start + 5 * h + 1);
  EXPECT_THAT(run.waiting_steps(), ElementsAre("behind"));
  EXPECT_THAT(run.take_lines(), ElementsAre(HasSubstr("sent Hello")));
}

// enter on Buy · parallel {
//   branch 0 { await up to 1 hour { on Slow { } on timeout { emit Buy(1) } } }
//   branch 1 { wait 5 hours }
// }      with a lifetime of 65 minutes, which the first branch holds for 10 minutes
JourneyId add_short_lived(Shop& shop) {
  JourneyBuilder j(shop.b, "short_lived", DurationMs{65 * k_minute_ms});
  const Register value = j.reg(shop.b.integer());
  const LayoutId nothing = j.layout({});
  const PointId slow = j.point(nothing, "slow");
  const PointId waits = j.point(nothing, "waits");
  bytecode::Fork& fork = j.journey.forks.emplace_back();
  fork.kind = bytecode::ForkKind::parallel;
  fork.path = "fork";
  fork.layout = fork.join_layout = nothing;
  fork.branches.resize(2);
  j.enter(shop.buy).start = j.entry_here(shop.buy);
  j.op(Opcode::fork, 0);
  fork.branches[0] = j.entry_here();
  j.suspend(slow);
  j.at(slow).arms.push_back({.signal = bytecode::SignalKind::event, .event = shop.slow, .entry = j.entry_here(shop.slow)});
  j.op(Opcode::end_branch, 0);
  j.at(slow).timeout = j.entry_here();
  j.constant(value, 1).op(Opcode::emit, JourneyBuilder::n(shop.buy), JourneyBuilder::n(value)).op(Opcode::end_branch, 0);
  fork.branches[1] = j.entry_here();
  j.suspend(waits);
  j.at(waits).timeout = j.entry_here();
  j.op(Opcode::end_branch, 0);
  fork.join = j.entry_here();
  j.end();
  j.at(slow).fixed_ms = h;
  j.at(slow).grace_ms = 10 * k_minute_ms;
  j.at(slow).within = Forking::place(0, 0);
  j.at(waits).kind = bytecode::PointKind::wait;
  j.at(waits).fixed_ms = 5 * h;
  j.at(waits).within = Forking::place(0, 1);
  return j.finish();
}

TEST(ForkedLifetimes, fire_in_their_own_turn_when_a_branch_no_longer_holds_them) {
  Shop shop;
  add_short_lived(shop);
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.buy, {word(0)});
  run.take_lines();
  run.tick(k_start + 2 * h);
  // The event is emitted while the instance still runs: no other one starts.
  EXPECT_THAT(run.take_lines(), ElementsAre("ada exited expired @" + std::to_string(k_start + 65 * k_minute_ms)));
  EXPECT_EQ(run.engine().counters().refused_running, 1u);
  EXPECT_EQ(run.engine().counters().timers_fired, 2u);
}

TEST(ForkedLifetimes, are_held_for_the_longest_grace_among_the_branches) {
  Shop shop;
  add_short_lived(shop);
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.buy, {word(0)});
  run.plain(k_start + 1, RecordTag::clock_hold);
  run.take_lines();
  // What came in time ends its branch; the other one holds nothing.
  run.event(k_start + 72 * k_minute_ms, "ada", shop.slow, {word(0)}, k_start + h);
  EXPECT_THAT(run.waiting_steps(), ElementsAre("waits"));
  run.plain(k_start + 74 * k_minute_ms, RecordTag::clock_release);
  EXPECT_THAT(run.take_lines(), ElementsAre("ada exited expired @" + std::to_string(k_start + 74 * k_minute_ms)));
}

// ── packing ──

class PackedStrands : public ::testing::Test {
 protected:
  PackedStrands() : forking(shop) {
    forking.finish();
    program = shop.b.program;
    listening = std::make_unique<Listening>(program);
    state = std::make_unique<CustomerState>(program, *listening);
  }
  const PointInfo* at(PointId point) const { return &listening->point(JourneyId{0}, JourneyBuilder::n(point)); }
  // An instance at these points, in this order.
  std::string pack(const std::vector<PointId>& points, const std::vector<SpentInput>& spent) {
    state->open({}, k_start);
    InstanceState& instance = state->add_instance();
    instance.entered_at = instance.armed_at = k_start;
    instance.lifetime_end = k_start + 60 * h;
    instance.id = {7, 0};
    instance.at = at(points[0]);
    for (size_t i = 0; i < points.size() && points.size() > 1; ++i) {
      Strand& strand = instance.strands.emplace_back();
      strand.at = at(points[i]);
      strand.armed_at = k_start + static_cast<TimestampMs>(i);
      strand.deadline = i == 1 ? k_never : k_start + h;
      strand.frame = "\x02";
      strand.taken = {{3, 0}, {9, 0}};
    }
    instance.spent = spent;
    state->instances_changed();
    state->strands_changed();
    std::string bytes;
    state->pack(bytes);
    return bytes;
  }
  bool is_sound(const std::string& bytes) {
    state->open(bytes, k_start);
    return state->validate();
  }

  Shop shop;
  Forking forking;
  bytecode::Program program;
  std::unique_ptr<Listening> listening;
  std::unique_ptr<CustomerState> state;
};

TEST_F(PackedStrands, come_back_as_they_were) {
  const std::string bytes = pack({forking.buys, forking.slow, forking.waits}, {{0, 5}, {1, 2}});
  ASSERT_TRUE(is_sound(bytes));
  state->open(bytes, k_start);
  ASSERT_EQ(state->instance_count(), 1u);
  const InstanceState& instance = state->instance(0);
  ASSERT_EQ(instance.strands.size(), 3u);
  EXPECT_EQ(instance.point_of(0), at(forking.buys));
  EXPECT_EQ(instance.point_of(1), at(forking.slow));
  EXPECT_EQ(instance.strands[1].armed_at, k_start + 1);
  EXPECT_EQ(instance.strands[1].deadline, k_never);
  EXPECT_EQ(instance.strands[2].deadline, k_start + h);
  EXPECT_EQ(instance.strands[2].frame, "\x02");
  EXPECT_THAT(instance.strands[2].taken, ElementsAre(InputId{3, 0}, InputId{9, 0}));
  EXPECT_EQ(instance.strands[2].place, Forking::place(1, 1));
  EXPECT_THAT(instance.spent, ElementsAre(SpentInput{0, 5}, SpentInput{1, 2}));
  state->instances_changed();
  std::string again;
  state->pack(again);
  EXPECT_EQ(again, bytes);
}

TEST_F(PackedStrands, of_one_place_are_not_packed) {
  const std::string plain = pack({forking.behind}, {});
  EXPECT_TRUE(is_sound(plain));
  EXPECT_EQ(static_cast<uint8_t>(plain[0]), 1u << static_cast<unsigned>(Section::instances));
}

TEST_F(PackedStrands, are_refused_when_no_instance_could_have_them) {
  EXPECT_FALSE(is_sound(pack({forking.slow, forking.buys}, {}))) << "not in text order";
  EXPECT_FALSE(is_sound(pack({forking.slow, forking.slow}, {}))) << "two in one branch";
  EXPECT_FALSE(is_sound(pack({forking.buys, forking.behind}, {}))) << "inside and behind";
  EXPECT_FALSE(is_sound(pack({forking.buys}, {{2, 5}}))) << "a fork that there is not";
}

// ── the verifier ──

struct Case {
  const char* name;
  std::function<void(bytecode::Program&)> breaks;
  const char* expected;
};
class VerifyForks : public ::testing::TestWithParam<Case> {};

std::string fault_of(const bytecode::Program& program) {
  const auto error = bytecode::verify(program);
  return error ? error->where + ": " + error->what : "verified";
}
bytecode::Journey& journey(bytecode::Program& p) {
  return p.journeys[0];
}

TEST_P(VerifyForks, refuses) {
  Shop shop;
  Forking(shop).finish();
  bytecode::Program program = shop.b.program;
  ASSERT_EQ(fault_of(program), "verified");
  GetParam().breaks(program);
  EXPECT_THAT(fault_of(program), HasSubstr(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    Rules, VerifyForks,
    ::testing::Values(
        Case{"kind", [](auto& p) { journey(p).forks[0].kind = bytecode::ForkKind{7}; }, "fork 0: unknown kind 7"},
        Case{"one_branch", [](auto& p) { journey(p).forks[1].branches.resize(1); }, "fork 1: 1 branches"},
        Case{"order", [](auto& p) { journey(p).forks[0].within = Forking::place(1, 0); }, "fork 0: inside fork 1 of 0"},
        Case{"branch", [](auto& p) { journey(p).points[0].within = Forking::place(0, 2); }, "waiting point 0: inside branch 2 of 2"},
        Case{"layout", [](auto& p) { journey(p).forks[0].layout = LayoutId{9}; }, "fork 0: layout 9 of 1"},
        Case{"join", [](auto& p) { journey(p).forks[0].join.pc = 999; }, "fork 0: it goes on at instruction 999"},
        Case{"reads_event", [](auto& p) { journey(p).forks[0].branches[0].event = EventId{0}; }, "fork 0: it reads an event"},
        Case{"interrupts", [](auto& p) { journey(p).forks[1].interrupts = 0; }, "fork 1: fewer interrupts"},
        Case{"from_outside", [](auto& p) { journey(p).points[3].within = Forking::place(0, 0); }, "comes into a branch of a fork from outside"},
        Case{"other_branch", [](auto& p) { journey(p).points[0].within = Forking::place(0, 1); }, "comes into a branch of a fork from outside"},
        Case{"ends_another", [](auto& p) { journey(p).forks[1].within.reset(); }, "ends a branch of a fork that it is not in"},
        Case{"round",
             [](auto& p) {
               // Both branches end at once, and behind the fork it begins again.
               for (auto& branch : journey(p).forks[0].branches) branch.pc = journey(p).points[0].timeout->pc;
               journey(p).forks[0].join.pc = 1;
             },
             "a way round through a fork that takes no time"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace wend::engine::testing
