#include "runtime/ingest/schema_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/utf8.h"
#include "runtime/ingest/schema_formats.h"
#include "runtime/ingest/value_text.h"

// The rules themselves, and those for single values; objects and lists are in schema_check_parts.cpp.

namespace wend::ingest {

using bytecode::JsonKinds;
using bytecode::SchemaKeyword;
using bytecode::SchemaNodeId;

namespace {

uint32_t bit(JsonKinds kind) { return static_cast<uint32_t>(kind); }

const char* name_of(JsonKinds kind) {
  switch (kind) {
    case JsonKinds::null:
      return "null";
    case JsonKinds::boolean:
      return "true or false";
    case JsonKinds::integer:
      return "a whole number";
    case JsonKinds::number:
      return "a number";
    case JsonKinds::string:
      return "a text";
    case JsonKinds::array:
      return "a list";
    case JsonKinds::object:
      return "an object";
  }
  return "";
}

std::string names_of(uint32_t kinds) {
  std::string text;
  for (const JsonKinds kind : {JsonKinds::null, JsonKinds::boolean, JsonKinds::integer, JsonKinds::number, JsonKinds::string, JsonKinds::array,
                               JsonKinds::object}) {
    if ((kinds & bit(kind)) != 0) text += fmt::format("{}{}", text.empty() ? "" : " or ", name_of(kind));
  }
  return text;
}

}  // namespace

SchemaChecker::SchemaChecker(const bytecode::Program& program) : program_(program) {
  nodes_.resize(program.schema_nodes.size());
  for (size_t i = 0; i < nodes_.size(); ++i) {
    for (const bytecode::SchemaRule& rule : program.schema_nodes[i].rules) prepare(rule, nodes_[i]);
  }
}

void SchemaChecker::prepare(const bytecode::SchemaRule& rule, Node& node) {
  const bytecode::SchemaKeywordInfo& info = *bytecode::schema_keyword_info(rule.keyword);
  Rule& made = node.rules.emplace_back();
  made.rule = &rule;
  if (info.text == bytecode::SchemaText::number) made.number = *bytecode::JsonNumber::parse(rule.text);
  if (info.text == bytecode::SchemaText::expression) made.expressions.push_back(*bytecode::Expression::compile(rule.text));
  if (info.names == bytecode::SchemaNames::expressions) {
    for (const std::string& name : rule.names) made.expressions.push_back(*bytecode::Expression::compile(name));
  }
  if (rule.keyword == SchemaKeyword::one_of_values) {
    made.values.assign(rule.names.begin(), rule.names.end());
    std::ranges::sort(made.values);
  }
  if (rule.keyword == SchemaKeyword::unevaluated_properties || rule.keyword == SchemaKeyword::unevaluated_items) node.has_unevaluated = true;
}

bool SchemaChecker::check(SchemaNodeId node, std::string_view text, const JsonPath& path, JsonReader& reader) {
  PayloadValue value;
  if (const auto error = payload_.parse(text, value)) return reader.fail(error, path);
  reader_ = &reader;
  steps_ = 0;
  exhausted_ = false;
  quiet_ = 0;
  const bool good = obeys(node, value, path, nullptr);
  if (!exhausted_) return good;
  return reader.fail(RejectReason::against_schema, path, fmt::format("its schema asks for more than {} steps to check it", k_schema_steps_max));
}

bool SchemaChecker::spend(uint64_t steps) {
  steps_ += steps;
  exhausted_ = exhausted_ || steps_ > k_schema_steps_max;
  return !exhausted_;
}

bool SchemaChecker::fail(const Rule& rule, const JsonPath& path, std::string expected) {
  if (quiet_ > 0) return false;
  const bool is_const = rule.rule->keyword == SchemaKeyword::one_of_values && !rule.rule->text.empty();
  const std::string_view keyword = is_const ? std::string_view(rule.rule->text) : bytecode::schema_keyword_info(rule.rule->keyword)->name;
  return reader_->fail(RejectReason::against_schema, path, fmt::format("expected {} (`{}` of its schema)", expected, keyword));
}

bool SchemaChecker::obeys(SchemaNodeId id, const PayloadValue& value, const JsonPath& path, Looked* looked) {
  const Node& node = nodes_[static_cast<size_t>(id)];
  if (!spend(1)) return false;
  Looked own;
  Looked* asked = looked;
  if (node.has_unevaluated) {
    own.members.resize(value.members.size());
    own.elements.resize(value.elements.size());
    asked = &own;
  }
  const Place place{value, path, asked};
  for (const Rule& rule : node.rules) {
    if (!obeys_rule(node, rule, place)) return false;
  }
  if (!node.has_unevaluated) return true;
  for (const Rule& rule : node.rules) {
    if (!obeys_unevaluated(rule, place)) return false;
  }
  if (looked != nullptr) {
    for (size_t i = 0; i < own.members.size(); ++i) looked->members[i] = looked->members[i] || own.members[i];
    for (size_t i = 0; i < own.elements.size(); ++i) looked->elements[i] = looked->elements[i] || own.elements[i];
  }
  return true;
}

// The node for the same value, where breaking it is no fault by itself. What it looked at counts only when it is obeyed.
bool SchemaChecker::obeys_quietly(SchemaNodeId node, const Place& place) {
  Looked copy;
  if (place.looked != nullptr) copy = *place.looked;
  ++quiet_;
  const bool good = obeys(node, place.value, place.path, place.looked != nullptr ? &copy : nullptr);
  --quiet_;
  if (good && place.looked != nullptr) *place.looked = std::move(copy);
  return good;
}

bool SchemaChecker::obeys_rule(const Node& node, const Rule& rule, const Place& place) {
  switch (rule.rule->keyword) {
    case SchemaKeyword::never:
      return fail(rule, place.path, "nothing here");
    case SchemaKeyword::type:
      return obeys_type(rule, place);
    case SchemaKeyword::one_of_values:
      return obeys_enum(rule, place);
    case SchemaKeyword::minimum:
    case SchemaKeyword::maximum:
    case SchemaKeyword::above:
    case SchemaKeyword::below:
    case SchemaKeyword::multiple_of:
      return place.value.kind != JsonKinds::number || obeys_number(rule, place);
    case SchemaKeyword::min_length:
    case SchemaKeyword::max_length:
    case SchemaKeyword::pattern:
    case SchemaKeyword::format:
      return place.value.kind != JsonKinds::string || obeys_text(rule, place);
    case SchemaKeyword::required:
    case SchemaKeyword::properties:
    case SchemaKeyword::pattern_properties:
    case SchemaKeyword::additional_properties:
    case SchemaKeyword::property_names:
    case SchemaKeyword::min_properties:
    case SchemaKeyword::max_properties:
    case SchemaKeyword::dependent_required:
    case SchemaKeyword::dependent_schemas:
    case SchemaKeyword::at_most_one:
      return place.value.kind != JsonKinds::object || obeys_object(node, rule, place);
    case SchemaKeyword::prefix_items:
    case SchemaKeyword::items:
    case SchemaKeyword::contains:
    case SchemaKeyword::min_items:
    case SchemaKeyword::max_items:
    case SchemaKeyword::unique_items:
      return place.value.kind != JsonKinds::array || obeys_array(node, rule, place);
    case SchemaKeyword::all_of:
    case SchemaKeyword::any_of:
    case SchemaKeyword::one_of:
    case SchemaKeyword::not_:
    case SchemaKeyword::condition:
    case SchemaKeyword::refer:
      return obeys_choice(rule, place);
    case SchemaKeyword::min_contains:
    case SchemaKeyword::max_contains:
    case SchemaKeyword::unevaluated_properties:
    case SchemaKeyword::unevaluated_items:
      return true;  // asked with `contains`, and after everything else
  }
  return false;
}

bool SchemaChecker::obeys_type(const Rule& rule, const Place& place) {
  const uint32_t kinds = rule.rule->count;
  if ((kinds & bit(place.value.kind)) != 0) return true;
  if (place.value.kind == JsonKinds::number && (kinds & bit(JsonKinds::integer)) != 0) {
    const auto number = bytecode::JsonNumber::parse(place.value.text);
    if (number && number->is_integer()) return true;
  }
  return fail(rule, place.path, fmt::format("{}, found {}", names_of(kinds), name_of(place.value.kind)));
}

bool SchemaChecker::obeys_enum(const Rule& rule, const Place& place) {
  std::string canonical;
  append_canonical(place.value, canonical);
  if (!spend(canonical.size() / 16)) return false;
  if (std::ranges::binary_search(rule.values, std::string_view(canonical))) return true;
  return fail(rule, place.path, rule.values.size() == 1 ? "the one value that may stand here" : fmt::format("one of {} values", rule.values.size()));
}

bool SchemaChecker::obeys_number(const Rule& rule, const Place& place) {
  if (!spend(place.value.text.size() / 16)) return false;
  const auto parsed = bytecode::JsonNumber::parse(place.value.text);
  if (!parsed) return fail(rule, place.path, "a number");
  const bytecode::JsonNumber& value = *parsed;
  const auto judge = [&](bool good, const char* wanted) {
    return good || fail(rule, place.path, fmt::format("{} {}, found {}", wanted, rule.rule->text, excerpt(place.value.text)));
  };
  switch (rule.rule->keyword) {
    case SchemaKeyword::minimum:
      return judge(value >= rule.number, "at least");
    case SchemaKeyword::maximum:
      return judge(value <= rule.number, "at most");
    case SchemaKeyword::above:
      return judge(value > rule.number, "more than");
    case SchemaKeyword::below:
      return judge(value < rule.number, "less than");
    default:
      return judge(bytecode::is_multiple(value, rule.number), "a multiple of");
  }
}

bool SchemaChecker::obeys_text(const Rule& rule, const Place& place) {
  const std::string_view text = place.value.text;
  if (!spend(text.size() / 16)) return false;
  switch (rule.rule->keyword) {
    case SchemaKeyword::min_length:
    case SchemaKeyword::max_length: {
      const bool at_least = rule.rule->keyword == SchemaKeyword::min_length;
      const auto length = static_cast<uint64_t>(count_code_points(text));
      if (at_least ? length >= rule.rule->count : length <= rule.rule->count) return true;
      return fail(rule, place.path, fmt::format("{} {} characters, found {}", at_least ? "at least" : "at most", rule.rule->count, length));
    }
    case SchemaKeyword::pattern:
      if (rule.expressions.front().is_found_in(text)) return true;
      return fail(rule, place.path, fmt::format("a text like `{}`, found \"{}\"", rule.rule->names.empty() ? rule.rule->text : rule.rule->names.front(), excerpt(text)));
    default: {
      const auto format = static_cast<bytecode::SchemaFormat>(rule.rule->count);
      if (is_of_format(format, text)) return true;
      return fail(rule, place.path, fmt::format("{}, found \"{}\"", bytecode::schema_format_description(format), excerpt(text)));
    }
  }
}

bool SchemaChecker::obeys_choice(const Rule& rule, const Place& place) {
  const std::vector<SchemaNodeId>& nodes = rule.rule->nodes;
  switch (rule.rule->keyword) {
    case SchemaKeyword::refer:
    case SchemaKeyword::all_of:
      return std::ranges::all_of(nodes, [&](SchemaNodeId node) { return obeys(node, place.value, place.path, place.looked); });
    case SchemaKeyword::not_: {
      const Place blind{place.value, place.path, nullptr};
      return !obeys_quietly(nodes.front(), blind) ? !exhausted_ : fail(rule, place.path, "something else");
    }
    case SchemaKeyword::condition:
      return obeys(obeys_quietly(nodes[0], place) ? nodes[1] : nodes[2], place.value, place.path, place.looked);
    default: {
      // Every branch is asked, because each may look at more.
      const auto good = std::ranges::count_if(nodes, [&](SchemaNodeId node) { return obeys_quietly(node, place); });
      if (rule.rule->keyword == SchemaKeyword::any_of) {
        return good > 0 || fail(rule, place.path, fmt::format("something that one of {} schemas accepts", nodes.size()));
      }
      return good == 1 || fail(rule, place.path, fmt::format("something that exactly one of {} schemas accepts; {} do", nodes.size(), good));
    }
  }
}

}  // namespace wend::ingest
