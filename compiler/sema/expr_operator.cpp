#include <utility>

#include "compiler/sema/expr_checker.h"

// Dispatch over expressions, logic, tests for presence, `otherwise`, `in`.

namespace wend::sema {

Checked ExprChecker::check(const syntax::Expr& syntax, const types::Type* wanted) {
  types::Type required_hint;
  const types::Type* hint = nullptr;
  if (wanted && !wanted->is_error()) {
    required_hint = types::required(*wanted);
    hint = &required_hint;
  }
  switch (syntax.kind()) {
    case syntax::ExprKind::Error:
      return {make_error(syntax.span), {}, {}};
    case syntax::ExprKind::Text:
      return {check_text(syntax, hint), {}, {}};
    case syntax::ExprKind::Int:
      return {check_int(syntax, syntax.as<syntax::IntExpr>().text, false, hint), {}, {}};
    case syntax::ExprKind::Decimal:
      return {check_decimal(syntax), {}, {}};
    case syntax::ExprKind::Percent:
      return {check_percent(syntax), {}, {}};
    case syntax::ExprKind::Money:
      return {check_money(syntax), {}, {}};
    case syntax::ExprKind::Duration:
      return {check_duration(syntax), {}, {}};
    case syntax::ExprKind::Date:
    case syntax::ExprKind::DateTime:
    case syntax::ExprKind::Time:
      return {check_date_time(syntax), {}, {}};
    case syntax::ExprKind::Bool:
      return {
          make_expr(types::simple(types::Kind::boolean), syntax.span, Constant{std::int64_t{syntax.as<syntax::BoolExpr>().value}}), {}, {}};
    case syntax::ExprKind::Absent:
      return {make_expr(types::simple(types::Kind::absent), syntax.span, Absent{}), {}, {}};
    case syntax::ExprKind::Customer:
      context_.report(Kind::name_out_of_place, syntax.span)
          .with("name", "customer")
          .label("the customer is not a value")
          .help("read an attribute: `customer.…`");
      return {make_error(syntax.span), {}, {}};
    case syntax::ExprKind::Now:
      return {make_expr(types::simple(types::Kind::instant), syntax.span, Now{}), {}, {}};
    case syntax::ExprKind::Name:
      return {check_name(syntax, hint), {}, {}};
    case syntax::ExprKind::Call:
      return {check_call(syntax, hint), {}, {}};
    case syntax::ExprKind::Construct:
      return {check_construct(syntax), {}, {}};
    case syntax::ExprKind::Qualified:
      return {check_qualified(syntax), {}, {}};
    case syntax::ExprKind::Member:
      return {check_member(syntax), {}, {}};
    case syntax::ExprKind::List:
      return {check_list(syntax, hint), {}, {}};
    case syntax::ExprKind::Consent:
      return {check_consent(syntax), {}, {}};
    case syntax::ExprKind::History:
      return {check_history(syntax, k_free_history_limit), {}, {}};
    case syntax::ExprKind::Match:
      return {check_match(syntax, hint), {}, {}};
    case syntax::ExprKind::Unary:
      return check_unary(syntax, hint);
    case syntax::ExprKind::Binary:
      return check_binary(syntax, hint);
    case syntax::ExprKind::Is:
      return check_is(syntax);
    case syntax::ExprKind::In:
      return check_in(syntax);
  }
  return {make_error(syntax.span), {}, {}};
}

Checked ExprChecker::check_unary(const syntax::Expr& syntax, const types::Type* hint) {
  const auto& unary = syntax.as<syntax::UnaryExpr>();
  if (unary.op == syntax::UnaryOp::logical_not) {
    Checked operand = condition(*unary.operand);
    if (operand.expr->type.is_error()) return {make_error(syntax.span), {}, {}};
    return {make_expr(types::simple(types::Kind::boolean), syntax.span, Not{std::move(operand.expr)}), std::move(operand.when_false),
            std::move(operand.when_true)};
  }
  if (const auto* number = unary.operand->get_if<syntax::IntExpr>()) return {check_int(syntax, number->text, true, hint), {}, {}};
  ExprPtr operand = require_present(value(*unary.operand, hint));
  const types::Type type = operand->type;
  switch (type.kind) {
    case types::Kind::integer:
      return {make_expr(type, syntax.span, Negate{NegateOp::integer, std::move(operand)}), {}, {}};
    case types::Kind::decimal:
    case types::Kind::percent:
    case types::Kind::money: {
      if (const auto* constant = operand->get_if<Constant>()) {
        return {make_expr(type, syntax.span, Constant{negate(std::get<Decimal>(constant->value))}), {}, {}};
      }
      return {make_expr(type, syntax.span, Negate{NegateOp::decimal, std::move(operand)}), {}, {}};
    }
    case types::Kind::error:
      return {make_error(syntax.span), {}, {}};
    case types::Kind::absent:
    case types::Kind::boolean:
    case types::Kind::text:
    case types::Kind::instant:
    case types::Kind::date:
    case types::Kind::time_of_day:
    case types::Kind::duration:
    case types::Kind::period:
    case types::Kind::time_zone:
    case types::Kind::enumeration:
    case types::Kind::record:
    case types::Kind::list:
    case types::Kind::set:
    case types::Kind::delivery:
      break;
  }
  context_.report(Kind::wrong_operand, unary.op_span)
      .with("operator", "-")
      .with("type", context_.quoted(type))
      .secondary(operand->span, "this is " + context_.quoted(type));
  return {make_error(syntax.span), {}, {}};
}

Checked ExprChecker::check_binary(const syntax::Expr& syntax, const types::Type* hint) {
  switch (syntax.as<syntax::BinaryExpr>().op) {
    case syntax::BinaryOp::logical_and:
    case syntax::BinaryOp::logical_or:
      return check_logical(syntax);
    case syntax::BinaryOp::otherwise:
      return {check_otherwise(syntax, hint), {}, {}};
    case syntax::BinaryOp::multiply:
    case syntax::BinaryOp::divide:
    case syntax::BinaryOp::add:
    case syntax::BinaryOp::subtract:
      return {check_arithmetic(syntax, hint), {}, {}};
    case syntax::BinaryOp::less:
    case syntax::BinaryOp::less_equal:
    case syntax::BinaryOp::greater:
    case syntax::BinaryOp::greater_equal:
    case syntax::BinaryOp::equal:
    case syntax::BinaryOp::not_equal:
      return check_compare(syntax);
  }
  return {make_error(syntax.span), {}, {}};
}

Checked ExprChecker::check_logical(const syntax::Expr& syntax) {
  const auto& binary = syntax.as<syntax::BinaryExpr>();
  const bool is_and = binary.op == syntax::BinaryOp::logical_and;
  Checked left = condition(*binary.left);
  // The right side is evaluated only when the left side left it open.
  const Flow before = flow_;
  flow_.learn(is_and ? left.when_true : left.when_false);
  Checked right = condition(*binary.right);
  flow_ = before;
  if (left.expr->type.is_error() || right.expr->type.is_error()) return {make_error(syntax.span), {}, {}};
  const types::Type boolean = types::simple(types::Kind::boolean);
  Checked result;
  if (is_and) {
    result.expr = make_expr(boolean, syntax.span, And{std::move(left.expr), std::move(right.expr)});
    result.when_false = either(left.when_false, right.when_false);
    result.when_true = both(std::move(left.when_true), right.when_true);
  } else {
    result.expr = make_expr(boolean, syntax.span, Or{std::move(left.expr), std::move(right.expr)});
    result.when_true = either(left.when_true, right.when_true);
    result.when_false = both(std::move(left.when_false), right.when_false);
  }
  return result;
}

ExprPtr ExprChecker::check_otherwise(const syntax::Expr& syntax, const types::Type* hint) {
  const auto& binary = syntax.as<syntax::BinaryExpr>();
  ExprPtr left = check(*binary.left, hint).expr;
  const types::Type present = types::required(left->type);
  if (!left->type.is_error() && !left->type.optional) {
    context_.report(Kind::never_absent, left->span)
        .with("value", context_.snippet(left->span))
        .label("this is " + context_.quoted(left->type))
        .help("leave out `otherwise` and what follows it");
    return left;
  }
  ExprPtr right =
      left->type.is_error() && !hint ? value_beside(*binary.right, {}) : value(*binary.right, left->type.is_error() ? hint : &present);
  if (left->type.is_error() || right->type.is_error()) return make_error(syntax.span);
  const types::Type result = right->type.optional || right->type.kind == types::Kind::absent ? types::optional(present) : present;
  right = convert(std::move(right), result, {left->span, "this is " + context_.quoted(left->type)});
  if (right->type.is_error()) return make_error(syntax.span);
  return make_expr(result, syntax.span, Otherwise{std::move(left), std::move(right)});
}

Checked ExprChecker::check_is(const syntax::Expr& syntax) {
  const auto& is = syntax.as<syntax::IsExpr>();
  const types::Type boolean = types::simple(types::Kind::boolean);
  if (is.test == syntax::IsTest::empty) {
    ExprPtr operand = require_present(value(*is.operand));
    const bool fits = operand->type.kind == types::Kind::text || operand->type.element_of;
    if (operand->type.is_error()) return {make_error(syntax.span), {}, {}};
    if (!fits) {
      context_.report(Kind::wrong_operand, operand->span).with("operator", "is empty").with("type", context_.quoted(operand->type));
      return {make_error(syntax.span), {}, {}};
    }
    std::vector<ExprPtr> arguments;
    arguments.push_back(std::move(operand));
    ExprPtr test = native(boolean, syntax.span, Native::is_empty, std::move(arguments));
    if (is.negated) test = make_expr(boolean, syntax.span, Not{std::move(test)});
    return {std::move(test), {}, {}};
  }
  ExprPtr operand = check(*is.operand, nullptr).expr;
  if (operand->type.is_error()) return {make_error(syntax.span), {}, {}};
  if (!operand->type.optional) {
    context_.report(Kind::never_absent, operand->span)
        .with("value", context_.snippet(operand->span))
        .label("this is " + context_.quoted(operand->type));
    return {make_error(syntax.span), {}, {}};
  }
  Facts present;
  if (const auto path = stable_path(*operand)) present.insert_or_assign(*path, Fact{true, false, syntax.span});
  const bool asks_present = (is.test == syntax::IsTest::present) != is.negated;
  ExprPtr test = make_expr(boolean, syntax.span, IsPresent{std::move(operand)});
  if (asks_present) return {std::move(test), std::move(present), {}};
  return {make_expr(boolean, syntax.span, Not{std::move(test)}), {}, std::move(present)};
}

Checked ExprChecker::check_in(const syntax::Expr& syntax) {
  const auto& in = syntax.as<syntax::InExpr>();
  if (in.element->kind() == syntax::ExprKind::Customer) return check_in_segment(syntax);
  const types::Type boolean = types::simple(types::Kind::boolean);
  ExprPtr element;
  ExprPtr collection;
  if (needs_hint(*in.element)) {
    collection = require_present(value(*in.collection));
    element = value_beside(*in.element, collection->type.element_of ? collection->type.element() : types::Type{});
  } else {
    element = value(*in.element);
    const types::Type hint = types::list_of(types::required(element->type));
    collection = require_present(value_beside(*in.collection, element->type.is_error() ? element->type : hint));
  }
  if (element->type.is_error() || collection->type.is_error()) return {make_error(syntax.span), {}, {}};
  if (!collection->type.element_of) {
    context_.report(Kind::type_mismatch, collection->span)
        .with("expected", "a list or a set")
        .with("found", context_.quoted(collection->type))
        .label("`in` asks whether a list or set holds a value");
    return {make_error(syntax.span), {}, {}};
  }
  if (element->type.optional && in.negated) {
    report_absent(*element, "`not in` needs it present");
    return {make_error(syntax.span), {}, {}};
  }
  Facts present;
  if (element->type.optional) {
    if (const auto path = stable_path(*element)) present.insert_or_assign(*path, Fact{true, false, syntax.span});
  }
  const types::Type wanted = element->type.optional ? types::optional(collection->type.element()) : collection->type.element();
  element = convert(std::move(element), wanted, {collection->span, "this is " + context_.quoted(collection->type)});
  if (element->type.is_error()) return {make_error(syntax.span), {}, {}};
  ExprPtr test = make_expr(boolean, syntax.span, Contains{std::move(element), std::move(collection)});
  if (in.negated) return {make_expr(boolean, syntax.span, Not{std::move(test)}), {}, std::move(present)};
  return {std::move(test), std::move(present), {}};
}

}  // namespace wend::sema
