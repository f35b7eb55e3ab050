#include "compiler/schema/convert.h"

#include <algorithm>
#include <utility>

namespace wend::schema {

using types::Type;

namespace {

enum class KeywordMeaning : std::uint8_t { structure, narrowing, refused, annotation };

KeywordMeaning meaning_of(std::string_view keyword) {
#define WEND_SCHEMA_KEYWORD(name, meaning) \
  if (keyword == (name)) return KeywordMeaning::meaning;
#include "compiler/schema/keywords.def"
#undef WEND_SCHEMA_KEYWORD
  return KeywordMeaning::annotation;
}

bool is_null_schema(const JsonNode& schema) {
  const JsonNode* type = schema.value("type");
  return type != nullptr && type->kind == JsonKind::string && type->text == "null";
}

// The types a schema names, without "null".
struct TypeNames {
  std::vector<std::string> names;
  bool nullable = false;
  bool well_formed = true;
};

TypeNames type_names(const JsonNode& schema) {
  TypeNames result;
  const JsonNode* type = schema.value("type");
  const auto add = [&](const JsonNode& name) {
    if (name.kind != JsonKind::string) {
      result.well_formed = false;
    } else if (name.text == "null") {
      result.nullable = true;
    } else {
      result.names.push_back(name.text);
    }
  };
  if (type == nullptr) {
    if (schema.find("properties") != nullptr) result.names.emplace_back("object");
    if (schema.find("items") != nullptr) result.names.emplace_back("array");
  } else if (type->kind == JsonKind::array) {
    std::for_each(type->elements.begin(), type->elements.end(), add);
  } else {
    add(*type);
  }
  return result;
}

std::string list_of_words(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += i == 0 ? "" : i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace

void Converter::report(diag::Diagnostic diagnostic) {
  if (wanted_ != nullptr) diagnostic.secondary(wanted_->span, "imported here");
  result_.diagnostics.push_back(std::move(diagnostic));
}

void Converter::unsupported(source::Span span, const std::string& path, std::string construct) {
  report(diag::Diagnostic(diag::Kind::schema_unsupported, span).with("path", path).with("construct", std::move(construct)));
}

void Converter::wrong_shape(source::Span span, const std::string& path, std::string expected) {
  report(diag::Diagnostic(diag::Kind::schema_wrong_shape, span).with("path", path).with("expected", std::move(expected)));
}

const JsonNode* Converter::resolve(const JsonNode& schema, Place& place) {
  const JsonNode* at = &schema;
  for (int steps = 0;; ++steps) {
    const JsonMember* reference = at->find("$ref");
    if (reference == nullptr) return at;
    const source::Span span = reference->key_span;
    const std::string target = reference->value.text;
    if (reference->value.kind != JsonKind::string) {
      wrong_shape(span, place.path + ".$ref", "a string");
      return nullptr;
    }
    if (!target.starts_with('#')) {
      unsupported(span, place.path + ".$ref", "a reference to another document (`" + target + "`)");
      return nullptr;
    }
    if (steps == k_depth_max) {
      unsupported(span, place.path + ".$ref", "a recursive type");
      return nullptr;
    }
    at = &root_;
    std::string_view rest = std::string_view(target).substr(1);
    while (!rest.empty() && at != nullptr) {
      rest.remove_prefix(1);
      const std::size_t end = std::min(rest.find('/'), rest.size());
      place.type_name = upper_camel(rest.substr(0, end));
      at = at->value(rest.substr(0, end));
      rest.remove_prefix(end);
    }
    if (at == nullptr || at->kind != JsonKind::object) {
      wrong_shape(span, place.path + ".$ref", "a schema at `" + target + "`");
      return nullptr;
    }
    place.path = "$";
    for (const char c : std::string_view(target).substr(1)) place.path.push_back(c == '/' ? '.' : c);
  }
}

std::optional<Type> Converter::convert(const JsonNode& schema, const Place& place) {
  if (schema.kind != JsonKind::object) {
    unsupported(schema.span, place.path, "a value of any type");
    return std::nullopt;
  }
  Place resolved = place;
  const JsonNode* node = resolve(schema, resolved);
  if (node == nullptr) return std::nullopt;
  if (const auto known = converted_.find(node); known != converted_.end()) return known->second;
  if (depth_ == k_depth_max || open_.contains(node)) {
    unsupported(schema.span, place.path, open_.contains(node) ? "a recursive type" : "nesting this deep");
    return std::nullopt;
  }
  const bool listed = std::exchange(listing_, false);
  open_.insert(node);
  ++depth_;
  const std::size_t types_before = result_.types.size();
  std::optional<Type> type = convert_node(*node, resolved);
  --depth_;
  open_.erase(node);
  if (type) converted_.emplace(node, *type);
  if (listed && result_.types.size() > types_before) {
    result_.types.back().listed = true;
    result_.types.back().span = wanted_->span;
  }
  return type;
}

std::optional<Type> Converter::convert_listed(const JsonNode& schema, const Place& place) {
  Place resolved = place;
  const JsonNode* node = resolve(schema, resolved);
  if (node == nullptr) return std::nullopt;
  listing_ = true;
  std::optional<Type> type = convert(*node, {resolved.path, place.type_name});
  listing_ = false;
  return type;
}

// Refused keywords are reported one by one; narrowing ones are remembered.
bool Converter::keywords_supported(const JsonNode& schema, const Place& place) {
  bool supported = true;
  for (const JsonMember& member : schema.members) {
    switch (meaning_of(member.key)) {
      case KeywordMeaning::structure:
      case KeywordMeaning::annotation:
        break;
      case KeywordMeaning::narrowing:
        unenforced_.emplace(member.key, member.key_span);
        break;
      case KeywordMeaning::refused:
        unsupported(member.key_span, place.path + "." + member.key, "`" + member.key + "`");
        supported = false;
        break;
    }
  }
  return supported;
}

bool Converter::event_keywords_supported(const JsonNode& schema, const Place& place) {
  for (const char* keyword : {"oneOf", "anyOf"}) {
    if (const JsonMember* member = schema.find(keyword)) {
      unsupported(member->key_span, place.path + "." + keyword, "a choice of schemas");
      return false;
    }
  }
  return keywords_supported(schema, place);
}

std::optional<Type> Converter::convert_node(const JsonNode& schema, const Place& place) {
  if (!keywords_supported(schema, place)) return std::nullopt;
  for (const char* keyword : {"oneOf", "anyOf"}) {
    if (const JsonMember* choices = schema.find(keyword)) {
      return convert_nullable(choices->value, {place.path + "." + keyword, place.type_name});
    }
  }
  const TypeNames names = type_names(schema);
  std::optional<Type> type;
  if (!names.well_formed) {
    wrong_shape(schema.find("type")->key_span, place.path + ".type", "a type name or a list of them");
  } else if (const JsonMember* values = schema.find("enum")) {
    type = convert_enum(schema, values->value, {place.path + ".enum", place.type_name});
  } else if (const JsonMember* value = schema.find("const"); value != nullptr && value->value.kind == JsonKind::string) {
    JsonNode one{.kind = JsonKind::array, .elements = {value->value}, .span = value->value.span};
    type = convert_enum(schema, one, {place.path + ".const", place.type_name});
  } else if (names.names.empty()) {
    unsupported(schema.span, place.path, names.nullable ? "a value that is always null" : "a value of any type");
  } else if (names.names.size() > 1) {
    unsupported(schema.find("type")->key_span, place.path + ".type", "a choice of " + list_of_words(names.names));
  } else if (names.names[0] == "string") {
    type = convert_string(schema);
  } else if (names.names[0] == "integer") {
    type = types::simple(types::Kind::integer);
  } else if (names.names[0] == "number") {
    type = types::simple(types::Kind::decimal);
  } else if (names.names[0] == "boolean") {
    type = types::simple(types::Kind::boolean);
  } else if (names.names[0] == "array") {
    type = convert_array(schema, place);
  } else if (names.names[0] == "object") {
    type = convert_object(schema, place);
  } else {
    wrong_shape(schema.find("type")->key_span, place.path + ".type", "a type of JSON Schema, not `" + names.names[0] + "`");
  }
  if (type && names.nullable) type = types::optional(*type);
  return type;
}

std::optional<Type> Converter::convert_string(const JsonNode& schema) {
  const JsonMember* format = schema.find("format");
  const std::string name = format != nullptr ? format->value.text : "";
  if (name == "email" || name == "idn-email") return types::text(types::TextFormat::email);
  if (name == "uri" || name == "url" || name == "iri") return types::text(types::TextFormat::url);
  if (name == "uuid") return types::text(types::TextFormat::id);
  if (name == "date-time") return types::simple(types::Kind::instant);
  if (name == "date") return types::simple(types::Kind::date);
  if (name == "time") return types::simple(types::Kind::time_of_day);
  if (!name.empty()) unenforced_.emplace("format: " + name, format->key_span);
  return types::text();
}

// A choice between null and one schema is that schema, optional; any other choice is refused.
std::optional<Type> Converter::convert_nullable(const JsonNode& choices, const Place& place) {
  if (choices.kind == JsonKind::array && choices.elements.size() == 2) {
    for (const std::size_t null_at : {0, 1}) {
      if (!is_null_schema(choices.elements[null_at])) continue;
      std::optional<Type> type = convert(choices.elements[1 - null_at], place);
      return type ? std::optional(types::optional(*type)) : std::nullopt;
    }
  }
  unsupported(choices.span, place.path, "a choice of schemas");
  return std::nullopt;
}

}  // namespace wend::schema
