#include <fmt/format.h>

#include <utility>

#include "compiler/sema/template_filters.h"

// Filters of numbers. Int with Int is Int; with a Decimal it is a Decimal; money stays money of its currency.

namespace wend::sema {

using types::simple;

namespace {

types::Type integer() { return simple(types::Kind::integer); }
types::Type decimal() { return simple(types::Kind::decimal); }
bool is_money(const ExprPtr& expr) { return expr->type.kind == types::Kind::money; }
bool is_integer(const ExprPtr& expr) { return expr->type.kind == types::Kind::integer; }

ExprPtr to_decimal(ExprPtr expr) {
  if (!is_integer(expr)) return expr;
  const Span span = expr->span;
  return make_expr(decimal(), span, ToDecimal{std::move(expr)});
}

ExprPtr arithmetic_expr(ArithmeticOp op, types::Type type, ExprPtr left, ExprPtr right, Span span) {
  return make_expr(std::move(type), span, Arithmetic{op, std::move(left), std::move(right)});
}

// Of a Decimal without a fraction. Whole numbers beyond those of Int fault.
ExprPtr to_integer(ExprPtr value, Span span) {
  return make_expr(integer(), span, Unwrap{native_expr(Native::to_integer, types::optional(integer()), span, std::move(value))});
}

}  // namespace

// A number, an amount, or a literal text that is one.
ExprPtr FilterCheck::number(Operand operand) {
  if (const std::string* literal = literal_text(operand)) {
    if (const auto parsed = Decimal::parse(*literal)) {
      const bool is_whole = literal->find('.') == std::string::npos && parsed->to_int();
      if (is_whole) return integer_constant(*parsed->to_int(), operand.span);
      return make_expr(decimal(), operand.span, Constant{*parsed});
    }
  }
  const bool is_number = operand.is(types::Kind::integer) || operand.is(types::Kind::decimal) || operand.is(types::Kind::money);
  return is_number ? std::move(operand.expr) : nullptr;
}

ExprPtr FilterCheck::number_argument(std::size_t at) {
  if (arguments_[at].is_value() && !checker_.require_present(arguments_[at], fmt::format("`{}` needs it", name_))) return nullptr;
  const Operand& argument = arguments_[at];
  const Span place = argument.span;
  const std::string found = argument.is_value() ? context().quoted(argument.type()) : "a word for none";
  ExprPtr made = argument.is_value() ? number(std::move(arguments_[at])) : nullptr;
  if (!made) {
    context()
        .report(Kind::template_argument_type, place)
        .with("what", fmt::format("argument {} of `{}`", at + 1, name_))
        .with("expected", "a number")
        .with("found", found);
  }
  return made;
}

Operand FilterCheck::not_a_number(const std::string& found) {
  context().report(Kind::template_filter_input, filter_.name.span).with("filter", name_).with("expected", "a number").with("found", found);
  return error();
}

bool FilterCheck::make_alike(ExprPtr& left, ExprPtr& right) {
  if (left->type == right->type) return true;
  if (is_money(left) || is_money(right)) {
    // A literal beside money is an amount of that currency.
    ExprPtr& plain = is_money(left) ? right : left;
    const ExprPtr& amount = is_money(left) ? left : right;
    const auto* constant = plain->get_if<Constant>();
    if (constant == nullptr || is_money(plain)) {
      context()
          .report(Kind::template_filter_input, filter_.name.span)
          .with("filter", name_)
          .with("expected", "two amounts of one currency")
          .with("found", context().quoted(left->type) + " and " + context().quoted(right->type));
      return false;
    }
    const auto* word = std::get_if<std::int64_t>(&constant->value);
    const Decimal value = word != nullptr ? Decimal::from_int(*word) : std::get<Decimal>(constant->value);
    plain = make_expr(amount->type, plain->span, Constant{value});
    return true;
  }
  left = to_decimal(std::move(left));
  right = to_decimal(std::move(right));
  return true;
}

Operand FilterCheck::arithmetic(Operand input) {
  const std::string found = context().quoted(input.type());
  ExprPtr left = number(std::move(input));
  if (!left) {
    return not_a_number(found);
  }
  ExprPtr right = number_argument(0);
  if (!right) return error();
  const bool is_times = name_ == "times";
  const bool is_plus = name_ == "plus";
  if (is_times && (is_money(left) || is_money(right))) {
    if (is_money(left) && is_money(right)) {
      wrong_argument(0, "a number");
      return error();
    }
    const types::Type type = is_money(left) ? left->type : right->type;
    return make_operand(arithmetic_expr(ArithmeticOp::multiply_decimal, type, to_decimal(std::move(left)), to_decimal(std::move(right)), span()));
  }
  if (!make_alike(left, right)) return error();
  const types::Type type = left->type;
  const bool whole = type.kind == types::Kind::integer;
  const ArithmeticOp op = is_times  ? (whole ? ArithmeticOp::multiply_integer : ArithmeticOp::multiply_decimal)
                          : is_plus ? (whole ? ArithmeticOp::add_integer : ArithmeticOp::add_decimal)
                                    : (whole ? ArithmeticOp::subtract_integer : ArithmeticOp::subtract_decimal);
  return make_operand(arithmetic_expr(op, type, std::move(left), std::move(right), span()));
}

bool FilterCheck::require_not_zero(const Expr& divisor) {
  const auto sign = constant_sign(divisor);
  const bool is_known = (sign && *sign != 0) || checker_.flow_.knows_not_zero(divisor);
  if (is_known) return true;
  const std::string text = checker_.snippet(divisor.span);
  Diagnostic& diagnostic = context().report(Kind::divisor_may_be_zero, divisor.span);
  diagnostic.label(sign ? "this is zero" : "nothing says that it is not zero");
  if (!sign) diagnostic.help("test it first: `{% if " + text + " != 0 %}`");
  return false;
}

Operand FilterCheck::divided(Operand input) {
  const std::string found = context().quoted(input.type());
  ExprPtr left = number(std::move(input));
  ExprPtr right = number_argument(0);
  if (!left) {
    return not_a_number(found);
  }
  if (!right || !require_not_zero(*right)) return error();
  if (is_integer(left) && is_integer(right)) {
    return make_operand(native_expr(Native::_floor_divide, integer(), span(), std::move(left), std::move(right)));
  }
  types::Type type = decimal();
  if (is_money(left) && !is_money(right)) type = left->type;
  if (is_money(right) && (!is_money(left) || left->type != right->type)) {
    wrong_argument(0, "a number");
    return error();
  }
  return make_operand(arithmetic_expr(ArithmeticOp::divide_decimal, type, to_decimal(std::move(left)), to_decimal(std::move(right)), span()));
}

Operand FilterCheck::modulo(Operand input) {
  const std::string found = context().quoted(input.type());
  ExprPtr left = number(std::move(input));
  ExprPtr right = number_argument(0);
  if (!left || (left && is_money(left))) {
    return not_a_number(found);
  }
  if (!right || !require_not_zero(*right)) return error();
  if (is_integer(left) && is_integer(right)) {
    return make_operand(native_expr(Native::_modulo_integer, integer(), span(), std::move(left), std::move(right)));
  }
  if (is_money(right)) {
    wrong_argument(0, "a number");
    return error();
  }
  return make_operand(native_expr(Native::_modulo_decimal, decimal(), span(), to_decimal(std::move(left)), to_decimal(std::move(right))));
}

// `round`, `ceil`, `floor`
Operand FilterCheck::rounded(Operand input) {
  const std::string found = context().quoted(input.type());
  ExprPtr value = number(std::move(input));
  if (!value || is_money(value)) {
    return not_a_number(found);
  }
  if (is_integer(value)) return make_operand(std::move(value));
  if (name_ == "ceil") return make_operand(to_integer(native_expr(Native::_ceiling, decimal(), span(), std::move(value)), span()));
  if (name_ == "floor") return make_operand(to_integer(native_expr(Native::_floor, decimal(), span(), std::move(value)), span()));
  const bool to_places = has(0) && !(literal_integer(arguments_[0]) != nullptr && *literal_integer(arguments_[0]) == 0);
  ExprPtr places = integer_argument(0, 0);
  if (!places) return error();
  ExprPtr made = native_expr(Native::_round_away, decimal(), span(), std::move(value), std::move(places));
  return make_operand(to_places ? std::move(made) : to_integer(std::move(made), span()));
}

Operand FilterCheck::bounded(Operand input) {
  const std::string found = context().quoted(input.type());
  ExprPtr left = number(std::move(input));
  ExprPtr right = number_argument(0);
  if (!left) {
    return not_a_number(found);
  }
  if (!right || !make_alike(left, right)) return error();
  const types::Type type = left->type;
  const bool least = name_ == "at_least";
  const Native native = is_integer(left) ? (least ? Native::_maximum_integer : Native::_minimum_integer) : (least ? Native::maximum : Native::minimum);
  return make_operand(native_expr(native, type, span(), std::move(left), std::move(right)));
}

Operand FilterCheck::absolute(Operand input) {
  const std::string found = context().quoted(input.type());
  ExprPtr value = number(std::move(input));
  if (!value) {
    return not_a_number(found);
  }
  const types::Type type = value->type;
  const bool whole = is_integer(value);
  const VariableId held = checker_.new_variable("value", type, span(), value->labels);
  ExprPtr negative = make_expr(type, span(), Negate{whole ? NegateOp::integer : NegateOp::decimal, read_variable(context(), held, span())});
  ExprPtr larger = native_expr(whole ? Native::_maximum_integer : Native::maximum, type, span(), read_variable(context(), held, span()), std::move(negative));
  return make_operand(make_expr(type, span(), LetIn{held, std::move(value), std::move(larger)}));
}

}  // namespace wend::sema
