#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.h"

namespace wend::test {
namespace {

using namespace wend::syntax;
using testing::ElementsAre;

TEST(Recovery, EveryMistakeOnceAndTheRestIsRead) {
  const Parsed parsed(R"(
journey a {
  owner 3
  lifetime 3 days
  step one {
    let x = 3 +
    send Hello(name: ) via email
    wait 1 day
    exit done_here
  }
  step two { exit other }
}
segment vip = customer.orders > 3
)");
  EXPECT_THAT(parsed.codes(), ElementsAre("E0101", "E0101", "E0101")) << parsed.rendered();
  EXPECT_FALSE(parsed.complete());
  const auto& journey = parsed.decl<JourneyDecl>();
  EXPECT_TRUE(parsed.file().declarations.at(0).damaged);
  EXPECT_FALSE(parsed.file().declarations.at(1).damaged);
  ASSERT_EQ(journey.statements.size(), 2U);
  const auto& statements = journey.statements.at(0)->as<StepStmt>().body.statements;
  ASSERT_EQ(statements.size(), 4U);
  EXPECT_EQ(statements.at(0)->kind(), StmtKind::Error);
  EXPECT_EQ(statements.at(1)->kind(), StmtKind::Error);
  EXPECT_EQ(statements.at(2)->kind(), StmtKind::Wait);
}

TEST(Recovery, ABlockBehindABrokenHeadIsStillRead) {
  const Parsed parsed(R"(
journey a {
  step one 5 {
    wait 1 dog
    exit done_here
  }
}
)");
  EXPECT_THAT(parsed.codes(), ElementsAre("E0101", "E0101")) << parsed.rendered();
}

TEST(Recovery, MissingBracesAreFoundByIndentation) {
  const Parsed parsed(R"(
journey a {
  step one {
    if customer.vip {
      wait 1 day
    exit done_here
  }
  step two { exit other }
}
segment vip = customer.orders > 3
)");
  ASSERT_THAT(parsed.codes(), ElementsAre("E0102")) << parsed.rendered();
  EXPECT_THAT(parsed.rendered(), testing::HasSubstr("test.journey:4:21"));
  EXPECT_EQ(parsed.file().declarations.size(), 2U);
}

TEST(Recovery, HabitsAreReportedOnce) {
  const Parsed parsed("segment a = 'x' == 'y';\nsegment b = 'z' == myName;\nsegment c = myName;");
  EXPECT_THAT(parsed.codes(), ElementsAre("E0022", "E0021", "E0105")) << parsed.rendered();
}

TEST(Recovery, ToleratedFormsLeaveTheTreeWhole) {
  const Parsed parsed(R"(
journey a {
  step one {
    send Hello(name: "x") via sms or email or else exit gone
    if customer.plan = trial { exit }
  }
  lifetime 3 days
}
)");
  EXPECT_THAT(parsed.codes(), ElementsAre("E0110", "E0111", "E0109", "E0113", "E0112")) << parsed.rendered();
  const auto& journey = parsed.decl<JourneyDecl>();
  EXPECT_EQ(journey.headers.size(), 1U);
  const auto& send = journey.statements.at(0)->as<StepStmt>().body.statements.at(0)->as<SendStmt>();
  EXPECT_EQ(send.via.size(), 2U);
  EXPECT_EQ(send.or_else->body.statements.at(0)->as<ExitStmt>().label.text, "gone");
}

TEST(Recovery, AtMostFiftyErrorsAFile) {
  std::string text = "journey a {\n  step s {\n";
  for (int line = 0; line < 200; ++line) text += "    wait 1 dog\n";
  const Parsed parsed(text + "  }\n}\n");
  EXPECT_EQ(parsed.diagnostics().size(), k_syntax_errors_max);
}

}  // namespace
}  // namespace wend::test
