#include "runtime/ingest/csv_binding.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "runtime/ingest/json_value.h"
#include "runtime/ingest/value_text.h"

namespace wend::ingest {

using bytecode::FieldInfo;
using bytecode::Type;
using bytecode::TypeId;
using bytecode::ValueKind;

namespace {

std::string names_of(std::span<const FieldInfo> fields) {
  std::string names;
  for (const FieldInfo& field : fields) names += fmt::format("{}`{}`", names.empty() ? "" : ", ", field.wire);
  return names;
}

}  // namespace

size_t Binder::column(const std::string& name, const std::string& where) {
  const auto found = std::ranges::find(columns_, name);
  if (found != columns_.end()) return static_cast<size_t>(found - columns_.begin());
  fail(fmt::format("{}: the file has no column `{}`; it has: {}", where, name, fmt::join(columns_, ", ")));
  return 0;
}

Text Binder::text(const TextExpression& rule, const std::string& where) {
  Text bound{.column = std::nullopt, .rule = &rule};
  if (rule.column) bound.column = column(*rule.column, where);
  return bound;
}

EventRule Binder::event(const CsvEvent& rule) {
  EventRule bound{.name = rule.name};
  const std::string where = fmt::format("event `{}`", rule.name);
  for (const ColumnCondition& condition : rule.conditions) bound.conditions.push_back({column(condition.column, where), &condition});
  const auto found = std::ranges::find(program_.events, rule.name, &bytecode::Event::wire);
  if (found == program_.events.end()) return bound;
  bound.event = static_cast<bytecode::EventId>(found - program_.events.begin());
  bound.sources.resize(found->fields.size());
  for (const FieldInfo& field : found->fields) bound.types.push_back(field.type);
  for (const auto& [name, expression] : rule.properties) {
    const size_t index = find_field(found->fields, name, 0);
    if (index == std::string_view::npos) {
      fail(fmt::format("{}: it has no field `{}`; it has: {}", where, name, names_of(found->fields)));
    } else {
      bound.sources[index] = source(expression, found->fields[index], fmt::format("{}, `{}`", where, name));
    }
  }
  for (size_t i = 0; i < found->fields.size(); ++i) {
    const bool is_given = !std::holds_alternative<std::monostate>(bound.sources[i]);
    if (!is_given && !found->fields[i].default_value && !program_.type(found->fields[i].type).optional) {
      fail(fmt::format("{}: its required field `{}` is not mapped to anything", where, found->fields[i].wire));
    }
  }
  return bound;
}

Source Binder::source(const PropertyExpression& expression, const FieldInfo& field, const std::string& where) {
  const ValueKind kind = program_.type(field.type).kind;
  if (const auto* rule = std::get_if<TextExpression>(&expression)) {
    if (kind == ValueKind::record || kind == ValueKind::list) fail(where + ": a column cannot fill a record or a list; use `each`");
    return text(*rule, where);
  }
  if (const auto* rule = std::get_if<SumExpression>(&expression)) {
    if (kind != ValueKind::decimal && kind != ValueKind::integer) fail(where + ": `sum` gives a number");
    Sum sum;
    for (const SumExpression::Factor& factor : rule->factors) {
      Factor& bound = sum.factors.emplace_back();
      if (factor.column.empty()) {
        bound.number = *Decimal::parse(factor.number);
      } else {
        bound.column = column(factor.column, where);
      }
    }
    return sum;
  }
  if (const auto* rule = std::get_if<EachExpression>(&expression)) return each(*rule, field.type, where);
  if (kind != ValueKind::integer) fail(where + ": `count` gives a whole number");
  return Count{};
}

Each Binder::each(const EachExpression& expression, TypeId type_id, const std::string& where) {
  Each bound;
  const Type& type = program_.type(type_id);
  if (type.kind != ValueKind::list || program_.type(type.element).kind != ValueKind::record) {
    fail(where + ": `each` gives a list of records");
    return bound;
  }
  const auto& fields = program_.records[static_cast<size_t>(program_.type(type.element).record)].fields;
  bound.members.resize(fields.size());
  for (const auto& [name, rule] : expression.members) {
    const size_t index = find_field(fields, name, 0);
    if (index == std::string_view::npos) {
      fail(fmt::format("{}: the record has no field `{}`; it has: {}", where, name, names_of(fields)));
    } else {
      bound.members[index] = text(rule, where);
    }
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!bound.members[i] && !fields[i].default_value && !program_.type(fields[i].type).optional) {
      fail(fmt::format("{}: the record's required field `{}` is not mapped to anything", where, fields[i].wire));
    }
  }
  return bound;
}

Trait Binder::trait(const std::string& name, const TextExpression& rule) {
  const std::string where = fmt::format("trait `{}`", name);
  const auto found = std::ranges::find(program_.attributes, name, &bytecode::Attribute::trait);
  if (found == program_.attributes.end()) {
    std::string names;
    for (const bytecode::Attribute& each : program_.attributes) names += fmt::format("{}`{}`", names.empty() ? "" : ", ", each.trait());
    fail(fmt::format("{}: customers have no such attribute; they have: {}", where, names));
    return {};
  }
  const Type& type = program_.type(found->type);
  if (type.kind == ValueKind::record || type.kind == ValueKind::list) fail(where + ": a column cannot fill a record or a list");
  if (name == "id" && type.format == bytecode::TextFormat::id) fail(where + ": who the customer is, `user` says");
  return {static_cast<bytecode::AttributeId>(found - program_.attributes.begin()), text(rule, where)};
}

}  // namespace wend::ingest
