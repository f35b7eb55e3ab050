#include "compiler/schema/avro.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "compiler/schema/avro_names.h"
#include "runtime/bytecode/packed.h"

namespace wend::schema {

using avro::Logical;
using avro::Shape;
using types::Type;

namespace {

constexpr std::int64_t k_decimal_digits_max = 34;

/// A schema where it stands: the namespace there, and its path for people ("com.shop.Order.lines[]").
struct At {
  std::string space;
  std::string path;
};

std::optional<std::int64_t> whole_number(const JsonNode* node) {
  std::int64_t number = 0;
  if (node == nullptr || node->kind != JsonKind::number) return std::nullopt;
  const char* end = node->text.data() + node->text.size();
  const auto [at, failure] = std::from_chars(node->text.data(), end, number);
  return failure == std::errc() && at == end ? std::optional(number) : std::nullopt;
}

bool is_null(const JsonNode& schema) {
  return schema.kind == JsonKind::string ? schema.text == "null" : text_member(schema, "type") == "null";
}

class AvroConverter {
 public:
  AvroConverter(const JsonNode& root, types::TypeTable& table, ImportResult& result) : root_(root), table_(table), result_(result), maker_(table, result) {}

  void import(const std::vector<Wanted>& wanted);

 private:
  void import_type(const Wanted& wanted);
  void import_event(const Wanted& wanted);
  std::optional<Type> convert(const JsonNode& schema, const At& at);
  std::optional<Type> convert_word(const JsonNode& schema, const std::string& word, const At& at);
  std::optional<Type> convert_object(const JsonNode& schema, const At& at);
  std::optional<Type> convert_scalar(const JsonNode& schema, Shape shape, const At& at);
  std::optional<Type> convert_array(const JsonNode& schema, const At& at);
  std::optional<Type> convert_union(const JsonNode& schema, const At& at);
  std::optional<Type> convert_named(const AvroNamed& named, source::Span used, const std::string& path, bool listed);
  std::optional<Type> convert_enum(const AvroNamed& named, const std::string& path, bool listed);
  std::optional<std::vector<types::Field>> convert_fields(const AvroNamed& record);
  bool convert_field(const JsonNode& node, const AvroNamed& record, std::vector<types::Field>& fields);
  void take_default(const JsonNode& value, bool is_binary, const std::string& path, types::Field& field);
  bool is_binary(const JsonNode& schema, const std::string& space) const;
  std::optional<types::ConstantValue> constant_of(const JsonNode& value, const Type& type) const;
  std::string name_of(const JsonNode& schema, const At& at) const;

  const JsonNode& root_;
  types::TypeTable& table_;
  ImportResult& result_;
  TypeMaker maker_;
  AvroNames names_;
  std::vector<SchemaName> records_;
  std::vector<SchemaName> enums_;
  std::map<const AvroNamed*, Type> converted_;
  std::set<const AvroNamed*> open_;
  int depth_ = 0;
};

void AvroConverter::import(const std::vector<Wanted>& wanted) {
  if (!wanted.empty()) maker_.set_wanted(wanted.front());
  if (!names_.collect(root_, maker_)) return;
  for (std::size_t i = 0; i < names_.all().size(); ++i) {
    const AvroNamed& named = names_.all()[i];
    if (named.shape == Shape::record) records_.push_back({named.full, i});
    if (named.shape == Shape::enumeration) enums_.push_back({named.full, i});
  }
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

void AvroConverter::import_type(const Wanted& wanted) {
  const bool is_enum = wanted.kind == WantedKind::enumeration;
  const SchemaName* found = maker_.find(is_enum ? enums_ : records_, is_enum ? "enum" : "record");
  if (found == nullptr) return;
  const AvroNamed& named = names_.all()[found->index];
  if (const auto known = converted_.find(&named); known != converted_.end()) return maker_.list(known->second);
  convert_named(named, wanted.span, named.full, true);
}

void AvroConverter::import_event(const Wanted& wanted) {
  const SchemaName* found = maker_.find(records_, "record");
  if (found == nullptr) return;
  const AvroNamed& named = names_.all()[found->index];
  open_.insert(&named);
  auto fields = convert_fields(named);
  open_.erase(&named);
  if (!fields) return;
  ImportedEvent event{wanted.name, wanted.from.value_or(wanted.name), std::move(*fields), wanted.span, {}};
  // Files are written with full names, and older ones with the aliases.
  if (named.full != event.wire) event.also.push_back(named.full);
  for (const std::string& alias : named.aliases) {
    if (alias != event.wire) event.also.push_back(alias);
  }
  result_.events.push_back(std::move(event));
}

std::optional<Type> AvroConverter::convert(const JsonNode& schema, const At& at) {
  if (depth_ == k_depth_max) {
    maker_.unsupported(schema.span, at.path, "nesting this deep");
    return std::nullopt;
  }
  ++depth_;
  std::optional<Type> type;
  if (schema.kind == JsonKind::string) {
    type = convert_word(schema, schema.text, at);
  } else if (schema.kind == JsonKind::array) {
    type = convert_union(schema, at);
  } else {
    type = convert_object(schema, at);
  }
  --depth_;
  return type;
}

std::optional<Type> AvroConverter::convert_word(const JsonNode& schema, const std::string& word, const At& at) {
  if (const auto shape = avro::shape_of(word)) {
    if (*shape < Shape::record) return convert_scalar(schema, *shape, at);
    maker_.wrong_shape(schema.span, at.path, "an object: `" + word + "` needs more than its name");
    return std::nullopt;
  }
  if (const AvroNamed* named = names_.find(word, at.space)) return convert_named(*named, schema.span, at.path, false);
  maker_.report(diag::Diagnostic(diag::Kind::schema_unknown_type, schema.span).with("path", at.path).with("name", word));
  return std::nullopt;
}

std::optional<Type> AvroConverter::convert_object(const JsonNode& schema, const At& at) {
  const JsonNode& type = *schema.value("type");
  if (type.kind != JsonKind::string) return convert(type, at);
  const auto shape = avro::shape_of(type.text);
  if (!shape) return convert_word(type, type.text, at);
  switch (*shape) {
    case Shape::array:
      return convert_array(schema, at);
    case Shape::map:
      maker_.unsupported(type.span, at.path, "an open map");
      return std::nullopt;
    case Shape::record:
    case Shape::enumeration:
      return convert_named(*names_.find(schema), schema.span, at.path, false);
    case Shape::null:
    case Shape::boolean:
    case Shape::int32:
    case Shape::int64:
    case Shape::float32:
    case Shape::float64:
    case Shape::bytes:
    case Shape::string:
    case Shape::fixed:
      break;
  }
  return convert_scalar(schema, *shape, at);
}

std::optional<Type> AvroConverter::convert_scalar(const JsonNode& schema, Shape shape, const At& at) {
  const auto size = whole_number(schema.value("size"));
  switch (avro::logical_of(text_member(schema, "logicalType"), shape, static_cast<std::uint64_t>(size.value_or(0)))) {
    case Logical::none:
      break;
    case Logical::decimal: {
      const auto precision = whole_number(schema.value("precision"));
      if (!precision || *precision <= 0) {
        maker_.wrong_shape(schema.span, at.path, "`precision`: how many digits the decimal has");
        return std::nullopt;
      }
      if (*precision > k_decimal_digits_max) {
        maker_.unsupported(schema.find("precision")->value.span, at.path, "a decimal of " + std::to_string(*precision) + " digits (34 are the most)");
        return std::nullopt;
      }
      return types::simple(types::Kind::decimal);
    }
    case Logical::uuid:
      return types::text(types::TextFormat::id);
    case Logical::date:
      return types::simple(types::Kind::date);
    case Logical::time_millis:
    case Logical::time_micros:
      return types::simple(types::Kind::time_of_day);
    case Logical::timestamp_millis:
    case Logical::timestamp_micros:
    case Logical::timestamp_nanos:
      return types::simple(types::Kind::instant);
    case Logical::local_timestamp:
      maker_.unsupported(schema.find("logicalType")->value.span, at.path, "a local time without its zone");
      return std::nullopt;
    case Logical::duration:
      maker_.unsupported(schema.find("logicalType")->value.span, at.path, "a span of months, days and milliseconds in one");
      return std::nullopt;
  }
  if (shape == Shape::null) {
    maker_.unsupported(schema.span, at.path, "a value that is always null");
    return std::nullopt;
  }
  if (shape == Shape::boolean) return types::simple(types::Kind::boolean);
  if (shape == Shape::int32 || shape == Shape::int64) return types::simple(types::Kind::integer);
  if (shape == Shape::float32 || shape == Shape::float64) return types::simple(types::Kind::decimal);
  return types::text();
}

std::optional<Type> AvroConverter::convert_array(const JsonNode& schema, const At& at) {
  const JsonNode& items = *schema.value("items");
  const std::optional<Type> element = convert(items, {at.space, at.path + "[]"});
  if (!element) return std::nullopt;
  if (element->optional) {
    maker_.unsupported(items.span, at.path + "[]", "an array with nulls in it");
    return std::nullopt;
  }
  return types::list_of(*element);
}

// What a branch of a union is called in a message.
std::string AvroConverter::name_of(const JsonNode& schema, const At& at) const {
  if (schema.kind == JsonKind::string) {
    const AvroNamed* named = avro::shape_of(schema.text) ? nullptr : names_.find(schema.text, at.space);
    return named != nullptr ? named->full : schema.text;
  }
  const AvroNamed* named = names_.find(schema);
  return named != nullptr ? named->full : text_member(schema, "type");
}

std::optional<Type> AvroConverter::convert_union(const JsonNode& schema, const At& at) {
  std::vector<const JsonNode*> branches;
  for (const JsonNode& branch : schema.elements) {
    if (!is_null(branch)) branches.push_back(&branch);
  }
  if (branches.size() == 1) {
    std::optional<Type> type = convert(*branches.front(), at);
    if (type && schema.elements.size() > 1) type = types::optional(*type);
    return type;
  }
  std::string names;
  for (std::size_t i = 0; i < branches.size(); ++i) {
    names += (i == 0 ? "" : i + 1 == branches.size() ? " and " : ", ") + name_of(*branches[i], at);
  }
  maker_.unsupported(schema.span, at.path, branches.empty() ? "a value that is always null" : "a choice of " + names);
  return std::nullopt;
}

std::optional<Type> AvroConverter::convert_named(const AvroNamed& named, source::Span used, const std::string& path, bool listed) {
  if (named.shape == Shape::fixed) return convert_scalar(*named.node, named.shape, {avro::namespace_of(named.full), path});
  if (const auto known = converted_.find(&named); known != converted_.end()) return known->second;
  if (open_.contains(&named)) {
    maker_.unsupported(used, path, "a recursive type");
    return std::nullopt;
  }
  std::optional<Type> type;
  if (named.shape == Shape::enumeration) {
    type = convert_enum(named, path, listed);
  } else {
    open_.insert(&named);
    auto fields = convert_fields(named);
    open_.erase(&named);
    if (fields) type = maker_.add_record(std::move(*fields), short_name(named.full), named.node->span, listed);
  }
  if (type) converted_.emplace(&named, *type);
  return type;
}

std::optional<Type> AvroConverter::convert_enum(const AvroNamed& named, const std::string& path, bool listed) {
  const JsonNode* symbols = named.node->value("symbols");
  const auto is_text = [](const JsonNode& symbol) { return symbol.kind == JsonKind::string && !symbol.text.empty(); };
  if (symbols == nullptr || symbols->elements.empty() || !std::ranges::all_of(symbols->elements, is_text)) {
    maker_.wrong_shape(symbols != nullptr ? symbols->span : named.node->span, path, "`symbols`: a list of names");
    return std::nullopt;
  }
  types::Enum made{"", {}, symbols->span};
  for (const JsonNode& symbol : symbols->elements) made.values.push_back({value_name(made, symbol.text), symbol.text, symbol.span});
  return maker_.add_enum(std::move(made), short_name(named.full), listed);
}

std::optional<std::vector<types::Field>> AvroConverter::convert_fields(const AvroNamed& record) {
  std::vector<types::Field> fields;
  bool complete = true;
  for (const JsonNode& node : record.node->value("fields")->elements) complete = convert_field(node, record, fields) && complete;
  return complete ? std::optional(std::move(fields)) : std::nullopt;
}

bool AvroConverter::convert_field(const JsonNode& node, const AvroNamed& record, std::vector<types::Field>& fields) {
  const std::string name = text_member(node, "name");
  const std::string path = record.full + "." + name;
  std::optional<Type> type = convert(*node.value("type"), {avro::namespace_of(record.full), path});
  if (!type) return false;
  types::Field field{"", name, *type, {}, node.value("name")->span};
  if (const JsonNode* aliases = node.value("aliases")) {
    for (const JsonNode& alias : aliases->elements) {
      if (alias.kind == JsonKind::string && alias.text != name) field.also.push_back(alias.text);
    }
  }
  if (const JsonMember* value = node.find("default")) {
    take_default(value->value, is_binary(*node.value("type"), avro::namespace_of(record.full)), path, field);
  }
  return maker_.add_field(fields, name, std::move(field), path);
}

// Bytes, also those of an optional field: their defaults are not written as their values are.
bool AvroConverter::is_binary(const JsonNode& schema, const std::string& space) const {
  if (schema.kind == JsonKind::array) return std::ranges::any_of(schema.elements, [&](const JsonNode& each) { return is_binary(each, space); });
  if (schema.kind == JsonKind::object) return is_binary(*schema.value("type"), space);
  if (schema.text == "bytes" || schema.text == "fixed") return true;
  const AvroNamed* named = avro::shape_of(schema.text) ? nullptr : names_.find(schema.text, space);
  return named != nullptr && named->shape == Shape::fixed;
}

// Avro: the value of a field that whoever wrote the event did not know yet. Null is what an optional field is without one.
void AvroConverter::take_default(const JsonNode& value, bool is_binary, const std::string& path, types::Field& field) {
  if (value.kind == JsonKind::null && field.type.optional) return;
  if (!is_binary) field.default_value = constant_of(value, types::required(field.type));
  if (field.default_value) return;
  maker_.report(diag::Diagnostic(diag::Kind::schema_default_ignored, value.span).with("path", path));
}

std::optional<types::ConstantValue> AvroConverter::constant_of(const JsonNode& value, const Type& type) const {
  switch (type.kind) {
    case types::Kind::boolean:
      if (value.kind != JsonKind::boolean) return std::nullopt;
      return value.boolean ? 1 : 0;
    case types::Kind::integer:
    case types::Kind::date: {
      const auto number = whole_number(&value);
      return number ? std::optional<types::ConstantValue>(*number) : std::nullopt;
    }
    case types::Kind::decimal: {
      const auto number = value.kind == JsonKind::number ? Decimal::parse(value.text) : std::nullopt;
      return number ? std::optional<types::ConstantValue>(*number) : std::nullopt;
    }
    case types::Kind::text:
      if (value.kind != JsonKind::string || type.format != types::TextFormat::plain) return std::nullopt;
      return value.text;
    case types::Kind::enumeration: {
      const auto& values = table_.at(type.enumeration).values;
      const auto found = std::ranges::find(values, value.text, &types::EnumValue::wire);
      if (value.kind != JsonKind::string || found == values.end()) return std::nullopt;
      return static_cast<std::int64_t>(found - values.begin());
    }
    case types::Kind::list:
      if (value.kind != JsonKind::array || !value.elements.empty()) return std::nullopt;
      return std::string(bytecode::k_empty_list);
    case types::Kind::error:
    case types::Kind::absent:
    case types::Kind::percent:
    case types::Kind::money:
    case types::Kind::instant:
    case types::Kind::time_of_day:
    case types::Kind::duration:
    case types::Kind::period:
    case types::Kind::time_zone:
    case types::Kind::record:
    case types::Kind::set:
    case types::Kind::delivery:
      break;
  }
  return std::nullopt;
}

}  // namespace

ImportResult import_avro(const source::SourceFile& file, const std::vector<Wanted>& wanted, types::TypeTable& table) {
  ImportResult result;
  const auto root = parse_json(file);
  if (!root) {
    report_json_error(root.error(), result);
    return result;
  }
  AvroConverter(*root, table, result).import(wanted);
  return result;
}

}  // namespace wend::schema
