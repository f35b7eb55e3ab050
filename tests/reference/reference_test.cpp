#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/paths.h"
#include "tests/reference/generator.h"

// `wend-reference-check` runs as many as one likes; here are a few, always the same.

namespace wend::reference {
namespace {

constexpr std::uint64_t k_seeds = 60;
constexpr std::size_t k_inputs = 300;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Reference, agrees_with_the_engine_on_random_cases) {
  std::size_t compared = 0;
  std::size_t commands = 0;
  for (std::uint64_t seed = 1; seed <= k_seeds; ++seed) {
    const Case subject = random_case(seed, k_inputs);
    const Comparison result = compare(subject);
    if (result.verdict == Verdict::does_not_compile) continue;
    ++compared;
    commands += result.commands;
    ASSERT_EQ(result.difference, "") << "seed " << seed << "; run wend-reference-check --seed " << seed << " --events 1 to have it shrunk";
  }
  // Otherwise the generator has lost its way, and agreement says nothing.
  EXPECT_GT(compared, k_seeds * 8 / 10);
  EXPECT_GT(commands, k_seeds * k_inputs / 10);
}

// What once differed. A name says what the case is about.
TEST(Reference, agrees_with_the_engine_on_kept_cases) {
  std::size_t cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(WEND_SOURCE_DIR "/tests/reference/cases")) {
    const auto subject = case_from_text(text_of(entry.path()));
    ASSERT_TRUE(subject.has_value()) << entry.path();
    const Comparison result = compare(*subject);
    EXPECT_EQ(result.difference, "") << entry.path() << "\n" << show_both(*subject);
    EXPECT_EQ(result.verdict, Verdict::agree) << entry.path();
    ++cases;
  }
  EXPECT_GT(cases, 0U);
}

TEST(Reference, a_case_is_the_same_after_writing_and_reading) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const std::string text = to_text(random_case(seed, k_inputs));
    const auto again = case_from_text(text);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(to_text(*again), text);
  }
}

}  // namespace
}  // namespace wend::reference
