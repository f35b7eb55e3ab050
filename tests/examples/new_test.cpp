// `wend new`: what it makes checks, tests and runs at once, in the canonical layout.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/examples/program.h"

namespace wend::examples {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Kind {
  const char* name;
  const char* option;
  const char* sent;  ///< what the sample history leads to
};

class NewProject : public testing::TestWithParam<Kind> {};

TEST_P(NewProject, ChecksTestsAndRunsAtOnce) {
  const Scratch scratch(std::string("new-") + GetParam().name);
  const std::string project = scratch / "spring_shop";
  const Outcome made = run("wend new " + project + GetParam().option);
  ASSERT_EQ(made.exit_code, 0) << made.output;
  EXPECT_THAT(made.output, HasSubstr("made the project `spring_shop`"));

  const Outcome check = run("wend check --strict --locked " + project);
  EXPECT_EQ(check.exit_code, 0) << check.output;
  EXPECT_EQ(run("wend fmt --check " + project).exit_code, 0);
  const Outcome test = run("wend test --coverage --min 100 " + project);
  EXPECT_EQ(test.exit_code, 0) << test.output;
  const Outcome replay = run("wend run " + project + " --data " + (scratch / "state").string() + " --out " + (scratch / "result").string() + " --until done");
  EXPECT_EQ(replay.exit_code, 0) << replay.output;
  EXPECT_THAT(replay.output, HasSubstr(GetParam().sent));
  EXPECT_THAT(replay.output, HasSubstr("spring_shop: "));
  EXPECT_THAT(replay.output, Not(HasSubstr("refused")));
  EXPECT_THAT(replay.output, Not(HasSubstr("traits that nobody declared")));

  EXPECT_THAT(read_file(std::filesystem::path(project) / ".github/workflows/wend.yml"), HasSubstr("wend check --strict"));
  EXPECT_EQ(run("grep -ri starter " + project).output, "");
}

INSTANTIATE_TEST_SUITE_P(Starters, NewProject,
                         testing::Values(Kind{"plain", "", "Reminder    email     1"}, Kind{"segment", " --from segment", "StillThere    email     3"},
                                         Kind{"customerio", " --from customerio", "Reminder    email     1"}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(NewProject, OverwritesNothing) {
  const Scratch scratch("new-twice");
  const std::string project = scratch / "shop";
  ASSERT_EQ(run("wend new " + project).exit_code, 0);
  ASSERT_EQ(run("echo mine > " + project + "/wend.toml").exit_code, 0);
  const Outcome again = run("wend new " + project + " --from segment");
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.output, HasSubstr("is there already"));
  EXPECT_EQ(read_file(project + "/wend.toml"), "mine\n");
  ASSERT_EQ(run("touch " + (scratch / "a_file").string()).exit_code, 0);
  EXPECT_EQ(run("wend new " + (scratch / "a_file").string()).exit_code, 2);
  ASSERT_EQ(run("mkdir " + (scratch / "empty").string()).exit_code, 0);
  EXPECT_EQ(run("wend new " + (scratch / "empty").string()).exit_code, 0);
}

TEST(NewProject, NamesThatModulesCannotHave) {
  const Scratch scratch("new-names");
  for (const char* name : {"My-Shop", "9lives", "a.b", "std", "when", "caf\303\251", "..", "."}) {
    const Outcome outcome = run("wend new '" + (scratch / name).string() + "'");
    EXPECT_EQ(outcome.exit_code, 2) << name;
  }
  EXPECT_EQ(run("wend new x --from hubspot").exit_code, 2);
  EXPECT_EQ(run("wend new").exit_code, 2);
  EXPECT_TRUE(std::filesystem::is_empty(scratch / ""));
}

}  // namespace
}  // namespace wend::examples
