#include "compiler/schema/avro_names.h"

#include <algorithm>

namespace wend::schema {

using avro::Shape;

namespace {

bool is_plain_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && letter(name.front()) && std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

bool is_full_name(std::string_view name) {
  while (true) {
    const std::size_t dot = std::min(name.find('.'), name.size());
    if (!is_plain_name(name.substr(0, dot))) return false;
    if (dot == name.size()) return true;
    name.remove_prefix(dot + 1);
  }
}

std::vector<std::string> aliases_of(const JsonNode& node, const std::string& space) {
  std::vector<std::string> names;
  if (const JsonNode* aliases = node.value("aliases")) {
    for (const JsonNode& alias : aliases->elements) {
      if (alias.kind == JsonKind::string) names.push_back(avro::full_name(alias.text, space));
    }
  }
  return names;
}

}  // namespace

bool AvroNames::collect(const JsonNode& root, TypeMaker& maker) {
  return walk(root, "", "$", maker);
}

const AvroNamed* AvroNames::find(const std::string& name, const std::string& space) const {
  for (const std::string& full : {avro::full_name(name, space), name}) {
    if (const auto found = by_name_.find(full); found != by_name_.end()) return &all_[found->second];
  }
  return nullptr;
}

const AvroNamed* AvroNames::find(const JsonNode& definition) const {
  const auto found = std::ranges::find(all_, &definition, &AvroNamed::node);
  return found == all_.end() ? nullptr : &*found;
}

bool AvroNames::walk(const JsonNode& node, const std::string& space, const std::string& path, TypeMaker& maker) {
  if (node.kind == JsonKind::string) return true;
  if (node.kind == JsonKind::array) {
    return std::ranges::all_of(node.elements, [&](const JsonNode& each) { return walk(each, space, path, maker); });
  }
  const JsonNode* type = node.kind == JsonKind::object ? node.value("type") : nullptr;
  if (type == nullptr) {
    maker.wrong_shape(node.span, path, "an Avro schema: a type's name, an object with `type`, or a list of schemas");
    return false;
  }
  if (type->kind != JsonKind::string) return walk(*type, space, path, maker);
  const std::optional<Shape> shape = avro::shape_of(type->text);
  if (!shape) return true;
  switch (*shape) {
    case Shape::record:
    case Shape::enumeration:
    case Shape::fixed:
      return walk_definition(node, *shape, space, path, maker);
    case Shape::array:
    case Shape::map: {
      const char* inner = *shape == Shape::array ? "items" : "values";
      if (const JsonNode* value = node.value(inner)) return walk(*value, space, path + "[]", maker);
      maker.wrong_shape(node.span, path, std::string("`") + inner + "`: what the " + type->text + " holds");
      return false;
    }
    case Shape::null:
    case Shape::boolean:
    case Shape::int32:
    case Shape::int64:
    case Shape::float32:
    case Shape::float64:
    case Shape::bytes:
    case Shape::string:
      break;
  }
  return true;
}

bool AvroNames::walk_definition(const JsonNode& node, Shape shape, const std::string& space, const std::string& path, TypeMaker& maker) {
  const std::string name = text_member(node, "name");
  AvroNamed named{&node, shape, avro::full_name(name, node.find("namespace") != nullptr ? text_member(node, "namespace") : space), {}};
  if (!is_full_name(named.full)) {
    const JsonMember* written = node.find("name");
    maker.wrong_shape(written != nullptr ? written->value.span : node.span, path, "`name`: letters, digits and `_` of ASCII, with dots between");
    return false;
  }
  named.aliases = aliases_of(node, avro::namespace_of(named.full));
  const auto [known, is_new] = by_name_.emplace(named.full, all_.size());
  if (!is_new) {
    maker.report(diag::Diagnostic(diag::Kind::schema_repeated_type, node.value("name")->span)
                     .with("name", named.full)
                     .secondary(all_[known->second].node->value("name")->span, "first defined here"));
    return false;
  }
  all_.push_back(named);
  return shape != Shape::record || walk_fields(node, named, maker);
}

bool AvroNames::walk_fields(const JsonNode& node, const AvroNamed& record, TypeMaker& maker) {
  const JsonNode* fields = node.value("fields");
  if (fields == nullptr || fields->kind != JsonKind::array) {
    maker.wrong_shape(node.span, record.full, "`fields`: the list of its fields");
    return false;
  }
  for (const JsonNode& field : fields->elements) {
    const std::string name = text_member(field, "name");
    const JsonNode* type = field.value("type");
    if (!is_plain_name(name) || type == nullptr) {
      maker.wrong_shape(field.span, record.full, "a field with `name` (letters, digits and `_` of ASCII) and `type`");
      return false;
    }
    if (!walk(*type, avro::namespace_of(record.full), record.full + "." + name, maker)) return false;
  }
  return true;
}

}  // namespace wend::schema
