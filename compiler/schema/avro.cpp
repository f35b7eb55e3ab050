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
  void import_event();
  Converted convert(const JsonNode& schema, const At& at);
  Converted convert_word(const JsonNode& schema, const std::string& word, const At& at);
  Converted convert_object(const JsonNode& schema, const At& at);
  Converted convert_scalar(const JsonNode& schema, Shape shape, const At& at);
  Converted convert_array(const JsonNode& schema, const At& at);
  Converted convert_union(const JsonNode& schema, const At& at);
  Converted convert_named(const AvroNamed& named, source::Span used, const std::string& path, bool listed);
  Converted convert_enum(const AvroNamed& named, const std::string& path, bool listed);
  MadeFields convert_fields(const AvroNamed& record);
  void convert_field(const JsonNode& node, const AvroNamed& record, MadeFields& made);
  void report_ignored_default(const JsonNode& value, const std::string& path);
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
  maker_.import_listed(wanted, [&](const Wanted& one) { import_type(one); }, [&](const Wanted&) { import_event(); });
}

void AvroConverter::import_type(const Wanted& wanted) {
  const bool is_enum = wanted.kind == WantedKind::enumeration;
  const SchemaName* found = maker_.find(is_enum ? enums_ : records_, is_enum ? "enum" : "record");
  if (found == nullptr) return;
  const AvroNamed& named = names_.all()[found->index];
  if (const auto known = converted_.find(&named); known != converted_.end()) return maker_.list(known->second);
  maker_.refuse(convert_named(named, wanted.span, named.full, true));
}

void AvroConverter::import_event() {
  const SchemaName* found = maker_.find(records_, "record");
  if (found == nullptr) return;
  const AvroNamed& named = names_.all()[found->index];
  open_.insert(&named);
  MadeFields made = convert_fields(named);
  open_.erase(&named);
  // Files are written with full names, and older ones with the aliases.
  std::vector<std::string> also = {named.full};
  also.insert(also.end(), named.aliases.begin(), named.aliases.end());
  maker_.add_event(std::move(made), std::move(also));
}

Converted AvroConverter::convert(const JsonNode& schema, const At& at) {
  if (depth_ == k_depth_max) {
    return no_type(schema.span, at.path, "nesting this deep");
  }
  ++depth_;
  Converted made = schema.kind == JsonKind::string  ? convert_word(schema, schema.text, at)
                   : schema.kind == JsonKind::array ? convert_union(schema, at)
                                                    : convert_object(schema, at);
  --depth_;
  return made;
}

Converted AvroConverter::convert_word(const JsonNode& schema, const std::string& word, const At& at) {
  if (const auto shape = avro::shape_of(word)) {
    if (*shape < Shape::record) return convert_scalar(schema, *shape, at);
    maker_.wrong_shape(schema.span, at.path, "an object: `" + word + "` needs more than its name");
    return {};
  }
  if (const AvroNamed* named = names_.find(word, at.space)) return convert_named(*named, schema.span, at.path, false);
  maker_.report(diag::Diagnostic(diag::Kind::schema_unknown_type, schema.span).with("path", at.path).with("name", word));
  return {};
}

Converted AvroConverter::convert_object(const JsonNode& schema, const At& at) {
  const JsonNode& type = *schema.value("type");
  if (type.kind != JsonKind::string) return convert(type, at);
  const auto shape = avro::shape_of(type.text);
  if (!shape) return convert_word(type, type.text, at);
  switch (*shape) {
    case Shape::array:
      return convert_array(schema, at);
    case Shape::map:
      return no_type(type.span, at.path, "an open map");
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

Converted AvroConverter::convert_scalar(const JsonNode& schema, Shape shape, const At& at) {
  const auto size = whole_number(schema.value("size"));
  switch (avro::logical_of(text_member(schema, "logicalType"), shape, static_cast<std::uint64_t>(size.value_or(0)))) {
    case Logical::none:
      break;
    case Logical::decimal: {
      const auto precision = whole_number(schema.value("precision"));
      if (!precision || *precision <= 0) {
        maker_.wrong_shape(schema.span, at.path, "`precision`: how many digits the decimal has");
        return {};
      }
      if (*precision > k_decimal_digits_max) {
        return no_type(schema.find("precision")->value.span, at.path, "a decimal of " + std::to_string(*precision) + " digits (34 are the most)");
      }
      return as_type(types::simple(types::Kind::decimal));
    }
    case Logical::uuid:
      return as_type(types::text(types::TextFormat::id));
    case Logical::date:
      return as_type(types::simple(types::Kind::date));
    case Logical::time_millis:
    case Logical::time_micros:
      return as_type(types::simple(types::Kind::time_of_day));
    case Logical::timestamp_millis:
    case Logical::timestamp_micros:
    case Logical::timestamp_nanos:
      return as_type(types::simple(types::Kind::instant));
    case Logical::local_timestamp:
      return no_type(schema.find("logicalType")->value.span, at.path, "a local time without its zone");
    case Logical::duration:
      return no_type(schema.find("logicalType")->value.span, at.path, "a span of months, days and milliseconds in one");
  }
  if (shape == Shape::null) {
    return no_type(schema.span, at.path, "a value that is always null");
  }
  if (shape == Shape::boolean) return as_type(types::simple(types::Kind::boolean));
  if (shape == Shape::int32 || shape == Shape::int64) return as_type(types::simple(types::Kind::integer));
  if (shape == Shape::float32 || shape == Shape::float64) return as_type(types::simple(types::Kind::decimal));
  return as_type(types::text());
}

Converted AvroConverter::convert_array(const JsonNode& schema, const At& at) {
  const JsonNode& items = *schema.value("items");
  Converted element = convert(items, {at.space, at.path + "[]"});
  if (!element.type) return element;
  if (element.type->optional) return no_type(items.span, at.path + "[]", "an array with nulls in it");
  return as_type(types::list_of(*element.type));
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

Converted AvroConverter::convert_union(const JsonNode& schema, const At& at) {
  std::vector<const JsonNode*> branches;
  for (const JsonNode& branch : schema.elements) {
    if (!is_null(branch)) branches.push_back(&branch);
  }
  if (branches.size() == 1) {
    Converted made = convert(*branches.front(), at);
    if (made.type && schema.elements.size() > 1) made.type = types::optional(*made.type);
    return made;
  }
  std::string names;
  for (std::size_t i = 0; i < branches.size(); ++i) {
    names += (i == 0 ? "" : i + 1 == branches.size() ? " and " : ", ") + name_of(*branches[i], at);
  }
  return no_type(schema.span, at.path, branches.empty() ? "a value that is always null" : "a choice of " + names);
}

Converted AvroConverter::convert_named(const AvroNamed& named, source::Span used, const std::string& path, bool listed) {
  if (named.shape == Shape::fixed) return convert_scalar(*named.node, named.shape, {avro::namespace_of(named.full), path});
  if (const auto known = converted_.find(&named); known != converted_.end()) return as_type(known->second);
  if (open_.contains(&named)) return no_type(used, path, "a recursive type");
  Converted made;
  if (named.shape == Shape::enumeration) {
    made = convert_enum(named, path, listed);
  } else {
    open_.insert(&named);
    MadeFields fields = convert_fields(named);
    open_.erase(&named);
    made = maker_.add_record(std::move(fields), short_name(named.full), named.node->span, path, listed);
  }
  if (made.type) converted_.emplace(&named, *made.type);
  return made;
}

Converted AvroConverter::convert_enum(const AvroNamed& named, const std::string& path, bool listed) {
  const JsonNode* symbols = named.node->value("symbols");
  const auto is_text = [](const JsonNode& symbol) { return symbol.kind == JsonKind::string && !symbol.text.empty(); };
  std::set<std::string_view> once;
  if (symbols != nullptr) {
    for (const JsonNode& symbol : symbols->elements) once.insert(symbol.text);
  }
  if (once.empty() || once.size() != symbols->elements.size() || !std::ranges::all_of(symbols->elements, is_text)) {
    maker_.wrong_shape(symbols != nullptr ? symbols->span : named.node->span, path, "`symbols`: a list of names, each once");
    return {};
  }
  if (once.size() > k_enum_values_max) return no_type(symbols->span, path, "an enum of more than " + std::to_string(k_enum_values_max) + " values");
  // An event with a symbol that is not listed here is rejected, whatever it would mean elsewhere.
  if (const JsonMember* value = named.node->find("default")) report_ignored_default(value->value, path);
  types::Enum made{"", {}, symbols->span};
  ValueNames names;
  for (const JsonNode& symbol : symbols->elements) made.values.push_back({names.take(symbol.text), symbol.text, symbol.span});
  return as_type(maker_.add_enum(std::move(made), short_name(named.full), listed));
}

MadeFields AvroConverter::convert_fields(const AvroNamed& record) {
  MadeFields made;
  for (const JsonNode& node : record.node->value("fields")->elements) convert_field(node, record, made);
  return made;
}

void AvroConverter::convert_field(const JsonNode& node, const AvroNamed& record, MadeFields& made) {
  const std::string name = text_member(node, "name");
  const std::string path = record.full + "." + name;
  const std::string space = avro::namespace_of(record.full);
  const Converted type = convert(*node.value("type"), {space, path});
  types::Field field{"", name, {}, {}, node.value("name")->span};
  if (const JsonNode* aliases = node.value("aliases")) {
    for (const JsonNode& alias : aliases->elements) {
      if (alias.kind == JsonKind::string && alias.text != name) field.also.push_back(alias.text);
    }
  }
  const JsonMember* value = node.find("default");
  if (value != nullptr && type.type) {
    field.type = *type.type;
    take_default(value->value, is_binary(*node.value("type"), space), path, field);
  }
  maker_.add_field(made, name, type, std::move(field), path);
}

void AvroConverter::report_ignored_default(const JsonNode& value, const std::string& path) {
  maker_.report(diag::Diagnostic(diag::Kind::schema_default_ignored, value.span).with("path", path));
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
  report_ignored_default(value, path);
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
  if (const auto root = read_json(file, result)) AvroConverter(*root, table, result).import(wanted);
  return result;
}

}  // namespace wend::schema
