#include "runtime/results/json_text.h"

#include <gtest/gtest.h>

#include "tests/ingest/shop_program.h"

namespace wend::results {
namespace {

using bytecode::Type;
using bytecode::TypeId;
using bytecode::Value;
using bytecode::ValueKind;

std::string json(const bytecode::Program& program, TypeId type, const Value& value) {
  std::string out;
  append_json_value(out, program, type, value);
  return out;
}

std::string json_of(const Type& type, const Value& value) {
  bytecode::Program program = shop_program();
  program.types.push_back(type);
  return json(program, static_cast<TypeId>(program.types.size() - 1), value);
}

Value decimal(std::string_view text) {
  return Value::from_decimal(*Decimal::parse(text));
}

TEST(JsonText, EscapesWhatMustBe) {
  std::string out;
  append_json_text(out, std::string_view("a\"b\\c\nd\te\x01\x7f\0é", 14));
  EXPECT_EQ(out, "\"a\\\"b\\\\c\\nd\\te\\u0001\\u007f\\u0000é\"");
}

// Wherever it stands, and whatever stands around it.
TEST(JsonText, EscapesAtEveryPlaceOfALongText) {
  for (int c = 0; c < 256; ++c) {
    for (size_t at = 0; at < 20; ++at) {
      std::string text = "\u00e9abcdefgh\u00fcijklmnop";
      text.insert(text.begin() + static_cast<ptrdiff_t>(at), static_cast<char>(c));
      std::string expected = "\"", out;
      for (const char byte : text) {
        std::string one;
        append_json_text(one, {&byte, 1});
        expected += one.substr(1, one.size() - 2);
      }
      append_json_text(out, text);
      ASSERT_EQ(out, expected + "\"") << c << " at " << at;
    }
  }
}

// Nothing that has a fraction becomes a JSON number.
TEST(JsonValue, NumbersStayExact) {
  const Type money{.kind = ValueKind::decimal, .currency = "USD"};
  EXPECT_EQ(json_of(money, decimal("25")), "\"25.00\"");
  EXPECT_EQ(json_of(money, decimal("12.5")), "\"12.50\"");
  EXPECT_EQ(json_of(money, decimal("-0.125")), "\"-0.125\"");
  EXPECT_EQ(json_of(money, decimal("0")), "\"0.00\"");
  const Type yen{.kind = ValueKind::decimal, .currency = "JPY"};
  EXPECT_EQ(json_of(yen, decimal("1250")), "\"1250\"");
  EXPECT_EQ(json_of(yen, decimal("12E2")), "\"1200\"");
  EXPECT_EQ(json_of({.kind = ValueKind::decimal, .currency = "KWD"}, decimal("1.5")), "\"1.500\"");
  EXPECT_EQ(json_of({.kind = ValueKind::decimal}, decimal("0.30000000000000004")), "\"0.30000000000000004\"");
  EXPECT_EQ(json_of({.kind = ValueKind::decimal, .is_percent = true}, decimal("0.4")), "\"0.4\"");
  EXPECT_EQ(json_of({.kind = ValueKind::integer}, Value::from_word(INT64_MIN)), "-9223372036854775808");
}

TEST(JsonValue, TimesAndSpans) {
  EXPECT_EQ(json_of({.kind = ValueKind::instant}, Value::from_word(1'300'000'000'500)), "\"2011-03-13T07:06:40.500Z\"");
  EXPECT_EQ(json_of({.kind = ValueKind::date}, Value::from_word(0)), "\"1970-01-01\"");
  EXPECT_EQ(json_of({.kind = ValueKind::time_of_day}, Value::from_word(9 * 3600)), "\"09:00\"");
  const Type duration{.kind = ValueKind::duration};
  EXPECT_EQ(json_of(duration, Value::from_word(0)), "\"PT0S\"");
  EXPECT_EQ(json_of(duration, Value::from_word(50 * k_hour_ms + 30 * k_minute_ms)), "\"PT50H30M\"");
  EXPECT_EQ(json_of(duration, Value::from_word(-1500)), "\"-PT1.500S\"");
  const Type period{.kind = ValueKind::period};
  EXPECT_EQ(json_of(period, Value::from_period({1, 3})), "\"P1M3D\"");
  EXPECT_EQ(json_of(period, Value::from_period({0, 0})), "\"P0D\"");
  EXPECT_EQ(json_of(period, Value::from_period({-12, 0})), "\"P-12M\"");
}

TEST(JsonValue, RecordsListsAndAbsence) {
  const bytecode::Program program = shop_program();
  constexpr TypeId k_line{13}, k_lines{14};
  EXPECT_EQ(json(program, k_lines, Value::absent()), "null");
  const auto& fields = program.records[0].fields;
  const std::vector<TypeId> types = {fields[0].type, fields[1].type, fields[2].type};
  std::string lines("\2", 1);
  ByteWriter writer(lines);
  bytecode::write_row(writer, program, types, std::vector<Value>{Value::from_bytes("x"), Value::from_word(2), decimal("1.5")});
  bytecode::write_row(writer, program, types, std::vector<Value>{Value::from_bytes("y"), Value::from_word(3), Value::absent()});
  EXPECT_EQ(program.type(k_line).kind, ValueKind::record);
  EXPECT_EQ(json(program, k_lines, Value::from_bytes(lines)), R"([{"sku":"x","qty":2,"price":"1.50"},{"sku":"y","qty":3,"price":null}])");
  EXPECT_EQ(json(program, TypeId{12}, Value::from_word(1)), "\"UPS\"");
  EXPECT_EQ(json_of({.kind = ValueKind::delivery}, Value::from_bytes(std::string_view("\x01\xab", 2))), "\"01ab\"");
}

}  // namespace
}  // namespace wend::results
