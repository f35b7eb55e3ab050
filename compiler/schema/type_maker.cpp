#include "compiler/schema/type_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/schema/documents.h"
#include "runtime/bytecode/limits.h"

namespace wend::schema {

using types::Type;

Converted no_type(source::Span span, const std::string& path, std::string why) {
  return {std::nullopt, path, std::move(why), span};
}

std::optional<JsonNode> read_json(const source::SourceFile& file, ImportResult& result) {
  auto root = read_json(file);
  if (root) return std::move(*root);
  result.diagnostics.push_back(to_diagnostic(std::move(root.error())));
  return std::nullopt;
}

std::string text_member(const JsonNode& node, std::string_view key) {
  const JsonNode* value = node.value(key);
  return value != nullptr && value->kind == JsonKind::string ? value->text : std::string();
}

std::string short_name(const std::string& full_name) {
  return full_name.substr(full_name.find_last_of('.') + 1);
}

std::string ValueNames::take(const std::string& wire) {
  std::string plain = snake_case(wire);
  if (plain.empty()) plain = "value_" + std::to_string(taken_.size() + 1);
  std::string name = plain;
  int& next = next_.try_emplace(plain, 2).first->second;
  while (!taken_.insert(name).second) name = plain + "_" + std::to_string(next++);
  return name;
}

std::string TypeMaker::type_name(const std::string& short_name, bool listed) const {
  if (listed) return wanted_->name;
  const auto taken = [&](const std::string& name) {
    return std::ranges::find(table_.records, name, &types::Record::name) != table_.records.end() ||
           std::ranges::find(table_.enums, name, &types::Enum::name) != table_.enums.end();
  };
  const std::string plain = upper_camel(short_name);
  std::string name = plain;
  for (int i = 2; taken(name); ++i) name = plain + std::to_string(i);
  return name;
}

Type TypeMaker::add_enum(types::Enum made, const std::string& short_name, bool listed) {
  const auto index = static_cast<std::uint32_t>(table_.enums.size());
  made.name = type_name(short_name, listed);
  result_.types.push_back({made.name, true, index, listed, listed ? wanted_->span : made.span});
  table_.enums.push_back(std::move(made));
  return types::enumeration(types::EnumId{index});
}

void TypeMaker::take_unreadable(std::vector<UnreadableField>& fields, const std::string& owner) {
  for (UnreadableField& field : fields) {
    field.owner = owner;
    field.checked = false;
    result_.unreadable.push_back(std::move(field));
  }
}

Converted TypeMaker::add_record(MadeFields made, const std::string& short_name, source::Span span, const std::string& path, bool listed) {
  if (!made.complete) return no_type(span, path, "");
  if (made.fields.empty()) {
    return no_type(span, path, made.unreadable.empty() ? "an object without fields" : "an object of whose fields none has a type");
  }
  const auto index = static_cast<std::uint32_t>(table_.records.size());
  const std::string name = type_name(short_name, listed);
  take_unreadable(made.unreadable, name);
  result_.types.push_back({name, false, index, listed, listed ? wanted_->span : span});
  table_.records.push_back({name, std::move(made.fields), span});
  return as_type(types::record(types::RecordId{index}));
}

void TypeMaker::add_event(MadeFields made, std::vector<std::string> also, std::optional<bytecode::SchemaNodeId> node,
                          std::vector<ImportedRule> rules) {
  if (!made.complete) return;
  take_unreadable(made.unreadable, wanted_->name);
  const std::string wire = wanted_->from.value_or(wanted_->name);
  std::erase(also, wire);
  result_.events.push_back({wanted_->name, wire, std::move(made.fields), wanted_->span, node, std::move(rules), std::move(also)});
}

void TypeMaker::list(const Type& type) {
  const bool is_enum = type.kind == types::Kind::enumeration;
  const auto index = is_enum ? static_cast<std::uint32_t>(type.enumeration) : static_cast<std::uint32_t>(type.record);
  for (ImportedType& made : result_.types) {
    if (made.is_enum != is_enum || made.index != index || made.listed) continue;
    for (UnreadableField& field : result_.unreadable) {
      if (field.owner == made.name) field.owner = wanted_->name;
    }
    made.name = wanted_->name;
    made.listed = true;
    made.span = wanted_->span;
    (is_enum ? table_.enums[index].name : table_.records[index].name) = wanted_->name;
  }
}

void TypeMaker::add_field(MadeFields& made, const std::string& wire, const Converted& type, types::Field field, const std::string& path) {
  const bool are_too_many = ++field_count_ > static_cast<std::size_t>(k_fields_max);
  if (are_too_many || made.fields.size() == bytecode::k_fields_max) {
    if (made.complete) {
      report(diag::Diagnostic(diag::Kind::schema_too_large, field.span)
                 .with("path", path)
                 .with("what", are_too_many ? fmt::format("more than {} fields in one import", k_fields_max)
                                            : fmt::format("more than {} fields of one object", bytecode::k_fields_max)));
    }
    made.complete = false;
    return;
  }
  field.name = snake_case(wire);
  if (field.wire.empty()) field.wire = wire;
  if (!type.type) {
    if (type.why.empty()) {
      made.complete = false;
    } else {
      made.unreadable.push_back({"", field.name.empty() ? wire : field.name, type.path, type.why, type.span});
    }
    return;
  }
  if (field.name.empty()) {
    made.unreadable.push_back({"", wire, path, "a name without a letter or digit of ASCII", field.span});
    return;
  }
  field.type = *type.type;
  // A name that means two fields on the wire would be read as either.
  const auto clashes = [&](const types::Field& other) {
    const auto knows = [](const types::Field& one, const std::string& name) {
      return one.wire == name || std::ranges::find(one.also, name) != one.also.end();
    };
    return other.name == field.name || knows(other, field.wire) ||
           std::ranges::any_of(field.also, [&](const std::string& name) { return knows(other, name); });
  };
  if (std::ranges::any_of(made.fields, clashes)) {
    report(diag::Diagnostic(diag::Kind::schema_name_clash, field.span).with("path", path).with("name", field.name));
    made.complete = false;
    return;
  }
  made.fields.push_back(std::move(field));
}

const SchemaName* TypeMaker::find(const std::vector<SchemaName>& names, const char* what) {
  const std::string& name = wanted_->from ? *wanted_->from : wanted_->name;
  const auto exact = std::ranges::find(names, name, &SchemaName::full);
  if (exact != names.end()) return &*exact;
  std::vector<const SchemaName*> found;
  for (const SchemaName& each : names) {
    const std::string last = short_name(each.full);
    if (last == name || (!wanted_->from && upper_camel(last) == name)) found.push_back(&each);
  }
  if (found.size() == 1) return found.front();
  constexpr std::size_t k_shown_max = 12;
  std::string known;
  const std::size_t count = found.empty() ? names.size() : found.size();
  for (std::size_t i = 0; i < std::min(count, k_shown_max); ++i) {
    known += (i == 0 ? "`" : ", `") + (found.empty() ? names[i] : *found[i]).full + "`";
  }
  if (count > k_shown_max) known += " …";
  if (found.empty()) {
    diag::Diagnostic diagnostic(diag::Kind::schema_not_found, wanted_->span);
    diagnostic.with("what", what).with("name", name);
    if (!known.empty()) diagnostic.note("it has " + known);
    result_.diagnostics.push_back(std::move(diagnostic));
  } else {
    result_.diagnostics.push_back(diag::Diagnostic(diag::Kind::schema_ambiguous, wanted_->span)
                                      .with("name", name)
                                      .note("these are: " + known)
                                      .help("write the whole name, as `from \"" + found.front()->full + "\"`"));
  }
  return nullptr;
}

void TypeMaker::report(diag::Diagnostic diagnostic) {
  if (wanted_ != nullptr && diagnostic.span() != wanted_->span) diagnostic.secondary(wanted_->span, "imported here");
  result_.diagnostics.push_back(std::move(diagnostic));
}

void TypeMaker::refuse(const Converted& none) {
  if (none.type || none.why.empty()) return;
  report(diag::Diagnostic(diag::Kind::schema_unsupported, none.span).with("path", none.path).with("construct", none.why));
}

void TypeMaker::wrong_shape(source::Span span, const std::string& path, std::string expected) {
  report(diag::Diagnostic(diag::Kind::schema_wrong_shape, span).with("path", path).with("expected", std::move(expected)));
}

}  // namespace wend::schema
