#include "compiler/schema/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wend::schema {

using bytecode::JsonKinds;
using types::Type;

namespace {

constexpr std::uint32_t bit(JsonKinds kind) {
  return static_cast<std::uint32_t>(kind);
}
constexpr std::uint32_t k_null = bit(JsonKinds::null);
constexpr std::uint32_t k_number = bit(JsonKinds::number) | bit(JsonKinds::integer);

struct KindName {
  std::uint32_t bits;
  const char* name;
};
constexpr KindName k_kind_names[] = {
    {bit(JsonKinds::string), "string"}, {bit(JsonKinds::number), "number"}, {bit(JsonKinds::integer), "integer"},
    {bit(JsonKinds::boolean), "boolean"}, {bit(JsonKinds::array), "array"}, {bit(JsonKinds::object), "object"},
};

std::uint32_t bits_named(const JsonNode& name) {
  const std::optional<JsonKinds> kind = bytecode::json_kind_named(name.text);
  if (!kind) return 0;
  return *kind == JsonKinds::number ? k_number : bit(*kind);
}

std::uint32_t bits_of_value(const JsonNode& value) {
  switch (value.kind) {
    case JsonKind::null:
      return k_null;
    case JsonKind::boolean:
      return bit(JsonKinds::boolean);
    case JsonKind::number:
      return value.text.find_first_of(".eE") == std::string::npos ? bit(JsonKinds::integer) : k_number;
    case JsonKind::string:
      return bit(JsonKinds::string);
    case JsonKind::array:
      return bit(JsonKinds::array);
    case JsonKind::object:
      return bit(JsonKinds::object);
  }
  return bytecode::k_json_kinds_all;
}

// `integer` is among `number`, so both sets keep it.
std::string choice_of(std::uint32_t kinds) {
  std::vector<std::string> words;
  for (const KindName& kind : k_kind_names) {
    const bool is_part_of_number = kind.bits == bit(JsonKinds::integer) && (kinds & bit(JsonKinds::number)) != 0;
    if ((kinds & kind.bits) != 0 && !is_part_of_number) words.emplace_back(kind.name);
  }
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return text;
}

// The keywords of the schema's own: beside `$ref` of an old draft there are none.
bool counts(const Located& schema) {
  return schema.node->kind == JsonKind::object && !(schema.document->reference_alone && schema.node->find("$ref") != nullptr);
}

std::vector<const JsonMember*> choices_in(const Located& schema) {
  std::vector<const JsonMember*> choices;
  if (!counts(schema)) return choices;
  for (const char* keyword : {"oneOf", "anyOf"}) {
    const JsonMember* member = schema.node->find(keyword);
    if (member != nullptr && member->value.kind == JsonKind::array) choices.push_back(member);
  }
  return choices;
}

}  // namespace

void Converter::expand_into(const Located& schema, Conjunction& out, int depth) {
  if (depth > k_depth_max * 4 || !out.nodes.insert(schema.node).second) return;
  out.parts.push_back(schema);
  for (const char* keyword : {"$ref", "$dynamicRef"}) {
    const JsonMember* reference = schema.node->find(keyword);
    if (reference == nullptr) continue;
    if (const auto target = documents_.resolve(schema, *reference)) expand_into(*target, out, depth + 1);
  }
  const JsonNode* all = counts(schema) ? schema.node->value("allOf") : nullptr;
  if (all == nullptr) return;
  for (std::size_t i = 0; i < all->elements.size(); ++i) {
    expand_into(documents_.part(schema, all->elements[i], fmt::format(".allOf[{}]", i)), out, depth + 1);
  }
}

Conjunction Converter::expand(const std::vector<Located>& schemas, std::string type_name) {
  Conjunction result{{}, std::move(type_name)};
  for (const Located& schema : schemas) expand_into(schema, result, 0);
  // What is nothing but a reference is named after what it refers to.
  const JsonMember* reference = schemas.size() == 1 ? schemas[0].node->find("$ref") : nullptr;
  if (reference != nullptr && (schemas[0].node->members.size() == 1 || schemas[0].document->reference_alone)) {
    const std::string& target = reference->value.text;
    const std::string_view token = std::string_view(target).substr(std::min(target.find_last_of("/#") + 1, target.size()));
    const std::string name = upper_camel(token.substr(0, token.find('.')));
    if (!name.empty()) result.type_name = name;
  }
  return result;
}

std::uint32_t Converter::kinds_of(const Conjunction& schema, int depth) {
  std::uint32_t kinds = bytecode::k_json_kinds_all;
  if (depth > k_depth_max) return kinds;
  for (const Located& part : schema.parts) {
    if (part.node->kind == JsonKind::boolean && !part.node->boolean) return 0;
    if (!counts(part)) continue;
    if (const JsonNode* type = part.node->value("type")) {
      std::uint32_t named = type->kind == JsonKind::array ? 0 : bits_named(*type);
      for (const JsonNode& name : type->elements) named |= bits_named(name);
      kinds &= named;
    }
    if (const JsonNode* value = part.node->value("const")) kinds &= bits_of_value(*value);
    if (const JsonNode* values = part.node->value("enum")) {
      std::uint32_t listed = 0;
      for (const JsonNode& value : values->elements) listed |= bits_of_value(value);
      kinds &= listed;
    }
    for (const JsonMember* choices : choices_in(part)) {
      std::uint32_t chosen = 0;
      for (std::size_t i = 0; i < choices->value.elements.size(); ++i) {
        const Located branch = documents_.part(part, choices->value.elements[i], fmt::format(".{}[{}]", choices->key, i));
        chosen |= kinds_of(expand({branch}, ""), depth + 1);
      }
      kinds &= chosen;
    }
  }
  return kinds;
}

// Of a choice between null and one schema that schema counts too: values other than null obey it.
void Converter::add_chosen(Conjunction& schema) {
  for (std::size_t i = 0; i < schema.parts.size(); ++i) {
    const Located part = schema.parts[i];
    for (const JsonMember* choices : choices_in(part)) {
      std::vector<Located> others;
      for (std::size_t branch = 0; branch < choices->value.elements.size(); ++branch) {
        Located one = documents_.part(part, choices->value.elements[branch], fmt::format(".{}[{}]", choices->key, branch));
        if ((kinds_of(expand({one}, "")) & ~k_null) != 0) others.push_back(std::move(one));
      }
      if (others.size() != 1) continue;
      const Conjunction chosen = expand(others, schema.type_name);
      schema.type_name = chosen.type_name;
      for (const Located& more : chosen.parts) expand_into(more, schema, 0);
    }
  }
}

Converted Converter::none(const Conjunction& schema, std::string why) const {
  const Located& first = schema.parts.front();
  return {std::nullopt, first.path, std::move(why), first.node->span};
}

Converted Converter::convert(const Conjunction& asked) {
  Conjunction schema = asked;
  const std::uint32_t kinds = kinds_of(schema);
  add_chosen(schema);
  std::vector<const JsonNode*> key;
  for (const Located& part : schema.parts) {
    // References and true schemas add nothing of their own.
    const bool empty = part.node->members.empty() || (part.node->members.size() == 1 && part.node->find("$ref") != nullptr) || !counts(part);
    if (!empty) key.push_back(part.node);
  }
  std::ranges::sort(key);
  const bool known_before = !key.empty() && converted_.contains(key);
  Converted result;
  if (known_before) {
    result = converted_.at(key);
  } else {
    const bool listed = std::exchange(listing_, false);
    const std::size_t types_before = result_.types.size();
    ++depth_;
    const std::uint32_t own = kinds & ~k_null;
    if (depth_ > k_depth_max) {
      result = none(schema, "nesting this deep");
    } else if (own == 0) {
      result = none(schema, kinds == 0 ? "a schema that accepts nothing" : "a value that is always null");
    } else if (own == bit(JsonKinds::string)) {
      result = convert_string(schema);
    } else if (own == bit(JsonKinds::integer)) {
      result.type = types::simple(types::Kind::integer);
    } else if (own == k_number || own == bit(JsonKinds::number)) {
      result.type = types::simple(types::Kind::decimal);
    } else if (own == bit(JsonKinds::boolean)) {
      result.type = types::simple(types::Kind::boolean);
    } else if (own == bit(JsonKinds::array)) {
      result = convert_array(schema);
    } else if (own == bit(JsonKinds::object)) {
      result = convert_object(schema);
    } else {
      result = none(schema, (own | k_null) == bytecode::k_json_kinds_all ? "a value of any type" : "a choice of " + choice_of(own));
    }
    --depth_;
    if (result.type && !key.empty()) converted_.emplace(key, result);
    if (listed && result.type && result_.types.size() > types_before) {
      result_.types.back().listed = true;
      result_.types.back().span = wanted_->span;
    }
  }
  if (result.type && (kinds & k_null) != 0) result.type = types::optional(*result.type);
  return result;
}

Converted Converter::convert_listed(const Conjunction& schema) {
  listing_ = true;
  Converted result = convert(schema);
  listing_ = false;
  return result;
}

Converted Converter::convert_string(const Conjunction& schema) {
  const JsonMember* format = nullptr;
  for (const Located& part : schema.parts) {
    if (!counts(part)) continue;
    for (const char* keyword : {"enum", "const"}) {
      if (const JsonMember* values = part.node->find(keyword)) return convert_enum(schema, part, *values);
    }
    if (format == nullptr) format = part.node->find("format");
  }
  const std::string name = format != nullptr ? format->value.text : "";
  Converted result;
  result.type = types::text();
  if (name == "email" || name == "idn-email") result.type = types::text(types::TextFormat::email);
  if (name == "uri" || name == "url" || name == "iri") result.type = types::text(types::TextFormat::url);
  if (name == "uuid") result.type = types::text(types::TextFormat::id);
  if (name == "date-time") result.type = types::simple(types::Kind::instant);
  if (name == "date") result.type = types::simple(types::Kind::date);
  return result;
}

}  // namespace wend::schema
