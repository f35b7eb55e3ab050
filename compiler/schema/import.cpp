#include "compiler/schema/import.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/schema/importer.h"

namespace wend::schema {
namespace {

// A definition by its name as written or as a type name.
std::optional<Located> find_definition(const Documents& documents, const Located& root, const std::string& name) {
  for (const char* section : {"definitions", "$defs"}) {
    const JsonNode* definitions = root.node->value(section);
    if (definitions == nullptr) continue;
    for (const JsonMember& member : definitions->members) {
      if (member.key == name || upper_camel(member.key) == name) {
        return documents.part(root, member.value, fmt::format(".{}.{}", section, member.key));
      }
    }
  }
  return std::nullopt;
}

// A property of the event, and of an array its elements.
std::optional<Located> find_property(const Documents& documents, const Located& root, const std::string& name) {
  const JsonNode* properties = root.node->value("properties");
  if (properties == nullptr) return std::nullopt;
  for (const JsonMember& member : properties->members) {
    if (member.key != name && upper_camel(member.key) != name) continue;
    const Located property = documents.part(root, member.value, ".properties." + member.key);
    const JsonNode* items = member.value.value("items");
    return items != nullptr && items->kind == JsonKind::object ? documents.part(property, *items, ".items") : property;
  }
  return std::nullopt;
}

}  // namespace

ImportResult import_json_schema(const source::SourceFile& file, const std::vector<Wanted>& wanted, types::TypeTable& table,
                                const FileLoader& loader) {
  ImportResult result;
  SchemaImporter importer(table, loader, result);
  const std::string& path = file.path();
  const auto root = importer.documents().open(file, path.substr(path.find_last_of('/') + 1));
  if (!root) {
    importer.report(root.error());
    return result;
  }
  if (root->node->kind != JsonKind::object) {
    importer.report({diag::Kind::schema_wrong_shape, root->node->span, "$", "an object: a JSON Schema"});
    return result;
  }
  // Listed records and enums first, so that events use the names their author chose.
  for (const Wanted& one : wanted) {
    if (one.kind == WantedKind::event) continue;
    const std::string name = one.from.value_or(one.name);
    auto found = find_definition(importer.documents(), *root, name);
    if (!found) found = find_property(importer.documents(), *root, name);
    if (found) {
      importer.import_type(*found, one);
    } else {
      result.diagnostics.push_back(
          diag::Diagnostic(diag::Kind::schema_not_found, one.span).with("what", "definition or property").with("name", name));
    }
  }
  for (const Wanted& one : wanted) {
    if (one.kind != WantedKind::event) continue;
    const std::string wire = one.from.value_or(one.name);
    importer.import_event(find_definition(importer.documents(), *root, wire).value_or(*root), one, wire);
  }
  importer.report_unknown_formats(wanted);
  return result;
}

}  // namespace wend::schema
