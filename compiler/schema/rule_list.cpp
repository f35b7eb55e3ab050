#include "compiler/schema/rule_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

namespace wend::schema {
namespace {

// Keywords that say something about values and hold no schema to walk into; those that do are shown as they stand.
constexpr auto k_shown = std::to_array<std::string_view>(
    {"enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "format",
     "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "minContains", "maxContains", "additionalProperties",
     "patternProperties", "propertyNames", "unevaluatedProperties", "unevaluatedItems", "additionalItems", "prefixItems", "contains",
     "dependencies", "dependentRequired", "dependentSchemas", "anyOf", "oneOf", "not", "if", "then", "else"});

void append_json(const JsonNode& value, std::string& out) {
  switch (value.kind) {
    case JsonKind::null:
      out += "null";
      return;
    case JsonKind::boolean:
      out += value.boolean ? "true" : "false";
      return;
    case JsonKind::number:
      out += value.text;
      return;
    case JsonKind::string:
      return bytecode::append_canonical_text(value.text, out);
    case JsonKind::array:
      for (std::size_t i = 0; i < value.elements.size(); ++i) {
        out += i == 0 ? "[" : ", ";
        append_json(value.elements[i], out);
      }
      out += value.elements.empty() ? "[]" : "]";
      return;
    case JsonKind::object:
      for (std::size_t i = 0; i < value.members.size(); ++i) {
        out += i == 0 ? "{" : ", ";
        bytecode::append_canonical_text(value.members[i].key, out);
        out += ": ";
        append_json(value.members[i].value, out);
      }
      out += value.members.empty() ? "{}" : "}";
      return;
  }
}

class Lister {
 public:
  explicit Lister(Documents& documents) : documents_(documents) {}

  void list(const Located& schema, const std::string& path) {
    // Definitions that use others twice have more ways down than anybody can walk.
    if (rules.size() >= k_listed_rules_max || ++steps_ > k_steps_max || schema.node->kind != JsonKind::object) return;
    const JsonNode& node = *schema.node;
    if (const JsonMember* reference = node.find("$ref")) {
      if (const auto target = documents_.resolve(schema, *reference)) list(*target, path);
      if (schema.document->reference_alone) return;
    }
    for (const JsonMember& member : node.members) list_keyword(schema, member, path);
  }

  std::vector<ImportedRule> rules;

 private:
  void list_keyword(const Located& schema, const JsonMember& member, const std::string& path) {
    if (member.key == "properties") {
      for (const JsonMember& named : member.value.members) {
        list(documents_.part(schema, named.value, ".properties." + named.key), path.empty() ? named.key : path + "." + named.key);
      }
    } else if (member.key == "allOf") {
      for (std::size_t i = 0; i < member.value.elements.size(); ++i) {
        list(documents_.part(schema, member.value.elements[i], fmt::format(".allOf[{}]", i)), path);
      }
    } else if (member.key == "items" && member.value.kind == JsonKind::object) {
      list(documents_.part(schema, member.value, ".items"), path + "[]");
    } else if (std::ranges::find(k_shown, member.key) != k_shown.end() && rules.size() < k_listed_rules_max) {
      ImportedRule& rule = rules.emplace_back(ImportedRule{path, member.key, ""});
      append_json(member.value, rule.value);
    }
  }

  static constexpr int k_steps_max = 100'000;

  Documents& documents_;
  int steps_ = 0;
};

}  // namespace

std::vector<ImportedRule> list_rules(Documents& documents, const Located& schema) {
  Lister lister(documents);
  lister.list(schema, "");
  std::ranges::stable_sort(lister.rules, {}, [](const ImportedRule& rule) { return std::tie(rule.path, rule.keyword); });
  return std::move(lister.rules);
}

}  // namespace wend::schema
