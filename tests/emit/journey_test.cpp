// What a journey's tables say, beyond what its listing shows.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/project/compile.h"
#include "runtime/bytecode/program_file.h"

namespace wend {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* k_declarations = R"(
edition 1
module m
event Started { id: Text }
event Ordered grace 5 minutes { id: Text }
event Asked grace 2 minutes { id: Text }
customer { id: Id  email: Email  phone: Phone?  plan: Text  shelf: Set<Text>  zone: TimeZone?  due: Instant? }
customer timezone = customer.zone otherwise "Europe/Paris"
channel email { address customer.email }
channel sms { address customer.phone }
message Hello(n: Int) for transactional { email { body "{n}" } sms { body "{n}" } }
)";

bytecode::Program compiled(const std::string& journey) {
  source::MemoryFileStore files;
  files.write("m.journey", k_declarations + ("journey j { owner \"a@b.c\"  lifetime 10 days\n" + journey + "\n}\n"));
  const auto project = project::load(files, "m.journey");
  auto result = project::compile(*project, files, *ZoneTable::system());
  for (const auto& finding : result.findings.sorted()) EXPECT_EQ(finding.severity(), diag::Severity::warning) << finding.message();
  return result.program ? std::move(*result.program) : bytecode::Program();
}

std::vector<std::string> required(const bytecode::Program& program) {
  std::vector<std::string> names;
  for (const auto attribute : program.journeys.at(0).required) names.push_back(program.attributes[static_cast<size_t>(attribute)].name);
  return names;
}

TEST(RequiredAttributes, AreThoseThatTheJourneyOrItsChannelsRead) {
  EXPECT_THAT(required(compiled("enter on Started\n step s { wait 1 hour }")), IsEmpty());
  EXPECT_THAT(required(compiled("enter on Started\n step s { send Hello(n: 1) via sms }")), IsEmpty());
  EXPECT_THAT(required(compiled("enter on Started\n step s { send Hello(n: 1) via email }")), ElementsAre("email"));
  EXPECT_THAT(required(compiled("enter on Started\n exit x when customer.plan == \"a\"\n step s { wait 1 hour }")), ElementsAre("plan"));
  EXPECT_THAT(required(compiled("enter on Started where size_of(customer.shelf) > 0\n step s { wait 1 hour }")), IsEmpty());
}

TEST(Grace, IsTheLargestOfWhatIsHeardAtThePoint) {
  const auto program = compiled(
      "enter on Started\n exit x when Asked\n step s { wait 1 hour  await up to 1 day { on Ordered from now { } on timeout { } } }");
  ASSERT_EQ(program.journeys.at(0).points.size(), 2u);
  EXPECT_EQ(program.journeys[0].points[0].grace_ms, 2 * k_minute_ms);
  EXPECT_EQ(program.journeys[0].points[1].grace_ms, 5 * k_minute_ms);
}

TEST(Deadlines, AreFixedForDurationsAndCodeForTheRest) {
  const auto program = compiled(
      "enter on Started\n step a { wait 2 hours }\n step b { wait 2 days }\n"
      " step c { wait until customer.due if past continue if absent { exit none } }");
  const auto& points = program.journeys.at(0).points;
  ASSERT_EQ(points.size(), 3u);
  EXPECT_EQ(points[0].fixed_ms, 2 * k_hour_ms);
  EXPECT_FALSE(points[0].deadline);
  EXPECT_FALSE(points[1].fixed_ms);
  EXPECT_TRUE(points[1].deadline);
  EXPECT_TRUE(points[2].if_past && points[2].if_absent);
  ASSERT_EQ(points[2].live.size(), 1u);
  EXPECT_EQ(program.attributes[static_cast<size_t>(points[2].live[0])].name, "due");
}

TEST(Sites, HaveThePathAndTheRoundsOfTheLoopsAroundThem) {
  const auto program = compiled(
      "enter on Started\n step a { repeat up to 2 times { repeat up to 3 times { send Hello(n: round) via email as tip  wait 1 hour } } }");
  ASSERT_EQ(program.journeys.at(0).sites.size(), 1u);
  EXPECT_EQ(program.journeys[0].sites[0].path, "a/tip");
  EXPECT_EQ(program.journeys[0].sites[0].rounds.size(), 2u);
}

TEST(Goals, SaveWhatTheirPredicatesRead) {
  const auto program =
      compiled("enter on Started as s\n goal g when Ordered as o where o.id == s.id within 1 day of entry\n step a { wait 1 hour }");
  const bytecode::Journey& journey = program.journeys.at(0);
  ASSERT_TRUE(journey.goal_layout);
  const auto& slots = journey.layouts[static_cast<size_t>(*journey.goal_layout)].slots;
  ASSERT_EQ(slots.size(), 1u);
  EXPECT_EQ(slots[0].name, "s.id");
}

TEST(Exits, OfAJourneyThatNeverWaitsHearNothing) {
  const auto program = compiled(
      "enter on Started as s\n exit x when Ordered as o where o.id == s.id\n exit y when customer.plan == \"a\"\n"
      " step a { send Hello(n: 1) via sms }");
  ASSERT_EQ(program.journeys.at(0).exits.size(), 1u);
  EXPECT_FALSE(program.journeys[0].exits[0].event);
}

TEST(Limits, AreReportedByTheNameOfWhatIsTooMuch) {
  std::string text = k_declarations;
  text += "journey j { owner \"a@b.c\"  lifetime 1 day  enter on Started  step s { if size_of([1";
  for (int i = 0; i < 4'200; ++i) text += ", 1";
  text += "]) > 0 { wait 1 hour } } }\n";
  source::MemoryFileStore files;
  files.write("m.journey", text);
  const auto project = project::load(files, "m.journey");
  const auto result = project::compile(*project, files, *ZoneTable::system());
  EXPECT_FALSE(result.program);
  ASSERT_EQ(result.findings.sorted().size(), 1u);
  EXPECT_EQ(result.findings.sorted()[0].kind(), diag::Kind::program_too_large);
  EXPECT_EQ(result.findings.sorted()[0].message(), "the program is too large: too many values of one journey, text or expression");
}

TEST(Bytes, AreTheSameForTheSameProject) {
  const char* journey = "enter on Started as s\n step a { send Hello(n: 1) via email, else sms  wait 1 day at 09:00 }";
  EXPECT_EQ(bytecode::write_program(compiled(journey)), bytecode::write_program(compiled(journey)));
}

}  // namespace
}  // namespace wend
