#include "compiler/schema/import.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/schema/convert.h"
#include "compiler/schema/rule_list.h"

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

class Importer {
 public:
  Importer(types::TypeTable& table, const FileLoader& loader, ImportResult& result)
      : result_(result), documents_(loader), rules_(documents_, result), converter_(documents_, rules_, table, result) {}

  void run(const source::SourceFile& file, const std::vector<Wanted>& wanted) {
    const std::string& path = file.path();
    auto root = documents_.open(file, path.substr(path.find_last_of('/') + 1));
    if (!root) return rules_.report(root.error());
    if (root->node->kind != JsonKind::object) return rules_.wrong_shape(root->node->span, "$", "an object: a JSON Schema");
    // Listed records and enums first, so that events use the names their author chose.
    for (const Wanted& one : wanted) {
      if (one.kind != WantedKind::event) import_type(*root, one);
    }
    for (const Wanted& one : wanted) {
      if (one.kind == WantedKind::event) import_event(*root, one);
    }
    report_unknown_formats(wanted);
  }

 private:
  void want(const Wanted& wanted) {
    rules_.set_wanted(wanted);
    converter_.set_wanted(wanted);
  }

  void import_type(const Located& root, const Wanted& wanted) {
    want(wanted);
    const std::string name = wanted.from.value_or(wanted.name);
    auto found = find_definition(documents_, root, name);
    if (!found) found = find_property(documents_, root, name);
    if (!found) {
      result_.diagnostics.push_back(
          diag::Diagnostic(diag::Kind::schema_not_found, wanted.span).with("what", "definition or property").with("name", name));
      return;
    }
    if (!rules_.compile(*found)) return;
    Conjunction schema = converter_.expand({*found}, wanted.name);
    schema.type_name = wanted.name;
    const bool wants_enum = wanted.kind == WantedKind::enumeration;
    const Converted made = converter_.convert_listed(schema);
    if (!made.type) return rules_.unsupported(made.span, made.path, made.why);
    if (made.type->kind != (wants_enum ? types::Kind::enumeration : types::Kind::record)) {
      rules_.wrong_shape(found->node->span, found->path, wants_enum ? "an enum of strings" : "an object");
    }
  }

  void import_event(const Located& root, const Wanted& wanted) {
    want(wanted);
    const Located found = find_definition(documents_, root, wanted.from.value_or(wanted.name)).value_or(root);
    const auto node = rules_.compile(found);
    if (!node) return;
    Conjunction schema = converter_.expand({found}, wanted.name);
    schema.type_name = wanted.name;
    if ((converter_.kinds_of(schema) & static_cast<std::uint32_t>(bytecode::JsonKinds::object)) == 0) {
      const JsonMember* type = found.node->find("type");
      return rules_.wrong_shape(type != nullptr ? type->key_span : found.node->span, found.path + ".type", "`object`: an event is an object");
    }
    auto fields = converter_.convert_fields(schema, wanted.name);
    if (!fields) return;
    const bool reads_nothing = fields->empty() && std::ranges::none_of(result_.unreadable, [&](const UnreadableField& field) { return field.owner == wanted.name; });
    if (const JsonMember* map = converter_.open_map(schema); map != nullptr && reads_nothing) {
      return rules_.unsupported(map->key_span, found.path + "." + map->key, "an open map");
    }
    result_.events.push_back({wanted.name, wanted.from.value_or(wanted.name), std::move(*fields), wanted.span, node, list_rules(documents_, found)});
  }

  // Values of `format` that nothing here knows are no fault of the schema, but somebody may rely on them.
  void report_unknown_formats(const std::vector<Wanted>& wanted) {
    const auto& formats = rules_.unknown_formats();
    if (formats.empty() || wanted.empty() || !result_.diagnostics.empty()) return;
    std::string names;
    for (const auto& [name, span] : formats) names += fmt::format("{}`{}`", names.empty() ? "" : ", ", name);
    diag::Diagnostic diagnostic(diag::Kind::schema_not_enforced, wanted.front().span);
    diagnostic.with("formats", names).label("imported here");
    diagnostic.secondary(formats.begin()->second, "for instance this");
    result_.diagnostics.push_back(std::move(diagnostic));
  }

  ImportResult& result_;
  Documents documents_;
  RuleCompiler rules_;
  Converter converter_;
};

}  // namespace

ImportResult import_json_schema(const source::SourceFile& file, const std::vector<Wanted>& wanted, types::TypeTable& table,
                                const FileLoader& loader) {
  ImportResult result;
  Importer(table, loader, result).run(file, wanted);
  return result;
}

}  // namespace wend::schema
