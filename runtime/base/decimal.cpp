#include "runtime/base/decimal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/multiprecision/cpp_int.hpp>
#include <cassert>

#include "runtime/base/bytes.h"

// Invariants of a Decimal:
//   1. 0 <= coefficient < 10^34, and it is not a multiple of 10 unless it is 0.
//   2. zero has neither sign nor exponent: all 128 bits are 0.
//   3. exponent >= k_exponent_min, and exponent + digits - 1 <= k_adjusted_max: exactly the values of decimal128.

namespace wend {
namespace {

using Wide = unsigned __int128;
using Wide256 = boost::multiprecision::uint256_t;

constexpr int k_adjusted_max = Decimal::k_exponent_max + Decimal::k_digits - 1;
// The largest power of ten below 2^128.
constexpr int k_power_max = 38;

constexpr std::array<Wide, k_power_max + 1> k_powers = [] {
  std::array<Wide, k_power_max + 1> powers{};
  Wide power = 1;
  for (int i = 0; i <= k_power_max; ++i) {
    powers[static_cast<size_t>(i)] = power;
    if (i < k_power_max) power *= 10;
  }
  return powers;
}();

Wide power_of_ten(int exponent) {
  assert(exponent >= 0 && exponent <= k_power_max);
  return k_powers[static_cast<size_t>(exponent)];
}

int bit_width(Wide value) {
  const auto high = static_cast<uint64_t>(value >> 64);
  return high != 0 ? 64 + std::bit_width(high) : std::bit_width(static_cast<uint64_t>(value));
}

// Decimal digits of `value`; 1 for zero. 1233 / 4096 is log10(2), exact enough for 128 bits.
int count_digits(Wide value) {
  const int guess = bit_width(value) * 1233 >> 12;
  return std::max(1, guess + (value >= power_of_ten(std::min(guess, k_power_max)) ? 1 : 0));
}

Wide256 widen(Wide value) {
  Wide256 result = static_cast<uint64_t>(value >> 64);
  result <<= 64;
  result |= static_cast<uint64_t>(value);
  return result;
}

Wide narrow(const Wide256& value) {
  return static_cast<Wide>(static_cast<uint64_t>(value >> 64)) << 64 | static_cast<uint64_t>(value & UINT64_MAX);
}

Wide256 wide_power_of_ten(int exponent) {
  assert(exponent >= 0 && exponent <= 2 * k_power_max);
  if (exponent <= k_power_max) return widen(power_of_ten(exponent));
  return widen(power_of_ten(k_power_max)) * widen(power_of_ten(exponent - k_power_max));
}

// value / 10^places, half to even.
Wide divide_half_even(Wide value, int places) {
  if (places > k_power_max) return 0;
  const Wide power = power_of_ten(places);
  const Wide quotient = value / power;
  const Wide remainder = value % power;
  const Wide half = power / 2;
  const bool up = remainder > half || (remainder == half && (quotient & 1) != 0);
  return quotient + (up ? 1 : 0);
}

// Cuts a 256-bit coefficient to what from_parts takes, keeping a digit that says whether something was cut off.
std::optional<Decimal> from_wide(bool negative, Wide256 coefficient, int exponent) {
  const Wide256 limit = widen(power_of_ten(k_power_max - 1));
  bool inexact = false;
  int cut = 0;
  if (coefficient >= limit) {
    const int bits = static_cast<int>(boost::multiprecision::msb(coefficient)) + 1;
    cut = std::max(0, (bits * 1233 >> 12) - (k_power_max - 2));
    const Wide256 power = wide_power_of_ten(cut);
    Wide256 remainder;
    Wide256 quotient;
    boost::multiprecision::divide_qr(coefficient, power, quotient, remainder);
    inexact = remainder != 0;
    coefficient = quotient;
  }
  if (cut == 0) return Decimal::from_parts(negative, narrow(coefficient), exponent);
  // 37 digits at most, so one more fits; it is a sticky digit and never read as a half.
  return Decimal::from_parts(negative, narrow(coefficient) * 10 + (inexact ? 1 : 0), exponent + cut - 1);
}

void strip_zeros(Wide& coefficient, int& exponent) {
  while (coefficient > UINT64_MAX) {
    if (coefficient % 10 != 0) return;
    coefficient /= 10;
    ++exponent;
  }
  auto low = static_cast<uint64_t>(coefficient);
  while (low % 10 == 0) {
    low /= 10;
    ++exponent;
  }
  coefficient = low;
}

struct Term {
  bool negative;
  Wide coefficient;  // not 0
  int exponent;
};

std::optional<Decimal> add_terms(Term a, Term b) {
  if (a.exponent < b.exponent) std::swap(a, b);
  const int difference = a.exponent - b.exponent;
  // The common case: a has at most 64 bits and is scaled by at most 10^18, so nothing can overflow 128.
  if (difference <= 18 && a.coefficient <= UINT64_MAX) {
    const Wide left = a.coefficient * power_of_ten(difference);
    if (a.negative == b.negative) return Decimal::from_parts(a.negative, left + b.coefficient, b.exponent);
    return left >= b.coefficient ? Decimal::from_parts(a.negative, left - b.coefficient, b.exponent)
                                 : Decimal::from_parts(b.negative, b.coefficient - left, b.exponent);
  }
  // Scaled to 36 digits or more, what b has below a's last digit only says "a little more" or "a little less".
  const int scale_min = Decimal::k_digits + 2 - count_digits(a.coefficient);
  const bool negligible = b.exponent + Decimal::k_digits <= a.exponent - scale_min;
  const int scale = negligible ? scale_min : difference;
  const Wide256 left = widen(a.coefficient) * wide_power_of_ten(scale);
  const Wide256 right = negligible ? Wide256(1) : widen(b.coefficient);
  const int exponent = a.exponent - scale;
  if (a.negative == b.negative) return from_wide(a.negative, left + right, exponent);
  return left >= right ? from_wide(a.negative, left - right, exponent) : from_wide(b.negative, right - left, exponent);
}

std::optional<Decimal> add_signed(const Decimal& a, const Decimal& b, bool b_negative) {
  if (b.is_zero()) return a;
  if (a.is_zero()) return b.is_negative() == b_negative ? b : negate(b);
  return add_terms({a.is_negative(), a.coefficient(), a.exponent()}, {b_negative, b.coefficient(), b.exponent()});
}

}  // namespace

Decimal Decimal::from_int(int64_t value) {
  const uint64_t magnitude = value < 0 ? uint64_t{0} - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  return *from_parts(value < 0, magnitude, 0);
}

std::optional<Decimal> Decimal::from_parts(bool negative, unsigned __int128 coefficient, int exponent) {
  if (coefficient == 0) return Decimal();
  const int digits = count_digits(coefficient);
  const int cut = std::max(digits - k_digits, k_exponent_min - exponent);
  if (cut > 0) {
    coefficient = divide_half_even(coefficient, cut);
    exponent += cut;
    if (coefficient == 0) return Decimal();
  }
  strip_zeros(coefficient, exponent);
  if (exponent + count_digits(coefficient) - 1 > k_adjusted_max) return std::nullopt;
  return pack(negative, coefficient, exponent);
}

std::optional<int64_t> Decimal::to_int() const {
  if (exponent() < 0 || exponent() > 18) return is_zero() ? std::optional<int64_t>(0) : std::nullopt;
  const Wide coefficient_value = coefficient();
  if (coefficient_value > UINT64_MAX) return std::nullopt;
  const Wide magnitude = coefficient_value * power_of_ten(exponent());
  const Wide limit = static_cast<Wide>(INT64_MAX) + (is_negative() ? 1 : 0);
  if (magnitude > limit) return std::nullopt;
  const auto bits = static_cast<uint64_t>(magnitude);
  return static_cast<int64_t>(is_negative() ? uint64_t{0} - bits : bits);
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a == b) return std::strong_ordering::equal;
  if (a.is_negative() != b.is_negative()) return a.is_negative() ? std::strong_ordering::less : std::strong_ordering::greater;
  if (a.is_zero()) return b.is_negative() ? std::strong_ordering::greater : std::strong_ordering::less;
  if (b.is_zero()) return a.is_negative() ? std::strong_ordering::less : std::strong_ordering::greater;
  Wide left = a.coefficient();
  Wide right = b.coefficient();
  const int difference = a.exponent() - b.exponent();
  if (left <= UINT64_MAX && right <= UINT64_MAX && difference >= -19 && difference <= 19) {
    // 64 bits times 10^19 fit 128: nearly every comparison of amounts.
    if (difference > 0) left *= power_of_ten(difference);
    if (difference < 0) right *= power_of_ten(-difference);
  } else if (difference != 0) {
    const int left_adjusted = a.exponent() + count_digits(left);
    const int right_adjusted = b.exponent() + count_digits(right);
    if (left_adjusted != right_adjusted)
      return (left_adjusted < right_adjusted) != a.is_negative() ? std::strong_ordering::less : std::strong_ordering::greater;
    // Equal magnitudes: the scaled side gets as many digits as the other has, so it fits.
    if (difference > 0) left *= power_of_ten(difference);
    if (difference < 0) right *= power_of_ten(-difference);
  }
  return (left < right) != a.is_negative() ? std::strong_ordering::less : std::strong_ordering::greater;
}

std::optional<Decimal> add(const Decimal& a, const Decimal& b) {
  return add_signed(a, b, b.is_negative());
}

std::optional<Decimal> subtract(const Decimal& a, const Decimal& b) {
  return add_signed(a, b, !b.is_negative());
}

std::optional<Decimal> multiply(const Decimal& a, const Decimal& b) {
  if (a.is_zero() || b.is_zero()) return Decimal();
  const bool negative = a.is_negative() != b.is_negative();
  const int exponent = a.exponent() + b.exponent();
  if (a.coefficient() <= UINT64_MAX && b.coefficient() <= UINT64_MAX) {
    return Decimal::from_parts(negative, a.coefficient() * b.coefficient(), exponent);
  }
  return from_wide(negative, widen(a.coefficient()) * widen(b.coefficient()), exponent);
}

std::optional<Decimal> divide(const Decimal& a, const Decimal& b) {
  if (b.is_zero()) return std::nullopt;
  if (a.is_zero()) return Decimal();
  const bool negative = a.is_negative() != b.is_negative();
  // At least 35 digits of quotient and a sticky digit: enough to round 34 exactly.
  const int scale = Decimal::k_digits + 1 + std::max(0, count_digits(b.coefficient()) - count_digits(a.coefficient()) + 1);
  Wide256 quotient;
  Wide256 remainder;
  boost::multiprecision::divide_qr(Wide256(widen(a.coefficient()) * wide_power_of_ten(scale)), widen(b.coefficient()), quotient, remainder);
  const int exponent = a.exponent() - b.exponent() - scale;
  if (remainder == 0) return from_wide(negative, quotient, exponent);
  return from_wide(negative, quotient * 10 + 1, exponent - 1);
}

Decimal negate(const Decimal& a) {
  if (a.is_zero()) return a;
  return Decimal::pack(!a.is_negative(), a.coefficient(), a.exponent());
}

Decimal round_to_places(const Decimal& a, int places) {
  if (a.exponent() >= -places) return a;
  const Wide rounded = divide_half_even(a.coefficient(), -places - a.exponent());
  // Fewer digits than before and a larger exponent than a valid one: it fits.
  return *Decimal::from_parts(a.is_negative(), rounded, -places);
}

// ── bytes: one header byte (sign, length of the coefficient, small exponent) or three, then the coefficient, little-endian ──

namespace {
// Header: bit 7 sign, bits 3…6 bytes of the coefficient (0 … 15), bits 0…2 exponent + 3, or 7: an i16 exponent follows.
constexpr int k_short_exponent_bias = 3;
constexpr int k_long_exponent = 7;
constexpr uint8_t k_zero_header = k_short_exponent_bias;
}  // namespace

void ByteWriter::decimal(const Decimal& value) {
  const Wide coefficient = value.coefficient();
  const int length = (bit_width(coefficient) + 7) / 8;
  const int exponent = value.exponent();
  const bool is_short = exponent >= -k_short_exponent_bias && exponent < k_long_exponent - k_short_exponent_bias;
  const int code = is_short ? exponent + k_short_exponent_bias : k_long_exponent;
  u8(static_cast<uint8_t>((value.is_negative() ? 0x80 : 0) | length << 3 | code));
  if (!is_short) u16(static_cast<uint16_t>(exponent));
  raw(&coefficient, static_cast<size_t>(length));
}

Decimal ByteReader::decimal() {
  // Nearly every amount has a short exponent and at most 8 bytes; three are the most common, so a loop is quick.
  const size_t available = remaining();
  if (available > 0) {
    const auto header = static_cast<uint8_t>(*at_);
    const unsigned length = header >> 3 & 15;
    const int code = header & 7;
    if (code != k_long_exponent && length - 1 < sizeof(uint64_t) && length < available) {
      uint64_t coefficient = 0;
      for (unsigned i = length; i > 0; --i) coefficient = coefficient << 8 | static_cast<uint8_t>(at_[i]);
      if (coefficient >> (8 * length - 8) != 0 && coefficient % 10 != 0) {
        at_ += 1 + length;
        return Decimal::pack((header & 0x80) != 0, coefficient, code - k_short_exponent_bias);
      }
    }
  }
  return any_decimal();
}

Decimal ByteReader::any_decimal() {
  const uint8_t header = u8();
  const int code = header & 7;
  const int length = header >> 3 & 15;
  if (length == 0) {
    if (header != k_zero_header && ok()) fail();
    return Decimal();
  }
  const int exponent = code == k_long_exponent ? static_cast<int16_t>(u16()) : code - k_short_exponent_bias;
  if (remaining() < static_cast<size_t>(length)) {
    fail();
    return Decimal();
  }
  Wide coefficient = 0;
  std::memcpy(&coefficient, at_, static_cast<size_t>(length));
  at_ += length;
  const bool minimal = static_cast<uint8_t>(at_[-1]) != 0;
  const bool normalised = coefficient <= UINT64_MAX ? static_cast<uint64_t>(coefficient) % 10 != 0
                                                    : coefficient % 10 != 0 && coefficient < power_of_ten(Decimal::k_digits);
  bool fits = minimal && normalised;
  if (code == k_long_exponent) {
    const bool needed = exponent < -k_short_exponent_bias || exponent >= k_long_exponent - k_short_exponent_bias;
    fits = fits && needed && exponent >= Decimal::k_exponent_min && exponent + count_digits(coefficient) - 1 <= k_adjusted_max;
  }
  if (!fits) {
    fail();
    return Decimal();
  }
  return Decimal::pack((header & 0x80) != 0, coefficient, exponent);
}

}  // namespace wend
