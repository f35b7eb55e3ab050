#include "compiler/schema/import.h"

#include <algorithm>

#include "compiler/schema/convert.h"
#include "compiler/schema/type_maker.h"

namespace wend::schema {
namespace {

struct Found {
  const JsonNode* schema = nullptr;
  std::string path;
};

// A definition by its name as written or as a type name.
Found find_definition(const JsonNode& root, const std::string& name) {
  for (const char* section : {"definitions", "$defs"}) {
    const JsonNode* definitions = root.value(section);
    if (definitions == nullptr) continue;
    for (const JsonMember& member : definitions->members) {
      if (member.key == name || upper_camel(member.key) == name) return {&member.value, std::string("$.") + section + "." + member.key};
    }
  }
  return {};
}

// A property of the event, and of an array its elements.
Found find_property(const JsonNode& root, const std::string& name) {
  const JsonNode* properties = root.value("properties");
  if (properties == nullptr) return {};
  for (const JsonMember& member : properties->members) {
    if (member.key != name && upper_camel(member.key) != name) continue;
    const std::string path = "$.properties." + member.key;
    const JsonNode* items = member.value.value("items");
    if (items != nullptr && items->kind == JsonKind::object) return {items, path + ".items"};
    return {&member.value, path};
  }
  return {};
}

void not_found(const Wanted& wanted, const std::string& name, const char* what, ImportResult& result) {
  result.diagnostics.push_back(diag::Diagnostic(diag::Kind::schema_not_found, wanted.span).with("what", what).with("name", name));
}

void import_type(Converter& converter, const JsonNode& root, const Wanted& wanted, ImportResult& result) {
  const std::string name = wanted.from.value_or(wanted.name);
  Found found = find_definition(root, name);
  if (found.schema == nullptr) found = find_property(root, name);
  if (found.schema == nullptr) return not_found(wanted, name, "definition or property", result);
  const bool wants_enum = wanted.kind == WantedKind::enumeration;
  const std::optional<types::Type> type = converter.convert_listed(*found.schema, {found.path, wanted.name});
  if (!type) return;
  if (type->kind != (wants_enum ? types::Kind::enumeration : types::Kind::record)) {
    converter.wrong_shape(found.schema->span, found.path, wants_enum ? "an enum of strings" : "an object");
  }
}

void import_event(Converter& converter, const JsonNode& root, const Wanted& wanted, ImportResult& result) {
  Found found = find_definition(root, wanted.from.value_or(wanted.name));
  if (found.schema == nullptr) found = {&root, "$"};
  Place place{found.path, wanted.name};
  const JsonNode* schema = converter.resolve(*found.schema, place);
  if (schema == nullptr) return;
  place.type_name = wanted.name;
  const JsonNode* type = schema->value("type");
  if (type != nullptr && type->kind == JsonKind::string && type->text != "object") {
    return converter.wrong_shape(schema->find("type")->key_span, place.path + ".type", "`object`: an event is an object");
  }
  if (!converter.event_keywords_supported(*schema, place)) return;
  if (std::optional<std::vector<types::Field>> fields = converter.convert_fields(*schema, place)) {
    result.events.push_back({wanted.name, wanted.from.value_or(wanted.name), std::move(*fields), wanted.span});
  }
}

void report_unenforced(const Converter& converter, const std::vector<Wanted>& wanted, ImportResult& result) {
  if (converter.unenforced().empty()) return;
  std::string keywords;
  for (const auto& [keyword, span] : converter.unenforced()) keywords += (keywords.empty() ? "`" : ", `") + keyword + "`";
  diag::Diagnostic diagnostic(diag::Kind::schema_not_enforced, wanted.front().span);
  diagnostic.with("keywords", keywords).label("imported here");
  diagnostic.secondary(converter.unenforced().begin()->second, "for instance this");
  result.diagnostics.push_back(std::move(diagnostic));
}

}  // namespace

ImportResult import_json_schema(const source::SourceFile& file, const std::vector<Wanted>& wanted, types::TypeTable& table) {
  ImportResult result;
  const auto root = parse_json(file);
  if (!root) {
    report_json_error(root.error(), result);
    return result;
  }
  if (root->kind != JsonKind::object) {
    result.diagnostics.push_back(
        diag::Diagnostic(diag::Kind::schema_wrong_shape, root->span).with("path", "$").with("expected", "an object: a JSON Schema"));
    return result;
  }
  Converter converter(*root, table, result);
  // Listed records and enums first, so that events use the names their author chose.
  for (const Wanted& one : wanted) {
    if (one.kind == WantedKind::event) continue;
    converter.set_wanted(one);
    import_type(converter, *root, one, result);
  }
  for (const Wanted& one : wanted) {
    if (one.kind != WantedKind::event) continue;
    converter.set_wanted(one);
    import_event(converter, *root, one, result);
  }
  if (result.diagnostics.empty() && !wanted.empty()) report_unenforced(converter, wanted, result);
  return result;
}

}  // namespace wend::schema
