#include "compiler/schema/tracking_plan.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "compiler/schema/importer.h"
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
  PlanImporter(const source::SourceFile& file, types::TypeTable& table, const FileLoader& loader, ImportResult& result)
      : file_(file), table_(table), loader_(loader), result_(result), maker_(table, result) {}
  void import(const JsonNode& root, const std::vector<Wanted>& wanted);

 private:
  /// The schema of one rule as a document by itself, so that its references begin there.
  struct Opened {
    Opened(types::TypeTable& table, const FileLoader& loader, ImportResult& result) : importer(table, loader, result) {}
    SchemaImporter importer;
    std::optional<Located> call;
  };

  bool collect(const JsonNode& root);
  void import_event(const Wanted& wanted);
  void import_type(const Wanted& wanted);
  Opened& open(std::size_t rule);
  /// What a rule says of the event's properties, or nothing.
  static std::optional<Located> payload(Opened& rule);

  const source::SourceFile& file_;
  types::TypeTable& table_;
  const FileLoader& loader_;
  ImportResult& result_;
  TypeMaker maker_;
  std::vector<Rule> rules_;
  std::vector<SchemaName> names_;
  std::map<std::size_t, Opened> opened_;
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

PlanImporter::Opened& PlanImporter::open(std::size_t rule) {
  const auto [at, is_new] = opened_.try_emplace(rule, table_, loader_, result_);
  Opened& opened = at->second;
  if (!is_new) return opened;
  const std::string& path = file_.path();
  auto call = opened.importer.documents().adopt(*rules_[rule].schema, path.substr(path.find_last_of('/') + 1), rules_[rule].path);
  if (call) {
    opened.call = std::move(*call);
  } else {
    opened.importer.report(call.error());
  }
  return opened;
}

std::optional<Located> PlanImporter::payload(Opened& rule) {
  const JsonNode* members = rule.call->node->value("properties");
  const JsonNode* properties = members == nullptr ? nullptr : members->value("properties");
  if (properties == nullptr) return std::nullopt;
  return rule.importer.documents().part(*rule.call, *properties, ".properties.properties");
}

void PlanImporter::import_event(const Wanted& wanted) {
  const SchemaName* found = maker_.find(names_, "event");
  if (found == nullptr) return;
  Opened& rule = open(found->index);
  if (!rule.call) return;
  if (const auto properties = payload(rule)) {
    rule.importer.import_event(*properties, wanted, found->full);
  } else {
    // A rule may say nothing of the properties: then the event has none that a journey could read.
    result_.events.push_back({wanted.name, found->full, {}, wanted.span, {}, {}});
  }
}

/// `record Product from "Order Completed.products"`: a property of an event, and of an array its elements.
void PlanImporter::import_type(const Wanted& wanted) {
  const std::string name = wanted.from.value_or("");
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (!name.starts_with(rules_[i].key + ".")) continue;
    const std::string property = name.substr(rules_[i].key.size() + 1);
    Opened& rule = open(i);
    if (!rule.call) return;
    const auto properties = payload(rule);
    const JsonNode* members = properties ? properties->node->value("properties") : nullptr;
    const JsonNode* schema = members == nullptr ? nullptr : members->value(property);
    if (schema == nullptr) continue;
    const Documents& documents = rule.importer.documents();
    Located at = documents.part(*properties, *schema, ".properties." + property);
    if (const JsonNode* items = schema->value("items"); items != nullptr && items->kind == JsonKind::object) at = documents.part(at, *items, ".items");
    return rule.importer.import_type(at, wanted);
  }
  maker_.report(diag::Diagnostic(diag::Kind::schema_not_found, wanted.span)
                    .with("what", "property")
                    .with("name", wanted.from.value_or(wanted.name))
                    .help("a record or enum of a tracking plan is named by its event and property: `from \"Order Completed.products\"`"));
}

void PlanImporter::import(const JsonNode& root, const std::vector<Wanted>& wanted) {
  if (!wanted.empty()) maker_.set_wanted(wanted.front());
  if (!collect(root)) return;
  maker_.import_listed(wanted, [&](const Wanted& one) { import_type(one); }, [&](const Wanted& one) { import_event(one); });
  for (auto& [index, rule] : opened_) rule.importer.report_unknown_formats(wanted);
}

}  // namespace

ImportResult import_tracking_plan(const source::SourceFile& file, const std::vector<Wanted>& wanted, types::TypeTable& table,
                                  const FileLoader& loader) {
  ImportResult result;
  if (const auto root = read_json(file, result)) PlanImporter(file, table, loader, result).import(*root, wanted);
  return result;
}

}  // namespace wend::schema
