#include "compiler/cli/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace wend::cli {
namespace {

using testing::HasSubstr;

std::expected<Arguments, Message> parse(std::vector<const char*> words) {
  return parse_arguments(words);
}

TEST(Arguments, CheckTakesAProjectAndAFormat) {
  const auto arguments = parse({"check", "shop", "--format", "json", "--color", "never"});
  ASSERT_TRUE(arguments);
  const auto& options = std::get<CheckOptions>(arguments->command);
  EXPECT_EQ(options.project, "shop");
  EXPECT_EQ(options.format, OutputFormat::json);
  EXPECT_EQ(arguments->colours, ColourChoice::never);
}

TEST(Arguments, CheckIsStrictWhenAsked) {
  const auto usual = parse({"check"});
  const auto strict = parse({"check", "--strict"});
  ASSERT_TRUE(usual && strict);
  EXPECT_FALSE(std::get<CheckOptions>(usual->command).strict);
  EXPECT_TRUE(std::get<CheckOptions>(strict->command).strict);
}

TEST(Arguments, TheProjectIsTheCurrentFolderByDefault) {
  const auto arguments = parse({"check"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(std::get<CheckOptions>(arguments->command).project, ".");
}

TEST(Arguments, RunTakesItsFolders) {
  const auto arguments =
      parse({"run", "shop", "--events", "e.ndjson", "--data", "d", "--out", "o", "--until", "done", "--sort", "--max-rejects", "7"});
  ASSERT_TRUE(arguments);
  const auto& options = std::get<RunOptions>(arguments->command);
  EXPECT_EQ(options.events, "e.ndjson");
  EXPECT_EQ(options.data, "d");
  EXPECT_EQ(options.out, "o");
  EXPECT_EQ(options.until, "done");
  EXPECT_TRUE(options.sort);
  EXPECT_EQ(options.rejects_max, 7u);
}

TEST(Arguments, PagesAndALeastOfCoverageAskForCoverage) {
  EXPECT_FALSE(std::get<TestOptions>(parse({"test"})->command).coverage);
  EXPECT_TRUE(std::get<TestOptions>(parse({"test", "--coverage-html", "pages"})->command).coverage);
  const auto arguments = parse({"test", "--min", "90", "--format", "junit"});
  ASSERT_TRUE(arguments);
  EXPECT_TRUE(std::get<TestOptions>(arguments->command).coverage);
  EXPECT_EQ(std::get<TestOptions>(arguments->command).coverage_min, 90);
}

TEST(Arguments, HelpAndVersionEndWell) {
  for (const std::vector<const char*>& words :
       std::vector<std::vector<const char*>>{{"help"}, {"--help"}, {"help", "run"}, {"--version"}}) {
    const auto arguments = parse(words);
    ASSERT_FALSE(arguments);
    EXPECT_EQ(arguments.error().code, ExitCode::ok);
  }
  EXPECT_THAT(parse({"help", "run"}).error().text, HasSubstr("--max-rejects"));
  EXPECT_THAT(parse({"help"}).error().text, HasSubstr("explain"));
  EXPECT_THAT(parse({"--version"}).error().text, HasSubstr("wend 0."));
}

struct Wrong {
  std::vector<const char*> words;
  const char* message;
};
class WrongArguments : public testing::TestWithParam<Wrong> {};

TEST_P(WrongArguments, AreMattersOfUsage) {
  const auto arguments = parse(GetParam().words);
  ASSERT_FALSE(arguments);
  EXPECT_EQ(arguments.error().code, ExitCode::usage);
  EXPECT_THAT(arguments.error().text, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(All, WrongArguments,
                         testing::Values(Wrong{{"test", "--coverage", "--format", "junit"}, "JUnit has no place for coverage"},
                                         Wrong{{"test", "--min", "101"}, "--min"}, Wrong{{}, "Usage"},
                                         Wrong{{"chekc", "shop"}, "unknown command `chekc`; did you mean `check`?"},
                                         Wrong{{"frobnicate"}, "unknown command `frobnicate`\n"},
                                         Wrong{{"check", "--frmat", "json"}, "unexpected `--frmat`; did you mean `--format`?"},
                                         Wrong{{"check", "--format", "xml"}, "--format"}, Wrong{{"explain"}, "code"},
                                         Wrong{{"run", "shop", "--events", "e", "--data", "d"}, "--out"},
                                         Wrong{{"run", "shop", "--events", "e", "--data", "d", "--out", "o", "--max-rejects", "-3"},
                                               "--max-rejects"},
                                         Wrong{{"check", "a", "b"}, "unexpected `b`"}));

}  // namespace
}  // namespace wend::cli
