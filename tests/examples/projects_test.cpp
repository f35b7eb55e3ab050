// Every example is checked, tested, built and listed as a user would.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/examples/program.h"
#include "tests/paths.h"

namespace wend::examples {
namespace {

using testing::HasSubstr;
using testing::Not;

class Projects : public testing::TestWithParam<const char*> {
 protected:
  std::string project() const { return std::string("examples/") + GetParam(); }
};

TEST_P(Projects, Checks) {
  const Outcome outcome = run("wend check " + project());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, Not(HasSubstr("warning")));
}

// Users learn from the tests, too: they come nearly everywhere. Acme has the tests it was designed with, and no others.
TEST_P(Projects, TestsPass) {
  const bool is_as_designed = project() == "examples/acme";
  const Outcome outcome = run("wend test --coverage --min " + std::string(is_as_designed ? "0 " : "94 ") + project());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr(", 0 failed"));
}

TEST_P(Projects, BuildsTheSameBytesTwice) {
  const Scratch scratch(std::string("build-") + GetParam());
  const std::string first = scratch / "first.wendc";
  const std::string second = scratch / "second.wendc";
  const Outcome outcome = run("wend build " + project() + " -o " + first + " && wend build " + project() + " -o " + second);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_EQ(read_file(first), read_file(second));
  const Outcome listing = run("wend dis " + first);
  EXPECT_EQ(listing.exit_code, 0) << listing.output;
  EXPECT_THAT(listing.output, HasSubstr("suspend"));
}

// The library is tested in the language, and all of it that can be covered is.
TEST(StandardLibrary, TestsPass) {
  const Outcome check = run("wend check --strict stdlib/tests");
  EXPECT_EQ(check.exit_code, 0) << check.output;
  const Outcome outcome = run("wend test --coverage --min 100 stdlib/tests");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr(", 0 failed"));
}

INSTANTIATE_TEST_SUITE_P(Examples, Projects, testing::Values("hello", "shop", "retail", "acme"),
                         [](const auto& info) { return std::string(info.param); });

// The journeys that every tool of the trade documents: short, and covered by their tests to the last exit.
class Documented : public Projects {};

TEST_P(Documented, ChecksAndCoversEverything) {
  const Outcome check = run("wend check --strict " + project());
  EXPECT_EQ(check.exit_code, 0) << check.output;
  const Outcome test = run("wend test --coverage --min 100 " + project());
  EXPECT_EQ(test.exit_code, 0) << test.output;
  EXPECT_THAT(test.output, HasSubstr(", 0 failed"));
  EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(WEND_SOURCE_DIR) / project() / "README.md"));
}

INSTANTIATE_TEST_SUITE_P(Examples, Documented,
                         testing::Values("abandoned_cart", "onboarding", "win_back", "dunning", "renewal", "survey", "back_in_stock",
                                         "birthday", "trial_expiry", "channel_fallback", "ab_holdout", "transactional"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace wend::examples
