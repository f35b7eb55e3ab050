#include "runtime/ingest/json_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "runtime/bytecode/json_number.h"
#include "runtime/ingest/json_token.h"
#include "runtime/ingest/value_text.h"

namespace wend::ingest {
namespace {

using bytecode::FieldInfo;
using bytecode::Type;
using bytecode::TypeId;
using bytecode::Value;
using bytecode::ValueKind;
namespace ondemand = simdjson::ondemand;

// A message shows so much of what it found.
constexpr size_t k_excerpt_bytes_max = 40;

// The grammar of JSON numbers. Only a number's text is taken, never a binary float; simdjson then passes over the token unread.
bool is_json_number(std::string_view text) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t start = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i > start;
  };
  if (i < text.size() && text[i] == '-') ++i;
  const size_t whole = i;
  if (!digits() || (text[whole] == '0' && i > whole + 1)) return false;
  if (i < text.size() && text[i] == '.' && (++i, !digits())) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == text.size();
}

// JSON has one kind of number: 3.0 and 3e0 are the whole number 3. Anything else is none, and no number either.
std::string whole_number(std::string_view token) {
  const auto number = bytecode::JsonNumber::parse(token);
  return number ? bytecode::whole_number_text(*number).value_or("") : "";
}

std::string_view type_name(ondemand::json_type type) {
  switch (type) {
    case ondemand::json_type::array:
      return "a list";
    case ondemand::json_type::object:
      return "an object";
    case ondemand::json_type::number:
      return "a number";
    case ondemand::json_type::string:
      return "a text";
    case ondemand::json_type::boolean:
      return "true or false";
    case ondemand::json_type::null:
      return "null";
  }
  return "";
}

}  // namespace

std::string excerpt(std::string_view text) {
  if (text.size() <= k_excerpt_bytes_max) return std::string(text);
  size_t end = k_excerpt_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string JsonPath::to_string() const {
  if (parent == nullptr) return "$";
  if (is_index) return fmt::format("{}[{}]", parent->to_string(), index);
  const bool plain = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return plain ? fmt::format("{}.{}", parent->to_string(), name) : fmt::format("{}['{}']", parent->to_string(), excerpt(name));
}

size_t find_field(std::span<const FieldInfo> fields, std::string_view wire, size_t expected) {
  if (expected < fields.size() && fields[expected].wire == wire) return expected;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].wire == wire) return i;
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    if (std::ranges::find(fields[i].also, wire) != fields[i].also.end()) return i;
  }
  return std::string_view::npos;
}

void pack_list(bool is_set, std::string_view elements, std::span<const size_t> ends, std::string& out) {
  ByteWriter writer(out);
  if (!is_set) {
    writer.varint(ends.size());
    out += elements;
    return;
  }
  std::vector<std::string_view> sorted;
  size_t start = 0;
  for (const size_t end : ends) {
    sorted.push_back(elements.substr(start, end - start));
    start = end;
  }
  std::ranges::sort(sorted);
  const auto repeats = std::ranges::unique(sorted);
  sorted.erase(repeats.begin(), repeats.end());
  writer.varint(sorted.size());
  for (const std::string_view element : sorted) out += element;
}

bool JsonReader::fail(RejectReason reason, const JsonPath& path, std::string message) {
  fault_ = {reason, path.to_string(), std::move(message)};
  return false;
}

// The usual faults in our words. The parser's are about its own workings, and there are thirty more that no line of text causes.
static std::string_view in_words(simdjson::error_code error) {
  switch (error) {
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return "the line ends before its JSON object does";
    case simdjson::UNCLOSED_STRING:
      return "a text has no closing quote";
    case simdjson::STRING_ERROR:
      return "a text has an escape that JSON does not know, or half of a surrogate pair";
    case simdjson::UNESCAPED_CHARS:
      return "a text has a control character as it stands: it is written `\\u00…`";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
      return "expected a value: a text in quotes, a number, `true`, `false`, `null`, an object or a list";
    case simdjson::NUMBER_ERROR:
      return "expected a number as JSON has them, such as `12.50`";
    case simdjson::DEPTH_ERROR:
      return "its values are nested too deeply";
    default:
      return "the line is not well-formed JSON: a comma, colon, quote or bracket is missing or stands in a wrong place";
  }
}

bool JsonReader::fail(simdjson::error_code error, const JsonPath& path) {
  if (error == simdjson::UTF8_ERROR) return fail(RejectReason::not_utf8, path, "the line is not valid UTF-8");
  return fail(RejectReason::bad_json, path, std::string(in_words(error)));
}

bool JsonReader::wrong_type(TypeId type, const JsonPath& path, std::string_view found) {
  return fail(RejectReason::wrong_type, path, fmt::format("expected {}, found {}", expectation(program_, type), found));
}

std::string_view JsonReader::keep(std::string_view bytes) {
  if (bytes.empty()) return {};
  auto* copy = static_cast<char*>(arena_.allocate(bytes.size(), 1));
  std::memcpy(copy, bytes.data(), bytes.size());
  return {copy, bytes.size()};
}

JsonReader::Scratch& JsonReader::scratch() {
  if (level_ == scratches_.size()) scratches_.emplace_back();
  return scratches_[level_];
}

// A null where there is a default is as good as nothing.
static bool is_null(ondemand::value value) {
  bool null = false;
  return value.is_null().get(null) == simdjson::SUCCESS && null;
}

bool JsonReader::read_fields(ondemand::object object, std::span<const FieldInfo> fields, const JsonPath& path, std::vector<Value>& values) {
  values.assign(fields.size(), Value::absent());
  size_t expected = 0;
  for (auto member : object) {
    std::string_view name;
    if (const auto error = member.unescaped_key().get(name)) return fail(error, path);
    ondemand::value value;
    if (const auto error = member.value().get(value)) return fail(error, path);
    const JsonPath place{&path, name};
    const size_t column = find_field(fields, name, expected);
    if (column == std::string_view::npos) {
      if (!check(value, place)) return false;
      continue;
    }
    expected = column + 1;
    if (fields[column].default_value && is_null(value)) continue;
    if (!read_value(value, fields[column].type, place, values[column], fields[column].proto_json)) return false;
  }
  for (size_t column = 0; column < fields.size(); ++column) {
    if (values[column].present) continue;
    values[column] = bytecode::default_of(program_, fields[column].default_value);
    if (values[column].present || program_.type(fields[column].type).optional) continue;
    return fail(RejectReason::missing_field, JsonPath{&path, fields[column].wire},
                fmt::format("it is required: {}", expectation(program_, fields[column].type)));
  }
  return true;
}

bool JsonReader::read_value(ondemand::value value, TypeId type_id, const JsonPath& path, Value& out, bool proto_json) {
  ondemand::json_type found;
  if (const auto error = value.type().get(found)) return fail(error, path);
  const Type& type = program_.type(type_id);
  if (found == ondemand::json_type::null) {
    // null is absent: an optional value simply stays so, a required one is missed.
    if (bool null = false; value.is_null().get(null) || !null) return fail(simdjson::N_ATOM_ERROR, path);
    out = Value::absent();
    if (type.optional) return true;
    return fail(RejectReason::missing_field, path, fmt::format("it is required and cannot be null: {}", expectation(program_, type_id)));
  }
  if (type.kind == ValueKind::record && found == ondemand::json_type::object) return read_record(value, type_id, path, out);
  if (type.kind == ValueKind::list && found == ondemand::json_type::array) return read_list(value, type_id, path, out, proto_json);
  if (type.kind == ValueKind::boolean && found == ondemand::json_type::boolean) {
    bool truth = false;
    if (const auto error = value.get_bool().get(truth)) return fail(error, path);
    out = Value::from_word(truth ? 1 : 0);
    return true;
  }
  if (proto_json && found == ondemand::json_type::string && (type.kind == ValueKind::integer || type.kind == ValueKind::duration)) {
    return read_proto_text(value, type_id, path, out);
  }
  const bool is_number =
      type.kind == ValueKind::integer || type.kind == ValueKind::decimal || (proto_json && type.kind == ValueKind::enumeration);
  if (is_number && found == ondemand::json_type::number) return read_number(value, type_id, path, out);
  const bool is_text = type.kind != ValueKind::record && type.kind != ValueKind::list && type.kind != ValueKind::boolean &&
                       type.kind != ValueKind::integer && type.kind != ValueKind::delivery;
  if (is_text && found == ondemand::json_type::string) return read_text(value, type_id, path, out);
  return wrong_type(type_id, path, type_name(found));
}

bool JsonReader::read_text(ondemand::value value, TypeId type, const JsonPath& path, Value& out) {
  std::string_view text;
  if (const auto error = value.get_string().get(text)) return fail(error, path);
  const auto parsed = parse_value(program_, zones_, type, text);
  if (!parsed) {
    return fail(RejectReason::bad_value, path, fmt::format("expected {}, found \"{}\"", expectation(program_, type), excerpt(text)));
  }
  out = *parsed;
  return true;
}

// What the JSON form of Protocol Buffers writes as text: whole numbers ("42") and durations in seconds ("3.5s").
bool JsonReader::read_proto_text(ondemand::value value, TypeId type, const JsonPath& path, Value& out) {
  std::string_view text;
  if (const auto error = value.get_string().get(text)) return fail(error, path);
  if (program_.type(type).kind == ValueKind::duration) {
    if (const auto duration = parse_proto_duration(text)) {
      out = Value::from_word(*duration);
      return true;
    }
    return fail(RejectReason::bad_value, path, fmt::format("expected a duration such as `3.5s`, found \"{}\"", excerpt(text)));
  }
  const auto number = is_json_number(text) ? parse_value(program_, zones_, type, text) : std::nullopt;
  if (!number) return fail(RejectReason::bad_value, path, fmt::format("expected a whole number, found \"{}\"", excerpt(text)));
  out = *number;
  return true;
}

bool JsonReader::read_number(ondemand::value value, TypeId type, const JsonPath& path, Value& out) {
  const std::string_view token = without_blanks_behind(value.raw_json_token());
  if (!is_json_number(token)) return fail(simdjson::NUMBER_ERROR, path);
  auto parsed = parse_value(program_, zones_, type, token);
  if (!parsed) parsed = parse_value(program_, zones_, type, whole_number(token));
  if (!parsed) {
    return fail(RejectReason::bad_value, path, fmt::format("expected {}, found {}", expectation(program_, type), excerpt(token)));
  }
  out = *parsed;
  return true;
}

bool JsonReader::read_record(ondemand::value value, TypeId type, const JsonPath& path, Value& out) {
  ondemand::object object;
  if (const auto error = value.get_object().get(object)) return fail(error, path);
  const auto& fields = program_.records[static_cast<size_t>(program_.type(type).record)].fields;
  Scratch& own = scratch();
  ++level_;
  const bool read = read_fields(object, fields, path, own.values);
  --level_;
  if (!read) return false;
  own.bytes.clear();
  ByteWriter writer(own.bytes);
  std::vector<TypeId> types;
  types.reserve(fields.size());
  for (const FieldInfo& field : fields) types.push_back(field.type);
  bytecode::write_row(writer, program_, types, own.values);
  out = Value::from_bytes(keep(own.bytes));
  return true;
}

bool JsonReader::read_list(ondemand::value value, TypeId type_id, const JsonPath& path, Value& out, bool proto_json) {
  ondemand::array array;
  if (const auto error = value.get_array().get(array)) return fail(error, path);
  const Type& type = program_.type(type_id);
  Scratch& own = scratch();
  own.bytes.clear();
  ++level_;
  std::vector<size_t> ends;
  for (auto member : array) {
    ondemand::value element;
    const JsonPath place{&path, {}, ends.size(), true};
    if (const auto error = member.get(element)) return fail(error, place);
    Value decoded;
    if (!read_value(element, type.element, place, decoded, proto_json)) {
      --level_;
      return false;
    }
    ByteWriter writer(own.bytes);
    bytecode::write_value(writer, program_, type.element, decoded);
    ends.push_back(own.bytes.size());
  }
  --level_;
  std::string packed;
  pack_list(type.is_set, own.bytes, ends, packed);
  out = Value::from_bytes(keep(packed));
  return true;
}

bool JsonReader::check(ondemand::value value, const JsonPath& path, int depth) {
  if (depth > k_json_depth_max) return fail(RejectReason::bad_json, path, fmt::format("it is nested more than {} deep", k_json_depth_max));
  ondemand::json_type type;
  if (const auto error = value.type().get(type)) return fail(error, path);
  switch (type) {
    case ondemand::json_type::object: {
      ondemand::object object;
      if (const auto error = value.get_object().get(object)) return fail(error, path);
      for (auto member : object) {
        std::string_view name;
        if (const auto error = member.unescaped_key().get(name)) return fail(error, path);
        ondemand::value inner;
        if (const auto error = member.value().get(inner)) return fail(error, path);
        if (!check(inner, JsonPath{&path, name}, depth + 1)) return false;
      }
      return true;
    }
    case ondemand::json_type::array: {
      ondemand::array array;
      if (const auto error = value.get_array().get(array)) return fail(error, path);
      size_t index = 0;
      for (auto member : array) {
        const JsonPath place{&path, {}, index++, true};
        ondemand::value inner;
        if (const auto error = member.get(inner)) return fail(error, place);
        if (!check(inner, place, depth + 1)) return false;
      }
      return true;
    }
    case ondemand::json_type::number: {
      const std::string_view token = without_blanks_behind(value.raw_json_token());
      return is_json_number(token) ? true : fail(simdjson::NUMBER_ERROR, path);
    }
    case ondemand::json_type::string: {
      std::string_view text;
      const auto error = value.get_string().get(text);
      return error ? fail(error, path) : true;
    }
    case ondemand::json_type::boolean: {
      bool truth = false;
      const auto error = value.get_bool().get(truth);
      return error ? fail(error, path) : true;
    }
    case ondemand::json_type::null: {
      bool null = false;
      return value.is_null().get(null) || !null ? fail(simdjson::N_ATOM_ERROR, path) : true;
    }
  }
  return false;
}

}  // namespace wend::ingest
