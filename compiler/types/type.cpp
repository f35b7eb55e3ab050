#include "compiler/types/type.h"

#include <algorithm>
#include <utility>

#include "runtime/bytecode/text_format.h"

namespace wend::types {

bool operator==(const Type& first, const Type& second) {
  if (first.kind != second.kind || first.optional != second.optional || first.format != second.format ||
      first.enumeration != second.enumeration || first.record != second.record || first.currency != second.currency) {
    return false;
  }
  if (!first.element_of || !second.element_of) return !first.element_of && !second.element_of;
  return *first.element_of == *second.element_of;
}

Type simple(Kind kind) {
  Type type;
  type.kind = kind;
  return type;
}

Type text(TextFormat format) {
  Type type = simple(Kind::text);
  type.format = format;
  return type;
}

Type money(std::string currency) {
  Type type = simple(Kind::money);
  type.currency = std::move(currency);
  return type;
}

Type enumeration(EnumId enum_id) {
  Type type = simple(Kind::enumeration);
  type.enumeration = enum_id;
  return type;
}

Type record(RecordId record_id) {
  Type type = simple(Kind::record);
  type.record = record_id;
  return type;
}

Type list_of(Type element) {
  Type type = simple(Kind::list);
  type.element_of = std::make_shared<const Type>(std::move(element));
  return type;
}

Type set_of(Type element) {
  Type type = list_of(std::move(element));
  type.kind = Kind::set;
  return type;
}

Type optional(Type type) {
  // The error type stays what it is: it already fits everything.
  if (!type.is_error()) type.optional = true;
  return type;
}

Type required(Type type) {
  type.optional = false;
  return type;
}

std::string to_string(Labels labels) {
  if (labels.pii && labels.sensitive) return "@pii and @sensitive";
  if (labels.pii) return "@pii";
  return labels.sensitive ? "@sensitive" : "";
}

std::optional<std::uint32_t> Enum::find(std::string_view value) const {
  for (std::uint32_t index = 0; index < values.size(); ++index) {
    if (values[index].name == value) return index;
  }
  return std::nullopt;
}

bool is_currency_code(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char letter) { return letter >= 'A' && letter <= 'Z'; });
}

std::optional<std::uint32_t> Record::find(std::string_view field) const {
  return find_field(fields, field);
}

std::optional<std::uint32_t> find_field(const std::vector<Field>& fields, std::string_view name) {
  for (std::uint32_t index = 0; index < fields.size(); ++index) {
    if (fields[index].name == name) return index;
  }
  return std::nullopt;
}

namespace {

std::string required_name(const Type& type, const TypeTable& table) {
  switch (type.kind) {
    case Kind::error:
      return "an unknown type";
    case Kind::absent:
      return "absent";
    case Kind::boolean:
      return "Bool";
    case Kind::integer:
      return "Int";
    case Kind::decimal:
      return "Decimal";
    case Kind::percent:
      return "Percent";
    case Kind::money:
      return "Money<" + type.currency + ">";
    case Kind::text:
      return bytecode::type_name(type.format);
    case Kind::instant:
      return "Instant";
    case Kind::date:
      return "Date";
    case Kind::time_of_day:
      return "TimeOfDay";
    case Kind::duration:
      return "Duration";
    case Kind::period:
      return "Period";
    case Kind::time_zone:
      return "TimeZone";
    case Kind::enumeration:
      return table.at(type.enumeration).name;
    case Kind::record:
      return table.at(type.record).name;
    case Kind::list:
      return "List<" + to_string(type.element(), table) + ">";
    case Kind::set:
      return "Set<" + to_string(type.element(), table) + ">";
    case Kind::delivery:
      return "Delivery";
  }
  return "";
}

}  // namespace

std::string to_string(const Type& type, const TypeTable& table) {
  return required_name(type, table) + (type.optional ? "?" : "");
}

Labels contained_labels(const Type& type, const TypeTable& table) {
  // Records cannot contain themselves, so the recursion ends.
  if (type.element_of) return contained_labels(type.element(), table);
  Labels labels;
  if (type.kind == Kind::record) {
    for (const Field& field : table.at(type.record).fields) labels = labels | field.labels | contained_labels(field.type, table);
  }
  return labels;
}

}  // namespace wend::types
