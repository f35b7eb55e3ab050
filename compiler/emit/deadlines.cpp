#include "compiler/emit/deadlines.h"

#include "compiler/flow/walk.h"
#include "runtime/base/bytes.h"
#include "runtime/bytecode/packed.h"

namespace wend::emit {
namespace {

using flow::Overloaded;
using types::Kind;

types::Type instant_type() {
  return types::simple(Kind::instant);
}
types::Type time_type() {
  return types::simple(Kind::time_of_day);
}

// Calendar time on from an instant, same wall clock.
Register add_period(Expressions& expressions, Register start, Period period) {
  return expressions.native("_add_period", instant_type(),
                            {expressions.argument(instant_type(), start), expressions.argument(types::simple(Kind::period), period),
                             expressions.zone_argument()});
}

Expressions::Argument closed_days(Code& code, Expressions& expressions, const sema::Calendar& calendar) {
  const types::Type list = types::list_of(types::simple(Kind::date));
  const bytecode::TypeId element = code.builder().type(types::simple(Kind::date));
  std::string bytes;
  ByteWriter writer(bytes);
  writer.varint(calendar.closed.size());
  for (const DateDays day : calendar.closed) {
    bytecode::write_value(writer, code.builder().program(), element, bytecode::Value::from_word(day));
  }
  return expressions.argument(list, std::move(bytes));
}

// As below; then so many business days on, and to an open day in any case.
Register on_business_day(Code& code, Expressions& expressions, const flow::AfterPeriod& after) {
  const types::Type date_type = types::simple(Kind::date);
  const types::Type integer = types::simple(Kind::integer);
  const Register today = expressions.native("date_of", date_type, {expressions.now_argument(), expressions.zone_argument()});
  const Register later = expressions.native(
      "_date_add", date_type, {expressions.argument(date_type, today), expressions.argument(types::simple(Kind::period), after.period)});
  const Register date = expressions.native(
      "_add_open_days", date_type,
      {expressions.argument(date_type, later), expressions.argument(integer, std::int64_t{after.business_days}),
       expressions.argument(integer, std::int64_t{after.calendar->weekday_mask}), closed_days(code, expressions, *after.calendar)});
  if (!after.at) {
    return expressions.native("_on_date", instant_type(),
                              {expressions.now_argument(), expressions.argument(date_type, date), expressions.zone_argument()});
  }
  const Register time = expressions.constant(time_type(), std::int64_t{*after.at});
  return expressions.native("_instant_of", instant_type(),
                            {expressions.argument(date_type, date), expressions.argument(time_type(), time), expressions.zone_argument()});
}

// Local date of the anchor, so many days or months on, at a wall clock.
Register at_on_later_date(Expressions& expressions, Period period, TimeOfDaySeconds at) {
  const types::Type date_type = types::simple(Kind::date);
  const Register today = expressions.native("date_of", date_type, {expressions.now_argument(), expressions.zone_argument()});
  const Register date = expressions.native(
      "_date_add", date_type, {expressions.argument(date_type, today), expressions.argument(types::simple(Kind::period), period)});
  return expressions.native(
      "_instant_of", instant_type(),
      {expressions.argument(date_type, date), expressions.argument(time_type(), std::int64_t{at}), expressions.zone_argument()});
}

Register next_local_time(Code& code, Expressions& expressions, const flow::NextLocalTime& next) {
  if (next.calendar != nullptr) {
    return expressions.native(
        "_next_open_day_at", instant_type(),
        {expressions.now_argument(), expressions.argument(types::simple(Kind::integer), std::int64_t{next.weekday_mask}),
         expressions.argument(time_type(), std::int64_t{next.at}), expressions.zone_argument(),
         closed_days(code, expressions, *next.calendar)});
  }
  return expressions.native(
      "_next_weekday_at", instant_type(),
      {expressions.now_argument(), expressions.argument(types::simple(Kind::integer), std::int64_t{next.weekday_mask}),
       expressions.argument(time_type(), std::int64_t{next.at}), expressions.zone_argument()});
}

// A round that took longer than the span between rounds is followed by the next one at once.
Register round_end(Code& code, Expressions& expressions, const flow::RoundEnd& round, const Places& places) {
  const Register start = places(round.round_start);
  const Register end = code.take(code.builder().type(instant_type()));
  if (const auto* duration_ms = std::get_if<DurationMs>(&round.span)) {
    code.add(Opcode::add_word, end, start, expressions.constant(types::simple(Kind::duration), *duration_ms));
  } else {
    code.add(Opcode::move, end, add_period(expressions, start, std::get<Period>(round.span)));
  }
  const CodeLabel later = code.new_label();
  const Register is_ahead = code.take(code.builder().type(types::simple(Kind::boolean)));
  code.add(Opcode::less_word, is_ahead, expressions.now(), end);
  code.jump_if(is_ahead, later);
  code.add(Opcode::move, end, expressions.now());
  code.bind(later);
  return end;
}

// What the wait is for, its wall clock applied; absent where the expression is.
void return_instant(Code& code, Expressions& expressions, const flow::LiveInstant& instant, std::optional<Register> at_zone) {
  const Register wanted = expressions.value(*instant.instant);
  if (!instant.at) {
    code.add(Opcode::return_value, wanted);
    return;
  }
  const CodeLabel absent = code.new_label();
  Register present = wanted;
  if (instant.instant->type.optional) {
    code.jump_if_absent(wanted, absent);
    present = code.take(code.builder().type(instant_type()));
    code.add(Opcode::unwrap, present, wanted);
  }
  code.add(Opcode::return_value,
           expressions.native("_at_time", instant_type(),
                              {expressions.argument(instant_type(), present), expressions.argument(time_type(), std::int64_t{*instant.at}),
                               at_zone ? expressions.argument(types::simple(Kind::time_zone), *at_zone) : expressions.zone_argument()}));
  code.bind(absent);
  if (instant.instant->type.optional) code.add(Opcode::return_value, wanted);
}

}  // namespace

void emit_deadline_code(Code& code, Expressions& from_frame, const flow::WaitingPoint& point, const Places& places) {
  std::visit(Overloaded{
                 [](const flow::NoDeadline&) {},
                 [](const flow::AfterDuration&) {},
                 [&](const flow::AfterPeriod& after) {
                   const Register end = after.calendar != nullptr ? on_business_day(code, from_frame, after)
                                        : after.at                ? at_on_later_date(from_frame, after.period, *after.at)
                                                                  : add_period(from_frame, from_frame.now(), after.period);
                   code.add(Opcode::return_value, end);
                 },
                 [&](const flow::NextLocalTime& next) { code.add(Opcode::return_value, next_local_time(code, from_frame, next)); },
                 [&](const flow::LiveInstant& instant) {
                   return_instant(code, from_frame, instant, point.at_zone ? std::optional(places(*point.at_zone)) : std::nullopt);
                 },
                 [&](const flow::RoundEnd& round) { code.add(Opcode::return_value, round_end(code, from_frame, round, places)); },
             },
             point.deadline);
}

}  // namespace wend::emit
