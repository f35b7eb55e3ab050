#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/schema/convert.h"
#include "compiler/schema/type_maker.h"
#include "runtime/bytecode/limits.h"

// Schemas that make new types: enums, records, lists.

namespace wend::schema {

using types::Type;

namespace {

// Beside `$ref` of an old draft nothing counts.
const JsonMember* keyword(const Located& schema, std::string_view key) {
  if (schema.document->reference_alone && schema.node->find("$ref") != nullptr) return nullptr;
  return schema.node->find(key);
}

}  // namespace

std::string Converter::unique_type_name(const std::string& wanted_name) const {
  const auto taken = [&](const std::string& name) {
    return std::any_of(table_.records.begin(), table_.records.end(), [&](const auto& record) { return record.name == name; }) ||
           std::any_of(table_.enums.begin(), table_.enums.end(), [&](const auto& enumeration) { return enumeration.name == name; });
  };
  std::string name = wanted_name;
  for (int i = 2; taken(name); ++i) name = wanted_name + std::to_string(i);
  return name;
}

Converted Converter::convert_enum(const Conjunction& schema, const Located& holder, const JsonMember& values) {
  const std::vector<JsonNode> one = values.key == "const" ? std::vector{values.value} : std::vector<JsonNode>{};
  types::Enum made{unique_type_name(schema.type_name), {}, values.value.span};
  std::set<std::string_view> wires;
  ValueNames names;
  for (const JsonNode& value : one.empty() ? values.value.elements : one) {
    // Values of other kinds are excluded by another schema, or are null.
    if (value.kind != JsonKind::string || !wires.insert(value.text).second) continue;
    if (wires.size() > k_enum_values_max) {
      return {std::nullopt, holder.path + "." + values.key, fmt::format("an enum of more than {} values", k_enum_values_max), values.key_span};
    }
    made.values.push_back({names.take(value.text), value.text, value.span});
  }
  const auto index = static_cast<std::uint32_t>(table_.enums.size());
  result_.types.push_back({made.name, true, index, false, made.span});
  table_.enums.push_back(std::move(made));
  Converted result;
  result.type = types::enumeration(types::EnumId{index});
  return result;
}

Converted Converter::convert_array(const Conjunction& schema) {
  std::vector<Located> elements;
  for (const Located& part : schema.parts) {
    const JsonMember* items = keyword(part, "items");
    const JsonMember* places = keyword(part, "prefixItems");
    if (places != nullptr || (items != nullptr && items->value.kind == JsonKind::array)) {
      const JsonMember* tuple = places != nullptr ? places : items;
      return {std::nullopt, part.path + "." + tuple->key, "an array whose places have their own types", tuple->key_span};
    }
    if (items != nullptr) elements.push_back(documents_.part(part, items->value, ".items"));
  }
  if (elements.empty()) return none(schema, "an array of anything");
  Converted element = convert(expand(elements, schema.type_name + "Item"));
  if (!element.type) {
    element.why = "an array of what has no type: " + element.why;
    return element;
  }
  if (element.type->optional) return none(schema, "an array with nulls in it");
  element.type = types::list_of(*element.type);
  return element;
}

const JsonMember* Converter::open_map(const Conjunction& schema) const {
  for (const Located& part : schema.parts) {
    if (const JsonMember* patterns = keyword(part, "patternProperties")) return patterns;
    const JsonMember* additional = keyword(part, "additionalProperties");
    if (additional != nullptr && additional->value.kind == JsonKind::object && !additional->value.members.empty()) return additional;
  }
  return nullptr;
}

Converted Converter::convert_object(const Conjunction& schema) {
  const bool has_properties = std::ranges::any_of(schema.parts, [](const Located& part) {
    const JsonMember* properties = keyword(part, "properties");
    return properties != nullptr && !properties->value.members.empty();
  });
  if (!has_properties) {
    const JsonMember* map = open_map(schema);
    return map != nullptr ? Converted{std::nullopt, schema.parts.front().path + "." + map->key, "an open map", map->key_span}
                          : none(schema, "an object without properties");
  }
  // Enums and records inside are made, and named, before the record that holds them.
  const std::string name = unique_type_name(schema.type_name);
  std::optional<std::vector<types::Field>> fields = convert_fields(schema, name);
  if (!fields) return none(schema, "a schema with faults");
  if (fields->empty()) return none(schema, "an object of whose properties none has a type");
  const auto index = static_cast<std::uint32_t>(table_.records.size());
  const source::Span span = schema.parts.front().node->span;
  const std::string made = unique_type_name(name);
  for (UnreadableField& field : result_.unreadable) {
    if (field.owner == name && made != name) field.owner = made;
  }
  result_.types.push_back({made, false, index, false, span});
  table_.records.push_back({made, std::move(*fields), span});
  Converted result;
  result.type = types::record(types::RecordId{index});
  return result;
}

std::optional<std::vector<types::Field>> Converter::convert_fields(const Conjunction& schema, const std::string& owner) {
  struct Property {
    const JsonMember* member;
    std::string path;
    std::vector<Located> schemas;
  };
  std::vector<Property> properties;
  std::map<std::string_view, std::size_t> by_key;
  std::set<std::string_view> required;
  for (const Located& part : schema.parts) {
    if (const JsonMember* names = keyword(part, "required")) {
      for (const JsonNode& name : names->value.elements) required.insert(name.text);
    }
    const JsonMember* declared = keyword(part, "properties");
    if (declared == nullptr) continue;
    for (const JsonMember& member : declared->value.members) {
      const std::string steps = ".properties." + member.key;
      const auto [at, is_new] = by_key.emplace(member.key, properties.size());
      if (is_new) properties.push_back({&member, part.path + steps, {}});
      properties[at->second].schemas.push_back(documents_.part(part, member.value, steps));
    }
  }
  std::vector<types::Field> fields;
  bool complete = true;
  for (const Property& property : properties) {
    if (++field_count_ > static_cast<std::size_t>(k_fields_max)) {
      rules_.report({diag::Kind::schema_too_large, property.member->key_span, property.path, fmt::format("more than {} properties in one import", k_fields_max)});
      return std::nullopt;
    }
    const std::string& key = property.member->key;
    const std::string name = snake_case(key);
    Converted made = convert(expand(property.schemas, schema.type_name + upper_camel(key)));
    if (made.type && name.empty()) made = {std::nullopt, property.path, "a name without a letter or digit of ASCII", property.member->key_span};
    if (!made.type) {
      result_.unreadable.push_back({owner, name.empty() ? key : name, made.path, made.why, made.span});
    } else if (fields.size() == bytecode::k_fields_max) {
      rules_.report({diag::Kind::schema_too_large, property.member->key_span, property.path, fmt::format("more than {} properties of one object", bytecode::k_fields_max)});
      return std::nullopt;
    } else if (types::find_field(fields, name)) {
      rules_.report({diag::Kind::schema_name_clash, property.member->key_span, property.path, name});
      complete = false;
    } else {
      fields.push_back({name, key, required.contains(key) ? *made.type : types::optional(*made.type), {}, property.member->key_span});
    }
  }
  return complete ? std::optional(std::move(fields)) : std::nullopt;
}

}  // namespace wend::schema
