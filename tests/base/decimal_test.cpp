#include "runtime/base/decimal.h"

#include <gtest/gtest.h>

#include <random>

#include "runtime/base/bytes.h"

namespace wend {
namespace {

Decimal dec(std::string_view text) {
  const auto value = Decimal::parse(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value.value_or(Decimal());
}
std::string show(const std::optional<Decimal>& value) {
  return value ? value->to_string() : "overflow";
}
std::string sum(std::string_view a, std::string_view b) {
  return show(add(dec(a), dec(b)));
}
std::string difference(std::string_view a, std::string_view b) {
  return show(subtract(dec(a), dec(b)));
}
std::string product(std::string_view a, std::string_view b) {
  return show(multiply(dec(a), dec(b)));
}
std::string quotient(std::string_view a, std::string_view b) {
  return show(divide(dec(a), dec(b)));
}

std::string encode(const Decimal& value) {
  std::string bytes;
  ByteWriter(bytes).decimal(value);
  return bytes;
}

// Any mixture of short and long coefficients, small and extreme exponents.
Decimal random_decimal(std::mt19937_64& random) {
  const unsigned bits = random() % 113;
  unsigned __int128 coefficient = static_cast<unsigned __int128>(random()) << 64 | random();
  coefficient &= (static_cast<unsigned __int128>(1) << bits) - 1;
  const int exponent = random() % 8 == 0 ? static_cast<int>(random() % 12000) - 6000 : static_cast<int>(random() % 40) - 20;
  return Decimal::from_parts(random() % 2 != 0, coefficient, exponent).value_or(Decimal());
}

TEST(Decimal, ParsesAndPrints) {
  EXPECT_EQ(dec("12.50").to_string(), "12.5");
  EXPECT_EQ(dec("-0.0010").to_string(), "-0.001");
  EXPECT_EQ(dec("1e3").to_string(), "1000");
  EXPECT_EQ(dec("1E-3").to_string(), "0.001");
  EXPECT_EQ(dec("-0").to_string(), "0");
  EXPECT_EQ(dec("0e999999999999").to_string(), "0");
  EXPECT_EQ(dec("007.50").to_string(), "7.5");
  EXPECT_EQ(dec("1e40").to_string(), "1E+40");
  EXPECT_EQ(dec("-1.25e-40").to_string(), "-1.25E-40");
  EXPECT_EQ(dec("1e34").to_string(), "1" + std::string(34, '0'));
  EXPECT_EQ(dec("9999999999999999999999999999999999").to_string(), "9999999999999999999999999999999999");
  EXPECT_EQ(dec("1e6144").to_string(), "1E+6144");
  EXPECT_EQ(dec("1e-6176").to_string(), "1E-6176");
}

TEST(Decimal, RefusesWhatIsNoNumber) {
  for (const char* text :
       {"", "-", "+1", ".5", "5.", "1e", "1e+", "1.2.3", "0x10", "1,5", " 1", "1 ", "nan", "1e6145", "99e6144", "--1", "1_000"}) {
    EXPECT_FALSE(Decimal::parse(text).has_value()) << text;
  }
}

TEST(Decimal, RoundsHalfToEvenBeyond34Digits) {
  EXPECT_EQ(dec("1.0000000000000000000000000000000005").to_string(), "1");  // tie, to even
  EXPECT_EQ(dec("1.00000000000000000000000000000000050000000000000000000000001").to_string(), "1.000000000000000000000000000000001");
  EXPECT_EQ(dec("1.0000000000000000000000000000000015").to_string(), "1.000000000000000000000000000000002");
  EXPECT_EQ(dec("9.99999999999999999999999999999999995").to_string(), "10");
  EXPECT_EQ(dec("12345678901234567890123456789012345").to_string(), "12345678901234567890123456789012340");
  EXPECT_EQ(dec("12345678901234567890123456789012355" + std::string(1000, '0')).exponent(), 1001);
  // Below the smallest: half to even among the multiples of 1E-6176.
  EXPECT_EQ(dec("5e-6177").to_string(), "0");
  EXPECT_EQ(dec("15e-6177").to_string(), "2E-6176");
  EXPECT_EQ(dec("1e-99999").to_string(), "0");
}

TEST(Decimal, Adds) {
  EXPECT_EQ(sum("0.1", "0.2"), "0.3");
  EXPECT_EQ(sum("12.50", "-12.50"), "0");
  EXPECT_EQ(difference("1", "0.9"), "0.1");
  EXPECT_EQ(difference("0.9", "1"), "-0.1");
  EXPECT_EQ(sum("1e20", "1e-20"), "100000000000000000000");
  EXPECT_EQ(sum("9999999999999999999999999999999999", "1"), "10000000000000000000000000000000000");
  EXPECT_EQ(sum("9999999999999999999999999999999999", "0.5"), "10000000000000000000000000000000000");
  EXPECT_EQ(sum("9999999999999999999999999999999998", "0.5"), "9999999999999999999999999999999998");
  EXPECT_EQ(sum("9999999999999999999999999999999998", "0.5000000000000000000000001"), "9999999999999999999999999999999999");
  EXPECT_EQ(difference("1", "1e-50"), "1");
  EXPECT_EQ(difference("1000000000000000000000000000000000", "0.06"), "999999999999999999999999999999999.9");
  EXPECT_EQ(difference("1000000000000000000000000000000000", "0.04"), "1000000000000000000000000000000000");
  EXPECT_EQ(sum("9999999999999999999999999999999999e6111", "1e6111"), "overflow");
  EXPECT_EQ(sum("9999999999999999999999999999999999e6111", "1e6110"), "9.999999999999999999999999999999999E+6144");
}

TEST(Decimal, MultipliesAndDivides) {
  EXPECT_EQ(product("1.1", "1.1"), "1.21");
  EXPECT_EQ(product("-2.5", "0.4"), "-1");
  EXPECT_EQ(product("9999999999999999999999999999999999", "9999999999999999999999999999999999"), "9.999999999999999999999999999999998E+67");
  EXPECT_EQ(product("1e6000", "1e145"), "overflow");
  EXPECT_EQ(product("1e-6000", "1e-200"), "0");
  EXPECT_EQ(quotient("1", "3"), "0.3333333333333333333333333333333333");
  EXPECT_EQ(quotient("2", "3"), "0.6666666666666666666666666666666667");
  EXPECT_EQ(quotient("12", "4"), "3");
  EXPECT_EQ(quotient("1", "8"), "0.125");
  EXPECT_EQ(quotient("-7", "2"), "-3.5");
  EXPECT_EQ(quotient("1", "9999999999999999999999999999999999"), "0.0000000000000000000000000000000001");
  EXPECT_EQ(quotient("5", "0"), "overflow");
  EXPECT_EQ(quotient("0", "5"), "0");
  EXPECT_EQ(quotient("1e-6000", "1e6000"), "0");
}

TEST(Decimal, Orders) {
  const char* ascending[] = {"-1e40", "-100",  "-12.5", "-12.49", "-0.001",
                             "0",     "1e-40", "0.001", "1",      "1.000000000000000000000000000000001",
                             "12.49", "12.5",  "100",   "1e40"};
  for (const char* a : ascending) {
    for (const char* b : ascending) {
      EXPECT_EQ(dec(a) <=> dec(b),
                (&*std::find(std::begin(ascending), std::end(ascending), a) <=> &*std::find(std::begin(ascending), std::end(ascending), b)))
          << a << " " << b;
    }
  }
  EXPECT_EQ(dec("10.0"), dec("1e1"));
}

TEST(Decimal, FixedPlaces) {
  EXPECT_EQ(dec("12.5").to_fixed(2), "12.50");
  EXPECT_EQ(dec("12.345").to_fixed(2), "12.34");
  EXPECT_EQ(dec("12.355").to_fixed(2), "12.36");
  EXPECT_EQ(dec("-0.004").to_fixed(2), "0.00");
  EXPECT_EQ(dec("1e3").to_fixed(2), "1000.00");
  EXPECT_EQ(dec("0").to_fixed(2), "0.00");
  EXPECT_EQ(dec("99.995").to_fixed(2), "100.00");
  EXPECT_EQ(dec("2.5").to_fixed(0), "2");
}

TEST(Decimal, ToInteger) {
  EXPECT_EQ(dec("12").to_int(), 12);
  EXPECT_EQ(dec("-9223372036854775808").to_int(), INT64_MIN);
  EXPECT_EQ(dec("9223372036854775807").to_int(), INT64_MAX);
  EXPECT_EQ(dec("9223372036854775808").to_int(), std::nullopt);
  EXPECT_EQ(dec("1e18").to_int(), 1'000'000'000'000'000'000);
  EXPECT_EQ(dec("1e19").to_int(), std::nullopt);
  EXPECT_EQ(dec("12.5").to_int(), std::nullopt);
  EXPECT_EQ(Decimal::from_int(INT64_MIN).to_string(), "-9223372036854775808");
}

TEST(Decimal, CommonAmountsAreTwoOrThreeBytes) {
  EXPECT_EQ(encode(dec("0")).size(), 1u);
  EXPECT_EQ(encode(dec("12.50")).size(), 2u);
  EXPECT_EQ(encode(dec("49.99")).size(), 3u);
  EXPECT_EQ(encode(dec("1000")).size(), 2u);
  EXPECT_EQ(encode(dec("1e9")).size(), 4u);
}

TEST(Decimal, OnlyTheCanonicalBytesAreRead) {
  const std::string_view bad[] = {
      {"\x08", 1},              // length without the coefficient
      {"\x00", 1},              // zero with an exponent
      {"\x83", 1},              // minus zero
      {"\x0b\x0a", 2},          // 10 is not normalised
      {"\x13\x01\x00", 3},      // a leading zero byte
      {"\x0f\x01\x00\x01", 4},  // a long exponent where the short one would do (1)
      {"\x0f\xff\x7f\x01", 4},  // an exponent out of range
  };
  for (const std::string_view bytes : bad) {
    ByteReader reader(bytes);
    reader.decimal();
    EXPECT_FALSE(reader.ok() && reader.at_end()) << bytes.size();
  }
}

TEST(DecimalProperties, TextAndBytesRoundTrip) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    const Decimal value = random_decimal(random);
    EXPECT_EQ(dec(value.to_string()), value) << value.to_string();
    const std::string bytes = encode(value);
    ByteReader reader(bytes);
    EXPECT_EQ(reader.decimal(), value) << value.to_string();
    EXPECT_TRUE(reader.ok() && reader.at_end()) << value.to_string();
  }
}

TEST(DecimalProperties, AgreesWithIntegerArithmetic) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20000; ++i) {
    const int shift = static_cast<int>(random() % 63);
    const int64_t a = static_cast<int64_t>(random()) >> shift;
    const int64_t b = static_cast<int64_t>(random()) >> static_cast<int>(random() % 63);
    const int scale = static_cast<int>(random() % 5);
    const auto make = [&](__int128 value, int exponent) {
      return Decimal::from_parts(value < 0, static_cast<unsigned __int128>(value < 0 ? -value : value), exponent);
    };
    const Decimal x = *make(a, -scale);
    const Decimal y = *make(b, -scale);
    EXPECT_EQ(add(x, y), make(static_cast<__int128>(a) + b, -scale));
    EXPECT_EQ(subtract(x, y), make(static_cast<__int128>(a) - b, -scale));
    EXPECT_EQ(multiply(x, y), make(static_cast<__int128>(a) * b, -2 * scale));
    EXPECT_EQ(x <=> y, a <=> b);
    if (b != 0 && static_cast<__int128>(a) % b == 0) {
      EXPECT_EQ(divide(x, y), make(static_cast<__int128>(a) / b, 0));
    }
  }
}

TEST(DecimalProperties, ArithmeticLaws) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20000; ++i) {
    const Decimal a = random_decimal(random);
    const Decimal b = random_decimal(random);
    EXPECT_EQ(add(a, b), add(b, a));
    EXPECT_EQ(multiply(a, b), multiply(b, a));
    EXPECT_EQ(subtract(a, b), add(a, negate(b)));
    EXPECT_EQ(subtract(a, a), Decimal());
    EXPECT_EQ((a <=> b), (0 <=> (b <=> a)));
    const auto difference_value = subtract(a, b);
    if (difference_value && !difference_value->is_zero()) {
      EXPECT_EQ(difference_value->is_negative(), a < b);
    }
    // 34 digits divided and multiplied again differ by at most one unit of the last digit.
    const auto divided = divide(a, b);
    const auto again = divided ? multiply(*divided, b) : std::nullopt;
    const bool subnormal = divided && (divided->is_zero() || divided->exponent() < Decimal::k_exponent_min + 2 * Decimal::k_digits);
    if (again && !a.is_zero() && !subnormal) {
      const Decimal error = *divide(*subtract(*again, a), a);
      EXPECT_LE(error.is_negative() ? negate(error) : error, dec("1e-33")) << a.to_string() << " / " << b.to_string();
    }
  }
}

}  // namespace
}  // namespace wend
