#pragma once

// Languages and regions: what is a locale, how it writes numbers, dates and plurals. Everything here is CLDR's, through ICU, which no other
// file includes. Time zones are not: local times are given.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/decimal.h"
#include "runtime/base/time.h"

namespace wend {

// The BCP 47 tag of a locale whose language CLDR knows, with today's names ("pt-BR" for "pt_br", "he" for "iw"); nullopt for anything else.
std::optional<std::string> canonical_locale(std::string_view tag);
// Languages that CLDR knows, by their tags: "ar", "en", …, sorted.
std::vector<std::string> known_languages();
// "pt" of "pt-BR".
std::string_view language_of(std::string_view locale);
bool is_right_to_left(std::string_view locale);

// Which of the forms of a counted thing a language distinguishes, in CLDR's order: "zero", "one", "two", "few", "many", "other". Always with
// "other".
std::vector<std::string> plural_forms(std::string_view locale);
std::string plural_form(std::string_view locale, const Decimal& count);

// Letter case by the rules of a language (the dotless i of Turkish); those common to all for an empty one. The length may change.
std::string to_upper(std::string_view text, std::string_view locale = {});
std::string to_lower(std::string_view text, std::string_view locale = {});

// As they stand in a date: "марта", "Mar"; month and ISO weekday from 1.
std::string month_name(std::string_view locale, int month, bool is_short);
std::string weekday_name(std::string_view locale, int weekday, bool is_short);

// Around text of another direction, so that it does not disturb the order of what stands beside it (UAX 9, isolates).
constexpr std::string_view k_first_strong_isolate = "\u2068";
constexpr std::string_view k_pop_isolate = "\u2069";

// Which of a list of locales serves somebody best, by CLDR's rules of likely scripts and regions ("zh-TW" is served by "zh-Hant").
class LocaleMatcher {
 public:
  explicit LocaleMatcher(const std::vector<std::string>& supported);
  ~LocaleMatcher();
  LocaleMatcher(LocaleMatcher&&) noexcept;
  LocaleMatcher& operator=(LocaleMatcher&&) noexcept;

  // nullopt: none is near, or `wanted` is no locale.
  std::optional<size_t> best(std::string_view wanted) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// How people of one locale write things. Formats are made when they are first used: keep it.
class LocaleFormat {
 public:
  explicit LocaleFormat(std::string_view locale);
  ~LocaleFormat();
  LocaleFormat(LocaleFormat&&) noexcept;
  LocaleFormat& operator=(LocaleFormat&&) noexcept;

  std::string number(const Decimal& value) const;                             // every digit, grouped
  std::string percent(const Decimal& share) const;                            // 0.4 → "40%"
  std::string money(const Decimal& amount, std::string_view currency) const;  // rounded half to even, to the minor unit
  std::string date(DateDays date) const;                                      // "March 1, 2011"
  std::string time(TimeOfDaySeconds time) const;                              // "9:26 AM"
  std::string date_time(DateDays date, TimeOfDaySeconds time) const;          // "March 1, 2011 at 9:26 AM"
  std::string duration(DurationMs duration) const;                            // "48 hours, 30 minutes": days are never said
  std::string period(Period period) const;                                    // "1 month, 3 days"
  std::string list(const std::vector<std::string>& items) const;              // "a, b, and c"

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wend
