#include "runtime/bytecode/json_number.h"

#include <algorithm>

namespace wend::bytecode {
namespace {

// Beyond these an exponent is only meant to break a reader; sums of two and of a length stay far inside 64 bits.
constexpr int64_t k_exponent_max = 1'000'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text) {
  const size_t size = static_cast<size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// The exponent behind `e`; nullopt: none is written, or too large.
std::optional<int64_t> take_exponent(std::string_view& text) {
  const bool negative = take(text, '-');
  if (!negative) take(text, '+');
  const std::string_view digits = take_digits(text);
  if (digits.empty()) return std::nullopt;
  int64_t value = 0;
  for (const char c : digits) {
    value = value * 10 + (c - '0');
    if (value > k_exponent_max) return std::nullopt;
  }
  return negative ? -value : value;
}

uint64_t multiply_modulo(uint64_t a, uint64_t b, uint64_t modulus) {
  return static_cast<uint64_t>(static_cast<unsigned __int128>(a) * b % modulus);
}

uint64_t power_of_ten_modulo(int64_t exponent, uint64_t modulus) {
  uint64_t result = 1 % modulus;
  uint64_t factor = 10 % modulus;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = multiply_modulo(result, factor, modulus);
    factor = multiply_modulo(factor, factor, modulus);
  }
  return result;
}

}  // namespace

std::optional<JsonNumber> JsonNumber::parse(std::string_view text) {
  JsonNumber number;
  number.negative = take(text, '-');
  const std::string_view whole = take_digits(text);
  if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return std::nullopt;
  number.digits = whole;
  if (take(text, '.')) {
    const std::string_view fraction = take_digits(text);
    if (fraction.empty()) return std::nullopt;
    number.digits += fraction;
    number.exponent = -static_cast<int64_t>(fraction.size());
  }
  if (take(text, 'e') || take(text, 'E')) {
    const auto exponent = take_exponent(text);
    if (!exponent) return std::nullopt;
    number.exponent += *exponent;
  }
  if (!text.empty()) return std::nullopt;
  const size_t last = number.digits.find_last_not_of('0');
  if (last == std::string::npos) return JsonNumber{};
  number.exponent += static_cast<int64_t>(number.digits.size() - last - 1);
  number.digits.resize(last + 1);
  number.digits.erase(0, number.digits.find_first_not_of('0'));
  return number;
}

std::strong_ordering operator<=>(const JsonNumber& a, const JsonNumber& b) {
  const auto sign = [](const JsonNumber& number) { return number.digits.empty() ? 0 : number.negative ? -1 : 1; };
  if (sign(a) != sign(b) || sign(a) == 0) return sign(a) <=> sign(b);
  const auto magnitude = [](const JsonNumber& number) { return number.exponent + static_cast<int64_t>(number.digits.size()); };
  auto order = magnitude(a) <=> magnitude(b);
  // Of the same size: digits from the left; who goes on longer is larger, because no digits end in zeros.
  if (order == 0) order = a.digits.compare(b.digits) <=> 0;
  return a.negative ? 0 <=> order : order;
}

bool is_multiple(const JsonNumber& number, const JsonNumber& divisor) {
  if (number.digits.empty()) return true;
  // Then a zero at the end would be needed, and there is none.
  if (number.exponent < divisor.exponent) return false;
  uint64_t modulus = 0;
  for (const char c : divisor.digits) modulus = modulus * 10 + static_cast<uint64_t>(c - '0');
  uint64_t rest = 0;
  for (const char c : number.digits) rest = (multiply_modulo(rest, 10, modulus) + static_cast<uint64_t>(c - '0')) % modulus;
  return multiply_modulo(rest, power_of_ten_modulo(number.exponent - divisor.exponent, modulus), modulus) == 0;
}

std::optional<std::string> whole_number_text(const JsonNumber& number) {
  if (!number.is_integer() || number.exponent + static_cast<int64_t>(number.digits.size()) > 20) return std::nullopt;
  if (number.digits.empty()) return "0";
  return (number.negative ? "-" : "") + number.digits + std::string(static_cast<size_t>(number.exponent), '0');
}

}  // namespace wend::bytecode
