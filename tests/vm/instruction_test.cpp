// One instruction at a time: a function with the operands as parameters.

#include <gtest/gtest.h>

#include <map>

#include "runtime/bytecode/operands.h"
#include "runtime/bytecode/verify.h"
#include "tests/bytecode/sample_program.h"
#include "tests/vm/fake_host.h"

namespace wend::vm {
namespace {

using namespace bytecode;
using namespace bytecode::testing;
using testing::FakeHost;

Value word(int64_t value) {
  return Value::from_word(value);
}
Value text(std::string_view value) {
  return Value::from_bytes(value);
}
Value dec(std::string_view value) {
  return Value::from_decimal(*Decimal::parse(value));
}
constexpr int64_t k_true = 1;
constexpr int64_t k_false = 0;

class InstructionTest : public ::testing::Test {
 protected:
  InstructionTest() : program(rich_program()) {
    program.journeys.clear();
    program.functions.clear();
    program.history.clear();
    program.channels.clear();
    program.messages.clear();
    program.zone.reset();
  }

  // Runs `opcode` with parameters of these types and the result in a further register; nullopt = fault.
  std::optional<Value> run(Opcode opcode, SampleType result, std::vector<SampleType> types, const std::vector<Value>& values,
                           size_t c = SIZE_MAX) {
    Function function;
    for (const SampleType type : types) function.registers.push_back(type_id(type));
    function.registers.push_back(type_id(result));
    function.parameter_count = static_cast<uint16_t>(types.size());
    const OpcodeInfo& info = *opcode_info(opcode);
    Assembler code;
    if (c == SIZE_MAX) c = info.operands[2] == OperandKind::none ? 0 : 1;
    code.emit(opcode, types.size(), 0, c);
    code.emit(Opcode::return_value, types.size());
    function.code = code.take();
    program.functions = {function};
    const auto error = verify(program);
    EXPECT_FALSE(error.has_value()) << error->where << ": " << error->what;
    if (error) return std::nullopt;
    machine = std::make_unique<Machine>(program, *ZoneTable::system());
    return evaluate(*machine, host, program.functions[0], values);
  }
  int64_t word_of(const std::optional<Value>& value) {
    EXPECT_TRUE(value && value->present);
    return value ? value->word : INT64_MIN;
  }
  std::string text_of(const std::optional<Value>& value) { return value && value->present ? std::string(value->view()) : "(none)"; }
  std::string decimal_of(const std::optional<Value>& value) { return value && value->present ? value->decimal.to_string() : "(none)"; }
  std::optional<Value> native(size_t number, SampleType result, std::vector<SampleType> types, const std::vector<Value>& values) {
    return run(Opcode::call_native, result, std::move(types), values, number);
  }

  Program program;
  std::unique_ptr<Machine> machine;
  FakeHost host;
};

TEST_F(InstructionTest, IntegersAreChecked) {
  const auto integer = [&](Opcode opcode, int64_t a, int64_t b) {
    return run(opcode, k_integer, {k_integer, k_integer}, {word(a), word(b)});
  };
  EXPECT_EQ(word_of(integer(Opcode::add_integer, 2, 3)), 5);
  EXPECT_EQ(word_of(integer(Opcode::subtract_integer, 2, 3)), -1);
  EXPECT_EQ(word_of(integer(Opcode::multiply_integer, -2, 3)), -6);
  EXPECT_FALSE(integer(Opcode::add_integer, INT64_MAX, 1).has_value());
  EXPECT_FALSE(integer(Opcode::subtract_integer, INT64_MIN, 1).has_value());
  EXPECT_FALSE(integer(Opcode::multiply_integer, INT64_MAX, 2).has_value());
  EXPECT_FALSE(run(Opcode::negate_integer, k_integer, {k_integer}, {word(INT64_MIN)}).has_value());
  EXPECT_EQ(decimal_of(run(Opcode::integer_to_decimal, k_decimal, {k_integer}, {word(-1200)})), "-1200");
}

TEST_F(InstructionTest, DecimalsAreExact) {
  const auto decimal = [&](Opcode opcode, std::string_view a, std::string_view b) {
    return run(opcode, k_decimal, {k_decimal, k_decimal}, {dec(a), dec(b)});
  };
  EXPECT_EQ(decimal_of(decimal(Opcode::add_decimal, "0.1", "0.2")), "0.3");
  EXPECT_EQ(decimal_of(decimal(Opcode::subtract_decimal, "1", "0.9")), "0.1");
  EXPECT_EQ(decimal_of(decimal(Opcode::multiply_decimal, "1.5", "-2")), "-3");
  EXPECT_EQ(decimal_of(decimal(Opcode::divide_decimal, "1", "8")), "0.125");
  EXPECT_FALSE(decimal(Opcode::divide_decimal, "1", "0").has_value());
  EXPECT_FALSE(decimal(Opcode::multiply_decimal, "1e6000", "1e6000").has_value());
  EXPECT_EQ(decimal_of(run(Opcode::negate_decimal, k_decimal, {k_decimal}, {dec("0.5")})), "-0.5");
}

TEST_F(InstructionTest, ComparisonsWithAnAbsentSideAreFalse) {
  const auto compare = [&](Opcode opcode, SampleType type, const Value& a, const Value& b) {
    return word_of(run(opcode, k_boolean, {type, type}, {a, b}));
  };
  EXPECT_EQ(compare(Opcode::equal_word, k_optional_integer, word(1), word(1)), k_true);
  EXPECT_EQ(compare(Opcode::equal_word, k_optional_integer, word(0), Value()), k_false);
  EXPECT_EQ(compare(Opcode::equal_word, k_optional_integer, Value(), Value()), k_false);
  EXPECT_EQ(compare(Opcode::less_word, k_optional_integer, Value(), word(1)), k_false);
  EXPECT_EQ(compare(Opcode::less_word, k_integer, word(-1), word(1)), k_true);
  EXPECT_EQ(compare(Opcode::less_equal_word, k_optional_integer, word(-1), Value()), k_false);
  EXPECT_EQ(compare(Opcode::less_equal_word, k_integer, word(1), word(1)), k_true);
  EXPECT_EQ(compare(Opcode::equal_decimal, k_optional_money, dec("1.0"), dec("1")), k_true);
  EXPECT_EQ(compare(Opcode::equal_decimal, k_optional_money, dec("0"), Value()), k_false);
  EXPECT_EQ(compare(Opcode::less_decimal, k_optional_money, Value(), dec("1")), k_false);
  EXPECT_EQ(compare(Opcode::less_decimal, k_money, dec("-1"), dec("0")), k_true);
  EXPECT_EQ(compare(Opcode::less_equal_decimal, k_optional_money, dec("-1"), Value()), k_false);
  EXPECT_EQ(compare(Opcode::equal_bytes, k_optional_text, text("a"), text("a")), k_true);
  EXPECT_EQ(compare(Opcode::equal_bytes, k_optional_text, text(""), Value()), k_false);
}

TEST_F(InstructionTest, Presence) {
  EXPECT_EQ(word_of(run(Opcode::is_present, k_boolean, {k_optional_text}, {Value()})), k_false);
  EXPECT_EQ(word_of(run(Opcode::is_present, k_boolean, {k_optional_text}, {text("")})), k_true);
  EXPECT_EQ(text_of(run(Opcode::unwrap, k_text, {k_optional_text}, {text("a")})), "a");
  EXPECT_FALSE(run(Opcode::unwrap, k_text, {k_optional_text}, {Value()}).has_value());
  EXPECT_EQ(machine->faults(), 1u);
}

TEST_F(InstructionTest, InstantsAndDurations) {
  EXPECT_EQ(word_of(run(Opcode::add_word, k_instant, {k_instant, k_duration}, {word(5), word(7)})), 12);
  EXPECT_EQ(word_of(run(Opcode::subtract_word, k_duration, {k_instant, k_instant}, {word(5), word(7)})), -2);
  EXPECT_FALSE(run(Opcode::add_word, k_instant, {k_instant, k_duration}, {word(k_timestamp_max_ms), word(1)}).has_value());
  EXPECT_FALSE(run(Opcode::subtract_word, k_duration, {k_duration, k_duration}, {word(INT64_MIN), word(1)}).has_value());
}

std::string tags(std::initializer_list<std::string_view> values) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.varint(values.size());
  for (const std::string_view value : values) writer.text(value);
  return bytes;
}

TEST_F(InstructionTest, ListsAndRecords) {
  const std::string list = tags({"blue", "red"});
  EXPECT_EQ(word_of(run(Opcode::contains, k_boolean, {k_tags, k_text}, {text(list), text("red")})), k_true);
  EXPECT_EQ(word_of(run(Opcode::contains, k_boolean, {k_tags, k_text}, {text(list), text("re")})), k_false);
  EXPECT_EQ(word_of(run(Opcode::contains, k_boolean, {k_tags, k_optional_text}, {text(list), Value()})), k_false);
  // A set is sorted and without repeats.
  EXPECT_EQ(text_of(run(Opcode::make_list, k_tags, {k_text, k_text, k_text}, {text("red"), text("blue"), text("red")}, 3)),
            tags({"red", "blue"}));
  const std::string line = *[&] {
    auto made = run(Opcode::make_record, k_line, {k_text, k_integer, k_optional_money}, {text("hat"), word(2), dec("9.99")}, 3);
    return std::optional<std::string>(text_of(made));
  }();
  EXPECT_EQ(text_of(run(Opcode::member, k_text, {k_line}, {text(line)}, 0)), "hat");
  EXPECT_EQ(word_of(run(Opcode::member, k_integer, {k_line}, {text(line)}, 1)), 2);
  EXPECT_EQ(decimal_of(run(Opcode::member, k_optional_money, {k_line}, {text(line)}, 2)), "9.99");
  EXPECT_FALSE(run(Opcode::member, k_integer, {k_line}, {text(line.substr(0, 3))}, 1).has_value());
}

TEST_F(InstructionTest, TextOfManyPartsGrowsInPlace) {
  Function function;
  function.registers = {type_id(k_text), type_id(k_text), type_id(k_text)};
  function.parameter_count = 1;
  Assembler code;
  code.emit(Opcode::concat, 1, 0, 0);
  code.emit(Opcode::concat, 2, 1, 0);
  for (int i = 0; i < 500; ++i) code.emit(Opcode::concat, 2, 2, 1);
  code.emit(Opcode::concat, 2, 1, 2);
  code.emit(Opcode::return_value, 2);
  function.code = code.take();
  program.functions = {function};
  ASSERT_FALSE(verify(program).has_value());
  Machine each(program, *ZoneTable::system());
  std::string expected = "ababab";
  for (int i = 0; i < 500; ++i) expected += "abab";
  for (int i = 0; i < 3; ++i) {
    const Value parameters[] = {text("ab")};
    EXPECT_EQ(text_of(evaluate(each, host, program.functions[0], parameters)), "abab" + expected);
  }
}

TEST_F(InstructionTest, WhatTheHostSays) {
  EXPECT_EQ(word_of(run(Opcode::load_now, k_instant, {}, {})), host.now_ms);
  EXPECT_EQ(word_of(run(Opcode::load_position, k_integer, {}, {})), 42);
  EXPECT_EQ(text_of(run(Opcode::load_zone, k_time_zone, {}, {})), "Europe/London");
  EXPECT_EQ(word_of(run(Opcode::load_consent, k_boolean, {}, {})), k_true);
  EXPECT_FALSE(run(Opcode::load_absent, k_optional_text, {}, {})->present);
}

TEST_F(InstructionTest, AListOfEventsIsWhatTheHostKeeps) {
  program.history = {{EventId{2}, {}, Period{0, 7}, 20, RecordId{0}}};
  const std::string line = text_of(run(Opcode::make_record, k_line, {k_text, k_integer, k_optional_money}, {text("hat"), word(2), Value()}, 3));
  host.lists[0] = "\x01" + line;
  EXPECT_EQ(text_of(run(Opcode::load_list, k_lines, {}, {})), host.lists[0]);
  host.lists[0] = std::string(1, '\0');
  EXPECT_EQ(text_of(run(Opcode::load_list, k_lines, {}, {})), host.lists[0]);
}

TEST_F(InstructionTest, CalendarNatives) {
  const TimestampMs before_spring = *parse_rfc3339("2024-03-30T09:00:00Z");
  const Value zone = text("Europe/London");
  const auto instant = [&](const std::optional<Value>& value) { return format_rfc3339(word_of(value)); };
  EXPECT_EQ(instant(native(1, k_instant, {k_instant, k_period, k_time_zone}, {word(before_spring), Value::from_period({0, 1}), zone})),
            "2024-03-31T08:00:00Z");
  EXPECT_EQ(instant(native(2, k_instant, {k_instant, k_time_of_day, k_time_zone}, {word(before_spring), word(36000), zone})),
            "2024-03-30T10:00:00Z");
  EXPECT_EQ(
      instant(native(3, k_instant, {k_instant, k_integer, k_time_of_day, k_time_zone}, {word(before_spring), word(1), word(36000), zone})),
      "2024-04-01T09:00:00Z");
  EXPECT_EQ(instant(native(4, k_instant, {k_instant, k_time_of_day, k_time_zone}, {word(before_spring), word(32400), zone})),
            "2024-03-31T08:00:00Z");
  const int64_t date = *parse_date("2024-03-31");
  EXPECT_EQ(instant(native(5, k_instant, {k_date, k_time_of_day, k_time_zone}, {word(date), word(5400), zone})), "2024-03-31T01:30:00Z");
  EXPECT_EQ(word_of(native(6, k_date, {k_instant, k_time_zone}, {word(before_spring), zone})), date - 1);
  EXPECT_EQ(word_of(native(7, k_time_of_day, {k_instant, k_time_zone}, {word(before_spring), zone})), 32400);
  EXPECT_EQ(word_of(native(8, k_date, {k_date, k_period}, {word(date), Value::from_period({-1, 0})})), *parse_date("2024-02-29"));
  EXPECT_EQ(word_of(native(9, k_integer, {k_date, k_date}, {word(date), word(date + 3)})), 3);
  EXPECT_EQ(text_of(native(10, k_optional_time_zone, {k_text}, {text("Europe/Paris")})), "Europe/Paris");
  EXPECT_EQ(text_of(native(10, k_optional_time_zone, {k_text}, {text("Mars")})), "(none)");
  EXPECT_EQ(text_of(native(11, k_time_zones, {k_text}, {text("GB")})), tags({"Europe/London"}));
  EXPECT_EQ(text_of(native(11, k_time_zones, {k_text}, {text("??")})), tags({}));
  EXPECT_EQ(native(12, k_period, {k_period}, {Value::from_period({1, -2})})->period(), (Period{-1, 2}));
  EXPECT_EQ(word_of(native(13, k_duration, {k_duration, k_integer}, {word(500), word(3)})), 1500);
}

TEST_F(InstructionTest, CalendarNativesFaultOutOfRange) {
  const Value zone = text("Europe/London");
  EXPECT_FALSE(
      native(1, k_instant, {k_instant, k_period, k_time_zone}, {word(k_timestamp_max_ms), Value::from_period({1, 0}), zone}).has_value());
  EXPECT_FALSE(native(1, k_instant, {k_instant, k_period, k_time_zone}, {word(INT64_MIN), Value::from_period({1, 0}), zone}).has_value());
  EXPECT_FALSE(native(1, k_instant, {k_instant, k_period, k_time_zone}, {word(0), Value::from_period({1, 0}), text("Mars")}).has_value());
  EXPECT_FALSE(native(3, k_instant, {k_instant, k_integer, k_time_of_day, k_time_zone}, {word(0), word(0), word(0), zone}).has_value());
  EXPECT_FALSE(native(4, k_instant, {k_instant, k_time_of_day, k_time_zone}, {word(0), word(86400), zone}).has_value());
  EXPECT_FALSE(native(8, k_date, {k_date, k_period}, {word(INT64_MAX), Value::from_period({0, 1})}).has_value());
  EXPECT_FALSE(native(12, k_period, {k_period}, {Value::from_period({INT32_MIN, 0})}).has_value());
  EXPECT_FALSE(native(13, k_duration, {k_duration, k_integer}, {word(INT64_MAX), word(2)}).has_value());
}

TEST_F(InstructionTest, OtherNatives) {
  const std::string list = tags({"blue", "red"});
  EXPECT_EQ(word_of(native(20, k_integer, {k_tags}, {text(list)})), 2);
  EXPECT_EQ(text_of(native(21, k_optional_text, {k_tags}, {text(list)})), "blue");
  EXPECT_EQ(text_of(native(22, k_optional_text, {k_tags}, {text(list)})), "red");
  EXPECT_EQ(text_of(native(22, k_optional_text, {k_tags}, {text(tags({}))})), "(none)");
  EXPECT_EQ(word_of(native(23, k_boolean, {k_tags}, {text(tags({}))})), k_true);
  EXPECT_EQ(word_of(native(23, k_boolean, {k_text}, {text("x")})), k_false);
  EXPECT_EQ(text_of(native(30, k_text, {k_text}, {text("naïve žluť ψ я 日")})), "NAÏVE ŽLUŤ Ψ Я 日");
  EXPECT_EQ(text_of(native(31, k_text, {k_text}, {text("NAÏVE ŽLUŤ Ψ Я 日")})), "naïve žluť ψ я 日");
  EXPECT_EQ(text_of(native(32, k_text, {k_text}, {text("  a b \n")})), "a b");
  EXPECT_EQ(text_of(native(32, k_text, {k_text}, {text("  ")})), "");
  EXPECT_EQ(word_of(native(33, k_integer, {k_text}, {text("日本")})), 2);
  EXPECT_EQ(word_of(native(34, k_boolean, {k_text, k_text}, {text("/shop/x"), text("/shop")})), k_true);
  EXPECT_EQ(word_of(native(35, k_boolean, {k_text, k_text}, {text("a-b"), text("-")})), k_true);
  EXPECT_EQ(decimal_of(native(40, k_decimal, {k_decimal, k_integer}, {dec("2.345"), word(2)})), "2.34");
  EXPECT_EQ(decimal_of(native(40, k_decimal, {k_decimal, k_integer}, {dec("1250"), word(-2)})), "1200");
  EXPECT_EQ(decimal_of(native(40, k_decimal, {k_decimal, k_integer}, {dec("2.345"), word(INT64_MIN)})), "0");
  EXPECT_EQ(word_of(native(41, k_optional_integer, {k_decimal}, {dec("12.0")})), 12);
  EXPECT_FALSE(native(41, k_optional_integer, {k_decimal}, {dec("12.5")})->present);
  EXPECT_EQ(decimal_of(native(42, k_decimal, {k_decimal, k_decimal}, {dec("2"), dec("-1")})), "-1");
  EXPECT_EQ(decimal_of(native(43, k_decimal, {k_decimal, k_decimal}, {dec("2"), dec("-1")})), "2");
}

TEST_F(InstructionTest, ValuesAsText) {
  const auto shown = [&](SampleType type, const Value& value) { return text_of(run(Opcode::format, k_text, {type}, {value})); };
  EXPECT_EQ(shown(k_boolean, word(1)), "true");
  EXPECT_EQ(shown(k_integer, word(-3)), "-3");
  EXPECT_EQ(shown(k_decimal, dec("12.50")), "12.5");
  EXPECT_EQ(shown(k_money, dec("12.5")), "12.50 USD");
  EXPECT_EQ(shown(k_money, dec("3.333333")), "3.33 USD");
  EXPECT_EQ(shown(k_optional_money, Value()), "");
  EXPECT_EQ(shown(k_text, text("a")), "a");
  EXPECT_EQ(shown(k_instant, word(*parse_rfc3339("2024-07-01T08:26:59Z"))), "2024-07-01 09:26");
  EXPECT_EQ(shown(k_date, word(0)), "1970-01-01");
  EXPECT_EQ(shown(k_time_of_day, word(32400)), "09:00");
  EXPECT_EQ(shown(k_duration, word(k_hour_ms)), "1 hour");
  EXPECT_EQ(shown(k_period, Value::from_period({0, 2})), "2 days");
  EXPECT_EQ(shown(k_plan, word(1)), "paid");
  EXPECT_EQ(shown(k_plan, word(7)), "7");
  EXPECT_EQ(shown(k_tags, text(tags({"blue", "red"}))), "blue, red");
  EXPECT_EQ(shown(k_delivery, text("0123456789abcdef")), "30313233343536373839616263646566");
  program.types[k_decimal].is_percent = true;
  EXPECT_EQ(shown(k_decimal, dec("0.4")), "40%");
  program.types[k_money].currency = "KWD";
  EXPECT_EQ(shown(k_money, dec("1.5")), "1.500 KWD");
  program.types[k_money].currency = "JPY";
  EXPECT_EQ(shown(k_money, dec("1250.5")), "1250 JPY");
}

}  // namespace
}  // namespace wend::vm
