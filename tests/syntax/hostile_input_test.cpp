#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "support.h"

namespace wend::test {
namespace {

using namespace wend::syntax;
using testing::ElementsAre;

std::string repeated(std::string_view text, std::size_t count) {
  std::string result;
  result.reserve(text.size() * count);
  for (std::size_t each = 0; each < count; ++each) result += text;
  return result;
}

std::vector<std::string> codes_of(std::string text) {
  return Parsed(std::move(text)).codes();
}

TEST(HostileInput, ALineOfAHundredMegabytes) {
  EXPECT_THAT(codes_of("segment a = " + std::string(100'000'000, 'a')), ElementsAre("E0004"));
}

TEST(HostileInput, AFileOnDiskBeyondTheBound) {
  // A hole from end to end: it takes no room.
  const auto path = std::filesystem::temp_directory_path() / ("wend-large-" + std::to_string(::getpid()));
  std::ofstream(path).close();
  std::filesystem::resize_file(path, source::k_file_bytes_max + 1);
  const auto read = source::DiskFileStore().read(path.string());
  std::filesystem::remove(path);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, source::FileErrorKind::too_large);
}

TEST(HostileInput, TooManyTokens) {
  EXPECT_THAT(codes_of(repeated("a ", k_tokens_max + 1)), ElementsAre("E0006"));
}

TEST(HostileInput, DeepNesting) {
  for (const char* bracket : {"(", "[", "{", "not (", "List<", "if a { ", "do { "}) {
    const std::vector<std::string> codes = codes_of("segment a = " + repeated(bracket, 10'000));
    EXPECT_THAT(codes, testing::Not(testing::IsEmpty())) << bracket;
  }
  EXPECT_THAT(codes_of("segment a = " + repeated("(", 10'000) + "1" + repeated(")", 10'000)), ElementsAre("E0007"));
}

TEST(HostileInput, NestingUpToTheBoundParses) {
  const std::size_t depth = k_nesting_max - 2;
  EXPECT_THAT(codes_of("segment a = " + repeated("(", depth) + "1" + repeated(")", depth)), ElementsAre());
  EXPECT_THAT(codes_of("flow f() {" + repeated("if a {", depth - 1) + repeated("}", depth - 1) + "}"), ElementsAre());
}

TEST(HostileInput, OperatorChains) {
  for (const char* link : {" + a", " and a", " otherwise a", ".a", " == a", " is not present", " in a"}) {
    EXPECT_THAT(codes_of("segment a = b" + repeated(link, 50'000)), ElementsAre("E0008")) << link;
    EXPECT_THAT(codes_of("segment a = b" + repeated(link, k_operators_max / 3)), ElementsAre()) << link;
  }
  EXPECT_THAT(codes_of("segment a = " + repeated("- ", 50'000) + "b"), ElementsAre("E0008"));
  EXPECT_THAT(codes_of("journey a { send X when capped " + repeated("delay up to 1 day else ", 50'000) + "skip }"), ElementsAre("E0008"));
}

TEST(HostileInput, LongListsAreNoProblem) {
  EXPECT_THAT(codes_of("segment a = x in [" + repeated("b + 1, ", 20'000) + "]"), ElementsAre());
  EXPECT_THAT(codes_of("journey a { if x { } " + repeated("else if x == 1 { } ", 2'000) + "}"), ElementsAre());
  EXPECT_THAT(codes_of("record R { " + repeated("a: List<Text> ", 5'000) + "}"), ElementsAre());
}

TEST(HostileInput, BytesThatAreNoText) {
  EXPECT_THAT(codes_of("module caf\xE9"), ElementsAre("E0005"));
  EXPECT_THAT(codes_of(std::string("segment a = \0true", 17)), ElementsAre("E0020"));
  EXPECT_THAT(codes_of(""), ElementsAre());
  EXPECT_THAT(codes_of("\xEF\xBB\xBF"), ElementsAre());
}

TEST(HostileInput, TooManyHoles) {
  EXPECT_THAT(codes_of("message M for x { sms { body \"" + repeated("{a}", k_holes_max + 1) + "\" } }"), ElementsAre("E0010"));
}

TEST(HostileInput, RepeatedMistakesStayWithinTimeAndOutput) {
  for (const char* line : {"sned X\n", "\"open\n", "'x' ", "}\n", "{\n", "“a” ", "\\ ", "@", "journey ", "a.b.c; ", "exit when "}) {
    const Parsed parsed("journey a {\n" + repeated(line, 40'000));
    EXPECT_LE(parsed.diagnostics().size(), k_syntax_errors_max) << line;
    EXPECT_LT(parsed.rendered().size(), 200'000U) << line;
  }
}

}  // namespace
}  // namespace wend::test
