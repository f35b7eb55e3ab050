#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/diag/suggest.h"
#include "compiler/sema/template_checker.h"
#include "compiler/sema/template_filters.h"

namespace wend::sema {

using types::simple;
using Special = Operand::Special;

namespace {

// HTML can be asked whether it is empty, and nothing else.
bool is_html_compared(const Operand& side, const Operand& other) {
  const std::string* literal = literal_text(other);
  return side.markup && other.is_value() && (literal == nullptr || !literal->empty());
}

bool is_number(const types::Type& type) {
  return type.kind == types::Kind::integer || type.kind == types::Kind::decimal;
}
bool is_amount(const types::Type& type) {
  return type.kind == types::Kind::money || type.kind == types::Kind::percent;
}
bool has_order(const types::Type& type) {
  using enum types::Kind;
  return is_number(type) || is_amount(type) || type.kind == instant || type.kind == date || type.kind == time_of_day || type.kind == duration ||
         type.kind == text;
}

ExprPtr boolean_expr(Span span, ExprNode node) {
  return make_expr(simple(types::Kind::boolean), span, std::move(node));
}
ExprPtr negated(ExprPtr expr) {
  const Span span = expr->span;
  return boolean_expr(span, Not{std::move(expr)});
}

}  // namespace

void TemplateChecker::note_known(const Truth& truth, Span span) {
  if (!truth.known) return;
  const std::size_t mark = context_.error_mark();
  context_.report(Kind::template_condition_known, span).with("outcome", *truth.known ? "true" : "false");
  context_.forget_repeats_since(mark);
}

TemplateChecker::Truth TemplateChecker::truth(const liquid::Condition& condition) {
  if (const auto* single = std::get_if<liquid::Value>(&condition.node)) {
    Truth result = truth_of(value(*single));
    // A literal is meant so.
    if (std::holds_alternative<liquid::Path>(single->node)) note_known(result, condition.span);
    return result;
  }
  if (const auto* compared = std::get_if<liquid::Compared>(&condition.node)) return compare(*compared, condition.span);
  const auto& joined = std::get<liquid::Joined>(condition.node);
  Truth left = truth(*joined.left);
  const Flow before = flow_;
  flow_.learn(joined.is_or ? left.when_false : left.when_true);
  Truth right = truth(*joined.right);
  flow_ = before;
  if (!left.expr || !right.expr) return {};
  Truth result;
  if (joined.is_or) {
    result.when_true = either(left.when_true, right.when_true);
    result.when_false = both(left.when_false, right.when_false);
    result.expr = boolean_expr(condition.span, Or{std::move(left.expr), std::move(right.expr)});
  } else {
    result.when_true = both(left.when_true, right.when_true);
    result.when_false = either(left.when_false, right.when_false);
    result.expr = boolean_expr(condition.span, And{std::move(left.expr), std::move(right.expr)});
  }
  return result;
}

// Whether Liquid takes it for true: everything that is there, but for `false`.
TemplateChecker::Truth TemplateChecker::truth_of(Operand operand) {
  const Span span = operand.span;
  Truth result;
  if (operand.is_error()) return result;
  if (!operand.is_value()) {
    result.known = operand.special != Special::nil;
    result.expr = boolean_constant(*result.known, span);
    return result;
  }
  const auto path = stable_path(*operand.expr);
  const types::Type type = operand.type();
  if (type.kind == types::Kind::boolean && !type.optional) {
    result.expr = std::move(operand.expr);
    return result;
  }
  if (!type.optional) {
    result.known = true;
    result.expr = boolean_constant(true, span);
    return result;
  }
  if (path) result.when_true = Facts{{*path, {true, false, span}}};
  if (type.kind == types::Kind::boolean) {
    result.expr = boolean_expr(span, Compare{CompareOp::equal, std::move(operand.expr), boolean_constant(true, span)});
  } else {
    if (path) result.when_false = {};
    result.expr = boolean_expr(span, IsPresent{std::move(operand.expr)});
  }
  return result;
}

TemplateChecker::Truth TemplateChecker::compare(const liquid::Compared& compared, Span span) {
  Operand left = value(compared.left);
  Operand right = value(compared.right);
  return compare(compared.op, compared.op_span, std::move(left), std::move(right), span);
}

TemplateChecker::Truth TemplateChecker::equals_special(Operand operand, Special which, bool is_negated, Span span) {
  Truth result;
  const auto done = [&](ExprPtr expr) {
    result.expr = is_negated ? negated(std::move(expr)) : std::move(expr);
    if (is_negated) std::swap(result.when_true, result.when_false);
    return std::move(result);
  };
  if (!operand.is_value()) {
    // Words for none with each other: `nil == blank`.
    const bool same = operand.special == which || (operand.special == Special::nil && which == Special::blank) ||
                      (operand.special == Special::blank && which == Special::nil);
    return done(boolean_constant(same, span));
  }
  const types::Type type = operand.type();
  const auto path = stable_path(*operand.expr);
  if (which == Special::nil) {
    if (!type.optional) {
      result.known = is_negated;
      note_known(result, span);
      return done(boolean_constant(false, span));
    }
    if (path) result.when_false = Facts{{*path, {true, false, span}}};
    return done(negated(boolean_expr(span, IsPresent{std::move(operand.expr)})));
  }
  const bool is_text = type.kind == types::Kind::text;
  if (type.optional) {
    if (which == Special::empty) {
      require_present(operand, "only what is there can be empty");
      return {};
    }
    if (path) result.when_false = Facts{{*path, {true, false, span}}};
    if (!is_text && !operand.is_list()) return done(negated(boolean_expr(span, IsPresent{std::move(operand.expr)})));
    // Absent or empty: an empty one stands for an absent one.
    const types::Type required = types::required(type);
    ExprPtr fallback = is_text ? text_constant("", span) : make_expr(required, span, MakeList{});
    operand.expr = make_expr(required, span, Otherwise{std::move(operand.expr), std::move(fallback)});
  }
  if (is_text && which == Special::blank) {
    operand.expr = native_expr(Native::_strip, types::text(), span, std::move(operand.expr), integer_constant(3, span));
  }
  if (is_text || operand.is_list()) return done(native_expr(Native::is_empty, simple(types::Kind::boolean), span, std::move(operand.expr)));
  if (type.kind == types::Kind::boolean && which == Special::blank) return done(negated(std::move(operand.expr)));
  context_.report(Kind::template_not_comparable, span)
      .with("operator", "==")
      .with("left", context_.quoted(type))
      .with("right", which == Special::empty ? "`empty`" : "`blank`")
      .note("texts and lists can be empty");
  return {};
}

// A literal takes the type of what it stands beside, where there is a way to write that as one. True when it did, or was reported.
bool TemplateChecker::literal_as(Operand& operand, const types::Type& type) {
  const Span span = operand.span;
  const auto* constant = operand.expr->get_if<Constant>();
  if (constant == nullptr) return false;
  if (type.kind == types::Kind::enumeration && literal_text(operand) != nullptr) {
    const types::Enum& declared = context_.model.types.at(type.enumeration);
    const std::string text = *literal_text(operand);
    if (const auto found = declared.find(text)) {
      operand.expr = make_expr(types::required(type), span, Constant{std::int64_t{*found}});
      return true;
    }
    std::vector<std::string> known;
    for (const types::EnumValue& each : declared.values) known.push_back(each.name);
    Diagnostic& diagnostic = context_.report(Kind::unknown_enum_value, span).with("enum", declared.name).with("name", text);
    if (const auto near = diag::nearest(text, known)) diagnostic.help("did you mean `" + *near + "`?");
    diagnostic.secondary(declared.span, "declared here");
    operand = error_operand(span);
    return true;
  }
  if (type.kind == types::Kind::text && literal_text(operand) != nullptr) {
    operand.expr->type = types::required(type);
    return true;
  }
  if (is_amount(type) && is_number(operand.type())) {
    const auto* word = std::get_if<std::int64_t>(&constant->value);
    Decimal amount = word != nullptr ? Decimal::from_int(*word) : std::get<Decimal>(constant->value);
    if (type.kind == types::Kind::percent) return false;
    operand.expr = make_expr(types::required(type), span, Constant{amount});
    return true;
  }
  return false;
}

bool TemplateChecker::make_comparable(liquid::Comparison op, Span op_span, Operand& left, Operand& right) {
  const auto alike = [&] { return types::required(left.type()) == types::required(right.type()); };
  if (alike()) return true;
  if (literal_as(right, types::required(left.type())) || literal_as(left, types::required(right.type()))) {
    return !left.is_error() && !right.is_error();
  }
  const types::Type decimal = simple(types::Kind::decimal);
  for (Operand* side : {&left, &right}) {
    const Operand& other = side == &left ? right : left;
    if (!side->is(types::Kind::integer) || side->type().optional || !other.is(types::Kind::decimal)) continue;
    side->expr = make_expr(decimal, side->span, ToDecimal{std::move(side->expr)});
    return true;
  }
  Diagnostic& diagnostic = context_.report(Kind::template_not_comparable, op_span)
                               .with("operator", liquid::spelling(op))
                               .with("left", context_.quoted(left.type()))
                               .with("right", context_.quoted(right.type()))
                               .secondary(left.span, "this is " + context_.quoted(left.type()))
                               .secondary(right.span, "this is " + context_.quoted(right.type()));
  if (left.is(types::Kind::text) && literal_integer(right) != nullptr) {
    diagnostic.help("a text is compared with a text: `\"" + snippet(right.span) + "\"`");
  }
  return false;
}

TemplateChecker::Truth TemplateChecker::contains(Operand left, Operand right, Span op_span, Span span) {
  Truth result;
  if (left.is(types::Kind::text) && right.is_value()) {
    if (!require_present(left, "it contains something only when it is there") || !require_present(right, "it cannot be looked for")) return {};
    ExprPtr part = Printer(context_, !locale_.empty()).text(std::move(right));
    if (!part) return {};
    result.expr = native_expr(Native::contains_text, simple(types::Kind::boolean), span, std::move(left.expr), std::move(part));
    return result;
  }
  if (left.is_list() && right.is_value()) {
    if (!require_present(left, "it contains something only when it is there")) return {};
    const types::Type element = left.type().element();
    if (types::required(right.type()) != element) literal_as(right, element);
    if (right.is_error()) return {};
    if (types::required(right.type()) == element) {
      result.expr = boolean_expr(span, Contains{std::move(right.expr), std::move(left.expr)});
      return result;
    }
  }
  context_.report(Kind::template_not_comparable, op_span)
      .with("operator", "contains")
      .with("left", left.is_value() ? context_.quoted(left.type()) : "none")
      .with("right", right.is_value() ? context_.quoted(right.type()) : "none")
      .note("a text contains a text, and a list an element of its type");
  return {};
}

TemplateChecker::Truth TemplateChecker::compare(liquid::Comparison op, Span op_span, Operand left, Operand right, Span span) {
  using liquid::Comparison;
  if (left.is_error() || right.is_error()) return {};
  for (Operand* side : {&left, &right}) {
    if (side->special != Special::loop) continue;
    context_.report(Kind::template_not_comparable, op_span).with("operator", liquid::spelling(op)).with("left", "`forloop`").with("right", "anything");
    return {};
  }
  if (is_html_compared(left, right) || is_html_compared(right, left)) {
    context_.report(Kind::template_not_comparable, op_span)
        .with("operator", liquid::spelling(op))
        .with("left", left.markup ? "HTML" : "a value")
        .with("right", right.markup ? "HTML" : "a value")
        .help("compare the values that it is made of, or capture a text without tags and entities");
    return {};
  }
  if (op == Comparison::contains) return contains(std::move(left), std::move(right), op_span, span);
  const bool is_equality = op == Comparison::equal || op == Comparison::not_equal;
  if (is_equality && !right.is_value()) return equals_special(std::move(left), right.special, op == Comparison::not_equal, span);
  if (is_equality && !left.is_value()) return equals_special(std::move(right), left.special, op == Comparison::not_equal, span);
  if (!left.is_value() || !right.is_value()) {
    context_.report(Kind::template_not_comparable, op_span)
        .with("operator", liquid::spelling(op))
        .with("left", left.is_value() ? context_.quoted(left.type()) : "none")
        .with("right", right.is_value() ? context_.quoted(right.type()) : "none");
    return {};
  }
  if (!make_comparable(op, op_span, left, right)) return {};
  Truth result;
  const types::Type type = types::required(left.type());
  if (is_equality) {
    for (const Operand* side : {&left, &right}) {
      if (!side->type().optional) continue;
      if (const auto path = stable_path(*side->expr)) result.when_true = both(std::move(result.when_true), Facts{{*path, {true, false, span}}});
    }
    const auto learn_zero = [&](const Operand& number, const Operand& constant) {
      const auto path = stable_path(*number.expr);
      const auto sign = constant_sign(*constant.expr);
      if (!path || !sign || number.type().optional) return;
      Facts& facts = *sign == 0 ? result.when_false : result.when_true;
      facts = both(std::move(facts), Facts{{*path, {false, true, span}}});
    };
    learn_zero(left, right);
    learn_zero(right, left);
    result.expr = boolean_expr(span, Compare{CompareOp::equal, std::move(left.expr), std::move(right.expr)});
    if (op == Comparison::not_equal) {
      result.expr = negated(std::move(result.expr));
      std::swap(result.when_true, result.when_false);
    }
    return result;
  }
  if (!has_order(type)) {
    context_.report(Kind::not_ordered, op_span).with("type", context_.quoted(type)).secondary(left.span, "this is " + context_.quoted(left.type()));
    return {};
  }
  if (!require_present(left, "what is absent is neither less nor more") || !require_present(right, "what is absent is neither less nor more")) {
    return {};
  }
  if (op == Comparison::greater || op == Comparison::greater_equal) {
    const auto path = stable_path(*left.expr);
    const auto sign = constant_sign(*right.expr);
    if (path && sign && (*sign > 0 || (*sign == 0 && op == Comparison::greater))) result.when_true = Facts{{*path, {false, true, span}}};
  }
  if (type.kind == types::Kind::text) {
    const bool swapped = op == Comparison::greater || op == Comparison::less_equal;
    if (swapped) std::swap(left.expr, right.expr);
    result.expr = native_expr(Native::_less_text, simple(types::Kind::boolean), span, std::move(left.expr), std::move(right.expr));
    if (op == Comparison::less_equal || op == Comparison::greater_equal) result.expr = negated(std::move(result.expr));
    return result;
  }
  const CompareOp compare_op = op == Comparison::less          ? CompareOp::less
                               : op == Comparison::less_equal  ? CompareOp::less_equal
                               : op == Comparison::greater     ? CompareOp::greater
                                                               : CompareOp::greater_equal;
  result.expr = boolean_expr(span, Compare{compare_op, std::move(left.expr), std::move(right.expr)});
  return result;
}

}  // namespace wend::sema
