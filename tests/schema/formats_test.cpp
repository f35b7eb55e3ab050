// Avro, descriptor sets and tracking plans: what becomes of their types. What is wrong with them is shown by golden cases.

#include "compiler/schema/formats.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "compiler/source/sources.h"

namespace wend::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Import {
  source::Sources sources;
  types::TypeTable table;
  ImportResult result;

  Import(Format format, std::string text, std::vector<Wanted> wanted) {
    result = import_schema(format, sources.add("schema", std::move(text)), {}, wanted, table);
  }
  std::string fields_of(const std::vector<types::Field>& fields) const {
    std::string text;
    for (const auto& field : fields) {
      text += field.name + (field.wire == field.name ? "" : " from " + field.wire);
      for (const std::string& name : field.also) text += " or " + name;
      text += ": " + types::to_string(field.type, table) + (field.default_value ? " = " + default_text(*field.default_value) : "") + "\n";
    }
    return text;
  }
  static std::string default_text(const types::ConstantValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* decimal = std::get_if<Decimal>(&value)) return decimal->to_string();
    const auto* text = std::get_if<std::string>(&value);
    return text == nullptr ? "?" : *text == std::string("\0", 1) ? "[]" : "\"" + *text + "\"";
  }
  std::string event(std::size_t i = 0) const { return i < result.events.size() ? fields_of(result.events[i].fields) : "none"; }
  std::string record(std::size_t i) const { return table.records.at(i).name + "\n" + fields_of(table.records[i].fields); }
  std::string values(std::size_t i) const {
    std::string text = table.enums.at(i).name + ":";
    for (const auto& value : table.enums[i].values) {
      text += " " + value.name + "=" + value.wire;
      for (const std::string& name : value.also) text += "|" + name;
    }
    return text;
  }
  std::vector<std::string> unreadable() const {
    std::vector<std::string> found;
    for (const auto& field : result.unreadable) found.push_back(field.owner + "." + field.name + ": " + field.path + " " + field.why);
    return found;
  }
  std::vector<std::string> findings() const {
    std::vector<std::string> found;
    for (const auto& diagnostic : result.diagnostics) found.push_back(diag::code(diagnostic.kind()) + " " + diagnostic.message());
    return found;
  }
};

Wanted event(std::string name, std::optional<std::string> from = {}) {
  return {WantedKind::event, std::move(name), std::move(from), {}};
}
Wanted record(std::string name, std::optional<std::string> from = {}) {
  return {WantedKind::record, std::move(name), std::move(from), {}};
}
Wanted enumeration(std::string name, std::optional<std::string> from = {}) {
  return {WantedKind::enumeration, std::move(name), std::move(from), {}};
}

// Of the text of one .proto file, as users make them.
std::string descriptors(const std::string& proto) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / fmt::format("wend-protoc-{}", getpid());
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "events.proto") << proto;
  const std::string command = fmt::format("cd '{}' && '{}' --include_imports --descriptor_set_out=events.binpb events.proto", folder.string(), WEND_PROTOC);
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::ifstream in(folder / "events.binpb", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::filesystem::remove_all(folder);
  return bytes;
}

TEST(ImportAvro, MapsTypesLogicalTypesAndAbsence) {
  const Import import(Format::avro, R"({"type": "record", "name": "Order", "namespace": "shop", "aliases": ["Bought", "old.Order"], "fields": [
      {"name": "orderId", "aliases": ["id"], "type": {"type": "string", "logicalType": "uuid"}}, {"name": "n", "type": "int", "default": 3},
      {"name": "big", "type": "long"}, {"name": "f", "type": "float"}, {"name": "d", "type": "double", "default": 1.5},
      {"name": "raw", "type": "bytes"}, {"name": "ok", "type": "boolean", "default": true}, {"name": "note", "type": ["null", "string"], "default": null},
      {"name": "late", "type": ["string", "null"], "default": "x"}, {"name": "day", "type": {"type": "int", "logicalType": "date"}},
      {"name": "clock", "type": {"type": "long", "logicalType": "time-micros"}}, {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
      {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
      {"name": "odd", "type": {"type": "string", "logicalType": "decimal"}}, {"name": "tags", "type": {"type": "array", "items": "string"}, "default": []},
      {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["OPEN", "PartlyPaid"]}, "default": "PartlyPaid"},
      {"name": "again", "type": "Status"}, {"name": "id4", "type": {"type": "fixed", "name": "Four", "size": 4}}]})",
                      {event("Order")});
  EXPECT_EQ(import.event(),
            "order_id from orderId or id: Id\nn: Int = 3\nbig: Int\nf: Decimal\nd: Decimal = 1.5\nraw: Text\nok: Bool = 1\nnote: Text?\n"
            "late: Text? = \"x\"\nday: Date\nclock: TimeOfDay\nat: Instant\ntotal: Decimal\nodd: Text\ntags: List<Text> = []\n"
            "status: Status = 1\nagain: Status\nid4: Text\n");
  EXPECT_EQ(import.values(0), "Status: open=OPEN partly_paid=PartlyPaid");
  EXPECT_THAT(import.result.events.at(0).also, ElementsAre("shop.Order", "shop.Bought", "old.Order"));
  EXPECT_THAT(import.findings(), IsEmpty());
}

TEST(ImportAvro, WhatHasNoTypeIsNoField) {
  const Import import(Format::avro, R"({"type": "record", "name": "Order", "fields": [
      {"name": "ok", "type": "int"}, {"name": "map", "type": {"type": "map", "values": "int"}}, {"name": "choice", "type": ["null", "int", "string"]},
      {"name": "never", "type": "null"}, {"name": "nulls", "type": {"type": "array", "items": ["null", "int"]}},
      {"name": "self", "type": ["null", "Order"]}, {"name": "span", "type": {"type": "fixed", "name": "S", "size": 12, "logicalType": "duration"}},
      {"name": "wide", "type": {"type": "bytes", "logicalType": "decimal", "precision": 40}},
      {"name": "inner", "type": {"type": "record", "name": "Inner", "fields": [{"name": "m", "type": {"type": "map", "values": "int"}}, {"name": "n", "type": "int"}]}},
      {"name": "hollow", "type": {"type": "record", "name": "Hollow", "fields": []}}]})",
                      {record("Renamed", "Inner"), event("Order")});
  EXPECT_EQ(import.event(), "ok: Int\ninner: Renamed\n");
  EXPECT_THAT(import.unreadable(),
              ElementsAre("Renamed.m: Inner.m an open map", "Order.map: Order.map an open map", "Order.choice: Order.choice a choice of int and string",
                          "Order.never: Order.never a value that is always null", "Order.nulls: Order.nulls[] an array with nulls in it",
                          "Order.self: Order.self a recursive type", "Order.span: Order.span a span of months, days and milliseconds in one",
                          "Order.wide: Order.wide a decimal of 40 digits (34 are the most)", "Order.hollow: Order.hollow an object without fields"));
  EXPECT_THAT(import.findings(), IsEmpty());
}

TEST(ImportAvro, NamesAreWholeOrTheOnlyOnesThatEndSo) {
  const std::string schema = R"([{"type": "record", "name": "a.order_placed", "fields": [{"name": "n", "type": "int"}]},
      {"type": "record", "name": "Order", "namespace": "b", "fields": [{"name": "one", "type": "a.order_placed"}, {"name": "two", "type": "Line"}]},
      {"type": "record", "name": "c.Order", "fields": [{"name": "n", "type": "int"}]},
      {"type": "record", "name": "Line", "fields": [{"name": "n", "type": "int"}]}])";
  const Import import(Format::avro, schema, {event("OrderPlaced"), event("Second", "b.Order")});
  EXPECT_EQ(import.event(0), "n: Int\n");
  EXPECT_EQ(import.event(1), "one: OrderPlaced\ntwo: Line\n");
  EXPECT_THAT(Import(Format::avro, schema, {event("Order")}).findings(), ElementsAre("E0630 several types of the schema are called `Order`"));
  EXPECT_THAT(Import(Format::avro, schema, {event("order")}).findings(), ElementsAre("E0603 the schema has no record `order`"));
}

TEST(ImportAvro, LargeAndDeepSchemasAreBounded) {
  std::string fields;
  for (int i = 0; i < k_fields_max + 10; ++i) fields += (i == 0 ? "" : ",") + std::string(R"({"type":"int","name":"f)") + std::to_string(i) + "\"}";
  EXPECT_THAT(Import(Format::avro, R"({"type":"record","name":"R","fields":[)" + fields + "]}", {event("R")}).findings(),
              ElementsAre("E0604 R.f1024: more than 1024 fields of one object"));
  EXPECT_THAT(Import(Format::avro, std::string(5 << 20, ' '), {event("R")}).findings(), ElementsAre(testing::StartsWith("E0604 $: the file has 5242880 bytes")));
  EXPECT_THAT(Import(Format::avro, std::string(10'000, '['), {event("R")}).findings(), ElementsAre("E0604 $: brackets are nested more than 200 deep"));
  // Every record holds the one before it twice: few types, and endlessly many paths.
  std::string chain = R"({"type":"record","name":"R0","fields":[{"name":"n","type":"int"}]})";
  for (int i = 1; i < 15; ++i) {
    const std::string before = "R" + std::to_string(i - 1);
    chain += R"(,{"type":"record","name":"R)" + std::to_string(i) + R"(","fields":[{"name":"a","type":")" + before + R"("},{"name":"b","type":")" + before + "\"}]}";
  }
  const Import import(Format::avro, "[" + chain + "]", {event("R14")});
  EXPECT_EQ(import.event(), "a: R13\nb: R13\n");
}

constexpr const char* k_proto = R"(syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
message OrderPlaced {
  string order_id = 1;
  int64 count = 2;
  optional double total = 3;
  bool gift = 4;
  bytes raw = 5;
  Status status = 6;
  repeated Line lines = 7;
  map<string, string> labels = 8;
  google.protobuf.Timestamp at = 9;
  google.protobuf.Duration took = 10;
  oneof payment { string card_no = 11; Iban iban = 12; }
  OrderPlaced before = 13;
  message Line { string sku = 1; oneof price { double gross = 2; double net = 3; } }
}
message Iban { string number = 1; }
enum Status { option allow_alias = true; STATUS_UNKNOWN = 0; STATUS_PAID = 1; STATUS_DONE = 1; }
)";

TEST(ImportProtobuf, MapsTypesPresenceAndNames) {
  const Import import(Format::protobuf, descriptors(k_proto), {enumeration("OrderStatus", "Status"), event("OrderPlaced")});
  EXPECT_EQ(import.event(),
            "order_id from orderId or order_id: Text = \"\"\ncount: Int = 0\ntotal: Decimal?\ngift: Bool = 0\nraw: Text = \"\"\n"
            "status: OrderStatus = 0\nlines: List<Line> = []\nat: Instant?\ntook: Duration?\ncard_no from cardNo or card_no: Text?\niban: Iban?\n");
  EXPECT_EQ(import.values(0), "OrderStatus: unknown=STATUS_UNKNOWN|0 paid=STATUS_PAID|1|STATUS_DONE");
  EXPECT_EQ(import.record(0), "Line\nsku: Text = \"\"\ngross: Decimal?\nnet: Decimal?\n");
  EXPECT_THAT(import.result.events.at(0).also, ElementsAre("shop.OrderPlaced"));
  EXPECT_THAT(import.unreadable(), ElementsAre("OrderPlaced.labels: shop.OrderPlaced.labels an open map",
                                               "OrderPlaced.before: shop.OrderPlaced.before a recursive type"));
  EXPECT_THAT(import.findings(), IsEmpty());
}

TEST(ImportProtobuf, AOneofIsARule) {
  const Import import(Format::protobuf, descriptors(k_proto), {event("OrderPlaced")});
  std::vector<std::string> rules;
  for (const ImportedRule& rule : import.result.events.at(0).rules) rules.push_back(rule.path + " " + rule.keyword + " " + rule.value);
  EXPECT_THAT(rules, ElementsAre("payment oneof cardNo, iban", "shop.OrderPlaced.Line.price oneof gross, net"));
  ASSERT_TRUE(import.result.events[0].schema);
  const bytecode::SchemaNode& node = import.result.nodes.at(static_cast<std::size_t>(*import.result.events[0].schema));
  EXPECT_EQ(node.rules.at(0).keyword, bytecode::SchemaKeyword::at_most_one);
  EXPECT_THAT(node.rules[0].names, ElementsAre("cardNo", "card_no", "iban"));
  const Import without(Format::protobuf, descriptors(k_proto), {event("Iban")});
  EXPECT_FALSE(without.result.events.at(0).schema);
}

TEST(ImportProtobuf, DefaultsThatNoTypeHoldsAreSaid) {
  const Import import(Format::protobuf, descriptors(R"(syntax = "proto2"; message M {
      optional uint64 big = 1 [default = 18446744073709551615]; optional double endless = 2 [default = inf]; optional float none = 3 [default = nan];
      optional double huge = 4 [default = 1e300]; optional double fine = 5 [default = 2.5]; optional bytes raw = 6 [default = "\377a"];
      optional uint64 most = 7 [default = 9223372036854775807]; required string id = 8; optional double far = 9 [default = 1e20]; })"),
                      {event("M")});
  EXPECT_EQ(import.event(),
            "big: Int?\nendless: Decimal?\nnone: Decimal?\nhuge: Decimal = 1E+300\nfine: Decimal = 2.5\nraw: Text = \"/2E=\"\n"
            "most: Int = 9223372036854775807\nid: Text\nfar: Decimal = 100000000000000000000\n");
  EXPECT_THAT(import.findings(), ElementsAre("W0967 M.big: the default is not taken over", "W0967 M.endless: the default is not taken over",
                                             "W0967 M.none: the default is not taken over"));
}

TEST(ImportProtobuf, OtherBytesAndCutSetsAreRefused) {
  const std::string whole = descriptors(k_proto);
  int refused = 0;
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    const Import import(Format::protobuf, whole.substr(0, size), {event("OrderPlaced")});
    ASSERT_FALSE(import.findings().empty()) << size;
    refused += import.findings().front().starts_with("E0633") ? 1 : 0;
  }
  EXPECT_GT(refused, 10);
  EXPECT_THAT(Import(Format::protobuf, "syntax = \"proto3\";", {event("M")}).findings(),
              ElementsAre("E0633 the file is no set of descriptors: its bytes are not those of one"));
}

TEST(ImportTrackingPlan, TakesTheLatestRuleAndWhatItSaysOfTheProperties) {
  const Import import(Format::tracking_plan, R"({"data": {"rules": [
      {"type": "TRACK", "key": "Order Completed", "version": 1, "jsonSchema": {"properties": {"properties": {"properties": {"old": {"type": "string"}}}}}},
      {"type": "TRACK", "key": "Order Completed", "version": 2, "jsonSchema": {"definitions": {"line": {"type": "object", "required": ["sku"], "properties":
        {"sku": {"type": "string", "minLength": 2}}}}, "properties": {"context": {"type": "object"}, "properties": {"type": "object", "required": ["total"],
        "properties": {"total": {"type": "number", "minimum": 0}, "products": {"type": "array", "items": {"$ref": "#/definitions/line"}}, "any": {}}}}}},
      {"type": "IDENTIFY", "jsonSchema": {}},
      {"type": "TRACK", "key": "Signed Up", "jsonSchema": {"properties": {}}}]}})",
                      {event("OrderCompleted"), event("SignedUp", "Signed Up"), record("Product", "Order Completed.products")});
  EXPECT_THAT(import.findings(), IsEmpty());
  EXPECT_EQ(import.event(0), "total: Decimal\nproducts: List<Product>?\n");
  EXPECT_EQ(import.result.events[0].wire, "Order Completed");
  EXPECT_TRUE(import.result.events[0].schema);
  std::vector<std::string> rules;
  for (const ImportedRule& rule : import.result.events[0].rules) rules.push_back(rule.path + " " + rule.keyword + " " + rule.value);
  EXPECT_THAT(rules, ElementsAre("products[].sku minLength 2", "total minimum 0"));
  EXPECT_EQ(import.event(1), "");
  EXPECT_THAT(import.unreadable(),
              ElementsAre("OrderCompleted.any: $.data.rules[1].jsonSchema.properties.properties.properties.any a value of any type"));
}

}  // namespace
}  // namespace wend::schema
