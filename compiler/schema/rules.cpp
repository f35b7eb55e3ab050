#include "compiler/schema/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/schema/pattern.h"
#include "compiler/schema/type_maker.h"
#include "runtime/bytecode/json_number.h"
#include "runtime/bytecode/limits.h"

// Rules for single values; those whose parts are schemas are in rules_parts.cpp.

namespace wend::schema {

using bytecode::JsonKinds;
using bytecode::SchemaKeyword;
using bytecode::SchemaNodeId;
using bytecode::SchemaRule;

namespace {

// Members by name, numbers by value: as the runtime writes a payload's value to compare it.
void append_canonical(const JsonNode& value, std::string& out) {
  switch (value.kind) {
    case JsonKind::null:
      out += "null";
      return;
    case JsonKind::boolean:
      out += value.boolean ? "true" : "false";
      return;
    case JsonKind::number:
      out += bytecode::canonical_number(value.text);
      return;
    case JsonKind::string:
      return bytecode::append_canonical_text(value.text, out);
    case JsonKind::array:
      out += '[';
      for (const JsonNode& element : value.elements) {
        append_canonical(element, out);
        out += ',';
      }
      out += ']';
      return;
    case JsonKind::object: {
      std::map<std::string_view, const JsonNode*> members;
      for (const JsonMember& member : value.members) members[member.key] = &member.value;
      out += '{';
      for (const auto& [key, member] : members) {
        bytecode::append_canonical_text(key, out);
        out += ':';
        append_canonical(*member, out);
        out += ',';
      }
      out += '}';
      return;
    }
  }
}

}  // namespace

bool is_true(const JsonNode& schema, std::string_view key) {
  const JsonNode* value = schema.value(key);
  return value != nullptr && value->kind == JsonKind::boolean && value->boolean;
}

void RuleCompiler::report(DocumentFault fault) {
  if (fault.kind == diag::Kind::schema_too_large && std::exchange(is_too_large_, true)) return;
  const std::string_view help = fault.help;
  const diag::Kind kind = fault.kind;
  diag::Diagnostic diagnostic = to_diagnostic(std::move(fault));
  const bool is_of_import = kind != diag::Kind::repeated_member;  // a key that stands twice is a mistake whoever imports the file
  if (wanted_ != nullptr && is_of_import) diagnostic.secondary(wanted_->span, "imported here");
  if (kind == diag::Kind::schema_reference) diagnostic.help("put the file beside the schema, or below, and refer to it by its path: `common/address.json`");
  if (!help.empty()) diagnostic.help(std::string(help));
  result_.diagnostics.push_back(std::move(diagnostic));
}

void RuleCompiler::unsupported(source::Span span, const std::string& path, std::string construct) {
  report({diag::Kind::schema_unsupported, span, path, std::move(construct)});
}

void RuleCompiler::wrong_shape(source::Span span, const std::string& path, std::string expected) {
  report({diag::Kind::schema_wrong_shape, span, path, std::move(expected)});
}

std::optional<SchemaNodeId> RuleCompiler::add(bytecode::SchemaNode node) {
  result_.nodes.push_back(std::move(node));
  return static_cast<SchemaNodeId>(result_.nodes.size() - 1);
}

std::optional<SchemaNodeId> RuleCompiler::compile(const Located& schema) {
  if (const auto known = compiled_.find(schema.node); known != compiled_.end()) return known->second;
  if (schema.node->kind == JsonKind::boolean) {
    bytecode::SchemaNode node;
    if (!schema.node->boolean) node.rules.push_back({.keyword = SchemaKeyword::never});
    return compiled_[schema.node] = add(std::move(node));
  }
  if (schema.node->kind != JsonKind::object) {
    wrong_shape(schema.node->span, schema.path, "a schema: an object, `true` or `false`");
    return compiled_[schema.node] = std::nullopt;
  }
  if (result_.nodes.size() >= bytecode::k_schema_nodes_max || open_.size() >= bytecode::k_schema_depth_max) {
    report({diag::Kind::schema_too_large, schema.node->span, schema.path, "the schemas inside each other are too many"});
    return std::nullopt;
  }
  open_.insert(schema.node);
  Making making{schema, {}};
  make(making);
  open_.erase(schema.node);
  return compiled_[schema.node] = making.complete ? add(std::move(making.node)) : std::nullopt;
}

void RuleCompiler::make(Making& making) {
  const JsonNode& schema = *making.schema.node;
  const JsonMember* reference = schema.find("$ref");
  if (reference != nullptr && making.schema.document->reference_alone) return make_reference(making, *reference);
  for (const JsonMember& member : schema.members) {
    const bool known = make_value_rule(making, member) || make_size_rule(making, member) || make_object_rule(making, member) ||
                       make_array_rule(making, member) || make_choice_rule(making, member);
    static_cast<void>(known);  // every other keyword says nothing about values
  }
}

// False after saying what the keyword needs to be.
bool RuleCompiler::wants(Making& making, const JsonMember& member, bool fits, const char* expected) {
  if (fits) return true;
  wrong_shape(member.value.span, making.schema.path + "." + member.key, expected);
  making.complete = false;
  return false;
}

bool RuleCompiler::make_value_rule(Making& making, const JsonMember& member) {
  const std::string& key = member.key;
  if (key == "type") {
    make_type(making, member);
  } else if (key == "enum" || key == "const") {
    make_enum(making, member);
  } else if (key == "minimum") {
    make_number(making, member, is_true(*making.schema.node, "exclusiveMinimum") ? SchemaKeyword::above : SchemaKeyword::minimum);
  } else if (key == "maximum") {
    make_number(making, member, is_true(*making.schema.node, "exclusiveMaximum") ? SchemaKeyword::below : SchemaKeyword::maximum);
  } else if (key == "exclusiveMinimum" || key == "exclusiveMaximum") {
    if (member.value.kind == JsonKind::boolean) return true;
    make_number(making, member, key == "exclusiveMinimum" ? SchemaKeyword::above : SchemaKeyword::below);
  } else if (key == "multipleOf") {
    make_number(making, member, SchemaKeyword::multiple_of);
  } else if (key == "pattern") {
    make_pattern(making, member);
  } else if (key == "format") {
    make_format(making, member);
  } else {
    return false;
  }
  return true;
}

void RuleCompiler::make_type(Making& making, const JsonMember& member) {
  SchemaRule rule{.keyword = SchemaKeyword::type};
  const auto add_kind = [&](const JsonNode& name) {
    const auto kind = name.kind == JsonKind::string ? bytecode::json_kind_named(name.text) : std::nullopt;
    if (kind) rule.count |= static_cast<std::uint32_t>(*kind);
    return kind.has_value();
  };
  const JsonNode& value = member.value;
  const bool fits = value.kind == JsonKind::array ? !value.elements.empty() && std::ranges::all_of(value.elements, add_kind) : add_kind(value);
  if (!wants(making, member, fits, "a type of JSON Schema, or a list of them")) return;
  making.node.rules.push_back(std::move(rule));
}

void RuleCompiler::make_enum(Making& making, const JsonMember& member) {
  SchemaRule rule{.keyword = SchemaKeyword::one_of_values};
  if (member.key == "const") {
    rule.text = member.key;
    append_canonical(member.value, rule.names.emplace_back());
  } else {
    if (!wants(making, member, member.value.kind == JsonKind::array, "a list of values")) return;
    for (const JsonNode& value : member.value.elements) append_canonical(value, rule.names.emplace_back());
  }
  making.node.rules.push_back(std::move(rule));
}

void RuleCompiler::make_number(Making& making, const JsonMember& member, SchemaKeyword keyword) {
  const auto number = bytecode::JsonNumber::parse(member.value.text);
  if (!wants(making, member, member.value.kind == JsonKind::number && number.has_value(), "a number")) return;
  if (keyword == SchemaKeyword::multiple_of) {
    if (!wants(making, member, !number->negative && !number->digits.empty(), "a number above 0")) return;
    if (!wants(making, member, number->digits.size() <= bytecode::k_divisor_digits_max, "a number of at most 18 digits")) return;
  }
  making.node.rules.push_back({.keyword = keyword, .text = member.value.text});
}

void RuleCompiler::make_pattern(Making& making, const JsonMember& member) {
  if (!wants(making, member, member.value.kind == JsonKind::string, "a pattern")) return;
  if (auto found = expression(making, member.value.text, member.value.span, member.key)) {
    making.node.rules.push_back({.keyword = SchemaKeyword::pattern, .text = std::move(*found), .names = {member.value.text}});
  }
}

std::optional<std::string> RuleCompiler::expression(Making& making, const std::string& pattern, source::Span span, const std::string& key) {
  const std::string path = making.schema.path + "." + key;
  auto made = expression_of_pattern(pattern);
  if (++patterns_ > bytecode::k_schema_patterns_max) {
    report({diag::Kind::schema_too_large, span, path, fmt::format("more than {} patterns in one import", bytecode::k_schema_patterns_max)});
  } else if (!made) {
    report({.kind = diag::Kind::schema_pattern, .span = span, .path = path, .what = made.error().what, .help = made.error().help});
  } else {
    return std::move(*made);
  }
  making.complete = false;
  return std::nullopt;
}

void RuleCompiler::make_format(Making& making, const JsonMember& member) {
  if (!wants(making, member, member.value.kind == JsonKind::string, "the name of a format")) return;
  constexpr bytecode::SchemaFormat k_formats[] = {
#define WEND_SCHEMA_FORMAT(number, name, keyword, description) bytecode::SchemaFormat::name,
#include "runtime/bytecode/schema_formats.def"
#undef WEND_SCHEMA_FORMAT
  };
  for (const bytecode::SchemaFormat format : k_formats) {
    if (member.value.text != bytecode::schema_format_name(format)) continue;
    making.node.rules.push_back({.keyword = SchemaKeyword::format, .count = static_cast<std::uint32_t>(format)});
    return;
  }
  unknown_formats_.emplace(member.value.text, member.value.span);
}

bool RuleCompiler::make_size_rule(Making& making, const JsonMember& member) {
  static constexpr std::pair<std::string_view, SchemaKeyword> k_sizes[] = {
      {"minLength", SchemaKeyword::min_length},         {"maxLength", SchemaKeyword::max_length},
      {"minItems", SchemaKeyword::min_items},           {"maxItems", SchemaKeyword::max_items},
      {"minProperties", SchemaKeyword::min_properties}, {"maxProperties", SchemaKeyword::max_properties},
      {"minContains", SchemaKeyword::min_contains},     {"maxContains", SchemaKeyword::max_contains},
  };
  const auto known = std::ranges::find(k_sizes, member.key, [](const auto& size) { return size.first; });
  if (known == std::end(k_sizes)) return false;
  const auto number = bytecode::JsonNumber::parse(member.value.text);
  const bool fits = member.value.kind == JsonKind::number && number && number->is_integer() && !number->negative;
  if (!wants(making, member, fits, "a whole number, 0 or more")) return true;
  // No payload comes near what 32 bits hold.
  const auto text = bytecode::whole_number_text(*number);
  const std::uint64_t size = text && text->size() < 10 ? std::stoull(*text) : UINT32_MAX;
  making.node.rules.push_back({.keyword = known->second, .count = static_cast<std::uint32_t>(size)});
  return true;
}

}  // namespace wend::schema
