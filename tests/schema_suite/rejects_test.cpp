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
  EXPECT_EQ(verdict(event, R"({"rating": 1, "more": 1})"), "against_schema $.properties.more: expected nothing here (`false` of its schema)");
  EXPECT_EQ(verdict(event, R"({"rating": 1, "any": "x"})"),
            "against_schema $.properties.any: expected something that one of 2 schemas accepts (`anyOf` of its schema)");
  EXPECT_EQ(verdict(event, R"({"rating": 1, "rating": 9})"), "against_schema $.properties.rating: expected at most 5, found 9 (`maximum` of its schema)");
  EXPECT_EQ(verdict(event, R"({"rating": 1,})").substr(0, 8), "bad_json");
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

}  // namespace
}  // namespace wend
