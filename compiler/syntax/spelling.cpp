#include "compiler/syntax/spelling.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <vector>

#include "compiler/diag/suggest.h"

namespace wend::syntax {
namespace {

bool is_upper(char character) {
  return std::isupper(static_cast<unsigned char>(character)) != 0;
}
bool is_lower(char character) {
  return std::islower(static_cast<unsigned char>(character)) != 0;
}
char to_lower(char character) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
}
char to_upper(char character) {
  return static_cast<char>(std::toupper(static_cast<unsigned char>(character)));
}

struct Abbreviation {
  std::string_view word;
  std::string_view unit;  ///< singular
};
constexpr std::array k_abbreviations = std::to_array<Abbreviation>(
    {{"s", "second"},  {"sec", "second"}, {"secs", "second"}, {"m", "minute"},   {"min", "minute"}, {"mins", "minute"}, {"h", "hour"},
     {"hr", "hour"},   {"hrs", "hour"},   {"d", "day"},       {"wk", "week"},    {"wks", "week"},   {"w", "week"},      {"mo", "month"},
     {"mon", "month"}, {"mons", "month"}, {"mth", "month"},   {"mths", "month"}, {"y", "year"},     {"yr", "year"},     {"yrs", "year"}});

const std::vector<std::string> k_unit_words = {"seconds", "minutes", "hours", "days", "weeks", "months", "years"};

/// How many of the next smaller unit of the same kind (exact or calendar) make one.
struct Smaller {
  std::string_view unit;
  std::string_view smaller;
  std::int64_t count;
};
constexpr std::array k_smaller =
    std::to_array<Smaller>({{"hour", "minutes", 60}, {"minute", "seconds", 60}, {"week", "days", 7}, {"year", "months", 12}});

}  // namespace

std::string to_snake_case(std::string_view name) {
  std::string result;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const char character = name[at];
    const bool after_lower = at > 0 && !is_upper(name[at - 1]) && name[at - 1] != '_';
    const bool before_lower = at > 0 && at + 1 < name.size() && is_lower(name[at + 1]) && name[at - 1] != '_';
    if (is_upper(character) && (after_lower || before_lower)) result += '_';
    result += character == '-' ? '_' : to_lower(character);
  }
  return result;
}

std::string to_camel_case(std::string_view name) {
  const bool shouts = std::none_of(name.begin(), name.end(), is_lower);
  std::string result;
  bool word_begins = true;
  for (const char character : name) {
    if (character == '_' || character == '-') {
      word_begins = true;
      continue;
    }
    result += word_begins ? to_upper(character) : shouts ? to_lower(character) : character;
    word_begins = false;
  }
  return result;
}

std::string unit_for(std::string_view word, std::string_view count) {
  std::string unit;
  for (const Abbreviation& each : k_abbreviations) {
    if (each.word == word) unit = std::string(each.unit) + "s";
  }
  if (unit.empty() && word.size() >= 3) unit = diag::nearest(word, k_unit_words).value_or("");
  if (!unit.empty() && count == "1") unit.pop_back();
  return unit;
}

std::string whole_duration(std::string_view decimal, std::string_view unit) {
  const std::string_view singular = unit.ends_with('s') ? unit.substr(0, unit.size() - 1) : unit;
  const auto found = std::find_if(k_smaller.begin(), k_smaller.end(), [&](const Smaller& each) { return each.unit == singular; });
  const std::size_t point = decimal.find('.');
  constexpr std::size_t k_digits_max = 6;
  if (found == k_smaller.end() || point == std::string_view::npos || decimal.size() > 2 * k_digits_max) return "";
  const std::string_view fraction_text = decimal.substr(point + 1);
  if (fraction_text.size() > k_digits_max) return "";
  std::int64_t whole = 0;
  std::int64_t fraction = 0;
  std::from_chars(decimal.data(), decimal.data() + point, whole);
  std::from_chars(fraction_text.data(), fraction_text.data() + fraction_text.size(), fraction);
  std::int64_t scale = 1;
  for (std::size_t digit = 0; digit < fraction_text.size(); ++digit) scale *= 10;
  if ((fraction * found->count) % scale != 0) return "";
  return fmt::format("{} {}", whole * found->count + fraction * found->count / scale, found->smaller);
}

}  // namespace wend::syntax
