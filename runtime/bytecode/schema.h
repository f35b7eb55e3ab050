#pragma once

// What the schema of an event demands of a payload beyond the types of its fields: a table of nodes, each a list of rules that a value
// obeys. Nodes refer to nodes before them only, so a check ends whatever the payload.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wend::bytecode {

enum class SchemaNodeId : uint32_t {};

enum class SchemaKeyword : uint8_t {
#define WEND_SCHEMA_RULE(number, name, keyword, text, count, names, nodes, meaning) name = number,
#include "runtime/bytecode/schema_rules.def"
#undef WEND_SCHEMA_RULE
};
enum class SchemaFormat : uint8_t {
#define WEND_SCHEMA_FORMAT(number, name, keyword, description) name = number,
#include "runtime/bytecode/schema_formats.def"
#undef WEND_SCHEMA_FORMAT
};

// What a value can be: bits of `count` of the rule `type`. An integer is a number without a fraction, also when it is written as 1.0.
enum class JsonKinds : uint8_t {
#define WEND_JSON_KIND(bit, name) name = bit,
#include "runtime/bytecode/json_kinds.def"
#undef WEND_JSON_KIND
};
constexpr uint32_t k_json_kinds_all = 127;
std::optional<JsonKinds> json_kind_named(std::string_view name);
std::string json_kinds_text(uint32_t kinds);  // "null, string"

// The parts that each keyword uses are in schema_rules.def.
struct SchemaRule {
  SchemaKeyword keyword{};
  std::string text;
  uint32_t count = 0;
  std::vector<std::string> names;
  std::vector<SchemaNodeId> nodes;
};
struct SchemaNode {
  std::vector<SchemaRule> rules;  // all of them; none: any value
};

enum class SchemaText : uint8_t { none, number, expression, name };
enum class SchemaCount : uint8_t { none, size, types, format };
enum class SchemaNames : uint8_t { none, some, expressions };
enum class SchemaNodes : uint8_t { none, one, some, three, named };
struct SchemaKeywordInfo {
  SchemaKeyword keyword{};
  const char* name;     // as it stands in a schema
  SchemaText text{};
  SchemaCount count{};
  SchemaNames names{};
  SchemaNodes nodes{};
};
const SchemaKeywordInfo* schema_keyword_info(SchemaKeyword keyword);  // nullptr for a number that is none

const char* schema_format_name(SchemaFormat format);         // nullptr for a number that is none
const char* schema_format_description(SchemaFormat format);  // of a known one

// Values of enums are compared by their canonical form: numbers by value, members of objects in the order of their names' bytes.
// A JSON number as `<digits>e<exponent>` without zeros at either end: 100, 1e2 and 100.0 are all `1e2`. Empty: no JSON number.
std::string canonical_number(std::string_view text);
// In quotation marks, so that no text is any other value.
void append_canonical_text(std::string_view text, std::string& out);

}  // namespace wend::bytecode
