#include "compiler/schema/pattern.h"

#include <gtest/gtest.h>

#include "runtime/bytecode/expression.h"

namespace wend::schema {
namespace {

bool finds(std::string_view pattern, std::string_view text) {
  const auto expression = expression_of_pattern(pattern);
  EXPECT_TRUE(expression) << pattern << ": " << expression.error().what;
  return expression && bytecode::Expression::compile(*expression)->is_found_in(text);
}
std::string refusal(std::string_view pattern) {
  const auto expression = expression_of_pattern(pattern);
  return expression ? "none: " + *expression : expression.error().what;
}

TEST(Pattern, FindsWhatEcmaScriptFinds) {
  EXPECT_TRUE(finds("b+", "abbc"));
  EXPECT_FALSE(finds("^b+$", "abb"));
  EXPECT_FALSE(finds("^a$", "a\n"));
  EXPECT_TRUE(finds("^\\d{3}-\\d{2,}$", "123-45"));
  EXPECT_FALSE(finds("^\\d$", "\u0664"));
  EXPECT_FALSE(finds("^\\w$", "é"));
  EXPECT_TRUE(finds("^\\s$", "\u00a0"));
  EXPECT_FALSE(finds("\\S", "\ufeff\t"));
  EXPECT_TRUE(finds("^[^\\S]$", "\u2003"));
  EXPECT_FALSE(finds("^.$", "\u2028"));
  EXPECT_TRUE(finds("^.$", "💡"));
  EXPECT_TRUE(finds("^\\u{1F4A1}$", "💡"));
  EXPECT_TRUE(finds("^\\ud83d\\udca1$", "💡"));
  EXPECT_TRUE(finds("^[\\u00e0-\\u00ff]$", "é"));
  EXPECT_TRUE(finds("^\\p{Letter}+$", "Ωé"));
  EXPECT_TRUE(finds("^\\p{Script=Greek}$", "Ω"));
  EXPECT_TRUE(finds("^[\\w-]+$", "a-b"));
  EXPECT_TRUE(finds("^[\\w-.]+$", "a-.b"));
  EXPECT_TRUE(finds("^[[a]]$", "[]"));
  EXPECT_FALSE(finds("[]", "a"));
  EXPECT_TRUE(finds("^[^]$", "\n"));
  EXPECT_TRUE(finds("^a{,3}$", "a{,3}"));
  EXPECT_TRUE(finds("^{}]$", "{}]"));
  EXPECT_TRUE(finds("^\\/\\.\\-$", "/.-"));
  EXPECT_TRUE(finds("^\\cJ[\\b]$", "\n\b"));
  EXPECT_TRUE(finds("^(?<year>[0-9]{4})(?:-x)?$", "2024"));
}

TEST(Pattern, SaysWhatItCannotHold) {
  EXPECT_EQ(refusal("(?=a)"), "it looks ahead (`(?=` or `(?!`)");
  EXPECT_EQ(refusal("(?<!a)b"), "it looks behind (`(?<=` or `(?<!`)");
  EXPECT_EQ(refusal("(a)\\1"), "it refers back to what a group found");
  EXPECT_EQ(refusal("(?<n>a)\\k<n>"), "it refers back to what a group found");
  EXPECT_EQ(refusal("(?i)a"), "`(?i` begins no group of ECMA-262");
  EXPECT_EQ(refusal("^\\Z"), "`\\Z` is no escape of ECMA-262");
  EXPECT_EQ(refusal("[a"), "a class is not closed");
  EXPECT_EQ(refusal("a\\"), "it ends in `\\`");
  EXPECT_EQ(refusal("\\ud800"), "`\\u` stands without the digits of a character");
  EXPECT_EQ(refusal("^.{0,2000}$"), "`{0,2000}` repeats more than 1000 times");
  EXPECT_EQ(refusal("a{1001,}"), "`{1001,}` repeats more than 1000 times");
  EXPECT_EQ(refusal("a{1001}"), "`{1001}` repeats more than 1000 times");
  EXPECT_EQ(refusal("(a"), "missing ): (a");
  EXPECT_EQ(refusal("a**"), "bad repetition operator: **");
}

TEST(Pattern, HelpsOnlyWhereItCan) {
  EXPECT_NE(expression_of_pattern("(?=a)").error().help.find("several, under `allOf`"), std::string_view::npos);
  EXPECT_NE(expression_of_pattern(".{0,2000}").error().help.find("`maxLength`"), std::string_view::npos);
  for (const char* broken : {"(", "\\Z", "[a"}) EXPECT_EQ(expression_of_pattern(broken).error().help, "") << broken;
}

// What would take others for ever: time is in proportion to the text.
TEST(Pattern, TakesNoLongerForBeingNested) {
  EXPECT_FALSE(finds("^(([a-z])+.)+[A-Z]([a-z])+$", std::string(100'000, 'a')));
}

}  // namespace
}  // namespace wend::schema
