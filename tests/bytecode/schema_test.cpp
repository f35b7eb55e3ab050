// What payloads are held to: numbers of any size, and what the verifier lets pass.

#include "runtime/bytecode/schema.h"

#include <gtest/gtest.h>

#include "runtime/bytecode/json_number.h"
#include "runtime/bytecode/program_file.h"
#include "runtime/bytecode/verify.h"

namespace wend::bytecode {
namespace {

JsonNumber number(std::string_view text) {
  const auto parsed = JsonNumber::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(JsonNumber{});
}

TEST(JsonNumber, IsReadExactly) {
  EXPECT_EQ(number("100"), number("1e2"));
  EXPECT_EQ(number("100"), number("100.000"));
  EXPECT_EQ(number("-0"), number("0.0e7"));
  EXPECT_EQ(number("0.0010"), number("1E-3"));
  EXPECT_LT(number("9007199254740992"), number("9007199254740993"));
  EXPECT_LT(number("-2"), number("-1.5"));
  EXPECT_LT(number("1e308"), number("1e309"));
  EXPECT_LT(number("0.1"), number("0.10000000000000000000000001"));
  EXPECT_LT(number("-1"), number("0"));
  for (const char* wrong : {"", "-", "01", "1.", ".5", "+1", "1e", "1e+", "0x1", "1 ", "1e99999999999"}) {
    EXPECT_FALSE(JsonNumber::parse(wrong)) << wrong;
  }
  EXPECT_EQ(canonical_number("-12.50"), "-125e-1");
  EXPECT_EQ(whole_number_text(number("3.0")), "3");
  EXPECT_EQ(whole_number_text(number("-12e2")), "-1200");
  EXPECT_EQ(whole_number_text(number("3.5")), std::nullopt);
  EXPECT_EQ(whole_number_text(number("1e300")), std::nullopt);
}

TEST(JsonNumber, IsDividedExactly) {
  EXPECT_TRUE(is_multiple(number("19.99"), number("0.01")));
  EXPECT_TRUE(is_multiple(number("0.0075"), number("0.0001")));
  EXPECT_FALSE(is_multiple(number("0.00751"), number("0.0001")));
  EXPECT_TRUE(is_multiple(number("1e308"), number("0.5")));
  EXPECT_TRUE(is_multiple(number("1e1000000"), number("8")));
  EXPECT_FALSE(is_multiple(number("1e1000000"), number("7")));
  EXPECT_TRUE(is_multiple(number("0"), number("7")));
  EXPECT_TRUE(is_multiple(number("-21"), number("7")));
  EXPECT_FALSE(is_multiple(number("7"), number("70")));
}

SchemaNodeId node(uint32_t id) { return SchemaNodeId{id}; }

// What the verifier says of a program with these nodes.
std::string verdict(std::vector<SchemaNode> nodes, std::optional<SchemaNodeId> root = {}) {
  Program program;
  program.name = "p";
  Event event;
  event.name = event.wire = "E";
  event.schema = root;
  program.events.push_back(event);
  program.schema_nodes = std::move(nodes);
  const auto fault = verify(program);
  if (fault) return fault->where + ": " + fault->what;
  const auto read = read_program(write_program(program));
  return read ? "fine" : "not read again: " + read.error().what;
}

TEST(SchemaNodes, AreFineWhenEveryRuleHasItsParts) {
  EXPECT_EQ(verdict({{{{.keyword = SchemaKeyword::type, .count = 4}, {.keyword = SchemaKeyword::minimum, .text = "1e2"}}},
                     {{{.keyword = SchemaKeyword::properties, .names = {"a"}, .nodes = {node(0)}}}}},
                    node(1)),
            "fine");
}

TEST(SchemaNodes, ReferBackwards) {
  EXPECT_EQ(verdict({{{{.keyword = SchemaKeyword::not_, .nodes = {node(0)}}}}}), "schema node 0: it refers to node 0, which is not before it");
  EXPECT_EQ(verdict({{{{.keyword = SchemaKeyword::not_, .nodes = {node(1)}}}}, {}}), "schema node 0: it refers to node 1, which is not before it");
  EXPECT_EQ(verdict({}, node(0)), "event E: its schema is no node");
  std::vector<SchemaNode> chain(1);
  for (uint32_t i = 0; i < 513; ++i) chain.push_back({{{.keyword = SchemaKeyword::refer, .nodes = {node(i)}}}});
  EXPECT_EQ(verdict(chain), "schema node 513: more than 512 nodes refer to each other in a row");
}

TEST(SchemaNodes, WithoutTheirPartsAreRefused) {
  const auto refused = [](SchemaRule rule) { return verdict({{}, {{std::move(rule)}}}); };
  EXPECT_EQ(refused({.keyword = static_cast<SchemaKeyword>(200)}), "schema node 1: keyword 200 is unknown");
  EXPECT_EQ(refused({.keyword = SchemaKeyword::minimum, .text = "one"}), "schema node 1: the parts of its rule `minimum` do not fit");
  EXPECT_EQ(refused({.keyword = SchemaKeyword::multiple_of, .text = "0"}), "schema node 1: the parts of its rule `multipleOf` do not fit");
  EXPECT_EQ(refused({.keyword = SchemaKeyword::multiple_of, .text = "1234567890123456789"}),
            "schema node 1: the parts of its rule `multipleOf` do not fit");
  EXPECT_EQ(refused({.keyword = SchemaKeyword::pattern, .text = "(a"}), "schema node 1: the parts of its rule `pattern` do not fit");
  EXPECT_EQ(refused({.keyword = SchemaKeyword::type}), "schema node 1: the parts of its rule `type` do not fit");
  EXPECT_EQ(refused({.keyword = SchemaKeyword::format, .count = 99}), "schema node 1: the parts of its rule `format` do not fit");
  EXPECT_EQ(refused({.keyword = SchemaKeyword::properties, .names = {"a", "b"}, .nodes = {node(0)}}),
            "schema node 1: the parts of its rule `properties` do not fit");
  EXPECT_EQ(refused({.keyword = SchemaKeyword::condition, .nodes = {node(0)}}), "schema node 1: the parts of its rule `if` do not fit");
  EXPECT_EQ(refused({.keyword = SchemaKeyword::required, .names = {"\xff"}}), "section validation: a text is not valid UTF-8");
}

}  // namespace
}  // namespace wend::bytecode
