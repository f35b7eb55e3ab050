#include "compiler/schema/tracking_plan.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>

#include "compiler/schema/convert.h"
#include "compiler/schema/type_maker.h"

namespace wend::schema {

namespace {

/// What a plan says of one event.
struct Rule {
  std::string key;  ///< the event's name on the wire
  std::int64_t version = 0;
  const JsonNode* schema = nullptr;  ///< of the whole call
  std::string path;
};

bool is_track(const JsonNode& entry) {
  for (const char* member : {"type", "eventType", "event_type"}) {
    if (entry.find(member) == nullptr) continue;
    std::string type = text_member(entry, member);
    std::ranges::transform(type, type.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return type == "track";
  }
  return true;
}

/// The list of rules, wherever the export has it: alone, in `rules`, in `rules.events` or below `data`.
const JsonNode* rule_list(const JsonNode& root, std::string& path) {
  const JsonNode* at = &root;
  while (at != nullptr && at->kind == JsonKind::object) {
    const JsonMember* inner = nullptr;
    for (const char* member : {"data", "rules", "events"}) {
      if (inner == nullptr) inner = at->find(member);
    }
    if (inner == nullptr) return nullptr;
    path += "." + inner->key;
    at = &inner->value;
  }
  return at != nullptr && at->kind == JsonKind::array ? at : nullptr;
}

class PlanImporter {
 public:
  PlanImporter(types::TypeTable& table, ImportResult& result) : table_(table), result_(result), maker_(table, result) {}
  void import(const JsonNode& root, const std::vector<Wanted>& wanted);

 private:
  bool collect(const JsonNode& root);
  void import_event(const Wanted& wanted);
  void import_type(const Wanted& wanted);
  Converter& converter(const Rule& rule);
  /// What a rule says of the event's properties, or nothing.
  static const JsonNode* payload(const Rule& rule);

  types::TypeTable& table_;
  ImportResult& result_;
  TypeMaker maker_;
  std::vector<Rule> rules_;
  std::vector<SchemaName> names_;
  std::map<const JsonNode*, std::unique_ptr<Converter>> converters_;
};

bool PlanImporter::collect(const JsonNode& root) {
  std::string path = "$";
  const JsonNode* list = rule_list(root, path);
  if (list == nullptr) {
    maker_.wrong_shape(root.span, "$", "the rules of a tracking plan: a list in `rules`");
    return false;
  }
  for (std::size_t i = 0; i < list->elements.size(); ++i) {
    const JsonNode& entry = list->elements[i];
    Rule rule{.path = path + "[" + std::to_string(i) + "]"};
    rule.key = text_member(entry, entry.find("key") != nullptr ? "key" : "name");
    if (!is_track(entry) || rule.key.empty()) continue;
    for (const char* member : {"jsonSchema", "json_schema", "rules"}) {
      const JsonNode* schema = rule.schema == nullptr ? entry.value(member) : nullptr;
      if (schema == nullptr || schema->kind != JsonKind::object) continue;
      rule.schema = schema;
      rule.path += std::string(".") + member;
    }
    if (rule.schema == nullptr) {
      maker_.wrong_shape(entry.span, rule.path, "`jsonSchema`: what the rule says of the call");
      return false;
    }
    if (const JsonNode* version = entry.value("version")) {
      std::from_chars(version->text.data(), version->text.data() + version->text.size(), rule.version);
    }
    // A plan may hold several versions of an event; the latest is meant.
    const auto earlier = std::ranges::find(rules_, rule.key, &Rule::key);
    if (earlier == rules_.end()) {
      rules_.push_back(std::move(rule));
    } else if (rule.version >= earlier->version) {
      *earlier = std::move(rule);
    }
  }
  for (std::size_t i = 0; i < rules_.size(); ++i) names_.push_back({rules_[i].key, i});
  return true;
}

Converter& PlanImporter::converter(const Rule& rule) {
  std::unique_ptr<Converter>& known = converters_[rule.schema];
  if (known == nullptr) known = std::make_unique<Converter>(*rule.schema, table_, result_);
  known->set_wanted(maker_.wanted());
  return *known;
}

const JsonNode* PlanImporter::payload(const Rule& rule) {
  const JsonNode* members = rule.schema->value("properties");
  return members == nullptr ? nullptr : members->value("properties");
}

void PlanImporter::import_event(const Wanted& wanted) {
  const SchemaName* found = maker_.find(names_, "event");
  if (found == nullptr) return;
  const Rule& rule = rules_[found->index];
  const JsonNode* properties = payload(rule);
  std::vector<types::Field> fields;
  // A rule may say nothing of the properties: then the event has none that a journey could read.
  if (properties != nullptr && properties->find("properties") != nullptr) {
    Converter& convert = converter(rule);
    const Place place{rule.path + ".properties.properties", wanted.name};
    if (!convert.event_keywords_supported(*properties, place)) return;
    auto converted = convert.convert_fields(*properties, place);
    if (!converted) return;
    fields = std::move(*converted);
  }
  result_.events.push_back({wanted.name, rule.key, std::move(fields), wanted.span, {}});
}

/// `record Product from "Order Completed.products"`: a property of an event, and of an array its elements.
void PlanImporter::import_type(const Wanted& wanted) {
  const bool is_enum = wanted.kind == WantedKind::enumeration;
  const std::string name = wanted.from.value_or("");
  for (const Rule& rule : rules_) {
    if (!name.starts_with(rule.key + ".")) continue;
    const std::string property = name.substr(rule.key.size() + 1);
    const JsonNode* properties = payload(rule);
    const JsonNode* members = properties == nullptr ? nullptr : properties->value("properties");
    const JsonNode* schema = members == nullptr ? nullptr : members->value(property);
    if (schema == nullptr) continue;
    std::string path = rule.path + ".properties.properties.properties." + property;
    if (const JsonNode* items = schema->value("items"); items != nullptr && items->kind == JsonKind::object) {
      schema = items;
      path += ".items";
    }
    Converter& convert = converter(rule);
    const auto type = convert.convert_listed(*schema, {path, wanted.name});
    if (type && type->kind != (is_enum ? types::Kind::enumeration : types::Kind::record)) {
      convert.wrong_shape(schema->span, path, is_enum ? "an enum of strings" : "an object");
    }
    return;
  }
  maker_.report(diag::Diagnostic(diag::Kind::schema_not_found, wanted.span)
                    .with("what", "property")
                    .with("name", wanted.from.value_or(wanted.name))
                    .help("a record or enum of a tracking plan is named by its event and property: `from \"Order Completed.products\"`"));
}

void PlanImporter::import(const JsonNode& root, const std::vector<Wanted>& wanted) {
  if (!wanted.empty()) maker_.set_wanted(wanted.front());
  if (!collect(root)) return;
  // Listed records and enums first, so that events use the names their author chose.
  for (const Wanted& one : wanted) {
    maker_.set_wanted(one);
    if (one.kind != WantedKind::event) import_type(one);
  }
  for (const Wanted& one : wanted) {
    maker_.set_wanted(one);
    if (one.kind == WantedKind::event) import_event(one);
  }
}

}  // namespace

ImportResult import_tracking_plan(const source::SourceFile& file, const std::vector<Wanted>& wanted, types::TypeTable& table) {
  ImportResult result;
  const auto root = parse_json(file);
  if (!root) {
    report_json_error(root.error(), result);
    return result;
  }
  PlanImporter(table, result).import(*root, wanted);
  return result;
}

}  // namespace wend::schema
