#include <fmt/format.h>

#include "compiler/syntax/tree_builder.h"
#include "compiler/syntax/words.h"

namespace wend::syntax {

using diag::Diagnostic;
using diag::Kind;

ExprPtr TreeBuilder::make_expr(Span span, ExprNode node) {
  return std::make_unique<Expr>(Expr{span, std::move(node)});
}

namespace {

BinaryOp binary_op(std::string_view literal) {
  for (int index = 0; index <= static_cast<int>(BinaryOp::logical_or); ++index) {
    const auto op = static_cast<BinaryOp>(index);
    if (spelling(op) == literal) return op;
  }
  return BinaryOp::equal;  // `=`, which has been reported
}

}  // namespace

ExprPtr TreeBuilder::build_binary(antlr4::ParserRuleContext* context, Grammar::ExprContext* left, const antlr4::Token* op,
                                  Grammar::ExprContext* right) {
  ExprPtr first = build_expr(left);
  return make_expr(span_of_context(context),
                   BinaryExpr{binary_op(literal_of(op->getType())), span_of_token(op), std::move(first), build_expr(right)});
}

ExprPtr TreeBuilder::build_expr(Grammar::ExprContext* context) {
  if (is_broken(context)) {
    found_error_ = true;
    return make_expr(context == nullptr ? Span{} : span_of_context(context), ErrorExpr{});
  }
  const Span span = span_of_context(context);
  if (auto* atom = dynamic_cast<Grammar::AtomContext*>(context)) return build_primary(atom->primary());
  if (auto* member = dynamic_cast<Grammar::MemberContext*>(context)) {
    return make_expr(span, MemberExpr{build_expr(member->expr()), build_name(member->anyName())});
  }
  if (auto* neg = dynamic_cast<Grammar::NegContext*>(context)) {
    return make_expr(span, UnaryExpr{UnaryOp::negate, span_of_token(neg->op), build_expr(neg->expr())});
  }
  if (auto* negation = dynamic_cast<Grammar::NotContext*>(context)) {
    return make_expr(span, UnaryExpr{UnaryOp::logical_not, span_of_token(negation->op), build_expr(negation->expr())});
  }
  if (auto* mul = dynamic_cast<Grammar::MulContext*>(context)) return build_binary(mul, mul->expr(0), mul->op, mul->expr(1));
  if (auto* add = dynamic_cast<Grammar::AddContext*>(context)) return build_binary(add, add->expr(0), add->op, add->expr(1));
  if (auto* each = dynamic_cast<Grammar::CoalesceContext*>(context)) return build_binary(each, each->expr(0), each->op, each->expr(1));
  if (auto* each = dynamic_cast<Grammar::CompareContext*>(context)) return build_binary(each, each->expr(0), each->op, each->expr(1));
  if (auto* each = dynamic_cast<Grammar::AndContext*>(context)) return build_binary(each, each->expr(0), each->op, each->expr(1));
  if (auto* each = dynamic_cast<Grammar::OrContext*>(context)) return build_binary(each, each->expr(0), each->op, each->expr(1));
  if (auto* assign = dynamic_cast<Grammar::AssignContext*>(context)) {
    const Span sign = span_of_token(assign->toleratedEquals()->start);
    report(Diagnostic(Kind::single_equals, sign)
               .label("this gives a value to a name")
               .help("compare with `==`", {sign, "==", diag::Applicability::certain}));
    return build_binary(assign, assign->expr(0), assign->toleratedEquals()->start, assign->expr(1));
  }
  if (auto* compare = dynamic_cast<Grammar::CompareAbsentContext*>(context)) {
    ExprPtr left = build_expr(compare->expr());
    ExprPtr absent = make_expr(span_of_context(compare->toleratedAbsent()), AbsentExpr{});
    return make_expr(
        span, BinaryExpr{binary_op(literal_of(compare->op->getType())), span_of_token(compare->op), std::move(left), std::move(absent)});
  }
  if (auto* test = dynamic_cast<Grammar::IsTestContext*>(context)) {
    const std::string_view word = literal_of(test->test->getType());
    const IsTest what = word == "present" ? IsTest::present : word == "absent" ? IsTest::absent : IsTest::empty;
    return make_expr(span, IsExpr{build_expr(test->expr()), what, test->negated != nullptr});
  }
  auto* in = dynamic_cast<Grammar::InContext*>(context);
  ExprPtr element = build_expr(in->expr(0));
  return make_expr(span, InExpr{std::move(element), build_expr(in->expr(1)), in->negated != nullptr});
}

ExprPtr TreeBuilder::build_history(antlr4::ParserRuleContext* context, HistoryKind kind, Grammar::HistoryContext* history,
                                   Grammar::WindowContext* window, antlr4::tree::TerminalNode* number) {
  HistoryExpr node;
  node.history_kind = kind;
  node.event = build_type_name(history->UIDENT());
  node.alias = build_as(history->asName());
  if (history->expr() != nullptr) node.where = build_expr(history->expr());
  node.window.span = span_of_context(window);
  if (window->dur() != nullptr) node.window.last = build_duration(window->dur());
  if (number != nullptr) (kind == HistoryKind::did ? node.at_least : node.up_to) = build_int(number);
  return make_expr(span_of_context(context), std::move(node));
}

ExprPtr TreeBuilder::build_primary(Grammar::PrimaryContext* context) {
  const Span span = span_of_context(context);
  if (auto* literal = dynamic_cast<Grammar::LiteralAtomContext*>(context)) return build_literal(literal->literal());
  if (dynamic_cast<Grammar::CustomerAtomContext*>(context) != nullptr) return make_expr(span, CustomerExpr{});
  if (dynamic_cast<Grammar::NowAtomContext*>(context) != nullptr) return make_expr(span, NowExpr{});
  if (auto* name = dynamic_cast<Grammar::NameAtomContext*>(context)) {
    if (name->args() == nullptr) return make_expr(span, NameExpr{build_name(name->lname())});
    return make_expr(span, CallExpr{build_name(name->lname()), build_arguments(name->args())});
  }
  if (auto* construct = dynamic_cast<Grammar::ConstructAtomContext*>(context)) {
    return make_expr(span, ConstructExpr{build_type_name(construct->UIDENT()), build_arguments(construct->args())});
  }
  if (auto* qualified = dynamic_cast<Grammar::QualifiedAtomContext*>(context)) {
    return make_expr(span, QualifiedExpr{build_type_name(qualified->UIDENT()), build_name(qualified->anyName())});
  }
  if (auto* paren = dynamic_cast<Grammar::ParenAtomContext*>(context)) return build_expr(paren->expr());
  if (auto* list = dynamic_cast<Grammar::ListAtomContext*>(context)) {
    ListExpr node;
    for (Grammar::ExprContext* each : list->expr()) node.elements.push_back(build_expr(each));
    return make_expr(span, std::move(node));
  }
  if (auto* consent = dynamic_cast<Grammar::ConsentAtomContext*>(context))
    return make_expr(span, ConsentExpr{build_name(consent->lname())});
  if (auto* did = dynamic_cast<Grammar::DidAtomContext*>(context)) {
    return build_history(did, HistoryKind::did, did->history(), did->window(), did->INT());
  }
  if (auto* count = dynamic_cast<Grammar::CountAtomContext*>(context)) {
    return build_history(count, HistoryKind::count, count->history(), count->window(), nullptr);
  }
  if (auto* list = dynamic_cast<Grammar::ListOfAtomContext*>(context)) {
    return build_history(list, HistoryKind::list, list->history(), list->window(), list->INT());
  }
  auto* match = dynamic_cast<Grammar::MatchAtomContext*>(context);
  MatchExpr node;
  node.subject = build_expr(match->expr());
  check_signs(match->matchExprArm());
  for (Grammar::MatchExprArmContext* arm : match->matchExprArm()) {
    node.arms.push_back({build_patterns(arm->pattern()), build_expr(arm->expr()), span_of_context(arm)});
  }
  return make_expr(span, std::move(node));
}

ExprPtr TreeBuilder::build_literal(Grammar::LiteralContext* context) {
  const Span span = span_of_context(context);
  const auto number = [&](const antlr4::Token* token) {
    std::string text = text_of_token(token);
    std::erase(text, '_');
    return text;
  };
  if (auto* text = dynamic_cast<Grammar::TextLiteralContext*>(context)) return make_expr(span, TextExpr{build_string(text->STRING()).text});
  if (dynamic_cast<Grammar::IntLiteralContext*>(context) != nullptr) return make_expr(span, IntExpr{number(context->start)});
  if (dynamic_cast<Grammar::DecimalLiteralContext*>(context) != nullptr) return make_expr(span, DecimalExpr{number(context->start)});
  if (auto* percent = dynamic_cast<Grammar::PercentLiteralContext*>(context))
    return make_expr(span, PercentExpr{build_percent(percent->PERCENT()).text});
  if (auto* money = dynamic_cast<Grammar::MoneyLiteralContext*>(context)) {
    return make_expr(span, MoneyExpr{number(money->amount), build_type_name(money->UIDENT())});
  }
  if (auto* duration = dynamic_cast<Grammar::DurationLiteralContext*>(context))
    return make_expr(span, DurationExpr{build_duration(duration->dur())});
  if (auto* date = dynamic_cast<Grammar::DateLiteralContext*>(context)) return make_expr(span, DateExpr{build_date(date->DATE())});
  if (auto* moment = dynamic_cast<Grammar::DateTimeLiteralContext*>(context)) {
    return make_expr(span, DateTimeExpr{build_date(moment->DATE()), build_time(moment->TIME())});
  }
  if (auto* time = dynamic_cast<Grammar::TimeLiteralContext*>(context)) return make_expr(span, TimeExpr{build_time(time->TIME())});
  return make_expr(span, BoolExpr{literal_of(context->start->getType()) == "true"});
}

/// `1 => 5 -1 => 6`: without a comma the sign would, with another pattern behind it, be a minus of the value before it.
void TreeBuilder::check_signs(const std::vector<Grammar::MatchExprArmContext*>& arms) {
  for (std::size_t index = 1; index < arms.size(); ++index) {
    auto* literal = dynamic_cast<Grammar::LiteralPatternContext*>(arms[index]->pattern(0));
    const antlr4::Token* before = arms[index - 1]->stop;
    if (literal == nullptr || literal->low->minus == nullptr || literal_of(before->getType()) == ",") continue;
    const std::uint32_t end = span_of_token(before).end;
    report(Diagnostic(Kind::syntax, span_of_token(literal->low->minus))
               .with("expected", std::string("`,`"))
               .with("found", std::string("`-`"))
               .label("a pattern begins here, or the value goes on")
               .help("put a comma between the arms", {{file_.file_id(), end, end}, ",", diag::Applicability::likely}));
  }
}

ExprPtr TreeBuilder::build_signed(Grammar::SignedLiteralContext* context) {
  ExprPtr literal = build_literal(context->literal());
  if (context->minus == nullptr) return literal;
  return make_expr(span_of_context(context), UnaryExpr{UnaryOp::negate, span_of_token(context->minus), std::move(literal)});
}

ExprPtr TreeBuilder::build_value(Grammar::ValueContext* context) {
  if (context->expr() != nullptr) return build_expr(context->expr());
  return make_expr(span_of_context(context), AbsentExpr{});
}

Pattern TreeBuilder::build_pattern(Grammar::PatternContext* context) {
  const Span span = span_of_context(context);
  if (dynamic_cast<Grammar::AbsentPatternContext*>(context) != nullptr) return {span, AbsentPattern{}};
  if (auto* present = dynamic_cast<Grammar::PresentPatternContext*>(context)) return {span, PresentPattern{build_name(present->lname())}};
  if (dynamic_cast<Grammar::OtherwisePatternContext*>(context) != nullptr) return {span, OtherwisePattern{}};
  if (auto* name = dynamic_cast<Grammar::NamePatternContext*>(context)) return {span, NamePattern{build_name(name->lname())}};
  if (auto* literal = dynamic_cast<Grammar::LiteralPatternContext*>(context)) {
    ExprPtr low = build_signed(literal->low);
    if (literal->high == nullptr) return {span, LiteralPattern{std::move(low)}};
    return {span, RangePattern{std::move(low), build_signed(literal->high)}};
  }
  if (auto* qualified = dynamic_cast<Grammar::QualifiedPatternContext*>(context)) {
    return {span, QualifiedPattern{build_type_name(qualified->UIDENT()), build_name(qualified->anyName())}};
  }
  auto* construct = dynamic_cast<Grammar::ConstructPatternContext*>(context);
  ConstructPattern node{build_type_name(construct->UIDENT()), {}};
  for (Grammar::LnameContext* each : construct->lname()) node.bindings.push_back(build_name(each));
  return {span, std::move(node)};
}

std::vector<Pattern> TreeBuilder::build_patterns(const std::vector<Grammar::PatternContext*>& contexts) {
  std::vector<Pattern> patterns;
  for (Grammar::PatternContext* each : contexts) patterns.push_back(build_pattern(each));
  return patterns;
}

ArgumentList TreeBuilder::build_arguments(Grammar::ArgsContext* context) {
  ArgumentList list;
  list.span = span_of_context(context);
  for (Grammar::ArgContext* each : context->arg()) {
    Argument argument;
    argument.span = span_of_context(each);
    if (each->anyName() != nullptr) argument.name = build_name(each->anyName());
    argument.value = each->value() != nullptr ? build_value(each->value()) : build_expr(each->expr());
    list.arguments.push_back(std::move(argument));
  }
  return list;
}

std::optional<ArgumentList> TreeBuilder::build_optional_arguments(Grammar::ArgsContext* context) {
  if (context == nullptr) return std::nullopt;
  return build_arguments(context);
}

std::optional<ArgumentList> TreeBuilder::build_with(Grammar::WithArgsContext* context) {
  if (context == nullptr) return std::nullopt;
  return build_arguments(context->args());
}

EventPattern TreeBuilder::build_event_pattern(Grammar::EventPatContext* context) {
  EventPattern pattern;
  pattern.span = span_of_context(context);
  pattern.event = build_type_name(context->UIDENT());
  pattern.alias = build_as(context->asName());
  for (Grammar::AnyNameContext* each : context->anyName()) pattern.same.push_back(build_name(each));
  if (context->expr() != nullptr) pattern.where = build_expr(context->expr());
  return pattern;
}

std::vector<NamedValue> TreeBuilder::build_named_values(Grammar::NamedValuesContext* context) {
  std::vector<NamedValue> values;
  for (Grammar::NamedValueContext* each : context->namedValue()) {
    if (is_broken(each)) {
      found_error_ = true;
      continue;
    }
    values.push_back({build_name(each->anyName()), build_value(each->value()), span_of_context(each)});
  }
  return values;
}

TypeRef TreeBuilder::build_type(Grammar::TypeContext* context) {
  TypeRef type;
  type.name = build_type_name(context->UIDENT());
  for (Grammar::TypeContext* each : context->type()) type.arguments.push_back(build_type(each));
  if (context->INT() != nullptr) type.length = build_int(context->INT()).value;
  type.optional = context->optional != nullptr;
  type.span = span_of_context(context);
  return type;
}

std::vector<Parameter> TreeBuilder::build_parameters(Grammar::ParamsContext* context) {
  std::vector<Parameter> parameters;
  if (context == nullptr) return parameters;
  for (Grammar::ParamContext* each : context->param()) {
    Parameter parameter;
    parameter.name = build_name(each->anyName());
    parameter.type = build_type(each->type());
    if (each->defaultValue() != nullptr) parameter.default_value = build_expr(each->defaultValue()->expr());
    parameter.span = span_of_context(each);
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

}  // namespace wend::syntax
