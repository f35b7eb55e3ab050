#include <utility>

#include "compiler/sema/declarations.h"
#include "compiler/sema/expr_checker.h"
#include "compiler/sema/walk.h"
#include "runtime/bytecode/packed.h"

// Defaults of fields and attributes: constants, because they are filled in where events are read, far from any customer.

namespace wend::sema {

std::optional<types::ConstantValue> constant_of(const Expr& expr) {
  if (const auto* constant = expr.get_if<Constant>()) return constant->value;
  if (const auto* list = expr.get_if<MakeList>(); list && list->elements.empty()) return std::string(bytecode::k_empty_list);
  if (const auto* negate = expr.get_if<Negate>()) {
    const auto operand = constant_of(*negate->operand);
    if (!operand) return std::nullopt;
    if (const auto* number = std::get_if<std::int64_t>(&*operand)) return -*number;
    if (const auto* decimal = std::get_if<Decimal>(&*operand)) return wend::negate(*decimal);
  }
  return std::nullopt;
}

ExprPtr default_expr(const types::Field& field, Span span) {
  const types::Type type = types::required(field.type);
  ExprPtr value = type.element_of ? make_expr(type, span, MakeList{}) : make_expr(type, span, Constant{*field.default_value});
  return field.type.optional ? make_expr(field.type, span, ToOptional{std::move(value)}) : std::move(value);
}

std::optional<types::ConstantValue> Declarations::field_default(const syntax::Field& field, const types::Type& type, std::size_t file) {
  if (!field.default_value || type.is_error()) return std::nullopt;
  Scope nothing;
  Flow start;
  const ExprPtr value = ExprChecker(context_, file, nothing, start).want(*field.default_value, type, {field.name.span, "declared here"});
  if (value->type.is_error()) return std::nullopt;
  const auto* lifted = value->get_if<ToOptional>();
  auto constant = constant_of(lifted ? *lifted->operand : *value);
  if (constant) return constant;
  Diagnostic& diagnostic = context_.report(Kind::default_not_constant, field.default_value->span).with("name", field.name.text);
  diagnostic.label("a literal, a value of an enum or the empty list");
  if (const auto found = find_read(*value, [](const Expr&) { return false; })) {
    diagnostic.note("it is filled in where an event is read, and nothing is known there of " + describe_read(*found->read, context_.model));
  }
  return std::nullopt;
}

}  // namespace wend::sema
