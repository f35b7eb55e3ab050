#include "runtime/base/locale.h"

#include <gmock/gmock.h>

namespace wend {
namespace {

using ::testing::ElementsAre;

Decimal decimal(std::string_view text) {
  return *Decimal::parse(text);
}

TEST(Locale, TagsHaveOneSpelling) {
  EXPECT_EQ(canonical_locale("pt_br"), "pt-BR");
  EXPECT_EQ(canonical_locale("zh-hant-tw"), "zh-Hant-TW");
  EXPECT_EQ(canonical_locale("EN"), "en");
  EXPECT_EQ(canonical_locale("no"), "no");
}

TEST(Locale, NamesOfTheOldDaysAreThoseOfToday) {
  EXPECT_EQ(canonical_locale("iw"), "he");
  EXPECT_EQ(canonical_locale("iw-IL"), "he-IL");
  EXPECT_EQ(canonical_locale("in_ID"), "id-ID");
  EXPECT_EQ(canonical_locale("tl"), "fil");
  EXPECT_EQ(canonical_locale("mo"), "ro");
  EXPECT_EQ(canonical_locale("sh"), "sr-Latn");
  EXPECT_EQ(canonical_locale("eng"), "en");
  EXPECT_EQ(canonical_locale("de-DD"), "de-DE");
}

TEST(Locale, WhatIsNone) {
  for (const char* tag : {"", "xx", "english", "en-", "de-AT-", "tr TR", "-", "e", "zz-ZZ", "en-US-!!"}) {
    EXPECT_EQ(canonical_locale(tag), std::nullopt) << tag;
  }
}

TEST(Locale, DirectionIsThatOfTheScript) {
  EXPECT_TRUE(is_right_to_left("ar"));
  EXPECT_TRUE(is_right_to_left("he-IL"));
  EXPECT_FALSE(is_right_to_left("tr"));
}

TEST(Locale, LanguagesDistinguishDifferentPlurals) {
  EXPECT_THAT(plural_forms("en"), ElementsAre("one", "other"));
  EXPECT_THAT(plural_forms("ru"), ElementsAre("one", "few", "many", "other"));
  EXPECT_THAT(plural_forms("ar"), ElementsAre("zero", "one", "two", "few", "many", "other"));
  EXPECT_THAT(plural_forms("ja"), ElementsAre("other"));
}

TEST(Locale, PluralOfANumber) {
  EXPECT_EQ(plural_form("ru", decimal("1")), "one");
  EXPECT_EQ(plural_form("ru", decimal("3")), "few");
  EXPECT_EQ(plural_form("ru", decimal("11")), "many");
  EXPECT_EQ(plural_form("ru", decimal("21")), "one");
  EXPECT_EQ(plural_form("ru", decimal("1.5")), "other");
  EXPECT_EQ(plural_form("ar", decimal("0")), "zero");
  EXPECT_EQ(plural_form("en", decimal("1")), "one");
}

TEST(Locale, LetterCaseOfTurkishKeepsItsDots) {
  EXPECT_EQ(to_upper("istanbul", "tr"), "İSTANBUL");
  EXPECT_EQ(to_lower("DIYARBAKIR", "tr"), "dıyarbakır");
  EXPECT_EQ(to_upper("istanbul"), "ISTANBUL");
  EXPECT_EQ(to_upper("straße"), "STRASSE");
  EXPECT_EQ(to_lower("ΟΔΟΣ"), "οδος");
}

TEST(LocaleMatcher, TakesTheNearest) {
  const LocaleMatcher matcher({"en", "pt-BR", "zh-Hant", "de"});
  EXPECT_EQ(matcher.best("pt-BR"), 1u);
  EXPECT_EQ(matcher.best("pt"), 1u);
  EXPECT_EQ(matcher.best("zh-TW"), 2u);
  EXPECT_EQ(matcher.best("de_AT"), 3u);
  EXPECT_EQ(matcher.best("en-GB"), 0u);
  EXPECT_EQ(matcher.best("fr"), std::nullopt);
  EXPECT_EQ(matcher.best("no such thing"), std::nullopt);
  const LocaleMatcher renamed({"en", "he", "id", "fil", "ro"});
  EXPECT_EQ(renamed.best("iw"), 1u);
  EXPECT_EQ(renamed.best("in-ID"), 2u);
  EXPECT_EQ(renamed.best("tl"), 3u);
  EXPECT_EQ(renamed.best("mo"), 4u);
}

TEST(LocaleFormat, OfGermany) {
  const LocaleFormat german("de");
  EXPECT_EQ(german.number(decimal("1234567.891")), "1.234.567,891");
  EXPECT_EQ(german.percent(decimal("0.125")), "12,5\u00a0%");
  EXPECT_EQ(german.money(decimal("1234.5"), "EUR"), "1.234,50\u00a0€");
  EXPECT_EQ(german.money(decimal("1234.5"), "JPY"), "1.234\u00a0¥");
  EXPECT_EQ(german.date(15034), "1. März 2011");
  EXPECT_EQ(german.date_time(15034, 34000), "1. März 2011 um 09:26");
  EXPECT_EQ(german.time(34000), "09:26");
  EXPECT_EQ(german.duration(48 * k_hour_ms + 30 * k_minute_ms), "48 Stunden, 30 Minuten");
  EXPECT_EQ(german.duration(0), "0 Sekunden");
  EXPECT_EQ(german.period({1, 3}), "1 Monat, 3 Tage");
  EXPECT_EQ(german.list({"a", "b", "c"}), "a, b und c");
}

TEST(LocaleFormat, OfTurkeyRussiaAndTheArabWorld) {
  EXPECT_EQ(LocaleFormat("tr").money(decimal("12.5"), "TRY"), "₺12,50");
  EXPECT_EQ(LocaleFormat("tr").percent(decimal("0.4")), "%40");
  EXPECT_EQ(LocaleFormat("ru").number(decimal("12345.6")), "12\u00a0345,6");
  EXPECT_EQ(LocaleFormat("ar-EG").number(decimal("1234.5")), "١٬٢٣٤٫٥");
}

TEST(LocaleFormat, DatesBeforeTheEpochAndAtTheEnds) {
  const LocaleFormat english("en-GB");
  EXPECT_EQ(english.date(-1), "31 December 1969");
  EXPECT_EQ(english.date(days_from_civil({9999, 12, 31})), "31 December 9999");
}

}  // namespace
}  // namespace wend
