#include "runtime/base/locale.h"

#include <unicode/brkiter.h>
#include <unicode/casemap.h>
#include <unicode/dtfmtsym.h>
#include <unicode/locid.h>
#include <unicode/localematcher.h>
#include <unicode/plurrule.h>
#include <unicode/stringpiece.h>
#include <unicode/uloc.h>

#include <algorithm>
#include <array>

#include "runtime/base/icu_text.h"

namespace wend {

std::optional<std::string> canonical_locale(std::string_view tag) {
  UErrorCode status = U_ZERO_ERROR;
  std::string text(tag);
  std::ranges::replace(text, '_', '-');  // the way of POSIX and of Java
  std::array<char, ULOC_FULLNAME_CAPACITY> name{};
  int32_t understood = 0;
  uloc_forLanguageTag(text.c_str(), name.data(), static_cast<int32_t>(name.size()), &understood, &status);
  // What ICU cannot read at the end of a tag it leaves out.
  if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING || static_cast<size_t>(understood) != text.size()) return std::nullopt;
  icu::Locale locale(name.data());
  locale.canonicalize(status);
  if (U_FAILURE(status) || locale.isBogus()) return std::nullopt;
  std::string result = locale.toLanguageTag<std::string>(status);
  if (U_FAILURE(status) || !std::ranges::binary_search(icu_languages(), language_of(result))) return std::nullopt;
  return result;
}

const std::vector<std::string>& icu_languages() {
  static const std::vector<std::string> languages = [] {
    int32_t count = 0;
    const icu::Locale* available = icu::Locale::getAvailableLocales(count);
    std::vector<std::string> result;
    UErrorCode status = U_ZERO_ERROR;
    for (int32_t i = 0; i < count; ++i) result.emplace_back(language_of(available[i].toLanguageTag<std::string>(status)));
    check(status, "list of locales");
    result.emplace_back("no");  // Norwegian as one; CLDR's data is Bokmål's
    std::ranges::sort(result);
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
  }();
  return languages;
}

std::vector<std::string> known_languages() {
  return icu_languages();
}

std::string_view language_of(std::string_view locale) {
  return locale.substr(0, locale.find_first_of("-_"));
}

bool is_right_to_left(std::string_view locale) {
  return icu_locale(locale).isRightToLeft() != 0;
}

namespace {

std::unique_ptr<icu::PluralRules> plural_rules(std::string_view locale) {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::PluralRules> rules(icu::PluralRules::forLocale(icu_locale(locale), status));
  check(status, "plural rules");
  return rules;
}

}  // namespace

std::vector<std::string> plural_forms(std::string_view locale) {
  constexpr std::array<std::string_view, 6> k_forms = {"zero", "one", "two", "few", "many", "other"};
  const auto rules = plural_rules(locale);
  std::vector<std::string> result;
  for (const std::string_view form : k_forms) {
    if (rules->isKeyword(icu_text(form)) != 0) result.emplace_back(form);
  }
  return result;
}

std::string plural_form(std::string_view locale, const Decimal& count) {
  UErrorCode status = U_ZERO_ERROR;
  const auto number = icu::number::NumberFormatter::withLocale(icu::Locale::getRoot())
                          .precision(icu::number::Precision::unlimited())
                          .formatDecimal(count.to_string(), status);
  check(status, "a number");
  const icu::UnicodeString form = plural_rules(locale)->select(number, status);
  check(status, "a plural form");
  return utf8(form);
}

std::string to_upper(std::string_view text, std::string_view locale) {
  std::string result;
  icu::StringByteSink<std::string> sink(&result);
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToUpper(std::string(locale).c_str(), 0, icu::StringPiece(text), sink, nullptr, status);
  check(status, "letter case");
  return result;
}

std::string to_lower(std::string_view text, std::string_view locale) {
  std::string result;
  icu::StringByteSink<std::string> sink(&result);
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToLower(std::string(locale).c_str(), 0, icu::StringPiece(text), sink, nullptr, status);
  check(status, "letter case");
  return result;
}

namespace {

std::string name_in(const icu::UnicodeString* names, int32_t count, int32_t index) {
  return index < count ? utf8(names[index]) : std::string();
}

}  // namespace

std::string month_name(std::string_view locale, int month, bool is_short) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::DateFormatSymbols symbols(icu_locale(locale), status);
  check(status, "names of months");
  int32_t count = 0;
  const auto* names =
      symbols.getMonths(count, icu::DateFormatSymbols::FORMAT, is_short ? icu::DateFormatSymbols::ABBREVIATED : icu::DateFormatSymbols::WIDE);
  return name_in(names, count, month - 1);
}

std::string weekday_name(std::string_view locale, int weekday, bool is_short) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::DateFormatSymbols symbols(icu_locale(locale), status);
  check(status, "names of days");
  int32_t count = 0;
  const auto* names =
      symbols.getWeekdays(count, icu::DateFormatSymbols::FORMAT, is_short ? icu::DateFormatSymbols::ABBREVIATED : icu::DateFormatSymbols::WIDE);
  // ICU's begin with Sunday, at 1.
  return name_in(names, count, weekday % 7 + 1);
}

// ── who is served by which ──

struct LocaleMatcher::State {
  std::vector<icu::Locale> supported;
  icu::LocaleMatcher matcher;
};

LocaleMatcher::LocaleMatcher(const std::vector<std::string>& supported) {
  std::vector<icu::Locale> locales;
  for (const std::string& each : supported) locales.push_back(icu_locale(each));
  UErrorCode status = U_ZERO_ERROR;
  icu::LocaleMatcher matcher = icu::LocaleMatcher::Builder()
                                   .setSupportedLocalesViaConverter(locales.begin(), locales.end(), [](const icu::Locale& each) { return each; })
                                   .setNoDefaultLocale()
                                   .build(status);
  check(status, "a list of locales");
  state_ = std::make_unique<State>(State{std::move(locales), std::move(matcher)});
}
LocaleMatcher::~LocaleMatcher() = default;
LocaleMatcher::LocaleMatcher(LocaleMatcher&&) noexcept = default;
LocaleMatcher& LocaleMatcher::operator=(LocaleMatcher&&) noexcept = default;

std::optional<size_t> LocaleMatcher::best(std::string_view wanted) const {
  const std::optional<std::string> tag = canonical_locale(wanted);
  if (!tag) return std::nullopt;
  UErrorCode status = U_ZERO_ERROR;
  const icu::LocaleMatcher::Result result = state_->matcher.getBestMatchResult(icu_locale(*tag), status);
  check(status, "a locale");
  const int32_t index = result.getSupportedIndex();
  return index < 0 ? std::nullopt : std::optional(static_cast<size_t>(index));
}

}  // namespace wend
