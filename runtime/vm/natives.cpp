#include "runtime/vm/natives.h"

#include <algorithm>

#include "runtime/base/locale.h"
#include "runtime/base/utf8.h"
#include "runtime/bytecode/operands.h"
#include "runtime/vm/template_natives.h"

namespace wend::vm {
namespace natives {
namespace {

// ── what arguments hold; a value out of range comes from bytes that nobody validated ──

bool is_instant(int64_t word) {
  return word >= k_timestamp_min_ms && word <= k_timestamp_max_ms;
}
bool is_date(int64_t word) {
  return word >= k_timestamp_min_ms / k_day_ms && word <= k_timestamp_max_ms / k_day_ms;
}
bool is_time_of_day(int64_t word) {
  return word >= 0 && word < k_day_ms / k_second_ms;
}

// One argument after the other, with "failed" as soon as one is out of range.
class Arguments {
 public:
  explicit Arguments(const NativeCall& call) : call_(call) {}
  TimestampMs instant() { return in_range(next().word, is_instant); }
  DateDays date() { return static_cast<DateDays>(in_range(next().word, is_date)); }
  TimeOfDaySeconds time_of_day() { return static_cast<TimeOfDaySeconds>(in_range(next().word, is_time_of_day)); }
  Period period() { return next().period(); }
  ZoneId zone() {
    const auto found = call_.zones.find(next().view());
    failed_ = failed_ || !found;
    return found.value_or(ZoneId::utc);
  }
  int64_t integer() { return next().word; }
  bool failed() const { return failed_; }

 private:
  const Value& next() { return call_.arguments[index_++]; }
  int64_t in_range(int64_t word, bool (*holds)(int64_t)) {
    if (!holds(word)) failed_ = true;
    return failed_ ? 0 : word;
  }
  const NativeCall& call_;
  size_t index_ = 0;
  bool failed_ = false;
};

bool give_word(NativeCall& call, int64_t word) {
  call.result = Value::from_word(word);
  return true;
}
bool give_instant(NativeCall& call, TimestampMs at) {
  return is_instant(at) && give_word(call, at);
}
bool give_date(NativeCall& call, int64_t day) {
  return is_date(day) && give_word(call, day);
}
bool give_bytes(NativeCall& call, std::string_view bytes) {
  call.result = Value::from_bytes(bytes);
  return true;
}
bool give_decimal(NativeCall& call, const Decimal& decimal) {
  call.result = Value::from_decimal(decimal);
  return true;
}

// ── calendar arithmetic ──

bool _add_period(NativeCall& call) {
  Arguments arguments(call);
  const TimestampMs at = arguments.instant();
  const Period period = arguments.period();
  const ZoneId zone = arguments.zone();
  if (arguments.failed()) return false;
  const auto result = add_period(call.zones, zone, at, period);
  return result && give_instant(call, *result);
}

bool _at_time(NativeCall& call) {
  Arguments arguments(call);
  const TimestampMs at = arguments.instant();
  const TimeOfDaySeconds time = arguments.time_of_day();
  const ZoneId zone = arguments.zone();
  return !arguments.failed() && give_instant(call, at_time_of_day(call.zones, zone, at, time));
}

bool _next_weekday_at(NativeCall& call) {
  Arguments arguments(call);
  const TimestampMs after = arguments.instant();
  const int64_t mask = arguments.integer();
  const TimeOfDaySeconds time = arguments.time_of_day();
  const ZoneId zone = arguments.zone();
  if (arguments.failed() || mask < 1 || mask > 0x7f) return false;
  return give_instant(call, next_weekday_at(call.zones, zone, after, static_cast<uint8_t>(mask), time));
}

// More days on than this nothing is open any more.
constexpr int k_open_days_search = 20'000;
constexpr int64_t k_open_days_max = 10'000;

bool is_listed(const NativeCall& call, size_t list, DateDays wanted) {
  const bytecode::TypeId element = call.program.type(call.argument_types[list]).element;
  ByteReader reader(call.arguments[list].view());
  for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    if (bytecode::read_value(reader, call.program, element).word == wanted) return reader.ok();
  }
  return false;
}

bool _next_open_day_at(NativeCall& call) {
  Arguments arguments(call);
  TimestampMs at = arguments.instant();
  const int64_t mask = arguments.integer();
  const TimeOfDaySeconds time = arguments.time_of_day();
  const ZoneId zone = arguments.zone();
  if (arguments.failed() || mask < 1 || mask > 0x7f) return false;
  for (int tries = 0; tries < k_open_days_search; ++tries) {
    at = next_weekday_at(call.zones, zone, at, static_cast<uint8_t>(mask), time);
    if (!is_listed(call, 4, to_local(call.zones, zone, at).date)) return give_instant(call, at);
  }
  return false;
}

bool _add_open_days(NativeCall& call) {
  Arguments arguments(call);
  DateDays date = arguments.date();
  int64_t left = arguments.integer();
  const int64_t mask = arguments.integer();
  if (arguments.failed() || left < 0 || left > k_open_days_max || mask < 1 || mask > 0x7f) return false;
  const auto is_open = [&] { return (mask >> (iso_weekday(date) - 1) & 1) != 0 && !is_listed(call, 3, date); };
  if (left == 0 && is_open()) return give_date(call, date);
  left = std::max<int64_t>(left, 1);
  for (int tries = 0; tries < k_open_days_search; ++tries) {
    ++date;
    if (is_open() && --left == 0) return give_date(call, date);
  }
  return false;
}

bool _on_date(NativeCall& call) {
  Arguments arguments(call);
  const TimestampMs at = arguments.instant();
  const DateDays date = arguments.date();
  const ZoneId zone = arguments.zone();
  if (arguments.failed()) return false;
  const LocalTime local = to_local(call.zones, zone, at);
  return give_instant(call, to_instant(call.zones, zone, date, local.time, local.millisecond));
}

bool _next_time(NativeCall& call) {
  Arguments arguments(call);
  const TimestampMs after = arguments.instant();
  const TimeOfDaySeconds time = arguments.time_of_day();
  const ZoneId zone = arguments.zone();
  return !arguments.failed() && give_instant(call, next_weekday_at(call.zones, zone, after, 0x7f, time));
}

bool _instant_of(NativeCall& call) {
  Arguments arguments(call);
  const DateDays date = arguments.date();
  const TimeOfDaySeconds time = arguments.time_of_day();
  const ZoneId zone = arguments.zone();
  return !arguments.failed() && give_instant(call, to_instant(call.zones, zone, date, time));
}

bool date_of(NativeCall& call) {
  Arguments arguments(call);
  const TimestampMs at = arguments.instant();
  const ZoneId zone = arguments.zone();
  return !arguments.failed() && give_word(call, to_local(call.zones, zone, at).date);
}

bool _time_of(NativeCall& call) {
  Arguments arguments(call);
  const TimestampMs at = arguments.instant();
  const ZoneId zone = arguments.zone();
  return !arguments.failed() && give_word(call, to_local(call.zones, zone, at).time);
}

bool _date_add(NativeCall& call) {
  Arguments arguments(call);
  const DateDays date = arguments.date();
  const Period period = arguments.period();
  return !arguments.failed() && give_date(call, add_period(date, period));
}

bool _days_between(NativeCall& call) {
  Arguments arguments(call);
  const DateDays from = arguments.date();
  const DateDays to = arguments.date();
  return !arguments.failed() && give_word(call, to - from);
}

bool timezone_of(NativeCall& call) {
  const auto zone = call.zones.find(call.arguments[0].view());
  return !zone || give_bytes(call, call.zones.name(*zone));
}

bool zones_of(NativeCall& call) {
  const auto zones = call.zones.zones_of_country(call.arguments[0].view());
  std::string list;
  ByteWriter writer(list);
  writer.varint(zones.size());
  for (const ZoneId zone : zones) writer.text(call.zones.name(zone));
  return give_bytes(call, call.arena.copy(list));
}

bool _negate_period(NativeCall& call) {
  const Period period = call.arguments[0].period();
  if (period.months == INT32_MIN || period.days == INT32_MIN) return false;
  call.result = Value::from_period({-period.months, -period.days});
  return true;
}

bool _multiply_span(NativeCall& call) {
  int64_t product = 0;
  return !__builtin_mul_overflow(call.arguments[0].word, call.arguments[1].word, &product) && give_word(call, product);
}

// ── lists ──

bool size_of(NativeCall& call) {
  ByteReader reader(call.arguments[0].view());
  return give_word(call, static_cast<int64_t>(reader.varint()));
}

bytecode::TypeId element_type(const NativeCall& call) {
  return call.program.type(call.argument_types[0]).element;
}

// The element that `last` asks for; absent when there is none.
bool element(NativeCall& call, bool last) {
  ByteReader reader(call.arguments[0].view());
  const uint64_t count = reader.varint();
  if (count == 0) return true;
  for (uint64_t i = 1; last && i < count && reader.ok(); ++i) bytecode::skip_value(reader, call.program, element_type(call));
  const Value value = bytecode::read_value(reader, call.program, element_type(call));
  if (reader.ok()) call.result = value;
  return reader.ok();
}
bool first_of(NativeCall& call) {
  return element(call, false);
}
bool last_of(NativeCall& call) {
  return element(call, true);
}

bool is_empty(NativeCall& call) {
  const std::string_view bytes = call.arguments[0].view();
  switch (call.program.type(call.argument_types[0]).kind) {
    case bytecode::ValueKind::text:
      return give_word(call, bytes.empty() ? 1 : 0);
    case bytecode::ValueKind::list:
      return give_word(call, ByteReader(bytes).varint() == 0 ? 1 : 0);
    case bytecode::ValueKind::boolean:
    case bytecode::ValueKind::integer:
    case bytecode::ValueKind::decimal:
    case bytecode::ValueKind::instant:
    case bytecode::ValueKind::date:
    case bytecode::ValueKind::time_of_day:
    case bytecode::ValueKind::duration:
    case bytecode::ValueKind::period:
    case bytecode::ValueKind::time_zone:
    case bytecode::ValueKind::enumeration:
    case bytecode::ValueKind::record:
    case bytecode::ValueKind::delivery:
      break;
  }
  return give_word(call, 0);
}

// ── text ──

bool upper(NativeCall& call) {
  return give_bytes(call, call.arena.copy(to_upper(call.arguments[0].view())));
}
bool lower(NativeCall& call) {
  return give_bytes(call, call.arena.copy(to_lower(call.arguments[0].view())));
}

bool _upper_in(NativeCall& call) {
  return give_bytes(call, call.arena.copy(to_upper(call.arguments[0].view(), call.arguments[1].view())));
}
bool _lower_in(NativeCall& call) {
  return give_bytes(call, call.arena.copy(to_lower(call.arguments[0].view(), call.arguments[1].view())));
}
bool _plural_form(NativeCall& call) {
  return give_bytes(call, call.arena.copy(plural_form(call.arguments[1].view(), call.arguments[0].decimal)));
}

bool trim(NativeCall& call) {
  constexpr std::string_view k_spaces = " \t\r\n";
  std::string_view text = call.arguments[0].view();
  const size_t first = text.find_first_not_of(k_spaces);
  if (first == std::string_view::npos) return give_bytes(call, {});
  return give_bytes(call, text.substr(first, text.find_last_not_of(k_spaces) - first + 1));
}

bool length_of(NativeCall& call) {
  return give_word(call, count_code_points(call.arguments[0].view()));
}
bool starts_with(NativeCall& call) {
  return give_word(call, call.arguments[0].view().starts_with(call.arguments[1].view()) ? 1 : 0);
}
bool contains_text(NativeCall& call) {
  return give_word(call, call.arguments[0].view().find(call.arguments[1].view()) != std::string_view::npos ? 1 : 0);
}

// ── numbers ──

bool round_to(NativeCall& call) {
  // Beyond the exponents there are, more places change nothing.
  const int64_t places = std::clamp<int64_t>(call.arguments[1].word, -2 * Decimal::k_exponent_max, 2 * Decimal::k_exponent_max);
  return give_decimal(call, round_to_places(call.arguments[0].decimal, static_cast<int>(places)));
}

bool to_integer(NativeCall& call) {
  const auto integer = call.arguments[0].decimal.to_int();
  return !integer || give_word(call, *integer);
}

bool minimum(NativeCall& call) {
  return give_decimal(call, std::min(call.arguments[0].decimal, call.arguments[1].decimal));
}
bool maximum(NativeCall& call) {
  return give_decimal(call, std::max(call.arguments[0].decimal, call.arguments[1].decimal));
}

}  // namespace
}  // namespace natives

size_t bytes_read(bytecode::NativeId id, const NativeCall& call) {
  size_t result = 0;
  const size_t count = bytecode::native_signature(id)->parameters.size();
  for (size_t i = 0; i < count; ++i) {
    const bool is_bytes = representation(call.program.type(call.argument_types[i]).kind) == bytecode::Representation::bytes;
    if (is_bytes) result += call.arguments[i].view().size();
  }
  return result;
}

bool call_native(bytecode::NativeId id, NativeCall& call) {
  switch (static_cast<uint16_t>(id)) {
#define WEND_NATIVE(number, name, ...) \
  case number:                         \
    return natives::name(call);
#include "runtime/bytecode/natives.def"
#undef WEND_NATIVE
  }
  return false;
}

}  // namespace wend::vm
