#pragma once

// Exact decimal numbers: 34 significant digits, round half to even, the arithmetic of IEEE 754 decimal128 without
// infinities, NaNs or negative zero. Values are always normalised (no trailing zeros in the coefficient, zero has
// exponent 0), so equal numbers have equal bits and equal bytes.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wend {

class Decimal {
 public:
  static constexpr int k_digits = 34;
  // Exponent of the least significant digit; the range of decimal128.
  static constexpr int k_exponent_min = -6176;
  static constexpr int k_exponent_max = 6111;

  constexpr Decimal() = default;  // zero

  static Decimal from_int(int64_t value);
  // coefficient × 10^exponent, rounded to 34 digits; nullopt when the result does not fit.
  static std::optional<Decimal> from_parts(bool negative, unsigned __int128 coefficient, int exponent);
  // JSON number or plain decimal text: -12.50, 1e3, 0.001. nullopt when it is not one or does not fit; more than
  // 34 digits round half to even.
  static std::optional<Decimal> parse(std::string_view text);

  bool is_negative() const { return (high_ >> 63) != 0; }
  bool is_zero() const { return low_ == 0 && (high_ & k_coefficient_high_mask) == 0; }
  unsigned __int128 coefficient() const { return static_cast<unsigned __int128>(high_ & k_coefficient_high_mask) << 64 | low_; }
  // Of the least significant digit that is not 0. Beyond k_exponent_max when fewer than 34 digits are in use: 1E+6144 is a value.
  int exponent() const { return static_cast<int>(static_cast<int64_t>(high_ << 1) >> 50); }

  // The exact integer value, or nullopt when there is a fraction or it does not fit.
  std::optional<int64_t> to_int() const;
  // Rounded half to even to `places` digits after the point and padded with zeros to at least that many: "12.50".
  std::string to_fixed(int places) const;
  // Plain notation when short, never an exponent between 1e-34 and 1e34: "12.5", "-0.001", "1E+40".
  std::string to_string() const;

  friend bool operator==(const Decimal&, const Decimal&) = default;
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);

  uint64_t raw_low() const { return low_; }
  uint64_t raw_high() const { return high_; }

 private:
  friend class ByteReader;
  friend Decimal negate(const Decimal& a);
  // The parts are normalised and in range.
  static Decimal pack(bool negative, unsigned __int128 coefficient, int exponent) {
    Decimal result;
    result.low_ = static_cast<uint64_t>(coefficient);
    result.high_ = (negative ? uint64_t{1} << 63 : 0) | (static_cast<uint64_t>(exponent) & k_exponent_mask) << 49 |
                   static_cast<uint64_t>(coefficient >> 64);
    return result;
  }

  // high: sign (bit 63) | exponent in two's complement, so that zero is all-zero (14 bits) | coefficient bits 64..112.
  static constexpr uint64_t k_exponent_mask = (uint64_t{1} << 14) - 1;
  static constexpr uint64_t k_coefficient_high_mask = (uint64_t{1} << 49) - 1;
  uint64_t low_ = 0;
  uint64_t high_ = 0;
};
static_assert(sizeof(Decimal) == 16);

// nullopt = overflow (or division by zero).
std::optional<Decimal> add(const Decimal& a, const Decimal& b);
std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
std::optional<Decimal> divide(const Decimal& a, const Decimal& b);
Decimal negate(const Decimal& a);
// Half to even to at most `places` (0 … 6176) digits after the point.
Decimal round_to_places(const Decimal& a, int places);

}  // namespace wend
