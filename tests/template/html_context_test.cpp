// Where a value stands in a page, and that ways which go on equally are equal.

#include "compiler/template/html_context.h"

#include <gtest/gtest.h>

namespace wend::liquid {
namespace {

HtmlContext after(std::initializer_list<std::string_view> texts) {
  HtmlContext context;
  bool is_first = true;
  for (const std::string_view text : texts) {
    if (!is_first) context.advance_value();
    context.advance(text);
    is_first = false;
  }
  return context;
}

TEST(HtmlContext, KnowsThePlace) {
  EXPECT_EQ(after({"<p>a < b"}).place(), HtmlPlace::text);
  EXPECT_EQ(after({"<p class=\"a "}).place(), HtmlPlace::attribute);
  EXPECT_EQ(after({"<a href='"}).place(), HtmlPlace::address);
  EXPECT_EQ(after({"<a href=' ", "/x"}).place(), HtmlPlace::in_address);
  EXPECT_EQ(after({"<a href='https://x.test/?q="}).place(), HtmlPlace::in_address);
  EXPECT_EQ(after({"<p style=\"color:"}).place(), HtmlPlace::style);
  EXPECT_EQ(after({"<style>p { color: </p> "}).place(), HtmlPlace::style);
  EXPECT_EQ(after({"<script>a </scrip "}).place(), HtmlPlace::script);
  EXPECT_EQ(after({"<script>a <</SCRIPT >"}).place(), HtmlPlace::text);
  EXPECT_EQ(after({"<p onclick='"}).place(), HtmlPlace::script);
  EXPECT_EQ(after({"<p "}).place(), HtmlPlace::tag);
  EXPECT_EQ(after({"<!-- <script> "}).place(), HtmlPlace::text);
  EXPECT_EQ(after({"<!-- a ---><a href='"}).place(), HtmlPlace::address);
  EXPECT_EQ(after({"<!--[if mso]><a href='"}).place(), HtmlPlace::address);
}

TEST(HtmlContext, WaysThatGoOnEquallyAreEqual) {
  EXPECT_EQ(after({""}), after({"", ""}));
  EXPECT_EQ(after({"<p>Hello"}), after({"<div><b>", "</b>"}));
  EXPECT_EQ(after({"<p class=\""}), after({"<p class=\"big ", ""}));
  EXPECT_EQ(after({"<!-- a"}), after({"<!-- b ", " c"}));
  EXPECT_EQ(after({"<style>a"}), after({"<style>", " bcdefghijkl"}));
}

TEST(HtmlContext, WaysThatDoNotAreNot) {
  EXPECT_NE(after({"<a href='"}), after({"<a href='x"}));
  EXPECT_NE(after({"<p>"}), after({"<p"}));
  EXPECT_NE(after({"<!-- -"}), after({"<!-- "}));
  EXPECT_NE(after({"<script></scr"}), after({"<script>"}));
}

}  // namespace
}  // namespace wend::liquid
