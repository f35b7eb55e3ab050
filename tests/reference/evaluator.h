#pragma once

// Expressions, walked as they were parsed.

#include <map>
#include <optional>
#include <string>

#include "tests/reference/customer.h"

namespace wend::reference {

/// Coerces an Int where the declared type is Decimal: the one implicit conversion of the language.
Value as_declared(Value value, const syntax::TypeRef& type);

class Evaluator {
 public:
  Evaluator(const Declarations& all, const Customer& customer, Instant now, bool assume_consent)
      : all_(all), customer_(customer), now_(now), assume_consent_(assume_consent) {}

  /// Names become readable; the innermost are added last. They outlive the evaluator.
  void see(const Names& names) { scopes_.push_back(&names); }
  void forget_innermost() { scopes_.pop_back(); }
  /// What `since entry` counts from: how much had been heard by then.
  void set_began(std::uint64_t serial) { began_ = serial; }
  /// And what it passes over.
  void set_unheard(const std::set<std::uint64_t>* serials) { unheard_ = serials; }

  /// Calendar time is that of this zone, wherever the customer is by now.
  void fix_zone(const Zone* zone) { fixed_zone_ = zone; }
  /// From now on notes the first instant at which an event leaves a window that is looked into.
  void note_changes(std::optional<Instant>* next) { next_change_ = next; }
  /// Whether the customer is in the segment; nobody is while a required attribute that the condition reads is unset.
  bool is_member(const syntax::SegmentDecl& segment);

  /// Throws Fault.
  Value value(const syntax::Expr& expression);
  bool truth(const syntax::Expr& expression) { return value(expression).as<bool>(); }
  /// Of a condition: a fault is false.
  bool holds(const syntax::Expr& condition);
  /// The customer's principal zone.
  Zone zone();
  /// All in which the customer may be.
  std::vector<Zone> zones();
  Value attribute(const std::string& name) const;
  /// What a field of an event, a record or the customer is without a value.
  Value default_of(const syntax::Field& field) const;
  bool consents(const std::string& topic) const;

  /// Whether the pattern takes the value; binds what it names.
  bool matches(const syntax::Pattern& pattern, const Value& subject, Names& bindings);
  Value call(const std::string& function, const syntax::ArgumentList& arguments);

 private:
  // A free count stops here.
  static constexpr std::int64_t k_count_max = 1000;

  Value name(const std::string& name);
  Value member(const syntax::MemberExpr& member);
  Value unary(const syntax::UnaryExpr& unary);
  Value binary(const syntax::BinaryExpr& binary);
  Value time_arithmetic(bool adds, const Value& left, const Value& right);
  Value compared(const syntax::BinaryExpr& binary, const syntax::Expr& side, const syntax::Expr& other);
  std::vector<HeardEventPtr> concerned(const syntax::HistoryExpr& history) const;
  Value list(const syntax::HistoryExpr& history);
  Value history(const syntax::HistoryExpr& history, std::int64_t newest);
  static Value counted(const syntax::HistoryExpr& history, std::int64_t count);
  Value match(const syntax::MatchExpr& match);
  Value construct(const syntax::ConstructExpr& construct);
  bool is(const syntax::IsExpr& is);
  bool in(const syntax::InExpr& in);

  const Declarations& all_;
  const Customer& customer_;
  Instant now_;
  bool assume_consent_;
  std::optional<std::uint64_t> began_;
  const std::set<std::uint64_t>* unheard_ = nullptr;
  std::optional<Instant>* next_change_ = nullptr;
  bool in_segment_ = false;
  const Zone* fixed_zone_ = nullptr;
  std::vector<const Names*> scopes_;
};

/// Functions of the language itself; `zone` is the customer's.
Value call_builtin(const std::string& name, const std::vector<Value>& arguments, const Zone& zone);

}  // namespace wend::reference
