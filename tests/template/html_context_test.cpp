// Where a value stands in a page, and that ways which go on equally are equal.

#include "compiler/template/html_context.h"

#include <gtest/gtest.h>

namespace wend::liquid {
namespace {

HtmlContext after(std::initializer_list<std::string> texts) {
  HtmlContext context;
  bool is_first = true;
  for (const std::string& text : texts) {
    if (!is_first) context.advance_value();
    context.advance(text);
    is_first = false;
  }
  return context;
}

TEST(HtmlContext, KnowsThePlace) {
  EXPECT_EQ(after({"<p>a < b"}).place(), HtmlPlace::text);
  EXPECT_EQ(after({"<p class=\"a "}).place(), HtmlPlace::attribute);
  EXPECT_EQ(after({"<p TITLE=\"a "}).place(), HtmlPlace::words);
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

TEST(HtmlContext, AnAddressThatIsRunIsAScript) {
  for (const char* address :
       {"javascript:foo('", " JavaScript:", "&#106;avascript:", "&#0000106avascript:", "&#x6A;avascript&colon;", "java&Tab;script:",
        "java\nscript&NewLine;:", "vbscript:", "data:text/html,", "\x01javascript:"}) {
    EXPECT_EQ(after({"<a href=\"" + std::string(address)}).place(), HtmlPlace::script) << address;
  }
  for (const char* address : {"https://x.test/javascript:", "/data:", "java script:", "&amp;javascript:", "app://x/", "datas:", "?javascript:"}) {
    EXPECT_EQ(after({"<a href=\"" + std::string(address)}).place(), HtmlPlace::in_address) << address;
  }
  EXPECT_EQ(after({"<a href=\"", ":"}).place(), HtmlPlace::scheme);
  EXPECT_EQ(after({"<a href=\"java", "ipt:"}).place(), HtmlPlace::scheme);
  EXPECT_EQ(after({"<a href=\"", "/x:"}).place(), HtmlPlace::in_address);
  EXPECT_EQ(after({"<script src=\""}).place(), HtmlPlace::script);
}

TEST(HtmlContext, APlaceThatIsReadAgain) {
  EXPECT_EQ(after({"<iframe srcdoc=\""}).place(), HtmlPlace::page);
  EXPECT_EQ(after({"<meta content=\"0;url="}).place(), HtmlPlace::meta);
  for (const char* attribute : {"to", "from", "by", "values"}) {
    EXPECT_EQ(after({"<animate attributeName=\"href\" " + std::string(attribute) + "=\""}).place(), HtmlPlace::animation) << attribute;
  }
  EXPECT_EQ(after({"<set to=\""}).place(), HtmlPlace::animation);
  EXPECT_EQ(after({"<a values=\""}).place(), HtmlPlace::attribute);
}

TEST(HtmlContext, ANumberOrAMailboxHasItsOwnLetters) {
  EXPECT_EQ(after({"<a href=\"tel:"}).place(), HtmlPlace::contact);
  EXPECT_EQ(after({"<a href=\"mailto:", ",b@c.test,"}).place(), HtmlPlace::contact);
  EXPECT_EQ(after({"<a href=\"mailto:", "?subject="}).place(), HtmlPlace::in_address);
}

TEST(HtmlContext, EachCandidateOfASrcsetIsAnAddress) {
  EXPECT_EQ(after({"<img srcset=\""}).place(), HtmlPlace::address);
  EXPECT_EQ(after({"<img srcset=\"", "/x"}).place(), HtmlPlace::in_address);
  EXPECT_EQ(after({"<img srcset=\"", " "}).place(), HtmlPlace::in_address);
  EXPECT_EQ(after({"<img srcset=\"", " 1x, "}).place(), HtmlPlace::address);
  EXPECT_EQ(after({"<img srcset=\"a.png, "}).place(), HtmlPlace::address);
  EXPECT_EQ(after({"<img srcset=\"a,b"}).place(), HtmlPlace::in_address);
  EXPECT_EQ(after({"<img srcset=\"a.png 1x, data:"}).place(), HtmlPlace::script);
}

TEST(HtmlContext, AnAddressGoesOnAfterAWholeOneOrAPart) {
  HtmlContext whole = after({"<a href=\"", ""});
  EXPECT_TRUE(whole.join(after({"<a href=\"https://x.test"})));
  HtmlContext mail = after({"<a href=\"mailto:"});
  EXPECT_FALSE(mail.join(after({"<a href=\"https://x.test"})));
  EXPECT_EQ(after({"<a href=\"https"}), after({"<a href=\"http"}));
}

TEST(HtmlContext, WaysThatGoOnEquallyAreEqual) {
  EXPECT_EQ(after({"<p class=\"a\""}), after({"<p id=\"b\""}));
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
