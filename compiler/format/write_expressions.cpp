#include "compiler/format/writer.h"

namespace wend::format {

using namespace wend::syntax;

namespace {

/// Operators that bind alike: a chain of them ends its lines together.
int strength(BinaryOp op) {
  switch (op) {
    case BinaryOp::multiply:
    case BinaryOp::divide:
      return 5;
    case BinaryOp::add:
    case BinaryOp::subtract:
      return 4;
    case BinaryOp::otherwise:
      return 3;
    case BinaryOp::less:
    case BinaryOp::less_equal:
    case BinaryOp::greater:
    case BinaryOp::greater_equal:
    case BinaryOp::equal:
    case BinaryOp::not_equal:
      return 2;
    case BinaryOp::logical_and:
      return 1;
    case BinaryOp::logical_or:
      return 0;
  }
  return 0;
}

}  // namespace

void Writer::expression(const Expr& expression) {
  up_to(expression.span.begin);
  if (const auto* call = expression.get_if<CallExpr>()) {
    arguments(call->arguments, true);
  } else if (const auto* construct = expression.get_if<ConstructExpr>()) {
    arguments(construct->arguments, true);
  } else if (const auto* member = expression.get_if<MemberExpr>()) {
    this->expression(*member->object);
  } else if (const auto* elements = expression.get_if<ListExpr>()) {
    std::vector<std::uint32_t> begins;
    const std::size_t open = next_;
    for (const ExprPtr& each : elements->elements) {
      // The element's own parentheses are not in its span.
      std::size_t first = index_of(each->span.begin);
      while (first > open + 1 && tokens_[first - 1].text == "(") --first;
      begins.push_back(tokens_[first].begin);
    }
    list(begins, 0, [&](std::size_t index) { this->expression(*elements->elements[index]); });
  } else if (expression.kind() == ExprKind::Consent) {
    emit();
    tighten();
  } else if (const auto* history = expression.get_if<HistoryExpr>()) {
    this->history(*history);
  } else if (const auto* match = expression.get_if<MatchExpr>()) {
    match_value(*match);
  } else if (const auto* unary = expression.get_if<UnaryExpr>()) {
    up_to(unary->op_span.end);
    // `-05:30` would be an offset from UTC.
    if (unary->op == UnaryOp::negate && tokens_[next_].kind != TokenKind::time) tighten();
    this->expression(*unary->operand);
  } else if (const auto* binary = expression.get_if<BinaryExpr>()) {
    const Scope group(*this, OpKind::open_group);
    chain(expression, *binary);
    up_to(expression.span.end);
  } else if (const auto* is = expression.get_if<IsExpr>()) {
    this->expression(*is->operand);
  } else if (const auto* in = expression.get_if<InExpr>()) {
    const Scope group(*this, OpKind::open_group);
    operand(*in->element);
    std::size_t keyword = next_;
    while (tokens_[keyword].text == ")") ++keyword;
    clause(keyword, LineKind::soft);
    this->expression(*in->collection);
  }
  up_to(expression.span.end);  // everything else, and what is left
}

void Writer::chain(const Expr& expression, const BinaryExpr& binary) {
  const auto part = [&](const Expr& side, bool bare) {
    const auto* same = side.get_if<BinaryExpr>();
    bare&& same != nullptr&& strength(same->op) == strength(binary.op) ? chain(side, *same) : operand(side);
  };
  part(*binary.left, binary.left->span.begin == expression.span.begin);
  clause(index_of(binary.op_span.begin), LineKind::soft);
  up_to(binary.op_span.end);
  part(*binary.right, binary.right->span.begin == tokens_[next_].begin);
}

void Writer::operand(const Expr& expression) {
  const Scope indent(*this, OpKind::open_indent);
  this->expression(expression);
}

void Writer::history(const HistoryExpr& history) {
  if (history.where != nullptr) expression(*history.where);
}

void Writer::match_value(const MatchExpr& match) {
  expression(*match.subject);
  up_to_brace();
  const std::vector<std::uint32_t> begins = begins_of(match.arms);
  set_commas(begins, source_.closing[next_], true);
  braces(LineKind::soft, 1, begins, [&](std::size_t index) {
    const Row row(*this, RowKind::match_arm);
    patterns(match.arms[index].patterns);
    stop(0);
    emit();  // =>
    expression(*match.arms[index].value);
    up_to(match.arms[index].span.end);
  });
}

void Writer::patterns(const std::vector<Pattern>& patterns) {
  for (const Pattern& each : patterns) {
    up_to(each.span.begin);
    if (each.kind() == PatternKind::Construct) {
      emit();
      tighten();
    } else if (each.kind() == PatternKind::Literal) {
      expression(*each.as<LiteralPattern>().value);
    } else if (each.kind() == PatternKind::Range) {
      expression(*each.as<RangePattern>().low);
      expression(*each.as<RangePattern>().high);
    }
    up_to(each.span.end);
  }
}

void Writer::assigned(const Expr& value) {
  up_to_token(word_before(value.span.begin) + 1);
  if (value.get_if<BinaryExpr>() == nullptr) return expression(value);
  const Scope group(*this, OpKind::open_group);
  clause(next_, LineKind::soft);
  expression(value);
}

void Writer::arguments(const ArgumentList& arguments, bool tight) {
  up_to(arguments.span.begin);
  if (tight) tighten();
  list(begins_of(arguments.arguments), 0, [&](std::size_t index) {
    const Argument& argument = arguments.arguments[index];
    expression(*argument.value);
    up_to(argument.span.end);
  });
}

void Writer::arguments(const std::optional<ArgumentList>& optional, bool tight) {
  if (optional) arguments(*optional, tight);
}

void Writer::parameters(const std::vector<Parameter>& parameters) {
  tighten();
  list(begins_of(parameters), 0, [&](std::size_t index) {
    const Parameter& parameter = parameters[index];
    up_to(parameter.type.span.begin);
    type(parameter.type);
    if (parameter.default_value != nullptr) assigned(*parameter.default_value);
    up_to(parameter.span.end);
  });
}

void Writer::type(const TypeRef& type) {
  up_to(type.name.span.end);
  if (!type.arguments.empty() || type.length) {
    tighten();
    emit();  // <
    tighten();
    if (type.length) emit();
    for (const TypeRef& each : type.arguments) this->type(each);
    tighten();
    emit();  // >
  }
  up_to(type.span.end);
}

void Writer::event_pattern(const EventPattern& pattern) {
  up_to(pattern.span.begin);
  if (pattern.where != nullptr) expression(*pattern.where);
  up_to(pattern.span.end);
}

}  // namespace wend::format
