// Decimals from and to text.

#include <algorithm>

#include "runtime/base/decimal.h"

namespace wend {
namespace {

using Wide = unsigned __int128;

// Digits kept exactly while reading; one more is the sticky digit that stands for everything after them.
constexpr int k_kept_digits_max = 37;
// An exponent beyond this is out of range whatever the digits are; larger ones are not told apart.
constexpr int64_t k_exponent_clamp = 1'000'000'000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

struct Scanner {
  std::string_view text;
  size_t at = 0;
  bool more() const { return at < text.size(); }
  bool take(char c) {
    if (!more() || text[at] != c) return false;
    ++at;
    return true;
  }
};

struct Digits {
  Wide coefficient = 0;
  int64_t dropped = 0;  // digits that were not kept
  bool sticky = false;  // one of the dropped digits was not 0
  int kept = 0;
  int64_t read = 0;

  void push(char c) {
    ++read;
    const int digit = c - '0';
    if (kept == k_kept_digits_max) {
      ++dropped;
      sticky = sticky || digit != 0;
      return;
    }
    coefficient = coefficient * 10 + static_cast<Wide>(digit);
    if (coefficient != 0) ++kept;
  }
};

std::string digits_of(Wide coefficient) {
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(coefficient % 10)));
    coefficient /= 10;
  } while (coefficient != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

// `digits` × 10^exponent without an exponent, with `places` digits or more after the point.
std::string plain(const std::string& digits, int exponent, int places) {
  std::string whole = digits;
  std::string fraction;
  if (exponent >= 0) {
    if (digits != "0") whole.append(static_cast<size_t>(exponent), '0');
  } else {
    const auto fraction_length = static_cast<size_t>(-exponent);
    if (whole.size() <= fraction_length) whole.insert(0, fraction_length + 1 - whole.size(), '0');
    fraction = whole.substr(whole.size() - fraction_length);
    whole.resize(whole.size() - fraction_length);
  }
  if (fraction.size() < static_cast<size_t>(places)) fraction.append(static_cast<size_t>(places) - fraction.size(), '0');
  return fraction.empty() ? whole : whole + "." + fraction;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  Scanner scanner{text};
  const bool negative = scanner.take('-');
  Digits digits;
  while (scanner.more() && is_digit(text[scanner.at])) digits.push(text[scanner.at++]);
  if (digits.read == 0) return std::nullopt;
  int64_t exponent = digits.dropped;
  if (scanner.take('.')) {
    const int64_t whole_digits = digits.read;
    const int64_t whole_dropped = digits.dropped;
    while (scanner.more() && is_digit(text[scanner.at])) digits.push(text[scanner.at++]);
    const int64_t fraction_digits = digits.read - whole_digits;
    if (fraction_digits == 0) return std::nullopt;
    exponent = whole_dropped - (fraction_digits - (digits.dropped - whole_dropped));
  }
  if (scanner.take('e') || scanner.take('E')) {
    const bool exponent_negative = scanner.take('-');
    if (!exponent_negative) scanner.take('+');
    const size_t start = scanner.at;
    int64_t written = 0;
    while (scanner.more() && is_digit(text[scanner.at])) written = std::min(written * 10 + (text[scanner.at++] - '0'), k_exponent_clamp);
    if (scanner.at == start) return std::nullopt;
    exponent += exponent_negative ? -written : written;
  }
  if (scanner.more()) return std::nullopt;
  Wide coefficient = digits.coefficient;
  if (digits.sticky) {
    coefficient = coefficient * 10 + 1;
    --exponent;
  }
  return from_parts(negative, coefficient, static_cast<int>(std::clamp(exponent, -k_exponent_clamp, k_exponent_clamp)));
}

std::string Decimal::to_fixed(int places) const {
  const Decimal rounded = round_to_places(*this, places);
  return (rounded.is_negative() ? "-" : "") + plain(digits_of(rounded.coefficient()), rounded.exponent(), places);
}

std::string Decimal::to_string() const {
  const std::string digits = digits_of(coefficient());
  const std::string sign = is_negative() ? "-" : "";
  const int adjusted = exponent() + static_cast<int>(digits.size()) - 1;
  if (adjusted >= -k_digits && adjusted <= k_digits) return sign + plain(digits, exponent(), 0);
  const std::string fraction = digits.size() > 1 ? "." + digits.substr(1) : "";
  return sign + digits.substr(0, 1) + fraction + (adjusted < 0 ? "E-" : "E+") + std::to_string(adjusted < 0 ? -adjusted : adjusted);
}

}  // namespace wend
