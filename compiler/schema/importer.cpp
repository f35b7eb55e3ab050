#include "compiler/schema/importer.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/schema/rule_list.h"

namespace wend::schema {

void SchemaImporter::import_type(const Located& found, const Wanted& wanted) {
  want(wanted);
  if (!rules_.compile(found)) return;
  Conjunction schema = converter_.expand({found}, wanted.name);
  schema.type_name = wanted.name;
  const bool wants_enum = wanted.kind == WantedKind::enumeration;
  const Converted made = converter_.convert_listed(schema);
  if (!made.type) return rules_.unsupported(made.span, made.path, made.why);
  if (made.type->kind != (wants_enum ? types::Kind::enumeration : types::Kind::record)) {
    rules_.wrong_shape(found.node->span, found.path, wants_enum ? "an enum of strings" : "an object");
  }
}

void SchemaImporter::import_event(const Located& found, const Wanted& wanted, const std::string& wire) {
  want(wanted);
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
  const bool reads_nothing =
      fields->empty() && std::ranges::none_of(result_.unreadable, [&](const UnreadableField& field) { return field.owner == wanted.name; });
  if (const JsonMember* map = converter_.open_map(schema); map != nullptr && reads_nothing) {
    return rules_.unsupported(map->key_span, found.path + "." + map->key, "an open map");
  }
  result_.events.push_back({wanted.name, wire, std::move(*fields), wanted.span, node, list_rules(documents_, found)});
}

void SchemaImporter::report_unknown_formats(const std::vector<Wanted>& wanted) {
  const auto& formats = rules_.unknown_formats();
  if (formats.empty() || wanted.empty() || !result_.diagnostics.empty()) return;
  std::string names;
  for (const auto& [name, span] : formats) names += fmt::format("{}`{}`", names.empty() ? "" : ", ", name);
  diag::Diagnostic diagnostic(diag::Kind::schema_not_enforced, wanted.front().span);
  diagnostic.with("formats", names).label("imported here");
  diagnostic.secondary(formats.begin()->second, "for instance this");
  result_.diagnostics.push_back(std::move(diagnostic));
}

}  // namespace wend::schema
