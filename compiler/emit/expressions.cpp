#include "compiler/emit/expressions.h"

#include <cassert>

namespace wend::emit {

using sema::Expr;
using types::Kind;

// ── values and places ────────────────────────────────────────────────────────────────────────────────────────────

std::optional<Register> Expressions::place_of(const Expr& expr) const {
  if (const auto* variable = expr.get_if<sema::Variable>()) return environment_.variables.at(variable->variable);
  if (const auto* field = expr.get_if<sema::EventField>(); field != nullptr && field->binding != environment_.direct) {
    const auto found = environment_.event_fields.find({field->binding, field->field});
    if (found != environment_.event_fields.end()) return found->second;
    assert(environment_.all_direct && "the flow graph has a slot for every field that is read later");
  }
  if (expr.get_if<sema::Now>() != nullptr) return environment_.now;
  if (expr.get_if<sema::CustomerZone>() != nullptr) return environment_.zone;
  return std::nullopt;
}

Register Expressions::value(const Expr& expr) {
  if (const auto place = place_of(expr)) return *place;
  const Register target = temporary(expr.type);
  into(expr, target);
  return target;
}

void Expressions::into(const Expr& expr, Register target) {
  code_.at(expr.span);
  std::visit([&](const auto& node) { emit(expr, node, target); }, expr.node);
}

Register Expressions::values(const std::vector<const Expr*>& exprs) {
  std::vector<TypeId> types;
  for (const Expr* expr : exprs) types.push_back(code_.builder().type(expr->type));
  const Register first = code_.take(types);
  for (std::size_t i = 0; i < exprs.size(); ++i) into(*exprs[i], static_cast<Register>(static_cast<std::size_t>(first) + i));
  return first;
}

Register Expressions::constant(const types::Type& type, const sema::ConstantValue& value) {
  const Register target = temporary(type);
  code_.add(Opcode::load_constant, target, code_.builder().constant(type, value));
  return target;
}

Register Expressions::now() {
  if (environment_.now) return *environment_.now;
  const Register target = temporary(types::simple(Kind::instant));
  load_now(target);
  return target;
}

void Expressions::load_now(Register target) {
  if (environment_.now) {
    code_.add(Opcode::move, target, *environment_.now);
  } else {
    code_.add(Opcode::load_now, target);
  }
}

void Expressions::load_zone(Register target) {
  if (environment_.zone) {
    code_.add(Opcode::move, target, *environment_.zone);
  } else {
    code_.add(Opcode::load_zone, target);
  }
}

void Expressions::emit(const Expr&, const sema::ErrorExpr&, Register) {
  assert(false && "only a model without errors is compiled");
}
void Expressions::emit(const Expr& expr, const sema::Constant& node, Register target) {
  code_.add(Opcode::load_constant, target, code_.builder().constant(expr.type, node.value));
}
void Expressions::emit(const Expr&, const sema::Absent&, Register target) {
  code_.add(Opcode::load_absent, target);
}
void Expressions::emit(const Expr& expr, const sema::Variable&, Register target) {
  code_.add(Opcode::move, target, *place_of(expr));
}
void Expressions::emit(const Expr& expr, const sema::EventField& node, Register target) {
  if (const auto place = place_of(expr)) {
    code_.add(Opcode::move, target, *place);
  } else {
    code_.add(Opcode::load_field, target, node.field);
  }
}
void Expressions::emit(const Expr&, const sema::AttributeRead& node, Register target) {
  code_.add(Opcode::load_attribute, target, node.attribute);
}
void Expressions::emit(const Expr&, const sema::MemberRead& node, Register target) {
  code_.add(Opcode::member, target, value(*node.record), node.field);
}
void Expressions::emit(const Expr&, const sema::ConsentRead& node, Register target) {
  code_.add(Opcode::load_consent, target, node.topic);
}
void Expressions::emit(const Expr&, const sema::HistoryCount& node, Register target) {
  code_.add(Opcode::load_history, target, node.query);
}
void Expressions::emit(const Expr&, const sema::HistoryList& node, Register target) {
  code_.add(Opcode::load_list, target, node.query);
}
void Expressions::emit(const Expr&, const sema::InSegment& node, Register target) {
  if (environment_.segments_inline) {
    into(*code_.builder().model().at(node.segment).condition, target);
  } else {
    code_.add(Opcode::load_segment, target, node.segment);
  }
}
void Expressions::emit(const Expr&, const sema::Now&, Register target) {
  load_now(target);
}
void Expressions::emit(const Expr&, const sema::CustomerZone&, Register target) {
  load_zone(target);
}
void Expressions::emit(const Expr&, const sema::MakeRecord& node, Register target) {
  std::vector<const Expr*> fields;
  for (const sema::ExprPtr& field : node.fields) fields.push_back(field.get());
  const Register first = fields.empty() ? Register{} : values(fields);
  code_.add(Opcode::make_record, target, first, fields.size());
}
void Expressions::emit(const Expr&, const sema::MakeList& node, Register target) {
  std::vector<const Expr*> elements;
  for (const sema::ExprPtr& element : node.elements) elements.push_back(element.get());
  const Register first = elements.empty() ? Register{} : values(elements);
  code_.add(Opcode::make_list, target, first, elements.size());
}

void Expressions::emit(const Expr&, const sema::ToText& node, Register target) {
  code_.add(Opcode::format, target, value(*node.operand));
}

// ── presence and conversion ──────────────────────────────────────────────────────────────────────────────────────

void Expressions::emit(const Expr&, const sema::ToOptional& node, Register target) {
  code_.add(Opcode::move, target, value(*node.operand));
}
void Expressions::emit(const Expr&, const sema::ToDecimal& node, Register target) {
  code_.add(Opcode::integer_to_decimal, target, value(*node.operand));
}
void Expressions::emit(const Expr&, const sema::Unwrap& node, Register target) {
  code_.add(Opcode::unwrap, target, value(*node.operand));
}
void Expressions::emit(const Expr&, const sema::IsPresent& node, Register target) {
  code_.add(Opcode::is_present, target, value(*node.operand));
}
void Expressions::emit(const Expr& expr, const sema::Otherwise& node, Register target) {
  const CodeLabel absent = code_.new_label();
  const CodeLabel end = code_.new_label();
  const Register left = value(*node.left);
  code_.jump_if_absent(left, absent);
  code_.add(expr.type.optional ? Opcode::move : Opcode::unwrap, target, left);
  code_.jump(end);
  code_.bind(absent);
  into(*node.right, target);
  code_.bind(end);
}

// ── logic ────────────────────────────────────────────────────────────────────────────────────────────────────────

void Expressions::emit(const Expr&, const sema::Not& node, Register target) {
  code_.add(Opcode::not_boolean, target, value(*node.operand));
}
void Expressions::emit(const Expr&, const sema::And& node, Register target) {
  const CodeLabel end = code_.new_label();
  into(*node.left, target);
  code_.jump_unless(target, end);
  into(*node.right, target);
  code_.bind(end);
}
void Expressions::emit(const Expr&, const sema::Or& node, Register target) {
  const CodeLabel end = code_.new_label();
  into(*node.left, target);
  code_.jump_if(target, end);
  into(*node.right, target);
  code_.bind(end);
}

void Expressions::jump_unless(const Expr& condition, CodeLabel to) {
  if (const auto* both = condition.get_if<sema::And>()) {
    jump_unless(*both->left, to);
    jump_unless(*both->right, to);
    return;
  }
  if (const auto* either = condition.get_if<sema::Or>()) {
    const CodeLabel holds = code_.new_label();
    jump_if(*either->left, holds);
    jump_unless(*either->right, to);
    code_.bind(holds);
    return;
  }
  if (const auto* negated = condition.get_if<sema::Not>()) return jump_if(*negated->operand, to);
  code_.jump_unless(value(condition), to);
}

void Expressions::jump_if(const Expr& condition, CodeLabel to) {
  if (const auto* either = condition.get_if<sema::Or>()) {
    jump_if(*either->left, to);
    jump_if(*either->right, to);
    return;
  }
  if (const auto* both = condition.get_if<sema::And>()) {
    const CodeLabel fails = code_.new_label();
    jump_unless(*both->left, fails);
    jump_if(*both->right, to);
    code_.bind(fails);
    return;
  }
  if (const auto* negated = condition.get_if<sema::Not>()) return jump_unless(*negated->operand, to);
  code_.jump_if(value(condition), to);
}

// ── bindings and matches ─────────────────────────────────────────────────────────────────────────────────────────

void Expressions::emit(const Expr&, const sema::LetIn& node, Register target) {
  environment_.variables[node.variable] = value(*node.value);
  into(*node.body, target);
}

void Expressions::emit(const Expr&, const sema::MatchExpr& node, Register target) {
  const CodeLabel end = code_.new_label();
  const Register subject = value(*node.subject);
  for (std::size_t i = 0; i < node.arms.size(); ++i) {
    const CodeLabel matched = code_.new_label();
    const CodeLabel next = code_.new_label();
    const bool is_last = i + 1 == node.arms.size();
    match_arm(subject, node.subject->type, node.arms[i].patterns, is_last, matched);
    if (!is_last) code_.jump(next);
    code_.bind(matched);
    into(*node.arms[i].value, target);
    if (!is_last) code_.jump(end);
    code_.bind(next);
  }
  code_.bind(end);
}

void Expressions::match_arm(Register subject, const types::Type& subject_type, const std::vector<sema::Pattern>& patterns, bool is_last,
                            CodeLabel to) {
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const auto* present = std::get_if<sema::PresentPattern>(&patterns[i].node);
    const bool certain = is_last && i + 1 == patterns.size();
    if (certain && present == nullptr) {
      code_.jump(to);
    } else if (certain) {
      bind_present(subject, subject_type, present->binding);
      code_.jump(to);
    } else {
      test_pattern(subject, subject_type, patterns[i], to);
    }
  }
}

void Expressions::bind_present(Register subject, const types::Type& type, sema::VariableId binding) {
  const auto place = environment_.variables.find(binding);
  const Register target = place != environment_.variables.end() ? place->second : temporary(types::required(type));
  environment_.variables[binding] = target;
  code_.add(type.optional ? Opcode::unwrap : Opcode::move, target, subject);
}

void Expressions::test_pattern(Register subject, const types::Type& type, const sema::Pattern& pattern, CodeLabel to) {
  code_.at(pattern.span);
  const types::Type boolean = types::simple(Kind::boolean);
  const types::Type required = types::required(type);
  if (std::holds_alternative<sema::AbsentPattern>(pattern.node)) {
    code_.jump_if_absent(subject, to);
  } else if (const auto* present = std::get_if<sema::PresentPattern>(&pattern.node)) {
    const CodeLabel absent = code_.new_label();
    code_.jump_if_absent(subject, absent);
    bind_present(subject, type, present->binding);
    if (present->test) test_field(environment_.variables.at(present->binding), *present->test, absent);
    code_.jump(to);
    code_.bind(absent);
  } else if (const auto* constant_pattern = std::get_if<sema::ConstantPattern>(&pattern.node)) {
    const Register result = temporary(boolean);
    compare(sema::CompareOp::equal, required, subject, constant(required, constant_pattern->value), result);
    code_.jump_if(result, to);
  } else if (const auto* range = std::get_if<sema::RangePattern>(&pattern.node)) {
    const CodeLabel below = code_.new_label();
    const Register result = temporary(boolean);
    compare(sema::CompareOp::greater_equal, required, subject, constant(required, range->low), result);
    code_.jump_unless(result, below);
    compare(sema::CompareOp::less_equal, required, subject, constant(required, range->high), result);
    code_.jump_if(result, to);
    code_.bind(below);
  } else {
    code_.jump(to);
  }
}

void Expressions::test_field(Register record, const sema::FieldTest& test, CodeLabel otherwise) {
  const Register field = temporary(test.type);
  code_.add(Opcode::member, field, record, test.field);
  const Register result = temporary(types::simple(Kind::boolean));
  compare(sema::CompareOp::equal, test.type, field, constant(test.type, test.value), result);
  code_.jump_unless(result, otherwise);
}

bytecode::NativeId native_id(std::string_view name) {
  static const std::map<std::string_view, std::uint16_t> numbers = {
#define WEND_NATIVE(number, native, ...) {#native, number},
#include "runtime/bytecode/natives.def"
#undef WEND_NATIVE
  };
  return static_cast<bytecode::NativeId>(numbers.at(name));
}

}  // namespace wend::emit
