// A fault (an overflow, a division by zero) inside a condition makes it false and is counted, wherever the condition stands; in a
// step it ends the instance.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/testrun/run_text.h"

namespace wend::testrun {
namespace {

struct Position {
  const char* name;
  const char* headers;  ///< of the journey
  const char* steps;
  const char* items;  ///< of the test
  long faults;        ///< reactions that tell of one
};

// `seats: 9` overflows, `seats: 1` does not; `visits` is the largest integer where it overflows.
const Position k_positions[] = {
    {"await_where", "",
     "step a { await up to 1 hour { on SignedUp as s where (s.seats otherwise 0) + 9223372036854775806 > 1 { exit heard } on timeout { "
     "exit quiet } } }",
     "at 2025-01-01 10:00 CartUpdated(cart_id: \"c\", total: 1 USD)\n after 1 minute SignedUp(seats: 9)\n"
     "expect waiting in a\n after 1 minute SignedUp(seats: 1)\n expect exited as heard",
     1},
    {"second_arm_is_asked", "",
     "step a { await up to 1 hour { on SignedUp as s where (s.seats otherwise 0) + 9223372036854775806 > 1 { exit heard } on SignedUp { "
     "exit other } on "
     "timeout { } } }",
     "at 2025-01-01 10:00 CartUpdated(cart_id: \"c\", total: 1 USD)\n after 1 minute SignedUp(seats: 9)\n expect exited as other", 1},
    {"await_when", "",
     "step a { await up to 1 hour { when (customer.visits otherwise 0) + 1 > 5 { exit heard } on timeout { exit quiet } } }",
     "at 2025-01-01 10:00 CartUpdated(cart_id: \"c\", total: 1 USD)\n after 1 minute set customer.visits = 9223372036854775807\n"
     "expect waiting in a\n after 1 minute set customer.visits = 7\n expect exited as heard",
     1},
    {"look_back", "",
     "step a { wait 1 hour }\n"
     "step b { await up to 1 hour { on SignedUp as s where (s.seats otherwise 0) + 9223372036854775806 > 1 since entry { exit heard } on "
     "timeout { exit "
     "quiet } } }",
     "at 2025-01-01 10:00 CartUpdated(cart_id: \"c\", total: 1 USD)\n after 1 minute SignedUp(seats: 9)\n"
     "expect at 2025-01-01 11:00 waiting in b\n expect at 2025-01-01 12:00 exited as quiet",
     1},
    {"event_exit", "exit left when SignedUp as s where (s.seats otherwise 0) + 9223372036854775806 > 1", "step a { wait 1 hour }",
     "at 2025-01-01 10:00 CartUpdated(cart_id: \"c\", total: 1 USD)\n after 1 minute SignedUp(seats: 9)\n"
     "expect waiting in a\n after 1 minute SignedUp(seats: 1)\n expect exited as left",
     1},
    {"state_exit", "exit left when (customer.visits otherwise 0) + 1 > 5", "step a { wait 1 hour }",
     "at 2025-01-01 10:00 CartUpdated(cart_id: \"c\", total: 1 USD)\n after 1 minute set customer.visits = 9223372036854775807\n"
     "expect waiting in a\n after 1 minute set customer.visits = 7\n expect exited as left",
     1},
    {"state_exit_at_entry", "exit left when (customer.visits otherwise 0) + 1 > 5", "step a { wait 1 hour }",
     "given customer { visits: 9223372036854775807 }\n at 2025-01-01 10:00 CartUpdated(cart_id: \"c\", total: 1 USD)\n expect waiting in a",
     1},
    {"goal", "goal won when SignedUp as s where (s.seats otherwise 0) + 9223372036854775806 > 1 within 1 day of entry",
     "step a { wait 1 hour }",
     "at 2025-01-01 10:00 CartUpdated(cart_id: \"c\", total: 1 USD)\n after 1 minute SignedUp(seats: 9)\n expect waiting in a", 1},
    {"history", "",
     "step a { wait 1 hour  if did SignedUp as s where ((s.seats otherwise 0) + 9223372036854775806 > 1) in last 1 day { exit heard }  "
     "exit quiet }",
     "at 2025-01-01 10:00 CartUpdated(cart_id: \"c\", total: 1 USD)\n after 1 minute SignedUp(seats: 9)\n"
     "expect at 2025-01-01 11:00 exited as quiet",
     1},
    {"in_a_step_it_ends_the_instance", "", "step a { wait 1 hour  if (customer.visits otherwise 0) + 1 > 5 { exit heard }  exit quiet }",
     "given customer { visits: 9223372036854775807 }\n at 2025-01-01 10:00 CartUpdated(cart_id: \"c\", total: 1 USD)\n"
     "expect at 2025-01-01 11:00 exited as fault",
     1},
    {"in_the_arm_it_ends_the_instance", "",
     "step a { await up to 1 hour { on SignedUp as s where (s.seats otherwise 1) == 9 { if (s.seats otherwise 0) + 9223372036854775806 > 1 "
     "{ exit heard } "
     "exit quiet } on timeout { } } }",
     "at 2025-01-01 10:00 CartUpdated(cart_id: \"c\", total: 1 USD)\n after 1 minute SignedUp(seats: 9)\n expect exited as fault", 1},
};

class Fault : public testing::TestWithParam<Position> {};

TEST_P(Fault, IsFalseInAConditionAndCounted) {
  const Position& at = GetParam();
  Checked run;
  run_text(std::string("journey j {\n owner \"a\"\n lifetime 30 days\n enter on CartUpdated\n") + at.headers + "\n" + at.steps +
               "\n}\ntest \"t\" of j {\n" + at.items + "\n}\n",
           run);
  EXPECT_EQ(verdict(run), "passed");
  const auto& timeline = run.report.tests.at(0).timeline;
  EXPECT_EQ(std::count_if(timeline.begin(), timeline.end(),
                          [](const TimelineLine& line) { return line.what.starts_with("a number overflowed or was divided by zero"); }),
            at.faults);
}

TEST(FaultOfAnEntry, DoesNotStartTheJourney) {
  Checked run;
  run_text(R"(journey j { owner "a"  lifetime 30 days
  enter on SignedUp as s where (s.seats otherwise 0) + 9223372036854775806 > 1
  step a { wait 1 hour } }
test "t" of j { at 2025-01-01 10:00 SignedUp(seats: 9)
  advance until done
  expect no sends
  at 2025-01-02 10:00 SignedUp(seats: 1)
  expect waiting in a })",
           run);
  EXPECT_EQ(verdict(run), "passed");
}

INSTANTIATE_TEST_SUITE_P(Positions, Fault, testing::ValuesIn(k_positions), [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace wend::testrun
