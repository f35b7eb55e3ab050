#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/sema/context.h"
#include "compiler/sema/facts.h"
#include "compiler/sema/natives.h"
#include "compiler/sema/scope.h"

namespace wend::sema {

/// A checked expression, and what is known when it is a Bool and turns out true or false.
struct Checked {
  ExprPtr expr;
  Facts when_true;
  Facts when_false;
};

/// With its operands' labels, and `labels` besides: what is read here.
[[nodiscard]] ExprPtr make_expr(types::Type type, Span span, ExprNode node, types::Labels labels = {});
[[nodiscard]] ExprPtr make_error(Span span);
/// With those of everything inside.
[[nodiscard]] types::Labels all_labels(const Expr& expr, const types::TypeTable& table);
/// The sign of a constant number, through conversions; nothing for what is not constant.
[[nodiscard]] std::optional<int> constant_sign(const Expr& expr);

struct NamedType {
  std::string name;
  types::Type type;
  Span span;
};
/// The argument of each parameter, null where none is given. Reports arguments that fit no parameter.
[[nodiscard]] std::vector<const syntax::Argument*> match_arguments(Context& context, const std::string& callee,
                                                                   const std::vector<NamedType>& parameters,
                                                                   const syntax::ArgumentList* arguments, bool damaged = false);

/// How the patterns of a `match` arm were understood.
/// A literal, a value of an enum, the empty list; nothing for all else.
[[nodiscard]] std::optional<types::ConstantValue> constant_of(const Expr& expr);
/// What a field is that nobody gives; it has a default.
[[nodiscard]] ExprPtr default_expr(const types::Field& field, Span span);

/// `Code(value)`: a field of the subject under its own name.
struct TakenField {
  VariableId variable{};
  std::uint32_t field = 0;
  const syntax::Name* name = nullptr;
};
struct CheckedArm {
  std::vector<Pattern> patterns;
  /// The arm runs only when the subject is present.
  bool implies_present = false;
  std::optional<VariableId> binding;
  std::vector<TakenField> taken;  ///< of the record in `binding`
};
/// The field's value, read from the record that the arm has bound.
[[nodiscard]] ExprPtr taken_value(const Context& context, const CheckedArm& arm, const TakenField& field, Span span);

/// Checks expressions against the names and facts of one place. Facts and scope belong to the caller; checking an
/// expression leaves both as they were.
class ExprChecker {
 public:
  ExprChecker(Context& context, std::size_t file, Scope& scope, Flow& flow) : context_(context), file_(file), scope_(scope), flow_(flow) {}

  /// Any value; `hint` is the type that bare enum values, texts and numbers take if they can.
  ExprPtr value(const syntax::Expr& syntax, const types::Type* hint = nullptr);
  /// A value of this type, converted where the language converts by itself. Never null.
  ExprPtr want(const syntax::Expr& syntax, const types::Type& type, const Because& because = {});
  /// A Bool, with what its outcome tells.
  Checked condition(const syntax::Expr& syntax);
  /// The value of `wait until`: an Instant or, where a part may be absent, an Instant?.
  ExprPtr instant(const syntax::Expr& syntax);
  /// The value of `customer timezone`: a TimeZone or a list of them. Null when wrong.
  ExprPtr zones(const syntax::Expr& syntax);
  /// A piece of a message text.
  ExprPtr hole(const syntax::Expr& syntax);
  /// The patterns of a whole `match`: opens no scopes, but makes the variables of `present x`. Reports what is missing.
  std::vector<CheckedArm> patterns(const Expr& subject, const std::vector<const std::vector<syntax::Pattern>*>& arms, Span keyword);
  /// The subject of a match: not narrowed, so that `absent` can be asked for.
  ExprPtr subject(const syntax::Expr& syntax);

  /// Converts to the type or reports why not.
  ExprPtr convert(ExprPtr expr, const types::Type& type, const Because& because = {});
  /// Reports unless the value is present for certain; the result is never optional.
  ExprPtr require_present(ExprPtr expr, const std::string& needed_for = {});
  /// Makes the value of a record or of a test's event from named arguments.
  std::vector<ExprPtr> fields(const std::string& owner, const std::vector<types::Field>& fields, const syntax::ArgumentList* arguments,
                              Span span, Kind missing, bool damaged);
  [[nodiscard]] std::size_t file() const { return file_; }

 private:
  Checked check(const syntax::Expr& syntax, const types::Type* hint);
  ExprPtr narrow(ExprPtr expr) const;
  /// A value beside another one that gives it its type. Beside a mistake, what has no type of its own says nothing more.
  ExprPtr value_beside(const syntax::Expr& syntax, const types::Type& other);
  /// Whether the expression takes its type from what is around it.
  [[nodiscard]] bool needs_hint(const syntax::Expr& syntax) const;

  // expr_literal.cpp
  ExprPtr check_text(const syntax::Expr& syntax, const types::Type* hint);
  ExprPtr country(std::string code, Span span);
  ExprPtr check_int(const syntax::Expr& syntax, const std::string& digits, bool negative, const types::Type* hint);
  ExprPtr check_decimal(const syntax::Expr& syntax);
  ExprPtr check_percent(const syntax::Expr& syntax);
  ExprPtr check_money(const syntax::Expr& syntax);
  ExprPtr check_duration(const syntax::Expr& syntax);
  ExprPtr check_date_time(const syntax::Expr& syntax);
  ExprPtr check_list(const syntax::Expr& syntax, const types::Type* hint);
  ExprPtr check_construct(const syntax::Expr& syntax);

  // expr_name.cpp
  ExprPtr check_name(const syntax::Expr& syntax, const types::Type* hint);
  ExprPtr read_variable(VariableId variable, Span span);
  ExprPtr report_unknown_value(const syntax::Name& name, const types::Type* hint);
  ExprPtr check_qualified(const syntax::Expr& syntax);
  ExprPtr check_member(const syntax::Expr& syntax);
  ExprPtr check_consent(const syntax::Expr& syntax);

  // expr_operator.cpp
  Checked check_unary(const syntax::Expr& syntax, const types::Type* hint);
  Checked check_binary(const syntax::Expr& syntax, const types::Type* hint);
  Checked check_logical(const syntax::Expr& syntax);
  ExprPtr check_arithmetic(const syntax::Expr& syntax, const types::Type* hint);
  ExprPtr arithmetic(const syntax::BinaryExpr& binary, Span span, ExprPtr left, ExprPtr right);
  ExprPtr time_arithmetic(const syntax::BinaryExpr& binary, Span span, ExprPtr& left, ExprPtr& right);
  ExprPtr number_arithmetic(const syntax::BinaryExpr& binary, Span span, ExprPtr& left, ExprPtr& right);
  void require_not_zero(const Expr& divisor);
  void warn_of_holes(const std::string& text, Span span);
  /// Money whose currency only the value tells takes no part in sums and comparisons: says so, and whether it is such.
  bool report_open_money(const Expr& expr);
  void report_operands(const syntax::BinaryExpr& binary, const Expr& left, const Expr& right);
  ExprPtr check_otherwise(const syntax::Expr& syntax, const types::Type* hint);
  Checked check_is(const syntax::Expr& syntax);
  Checked check_in(const syntax::Expr& syntax);

  // segments.cpp
  Checked check_in_segment(const syntax::Expr& syntax);

  // expr_compare.cpp
  Checked check_compare(const syntax::Expr& syntax);
  Checked compare(const syntax::BinaryExpr& binary, Span span, ExprPtr left, ExprPtr right);
  bool make_comparable(const syntax::BinaryExpr& binary, ExprPtr& left, ExprPtr& right);
  ExprPtr comparison_with_absent(const syntax::BinaryExpr& binary, Span span);

  // expr_call.cpp
  ExprPtr check_call(const syntax::Expr& syntax, const types::Type* hint);
  ExprPtr call_fn(const syntax::Expr& syntax, FnId fn);
  ExprPtr call_builtin(const syntax::Expr& syntax, const types::Type* hint);

  // expr_history.cpp
  ExprPtr list_of_events(const syntax::Expr& syntax, HistoryQuery query);
  ExprPtr check_history(const syntax::Expr& syntax, std::uint32_t limit);
  ExprPtr history_comparison(const syntax::BinaryExpr& binary, Span span);
  ExprPtr history_filter(const syntax::HistoryExpr& history, EventId event, VariableId binding, bool damaged);

  // expr_match.cpp
  ExprPtr check_match(const syntax::Expr& syntax, const types::Type* hint);
  ExprPtr unify_arms(std::vector<ExprPtr>& values, Span span, types::Type* result);

  void report_absent(const Expr& expr, const std::string& needed_for);
  void report_mismatch(const Expr& expr, const types::Type& type, const Because& because);
  void add_conversion_help(Diagnostic& diagnostic, const Expr& expr, const types::Type& type) const;
  ExprPtr native(types::Type type, Span span, Native function, std::vector<ExprPtr> arguments);

  Context& context_;
  std::size_t file_;
  Scope& scope_;
  Flow& flow_;
  /// In `wait until`, arithmetic on an optional instant gives an optional instant.
  bool lifts_optionals_ = false;

  friend class FnChecker;
};

/// Checks the body of a fn once, whoever calls it first.
class FnChecker {
 public:
  explicit FnChecker(Context& context) : context_(context) {}
  void ensure(FnId fn, Span call);

 private:
  Context& context_;
};

/// Checks the condition of a segment once, whoever asks first.
class SegmentChecker {
 public:
  explicit SegmentChecker(Context& context) : context_(context) {}
  /// `place` is where it is asked for.
  void ensure(SegmentId segment, Span place);

 private:
  Context& context_;
};

/// Where a declared thing says that it is optional or labelled, for second labels.
[[nodiscard]] Span declaration_of(const Expr& expr, const Model& model);
/// The first attribute or event field in it that carries one of the labels, for a second label of a diagnostic.
[[nodiscard]] const Expr* find_labelled(const Expr& expr, types::Labels labels, const Model& model);

}  // namespace wend::sema
