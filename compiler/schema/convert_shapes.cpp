#include <algorithm>

#include "compiler/schema/convert.h"

// Schemas that make new types: enums, records, lists.

namespace wend::schema {

using types::Type;

std::string Converter::unique_type_name(const std::string& wanted_name) const {
  const auto taken = [&](const std::string& name) {
    return std::any_of(table_.records.begin(), table_.records.end(), [&](const auto& record) { return record.name == name; }) ||
           std::any_of(table_.enums.begin(), table_.enums.end(), [&](const auto& enumeration) { return enumeration.name == name; });
  };
  std::string name = wanted_name;
  for (int i = 2; taken(name); ++i) name = wanted_name + std::to_string(i);
  return name;
}

std::optional<Type> Converter::convert_enum(const JsonNode& schema, const JsonNode& values, const Place& place) {
  if (values.kind != JsonKind::array || values.elements.empty()) {
    wrong_shape(schema.find("enum")->key_span, place.path, "a list of values");
    return std::nullopt;
  }
  types::Enum made{unique_type_name(place.type_name), {}, values.span};
  bool nullable = false;
  for (const JsonNode& value : values.elements) {
    if (value.kind == JsonKind::null) {
      nullable = true;
      continue;
    }
    if (value.kind != JsonKind::string) {
      unsupported(value.span, place.path, "an enum of values that are not strings");
      return std::nullopt;
    }
    std::string name = snake_case(value.text);
    if (name.empty()) name = "value_" + std::to_string(made.values.size() + 1);
    // `Unknown` beside `unknown`: both are values on the wire, so both get a name.
    for (int i = 2; made.find(name); ++i) name = snake_case(value.text) + "_" + std::to_string(i);
    made.values.push_back({std::move(name), value.text, value.span});
  }
  if (made.values.empty()) {
    unsupported(values.span, place.path, "a value that is always null");
    return std::nullopt;
  }
  const auto index = static_cast<std::uint32_t>(table_.enums.size());
  result_.types.push_back({made.name, true, index, false, made.span});
  table_.enums.push_back(std::move(made));
  Type type = types::enumeration(types::EnumId{index});
  return nullable ? types::optional(type) : type;
}

std::optional<Type> Converter::convert_array(const JsonNode& schema, const Place& place) {
  const JsonMember* items = schema.find("items");
  if (items == nullptr) {
    unsupported(schema.span, place.path, "an array of anything");
    return std::nullopt;
  }
  if (items->value.kind == JsonKind::array) {
    unsupported(items->key_span, place.path + ".items", "an array whose places have their own types");
    return std::nullopt;
  }
  const std::optional<Type> element = convert(items->value, {place.path + ".items", place.type_name + "Item"});
  if (!element) return std::nullopt;
  if (element->optional) {
    unsupported(items->key_span, place.path + ".items", "an array with nulls in it");
    return std::nullopt;
  }
  return types::list_of(*element);
}

std::optional<Type> Converter::convert_object(const JsonNode& schema, const Place& place) {
  // Enums and records inside are made, and named, before the record that holds them.
  std::optional<std::vector<types::Field>> fields = convert_fields(schema, place);
  if (!fields) return std::nullopt;
  const auto index = static_cast<std::uint32_t>(table_.records.size());
  const std::string name = unique_type_name(place.type_name);
  result_.types.push_back({name, false, index, false, schema.span});
  table_.records.push_back({name, std::move(*fields), schema.span});
  return types::record(types::RecordId{index});
}

std::optional<std::vector<types::Field>> Converter::convert_fields(const JsonNode& schema, const Place& place) {
  const JsonMember* properties = schema.find("properties");
  const JsonMember* additional = schema.find("additionalProperties");
  if (additional != nullptr && additional->value.kind == JsonKind::object && !additional->value.members.empty()) {
    unsupported(additional->key_span, place.path + ".additionalProperties", "an open map");
    return std::nullopt;
  }
  if (additional != nullptr && additional->value.kind == JsonKind::boolean && !additional->value.boolean) {
    unenforced_.emplace("additionalProperties", additional->key_span);
  }
  if (properties == nullptr) {
    unsupported(schema.span, place.path, "an object without properties");
    return std::nullopt;
  }
  std::set<std::string> required;
  if (const JsonNode* names = schema.value("required")) {
    for (const JsonNode& name : names->elements) required.insert(name.text);
  }
  std::vector<types::Field> fields;
  bool complete = true;
  for (const JsonMember& property : properties->value.members) {
    const std::string path = place.path + ".properties." + property.key;
    if (++field_count_ > static_cast<std::size_t>(k_fields_max)) {
      report(diag::Diagnostic(diag::Kind::schema_too_large, property.key_span)
                 .with("path", path)
                 .with("what", "more than " + std::to_string(k_fields_max) + " properties in one import"));
      return std::nullopt;
    }
    const std::string name = snake_case(property.key);
    std::optional<Type> type = convert(property.value, {path, place.type_name + upper_camel(property.key)});
    if (!type) {
      complete = false;
      continue;
    }
    if (name.empty()) {
      wrong_shape(property.key_span, path, "a property name with a letter or digit of ASCII in it");
      complete = false;
    } else if (types::find_field(fields, name)) {
      report(diag::Diagnostic(diag::Kind::schema_name_clash, property.key_span).with("path", path).with("name", name));
      complete = false;
    } else {
      fields.push_back({name, property.key, required.contains(property.key) ? *type : types::optional(*type), {}, property.key_span});
    }
  }
  return complete ? std::optional(std::move(fields)) : std::nullopt;
}

}  // namespace wend::schema
