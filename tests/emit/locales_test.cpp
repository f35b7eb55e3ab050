#include <gtest/gtest.h>

#include <map>

#include "compiler/project/compile.h"
#include "compiler/project/project.h"
#include "compiler/source/file_store.h"
#include "runtime/vm/body_renderer.h"

// Texts in the customer's language, from the source to what is read.

namespace wend {
namespace {

constexpr const char* k_source = R"(
locales { "en"  "tr"  "ru"  "ar"  "de" else "en"  "nb" else "sv"  "sv" }
customer { email: Email?  language: Locale? }
customer locale = customer.language
channel mail { address customer.email  consent news for marketing  receipts delivered }
event Left { items: Int }
message Waiting(name: Text, items: Int, total: Money<EUR>, due: Date, seen: Instant) for transactional {
  mail         { subject "Hi {name}, {items, plural, =0 {nothing} one {# item} other {# items}}"  body "{total} {due} {seen}" }
  mail in "tr" { subject "{upper(name)}"  body "{total}" }
  mail in "ru" { subject "{items, plural, one {# товар} few {# товара} many {# товаров} other {# товара}}"  body "{total}" }
  mail in "ar" { subject "مرحبا {name}!"  body "{items}"  url "https://shop.example/{items}" }
  mail in "sv" { subject "Hej {name}"  body "{due}" }
}
journey j {
  owner "crm"  lifetime 1 day
  enter on Left as left
  step only { send Waiting(name: "x", items: left.items, total: 1 EUR, due: date_of(now), seen: now) via mail }
}
)";

class Locales : public testing::Test {
 protected:
  void SetUp() override {
    source::MemoryFileStore files;
    files.write("m.journey", k_source);
    const auto project = project::load(files, "m.journey");
    auto result = project::compile(*project, files, *ZoneTable::system());
    ASSERT_TRUE(result.program) << result.findings.sorted().at(0).message();
    program_ = std::move(*result.program);
  }

  /// Part → text, and "locale".
  std::map<std::string, std::string> waiting(std::string_view locale, std::string_view name, std::int64_t items) {
    vm::BodyRenderer renderer(program_, *ZoneTable::system());
    const std::vector<vm::Value> parameters = {vm::Value::from_bytes(name), vm::Value::from_word(items),
                                               vm::Value::from_decimal(*Decimal::parse("1234.5")), vm::Value::from_word(15034),
                                               vm::Value::from_word(1298967960000)};
    std::map<std::string, std::string> result;
    const vm::RenderedBody& body = renderer.render({.message = {}, .channel = {}, .locale = locale, .zone = "Europe/Berlin", .parameters = parameters});
    result["locale"] = body.locale;
    for (const vm::RenderedPart& part : body.parts) result[std::string(part.name)] = part.text.value_or("faults");
    return result;
  }

  bytecode::Program program_;
};

TEST_F(Locales, TheFirstServesWhomNobodyElseServes) {
  for (const char* locale : {"", "en", "en-US", "fr", "no locale at all", "de"}) {
    const auto texts = waiting(locale, "Ada", 1);
    EXPECT_EQ(texts.at("locale"), "en") << locale;
    EXPECT_EQ(texts.at("subject"), "Hi Ada, 1 item") << locale;
    EXPECT_EQ(texts.at("body"), "€1,234.50 March 1, 2011 March 1, 2011 at 9:26\u202fAM") << locale;
  }
}

TEST_F(Locales, SomebodyOfTheSameLanguageReadsItWithTheirOwnNumbers) {
  EXPECT_EQ(waiting("en-GB", "Ada", 1).at("body"), "€1,234.50 1 March 2011 1 March 2011 at 09:26");
}

TEST_F(Locales, PluralsByNumberAndByForm) {
  EXPECT_EQ(waiting("en", "Ada", 0).at("subject"), "Hi Ada, nothing");
  EXPECT_EQ(waiting("en", "Ada", 1200).at("subject"), "Hi Ada, 1,200 items");
  EXPECT_EQ(waiting("ru", "Ada", 1).at("subject"), "1 товар");
  EXPECT_EQ(waiting("ru", "Ada", 3).at("subject"), "3 товара");
  EXPECT_EQ(waiting("ru-RU", "Ada", 5).at("subject"), "5 товаров");
}

TEST_F(Locales, TurkishKeepsItsDots) {
  EXPECT_EQ(waiting("tr-TR", "istanbul", 1).at("subject"), "İSTANBUL");
  EXPECT_EQ(waiting("tr", "x", 1).at("body"), "€1.234,50");
}

TEST_F(Locales, WhatIsFilledIntoTextFromRightToLeftIsIsolated) {
  const auto texts = waiting("ar", "Ada", 3);
  EXPECT_EQ(texts.at("subject"), "مرحبا \u2068Ada\u2069!");
  EXPECT_EQ(texts.at("url"), "https://shop.example/3");
}

TEST_F(Locales, FallBackAsDeclared) {
  const auto texts = waiting("nb-NO", "Ada", 3);
  EXPECT_EQ(texts.at("locale"), "sv");
  EXPECT_EQ(texts.at("subject"), "Hej Ada");
}

}  // namespace
}  // namespace wend
