#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "grammar_sentences.h"
#include "support.h"

namespace wend::test {
namespace {

using namespace wend::syntax;

bool is_word(const std::string& literal) {
  return std::islower(static_cast<unsigned char>(literal.front())) != 0;
}

TEST(Words, EveryWordOfTheGrammarIsSoftOrReserved) {
  const GrammarSentences grammar(read_source_file("grammar/Wend.g4"), 1);
  const std::vector<std::string>& soft = soft_words();
  const std::vector<std::string>& reserved = reserved_words();
  for (const std::string& literal : grammar.literals()) {
    if (!is_word(literal)) continue;
    const bool is_soft = std::find(soft.begin(), soft.end(), literal) != soft.end();
    const bool is_reserved = std::find(reserved.begin(), reserved.end(), literal) != reserved.end();
    EXPECT_TRUE(is_soft != is_reserved) << literal << (is_soft ? " is in both lists" : " is in neither list");
  }
  EXPECT_EQ(grammar.alternatives_of("soft"), soft) << "sorted, without doubles";
  EXPECT_EQ(grammar.alternatives_of("keyword"), reserved) << "sorted, without doubles";
}

TEST(Words, SoftWordsAreNamesEverywhere) {
  for (const std::string& word : soft_words()) {
    const std::string text = "enum E { " + word + " }\nfn f(" + word + ": Int) -> Int = " + word + " + " + word + "(1) + customer." + word +
                             "\nsegment " + word + " = " + word + "\njourney " + word + " {\n  step " + word + " {\n    let " + word +
                             " = 3\n    send A(" + word + ": " + word + ") via " + word + " as " + word + "\n    if " + word +
                             " == " + word + " { leave " + word + " }\n    match x { " + word + " => { } }\n    exit " + word +
                             "\n  }\n}\ntest \"t\" of " + word + " {\n  given " + word + " = " + word + "\n  expect exited as " + word +
                             "\n  expect waiting in " + word + "." + word + "\n}\n";
    const Parsed parsed(text);
    EXPECT_TRUE(parsed.diagnostics().empty()) << word << "\n" << parsed.rendered();
  }
}

TEST(Words, ReservedWordsAreNamesWhereNothingElseCanStand) {
  for (const std::string& word : reserved_words()) {
    const Parsed parsed("enum E { " + word + " }\nrecord R { " + word + ": Int }\nsegment a = customer." + word + " == E." + word +
                        "\nsegment `" + word + "` = `" + word + "`\n");
    EXPECT_TRUE(parsed.diagnostics().empty()) << word << "\n" << parsed.rendered();
  }
}

TEST(Words, AReservedWordAsANameIsSaidWithItsBackQuotedForm) {
  for (const std::string& word : reserved_words()) {
    const Parsed parsed("flow f() {\n  let " + word + " = 3\n  exit a\n}\n");
    ASSERT_EQ(parsed.codes(), (std::vector<std::string>{"E0104"})) << word << "\n" << parsed.rendered();
    EXPECT_EQ(parsed.diagnostics().at(0).helps().at(0).replacement->text, "`" + word + "`");
  }
}

TEST(Words, TheNamesThatAuthorsChooseAreSoft) {
  for (const char* word :
       {"first", "last", "next", "count", "round", "entry", "message", "day", "month", "list", "event", "segment", "timezone", "yes"}) {
    const Parsed parsed(std::string("flow f() { let ") + word + " = 3 exit a }");
    EXPECT_TRUE(parsed.diagnostics().empty()) << word;
  }
}

}  // namespace
}  // namespace wend::test
