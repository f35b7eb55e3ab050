#include <utility>

#include "compiler/sema/expr_checker.h"

// == != < <= > >=

namespace wend::sema {
namespace {

CompareOp compare_op(syntax::BinaryOp op) {
  switch (op) {
    case syntax::BinaryOp::equal:
      return CompareOp::equal;
    case syntax::BinaryOp::not_equal:
      return CompareOp::not_equal;
    case syntax::BinaryOp::less:
      return CompareOp::less;
    case syntax::BinaryOp::less_equal:
      return CompareOp::less_equal;
    case syntax::BinaryOp::greater:
      return CompareOp::greater;
    case syntax::BinaryOp::greater_equal:
      return CompareOp::greater_equal;
    case syntax::BinaryOp::multiply:
    case syntax::BinaryOp::divide:
    case syntax::BinaryOp::add:
    case syntax::BinaryOp::subtract:
    case syntax::BinaryOp::otherwise:
    case syntax::BinaryOp::logical_and:
    case syntax::BinaryOp::logical_or:
      break;
  }
  return CompareOp::equal;
}

/// The operator with its sides exchanged.
CompareOp mirrored(CompareOp op) {
  switch (op) {
    case CompareOp::equal:
    case CompareOp::not_equal:
      return op;
    case CompareOp::less:
      return CompareOp::greater;
    case CompareOp::less_equal:
      return CompareOp::greater_equal;
    case CompareOp::greater:
      return CompareOp::less;
    case CompareOp::greater_equal:
      return CompareOp::less_equal;
  }
  return op;
}

bool has_order(const types::Type& type) {
  switch (type.kind) {
    case types::Kind::integer:
    case types::Kind::decimal:
    case types::Kind::percent:
    case types::Kind::money:
    case types::Kind::instant:
    case types::Kind::date:
    case types::Kind::time_of_day:
    case types::Kind::duration:
      return true;
    case types::Kind::error:
    case types::Kind::absent:
    case types::Kind::boolean:
    case types::Kind::text:
    case types::Kind::period:
    case types::Kind::time_zone:
    case types::Kind::enumeration:
    case types::Kind::record:
    case types::Kind::list:
    case types::Kind::set:
    case types::Kind::delivery:
      return false;
  }
  return false;
}

struct ZeroFacts {
  bool not_zero_when_true = false;
  bool not_zero_when_false = false;
};
/// What `x op constant` tells about x being zero.
ZeroFacts zero_facts(CompareOp op, int sign) {
  switch (op) {
    case CompareOp::equal:
      return {sign != 0, sign == 0};
    case CompareOp::not_equal:
      return {sign == 0, sign != 0};
    case CompareOp::less:
      return {sign <= 0, sign > 0};
    case CompareOp::less_equal:
      return {sign < 0, sign >= 0};
    case CompareOp::greater:
      return {sign >= 0, sign < 0};
    case CompareOp::greater_equal:
      return {sign > 0, sign <= 0};
  }
  return {};
}

bool is_history_count(const syntax::Expr& syntax) {
  const auto* history = syntax.get_if<syntax::HistoryExpr>();
  return history && history->history_kind == syntax::HistoryKind::count;
}

void add_path(Facts& facts, const Expr& expr, Fact fact) {
  if (const auto path = stable_path(expr)) facts = both(std::move(facts), Facts{{*path, fact}});
}

}  // namespace

Checked ExprChecker::check_compare(const syntax::Expr& syntax) {
  const auto& binary = syntax.as<syntax::BinaryExpr>();
  if (binary.left->kind() == syntax::ExprKind::Absent || binary.right->kind() == syntax::ExprKind::Absent) {
    return {comparison_with_absent(binary, syntax.span), {}, {}};
  }
  if (is_history_count(*binary.left) || is_history_count(*binary.right)) return {history_comparison(binary, syntax.span), {}, {}};
  ExprPtr left;
  ExprPtr right;
  if (needs_hint(*binary.left) && !needs_hint(*binary.right)) {
    right = value(*binary.right);
    left = value_beside(*binary.left, right->type);
  } else {
    left = value(*binary.left);
    right = value_beside(*binary.right, left->type);
  }
  return compare(binary, syntax.span, std::move(left), std::move(right));
}

ExprPtr ExprChecker::comparison_with_absent(const syntax::BinaryExpr& binary, Span span) {
  const syntax::Expr& other = binary.left->kind() == syntax::ExprKind::Absent ? *binary.right : *binary.left;
  const std::string test = binary.op == syntax::BinaryOp::not_equal ? " is present" : " is absent";
  const std::string text = context_.snippet(other.span, "…");
  context_.report(Kind::compared_with_absent, binary.op_span)
      .label("`absent` is not a value that others could equal")
      .help("write `" + text + test + "`", {span, text + test, diag::Applicability::certain});
  return make_error(span);
}

bool ExprChecker::make_comparable(const syntax::BinaryExpr& binary, ExprPtr& left, ExprPtr& right) {
  const types::Type first = types::required(left->type);
  const types::Type second = types::required(right->type);
  if (first == second && first.kind != types::Kind::absent) return true;
  const bool one_optional = left->type.optional || right->type.optional;
  const types::Type decimal = types::simple(types::Kind::decimal);
  if (first.kind == types::Kind::integer && second.kind == types::Kind::decimal && !left->type.optional) {
    left = convert(std::move(left), decimal);
    return true;
  }
  if (first.kind == types::Kind::decimal && second.kind == types::Kind::integer && !right->type.optional) {
    right = convert(std::move(right), decimal);
    return true;
  }
  const bool spans_mixed = (first.kind == types::Kind::period && second.kind == types::Kind::duration) ||
                           (first.kind == types::Kind::duration && second.kind == types::Kind::period);
  const bool currencies = first.kind == types::Kind::money && second.kind == types::Kind::money;
  const Kind kind = spans_mixed ? Kind::period_and_duration : (currencies ? Kind::currencies_differ : Kind::not_comparable);
  Diagnostic& diagnostic = context_.report(kind, binary.op_span)
                               .with("left", context_.quoted(left->type))
                               .with("right", context_.quoted(right->type))
                               .secondary(left->span, "this is " + context_.quoted(left->type))
                               .secondary(right->span, "this is " + context_.quoted(right->type));
  if (spans_mixed) {
    diagnostic.note("`1 day` is a calendar day of 23 to 25 hours, `24 hours` is elapsed time");
  } else if (first.kind == types::Kind::instant && second.kind == types::Kind::date) {
    diagnostic.help("`date_of(…)` gives the date of an instant in the customer's zone");
  } else if (!one_optional) {
    add_conversion_help(diagnostic, *right, first);
  }
  return false;
}

Checked ExprChecker::compare(const syntax::BinaryExpr& binary, Span span, ExprPtr left, ExprPtr right) {
  if (left->type.is_error() || right->type.is_error()) return {make_error(span), {}, {}};
  if (report_open_money(*left) || report_open_money(*right)) return {make_error(span), {}, {}};
  const CompareOp op = compare_op(binary.op);
  if (!make_comparable(binary, left, right)) return {make_error(span), {}, {}};
  if (op != CompareOp::equal && op != CompareOp::not_equal && !has_order(left->type)) {
    Diagnostic& diagnostic = context_.report(Kind::not_ordered, binary.op_span).with("type", context_.quoted(types::required(left->type)));
    diagnostic.secondary(left->span, "this is " + context_.quoted(left->type));
    if (left->type.kind == types::Kind::period) {
      diagnostic.note("one month may be longer or shorter than 30 days: add both to an `Instant` or `Date` and compare those");
    } else if (left->type.kind == types::Kind::enumeration) {
      diagnostic.help("list the values: `" + context_.snippet(left->span) + " in […]`");
    }
    return {make_error(span), {}, {}};
  }
  if (op != CompareOp::equal) {
    for (const ExprPtr& side : {std::cref(left), std::cref(right)}) {
      if (!side->type.optional) continue;
      const auto path = stable_path(*side);
      if (path && flow_.expired.contains(*path)) {
        report_absent(*side, "`" + std::string(syntax::spelling(binary.op)) + "` needs it present");
        return {make_error(span), {}, {}};
      }
      const std::string text = context_.snippet(side->span);
      Diagnostic& diagnostic = context_.report(Kind::comparison_needs_present, side->span)
                                   .with("operator", std::string(syntax::spelling(binary.op)))
                                   .with("value", text)
                                   .label("this is " + context_.quoted(side->type));
      const Span declared = declaration_of(*side, context_.model);
      if (declared.valid()) diagnostic.secondary(declared, "declared optional here");
      diagnostic.note("only `==` may be asked of what may be absent: it is false then");
      diagnostic.help("test it first: `" + text + " is present and …`",
                      {Span{span.file_id, span.begin, span.begin}, text + " is present and ", diag::Applicability::likely});
      return {make_error(span), {}, {}};
    }
  }
  Checked result;
  if (op == CompareOp::equal) {
    for (const ExprPtr& side : {std::cref(left), std::cref(right)}) {
      if (side->type.optional) add_path(result.when_true, *side, {true, false, span});
    }
  }
  const auto learn_zero = [&](const Expr& number, const Expr& constant, CompareOp as_seen) {
    const auto sign = constant_sign(constant);
    if (!sign) return;
    const ZeroFacts facts = zero_facts(as_seen, *sign);
    if (facts.not_zero_when_true) add_path(result.when_true, number, {false, true, span});
    // When the comparison is false because the number is absent, nothing is known.
    if (facts.not_zero_when_false && !number.type.optional) add_path(result.when_false, number, {false, true, span});
  };
  learn_zero(*left, *right, op);
  learn_zero(*right, *left, mirrored(op));
  result.expr = make_expr(types::simple(types::Kind::boolean), span, Compare{op, std::move(left), std::move(right)});
  return result;
}

}  // namespace wend::sema
