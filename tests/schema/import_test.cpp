#include "compiler/schema/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/source/sources.h"

namespace wend::schema {
namespace {

struct Import {
  source::Sources sources;
  types::TypeTable table;
  ImportResult result;

  Import(std::string text, std::vector<Wanted> wanted) {
    result = import_json_schema(sources.add("schema.json", std::move(text)), wanted, table);
  }
  std::string fields_of(const std::vector<types::Field>& fields) const {
    std::string text;
    for (const auto& field : fields) {
      text += field.name + (field.wire == field.name ? "" : " from " + field.wire) + ": " + types::to_string(field.type, table) + "\n";
    }
    return text;
  }
  std::string event() const { return result.events.empty() ? "none" : fields_of(result.events.front().fields); }
  std::vector<std::string> findings() const {
    std::vector<std::string> found;
    for (const auto& diagnostic : result.diagnostics) {
      const source::Span span = diagnostic.span();
      std::string place = span.valid() ? std::string(sources.file(span.file_id).text(span)) + " " : "";
      found.push_back(diag::code(diagnostic.kind()) + " " + place + diagnostic.message());
    }
    return found;
  }
};

Wanted event(std::string name) {
  return {WantedKind::event, std::move(name), std::nullopt, {}};
}
Wanted record(std::string name) {
  return {WantedKind::record, std::move(name), std::nullopt, {}};
}

TEST(ImportJsonSchema, MapsTypesFormatsAndAbsence) {
  const Import import(R"({"type": "object", "required": ["orderId", "total", "tags"], "properties": {
      "orderId": {"type": "string", "format": "uuid"}, "total": {"type": "number"}, "count": {"type": "integer"},
      "mail": {"type": ["string", "null"], "format": "email"}, "page": {"type": "string", "format": "uri"},
      "at": {"type": "string", "format": "date-time"}, "day": {"type": "string", "format": "date"}, "opens": {"type": "string", "format": "time"},
      "gift": {"type": "boolean"}, "tags": {"type": "array", "items": {"type": "string"}}}})",
                      {event("OrderPlaced")});
  EXPECT_EQ(import.event(),
            "order_id from orderId: Id\ntotal: Decimal\ncount: Int?\nmail: Email?\npage: Url?\nat: Instant?\nday: Date?\nopens: Text?\n"
            "gift: Bool?\ntags: List<Text>\n");
  EXPECT_THAT(import.findings(), testing::IsEmpty());
}

TEST(ImportJsonSchema, NestedObjectsBecomeRecordsNamedAfterTheirPath) {
  const Import import(R"({"type": "object", "required": ["address", "lines"], "properties": {
      "address": {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}},
      "lines": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}}}})",
                      {event("Order")});
  EXPECT_EQ(import.event(), "address: OrderAddress\nlines: List<OrderLinesItem>\n");
}

TEST(ImportJsonSchema, EnumsKeepTheirWireValues) {
  const Import import(R"({"type": "object", "properties": {"source": {"enum": ["WEB", "mobile-app", "2nd", null]}}})", {event("Visit")});
  ASSERT_EQ(import.table.enums.size(), 1u);
  const auto& values = import.table.enums[0].values;
  EXPECT_EQ(values[0].name + values[1].name + values[2].name, "webmobile_appvalue_2nd");
  EXPECT_EQ(values[1].wire, "mobile-app");
}

TEST(ImportJsonSchema, ADefinitionUsedTwiceIsOneRecordUnderItsListedName) {
  const Import import(R"({"definitions": {"addr": {"type": "object", "properties": {"zip": {"type": "string"}}}},
      "type": "object", "required": ["from", "to"], "properties": {"from": {"$ref": "#/definitions/addr"}, "to": {"$ref": "#/definitions/addr"}}})",
                      {event("Move"), {WantedKind::record, "Address", "addr", {}}});
  EXPECT_EQ(import.event(), "from: Address\nto: Address\n");
  EXPECT_EQ(import.table.records.size(), 1u);
  EXPECT_TRUE(import.result.types.front().listed);
}

TEST(ImportJsonSchema, APropertyWithoutATypeIsNoField) {
  const Import import(R"({"type": "object", "properties": {
      "a": {"oneOf": [{"type": "string"}, {"type": "integer"}]}, "b": {}, "c": {"type": "object"}, "d": {"type": ["string", "integer"]},
      "f": {"enum": [1, "x"]}, "g": {"type": "object", "additionalProperties": {"type": "string"}},
      "h": {"type": "array"}, "i": {"not": {}}, "j": {"type": "array", "items": [{}]}, "k": {"type": "null"}, "l": {"type": "string"}}})",
                      {event("X")});
  EXPECT_THAT(import.findings(), testing::IsEmpty());
  EXPECT_EQ(import.event(), "l: Text?\n");
  std::vector<std::string> unreadable;
  for (const UnreadableField& field : import.result.unreadable) unreadable.push_back(field.name + " " + field.path + ": " + field.why);
  EXPECT_THAT(unreadable,
              testing::ElementsAre("a $.properties.a: a choice of string and integer", "b $.properties.b: a value of any type",
                                   "c $.properties.c: an object without properties", "d $.properties.d: a choice of string and integer",
                                   "f $.properties.f: a choice of string and integer", "g $.properties.g.additionalProperties: an open map",
                                   "h $.properties.h: an array of anything", "i $.properties.i: a value of any type",
                                   "j $.properties.j.items: an array whose places have their own types",
                                   "k $.properties.k: a value that is always null"));
}

TEST(ImportJsonSchema, SchemasThatHoldTogetherMakeOneType) {
  const Import import(R"({"definitions": {"base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "n": {}}}},
      "allOf": [{"$ref": "#/definitions/base"}, {"required": ["n"], "properties": {"n": {"type": "integer"}}}],
      "properties": {"when": {"anyOf": [{"type": "null"}, {"type": "string", "format": "date-time"}]},
                     "size": {"type": ["integer", "null"], "enum": [1, 2, null]},
                     "mode": {"type": "string", "oneOf": [{"const": "a"}, {"const": "b"}]}},
      "required": ["when"]})",
                      {event("X")});
  EXPECT_THAT(import.findings(), testing::IsEmpty());
  EXPECT_EQ(import.event(), "when: Instant?\nsize: Int?\nmode: Text?\nid: Text\nn: Int\n");
}

TEST(ImportJsonSchema, ReferencesToTheNetworkAreNeverFollowed) {
  const Import import(R"({"type": "object", "properties": {"e": {"$ref": "http://other/schema"}}})", {event("X")});
  EXPECT_THAT(import.findings(), testing::ElementsAre("E0608 \"http://other/schema\" $.properties.e.$ref: `http://other/schema` is on the network, "
                                                      "and nothing is ever fetched"));
}

TEST(ImportJsonSchema, FilesOfFiftyMegabytesAreRefusedUnread) {
  const Import import(R"({"type": "object", "title": ")" + std::string(50 << 20, 'x') + "\"}", {event("X")});
  EXPECT_THAT(import.result.diagnostics.size(), 1u);
  EXPECT_THAT(import.result.diagnostics.front().message(), testing::HasSubstr("a schema has at most 4194304"));
}

TEST(ImportJsonSchema, RefusesCirclesAndDepth) {
  const Import circle(R"({"definitions": {"n": {"type": "object", "properties": {"next": {"$ref": "#/definitions/n"}}}},
      "type": "object", "properties": {"first": {"$ref": "#/definitions/n"}}})",
                      {event("X")});
  EXPECT_THAT(circle.findings(), testing::ElementsAre(testing::HasSubstr("a recursive type")));
  const Import loop(R"({"definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}},
      "type": "object", "properties": {"first": {"$ref": "#/definitions/a"}}})",
                    {event("X")});
  EXPECT_THAT(loop.findings(), testing::ElementsAre(testing::HasSubstr("a recursive type")));
  const Import deep(std::string(10'000, '[') + std::string(10'000, ']'), {event("X")});
  EXPECT_THAT(deep.findings(), testing::ElementsAre(testing::HasSubstr("nested more than")));
}

TEST(ImportJsonSchema, TooManyPatternsAreSaidOnceAtTheFirstTooMany) {
  std::string patterns;
  for (int i = 0; i < 4'501; ++i) patterns += (i == 0 ? "\"^a" : ", \"^a") + std::to_string(i) + "$\": {}";
  const Import import(R"({"type": "object", "properties": {"v": {"type": "string"}}, "patternProperties": {)" + patterns + "}}", {event("X"), event("Y")});
  EXPECT_THAT(import.findings(),
              testing::ElementsAre("E0604 \"^a4096$\" $.patternProperties: more than 4096 patterns in one import"));
}

TEST(ImportJsonSchema, TooManyPropertiesOfOneObjectAreSaidAtTheFirstTooMany) {
  std::string properties;
  for (int i = 0; i < 1'100; ++i) properties += (i == 0 ? "\"p" : ", \"p") + std::to_string(i) + R"(": {"type": "string"})";
  const Import import(R"({"type": "object", "properties": {)" + properties + "}}", {event("X")});
  EXPECT_THAT(import.findings(),
              testing::ElementsAre("E0604 \"p1024\" $.properties.p1024: more than 1024 properties of one object"));
}

// Twenty definitions, each with the one before in it twice.
TEST(ImportJsonSchema, ExponentialSizeIsSaidOnce) {
  std::string definitions = R"("d0": {"type": "object", "properties": {"x": {"type": "string"}}})";
  for (int i = 1; i < 20; ++i) {
    definitions += ", \"d" + std::to_string(i) + R"(": {"type": "object", "properties": {)";
    for (const char* half : {"a", "b"}) {
      definitions += std::string(half == std::string("a") ? "" : ", ") + "\"" + half + R"(": {"type": "object", "properties": {"q": {"allOf": [{"$ref": "#/definitions/d)" +
                     std::to_string(i - 1) + "\"}, {\"description\": \"" + half + "\"}]}}}";
    }
    definitions += "}}";
  }
  std::string properties;
  for (int i = 0; i < 10; ++i) properties += (i == 0 ? "\"p" : ", \"p") + std::to_string(i) + R"(": {"$ref": "#/definitions/d19"})";
  const Import import(R"({"definitions": {)" + definitions + R"(}, "type": "object", "properties": {)" + properties + "}}", {event("X")});
  EXPECT_THAT(import.findings(), testing::ElementsAre(testing::HasSubstr("more than 2000 properties in one import")));
}

TEST(ImportJsonSchema, ValuesOfOneNameAreNamedInOrder) {
  std::string values;
  for (int i = 0; i < 2'000; ++i) values += (i == 0 ? "\"v" : ", \"v") + std::string(static_cast<std::size_t>(i), ' ') + "\"";
  const Import import(R"({"type": "object", "properties": {"a": {"enum": [)" + values + "]}}}", {event("X")});
  ASSERT_EQ(import.table.enums.size(), 1u);
  EXPECT_EQ(import.table.enums[0].values.front().name, "v");
  EXPECT_EQ(import.table.enums[0].values.back().name, "v_2000");
}

TEST(ImportJsonSchema, NumbersAreReadAsTheyAreWritten) {
  const Import import(R"({"type": "object", "properties": {"a": {"type": "number", "minimum": -1e400, "maximum": 1E+400}, "b": {"const": -0}}})", {event("X")});
  EXPECT_THAT(import.findings(), testing::IsEmpty());
  EXPECT_EQ(import.event(), "a: Decimal?\nb: Int?\n");
}

TEST(ImportJsonSchema, AKeyThatSaysTheSameAgainCountsOnce) {
  const Import same(R"({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}, "a": { "type": "integer" }}})", {event("X")});
  EXPECT_THAT(same.findings(), testing::IsEmpty());
  EXPECT_EQ(same.event(), "a: Int?\nb: Text?\n");
}

TEST(ImportJsonSchema, SaysWhatIsNoJson) {
  const auto finding = [](const std::string& value) {
    const auto findings = Import("{\"a\": " + value + "}", {event("X")}).findings();
    return findings.size() == 1 ? findings.front().substr(findings.front().find("JSON: ") + 6) : std::to_string(findings.size()) + " findings";
  };
  EXPECT_EQ(finding("01"), "a number does not begin with a zero");
  EXPECT_EQ(finding("-"), "expected a digit, found `}`");
  EXPECT_EQ(finding("1."), "expected a digit, found `}`");
  EXPECT_EQ(finding("1e+"), "expected a digit, found `}`");
  EXPECT_EQ(finding("nul"), "expected a value, found `n`");
  EXPECT_EQ(finding("nulls"), "expected `,` or `}`, found `s`");
  EXPECT_EQ(finding("[1,]"), "expected a value, found `]`");
  EXPECT_EQ(finding("[1 2]"), "expected `,` or `]`, found `2`");
  EXPECT_EQ(finding("{\"b\" 1}"), "expected `:`, found `1`");
  EXPECT_EQ(finding("{b: 1}"), "expected a key in quotation marks, found `b`");
  EXPECT_EQ(finding("1, // ü"), "expected a key in quotation marks, found `/`");
  EXPECT_EQ(finding("1} ü"), "expected the end of the file, found `ü`");
  EXPECT_EQ(finding("\"x"), "the text is not closed");
  EXPECT_EQ(finding("\"\n\""), "line ends and control characters stand in a text as `\\n` or `\\u0000`");
  EXPECT_EQ(finding("\"\\q\""), "no escape of JSON");
  EXPECT_EQ(finding("\"\\u12g4\""), "`\\u` stands with four hexadecimal digits");
  EXPECT_EQ(finding("\"\\ud800 \""), "half a character");
  EXPECT_EQ(finding("\"\xff\""), "a byte that is not UTF-8");
  EXPECT_EQ(finding(R"("\ud83d\udca1\n\/é")"), "0 findings");
}

TEST(ImportJsonSchema, SaysWhatIsNotThere) {
  EXPECT_THAT(Import("{\"type\": \"object\", \"properties\": {}}", {record("Address")}).findings(),
              testing::ElementsAre("E0603 the schema has no definition or property `Address`"));
  EXPECT_THAT(Import("{\"type\": ", {event("X")}).findings(), testing::ElementsAre(testing::StartsWith("E0601")));
  EXPECT_THAT(Import("[]", {event("X")}).findings(), testing::ElementsAre(testing::StartsWith("E0606")));
}

TEST(ImportJsonSchema, PropertiesThatBecomeOneNameClash) {
  const Import import(R"({"type": "object", "properties": {"orderId": {"type": "string"}, "order_id": {"type": "string"}}})", {event("X")});
  EXPECT_THAT(import.findings(), testing::ElementsAre("E0605 \"order_id\" $.properties.order_id: two properties become `order_id`"));
}

TEST(ImportJsonSchema, SaysOnceWhichFormatsAreNotChecked) {
  const Import import(
      R"({"type": "object", "properties": {"a": {"type": "string", "format": "x"}, "b": {"type": "string", "format": "y", "maxLength": 3}}})",
      {event("X")});
  EXPECT_THAT(import.findings(), testing::ElementsAre(testing::HasSubstr("formats that are not checked when events arrive: `x`, `y`")));
}

TEST(Names, BecomeSnakeCaseAndUpperCamel) {
  EXPECT_EQ(snake_case("firstName"), "first_name");
  EXPECT_EQ(snake_case("FIRST NAME"), "first_name");
  EXPECT_EQ(snake_case("HTTPCode"), "http_code");
  EXPECT_EQ(snake_case("2nd"), "value_2nd");
  EXPECT_EQ(snake_case("…"), "");
  EXPECT_EQ(upper_camel("billing_address"), "BillingAddress");
}

}  // namespace
}  // namespace wend::schema
