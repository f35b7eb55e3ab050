// What the layout promises, over everything there is to try it on: the repository's files, random sentences of the grammar
// and the random programs of tests/reference.

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sstream>

#include "compiler/format/format.h"
#include "support.h"
#include "tests/paths.h"
#include "tests/reference/generator.h"
#include "tests/syntax/grammar_sentences.h"

namespace wend::test {
namespace {

std::string grammar_text() {
  std::ifstream stream(std::string(WEND_SOURCE_DIR) + "/grammar/Wend.g4", std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

constexpr std::array k_declarations = {"journeyDecl", "flowDecl",     "testDecl",     "segmentDecl",    "fnDecl",      "policyDecl",
                                       "messageDecl", "eventDecl",    "channelDecl",  "experimentDecl", "enumDecl",    "importDecl",
                                       "actionDecl",  "customerDecl", "calendarDecl", "holdoutDecl",    "fixtureDecl", "recordDecl"};

/// Random declarations that parse: the grammar alone allows what the parser then refuses, such as a clause given twice.
class Sentences {
 public:
  explicit Sentences(std::uint64_t seed) : grammar_(grammar_text(), seed) {}

  std::string next(std::size_t tokens_max) {
    while (true) {
      std::string text = grammar_.make(k_declarations[at_++ % k_declarations.size()], tokens_max) + "\n";
      if (parses(text)) return text;
    }
  }

 private:
  GrammarSentences grammar_;
  std::size_t at_ = 0;
};

TEST(Promises, HoldForTheRepository) {
  ASSERT_GT(repository_files().size(), 200U);
  for (const RepositoryFile& each : repository_files()) {
    const auto broken = broken_promise(each.text);
    ASSERT_FALSE(broken) << each.path << ": " << *broken;
  }
}

TEST(Promises, HoldForSentencesOfTheGrammar) {
  Sentences sentences(4);
  for (int round = 0; round < 1500; ++round) {
    const auto broken = broken_promise(sentences.next(round % 3 == 0 ? 300 : 80));
    ASSERT_FALSE(broken) << *broken;
  }
}

TEST(Promises, LinesAreNotTooWide) {
  Sentences sentences(9);
  for (int round = 0; round < 1500; ++round) {
    std::istringstream lines(formatted(sentences.next(150)));
    for (std::string line; std::getline(lines, line);) ASSERT_LE(line.size(), format::k_width_max) << line;
  }
}

TEST(Promises, HoldForRandomPrograms) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    reference::Dice dice(seed);
    const std::string text = reference::random_declarations(dice) + reference::random_journeys(dice, true);
    ASSERT_TRUE(parses(text)) << text;
    const auto broken = broken_promise(text);
    ASSERT_FALSE(broken) << *broken;
  }
}

TEST(Promises, HoldWithCommentsAnywhere) {
  std::mt19937_64 random(11);
  for (const RepositoryFile& each : repository_files()) {
    for (const std::size_t one_in : {2U, 9U}) {
      const auto broken = broken_promise(with_comments(each.text, random, one_in));
      ASSERT_FALSE(broken) << each.path << ": " << *broken;
    }
  }
  Sentences sentences(5);
  for (int round = 0; round < 1000; ++round) {
    const auto broken = broken_promise(with_comments(sentences.next(80), random, 1 + round % 6));
    ASSERT_FALSE(broken) << *broken;
  }
}

TEST(Promises, TheSpacesBetweenTokensDoNotMatter) {
  std::mt19937_64 random(12);
  for (const RepositoryFile& each : repository_files()) {
    const std::string other = respaced(each.text, random);
    ASSERT_EQ(formatted(other), formatted(each.text)) << each.path << "\n── as\n" << other;
  }
  Sentences sentences(6);
  for (int round = 0; round < 600; ++round) {
    const std::string text = with_comments(sentences.next(80), random, 20);
    const std::string other = respaced(text, random);
    ASSERT_EQ(formatted(other), formatted(text)) << "── as\n" << other;
  }
}

}  // namespace
}  // namespace wend::test
