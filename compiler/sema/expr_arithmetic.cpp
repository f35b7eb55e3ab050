#include <utility>

#include "compiler/sema/expr_checker.h"

// + - * /: which of the runtime's operations an operator is, by the types of its operands.

namespace wend::sema {
namespace {

bool is_number(const types::Type& type) {
  return type.kind == types::Kind::integer || type.kind == types::Kind::decimal;
}
/// A Decimal at run time that keeps its type under multiplication by a plain number.
bool is_amount(const types::Type& type) {
  return type.kind == types::Kind::money || type.kind == types::Kind::percent;
}
bool is_span(const types::Type& type) {
  return type.kind == types::Kind::duration || type.kind == types::Kind::period;
}

ExprPtr combine(ArithmeticOp op, types::Type type, Span span, ExprPtr left, ExprPtr right) {
  return make_expr(std::move(type), span, Arithmetic{op, std::move(left), std::move(right)});
}

}  // namespace

ExprPtr ExprChecker::check_arithmetic(const syntax::Expr& syntax, const types::Type* hint) {
  const auto& binary = syntax.as<syntax::BinaryExpr>();
  // A sum wanted as a Decimal makes its integer literals Decimals; other hints say nothing about the operands.
  const types::Type* number_hint = hint && hint->kind == types::Kind::decimal ? hint : nullptr;
  ExprPtr left;
  ExprPtr right;
  if (needs_hint(*binary.left) && !needs_hint(*binary.right)) {
    right = value(*binary.right, number_hint);
    left = value_beside(*binary.left, right->type);
  } else {
    left = value(*binary.left, number_hint);
    right = left->type.is_error() ? value_beside(*binary.right, left->type)
                                  : value(*binary.right, is_number(left->type) ? &left->type : number_hint);
  }
  if (left->type.is_error() || right->type.is_error()) return make_error(syntax.span);
  const bool may_lift = lifts_optionals_ && left->type.optional && left->type.kind == types::Kind::instant;
  if (!may_lift) {
    left = require_present(std::move(left), "`" + std::string(syntax::spelling(binary.op)) + "` needs it present");
    right = require_present(std::move(right), "`" + std::string(syntax::spelling(binary.op)) + "` needs it present");
    if (left->type.is_error() || right->type.is_error()) return make_error(syntax.span);
    return arithmetic(binary, syntax.span, std::move(left), std::move(right));
  }
  // match left { absent => absent, present x => x + right }
  right = require_present(std::move(right));
  if (right->type.is_error()) return make_error(syntax.span);
  const types::Type present = types::required(left->type);
  VariableInfo info;
  info.kind = VariableKind::pattern;
  info.name = info.qualified_name = "instant";
  info.type = present;
  info.labels = left->labels;
  info.span = left->span;
  const VariableId binding = context_.new_variable(std::move(info));
  ExprPtr sum = arithmetic(binary, syntax.span, make_expr(present, left->span, Variable{binding}, left->labels), std::move(right));
  if (sum->type.is_error()) return sum;
  const types::Type lifted = types::optional(sum->type);
  MatchExpr match;
  match.subject = std::move(left);
  match.arms.resize(2);
  match.arms[0].patterns.push_back({AbsentPattern{}, syntax.span});
  match.arms[0].value = make_expr(lifted, syntax.span, Absent{});
  match.arms[1].patterns.push_back({PresentPattern{binding}, syntax.span});
  match.arms[1].value = make_expr(lifted, syntax.span, ToOptional{std::move(sum)});
  return make_expr(lifted, syntax.span, std::move(match));
}

ExprPtr ExprChecker::arithmetic(const syntax::BinaryExpr& binary, Span span, ExprPtr left, ExprPtr right) {
  if (report_open_money(*left) || report_open_money(*right)) return make_error(span);
  if (binary.op == syntax::BinaryOp::divide) require_not_zero(*right);
  const auto involves_time = [](const types::Type& type) {
    return type.kind == types::Kind::instant || type.kind == types::Kind::date || is_span(type);
  };
  ExprPtr result = involves_time(left->type) || involves_time(right->type) ? time_arithmetic(binary, span, left, right)
                                                                           : number_arithmetic(binary, span, left, right);
  if (result) return result;
  report_operands(binary, *left, *right);
  return make_error(span);
}

ExprPtr ExprChecker::time_arithmetic(const syntax::BinaryExpr& binary, Span span, ExprPtr& left, ExprPtr& right) {
  const bool adds = binary.op == syntax::BinaryOp::add;
  const bool subtracts = binary.op == syntax::BinaryOp::subtract;
  const types::Type duration = types::simple(types::Kind::duration);
  if (binary.op == syntax::BinaryOp::multiply) {
    if (left->type.kind == types::Kind::integer && right->type.kind == types::Kind::duration) std::swap(left, right);
    if (left->type.kind != types::Kind::duration || right->type.kind != types::Kind::integer) return nullptr;
    return combine(ArithmeticOp::multiply_duration, duration, span, std::move(left), std::move(right));
  }
  if (!adds && !subtracts) return nullptr;
  const bool span_first = is_span(left->type) && (right->type.kind == types::Kind::instant || right->type.kind == types::Kind::date);
  if (adds && span_first) std::swap(left, right);
  const types::Type type = left->type;
  if (type.kind == types::Kind::instant && right->type.kind == types::Kind::duration) {
    return combine(adds ? ArithmeticOp::instant_plus_duration : ArithmeticOp::instant_minus_duration, type, span, std::move(left),
                   std::move(right));
  }
  if (type.kind == types::Kind::instant && right->type.kind == types::Kind::period) {
    return combine(adds ? ArithmeticOp::instant_plus_period : ArithmeticOp::instant_minus_period, type, span, std::move(left),
                   std::move(right));
  }
  if (type.kind == types::Kind::date && right->type.kind == types::Kind::period) {
    return combine(adds ? ArithmeticOp::date_plus_period : ArithmeticOp::date_minus_period, type, span, std::move(left), std::move(right));
  }
  if (type.kind == types::Kind::instant && right->type.kind == types::Kind::instant && subtracts) {
    return combine(ArithmeticOp::instant_minus_instant, duration, span, std::move(left), std::move(right));
  }
  if (type.kind == types::Kind::duration && right->type.kind == types::Kind::duration) {
    return combine(adds ? ArithmeticOp::add_duration : ArithmeticOp::subtract_duration, duration, span, std::move(left), std::move(right));
  }
  return nullptr;
}

ExprPtr ExprChecker::number_arithmetic(const syntax::BinaryExpr& binary, Span span, ExprPtr& left, ExprPtr& right) {
  const types::Type decimal = types::simple(types::Kind::decimal);
  const auto as_decimal = [&](ExprPtr& expr) {
    return expr->type.kind == types::Kind::integer ? convert(std::move(expr), decimal) : std::move(expr);
  };
  const auto decimals = [&](ArithmeticOp op, const types::Type& type) {
    ExprPtr first = as_decimal(left);
    return combine(op, type, span, std::move(first), as_decimal(right));
  };
  const types::Type first = left->type;
  const types::Type second = right->type;
  const bool integers = first.kind == types::Kind::integer && second.kind == types::Kind::integer;
  const bool numbers = is_number(first) && is_number(second);
  switch (binary.op) {
    case syntax::BinaryOp::add:
    case syntax::BinaryOp::subtract: {
      const bool adds = binary.op == syntax::BinaryOp::add;
      if (integers) {
        return combine(adds ? ArithmeticOp::add_integer : ArithmeticOp::subtract_integer, first, span, std::move(left), std::move(right));
      }
      if (numbers || (is_amount(first) && first == second)) {
        return decimals(adds ? ArithmeticOp::add_decimal : ArithmeticOp::subtract_decimal, numbers ? decimal : first);
      }
      if (adds && first.kind == types::Kind::text && second.kind == types::Kind::text && first == types::text() &&
          second == types::text()) {
        return combine(ArithmeticOp::concat, first, span, std::move(left), std::move(right));
      }
      return nullptr;
    }
    case syntax::BinaryOp::multiply:
      if (integers) return combine(ArithmeticOp::multiply_integer, first, span, std::move(left), std::move(right));
      if (numbers) return decimals(ArithmeticOp::multiply_decimal, decimal);
      if (first.kind == types::Kind::money && (is_number(second) || second.kind == types::Kind::percent)) {
        return decimals(ArithmeticOp::multiply_decimal, first);
      }
      if (second.kind == types::Kind::money && (is_number(first) || first.kind == types::Kind::percent)) {
        return decimals(ArithmeticOp::multiply_decimal, second);
      }
      // A part of a number is a number; a part of a part is a part.
      if (first.kind == types::Kind::percent && second.kind == types::Kind::percent) return decimals(ArithmeticOp::multiply_decimal, first);
      if ((first.kind == types::Kind::percent && is_number(second)) || (is_number(first) && second.kind == types::Kind::percent)) {
        return decimals(ArithmeticOp::multiply_decimal, decimal);
      }
      return nullptr;
    case syntax::BinaryOp::divide:
      if (numbers || (is_amount(first) && first == second)) return decimals(ArithmeticOp::divide_decimal, decimal);
      if (is_amount(first) && is_number(second)) return decimals(ArithmeticOp::divide_decimal, first);
      return nullptr;
    case syntax::BinaryOp::otherwise:
    case syntax::BinaryOp::less:
    case syntax::BinaryOp::less_equal:
    case syntax::BinaryOp::greater:
    case syntax::BinaryOp::greater_equal:
    case syntax::BinaryOp::equal:
    case syntax::BinaryOp::not_equal:
    case syntax::BinaryOp::logical_and:
    case syntax::BinaryOp::logical_or:
      return nullptr;
  }
  return nullptr;
}

void ExprChecker::require_not_zero(const Expr& divisor) {
  const auto sign = constant_sign(divisor);
  if ((sign && *sign != 0) || flow_.knows_not_zero(divisor)) return;
  const bool can_be_zero = is_number(divisor.type) || is_amount(divisor.type);
  if (!can_be_zero) return;
  const std::string text = context_.snippet(divisor.span, "the divisor");
  Diagnostic& diagnostic = context_.report(Kind::divisor_may_be_zero, divisor.span);
  if (sign) {
    diagnostic.label("this is zero");
  } else if (stable_path(divisor)) {
    diagnostic.label("nothing says that it is not zero").help("test it first: `if " + text + " != 0 { … }`");
  } else {
    diagnostic.label("nothing says that it is not zero").help("name it with `let`, and test the name before dividing");
  }
}

void ExprChecker::report_operands(const syntax::BinaryExpr& binary, const Expr& left, const Expr& right) {
  const bool spans_mixed = is_span(left.type) && is_span(right.type) && left.type.kind != right.type.kind;
  const bool currencies =
      left.type.kind == types::Kind::money && right.type.kind == types::Kind::money && left.type.currency != right.type.currency;
  const std::string first = context_.quoted(left.type);
  const std::string second = context_.quoted(right.type);
  if (spans_mixed || currencies) {
    context_.report(spans_mixed ? Kind::period_and_duration : Kind::currencies_differ, binary.op_span)
        .with("left", first)
        .with("right", second)
        .secondary(left.span, "this is " + first)
        .secondary(right.span, "this is " + second)
        .note(spans_mixed ? "a `Duration` is elapsed time, a `Period` counts days on the calendar, which have 23 to 25 hours"
                          : "the rate between them is not known here");
    return;
  }
  Diagnostic& diagnostic = context_.report(Kind::wrong_operands, binary.op_span)
                               .with("operator", std::string(syntax::spelling(binary.op)))
                               .with("left", first)
                               .with("right", second)
                               .secondary(left.span, "this is " + first)
                               .secondary(right.span, "this is " + second);
  if (left.type.kind == types::Kind::date && right.type.kind == types::Kind::date) {
    diagnostic.help("`days_between(first, second)` counts the days");
  } else if (left.type.kind == types::Kind::period && right.type.kind == types::Kind::period) {
    diagnostic.help("write one period: `1 month 3 days`");
  } else if (left.type.kind == types::Kind::date && right.type.kind == types::Kind::duration) {
    diagnostic.note("a date has no time of day to which elapsed time could be added");
  } else if ((left.type.kind == types::Kind::money && is_number(right.type)) ||
             (right.type.kind == types::Kind::money && is_number(left.type))) {
    diagnostic.help("an amount of money names its currency, as in `5.00 " + (left.type.currency + right.type.currency) + "`");
  } else if (left.type.kind == types::Kind::text || right.type.kind == types::Kind::text) {
    diagnostic.note("`+` joins two `Text`s; other values become text in the `{holes}` of a message");
  }
}

}  // namespace wend::sema
