// What a page becomes for somebody: a value is the same value wherever it comes to stand.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/diag/render.h"
#include "compiler/project/compile.h"
#include "runtime/vm/body_renderer.h"

namespace wend {
namespace {

using testing::HasSubstr;

// The page for somebody called `O'Neil <b>`, 1,234 of something, 1234.50 EUR, 5 %, 1 March 2011.
class Rendering : public testing::Test {
 protected:
  // The findings instead, when there are errors.
  std::string page(const std::string& liquid, const std::string& locale = "") {
    return render(fmt::format("email {{ subject \"{{name}}{{link}}{{n}}{{m}}{{p}}{{moment}}{{day}}\"  template \"page.liquid\" }}"), liquid, locale);
  }
  std::string inline_page(const std::string& html, const std::string& locale = "") {
    return render("email { subject \"{name}{link}{n}{m}{p}{moment}{day}\"  html \"" + html + "\" }", "", locale);
  }

 private:
  std::string render(const std::string& body, const std::string& liquid, const std::string& locale) {
    source::MemoryFileStore files;
    const std::string locales = locale.empty() ? "" : "locales { \"" + locale + "\" }\ncustomer locale = customer.locale\n";
    files.write("p/m.journey", "edition 1\ncustomer { id: Id  email: Email?  locale: Locale? }\n" + locales +
                                   "channel email { address customer.email  receipts delivered }\n"
                                   "message M(name: Text, link: Text, n: Int, m: Money<EUR>, p: Percent, moment: Instant, day: Date) for transactional { " +
                                   body + " }\n");
    files.write("p/page.liquid", liquid);
    const auto project = project::load(files, "p");
    const auto zones = ZoneTable::system();
    const project::CompileResult compiled = project::compile(*project, files, *zones);
    if (!compiled.program) return diag::render_all(compiled.findings, project->sources, {false});
    vm::BodyRenderer renderer(*compiled.program, *zones);
    const std::vector<vm::Value> parameters = {vm::Value::from_bytes("O'Neil <b>"),
                                               vm::Value::from_bytes("https://x.test/a+b?c=d"),
                                               vm::Value::from_word(1234),
                                               vm::Value::from_decimal(*Decimal::parse("1234.5")),
                                               vm::Value::from_decimal(*Decimal::parse("0.05")),
                                               vm::Value::from_word(1298967960000),
                                               vm::Value::from_word(15034)};
    const vm::RenderedBody& made = renderer.render({.message = {}, .channel = {}, .locale = locale, .zone = "UTC", .parameters = parameters});
    return made.parts.back().text.value_or("faults");
  }
};

TEST_F(Rendering, InAddressesValuesHaveNoLanguage) {
  const std::string liquid = "<a href=\"https://x/{{ moment }}/{{ m }}/{{ p }}/{{ n }}?d={{ day }}\">";
  const std::string expected = "<a href=\"https://x/2011-03-01T08%3A26%3A00Z/1234.50%20EUR/5%25/1234?d=2011-03-01\">";
  for (const char* locale : {"", "de", "ar"}) {
    EXPECT_EQ(page(liquid, locale), expected) << locale;
    EXPECT_EQ(inline_page("<a href='https://x/{moment}/{m}/{p}/{n}?d={day}'>", locale),
              "<a href='https://x/2011-03-01T08%3A26%3A00Z/1234.50%20EUR/5%25/1234?d=2011-03-01'>") << locale;
  }
}

TEST_F(Rendering, AttributesForPeopleSayWhatStandsBesideThem) {
  EXPECT_EQ(page("<p title=\"{{ n }} {{ day }}\">{{ n }} {{ day }}", "de"), "<p title=\"1.234 1. März 2011\">1.234 1. März 2011");
  EXPECT_EQ(page("<td width=\"{{ n }}\" data-day=\"{{ day }}\">", "de"), "<td width=\"1234\" data-day=\"2011-03-01\">");
}

TEST_F(Rendering, NumbersAndMailboxesStayWhole) {
  EXPECT_EQ(page("{% assign a = '+49 1' %}<a href=\"tel:{{ a }}\">"), "<a href=\"tel:+49%201\">");
  EXPECT_EQ(page("{% assign a = 'a+b@c.test?x' %}<a href=\"mailto:{{ a }}?subject={{ a }}\">"),
            "<a href=\"mailto:a+b@c.test%3Fx?subject=a%2Bb%40c.test%3Fx\">");
}

TEST_F(Rendering, EachCandidateIsAnAddress) {
  EXPECT_EQ(page("<img srcset=\"{{ link }} 1x, {{ link }} 2x\">"),
            "<img srcset=\"https://x.test/a+b?c=d 1x, https://x.test/a+b?c=d 2x\">");
}

TEST_F(Rendering, ACaptureWithoutMarkupIsAText) {
  const std::string greeting = "{% capture g %} Hello {{ name }} {% endcapture %}";
  EXPECT_EQ(page(greeting + "{{ g }}|{{ g | strip }}|{{ g | strip | upcase }}|{{ g | strip | truncate: 10 }}|{{ g | replace: \"Hello\", \"Hi\" }}"),
            " Hello O&#39;Neil &lt;b&gt; |Hello O&#39;Neil &lt;b&gt;|HELLO O&#39;NEIL &lt;B&gt;|Hello O...| Hi O&#39;Neil &lt;b&gt; ");
  EXPECT_EQ(page(greeting + "<a href=\"?q={{ g | strip }}\" title=\"{{ g | strip }}\">"),
            "<a href=\"?q=Hello%20O%27Neil%20%3Cb%3E\" title=\"Hello O&#39;Neil &lt;b&gt;\">");
  EXPECT_EQ(page("{% capture g %}{{ name }}{% endcapture %}{% if g == name %}same{% endif %} {{ g | size }}"), "same 10");
  EXPECT_EQ(page("{% capture g %}{% for i in (1..2) %}{% ifchanged %}{{ name }}{% endifchanged %}{% endfor %}{% endcapture %}{{ g }}"),
            "O&#39;Neil &lt;b&gt;");
}

TEST_F(Rendering, ACaptureWithMarkupIsHtml) {
  const std::string bold = "{% capture g %} <b>{{ name }}</b> {% endcapture %}";
  EXPECT_EQ(page(bold + "{{ g | strip | append: name }}{{ g | default: \"x\" }}{% if g == \"\" %}empty{% endif %}"),
            "<b>O&#39;Neil &lt;b&gt;</b>O&#39;Neil &lt;b&gt; <b>O&#39;Neil &lt;b&gt;</b> ");
  EXPECT_EQ(page(bold + "{{ g | strip_html | strip }}"), "O&#39;Neil &lt;b&gt;");
  EXPECT_EQ(page("{% assign all = \"\" %}{% for i in (1..2) %}{% capture all %}{{ all }}<i>{{ i }}</i>{% endcapture %}{% endfor %}{{ all }}"),
            "<i>1</i><i>2</i>");
  EXPECT_THAT(page(bold + "{{ g | upcase }}"), HasSubstr("error[E0654]: `upcase` takes a text, found HTML"));
  EXPECT_THAT(page(bold + "<p title=\"{{ g }}\">"), HasSubstr("error[E0672]: HTML cannot stand in an attribute that people read"));
  EXPECT_THAT(page(bold + "{% if g == name %}a{% endif %}"), HasSubstr("error[E0657]"));
  EXPECT_THAT(page(bold + "{{ g.size }}"), HasSubstr("error[E0654]"));
  EXPECT_THAT(page("{% assign g = name %}{% for i in (1..2) %}{{ g }}{% capture g %}<b>{% endcapture %}{% endfor %}"), HasSubstr("error[E0659]"));
  EXPECT_THAT(page("{% if n > 1 %}{% capture g %}<b>{% endcapture %}{% else %}{% assign g = name %}{% endif %}{{ g }}"), HasSubstr("error[E0659]"));
}

TEST_F(Rendering, EscapingOnceIsEnough) {
  EXPECT_EQ(page("{{ name | escape }} {{ name | escape | truncate: 5 }}"), "O&#39;Neil &lt;b&gt; O&#39;...");
  EXPECT_EQ(page("{% assign t = \"<\n>\" %}{{ t | newline_to_br }}"), "&lt;<br />\n&gt;");
}

TEST_F(Rendering, AByteOrderMarkIsNotText) {
  EXPECT_EQ(page("\xEF\xBB\xBFHello"), "Hello");
  EXPECT_THAT(page("Hello\nb\xFF"), HasSubstr("p/page.liquid:2:2"));
  EXPECT_THAT(page(std::string("Hello\0", 6)), HasSubstr("error[E0013]: the file has a NUL byte"));
}

}  // namespace
}  // namespace wend
