#include "compiler/format/unified_diff.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <vector>

namespace wend::format {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line + "\n");
  return lines;
}

/// What `patch` makes of it; every line of a hunk must be where the hunk says.
std::string patched(const std::string& before, const std::string& diff) {
  const std::vector<std::string> old = lines_of(before);
  const std::vector<std::string> hunks = lines_of(diff);
  std::string result;
  std::size_t at = 0;
  for (std::size_t index = 2; index < hunks.size(); ++index) {
    const std::string& line = hunks[index];
    if (line.starts_with("@@")) {
      std::size_t begin = std::stoul(line.substr(4));
      if (line.substr(4, line.find(" +") - 4).ends_with(",0")) ++begin;
      while (at + 1 < begin) result += old.at(at++);
    } else if (line.front() == '+') {
      result += line.substr(1);
    } else {
      EXPECT_EQ(old.at(at), line.substr(1));
      if (line.front() == ' ') result += old.at(at);
      ++at;
    }
  }
  while (at < old.size()) result += old.at(at++);
  return result;
}

TEST(UnifiedDiff, OfEqualTextsIsEmpty) {
  EXPECT_EQ(unified_diff("x", "a\n", "a\n"), "");
}

TEST(UnifiedDiff, ShowsThreeLinesAroundAChange) {
  EXPECT_EQ(unified_diff("x", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
            "--- x\n+++ x\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
  EXPECT_EQ(unified_diff("x", "", "a\n"), "--- x\n+++ x\n@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(unified_diff("x", "a", "a\n"), "--- x\n+++ x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

TEST(UnifiedDiff, LeadsFromTheOneTextToTheOther) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string before;
    std::string after;
    for (std::size_t line = random() % 40; line > 0; --line) {
      const std::string text(1, static_cast<char>('a' + random() % 4));
      const auto fate = random() % 12;
      if (fate != 0) before += text + "\n";
      if (fate != 1) after += (fate == 2 ? "z" : text) + "\n";
    }
    ASSERT_EQ(patched(before, unified_diff("x", before, after)), after) << before << "──\n" << after;
  }
}

TEST(UnifiedDiff, OfTextsWithNothingInCommonIsBounded) {
  std::string before;
  std::string after;
  for (int line = 0; line < 5000; ++line) {
    before += "a" + std::to_string(line) + "\n";
    after += "b" + std::to_string(line) + "\n";
  }
  EXPECT_EQ(patched(before, unified_diff("x", before, after)), after);
}

}  // namespace
}  // namespace wend::format
