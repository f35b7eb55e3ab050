#include "tests/flow/shop.h"

namespace wend::flow {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Shop;

constexpr const char* k_loop = "E0401";
constexpr const char* k_missed = "E0402";
constexpr const char* k_deaf = "W0940";

std::string findings(const std::string& statements) {
  return Shop("enter on CartUpdated as cart\n" + statements).findings();
}

TEST(LoopsTakeTime, AWaitOnEveryPathIsEnough) {
  EXPECT_THAT(findings("repeat up to 3 times { wait 1 day }"), Not(HasSubstr(k_loop)));
  EXPECT_THAT(findings("repeat up to 3 times every 1 day { send Hello(name: \"a\") via email }"), Not(HasSubstr(k_loop)));
  EXPECT_THAT(findings("repeat up to 3 times { await up to 1 day { on OrderPlaced from now { } on timeout { } } }"),
              Not(HasSubstr(k_loop)));
  EXPECT_THAT(findings("repeat up to 3 times { if cart.plan == free { wait 1 day } else { stop repeating } }"), Not(HasSubstr(k_loop)));
  EXPECT_THAT(findings("repeat up to 3 times { if cart.plan == free { wait 1 day } else { exit gone } }"), Not(HasSubstr(k_loop)));
}

TEST(LoopsTakeTime, APathWithoutAWaitIsFound) {
  EXPECT_THAT(findings("repeat up to 3 times { if cart.plan == free { wait 1 day } }"), HasSubstr(k_loop));
  EXPECT_THAT(findings("repeat up to 3 times { set customer.stage = \"a\" }"), HasSubstr(k_loop));
  EXPECT_THAT(findings("step s { repeat up to 3 times { wait until customer.trial_ends_at if past continue if absent { exit gone } } }"),
              HasSubstr(k_loop));
}

TEST(LoopsTakeTime, AnEventThatStillCountsTakesNone) {
  EXPECT_THAT(findings("repeat up to 3 times { await up to 1 day { on OrderPlaced since entry { } on timeout { } } }"), HasSubstr(k_loop));
  EXPECT_THAT(findings("repeat up to 3 times { await up to 1 day { on OrderPlaced since entry { stop repeating } on timeout { } } }"),
              Not(HasSubstr(k_loop)));
}

TEST(LoopsTakeTime, AConditionThatMayHoldTakesNone) {
  EXPECT_THAT(findings("repeat up to 3 times { await up to 1 day { when customer.plan == pro { } on timeout { } } }"), HasSubstr(k_loop));
}

TEST(MissedEvents, AnEarlierWaitThatDoesNotHearIsFound) {
  EXPECT_THAT(findings("wait 1 day  await up to 2 days { on OrderPlaced { } on timeout { } }"), HasSubstr(k_missed));
  EXPECT_THAT(findings("await up to 2 days { on OrderPlaced { } on timeout { } }"), Not(HasSubstr(k_missed)));
}

TEST(MissedEvents, SayingWhatCountsIsEnough) {
  for (const char* words : {"from now", "since entry", "since 2 days ago"}) {
    EXPECT_THAT(findings(std::string("wait 1 day  await up to 2 days { on OrderPlaced ") + words + " { } on timeout { } }"),
                Not(HasSubstr(k_missed)))
        << words;
  }
}

TEST(MissedEvents, AnExitHearsEverywhere) {
  EXPECT_THAT(findings("exit bought when OrderPlaced\n wait 1 day  await up to 2 days { on OrderPlaced { } on timeout { } }"),
              Not(HasSubstr(k_missed)));
}

TEST(MissedEvents, AnEarlierRoundOfALoopCounts) {
  EXPECT_THAT(
      findings("repeat up to 3 times { await up to 1 day as a { on OrderPlaced { stop repeating } on timeout { wait 1 hour as b } } }"),
      HasSubstr(k_missed));
}

TEST(MissedEvents, AnEarlierWaitOfAnotherBranchDoesNot) {
  EXPECT_THAT(findings("if cart.plan == free { wait 1 day } else { await up to 1 day { on OrderPlaced { } on timeout { } } }"),
              Not(HasSubstr(k_missed)));
}

TEST(DeafWaits, AWaitInsideTheLoopThatLosesItsEndIsFound) {
  const char* loop = R"(repeat up to 3 times {
    await up to 2 days {
      on OrderPlaced %s { stop repeating }
      on TicketOpened from now { wait 3 days as cool_off }
      on timeout { }
    }
  })";
  std::string from_now = loop;
  from_now.replace(from_now.find("%s"), 2, "from now");
  EXPECT_THAT(findings(from_now), HasSubstr(k_deaf));
  std::string since_entry = loop;
  since_entry.replace(since_entry.find("%s"), 2, "since entry");
  EXPECT_THAT(findings(since_entry), Not(HasSubstr(k_deaf)));
}

}  // namespace
}  // namespace wend::flow
