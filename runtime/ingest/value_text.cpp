#include "runtime/ingest/value_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "runtime/bytecode/text_format.h"

namespace wend::ingest {
namespace {

using bytecode::Type;
using bytecode::TypeId;
using bytecode::Value;
using bytecode::ValueKind;

// One number and its letter off the front: "30M" of "30M15S". The fraction is in thousandths.
struct IsoPart {
  int64_t number = 0;
  int64_t thousandths = 0;
  char unit = 0;
};
std::optional<IsoPart> take_part(std::string_view& text) {
  IsoPart part;
  const char* end = text.data() + text.size();
  auto [at, failure] = std::from_chars(text.data(), end, part.number);
  // Nine digits are more than any span has and keep every product below in range.
  if (failure != std::errc() || part.number < 0 || part.number > 999'999'999 || at == end) return std::nullopt;
  if (*at == '.' || *at == ',') {
    int64_t place = 100;
    const char* digits = ++at;
    for (; at != end && *at >= '0' && *at <= '9'; ++at, place /= 10) part.thousandths += (*at - '0') * place;
    if (at == digits || at == end) return std::nullopt;
  }
  part.unit = *at++;
  text.remove_prefix(static_cast<size_t>(at - text.data()));
  return part;
}

std::optional<Value> from_bool(std::string_view text) {
  for (const std::string_view yes : {"true", "TRUE", "True", "1"}) {
    if (text == yes) return Value::from_word(1);
  }
  for (const std::string_view no : {"false", "FALSE", "False", "0"}) {
    if (text == no) return Value::from_word(0);
  }
  return std::nullopt;
}

// Whole numbers, also written with an empty fraction ("3.0"), as exporters do.
std::optional<Value> from_integer(std::string_view text) {
  int64_t number = 0;
  const auto [at, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure == std::errc() && at == text.data() + text.size()) return Value::from_word(number);
  const auto decimal = Decimal::parse(text);
  const auto whole = decimal ? decimal->to_int() : std::nullopt;
  return whole ? std::optional(Value::from_word(*whole)) : std::nullopt;
}

std::optional<Value> from_decimal(const Type& type, std::string_view text) {
  const bool percent = type.is_percent && text.ends_with('%');
  if (percent) text.remove_suffix(1);
  auto decimal = Decimal::parse(text);
  if (decimal && percent) decimal = multiply(*decimal, *Decimal::from_parts(false, 1, -2));
  return decimal ? std::optional(Value::from_decimal(*decimal)) : std::nullopt;
}

std::optional<Value> from_enumeration(const bytecode::Program& program, const Type& type, std::string_view text) {
  const auto& values = program.enums[static_cast<size_t>(type.enumeration)].values;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].wire == text) return Value::from_word(static_cast<int64_t>(i));
  }
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::ranges::find(values[i].also, text) != values[i].also.end()) return Value::from_word(static_cast<int64_t>(i));
  }
  return std::nullopt;
}

template <typename Number>
std::optional<Value> word(std::optional<Number> number) {
  return number ? std::optional(Value::from_word(*number)) : std::nullopt;
}

}  // namespace

std::string expectation(const bytecode::Program& program, bytecode::TypeId type_id) {
  const Type& type = program.type(type_id);
  switch (type.kind) {
    case ValueKind::boolean:
      return "true or false";
    case ValueKind::integer:
      return "a whole number";
    case ValueKind::decimal:
      if (!type.currency.empty()) return fmt::format("an amount of {} such as `12.50`", type.currency);
      return type.is_percent ? "a fraction such as `0.4`, or `\"40%\"`" : "a number such as `12.5`";
    case ValueKind::text:
      return bytecode::description(type.format);
    case ValueKind::instant:
      return "an instant such as `2011-03-01T08:26:00Z`";
    case ValueKind::date:
      return "a date such as `2011-03-01`";
    case ValueKind::time_of_day:
      return "a time of day such as `09:00`";
    case ValueKind::duration:
      return "a duration such as `PT1H30M`";
    case ValueKind::period:
      return "a period such as `P1M3D`";
    case ValueKind::time_zone:
      return "a time zone such as `Europe/London`";
    case ValueKind::enumeration: {
      const auto& info = program.enums[static_cast<size_t>(type.enumeration)];
      std::string text = fmt::format("a value of `{}`:", info.name);
      for (const auto& value : info.values) text += fmt::format(" `{}`", value.wire);
      return text;
    }
    case ValueKind::record:
      return fmt::format("an object of `{}`", program.records[static_cast<size_t>(type.record)].name);
    case ValueKind::list:
      return fmt::format("a list, each element {}", expectation(program, type.element));
    case ValueKind::delivery:
      return "nothing: a delivery cannot stand in input";
  }
  return "";
}

std::optional<Value> parse_value(const bytecode::Program& program, const ZoneTable& zones, TypeId type_id, std::string_view text) {
  const Type& type = program.type(type_id);
  switch (type.kind) {
    case ValueKind::boolean:
      return from_bool(text);
    case ValueKind::integer:
      return from_integer(text);
    case ValueKind::decimal:
      return from_decimal(type, text);
    case ValueKind::text:
      return bytecode::matches(type.format, text) ? std::optional(Value::from_bytes(text)) : std::nullopt;
    case ValueKind::instant:
      return word(parse_rfc3339(text));
    case ValueKind::date:
      return word(parse_date(text));
    case ValueKind::time_of_day:
      return word(parse_time_of_day(text));
    case ValueKind::duration:
      return word(parse_iso_duration(text));
    case ValueKind::period: {
      const auto period = parse_iso_period(text);
      return period ? std::optional(Value::from_period(*period)) : std::nullopt;
    }
    case ValueKind::time_zone:
      return zones.find(text) ? std::optional(Value::from_bytes(text)) : std::nullopt;
    case ValueKind::enumeration:
      return from_enumeration(program, type, text);
    case ValueKind::record:
    case ValueKind::list:
    case ValueKind::delivery:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<DurationMs> parse_iso_duration(std::string_view text) {
  if (!text.starts_with("PT") || text.size() == 2) return std::nullopt;
  text.remove_prefix(2);
  DurationMs total = 0;
  for (std::string_view units = "HMS"; !text.empty();) {
    const auto part = take_part(text);
    const size_t found = part ? units.find(part->unit) : std::string_view::npos;
    if (found == std::string_view::npos || (part->thousandths != 0 && part->unit != 'S')) return std::nullopt;
    units.remove_prefix(found + 1);
    const DurationMs unit_ms = part->unit == 'H' ? k_hour_ms : part->unit == 'M' ? k_minute_ms : k_second_ms;
    total += part->number * unit_ms + part->thousandths;
  }
  return total;
}

std::optional<Period> parse_iso_period(std::string_view text) {
  if (!text.starts_with("P") || text.size() == 1) return std::nullopt;
  text.remove_prefix(1);
  int64_t months = 0;
  int64_t days = 0;
  for (std::string_view units = "YMWD"; !text.empty();) {
    const auto part = take_part(text);
    const size_t found = part ? units.find(part->unit) : std::string_view::npos;
    if (found == std::string_view::npos || part->thousandths != 0) return std::nullopt;
    units.remove_prefix(found + 1);
    if (part->unit == 'Y' || part->unit == 'M') months += part->number * (part->unit == 'Y' ? 12 : 1);
    if (part->unit == 'W' || part->unit == 'D') days += part->number * (part->unit == 'W' ? 7 : 1);
  }
  constexpr int64_t k_most = INT32_MAX;
  if (months > k_most || days > k_most) return std::nullopt;
  return Period{static_cast<int32_t>(months), static_cast<int32_t>(days)};
}

std::optional<DurationMs> parse_proto_duration(std::string_view text) {
  if (!text.ends_with('s')) return std::nullopt;
  text.remove_suffix(1);
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  constexpr int64_t k_seconds_max = 315'576'000'000;  // ten thousand years, the most that is allowed there
  int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  auto [at, failure] = std::from_chars(text.data(), end, seconds);
  if (failure != std::errc() || text.front() == '-' || seconds > k_seconds_max) return std::nullopt;
  DurationMs total = seconds * k_second_ms;
  if (at != end) {
    if (*at != '.' || end - at < 2 || end - at > 10) return std::nullopt;
    int64_t place = 100;
    for (++at; at != end; ++at, place /= 10) {
      if (*at < '0' || *at > '9') return std::nullopt;
      total += (*at - '0') * place;
    }
  }
  return negative ? -total : total;
}

}  // namespace wend::ingest
