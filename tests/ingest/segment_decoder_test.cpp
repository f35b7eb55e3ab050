#include "runtime/ingest/segment_decoder.h"

#include <gmock/gmock.h>

#include <cstring>

#include "runtime/bytecode/packed.h"
#include "runtime/ingest/record_buffer.h"
#include "tests/ingest/shop_program.h"

namespace wend::ingest {
namespace {

using bytecode::Value;

constexpr TimestampMs k_machine_now = 1'893'456'000'000;  // 2030

// The shop's, with a default for the total, the carrier and the quantity of a line.
bytecode::Program program_with_defaults() {
  bytecode::Program program = shop_program();
  const auto add_default = [&](bytecode::FieldInfo& field, decltype(bytecode::Constant::value) value) {
    bytecode::TypeId type = field.type;
    if (program.type(type).optional) {
      bytecode::Type required = program.type(type);
      required.optional = false;
      program.types.push_back(required);
      type = static_cast<bytecode::TypeId>(program.types.size() - 1);
    }
    program.constants.push_back({type, std::move(value)});
    field.default_value = static_cast<bytecode::ConstantId>(program.constants.size() - 1);
  };
  add_default(program.events[0].fields[1], Decimal::from_int(3));
  add_default(program.events[0].fields[2], int64_t{1});
  add_default(program.records[0].fields[1], int64_t{5});
  return program;
}

// Feeds lines to a decoder as a reader would.
class Segment : public testing::Test {
 protected:
  void decode(const std::string& line) {
    std::string padded = line + std::string(RecordBuffer::k_padding_bytes, ' ');
    decoder_->decode({.bytes = std::string_view(padded).substr(0, line.size()), .line = ++line_}, clock_, batch_);
  }
  // Of a track call with that member in its properties; required ones are given.
  void order(const std::string& more) {
    decode(
        R"({"type":"track","userId":"ada","event":"Order Placed","timestamp":"2024-01-01T00:00:00Z","properties":{"order_id":"o","total":1)" +
        more + "}}");
  }
  Value field(size_t entry, uint32_t column) {
    ByteReader reader(batch_.entries()[entry].body);
    const auto& event = program_.event(static_cast<bytecode::EventId>(reader.varint()));
    reader.text();
    return bytecode::read_column({reader.position(), reader.remaining()}, program_, event.fields, column);
  }
  std::string rejected() const {
    if (batch_.intake.rejects.empty()) return "taken";
    const Reject& last = batch_.intake.rejects.back();
    return std::string(to_string(last.reason)) + " " + last.path + ": " + last.message;
  }

  bytecode::Program program_ = shop_program();
  const std::shared_ptr<const ZoneTable> zones_ = ZoneTable::system();
  std::unique_ptr<EventDecoder> decoder_ = make_segment_decoder(program_, *zones_);
  VirtualClock clock_{k_machine_now, std::nullopt};
  InputBatch batch_;
  uint64_t line_ = 0;
};

TEST_F(Segment, TrackBecomesAnEvent) {
  decode(
      R"({"type":"track","messageId":"m1","userId":"ada","event":"Order Placed","timestamp":"2011-03-01T08:26:00Z","properties":{"order_id":"A-1","total":12.50,"carrier":"UPS","gift":true,"due":"2011-03-04","shippedAt":"2011-03-02T09:00:00+01:00","discount":"40%","handling":"PT1H30M","unheard":{"of":[1,2]}}})");
  ASSERT_EQ(batch_.entries().size(), 1U) << rejected();
  const engine::Entry& entry = batch_.entries()[0];
  EXPECT_EQ(entry.tag, engine::RecordTag::event);
  EXPECT_EQ(entry.customer, "ada");
  EXPECT_EQ(entry.t_event, *parse_rfc3339("2011-03-01T08:26:00Z"));
  EXPECT_EQ(entry.t_log, entry.t_event);
  ByteReader reader(entry.body);
  EXPECT_EQ(reader.varint(), 0U);
  EXPECT_EQ(reader.text(), "m1");
  EXPECT_EQ(field(0, 0).view(), "A-1");
  EXPECT_EQ(field(0, 1).decimal.to_fixed(2), "12.50");
  EXPECT_EQ(field(0, 2).word, 1);
  EXPECT_FALSE(field(0, 3).present);
  EXPECT_EQ(field(0, 5).word, 1);
  EXPECT_EQ(format_date(static_cast<DateDays>(field(0, 6).word)), "2011-03-04");
  EXPECT_EQ(format_rfc3339(field(0, 7).word), "2011-03-02T08:00:00Z");
  EXPECT_EQ(field(0, 8).decimal.to_string(), "0.4");
  EXPECT_EQ(field(0, 9).word, 90 * k_minute_ms);
}

TEST_F(Segment, WhatIsMissingOrNullIsItsDefault) {
  program_ = program_with_defaults();
  decoder_ = make_segment_decoder(program_, *zones_);
  decode(
      R"({"type":"track","userId":"ada","event":"Order Placed","timestamp":"2024-01-01T00:00:00Z","properties":{"order_id":"o","total":null,"products":[{"sku":"s"}]}})");
  ASSERT_EQ(batch_.entries().size(), 1U) << rejected();
  EXPECT_EQ(field(0, 1).decimal.to_string(), "3");
  EXPECT_EQ(field(0, 2).word, 1);
  const std::string_view lines = field(0, 3).view();
  ByteReader reader(lines);
  EXPECT_EQ(reader.varint(), 1U);
  EXPECT_EQ(bytecode::read_column({reader.position(), reader.remaining()}, program_, program_.records[0].fields, 1).word, 5);
  order(R"(,"carrier":"DHL")");
  EXPECT_EQ(field(1, 1).decimal.to_string(), "1");
  EXPECT_EQ(field(1, 2).word, 0);
}

TEST_F(Segment, AliasAndDeleteAreAboutTheCustomer) {
  decode(R"({"type":"alias","userId":"ada","previousId":"anonymous-1","timestamp":"2024-01-01T00:00:00Z"})");
  decode(R"({"type":"delete","userId":7,"timestamp":"2024-01-02T00:00:00Z"})");
  decode(R"({"type":"alias","previousId":12,"userId":"ben","timestamp":"2024-01-03T00:00:00Z","traits":{"first_name":"B"}})");
  ASSERT_EQ(batch_.entries().size(), 3U) << rejected();
  EXPECT_EQ(batch_.entries()[0].tag, engine::RecordTag::merge);
  EXPECT_EQ(batch_.entries()[0].customer, "ada");
  EXPECT_EQ(batch_.entries()[0].body, "anonymous-1");
  EXPECT_EQ(batch_.entries()[1].tag, engine::RecordTag::erasure);
  EXPECT_EQ(batch_.entries()[1].customer, "7");
  EXPECT_EQ(batch_.entries()[1].body, "");
  EXPECT_EQ(batch_.entries()[2].body, "12");
}

TEST_F(Segment, AnAliasNamesBothIds) {
  decode(R"({"type":"alias","userId":"ada","timestamp":"2024-01-01T00:00:00Z"})");
  EXPECT_EQ(rejected(), "missing_field $.previousId: it names the id that is the same customer");
  decode(R"({"type":"alias","previousId":"x","timestamp":"2024-01-01T00:00:00Z"})");
  EXPECT_EQ(rejected(), "no_user $.userId: the call names no user");
  decode(R"({"type":"delete","timestamp":"2024-01-01T00:00:00Z"})");
  EXPECT_EQ(rejected(), "no_user $.userId: the call names no user");
  EXPECT_EQ(batch_.entries().size(), 0U);
}

// 0.1 + 0.2 has no binary float: digits go through as they stand.
TEST_F(Segment, MoneyIsReadExactly) {
  order(R"(,"ignored":0)");
  for (const char* total : {"0.30000000000000004", "1234567890123456789012345678901.234", "1e3", "-0.10", "\"25.00\""}) {
    decode(
        std::string(
            R"({"type":"track","userId":"ada","event":"Order Placed","timestamp":"2024-01-01T00:00:00Z","properties":{"order_id":"o","total":)") +
        total + "}}");
  }
  ASSERT_EQ(batch_.entries().size(), 6U) << rejected();
  EXPECT_EQ(field(1, 1).decimal.to_string(), "0.30000000000000004");
  EXPECT_EQ(field(2, 1).decimal.to_string(), "1234567890123456789012345678901.234");
  EXPECT_EQ(field(3, 1).decimal.to_string(), "1000");
  EXPECT_EQ(field(4, 1).decimal.to_string(), "-0.1");
  EXPECT_EQ(field(5, 1).decimal.to_string(), "25");
}

TEST_F(Segment, PayloadMayStandBeforeWhatNamesIt) {
  decode(
      R"({"properties":{"total":"3.5","order_id":"é\n"},"timestamp":"2011-03-01T08:26:00Z","userId":"ad\u0061","event":"Order Placed","type":"track"})");
  ASSERT_EQ(batch_.entries().size(), 1U) << rejected();
  EXPECT_EQ(batch_.entries()[0].customer, "ada");
  EXPECT_EQ(field(0, 0).view(), "é\n");
  EXPECT_EQ(field(0, 1).decimal.to_string(), "3.5");
}

TEST_F(Segment, ListsAndRecordsNest) {
  order(R"(,"products":[{"sku":"x","qty":2,"price":1.25},{"qty":3,"sku":"y","colour":"red"}],"tags":["b","a","b"])");
  ASSERT_EQ(batch_.entries().size(), 1U) << rejected();
  ByteReader lines(field(0, 3).view());
  EXPECT_EQ(lines.varint(), 2U);
  const Value first = bytecode::read_value(lines, program_, static_cast<bytecode::TypeId>(13));
  EXPECT_EQ(bytecode::read_column(first.view(), program_, program_.records[0].fields, 0).view(), "x");
  EXPECT_EQ(bytecode::read_column(first.view(), program_, program_.records[0].fields, 2).decimal.to_string(), "1.25");
  const Value second = bytecode::read_value(lines, program_, static_cast<bytecode::TypeId>(13));
  EXPECT_EQ(bytecode::read_column(second.view(), program_, program_.records[0].fields, 1).word, 3);
  EXPECT_FALSE(bytecode::read_column(second.view(), program_, program_.records[0].fields, 2).present);
  EXPECT_TRUE(lines.at_end());
  EXPECT_EQ(field(0, 4).view(), std::string("\2\1a\1b")) << "a set is sorted and without repeats";
}

TEST_F(Segment, IdentifySetsAttributesAndConsents) {
  decode(
      R"({"type":"identify","userId":"ada","timestamp":"2024-01-01T00:00:00Z","traits":{"email":null,"tz":"Europe/London","age":7,"consents":{"news":true,"sms":false}}})");
  ASSERT_EQ(batch_.entries().size(), 1U) << rejected();
  EXPECT_EQ(batch_.entries()[0].tag, engine::RecordTag::attributes);
  EXPECT_EQ(batch_.entries()[0].body, std::string("\2\0\0\2\1\xd"
                                                  "Europe/London\1\1\1",
                                                  22));
  EXPECT_THAT(batch_.intake.unknown_traits, testing::ElementsAre(testing::Pair("age", 1), testing::Pair("consents.sms", 1)));
}

TEST_F(Segment, WhatNobodyDeclaredIsCountedNotRefused) {
  decode(R"({"type":"track","userId":"ada","event":"Nothing","timestamp":"2024-01-01T00:00:00Z"})");
  decode(R"({"type":"page","userId":"ada"})");
  decode(R"({"type":"identify","userId":"ada","timestamp":"2024-01-01T00:00:00Z","traits":{"age":7}})");
  EXPECT_TRUE(batch_.entries().empty());
  EXPECT_TRUE(batch_.intake.rejects.empty()) << rejected();
  EXPECT_EQ(batch_.intake.records, 3U);
  EXPECT_THAT(batch_.intake.unknown_events, testing::ElementsAre(testing::Pair("Nothing", 1)));
  EXPECT_THAT(batch_.intake.ignored_calls, testing::ElementsAre(testing::Pair("page", 1)));
}

TEST_F(Segment, EveryRefusalSaysWhereAndWhy) {
  const std::string head = R"({"type":"track","event":"Ping",)";
  const std::string time = R"("timestamp":"2024-01-01T00:00:00Z")";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {head + time + R"(,"anonymousId":"x"})", "no_user $.userId: the call names no user"},
      {head + time + R"(,"userId":null})", "no_user $.userId: the call names no user"},
      {head + time + R"(,"userId":["x"]})", "wrong_type $.userId: expected a text"},
      {head + time + R"(,"userId":")" + std::string(1025, 'u') + "\"}", "too_long $.userId: an id has at most 1024 bytes"},
      {R"({"userId":"ada",)" + time + "}", "missing_field $.type: it says which call the line is"},
      {R"({"type":"track","userId":"ada",)" + time + "}", "missing_field $.event: it names the event"},
      {head + R"("userId":"ada"})", "bad_time $.timestamp: the call has no time"},
      {head + R"("userId":"ada","timestamp":"yesterday"})",
       "bad_time $.timestamp: expected an instant such as `2011-03-01T08:26:00Z`, found \"yesterday\""},
      {head + R"("userId":"ada","timestamp":"2031-01-01T00:00:00Z"})",
       "time_jump $.timestamp: 2031-01-01T00:00:00Z is later than the machine's clock, or more than 366 days after the event before"},
      {head + R"("userId":"ada",)" + time + R"(,"properties":{"note":5}})",
       "wrong_type $.properties.note: expected a text, found a number"},
      {head + R"("userId":"ada",)" + time + R"(,"properties":7})", "wrong_type $.properties: expected an object"},
      {"[1]", "bad_json $: the line is not a JSON object"},
  };
  for (const auto& [line, expected] : cases) {
    batch_.clear();
    decode(line);
    EXPECT_EQ(rejected(), expected) << line;
    EXPECT_TRUE(batch_.entries().empty());
  }
}

TEST_F(Segment, EveryWrongPropertyIsNamedByItsPath) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"(,"carrier":"FedEx")", "bad_value $.properties.carrier: expected a value of `Carrier`: `DHL` `UPS`, found \"FedEx\""},
      {R"(,"products":[{"sku":"x","qty":1},{"sku":"y","qty":1.5}])",
       "bad_value $.properties.products[1].qty: expected a whole number, found 1.5"},
      {R"(,"products":[{"qty":1}])", "missing_field $.properties.products[0].sku: it is required: a text"},
      {R"(,"products":{})", "wrong_type $.properties.products: expected a list, each element an object of `Line`, found an object"},
      {R"(,"total":true)", "wrong_type $.properties.total: expected an amount of USD such as `12.50`, found true or false"},
      {R"(,"total":"12,50")", "bad_value $.properties.total: expected an amount of USD such as `12.50`, found \"12,50\""},
      {R"(,"total":null)", "missing_field $.properties.total: it is required and cannot be null: an amount of USD such as `12.50`"},
      {R"(,"due":"2011-02-30")", "bad_value $.properties.due: expected a date such as `2011-03-01`, found \"2011-02-30\""},
      {",\"total\":12\x01", "bad_json $.properties.total: expected a number as JSON has them, such as `12.50`"},
      {R"(,"gift":1)", "wrong_type $.properties.gift: expected true or false, found a number"},
  };
  for (const auto& [more, expected] : cases) {
    batch_.clear();
    order(more);
    EXPECT_EQ(rejected(), expected) << more;
  }
  batch_.clear();
  decode(R"({"type":"track","userId":"ada","event":"Order Placed","timestamp":"2024-01-01T00:00:00Z"})");
  EXPECT_EQ(rejected(), "missing_field $.properties.order_id: it is required: a text");
  batch_.clear();
  decode(R"({"type":"identify","userId":"ada","timestamp":"2024-01-01T00:00:00Z","traits":{"first_name":null}})");
  EXPECT_EQ(rejected(), "missing_field $.traits.first_name: it is required and cannot be null: a text");
  batch_.clear();
  decode(R"({"type":"identify","userId":"ada","timestamp":"2024-01-01T00:00:00Z","traits":{"email":"nobody"}})");
  EXPECT_EQ(rejected(), "bad_value $.traits.email: expected an address such as `ada@example.com`, found \"nobody\"");
  batch_.clear();
  decode(R"({"type":"identify","userId":"ada","timestamp":"2024-01-01T00:00:00Z","traits":{"consents":{"news":"yes"}}})");
  EXPECT_EQ(rejected(), "wrong_type $.traits.consents.news: expected true or false");
}

// Also where the damage is in a part that nobody declared.
TEST_F(Segment, BrokenJsonIsRefusedWhereverItIs) {
  const std::string whole =
      R"({"type":"track","userId":"ada","event":"Ping","timestamp":"2024-01-01T00:00:00Z","properties":{"note":"x"},"context":)";
  for (const char* broken : {"{\"a\":tru}}", "{\"a\":01}}", "{\"a\":1.}}", "{\"a\" 1}}", "{\"a\":[1,]}}", "{\"a\":1", "\"\\x\"}", "nul}",
                             "{}} 5", "{}}}", "12\x01}", "{\"a\":1\x01}}", "{\"a\":\"\\ud800\"}}", "1 2}", "-}", "\"a\nb\"}"}) {
    batch_.clear();
    decode(whole + broken);
    EXPECT_THAT(rejected(), testing::StartsWith("bad_json")) << broken;
    EXPECT_TRUE(batch_.entries().empty()) << broken;
  }
  batch_.clear();
  decode(whole + "\"\xff\"}");
  EXPECT_THAT(rejected(), testing::StartsWith("not_utf8"));
  batch_.clear();
  decode(whole + std::string(100'000, '[') + std::string(100'000, ']') + "}");
  EXPECT_THAT(rejected(), testing::StartsWith("bad_json"));
}

// The words are ours, not the parser's.
TEST_F(Segment, BrokenJsonIsToldInPlainWords) {
  const std::string whole =
      R"({"type":"track","userId":"ada","event":"Ping","timestamp":"2024-01-01T00:00:00Z","properties":{"note":"x"},"context":)";
  const std::pair<const char*, const char*> faults[] = {
      {"1} x", "something follows the JSON object on its line"},
      {"1} [1]", "something follows the JSON object on its line"},
      {"{\"a\":1", "the line ends before its JSON object does"},
      {"\"\\ud800\"}", "a text has an escape that JSON does not know, or half of a surrogate pair"},
      {"\"a\x01\"}", "a text has a control character as it stands"},
      {"\"a}", "a text has no closing quote"},
      {"nul}", "expected a value"},
      {"[1 2]}", "a comma, colon, quote or bracket is missing"},
  };
  for (const auto& [broken, words] : faults) {
    decode(whole + broken);
    EXPECT_THAT(rejected(), testing::HasSubstr(words)) << broken;
  }
}

TEST_F(Segment, VirtualTimeNeverGoesBackAndNeverJumps) {
  const auto ping = [&](const std::string& time) {
    decode(R"({"type":"track","userId":1234,"event":"Ping","timestamp":")" + time + "\"}");
  };
  ping("2024-01-02T00:00:00Z");
  ping("2024-01-01T00:00:00Z");
  ASSERT_EQ(batch_.entries().size(), 2U);
  EXPECT_EQ(batch_.entries()[1].customer, "1234");
  EXPECT_EQ(format_rfc3339(batch_.entries()[1].t_log), "2024-01-02T00:00:00Z");
  EXPECT_EQ(format_rfc3339(batch_.entries()[1].t_event), "2024-01-01T00:00:00Z");
  ping("2025-02-01T00:00:00Z");
  EXPECT_THAT(rejected(), testing::StartsWith("time_jump"));
  ping("2025-01-01T00:00:00Z");
  EXPECT_EQ(batch_.entries().size(), 3U);
}

TEST_F(Segment, TimeCanBeSeenAheadForSorting) {
  const std::string line = R"({"a":{"timestamp":"2020-01-01T00:00:00Z"},"timestamp":"2024-01-01T00:00:00Z"})";
  const std::string padded = line + std::string(RecordBuffer::k_padding_bytes, ' ');
  EXPECT_EQ(decoder_->peek_time({.bytes = std::string_view(padded).substr(0, line.size())}), parse_rfc3339("2024-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace wend::ingest
