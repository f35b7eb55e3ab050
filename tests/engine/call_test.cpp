// `call` in the engine: the command, answers from the log, and answers of its own where no outside is asked.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/shop.h"

namespace wend::engine::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// enter on Begin as b · call Issue(b.n) as code retry up to 1 times every 1 hour or else { exit failed } · send Hello(code)
struct Calling {
  explicit Calling(Shop& shop) : j(shop.b, "calling", DurationMs{60 * h}) {
    const TypeId integer = shop.b.integer();
    bytecode::Function shadow{.name = "shadow", .registers = {integer}};
    shadow.code = {{Opcode::load_constant, 0, 0, shop.b.constant(integer, -7), 0}, {Opcode::return_value, 0, 0, 0, 0}};
    shop.b.program.actions.push_back(
        {.name = "Issue", .parameters = {{"n", integer}}, .result = integer, .shadow = shop.b.function(shadow)});
    const Register n = j.reg(integer);
    const Register attempt = j.reg(integer);
    const Register code = j.reg(integer);
    const Register two = j.reg(integer);
    const Register more = j.reg(shop.b.boolean());
    const Register sent = j.reg(shop.b.optional_delivery());
    const SiteId hello = j.site(shop.hello, {shop.mail}, "work");
    const LayoutId kept = j.layout({n, attempt});
    asks = j.point(kept, "work");
    pause = j.point(kept, "pause");
    for (const PointId point : {asks, pause}) {
      j.at(point).kind = bytecode::PointKind::call;
      j.at(point).call = bytecode::CallId{0};
    }
    j.journey.calls = {{.action = bytecode::ActionId{0}, .path = "work/Issue", .step = "work", .rounds = {}, .attempt = attempt,
                        .result = code, .waits_at = asks}};
    j.enter(shop.begin).start = j.entry_here(shop.begin);
    j.field(n, 0).constant(attempt, 1);
    const uint32_t ask = j.here();
    j.op(Opcode::call, 0, JourneyBuilder::n(n));
    const bytecode::Entry succeeded = j.entry_here();
    j.send(sent, hello, JourneyBuilder::n(code)).end();
    const bytecode::Entry failed = j.entry_here();
    j.constant(two, 2).op(Opcode::less_word, JourneyBuilder::n(more), JourneyBuilder::n(attempt), JourneyBuilder::n(two));
    const uint32_t again = j.jump(Opcode::jump_if, more);
    j.end(j.label("failed"));
    j.land(again);
    j.suspend(pause);
    j.at(pause).timeout = j.entry_here();
    j.constant(attempt, 2);
    j.op(Opcode::call, 0, JourneyBuilder::n(n));
    (void)ask;
    j.at(pause).fixed_ms = h;
    j.at(asks).arms = {{.signal = bytecode::SignalKind::answer, .entry = succeeded},
                       {.signal = bytecode::SignalKind::failed_answer, .entry = failed}};
    j.at(pause).arms = {{.signal = bytecode::SignalKind::answer, .entry = succeeded}};
    j.finish();
  }
  JourneyBuilder j;
  PointId asks, pause;
};

class Calls : public ::testing::Test {
 protected:
  EngineRun start(EngineOptions options = {}) {
    Calling calling(shop);
    EngineRun run(shop.b.program, options);
    run.set(k_start, "ada", shop.email, text("ada@shop.test"));
    run.event(k_start, "ada", shop.begin, {word(1)});
    return run;
  }
  std::string key(EngineRun& run) {
    std::string bytes;
    const std::string& hex = run.commands().keys.front();
    for (size_t i = 0; i < hex.size(); i += 2) bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    return bytes;
  }
  void answer(EngineRun& run, TimestampMs at, bool succeeded, uint64_t attempt, std::string value = {}) {
    OwnedEntry entry{RecordTag::answer, at, at, "ada", {}};
    write_answer_body(entry.body, {key(run), attempt, succeeded, value});
    run.append(entry);
  }
  std::string value(int64_t number) {
    std::string bytes;
    write_answer_value(bytes, shop.b.program, shop.b.integer(), word(number));
    return bytes;
  }
  Shop shop;
};

TEST_F(Calls, an_answer_goes_on_with_its_value) {
  EngineRun run = start();
  EXPECT_THAT(run.take_lines(), ElementsAre(HasSubstr("entered"), "ada called Issue attempt 1 @1300000000000"));
  EXPECT_THAT(run.waiting_steps(), ElementsAre("work"));
  answer(run, k_start + h, true, 1, value(42));
  EXPECT_THAT(run.take_lines(), ElementsAre(HasSubstr("sent Hello"), HasSubstr("exited done")));
  answer(run, k_start + 2 * h, true, 1, value(42));
  EXPECT_THAT(run.take_lines(), ElementsAre());
}

TEST_F(Calls, a_value_of_another_type_is_passed_over) {
  EngineRun run = start();
  run.take_lines();
  answer(run, k_start + h, true, 1, "");
  answer(run, k_start + h, true, 1, value(42) + "x");
  EXPECT_THAT(run.take_lines(), ElementsAre());
  EXPECT_THAT(run.waiting_steps(), ElementsAre("work"));
}

TEST_F(Calls, a_failure_is_asked_again_after_a_pause_and_a_stale_one_is_ignored) {
  EngineRun run = start();
  answer(run, k_start + h, false, 1);
  EXPECT_THAT(run.waiting_steps(), ElementsAre("pause"));
  run.take_lines();
  run.tick(k_start + 2 * h + 1);
  EXPECT_THAT(run.take_lines(), ElementsAre(HasSubstr("called Issue attempt 2")));
  EXPECT_EQ(run.commands().keys.front(), run.commands().keys.back());
  answer(run, k_start + 3 * h, false, 1);
  EXPECT_THAT(run.waiting_steps(), ElementsAre("work"));
  answer(run, k_start + 3 * h, false, 2);
  EXPECT_THAT(run.take_lines(), ElementsAre(HasSubstr("exited failed")));
}

TEST_F(Calls, a_success_of_an_earlier_attempt_counts_in_the_pause_too) {
  EngineRun run = start();
  answer(run, k_start + h, false, 1);
  run.take_lines();
  answer(run, k_start + h + 1, true, 1, value(3));
  EXPECT_THAT(run.take_lines(), ElementsAre(HasSubstr("sent Hello"), HasSubstr("exited done")));
}

TEST_F(Calls, without_an_outside_the_shadow_answers_at_once) {
  EngineRun run = start({.answer_calls = true});
  EXPECT_THAT(run.take_lines(), ElementsAre(HasSubstr("entered"), HasSubstr("shadowed Issue attempt 1"), HasSubstr("sent Hello"),
                                            HasSubstr("exited done")));
}

}  // namespace
}  // namespace wend::engine::testing
