#include <algorithm>
#include <utility>

#include "compiler/sema/expr_checker.h"
#include "compiler/sema/walk.h"

// Conversions between types, and what is said when there is none.

namespace wend::sema {

ExprPtr ExprChecker::narrow(ExprPtr expr) const {
  if (!expr->type.optional || !flow_.knows_present(*expr)) return expr;
  const types::Type type = types::required(expr->type);
  const Span span = expr->span;
  return make_expr(type, span, Unwrap{std::move(expr)});
}

ExprPtr ExprChecker::value(const syntax::Expr& syntax, const types::Type* hint) {
  return narrow(check(syntax, hint).expr);
}

ExprPtr ExprChecker::value_beside(const syntax::Expr& syntax, const types::Type& other) {
  if (other.is_error() && needs_hint(syntax)) return make_error(syntax.span);
  return value(syntax, &other);
}

ExprPtr ExprChecker::want(const syntax::Expr& syntax, const types::Type& type, const Because& because) {
  if (type.is_error()) return value_beside(syntax, type);
  return convert(value(syntax, &type), type, because);
}

Checked ExprChecker::condition(const syntax::Expr& syntax) {
  const types::Type boolean = types::simple(types::Kind::boolean);
  Checked result = check(syntax, &boolean);
  result.expr = convert(narrow(std::move(result.expr)), boolean, {});
  return result;
}

namespace {

bool same_but_for_optional(const types::Type& first, const types::Type& second) {
  return types::required(first) == types::required(second);
}

ExprPtr to_decimal(ExprPtr expr) {
  const Span span = expr->span;
  const types::Type decimal = types::simple(types::Kind::decimal);
  if (const auto* constant = expr->get_if<Constant>()) {
    return make_expr(decimal, span, Constant{Decimal::from_int(std::get<std::int64_t>(constant->value))});
  }
  return make_expr(decimal, span, ToDecimal{std::move(expr)});
}

/// `Money<USD>` where the currency may be any: the amount and its currency.
ExprPtr to_open_money(ExprPtr expr, const types::Type& type) {
  const Span span = expr->span;
  const types::Type decimal = types::simple(types::Kind::decimal);
  std::vector<ExprPtr> fields(2);
  fields[types::k_open_money_currency] = make_expr(types::text(), span, Constant{expr->type.currency});
  if (const auto* constant = expr->get_if<Constant>()) {
    fields[types::k_open_money_amount] = make_expr(decimal, span, Constant{constant->value});
  } else {
    ExprPtr unit = make_expr(expr->type, span, Constant{Decimal::from_int(1)});
    fields[types::k_open_money_amount] =
        make_expr(decimal, span, Arithmetic{ArithmeticOp::divide_decimal, std::move(expr), std::move(unit)});
  }
  return make_expr(type, span, MakeRecord{std::move(fields)});
}

}  // namespace

ExprPtr ExprChecker::convert(ExprPtr expr, const types::Type& type, const Because& because) {
  if (expr->type.is_error() || type.is_error() || expr->type == type) return expr;
  if (expr->type.kind == types::Kind::absent) {
    if (type.optional) {
      expr->type = type;
      return expr;
    }
    Diagnostic& diagnostic = context_.report(Kind::absent_not_allowed, expr->span).with("type", context_.quoted(type));
    if (because.span.valid()) diagnostic.secondary(because.span, because.text);
    return make_error(expr->span);
  }
  if (type.optional) {
    // What was narrowed on the way need not be unwrapped only to be wrapped again.
    if (auto* unwrap = std::get_if<Unwrap>(&expr->node); unwrap && unwrap->operand->type == type) return std::move(unwrap->operand);
    if (!expr->type.optional) {
      ExprPtr inner = convert(std::move(expr), types::required(type), because);
      if (inner->type.is_error()) return inner;
      const Span span = inner->span;
      return make_expr(type, span, ToOptional{std::move(inner)});
    }
    report_mismatch(*expr, type, because);
    return make_error(expr->span);
  }
  const bool widens = types::required(expr->type).kind == types::Kind::integer && type.kind == types::Kind::decimal;
  if (expr->type.optional) {
    if (same_but_for_optional(expr->type, type) || widens) {
      report_absent(*expr, "expected " + context_.quoted(type));
    } else {
      report_mismatch(*expr, type, because);
    }
    return make_error(expr->span);
  }
  if (widens) return to_decimal(std::move(expr));
  if (context_.model.types.is_open_money(type) && expr->type.kind == types::Kind::money) return to_open_money(std::move(expr), type);
  report_mismatch(*expr, type, because);
  return make_error(expr->span);
}

ExprPtr ExprChecker::require_present(ExprPtr expr, const std::string& needed_for) {
  if (expr->type.kind == types::Kind::absent) {
    context_.report(Kind::unknown_type_of_value, expr->span).with("what", "`absent`");
    return make_error(expr->span);
  }
  if (!expr->type.optional) return expr;
  report_absent(*expr, needed_for);
  return make_error(expr->span);
}

Span declaration_of(const Expr& expr, const Model& model) {
  if (const auto* read = expr.get_if<AttributeRead>()) return model.at(read->attribute).span;
  if (const auto* read = expr.get_if<Variable>()) return model.at(read->variable).span;
  if (const auto* read = expr.get_if<EventField>()) {
    const auto event = model.at(read->binding).event;
    return event && read->field < model.at(*event).fields.size() ? model.at(*event).fields[read->field].span : Span{};
  }
  if (const auto* member = expr.get_if<MemberRead>()) {
    const types::Type& type = member->record->type;
    return type.kind == types::Kind::record ? model.types.at(type.record).fields[member->field].span : Span{};
  }
  if (const auto* unwrap = expr.get_if<Unwrap>()) return declaration_of(*unwrap->operand, model);
  return {};
}

void ExprChecker::report_absent(const Expr& expr, const std::string& needed_for) {
  const std::string text = context_.snippet(expr.span);
  const auto path = stable_path(expr);
  const auto expired = path ? flow_.expired.find(*path) : flow_.expired.end();
  const bool is_silent = expired != flow_.expired.end() && expired->second.silently;
  const bool is_expired = expired != flow_.expired.end() && !is_silent;
  Diagnostic& diagnostic = context_.report(is_expired ? Kind::fact_expired : Kind::may_be_absent, expr.span).with("value", text);
  diagnostic.label(needed_for.empty() ? "this is " + context_.quoted(expr.type) : needed_for + ", found " + context_.quoted(expr.type));
  if (is_expired) {
    diagnostic.secondary(expired->second.tested, "tested here")
        .secondary(expired->second.by, std::string("the fact expires at this ") + expired->second.what)
        .note("an attribute is live: it may change whenever time may pass")
        .help(std::string("test it again here, or keep the value with `let` before the ") + expired->second.what);
    return;
  }
  const Span declared = declaration_of(expr, context_.model);
  if (declared.valid()) diagnostic.secondary(declared, "declared optional here");
  if (is_silent) {
    diagnostic.secondary(expired->second.tested, "set here, but not in a silent run")
        .secondary(expired->second.by, "who comes this way may run silently")
        .note("who is held out runs the same statements, but `set` does nothing for them");
  }
  if (path) {
    diagnostic.help("test it first: `if " + text + " is present { … }`");
    diagnostic.help("or say what stands in for it: `" + text + " otherwise …`",
                    {Span{expr.span.file_id, expr.span.end, expr.span.end}, " otherwise …", diag::Applicability::placeholders});
  } else {
    diagnostic.help("take it apart with `match`, or write `otherwise` and what stands in for it");
  }
}

void ExprChecker::report_mismatch(const Expr& expr, const types::Type& type, const Because& because) {
  const bool spans_mixed = (expr.type.kind == types::Kind::period && type.kind == types::Kind::duration) ||
                           (expr.type.kind == types::Kind::duration && type.kind == types::Kind::period);
  const bool currencies = expr.type.kind == types::Kind::money && type.kind == types::Kind::money;
  if (spans_mixed || currencies) {
    Diagnostic& diagnostic = context_.report(spans_mixed ? Kind::period_and_duration : Kind::currencies_differ, expr.span)
                                 .with("left", context_.quoted(type))
                                 .with("right", context_.quoted(expr.type))
                                 .label("expected " + context_.quoted(type) + ", found " + context_.quoted(expr.type));
    if (because.span.valid()) diagnostic.secondary(because.span, because.text);
    return;
  }
  if (types::required(type).kind == types::Kind::money && report_open_money(expr)) return;
  Diagnostic& diagnostic =
      context_.report(Kind::type_mismatch, expr.span).with("expected", context_.quoted(type)).with("found", context_.quoted(expr.type));
  diagnostic.label("this is " + context_.quoted(expr.type));
  if (because.span.valid()) diagnostic.secondary(because.span, because.text);
  add_conversion_help(diagnostic, expr, type);
}

bool ExprChecker::report_open_money(const Expr& expr) {
  if (!context_.model.types.is_open_money(expr.type)) return false;
  const std::string text = context_.snippet(expr.span, "…");
  const Span declared = declaration_of(expr, context_.model);
  Diagnostic& diagnostic = context_.report(Kind::currency_not_told, expr.span).with("value", text).label("`Money` of any currency");
  if (declared.valid()) diagnostic.secondary(declared, "declared here");
  const std::string absent = expr.type.optional ? "absent => …  " : "";
  diagnostic.help("take each currency by itself: `match " + text + " { " + absent + "USD(total) => …  otherwise => … }`")
      .help("where it is always the same one, declare that: `Money<USD>`");
  return true;
}

void ExprChecker::add_conversion_help(Diagnostic& diagnostic, const Expr& expr, const types::Type& wanted) const {
  const types::Type type = types::required(wanted);
  const auto* constant = expr.get_if<Constant>();
  const auto* text = constant ? std::get_if<std::string>(&constant->value) : nullptr;
  switch (type.kind) {
    case types::Kind::enumeration:
      if (text) {
        const types::Enum& declared = context_.model.types.at(type.enumeration);
        const auto by_wire = std::ranges::find(declared.values, *text, &types::EnumValue::wire);
        const std::string name = by_wire != declared.values.end() ? by_wire->name : *text;
        diagnostic.help("values of an enum are names: `" + name + "`", {expr.span, name, diag::Applicability::likely});
      }
      return;
    case types::Kind::money:
      if (expr.type.kind == types::Kind::integer || expr.type.kind == types::Kind::decimal) {
        diagnostic.help("an amount of money names its currency: `" + context_.snippet(expr.span, "25.00") + " " + type.currency + "`");
      }
      return;
    case types::Kind::text:
      if (expr.type.kind == types::Kind::text) {
        diagnostic.note(types::to_string(type, context_.model.types) + " and " + types::to_string(expr.type, context_.model.types) +
                        " are different types; nothing converts between them but literals");
      }
      return;
    case types::Kind::integer:
      if (expr.type.kind == types::Kind::decimal) diagnostic.help("`to_integer(…)` gives an `Int?`, absent where there is a fraction");
      return;
    case types::Kind::time_zone:
      if (expr.type.kind == types::Kind::text) diagnostic.help("`timezone_of(…)` gives a `TimeZone?`");
      return;
    case types::Kind::date:
      if (expr.type.kind == types::Kind::instant) diagnostic.help("`date_of(…)` gives the date in the customer's zone");
      if (text) diagnostic.help("a date is written without quotes: `2025-03-09`");
      return;
    case types::Kind::instant:
      if (text) diagnostic.help("a moment is written without quotes: `2025-03-09 10:00`");
      return;
    case types::Kind::boolean:
      if (expr.type.kind == types::Kind::enumeration) diagnostic.help("compare it: `" + context_.snippet(expr.span) + " == …`");
      return;
    case types::Kind::error:
    case types::Kind::absent:
    case types::Kind::decimal:
    case types::Kind::percent:
    case types::Kind::time_of_day:
    case types::Kind::duration:
    case types::Kind::period:
    case types::Kind::record:
    case types::Kind::list:
    case types::Kind::set:
    case types::Kind::delivery:
      return;
  }
}

std::optional<int> constant_sign(const Expr& expr) {
  if (const auto* conversion = expr.get_if<ToDecimal>()) return constant_sign(*conversion->operand);
  const auto* constant = expr.get_if<Constant>();
  if (!constant) return std::nullopt;
  if (const auto* word = std::get_if<std::int64_t>(&constant->value)) return *word == 0 ? 0 : (*word < 0 ? -1 : 1);
  if (const auto* decimal = std::get_if<Decimal>(&constant->value)) return decimal->is_zero() ? 0 : (decimal->is_negative() ? -1 : 1);
  return std::nullopt;
}

}  // namespace wend::sema
