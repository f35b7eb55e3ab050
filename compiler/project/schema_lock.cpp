#include "compiler/project/schema_lock.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "runtime/bytecode/json_number.h"

namespace wend::project {
namespace {

std::string inside(const std::string& path, const std::string& folder) {
  const std::string prefix = folder + "/";
  return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
}

std::vector<LockedField> fields_of(const std::vector<types::Field>& fields, const types::TypeTable& table) {
  std::vector<LockedField> result;
  for (const types::Field& field : fields) result.push_back({field.name, field.wire, types::to_string(field.type, table)});
  return result;
}

std::string constant_text(const types::ConstantValue& value, const types::Type& type, const types::TypeTable& table) {
  if (type.kind == types::Kind::list) return "[]";
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (type.kind == types::Kind::boolean) return *number != 0 ? "true" : "false";
    if (type.kind == types::Kind::enumeration) return table.at(type.enumeration).values[static_cast<std::size_t>(*number)].wire;
    return std::to_string(*number);
  }
  if (const auto* decimal = std::get_if<Decimal>(&value)) return decimal->to_string();
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? fmt::format("\"{}\"", *text) : "";
}

void add_names(const std::string& wire, const std::vector<std::string>& also, std::vector<LockedRule>& rules) {
  if (also.empty()) return;
  std::string names;
  for (const std::string& name : also) names += (names.empty() ? "" : ", ") + name;
  rules.push_back({wire, "also", names});
}

// How a field is read beyond its type: names that are taken for its own, and what it is when it is left out.
void add_readings(const std::vector<types::Field>& fields, const types::TypeTable& table, std::vector<LockedRule>& rules) {
  for (const types::Field& field : fields) {
    add_names(field.wire, field.also, rules);
    if (field.default_value) rules.push_back({field.wire, "default", constant_text(*field.default_value, field.type, table)});
  }
}

// A narrower type holds fewer values: whoever reads the field goes on working, but events may be refused; a wider one may hold what
// readers do not expect.
const char* compare_types(std::string before, std::string now) {
  const bool was_optional = before.ends_with('?');
  const bool is_optional = now.ends_with('?');
  if (was_optional) before.pop_back();
  if (is_optional) now.pop_back();
  const auto is_text = [](const std::string& type) { return type == "Email" || type == "Url" || type == "Id"; };
  int direction = was_optional == is_optional ? 0 : is_optional ? 1 : -1;
  if (before != now) {
    const bool wider = (before == "Int" && now == "Decimal") || (is_text(before) && now == "Text");
    const bool narrower = (before == "Decimal" && now == "Int") || (before == "Text" && is_text(now));
    if (!wider && !narrower) return "changed";
    if ((wider ? -1 : 1) == direction) return "changed";
    direction = wider ? 1 : -1;
  }
  return direction > 0 ? "widened" : "narrowed";
}

// Other rules say how something is read, and refuse nothing.
bool is_demand(const std::string& keyword) {
  return keyword != "default" && keyword != "also";
}

const char* compare_rules(const std::string& keyword, const std::string& before, const std::string& now) {
  const auto first = bytecode::JsonNumber::parse(before);
  const auto second = bytecode::JsonNumber::parse(now);
  if (!first || !second || *first == *second || keyword == "multipleOf" || keyword == "const" || !is_demand(keyword)) return "changed";
  const bool is_lower_bound = keyword.starts_with("min") || keyword == "exclusiveMinimum";
  return (*second > *first) == is_lower_bound ? "tightened" : "loosened";
}

class Comparison {
 public:
  explicit Comparison(const sema::Model& model) : model_(model) {}

  void compare(const LockedShape& before, const LockedShape& now) {
    if (before.wire != now.wire) note(now.name, "", fmt::format("`{}` on the wire is now `{}`", before.wire, now.wire));
    for (const LockedField& field : before.fields) {
      const auto same = std::ranges::find(now.fields, field.name, &LockedField::name);
      if (same == now.fields.end()) {
        note(now.name, field.name, "removed");
        continue;
      }
      if (same->wire != field.wire) note(now.name, field.name, fmt::format("`{}` on the wire is now `{}`", field.wire, same->wire));
      if (same->type != field.type) {
        note(now.name, field.name, fmt::format("`{}` is now `{}`: {}", field.type, same->type, compare_types(field.type, same->type)));
      }
    }
    for (const LockedField& field : now.fields) {
      if (std::ranges::find(before.fields, field.name, &LockedField::name) == before.fields.end()) {
        note(now.name, field.name, field.type.empty() ? "added" : fmt::format("added, `{}`", field.type));
      }
    }
    compare_all_rules(before, now);
  }

  std::vector<std::string> notes;

  void note(const std::string& owner, const std::string& field, const std::string& what) {
    std::string text = fmt::format("`{}{}{}`: {}", owner, field.empty() ? "" : ".", field, what);
    const std::vector<std::string> readers = readers_of(model_, owner, field);
    for (std::size_t i = 0; i < readers.size(); ++i) text += (i == 0 ? "; read by " : ", ") + readers[i];
    notes.push_back(std::move(text));
  }

 private:
  // A rule belongs to the field whose wire name its path begins with.
  void note_rule(const LockedShape& now, const LockedRule& rule, const std::string& what) {
    const std::string wire = rule.path.substr(0, rule.path.find_first_of(".["));
    const auto field = std::ranges::find(now.fields, wire, &LockedField::wire);
    const std::string where = rule.path.empty() ? "" : fmt::format(" of `{}`", rule.path);
    note(now.name, field != now.fields.end() ? field->name : "", fmt::format("`{}`{} {}", rule.keyword, where, what));
  }

  void compare_all_rules(const LockedShape& before, const LockedShape& now) {
    const auto same = [](const LockedRule& rule) {
      return [&rule](const LockedRule& other) { return other.path == rule.path && other.keyword == rule.keyword; };
    };
    for (const LockedRule& rule : before.rules) {
      if (std::ranges::find(now.rules, rule) != now.rules.end()) continue;
      const auto other = std::ranges::find_if(now.rules, same(rule));
      if (other == now.rules.end()) {
        note_rule(now, rule, fmt::format("{}, removed{}", rule.value, is_demand(rule.keyword) ? ": loosened" : ""));
      } else {
        note_rule(now, rule, fmt::format("{} is now {}: {}", rule.value, other->value, compare_rules(rule.keyword, rule.value, other->value)));
      }
    }
    for (const LockedRule& rule : now.rules) {
      if (std::ranges::find_if(before.rules, same(rule)) == before.rules.end()) {
        note_rule(now, rule, fmt::format("{}, added{}", rule.value, is_demand(rule.keyword) ? ": tightened" : ""));
      }
    }
  }

  const sema::Model& model_;
};

}  // namespace

std::vector<TakenSchema> schemas_of(const sema::Model& model, const std::string& folder) {
  std::vector<TakenSchema> result;
  for (const sema::Import& import : model.imports) {
    LockedSchema schema{import.format, {}, {}};
    for (const sema::ImportedFile& file : import.files) schema.files.push_back({inside(file.path, folder), to_hex(file.digest)});
    std::ranges::sort(schema.files.begin() + 1, schema.files.end(), {}, &LockedFile::path);
    for (std::size_t i = 0; i < import.events.size(); ++i) {
      const sema::Event& event = model.at(import.events[i]);
      LockedShape& shape = schema.shapes.emplace_back(LockedShape{"event", event.name, event.wire, fields_of(event.fields, model.types), {}});
      for (const schema::ImportedRule& rule : import.rules[i]) shape.rules.push_back({rule.path, rule.keyword, rule.value});
      add_names("", event.also, shape.rules);
      add_readings(event.fields, model.types, shape.rules);
    }
    for (const types::RecordId id : import.records) {
      const types::Record& record = model.types.at(id);
      LockedShape& shape = schema.shapes.emplace_back(LockedShape{"record", record.name, "", fields_of(record.fields, model.types), {}});
      add_readings(record.fields, model.types, shape.rules);
    }
    for (const types::EnumId id : import.enums) {
      const types::Enum& enumeration = model.types.at(id);
      LockedShape& shape = schema.shapes.emplace_back(LockedShape{"enum", enumeration.name, "", {}, {}});
      for (const types::EnumValue& value : enumeration.values) {
        shape.fields.push_back({value.name, value.wire, ""});
        add_names(value.wire, value.also, shape.rules);
      }
    }
    result.push_back({std::move(schema), import.span});
  }
  std::ranges::stable_sort(result, {}, [](const TakenSchema& taken) { return taken.schema.files.front().path; });
  return result;
}

std::vector<std::string> schema_changes(const LockedSchema& before, const LockedSchema& now, const sema::Model& model) {
  Comparison comparison(model);
  const auto same = [](const LockedShape& shape) {
    return [&shape](const LockedShape& other) { return other.kind == shape.kind && other.name == shape.name; };
  };
  for (const LockedShape& shape : before.shapes) {
    const auto found = std::ranges::find_if(now.shapes, same(shape));
    if (found != now.shapes.end()) {
      comparison.compare(shape, *found);
    } else {
      comparison.note(shape.name, "", fmt::format("the {} is not imported any more", shape.kind));
    }
  }
  for (const LockedShape& shape : now.shapes) {
    if (std::ranges::find_if(before.shapes, same(shape)) == before.shapes.end()) {
      comparison.note(shape.name, "", fmt::format("the {} is imported now", shape.kind));
    }
  }
  return std::move(comparison.notes);
}

}  // namespace wend::project
