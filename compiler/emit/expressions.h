#pragma once

#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "compiler/emit/code.h"

namespace wend::emit {

/// Where the code of an expression finds what it reads.
struct Environment {
  std::map<sema::VariableId, Register> variables;
  std::map<std::pair<sema::VariableId, std::uint32_t>, Register> event_fields;
  /// The binding of the event being reacted to: its fields are read from the event itself.
  std::optional<sema::VariableId> direct;
  /// Every event field not in `event_fields` is one of the event being reacted to.
  bool all_direct = false;
  /// Segments are asked by writing out their conditions: in the condition of a segment itself.
  bool segments_inline = false;
  /// Where "now" and the customer's zone were kept when a wait was armed; else they are asked for.
  std::optional<Register> now;
  std::optional<Register> zone;
  /// Of the text being written; empty: of none.
  std::string locale;
};

/// Turns typed expressions into code. Temporaries live as long as the caller's scope of them.
class Expressions {
 public:
  Expressions(Code& code, Environment environment) : code_(code), environment_(std::move(environment)) {}

  [[nodiscard]] Environment& environment() { return environment_; }

  /// A register that holds the value; not to be written by the caller.
  Register value(const sema::Expr& expr);
  /// `target` has the type of the expression.
  void into(const sema::Expr& expr, Register target);
  /// Values in consecutive registers of the given types; the first of them. At least one.
  Register values(const std::vector<const sema::Expr*>& exprs);
  /// Goes on at `to` when the condition is false.
  void jump_unless(const sema::Expr& condition, CodeLabel to);
  /// Goes on at `to` when the condition is true.
  void jump_if(const sema::Expr& condition, CodeLabel to);
  /// Goes on at `to`, with bindings written, when a pattern matches. The last arm of a match needs no test.
  void match_arm(Register subject, const types::Type& subject_type, const std::vector<sema::Pattern>& patterns, bool is_last, CodeLabel to);

  Register constant(const types::Type& type, const sema::ConstantValue& value);
  Register now();

  /// An argument of a native: its type, and how it comes into its register.
  struct Argument {
    types::Type type;
    std::function<void(Register)> write;
  };
  Argument argument(const sema::Expr& expr);
  Argument argument(const types::Type& type, Register value);
  Argument argument(const types::Type& type, const sema::ConstantValue& value);
  Argument now_argument();
  Argument zone_argument();
  Register native(const char* name, const types::Type& result, const std::vector<Argument>& arguments);

 private:
  void emit(const sema::Expr&, const sema::ErrorExpr&, Register target);
  void emit(const sema::Expr&, const sema::Constant& node, Register target);
  void emit(const sema::Expr&, const sema::Absent& node, Register target);
  void emit(const sema::Expr&, const sema::Variable& node, Register target);
  void emit(const sema::Expr&, const sema::EventField& node, Register target);
  void emit(const sema::Expr&, const sema::AttributeRead& node, Register target);
  void emit(const sema::Expr&, const sema::MemberRead& node, Register target);
  void emit(const sema::Expr&, const sema::ToOptional& node, Register target);
  void emit(const sema::Expr&, const sema::ToDecimal& node, Register target);
  void emit(const sema::Expr&, const sema::Unwrap& node, Register target);
  void emit(const sema::Expr&, const sema::Otherwise& node, Register target);
  void emit(const sema::Expr&, const sema::IsPresent& node, Register target);
  void emit(const sema::Expr&, const sema::Not& node, Register target);
  void emit(const sema::Expr&, const sema::And& node, Register target);
  void emit(const sema::Expr&, const sema::Or& node, Register target);
  void emit(const sema::Expr&, const sema::Negate& node, Register target);
  void emit(const sema::Expr&, const sema::Arithmetic& node, Register target);
  void emit(const sema::Expr&, const sema::Compare& node, Register target);
  void emit(const sema::Expr&, const sema::Contains& node, Register target);
  void emit(const sema::Expr&, const sema::NativeCall& node, Register target);
  void emit(const sema::Expr&, const sema::LetIn& node, Register target);
  void emit(const sema::Expr&, const sema::MatchExpr& node, Register target);
  void emit(const sema::Expr&, const sema::ConsentRead& node, Register target);
  void emit(const sema::Expr&, const sema::HistoryCount& node, Register target);
  void emit(const sema::Expr&, const sema::HistoryList& node, Register target);
  void emit(const sema::Expr&, const sema::InSegment& node, Register target);
  void emit(const sema::Expr&, const sema::Now& node, Register target);
  void emit(const sema::Expr&, const sema::CustomerZone& node, Register target);
  void emit(const sema::Expr&, const sema::MakeRecord& node, Register target);
  void emit(const sema::Expr&, const sema::MakeList& node, Register target);
  void emit(const sema::Expr&, const sema::ToText& node, Register target);

  [[nodiscard]] std::optional<Register> place_of(const sema::Expr& expr) const;
  Register temporary(const types::Type& type) { return code_.take(code_.builder().type(type)); }
  void add_period(const sema::Arithmetic& node, Register target);
  void call(const char* native, Register target, const std::vector<Argument>& arguments);
  Argument period_argument(const sema::Expr& expr, bool negated);
  void load_now(Register target);
  void load_zone(Register target);
  void compare(sema::CompareOp op, const types::Type& type, Register left, Register right, Register target);
  void test_pattern(Register subject, const types::Type& type, const sema::Pattern& pattern, CodeLabel to);
  void test_field(Register record, const sema::FieldTest& test, CodeLabel otherwise);
  void bind_present(Register subject, const types::Type& type, sema::VariableId binding);

  Code& code_;
  Environment environment_;
};

/// The number of a native of natives.def.
[[nodiscard]] bytecode::NativeId native_id(std::string_view name);

}  // namespace wend::emit
