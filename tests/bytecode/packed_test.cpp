#include "runtime/bytecode/packed.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/bytecode/sample_program.h"

namespace wend::bytecode {
namespace {

using namespace testing;

class PackedTest : public ::testing::Test {
 protected:
  Program program = rich_program();
  std::string row(const std::vector<TypeId>& types, const std::vector<Value>& values) {
    std::string bytes;
    ByteWriter writer(bytes);
    write_row(writer, program, types, values);
    return bytes;
  }
  bool valid(SampleType type, std::string_view bytes) {
    const TypeId types[] = {type_id(type)};
    return validate_row(bytes, program, types);
  }
};

std::string bytes_of(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) bytes.push_back(static_cast<char>(value));
  return bytes;
}

TEST_F(PackedTest, EveryKindHasItsPersistedBytes) {
  const auto one = [&](SampleType type, const Value& value) { return row({type_id(type)}, {value}); };
  EXPECT_EQ(one(k_boolean, Value::from_word(1)), bytes_of({1}));
  EXPECT_EQ(one(k_integer, Value::from_word(-1)), bytes_of({1}));
  EXPECT_EQ(one(k_integer, Value::from_word(300)), bytes_of({0xd8, 0x04}));
  EXPECT_EQ(one(k_plan, Value::from_word(1)), bytes_of({1}));
  EXPECT_EQ(one(k_money, Value::from_decimal(*Decimal::parse("12.50"))), bytes_of({0x0a, 125}));
  EXPECT_EQ(one(k_money, Value::from_decimal(*Decimal::parse("-1e9"))), bytes_of({0x8f, 9, 0, 1}));
  EXPECT_EQ(one(k_money, Value::from_decimal(Decimal())), bytes_of({3}));
  EXPECT_EQ(one(k_text, Value::from_bytes("hi")), bytes_of({2, 'h', 'i'}));
  EXPECT_EQ(one(k_period, Value::from_period({1, -3})), bytes_of({2, 5}));
  EXPECT_EQ(one(k_instant, Value::from_word(1000)), bytes_of({0xd0, 0x0f}));
  EXPECT_EQ(one(k_optional_money, Value()), bytes_of({0}));
  EXPECT_EQ(one(k_optional_money, Value::from_decimal(Decimal())), bytes_of({1, 3}));
}

TEST_F(PackedTest, PresenceBitsStandFirstAndInOrder) {
  std::vector<TypeId> types;
  std::vector<Value> values;
  for (int i = 0; i < 11; ++i) {
    types.push_back(type_id(k_optional_integer));
    values.push_back(i % 2 == 0 ? Value::from_word(i) : Value());
  }
  EXPECT_EQ(row(types, values), bytes_of({0x55, 0x05, 0, 4, 8, 12, 16, 20}));
  const RowShape shape = RowShape::of(program, std::span<const TypeId>(types));
  EXPECT_EQ(shape.presence_bytes, 2u);
}

// A value of every kind, and the row read back in each way there is.
TEST_F(PackedTest, RowsReadBackColumnByColumn) {
  const std::string line = row({type_id(k_text), type_id(k_integer), type_id(k_optional_money)},
                               {Value::from_bytes("hat"), Value::from_word(2), Value::from_decimal(*Decimal::parse("9.99"))});
  const std::string lines = bytes_of({2}) + line + line;
  const std::vector<std::pair<SampleType, Value>> columns = {
      {k_optional_text, Value()},
      {k_boolean, Value::from_word(1)},
      {k_lines, Value::from_bytes(lines)},
      {k_optional_money, Value::from_decimal(*Decimal::parse("0.1"))},
      {k_line, Value::from_bytes(line)},
      {k_period, Value::from_period({3, -1})},
      {k_optional_plan, Value::from_word(1)},
      {k_time_zone, Value::from_bytes("Europe/London")},
      {k_optional_delivery, Value::from_bytes("0123456789abcdef")},
      {k_instant, Value::from_word(-5)},
      {k_text, Value::from_bytes("")},
  };
  std::vector<TypeId> types;
  std::vector<Value> values;
  std::vector<FieldInfo> fields;
  for (const auto& [type, value] : columns) {
    types.push_back(type_id(type));
    values.push_back(value);
    fields.push_back({"f", "f", type_id(type)});
  }
  const std::string bytes = row(types, values);
  EXPECT_TRUE(validate_row(bytes, program, types));

  std::vector<Value> read(types.size());
  ASSERT_TRUE(read_row(bytes, program, types, read));
  const RowShape shape = RowShape::of(program, fields);
  RowCursor cursor(program, shape, bytes);
  for (uint32_t i = 0; i < types.size(); ++i) {
    EXPECT_TRUE(equal_values(program, types[i], read[i], values[i])) << i;
    EXPECT_TRUE(equal_values(program, types[i], read_column(bytes, program, fields, i), values[i])) << i;
    EXPECT_TRUE(equal_values(program, types[i], cursor.column(i), values[i])) << i;
  }
  EXPECT_TRUE(cursor.at_end());
  std::mt19937_64 random(3);
  for (int round = 0; round < 200; ++round) {
    const auto i = static_cast<uint32_t>(random() % types.size());
    EXPECT_TRUE(equal_values(program, types[i], cursor.column(i), values[i])) << i;
  }
  EXPECT_FALSE(cursor.failed());

  // Every proper prefix is refused, and reading it is safe.
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::string_view cut = std::string_view(bytes).substr(0, size);
    EXPECT_FALSE(read_row(cut, program, types, read)) << size;
    EXPECT_FALSE(validate_row(cut, program, types)) << size;
    RowCursor short_cursor(program, shape, cut);
    short_cursor.column(static_cast<uint32_t>(types.size() - 1));
    EXPECT_FALSE(short_cursor.at_end()) << size;
  }
  EXPECT_FALSE(validate_row(bytes + "x", program, types));
}

TEST_F(PackedTest, ValidationKnowsWhatEachKindMayHold) {
  EXPECT_TRUE(valid(k_boolean, bytes_of({1})));
  EXPECT_FALSE(valid(k_boolean, bytes_of({2})));
  EXPECT_FALSE(valid(k_plan, bytes_of({2})));
  EXPECT_FALSE(valid(k_text, bytes_of({1, 0xff})));
  EXPECT_FALSE(valid(k_text, bytes_of({2, 'a'})));
  EXPECT_FALSE(valid(k_integer, bytes_of({0x80, 0})));  // not the shortest
  EXPECT_FALSE(valid(k_money, bytes_of({0x0b, 10})));   // not normalised
  EXPECT_FALSE(valid(k_delivery, bytes_of({1, 'a'})));
  EXPECT_FALSE(valid(k_time_of_day, bytes_of({0x80, 0xc6, 0x0a})));  // 24:00
  EXPECT_FALSE(valid(k_optional_text, bytes_of({2})));               // a spare bit
  EXPECT_TRUE(valid(k_tags, bytes_of({2, 1, 'a', 1, 'b'})));
  EXPECT_FALSE(valid(k_tags, bytes_of({2, 1, 'b', 1, 'a'})));
  EXPECT_FALSE(valid(k_tags, bytes_of({2, 1, 'a', 1, 'a'})));
  EXPECT_FALSE(valid(k_tags, bytes_of({0xff, 0xff, 0xff, 0xff, 0x0f})));
  std::string year_10000;
  ByteWriter(year_10000).signed_varint(k_timestamp_max_ms + 1);
  EXPECT_FALSE(valid(k_instant, year_10000));
}

// Any bytes that validate are what their values encode to: one encoding for each value.
TEST_F(PackedTest, ValidBytesAreCanonical) {
  const SampleType kinds[] = {k_boolean, k_integer, k_money, k_optional_money, k_text, k_optional_plan, k_period, k_tags, k_line, k_lines};
  std::mt19937_64 random(12);
  int valid_rows = 0;
  for (int round = 0; round < 50000; ++round) {
    const TypeId types[] = {type_id(kinds[random() % std::size(kinds)]), type_id(kinds[random() % std::size(kinds)])};
    std::string bytes(random() % 8 + 1, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 3 == 0 ? random() : random() % 4);
    std::vector<Value> values(2);
    const bool read = read_row(bytes, program, types, values);
    if (!validate_row(bytes, program, types)) continue;
    ASSERT_TRUE(read);
    ++valid_rows;
    EXPECT_EQ(row({types[0], types[1]}, values), bytes);
  }
  EXPECT_GT(valid_rows, 1000);
}

}  // namespace
}  // namespace wend::bytecode
