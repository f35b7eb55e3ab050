#include <utility>

#include "compiler/sema/expr_checker.h"

// `match` as an expression, and expressions in special places: waits, zones, holes.

namespace wend::sema {

ExprPtr ExprChecker::subject(const syntax::Expr& syntax) {
  ExprPtr result = check(syntax, nullptr).expr;
  if (result->type.kind != types::Kind::absent) return result;
  return require_present(std::move(result));
}

ExprPtr ExprChecker::check_match(const syntax::Expr& syntax, const types::Type* hint) {
  const auto& match = syntax.as<syntax::MatchExpr>();
  MatchExpr result;
  result.subject = subject(*match.subject);
  std::vector<const std::vector<syntax::Pattern>*> pattern_lists;
  for (const syntax::MatchExprArm& arm : match.arms) pattern_lists.push_back(&arm.patterns);
  const Span keyword{syntax.span.file_id, syntax.span.begin, match.subject->span.end};
  const std::size_t mark = context_.error_mark();
  std::vector<CheckedArm> arms = patterns(*result.subject, pattern_lists, keyword);
  const bool is_broken = context_.errors_since(mark) || result.subject->type.is_error();

  // Arms without a type of their own take it from the first that has one.
  const auto path = stable_path(*result.subject);
  types::Type from_arms;
  const auto check_value = [&](std::size_t at, const types::Type* arm_hint) {
    const Flow before = flow_;
    ScopedBlock block(scope_);
    if (arms[at].implies_present && path) flow_.learn({{*path, Fact{true, false, match.arms[at].span}}});
    if (arms[at].binding) {
      if (arms[at].taken.empty()) scope_.declare(context_.model.at(*arms[at].binding).name, *arms[at].binding);
      flow_.assigned.insert(*arms[at].binding);
    }
    for (const TakenField& field : arms[at].taken) {
      scope_.declare(field.name->text, field.variable);
      flow_.assigned.insert(field.variable);
    }
    ExprPtr value = this->value(*match.arms[at].value, arm_hint);
    flow_ = before;
    return value;
  };
  std::vector<ExprPtr> values(match.arms.size());
  for (std::size_t at = 0; at < match.arms.size(); ++at) {
    if (needs_hint(*match.arms[at].value)) continue;
    values[at] = check_value(at, hint);
    if (from_arms.is_error()) from_arms = types::required(values[at]->type);
  }
  const types::Type* late_hint = hint ? hint : (from_arms.is_error() ? nullptr : &from_arms);
  for (std::size_t at = 0; at < match.arms.size(); ++at) {
    if (!values[at]) values[at] = check_value(at, late_hint);
  }
  types::Type type;
  ExprPtr failed = unify_arms(values, syntax.span, &type);
  if (failed || is_broken) return make_error(syntax.span);
  for (std::size_t at = 0; at < values.size(); ++at) {
    for (const TakenField& field : arms[at].taken) {
      const types::Type arm_type = values[at]->type;
      const Span span = values[at]->span;
      values[at] = make_expr(arm_type, span, LetIn{field.variable, taken_value(context_, arms[at], field, field.name->span), std::move(values[at])});
    }
    result.arms.push_back({std::move(arms[at].patterns), std::move(values[at])});
  }
  return make_expr(type, syntax.span, std::move(result));
}

ExprPtr ExprChecker::unify_arms(std::vector<ExprPtr>& values, Span span, types::Type* result) {
  bool optional = false;
  bool has_error = values.empty();
  const Expr* first = nullptr;
  types::Type type;
  for (const ExprPtr& each : values) {
    has_error = has_error || each->type.is_error();
    optional = optional || each->type.optional || each->type.kind == types::Kind::absent;
    if (each->type.kind == types::Kind::absent || each->type.is_error()) continue;
    const types::Type present = types::required(each->type);
    const bool widens = type.kind == types::Kind::integer && present.kind == types::Kind::decimal;
    if (!first || widens) {
      first = each.get();
      type = present;
    }
  }
  if (has_error) return make_error(span);
  if (!first) {
    context_.report(Kind::unknown_type_of_value, span).with("what", "a `match` that is always absent");
    return make_error(span);
  }
  const Span first_span = first->span;
  *result = optional ? types::optional(type) : type;
  for (ExprPtr& each : values) {
    each = convert(std::move(each), *result, {first_span, "this is " + context_.quoted(type)});
    has_error = has_error || each->type.is_error();
  }
  return has_error ? make_error(span) : nullptr;
}

ExprPtr ExprChecker::instant(const syntax::Expr& syntax) {
  // The wait goes on reading live attributes, so nothing that was tested before it holds while it lasts.
  const Flow before = flow_;
  flow_.facts.erase_where([](const auto& entry) { return entry.first.root == Path::Root::attribute; });
  lifts_optionals_ = true;
  ExprPtr result = value(syntax);
  lifts_optionals_ = false;
  flow_ = before;
  if (result->type.is_error() || result->type.kind == types::Kind::instant) return result;
  if (result->type.kind == types::Kind::boolean) {
    context_.report(Kind::wait_for_condition, result->span)
        .label("this is true or false, not a moment")
        .help("wait for a state with `await up to … { when " + context_.snippet(syntax.span, "…") + " { … } on timeout { … } }`");
    return make_error(syntax.span);
  }
  if (result->type.kind == types::Kind::time_of_day) {
    const Span here{syntax.span.file_id, syntax.span.begin, syntax.span.begin};
    context_.report(Kind::type_mismatch, result->span)
        .with("expected", "`Instant`")
        .with("found", context_.quoted(result->type))
        .label("on which day?")
        .help("wait until the clock next shows that time: `wait until at …`", {here, "at ", diag::Applicability::likely});
    return make_error(syntax.span);
  }
  if (result->type.kind == types::Kind::duration || result->type.kind == types::Kind::period) {
    context_.report(Kind::type_mismatch, result->span)
        .with("expected", "`Instant`")
        .with("found", context_.quoted(result->type))
        .label("this is a length of time")
        .help("leave out `until` to wait that long");
    return make_error(syntax.span);
  }
  return convert(std::move(result), types::simple(types::Kind::instant));
}

namespace {

bool is_zone_set(const types::Type& type) {
  return type.element_of && type.element().kind == types::Kind::time_zone;
}

}  // namespace

ExprPtr ExprChecker::zones(const syntax::Expr& syntax) {
  const types::Type zone = types::simple(types::Kind::time_zone);
  const types::Type zone_list = types::list_of(zone);
  const auto as_list = [&](ExprPtr expr) {
    if (expr->type.element_of) {
      expr->type = zone_list;
      return expr;
    }
    const Span span = expr->span;
    std::vector<ExprPtr> elements;
    elements.push_back(std::move(expr));
    return make_expr(zone_list, span, MakeList{std::move(elements)});
  };
  const auto* binary = syntax.get_if<syntax::BinaryExpr>();
  if (!binary || binary->op != syntax::BinaryOp::otherwise) {
    ExprPtr single = require_present(value(syntax, &zone));
    if (single->type.is_error() || is_zone_set(single->type)) return single;
    return convert(std::move(single), zone);
  }
  // Zones and sets of zones may stand in for each other here, so the sides are brought to lists.
  ExprPtr left = check(*binary->left, &zone).expr;
  ExprPtr right = zones(*binary->right);
  if (left->type.is_error() || right->type.is_error()) return make_error(syntax.span);
  if (!left->type.optional || (left->type.kind != types::Kind::time_zone && !is_zone_set(left->type))) {
    report_mismatch(*left, types::optional(zone), {});
    return make_error(syntax.span);
  }
  if (left->type.kind == types::Kind::time_zone && right->type.kind == types::Kind::time_zone) {
    return make_expr(zone, syntax.span, Otherwise{std::move(left), std::move(right)});
  }
  VariableInfo info;
  info.kind = VariableKind::pattern;
  info.name = info.qualified_name = "zone";
  info.type = types::required(left->type);
  info.span = left->span;
  const types::Type present = info.type;
  const VariableId binding = context_.new_variable(std::move(info));
  MatchExpr match;
  match.arms.resize(2);
  match.arms[0].patterns.push_back({PresentPattern{binding}, left->span});
  match.arms[0].value = as_list(make_expr(present, left->span, Variable{binding}));
  match.arms[1].patterns.push_back({AbsentPattern{}, right->span});
  match.arms[1].value = as_list(std::move(right));
  match.subject = std::move(left);
  return make_expr(zone_list, syntax.span, std::move(match));
}

ExprPtr ExprChecker::hole(const syntax::Expr& syntax) {
  ExprPtr result = require_present(value(syntax), "a text needs it present");
  switch (result->type.kind) {
    case types::Kind::record:
    case types::Kind::list:
    case types::Kind::set:
    case types::Kind::delivery:
      break;
    case types::Kind::error:
    case types::Kind::absent:
    case types::Kind::boolean:
    case types::Kind::integer:
    case types::Kind::decimal:
    case types::Kind::percent:
    case types::Kind::money:
    case types::Kind::text:
    case types::Kind::instant:
    case types::Kind::date:
    case types::Kind::time_of_day:
    case types::Kind::duration:
    case types::Kind::period:
    case types::Kind::time_zone:
    case types::Kind::enumeration:
      return result;
  }
  if (report_open_money(*result)) return make_error(syntax.span);
  Diagnostic& diagnostic = context_.report(Kind::not_renderable, result->span).with("type", context_.quoted(result->type));
  if (result->type.kind == types::Kind::record) diagnostic.help("write one of its fields");
  if (result->type.element_of) diagnostic.help("write its size, `size_of(…)`, or one element of it");
  return make_error(syntax.span);
}

}  // namespace wend::sema
