#include "runtime/results/json_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/currency.h"
#include "runtime/base/hash.h"

namespace wend::results {
namespace {

using bytecode::Type;
using bytecode::TypeId;
using bytecode::Value;
using bytecode::ValueKind;

std::string decimal_text(const Type& type, const Decimal& number) {
  if (type.currency.empty()) return number.to_string();
  return number.to_fixed(std::max(minor_digits(type.currency), -number.exponent()));
}

std::string iso_duration(DurationMs duration_ms) {
  const bool negative = duration_ms < 0;
  const uint64_t total = negative ? 0 - static_cast<uint64_t>(duration_ms) : static_cast<uint64_t>(duration_ms);
  const uint64_t hours = total / k_hour_ms, minutes = total / k_minute_ms % 60, seconds = total / k_second_ms % 60;
  std::string text = negative ? "-PT" : "PT";
  if (hours != 0) text += fmt::format("{}H", hours);
  if (minutes != 0) text += fmt::format("{}M", minutes);
  if (total % k_second_ms != 0) {
    text += fmt::format("{}.{:03}S", seconds, total % k_second_ms);
  } else if (seconds != 0 || total == 0) {
    text += fmt::format("{}S", seconds);
  }
  return text;
}

std::string iso_period(Period period) {
  std::string text = "P";
  if (period.months != 0) text += fmt::format("{}M", period.months);
  if (period.days != 0 || period.months == 0) text += fmt::format("{}D", period.days);
  return text;
}

void append_record(std::string& out, const bytecode::Program& program, const Type& type, std::string_view row) {
  const auto& fields = program.records[static_cast<size_t>(type.record)].fields;
  JsonObject object(out);
  for (uint32_t column = 0; column < fields.size(); ++column) {
    append_json_value(object.member(fields[column].wire), program, fields[column].type,
                      bytecode::read_column(row, program, fields, column));
  }
  object.close();
}

void append_list(std::string& out, const bytecode::Program& program, const Type& type, std::string_view packed) {
  ByteReader reader(packed);
  out.push_back('[');
  const uint64_t count = reader.varint();
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    if (i > 0) out.push_back(',');
    append_json_value(out, program, type.element, bytecode::read_value(reader, program, type.element));
  }
  out.push_back(']');
}

}  // namespace

void append_json_time(std::string& out, TimestampMs at) {
  out.push_back('"');
  append_rfc3339(out, at);
  out.push_back('"');
}

void append_json_value(std::string& out, const bytecode::Program& program, TypeId type_id, const Value& value) {
  if (!value.present) {
    out += "null";
    return;
  }
  const Type& type = program.type(type_id);
  switch (type.kind) {
    case ValueKind::boolean:
      out += value.word != 0 ? "true" : "false";
      return;
    case ValueKind::integer:
      out += std::to_string(value.word);
      return;
    case ValueKind::decimal:
      return append_json_text(out, decimal_text(type, value.decimal));
    case ValueKind::text:
    case ValueKind::time_zone:
      return append_json_text(out, value.view());
    case ValueKind::instant:
      return append_json_time(out, value.word);
    case ValueKind::date:
      return append_json_text(out, format_date(static_cast<DateDays>(value.word)));
    case ValueKind::time_of_day:
      return append_json_text(out, format_time_of_day(static_cast<TimeOfDaySeconds>(value.word)));
    case ValueKind::duration:
      return append_json_text(out, iso_duration(value.word));
    case ValueKind::period:
      return append_json_text(out, iso_period(value.period()));
    case ValueKind::enumeration:
      return append_json_text(out, program.enums[static_cast<size_t>(type.enumeration)].values[static_cast<size_t>(value.word)].wire);
    case ValueKind::record:
      return append_record(out, program, type, value.view());
    case ValueKind::list:
      return append_list(out, program, type, value.view());
    case ValueKind::delivery: {
      const std::string_view key = value.view();
      return append_json_text(out, to_hex({reinterpret_cast<const uint8_t*>(key.data()), key.size()}));
    }
  }
}

}  // namespace wend::results
