#include "runtime/bytecode/schema.h"

#include <fmt/format.h>

#include "runtime/bytecode/json_number.h"

namespace wend::bytecode {
namespace {

constexpr SchemaKeywordInfo k_keywords[] = {
#define WEND_SCHEMA_RULE(number, name, keyword, text, count, names, nodes, meaning) \
  {SchemaKeyword::name, keyword, SchemaText::text, SchemaCount::count, SchemaNames::names, SchemaNodes::nodes},
#include "runtime/bytecode/schema_rules.def"
#undef WEND_SCHEMA_RULE
};

}  // namespace

std::optional<JsonKinds> json_kind_named(std::string_view name) {
#define WEND_JSON_KIND(bit, kind) \
  if (name == #kind) return JsonKinds::kind;
#include "runtime/bytecode/json_kinds.def"
#undef WEND_JSON_KIND
  return std::nullopt;
}

std::string json_kinds_text(uint32_t kinds) {
  std::string text;
#define WEND_JSON_KIND(bit, kind) \
  if ((kinds & bit) != 0) text += text.empty() ? #kind : ", " #kind;
#include "runtime/bytecode/json_kinds.def"
#undef WEND_JSON_KIND
  return text;
}

const SchemaKeywordInfo* schema_keyword_info(SchemaKeyword keyword) {
  for (const SchemaKeywordInfo& info : k_keywords) {
    if (info.keyword == keyword) return &info;
  }
  return nullptr;
}

const char* schema_format_name(SchemaFormat format) {
  switch (format) {
#define WEND_SCHEMA_FORMAT(number, name, keyword, description) \
  case SchemaFormat::name:                                     \
    return keyword;
#include "runtime/bytecode/schema_formats.def"
#undef WEND_SCHEMA_FORMAT
  }
  return nullptr;
}

const char* schema_format_description(SchemaFormat format) {
  switch (format) {
#define WEND_SCHEMA_FORMAT(number, name, keyword, description) \
  case SchemaFormat::name:                                     \
    return description;
#include "runtime/bytecode/schema_formats.def"
#undef WEND_SCHEMA_FORMAT
  }
  return nullptr;
}

std::string canonical_number(std::string_view text) {
  const auto number = JsonNumber::parse(text);
  if (!number) return {};
  if (number->digits.empty()) return "0";
  return fmt::format("{}{}e{}", number->negative ? "-" : "", number->digits, number->exponent);
}

void append_canonical_text(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace wend::bytecode
