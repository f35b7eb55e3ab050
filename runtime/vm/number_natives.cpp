// Numbers, time and printing in templates.

#include <algorithm>

#include "runtime/vm/date_text.h"
#include "runtime/vm/machine.h"
#include "runtime/vm/template_natives.h"

namespace wend::vm {
namespace {

bool give_word(NativeCall& call, int64_t word) {
  call.result = Value::from_word(word);
  return true;
}
bool give_decimal(NativeCall& call, const std::optional<Decimal>& decimal) {
  if (decimal) call.result = Value::from_decimal(*decimal);
  return decimal.has_value();
}

// The largest whole number that is not more.
std::optional<Decimal> floor_of(const Decimal& value) {
  const Decimal rounded = round_to_places(value, 0);
  return rounded <= value ? rounded : subtract(rounded, Decimal::from_int(1));
}

std::optional<Decimal> round_away(const Decimal& value, int places) {
  // Half to even differs from half away from zero only where it rounds a half down.
  const Decimal rounded = round_to_places(value, places);
  const auto rest = subtract(value.is_negative() ? negate(value) : value, rounded.is_negative() ? negate(rounded) : rounded);
  const auto half = Decimal::from_parts(false, 5, -places - 1);
  if (!rest || !half || *rest != *half) return rounded;
  const auto unit = Decimal::from_parts(value.is_negative(), 1, -places);
  return unit ? add(rounded, *unit) : std::nullopt;
}

bool give_date_text(NativeCall& call, std::string_view locale) {
  const int64_t at = call.arguments[0].word;
  const auto zone = call.zones.find(call.arguments[2].view());
  if (!zone || at < k_timestamp_min_ms || at > k_timestamp_max_ms) return false;
  Made made;
  made.add(date_text(call.zones, *zone, at, call.arguments[1].view(), locale));
  return made.give(call);
}

}  // namespace

std::string print_decimal(const Decimal& value) {
  std::string text = value.to_string();
  return text.find_first_of(".E") == std::string::npos ? text + ".0" : text;
}

std::string print_value(const bytecode::Program& program, const ZoneTable& zones, bytecode::TypeId type_id, const Value& value) {
  const bytecode::Type& type = program.type(type_id);
  if (value.present && type.kind == bytecode::ValueKind::decimal && type.currency.empty() && !type.is_percent) {
    return print_decimal(value.decimal);
  }
  if (value.present && type.kind == bytecode::ValueKind::list) {
    std::string result;
    ByteReader reader(value.view());
    const uint64_t count = reader.varint();
    for (uint64_t i = 0; i < count && reader.ok(); ++i) {
      const Value element = bytecode::read_value(reader, program, type.element);
      if (reader.ok()) result += print_value(program, zones, type.element, element);
    }
    return result;
  }
  return format_value(program, zones, "UTC", type_id, value);
}

namespace natives {

bool _floor_divide(NativeCall& call) {
  const int64_t left = call.arguments[0].word;
  const int64_t right = call.arguments[1].word;
  if (right == 0 || (left == INT64_MIN && right == -1)) return false;
  const int64_t quotient = left / right;
  return give_word(call, left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient);
}
bool _modulo_integer(NativeCall& call) {
  const int64_t left = call.arguments[0].word;
  const int64_t right = call.arguments[1].word;
  if (right == 0) return false;
  if (right == -1) return give_word(call, 0);
  const int64_t rest = left % right;
  return give_word(call, rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest);
}
bool _modulo_decimal(NativeCall& call) {
  const Decimal& left = call.arguments[0].decimal;
  const Decimal& right = call.arguments[1].decimal;
  const auto quotient = divide(left, right);
  const auto whole = quotient ? floor_of(*quotient) : std::nullopt;
  const auto product = whole ? multiply(*whole, right) : std::nullopt;
  return product && give_decimal(call, subtract(left, *product));
}
bool _round_away(NativeCall& call) {
  constexpr int64_t k_places_max = 34;
  return give_decimal(call, round_away(call.arguments[0].decimal, static_cast<int>(std::clamp<int64_t>(call.arguments[1].word, 0, k_places_max))));
}
bool _ceiling(NativeCall& call) {
  const auto floor = floor_of(negate(call.arguments[0].decimal));
  return floor && give_decimal(call, negate(*floor));
}
bool _floor(NativeCall& call) {
  return give_decimal(call, floor_of(call.arguments[0].decimal));
}
bool _minimum_integer(NativeCall& call) {
  return give_word(call, std::min(call.arguments[0].word, call.arguments[1].word));
}
bool _maximum_integer(NativeCall& call) {
  return give_word(call, std::max(call.arguments[0].word, call.arguments[1].word));
}
bool _print_decimal(NativeCall& call) {
  call.result = Value::from_bytes(call.arena.copy(print_decimal(call.arguments[0].decimal)));
  return true;
}

bool _print_plain(NativeCall& call) {
  const bytecode::Type& type = call.program.type(call.argument_types[0]);
  const Value& value = call.arguments[0];
  const std::string text = type.kind == bytecode::ValueKind::instant ? format_rfc3339(value.word)
                                                                     : print_value(call.program, call.zones, call.argument_types[0], value);
  call.result = Value::from_bytes(call.arena.copy(text));
  return true;
}

bool _date_text(NativeCall& call) {
  return give_date_text(call, {});
}
bool _date_text_in(NativeCall& call) {
  return give_date_text(call, call.arguments[3].view());
}
bool _instant_of_seconds(NativeCall& call) {
  const int64_t seconds = call.arguments[0].word;
  if (seconds < k_timestamp_min_ms / 1000 || seconds > k_timestamp_max_ms / 1000) return false;
  return give_word(call, seconds * 1000);
}

}  // namespace natives
}  // namespace wend::vm
