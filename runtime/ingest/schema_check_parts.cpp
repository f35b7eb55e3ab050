#include <fmt/format.h>

#include <algorithm>

#include "runtime/ingest/schema_check.h"

// Rules for objects and lists: what they have, and what their parts are held to.

namespace wend::ingest {

using bytecode::JsonKinds;
using bytecode::SchemaKeyword;
using bytecode::SchemaNodeId;

bool SchemaChecker::member(const Rule& rule, const Place& place, size_t index, SchemaNodeId node) {
  const PayloadMember& member = place.value.members[index];
  if (place.looked != nullptr) place.looked->members[index] = true;
  return obeys_part(rule, node, member.value, JsonPath{&place.path, member.name});
}

bool SchemaChecker::element(const Rule& rule, const Place& place, size_t index, SchemaNodeId node) {
  if (place.looked != nullptr) place.looked->elements[index] = true;
  return obeys_part(rule, node, place.value.elements[index], JsonPath{&place.path, {}, index, true});
}

// `false` has no name in a schema: what refuses is the keyword that it belongs to.
bool SchemaChecker::obeys_part(const Rule& rule, SchemaNodeId id, const PayloadValue& value, const JsonPath& path) {
  const Node& node = nodes_[static_cast<size_t>(id)];
  const bool refuses_all = node.rules.size() == 1 && node.rules.front().rule->keyword == SchemaKeyword::never;
  return refuses_all ? fail(rule, path, "nothing here") : obeys(id, value, path, nullptr);
}

bool SchemaChecker::obeys_object(const Node& node, const Rule& rule, const Place& place) {
  const size_t count = place.value.members.size();
  const auto judge_count = [&](bool good, const char* wanted) {
    return good || fail(rule, place.path, fmt::format("{} {} members, found {}", wanted, rule.rule->count, count));
  };
  switch (rule.rule->keyword) {
    case SchemaKeyword::min_properties:
      return judge_count(count >= rule.rule->count, "at least");
    case SchemaKeyword::max_properties:
      return judge_count(count <= rule.rule->count, "at most");
    case SchemaKeyword::required:
      for (const std::string& name : rule.rule->names) {
        if (!spend(1)) return false;
        if (!place.value.find(name)) return fail(rule, JsonPath{&place.path, name}, "a value");
      }
      return true;
    case SchemaKeyword::properties:
      return obeys_properties(rule, place);
    case SchemaKeyword::at_most_one:
      return obeys_one_member(rule, place);
    case SchemaKeyword::pattern_properties:
      return obeys_patterns(rule, place);
    case SchemaKeyword::additional_properties:
      return obeys_additional(node, rule, place);
    case SchemaKeyword::property_names:
      return std::ranges::all_of(place.value.members, [&](const PayloadMember& member) {
        const PayloadValue name{.kind = JsonKinds::string, .text = member.name};
        return obeys_part(rule, rule.rule->nodes.front(), name, JsonPath{&place.path, member.name});
      });
    default:
      return obeys_dependent(rule, place);
  }
}

bool SchemaChecker::obeys_one_member(const Rule& rule, const Place& place) {
  const std::string* found = nullptr;
  for (const std::string& name : rule.rule->names) {
    if (!spend(1)) return false;
    const auto index = place.value.find(name);
    if (!index || place.value.members[*index].value.kind == JsonKinds::null) continue;
    if (found != nullptr) {
      return fail(rule, JsonPath{&place.path, name}, fmt::format("nothing beside `{}`, as both are of the choice `{}`", *found, rule.rule->text));
    }
    found = &name;
  }
  return true;
}

bool SchemaChecker::obeys_properties(const Rule& rule, const Place& place) {
  const std::vector<std::string>& names = rule.rule->names;
  for (size_t i = 0; i < names.size(); ++i) {
    if (!spend(1)) return false;
    const auto found = place.value.find(names[i]);
    if (found && !member(rule, place, *found, rule.rule->nodes[i])) return false;
  }
  return true;
}

bool SchemaChecker::obeys_patterns(const Rule& rule, const Place& place) {
  for (size_t i = 0; i < place.value.members.size(); ++i) {
    for (size_t pattern = 0; pattern < rule.expressions.size(); ++pattern) {
      if (!spend(1 + place.value.members[i].name.size() / 16)) return false;
      if (rule.expressions[pattern].is_found_in(place.value.members[i].name) && !member(rule, place, i, rule.rule->nodes[pattern])) return false;
    }
  }
  return true;
}

// Members that neither `properties` nor `patternProperties` beside it speaks of.
bool SchemaChecker::obeys_additional(const Node& node, const Rule& rule, const Place& place) {
  const auto is_spoken_of = [&](std::string_view name) {
    return std::ranges::any_of(node.rules, [&](const Rule& beside) {
      if (beside.rule->keyword == SchemaKeyword::properties) return std::ranges::find(beside.rule->names, name) != beside.rule->names.end();
      if (beside.rule->keyword != SchemaKeyword::pattern_properties) return false;
      return std::ranges::any_of(beside.expressions, [&](const auto& expression) { return expression.is_found_in(name); });
    });
  };
  for (size_t i = 0; i < place.value.members.size(); ++i) {
    if (!spend(1)) return false;
    if (!is_spoken_of(place.value.members[i].name) && !member(rule, place, i, rule.rule->nodes.front())) return false;
  }
  return true;
}

bool SchemaChecker::obeys_dependent(const Rule& rule, const Place& place) {
  const std::vector<std::string>& names = rule.rule->names;
  if (rule.rule->keyword == SchemaKeyword::dependent_required) {
    if (!place.value.find(rule.rule->text)) return true;
    for (const std::string& name : names) {
      if (!place.value.find(name)) return fail(rule, JsonPath{&place.path, name}, fmt::format("a value beside `{}`", rule.rule->text));
    }
    return true;
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (place.value.find(names[i]) && !obeys(rule.rule->nodes[i], place.value, place.path, place.looked)) return false;
  }
  return true;
}

bool SchemaChecker::obeys_array(const Node& node, const Rule& rule, const Place& place) {
  const size_t count = place.value.elements.size();
  const auto judge_count = [&](bool good, const char* wanted) {
    return good || fail(rule, place.path, fmt::format("{} {} elements, found {}", wanted, rule.rule->count, count));
  };
  switch (rule.rule->keyword) {
    case SchemaKeyword::min_items:
      return judge_count(count >= rule.rule->count, "at least");
    case SchemaKeyword::max_items:
      return judge_count(count <= rule.rule->count, "at most");
    case SchemaKeyword::unique_items:
      return is_unique(place) || fail(rule, place.path, "no two elements that are equal");
    case SchemaKeyword::contains:
      return obeys_contains(node, rule, place);
    case SchemaKeyword::prefix_items:
      for (size_t i = 0; i < std::min(count, rule.rule->nodes.size()); ++i) {
        if (!element(rule, place, i, rule.rule->nodes[i])) return false;
      }
      return true;
    default: {
      const auto prefix = std::ranges::find_if(node.rules, [](const Rule& beside) { return beside.rule->keyword == SchemaKeyword::prefix_items; });
      for (size_t i = prefix == node.rules.end() ? 0 : prefix->rule->nodes.size(); i < count; ++i) {
        if (!element(rule, place, i, rule.rule->nodes.front())) return false;
      }
      return true;
    }
  }
}

bool SchemaChecker::obeys_contains(const Node& node, const Rule& rule, const Place& place) {
  uint64_t least = 1;
  uint64_t most = UINT64_MAX;
  for (const Rule& beside : node.rules) {
    if (beside.rule->keyword == SchemaKeyword::min_contains) least = beside.rule->count;
    if (beside.rule->keyword == SchemaKeyword::max_contains) most = beside.rule->count;
  }
  uint64_t found = 0;
  for (size_t i = 0; i < place.value.elements.size(); ++i) {
    ++quiet_;
    const bool good = obeys(rule.rule->nodes.front(), place.value.elements[i], JsonPath{&place.path, {}, i, true}, nullptr);
    --quiet_;
    if (good && place.looked != nullptr) place.looked->elements[i] = true;
    found += good ? 1 : 0;
  }
  if (found < least) return fail(rule, place.path, fmt::format("at least {} elements of a kind, found {}", least, found));
  return found <= most || fail(rule, place.path, fmt::format("at most {} elements of a kind, found {}", most, found));
}

bool SchemaChecker::is_unique(const Place& place) {
  std::vector<std::string> canonical(place.value.elements.size());
  size_t bytes = 0;
  for (size_t i = 0; i < canonical.size(); ++i) {
    append_canonical(place.value.elements[i], canonical[i]);
    bytes += canonical[i].size();
  }
  if (!spend(canonical.size() + bytes / 16)) return false;
  std::ranges::sort(canonical);
  return std::ranges::adjacent_find(canonical) == canonical.end();
}

bool SchemaChecker::obeys_unevaluated(const Rule& rule, const Place& place) {
  if (rule.rule->keyword == SchemaKeyword::unevaluated_properties) {
    for (size_t i = 0; i < place.value.members.size(); ++i) {
      if (!place.looked->members[i] && !member(rule, place, i, rule.rule->nodes.front())) return false;
    }
  }
  if (rule.rule->keyword == SchemaKeyword::unevaluated_items) {
    for (size_t i = 0; i < place.value.elements.size(); ++i) {
      if (!place.looked->elements[i] && !element(rule, place, i, rule.rule->nodes.front())) return false;
    }
  }
  return true;
}

}  // namespace wend::ingest
