#include "compiler/schema/oneof_rules.h"

#include <string>

#include "runtime/bytecode/limits.h"

namespace wend::schema {

namespace pb = google::protobuf;
using bytecode::SchemaKeyword;
using bytecode::SchemaNodeId;
using bytecode::SchemaRule;

namespace {

// A payload may have either: the JSON form of Protocol Buffers takes both.
std::vector<std::string> names_of(const pb::FieldDescriptor& field) {
  if (field.name() == field.json_name()) return {field.name()};
  return {field.json_name(), field.name()};
}

// Messages that are no object of their fields in JSON have no choices to look at.
const pb::Descriptor* message_in(const pb::FieldDescriptor& field) {
  const bool is_message = field.type() == pb::FieldDescriptor::TYPE_MESSAGE && !field.is_map();
  return is_message && field.message_type()->file()->package() != "google.protobuf" ? field.message_type() : nullptr;
}

}  // namespace

std::optional<SchemaNodeId> OneofRules::make(const pb::Descriptor& message) {
  if (const auto known = made_.find(&message); known != made_.end()) return known->second;
  // What lies deeper is no field either: see the limit of the types.
  if (open_.size() > static_cast<std::size_t>(k_depth_max) || !open_.insert(&message).second) return std::nullopt;
  bytecode::SchemaNode node;
  // Those that `optional` makes come behind the real ones.
  for (int i = 0; i < message.real_oneof_decl_count(); ++i) {
    const pb::OneofDescriptor& choice = *message.oneof_decl(i);
    SchemaRule rule{.keyword = SchemaKeyword::at_most_one, .text = choice.name()};
    for (int j = 0; j < choice.field_count(); ++j) {
      for (std::string& name : names_of(*choice.field(j))) rule.names.push_back(std::move(name));
    }
    node.rules.push_back(std::move(rule));
  }
  SchemaRule parts{.keyword = SchemaKeyword::properties};
  for (int i = 0; i < message.field_count(); ++i) {
    const pb::FieldDescriptor& field = *message.field(i);
    const pb::Descriptor* inner = message_in(field);
    std::optional<SchemaNodeId> part = inner != nullptr ? make(*inner) : std::nullopt;
    if (!part) continue;
    if (field.is_repeated()) {
      result_.nodes.push_back({{{.keyword = SchemaKeyword::items, .nodes = {*part}}}});
      part = static_cast<SchemaNodeId>(result_.nodes.size() - 1);
    }
    for (std::string& name : names_of(field)) {
      parts.names.push_back(std::move(name));
      parts.nodes.push_back(*part);
    }
  }
  if (!parts.nodes.empty()) node.rules.push_back(std::move(parts));
  open_.erase(&message);
  if (node.rules.empty()) return made_[&message] = std::nullopt;
  result_.nodes.push_back(std::move(node));
  return made_[&message] = static_cast<SchemaNodeId>(result_.nodes.size() - 1);
}

std::vector<ImportedRule> OneofRules::list(const pb::Descriptor& message) {
  std::vector<ImportedRule> rules;
  std::vector<const pb::Descriptor*> messages = {&message};
  std::set<const pb::Descriptor*> seen = {&message};
  for (std::size_t at = 0; at < messages.size(); ++at) {
    const pb::Descriptor& each = *messages[at];
    for (int i = 0; i < each.real_oneof_decl_count(); ++i) {
      const pb::OneofDescriptor& choice = *each.oneof_decl(i);
      ImportedRule& rule = rules.emplace_back(ImportedRule{at == 0 ? choice.name() : choice.full_name(), "oneof", ""});
      for (int j = 0; j < choice.field_count(); ++j) rule.value += (j == 0 ? "" : ", ") + choice.field(j)->json_name();
    }
    for (int i = 0; i < each.field_count(); ++i) {
      const pb::Descriptor* inner = message_in(*each.field(i));
      if (inner != nullptr && seen.insert(inner).second) messages.push_back(inner);
    }
  }
  return rules;
}

}  // namespace wend::schema
