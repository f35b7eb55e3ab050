#pragma once

// JSON numbers of any size, exactly: as far as schemas compare and divide them. Work is linear in what is written, never in an exponent.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wend::bytecode {

// digits × 10^exponent; no zeros at either end of the digits, none at all for zero.
struct JsonNumber {
  bool negative = false;
  std::string digits;
  int64_t exponent = 0;

  // nullopt: not a number of JSON, or an exponent beyond any sense.
  static std::optional<JsonNumber> parse(std::string_view text);
  bool is_integer() const { return exponent >= 0; }
  friend std::strong_ordering operator<=>(const JsonNumber& a, const JsonNumber& b);
  friend bool operator==(const JsonNumber&, const JsonNumber&) = default;
};

// A divisor has at most so many digits, after its zeros at the end.
constexpr size_t k_divisor_digits_max = 18;
// `divisor` is positive and has at most so many digits.
bool is_multiple(const JsonNumber& number, const JsonNumber& divisor);
// The plain digits of a whole number below 10^20; nullopt: it is none.
std::optional<std::string> whole_number_text(const JsonNumber& number);

}  // namespace wend::bytecode
