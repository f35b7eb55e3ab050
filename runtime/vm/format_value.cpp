#include <fmt/ranges.h>

#include "runtime/base/currency.h"
#include "runtime/base/hash.h"
#include "runtime/vm/machine.h"

namespace wend::vm {
namespace {

using bytecode::Program;
using bytecode::Type;
using bytecode::TypeId;
using bytecode::ValueKind;

std::string decimal_text(const Type& type, const Decimal& value, const LocaleFormat* locale) {
  if (locale != nullptr) {
    if (!type.currency.empty()) return locale->money(value, type.currency);
    return type.is_percent ? locale->percent(value) : locale->number(value);
  }
  if (!type.currency.empty()) return value.to_fixed(minor_digits(type.currency)) + " " + type.currency;
  if (!type.is_percent) return value.to_string();
  const auto percent = multiply(value, Decimal::from_int(100));
  return percent ? percent->to_string() + "%" : value.to_string();
}

class Formatter {
 public:
  Formatter(const Program& program, const ZoneTable& zones, std::string_view zone, const LocaleFormat* locale)
      : program_(program), zones_(zones), zone_(zone), locale_(locale) {}

  std::string text(TypeId id, const Value& value) const {
    if (!value.present) return {};
    const Type& type = program_.type(id);
    switch (type.kind) {
      case ValueKind::boolean:
        return value.word != 0 ? "true" : "false";
      case ValueKind::integer:
        return locale_ != nullptr ? locale_->number(Decimal::from_int(value.word)) : fmt::format("{}", value.word);
      case ValueKind::decimal:
        return decimal_text(type, value.decimal, locale_);
      case ValueKind::text:
      case ValueKind::time_zone:
        return std::string(value.view());
      case ValueKind::instant:
        return instant_text(value.word);
      case ValueKind::date:
        return date_text(static_cast<DateDays>(value.word));
      case ValueKind::time_of_day:
        return time_text(static_cast<TimeOfDaySeconds>(value.word));
      case ValueKind::duration:
        return locale_ != nullptr ? locale_->duration(value.word) : format_duration(value.word);
      case ValueKind::period:
        return locale_ != nullptr ? locale_->period(value.period()) : format_period(value.period());
      case ValueKind::enumeration: {
        const auto& values = program_.enums[static_cast<size_t>(type.enumeration)].values;
        const auto index = static_cast<uint64_t>(value.word);
        return index < values.size() ? values[index].name : fmt::format("{}", index);
      }
      case ValueKind::record:
        return record_text(type, value);
      case ValueKind::list:
        return list_text(type, value);
      case ValueKind::delivery:
        return to_hex({reinterpret_cast<const uint8_t*>(value.bytes.data), value.bytes.size});
    }
    return {};
  }

 private:
  // Wall clock without the seconds: "2011-03-01 09:26".
  std::string instant_text(TimestampMs at) const {
    if (at < k_timestamp_min_ms || at > k_timestamp_max_ms) return fmt::format("{}", at);
    const LocalTime local = to_local(zones_, zones_.find(zone_).value_or(ZoneId::utc), at);
    if (locale_ != nullptr) return locale_->date_time(local.date, local.time);
    return format_date(local.date) + " " + format_time_of_day(local.time / 60 * 60);
  }
  std::string date_text(DateDays date) const { return locale_ != nullptr ? locale_->date(date) : format_date(date); }
  std::string time_text(TimeOfDaySeconds time) const { return locale_ != nullptr ? locale_->time(time) : format_time_of_day(time); }
  std::string list_text(const Type& type, const Value& value) const {
    std::vector<std::string> items;
    ByteReader reader(value.view());
    const uint64_t count = reader.varint();
    for (uint64_t i = 0; i < count && reader.ok(); ++i) {
      const Value element = bytecode::read_value(reader, program_, type.element);
      if (reader.ok()) items.push_back(text(type.element, element));
    }
    return locale_ != nullptr ? locale_->list(items) : fmt::format("{}", fmt::join(items, ", "));
  }
  std::string record_text(const Type& type, const Value& value) const {
    std::string result;
    const auto& fields = program_.records[static_cast<size_t>(type.record)].fields;
    for (uint32_t i = 0; i < fields.size(); ++i) {
      const Value field = bytecode::read_column(value.view(), program_, fields, i);
      if (field.present) result += (result.empty() ? "" : ", ") + fields[i].name + " " + text(fields[i].type, field);
    }
    return result;
  }

  const Program& program_;
  const ZoneTable& zones_;
  std::string_view zone_;
  const LocaleFormat* locale_;  // null: nobody's way
};

}  // namespace

std::string format_value(const Program& program, const ZoneTable& zones, std::string_view zone, TypeId type, const Value& value,
                         const LocaleFormat* locale) {
  return Formatter(program, zones, zone, locale).text(type, value);
}

}  // namespace wend::vm
