#include <algorithm>
#include <array>
#include <cassert>

#include "compiler/emit/expressions.h"

// Arithmetic, comparison and native functions.

namespace wend::emit {

using sema::ArithmeticOp;
using sema::CompareOp;
using sema::Expr;
using types::Kind;

namespace {

// What a text in a language asks instead: with the tag of its locale as one more argument.
struct InLocale {
  const char* name;
  const char* name_in;
};
constexpr std::array<InLocale, 4> k_in_locale = {
    {{"upper", "_upper_in"}, {"lower", "_lower_in"}, {"_capitalize", "_capitalize_in"}, {"_date_text", "_date_text_in"}}};

// The instruction of an operator that is one instruction.
std::optional<Opcode> opcode_of(ArithmeticOp op) {
  switch (op) {
    case ArithmeticOp::add_integer:
      return Opcode::add_integer;
    case ArithmeticOp::subtract_integer:
      return Opcode::subtract_integer;
    case ArithmeticOp::multiply_integer:
      return Opcode::multiply_integer;
    case ArithmeticOp::add_decimal:
      return Opcode::add_decimal;
    case ArithmeticOp::subtract_decimal:
      return Opcode::subtract_decimal;
    case ArithmeticOp::multiply_decimal:
      return Opcode::multiply_decimal;
    case ArithmeticOp::divide_decimal:
      return Opcode::divide_decimal;
    case ArithmeticOp::add_duration:
    case ArithmeticOp::instant_plus_duration:
      return Opcode::add_word;
    case ArithmeticOp::subtract_duration:
    case ArithmeticOp::instant_minus_duration:
    case ArithmeticOp::instant_minus_instant:
      return Opcode::subtract_word;
    case ArithmeticOp::concat:
      return Opcode::concat;
    case ArithmeticOp::multiply_duration:
    case ArithmeticOp::instant_plus_period:
    case ArithmeticOp::instant_minus_period:
    case ArithmeticOp::date_plus_period:
    case ArithmeticOp::date_minus_period:
      return std::nullopt;
  }
  return std::nullopt;
}

enum class Family { word, decimal, bytes };
Family family(const types::Type& type) {
  switch (type.kind) {
    case Kind::decimal:
    case Kind::percent:
    case Kind::money:
      return Family::decimal;
    case Kind::text:
    case Kind::time_zone:
    case Kind::record:
    case Kind::list:
    case Kind::set:
    case Kind::delivery:
      return Family::bytes;
    case Kind::boolean:
    case Kind::integer:
    case Kind::instant:
    case Kind::date:
    case Kind::time_of_day:
    case Kind::duration:
    case Kind::period:
    case Kind::enumeration:
    case Kind::error:
    case Kind::absent:
      return Family::word;
  }
  return Family::word;
}

Opcode equal_opcode(Family family) {
  switch (family) {
    case Family::word:
      return Opcode::equal_word;
    case Family::decimal:
      return Opcode::equal_decimal;
    case Family::bytes:
      return Opcode::equal_bytes;
  }
  return Opcode::equal_word;
}

}  // namespace

void Expressions::emit(const Expr&, const sema::Negate& node, Register target) {
  const Opcode opcode = node.op == sema::NegateOp::integer ? Opcode::negate_integer : Opcode::negate_decimal;
  code_.add(opcode, target, value(*node.operand));
}

void Expressions::emit(const Expr&, const sema::Arithmetic& node, Register target) {
  if (const auto opcode = opcode_of(node.op)) {
    const Register left = value(*node.left);
    const Register right = value(*node.right);
    code_.add(*opcode, target, left, right);
    return;
  }
  if (node.op == ArithmeticOp::multiply_duration) {
    call("_multiply_span", target, {argument(*node.left), argument(*node.right)});
    return;
  }
  add_period(node, target);
}

void Expressions::add_period(const sema::Arithmetic& node, Register target) {
  const bool on_date = node.op == ArithmeticOp::date_plus_period || node.op == ArithmeticOp::date_minus_period;
  const bool negated = node.op == ArithmeticOp::instant_minus_period || node.op == ArithmeticOp::date_minus_period;
  std::vector<Argument> arguments = {argument(*node.left), period_argument(*node.right, negated)};
  if (!on_date) arguments.push_back(zone_argument());
  call(on_date ? "_date_add" : "_add_period", target, arguments);
}

Expressions::Argument Expressions::period_argument(const Expr& expr, bool negated) {
  if (!negated) return argument(expr);
  if (const auto* known = expr.get_if<sema::Constant>()) {
    const auto period = std::get<Period>(known->value);
    return argument(expr.type, Period{-period.months, -period.days});
  }
  return {expr.type, [this, &expr](Register target) { call("_negate_period", target, {argument(expr)}); }};
}

Expressions::Argument Expressions::argument(const Expr& expr) {
  return {expr.type, [this, &expr](Register target) { into(expr, target); }};
}
Expressions::Argument Expressions::argument(const types::Type& type, Register value) {
  return {type, [this, value](Register target) { code_.add(Opcode::move, target, value); }};
}
Expressions::Argument Expressions::argument(const types::Type& type, const sema::ConstantValue& value) {
  return {type, [this, type, value](Register target) { code_.add(Opcode::load_constant, target, code_.builder().constant(type, value)); }};
}
Expressions::Argument Expressions::now_argument() {
  return {types::simple(Kind::instant), [this](Register target) { load_now(target); }};
}
Expressions::Argument Expressions::zone_argument() {
  return {types::simple(Kind::time_zone), [this](Register target) { load_zone(target); }};
}

Register Expressions::native(const char* name, const types::Type& result, const std::vector<Argument>& arguments) {
  const Register target = temporary(result);
  call(name, target, arguments);
  return target;
}

void Expressions::call(const char* name, Register target, const std::vector<Argument>& arguments) {
  std::vector<TypeId> types;
  for (const Argument& argument : arguments) types.push_back(code_.builder().type(argument.type));
  const Register first = code_.take(types);
  for (std::size_t i = 0; i < arguments.size(); ++i) arguments[i].write(static_cast<Register>(static_cast<std::size_t>(first) + i));
  code_.add(Opcode::call_native, target, first, native_id(name));
}

void Expressions::emit(const Expr&, const sema::NativeCall& node, Register target) {
  const auto in_locale = std::ranges::find_if(k_in_locale, [&](const InLocale& each) { return node.native == native_id(each.name); });
  if (!environment_.locale.empty() && in_locale != k_in_locale.end()) {
    std::vector<Argument> arguments;
    for (const sema::ExprPtr& each : node.arguments) arguments.push_back(argument(*each));
    arguments.push_back(argument(types::text(), sema::ConstantValue(environment_.locale)));
    return call(in_locale->name_in, target, arguments);
  }
  std::vector<const Expr*> arguments;
  for (const sema::ExprPtr& argument : node.arguments) arguments.push_back(argument.get());
  const Register first = arguments.empty() ? Register{} : values(arguments);
  code_.add(Opcode::call_native, target, first, node.native);
}

void Expressions::emit(const Expr&, const sema::Compare& node, Register target) {
  const Register left = value(*node.left);
  const Register right = value(*node.right);
  compare(node.op, node.left->type, left, right, target);
}

void Expressions::compare(CompareOp op, const types::Type& type, Register left, Register right, Register target) {
  const Family kind = family(type);
  const bool is_decimal = kind == Family::decimal;
  const Opcode less = is_decimal ? Opcode::less_decimal : Opcode::less_word;
  const Opcode less_equal = is_decimal ? Opcode::less_equal_decimal : Opcode::less_equal_word;
  switch (op) {
    case CompareOp::equal:
      code_.add(equal_opcode(kind), target, left, right);
      return;
    case CompareOp::not_equal:
      code_.add(equal_opcode(kind), target, left, right);
      code_.add(Opcode::not_boolean, target, target);
      return;
    case CompareOp::less:
      code_.add(less, target, left, right);
      return;
    case CompareOp::less_equal:
      code_.add(less_equal, target, left, right);
      return;
    case CompareOp::greater:
      code_.add(less, target, right, left);
      return;
    case CompareOp::greater_equal:
      code_.add(less_equal, target, right, left);
      return;
  }
}

void Expressions::emit(const Expr&, const sema::Contains& node, Register target) {
  const Register element = value(*node.element);
  const Register collection = value(*node.collection);
  code_.add(Opcode::contains, target, collection, element);
}

}  // namespace wend::emit
