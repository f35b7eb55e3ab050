#include <gtest/gtest.h>

#include <array>

#include "grammar_sentences.h"
#include "support.h"

namespace wend::test {
namespace {

using namespace wend::syntax;

constexpr std::array k_declarations = {"journeyDecl", "flowDecl",     "testDecl",     "segmentDecl",    "fnDecl",      "policyDecl",
                                       "messageDecl", "eventDecl",    "channelDecl",  "experimentDecl", "enumDecl",    "importDecl",
                                       "actionDecl",  "customerDecl", "calendarDecl", "holdoutDecl",    "fixtureDecl", "recordDecl"};

/// What the grammar cannot say, and random sentences therefore violate.
bool is_beyond_the_grammar(diag::Kind kind) {
  return kind == diag::Kind::mixed_duration || kind == diag::Kind::repeated_clause;
}

TEST(Sentences, EveryRandomSentenceOfTheGrammarParses) {
  GrammarSentences grammar(read_source_file("grammar/Wend.g4"), 20'250'309);
  for (int round = 0; round < 60; ++round) {
    std::string text;
    for (const char* declaration : k_declarations) text += grammar.make(declaration, 120) + "\n";
    const Parsed parsed(text);
    for (const diag::Diagnostic& each : parsed.diagnostics()) {
      ASSERT_TRUE(is_beyond_the_grammar(each.kind())) << text << "\n" << parsed.rendered();
    }
    ASSERT_EQ(parsed.file().declarations.size(), k_declarations.size()) << text;
    for (const Decl& each : parsed.file().declarations) ASSERT_NE(each.kind(), DeclKind::Error) << text;
  }
}

/// Random damage: never a crash, always a tree, spans inside the file, and bounded output.
TEST(Sentences, DamagedSentencesStillGiveATree) {
  GrammarSentences grammar(read_source_file("grammar/Wend.g4"), 7);
  std::mt19937_64 random(7);
  for (int round = 0; round < 150; ++round) {
    std::string text;
    for (const char* declaration : {"journeyDecl", "testDecl", "recordDecl", "policyDecl"}) text += grammar.make(declaration, 100) + "\n";
    static constexpr std::string_view k_noise = "{}()[]\"'`;,.:=@#\\\n\x01\xC3 aZ9";
    for (int damage = 0; damage < 5; ++damage) {
      const std::size_t at = random() % text.size();
      if (random() % 2 == 0) {
        text.erase(at, 1 + random() % 8);
      } else {
        text.insert(at, 1, k_noise[random() % k_noise.size()]);
      }
    }
    const Parsed parsed(text);
    EXPECT_LE(parsed.diagnostics().size(), k_syntax_errors_max);
    EXPECT_TRUE(parsed.complete() == parsed.diagnostics().empty()) << text << parsed.rendered();
    for (const Decl& each : parsed.file().declarations) ASSERT_LE(each.span.end, text.size());
    EXPECT_FALSE(!parsed.complete() && parsed.rendered().empty());
  }
}

}  // namespace
}  // namespace wend::test
