#include <fmt/format.h>

#include <algorithm>

#include "compiler/schema/rules.h"

// Rules whose parts are schemas.

namespace wend::schema {

using bytecode::SchemaKeyword;
using bytecode::SchemaNodeId;
using bytecode::SchemaRule;

std::optional<SchemaNodeId> RuleCompiler::part(Making& making, const JsonNode& node, const std::string& steps) {
  const auto id = compile(documents_.part(making.schema, node, steps));
  making.complete = making.complete && id.has_value();
  return id;
}

void RuleCompiler::make_one(Making& making, const JsonMember& member, SchemaKeyword keyword) {
  if (const auto node = part(making, member.value, "." + member.key)) making.node.rules.push_back({.keyword = keyword, .nodes = {*node}});
}

void RuleCompiler::make_list(Making& making, const JsonMember& member, SchemaKeyword keyword) {
  const bool fits = member.value.kind == JsonKind::array && !member.value.elements.empty();
  if (!wants(making, member, fits, "a list of schemas that is not empty")) return;
  SchemaRule rule{.keyword = keyword};
  for (std::size_t i = 0; i < member.value.elements.size(); ++i) {
    if (const auto node = part(making, member.value.elements[i], fmt::format(".{}[{}]", member.key, i))) rule.nodes.push_back(*node);
  }
  making.node.rules.push_back(std::move(rule));
}

void RuleCompiler::make_named(Making& making, const JsonMember& member, SchemaKeyword keyword) {
  if (!wants(making, member, member.value.kind == JsonKind::object, "schemas by name")) return;
  SchemaRule rule{.keyword = keyword};
  for (const JsonMember& named : member.value.members) {
    std::string name = named.key;
    if (keyword == SchemaKeyword::pattern_properties) {
      auto found = expression(making, named.key, named.key_span, member.key);
      if (!found) continue;
      name = std::move(*found);
    }
    if (const auto node = part(making, named.value, "." + member.key + "." + named.key)) {
      rule.names.push_back(std::move(name));
      rule.nodes.push_back(*node);
    }
  }
  making.node.rules.push_back(std::move(rule));
}

void RuleCompiler::make_required(Making& making, const JsonMember& member) {
  const auto is_text = [](const JsonNode& name) { return name.kind == JsonKind::string; };
  const bool fits = member.value.kind == JsonKind::array && std::ranges::all_of(member.value.elements, is_text);
  if (!wants(making, member, fits, "a list of names, beside `properties`")) return;
  SchemaRule rule{.keyword = SchemaKeyword::required};
  for (const JsonNode& name : member.value.elements) rule.names.push_back(name.text);
  making.node.rules.push_back(std::move(rule));
}

// Names that need other names, or a schema. Drafts up to 7 have one keyword for both.
void RuleCompiler::make_dependencies(Making& making, const JsonMember& member) {
  if (!wants(making, member, member.value.kind == JsonKind::object, "names or schemas by name")) return;
  SchemaRule schemas{.keyword = SchemaKeyword::dependent_schemas};
  for (const JsonMember& named : member.value.members) {
    if (named.value.kind != JsonKind::array) {
      const auto node = part(making, named.value, "." + member.key + "." + named.key);
      if (!node) continue;
      schemas.names.push_back(named.key);
      schemas.nodes.push_back(*node);
      continue;
    }
    SchemaRule names{.keyword = SchemaKeyword::dependent_required, .text = named.key};
    for (const JsonNode& name : named.value.elements) {
      if (!wants(making, member, name.kind == JsonKind::string, "lists of names")) return;
      names.names.push_back(name.text);
    }
    making.node.rules.push_back(std::move(names));
  }
  if (!schemas.nodes.empty()) making.node.rules.push_back(std::move(schemas));
}

void RuleCompiler::make_condition(Making& making, const JsonMember& member) {
  SchemaRule rule{.keyword = SchemaKeyword::condition};
  const auto condition = part(making, member.value, ".if");
  if (!condition) return;
  rule.nodes.push_back(*condition);
  for (const char* key : {"then", "else"}) {
    const JsonNode* branch = making.schema.node->value(key);
    const auto node = branch != nullptr ? part(making, *branch, fmt::format(".{}", key)) : add({});
    if (!node) return;
    rule.nodes.push_back(*node);
  }
  making.node.rules.push_back(std::move(rule));
}

void RuleCompiler::make_reference(Making& making, const JsonMember& member) {
  const auto target = documents_.resolve(making.schema, member);
  if (!target) {
    report(target.error());
    making.complete = false;
    return;
  }
  if (open_.contains(target->node)) {
    unsupported(member.value.span, making.schema.path, "a recursive type");
    making.complete = false;
    return;
  }
  const auto node = compile(*target);
  making.complete = making.complete && node.has_value();
  if (node) making.node.rules.push_back({.keyword = SchemaKeyword::refer, .nodes = {*node}});
}

bool RuleCompiler::make_object_rule(Making& making, const JsonMember& member) {
  const std::string& key = member.key;
  if (key == "properties") {
    make_named(making, member, SchemaKeyword::properties);
  } else if (key == "required") {
    make_required(making, member);
  } else if (key == "patternProperties") {
    make_named(making, member, SchemaKeyword::pattern_properties);
  } else if (key == "additionalProperties") {
    make_one(making, member, SchemaKeyword::additional_properties);
  } else if (key == "propertyNames") {
    make_one(making, member, SchemaKeyword::property_names);
  } else if (key == "unevaluatedProperties") {
    make_one(making, member, SchemaKeyword::unevaluated_properties);
  } else if (key == "dependencies" || key == "dependentRequired" || key == "dependentSchemas") {
    make_dependencies(making, member);
  } else {
    return false;
  }
  return true;
}

bool RuleCompiler::make_array_rule(Making& making, const JsonMember& member) {
  const std::string& key = member.key;
  const JsonNode* items = making.schema.node->value("items");
  const bool in_places = items != nullptr && items->kind == JsonKind::array;
  if (key == "items" && in_places) {
    if (!items->elements.empty()) make_list(making, member, SchemaKeyword::prefix_items);
  } else if (key == "items" || (key == "additionalItems" && in_places)) {
    make_one(making, member, SchemaKeyword::items);
  } else if (key == "prefixItems") {
    make_list(making, member, SchemaKeyword::prefix_items);
  } else if (key == "contains") {
    make_one(making, member, SchemaKeyword::contains);
  } else if (key == "unevaluatedItems") {
    make_one(making, member, SchemaKeyword::unevaluated_items);
  } else if (key == "uniqueItems") {
    if (!wants(making, member, member.value.kind == JsonKind::boolean, "true or false")) return true;
    if (member.value.boolean) making.node.rules.push_back({.keyword = SchemaKeyword::unique_items});
  } else {
    return false;
  }
  return true;
}

bool RuleCompiler::make_choice_rule(Making& making, const JsonMember& member) {
  const std::string& key = member.key;
  if (key == "allOf") {
    make_list(making, member, SchemaKeyword::all_of);
  } else if (key == "anyOf") {
    make_list(making, member, SchemaKeyword::any_of);
  } else if (key == "oneOf") {
    make_list(making, member, SchemaKeyword::one_of);
  } else if (key == "not") {
    make_one(making, member, SchemaKeyword::not_);
  } else if (key == "if") {
    make_condition(making, member);
  } else if (key == "$ref" || key == "$dynamicRef") {
    make_reference(making, member);
  } else if (key == "$recursiveRef") {
    unsupported(member.key_span, making.schema.path + "." + key, "a recursive type");
    making.complete = false;
  } else {
    return false;
  }
  return true;
}

}  // namespace wend::schema
