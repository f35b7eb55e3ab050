// What a reject of a payload says, and that checking ends.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/schema_suite/imported_event.h"

namespace wend {
namespace {

ImportedEvent imported(const std::string& schema) {
  source::MemoryFileStore files;
  files.write("p/event.json", schema);
  return ImportedEvent(std::move(files));
}
std::string verdict(ImportedEvent& event, const std::string& properties) {
  const auto reject = event.rejected(properties);
  return reject ? fmt::format("{} {}: {}", ingest::to_string(reject->reason), reject->path, reject->message) : "taken";
}

TEST(SchemaRejects, NameThePathAndTheKeyword) {
  ImportedEvent event = imported(R"({"type": "object", "required": ["rating"], "additionalProperties": false, "properties": {
      "rating": {"type": "integer", "minimum": 1, "maximum": 5}, "code": {"type": "string", "pattern": "^[A-Z]{2}$", "maxLength": 2},
      "tags": {"type": "array", "items": {"enum": ["a", "b"]}, "uniqueItems": true}, "mail": {"type": ["string", "null"], "format": "email"},
      "any": {"anyOf": [{"type": "integer"}, {"type": "array"}]}}})");
  ASSERT_EQ(event.refusal(), "");
  EXPECT_EQ(verdict(event, R"({"rating": 5.0, "code": "AB", "tags": ["a", "b"], "mail": null, "any": []})"), "taken");
  EXPECT_EQ(verdict(event, R"({"rating": 7})"), "against_schema $.properties.rating: expected at most 5, found 7 (`maximum` of its schema)");
  EXPECT_EQ(verdict(event, R"({"rating": "7"})"), "against_schema $.properties.rating: expected a whole number, found a text (`type` of its schema)");
  EXPECT_EQ(verdict(event, R"({"rating": null})"), "against_schema $.properties.rating: expected a whole number, found null (`type` of its schema)");
  EXPECT_EQ(verdict(event, "{}"), "against_schema $.properties.rating: expected a value (`required` of its schema)");
  EXPECT_EQ(verdict(event, R"({"rating": 1, "code": "ab"})"),
            "against_schema $.properties.code: expected a text like `^[A-Z]{2}$`, found \"ab\" (`pattern` of its schema)");
  EXPECT_EQ(verdict(event, R"({"rating": 1, "tags": ["a", "c"]})"), "against_schema $.properties.tags[1]: expected one of 2 values (`enum` of its schema)");
  EXPECT_EQ(verdict(event, R"({"rating": 1, "tags": ["a", "a"]})"),
            "against_schema $.properties.tags: expected no two elements that are equal (`uniqueItems` of its schema)");
  EXPECT_EQ(verdict(event, R"({"rating": 1, "mail": "x"})"),
            "against_schema $.properties.mail: expected an e-mail address, found \"x\" (`format` of its schema)");
  EXPECT_EQ(verdict(event, R"({"rating": 1, "more": 1})"), "against_schema $.properties.more: expected nothing here (`additionalProperties` of its schema)");
  EXPECT_EQ(verdict(event, R"({"rating": 1, "any": "x"})"),
            "against_schema $.properties.any: expected something that one of 2 schemas accepts (`anyOf` of its schema)");
  EXPECT_EQ(verdict(event, R"({"rating": 1, "rating": 9})"), "against_schema $.properties.rating: expected at most 5, found 9 (`maximum` of its schema)");
  EXPECT_EQ(verdict(event, R"({"rating": 1,})").substr(0, 8), "bad_json");
}

TEST(SchemaRejects, NameTheKeywordThatTheSchemaHas) {
  ImportedEvent event = imported(R"({"type": "object", "properties": {"kind": {"const": "a"}, "gone": false,
      "pair": {"type": "array", "prefixItems": [{"type": "integer"}], "items": false}, "map": {"type": "object", "propertyNames": false}}})");
  ASSERT_EQ(event.refusal(), "");
  EXPECT_EQ(verdict(event, R"({"kind": "b"})"), "against_schema $.properties.kind: expected the one value that may stand here (`const` of its schema)");
  EXPECT_EQ(verdict(event, R"({"gone": 1})"), "against_schema $.properties.gone: expected nothing here (`properties` of its schema)");
  EXPECT_EQ(verdict(event, R"({"pair": [1, 2]})"), "against_schema $.properties.pair[1]: expected nothing here (`items` of its schema)");
  EXPECT_EQ(verdict(event, R"({"map": {"a": 1}})"), "against_schema $.properties.map.a: expected nothing here (`propertyNames` of its schema)");
}

// As the optional tests of the JSON Schema test suite have it.
TEST(SchemaRejects, TimesHaveAnOffset) {
  ImportedEvent event = imported(R"({"type": "object", "properties": {"opens": {"type": "string", "format": "time"},
      "at": {"type": "string", "format": "date-time"}}})");
  ASSERT_EQ(event.refusal(), "");
  for (const char* time : {"08:30:06Z", "08:30:06z", "23:20:50.52Z", "08:30:06.283185+02:00", "08:30:06-00:00", "23:59:60Z", "01:29:60+01:30",
                           "15:59:60-08:00", "23:29:60+23:30", "00:29:60-23:30"}) {
    EXPECT_EQ(verdict(event, fmt::format(R"({{"opens": "{}"}})", time)), "taken") << time;
  }
  for (const char* time : {"08:30", "08:30Z", "8:30:06Z", "24:00:00Z", "00:60:00Z", "00:00:61Z", "22:59:60Z", "23:59:60+01:00", "01:02:03+24:00",
                           "01:02:03+00:60", "01:02:03Z+00:30", "08:30:06+0130", "08:30:06 PST", "12:00:00.52"}) {
    EXPECT_EQ(verdict(event, fmt::format(R"({{"opens": "{}"}})", time)).substr(0, 14), "against_schema") << time;
  }
  EXPECT_EQ(verdict(event, R"({"opens": "08:30:06"})"),
            "against_schema $.properties.opens: expected a time with its offset such as `09:00:00Z`, found \"08:30:06\" (`format` of its schema)");
  EXPECT_EQ(verdict(event, R"({"at": "2016-12-31T23:59:60Z"})"), "taken");
  EXPECT_EQ(verdict(event, R"({"at": "2016-12-31T23:58:60Z"})").substr(0, 14), "against_schema");
}

// Forty definitions, each twice the one before: 2^40 ways down, and a payload that goes them all.
TEST(SchemaRejects, CheckingEnds) {
  std::string definitions = R"("d0": {"type": "object"})";
  for (int i = 1; i <= 40; ++i) {
    definitions += fmt::format(R"(, "d{0}": {{"allOf": [{{"$ref": "#/definitions/d{1}"}}, {{"$ref": "#/definitions/d{1}"}}]}})", i, i - 1);
  }
  ImportedEvent event = imported(R"({"definitions": {)" + definitions + R"(}, "type": "object", "properties": {"v": {"$ref": "#/definitions/d40"}}})");
  ASSERT_EQ(event.refusal(), "");
  EXPECT_EQ(verdict(event, R"({"v": {}})"), "against_schema $.properties: its schema asks for more than 10000000 steps to check it");
  EXPECT_EQ(verdict(event, "{}"), "taken");
}

// Each import is small enough, and all of them together are not.
TEST(SchemaRejects, PatternsOfAllImportsAreCounted) {
  source::MemoryFileStore files;
  for (const char* name : {"a", "b"}) {
    std::string patterns;
    for (int i = 0; i < 3'000; ++i) patterns += fmt::format(R"({}"^{}{}$": {{}})", i == 0 ? "" : ", ", name, i);
    files.write(fmt::format("p/{}.json", name), R"({"type": "object", "properties": {"v": {"type": "string"}}, "patternProperties": {)" + patterns + "}}");
  }
  const ImportedEvent event(std::move(files), "jsonschema \"a.json\" { event A }\nimport jsonschema \"b.json\" { event B }");
  EXPECT_EQ(event.refusal(), "b.json: with it, the schemas of the project have more than 4096 patterns");
}

TEST(SchemaRejects, RulesOfATrackingPlan) {
  source::MemoryFileStore files;
  files.write("p/plan.json", R"({"rules": [{"type": "TRACK", "key": "Order Completed", "jsonSchema": {
      "$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"line": {"type": "object", "required": ["sku"]}},
      "properties": {"context": {"type": "string"}, "properties": {"type": "object", "required": ["order_id"], "properties": {
        "order_id": {"type": "string", "pattern": "^[A-Z]+-[0-9]+$"}, "products": {"type": "array", "items": {"$ref": "#/definitions/line"}}}}}}}]})");
  ImportedEvent event(std::move(files), R"(tracking_plan "plan.json" { event OrderCompleted })");
  ASSERT_EQ(event.refusal(), "");
  EXPECT_EQ(verdict(event, R"({"order_id": "A-1", "products": [{"sku": "x"}]})"), "taken");
  EXPECT_EQ(verdict(event, R"({"order_id": "1"})"),
            "against_schema $.properties.order_id: expected a text like `^[A-Z]+-[0-9]+$`, found \"1\" (`pattern` of its schema)");
  EXPECT_EQ(verdict(event, R"({"order_id": "A-1", "products": [{}]})"), "against_schema $.properties.products[0].sku: expected a value (`required` of its schema)");
}

TEST(SchemaRejects, ProtocolBuffersInJson) {
  source::MemoryFileStore files;
  files.write("p/events.binpb", text_of(std::filesystem::path(WEND_SOURCE_DIR) / "tests/golden/schemas/protobuf_types/events.binpb"));
  ImportedEvent event(std::move(files), R"(protobuf "events.binpb" { event Order })");
  ASSERT_EQ(event.refusal(), "");
  EXPECT_EQ(verdict(event, "{}"), "taken");
  EXPECT_EQ(verdict(event, R"({"orderId": "o", "serial": "9", "count": 2, "status": "STATUS_PAID", "lines": [{"sku": "a", "gross": 1.5}], "at": "2024-01-01T00:00:00Z", "card": "c"})"),
            "taken");
  EXPECT_EQ(verdict(event, R"({"order_id": "o", "count": "2", "status": 1, "labels": {"a": "b"}, "card": null, "iban": "i"})"), "taken");
  EXPECT_EQ(verdict(event, R"({"card": "c", "iban": "i"})"),
            "against_schema $.properties.iban: expected nothing beside `card`, as both are of the choice `payment` (`oneof` of its schema)");
  EXPECT_EQ(verdict(event, R"({"lines": [{"sku": "a"}, {"sku": "b", "net": 1, "gross": 2}]})"),
            "against_schema $.properties.lines[1].net: expected nothing beside `gross`, as both are of the choice `price` (`oneof` of its schema)");
  EXPECT_EQ(verdict(event, R"({"lines": [{}]})").substr(0, 13), "missing_field");
  EXPECT_EQ(verdict(event, R"({"status": 7})").substr(0, 9), "bad_value");
  EXPECT_EQ(verdict(event, R"({"count": "two"})").substr(0, 9), "bad_value");
}

TEST(SchemaRejects, NamesOfAvro) {
  source::MemoryFileStore files;
  files.write("p/order.avsc", R"({"type": "record", "name": "shop.Order", "fields": [{"name": "total", "aliases": ["sum"], "type": "int"},
      {"name": "note", "type": "string", "default": "none"}, {"name": "extra", "type": {"type": "map", "values": "int"}}]})");
  ImportedEvent event(std::move(files), R"(avro "order.avsc" { event Order })");
  ASSERT_EQ(event.refusal(), "");
  EXPECT_EQ(verdict(event, R"({"total": 1, "extra": {"a": 1}})"), "taken");
  EXPECT_EQ(verdict(event, R"({"sum": 1})"), "taken");
  EXPECT_EQ(verdict(event, R"({"sum": 1.5})").substr(0, 9), "bad_value");
  EXPECT_EQ(verdict(event, R"({"note": "x"})").substr(0, 13), "missing_field");
}

}  // namespace
}  // namespace wend
