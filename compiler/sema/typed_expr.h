#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "compiler/source/span.h"
#include "compiler/types/type.h"
#include "runtime/base/decimal.h"
#include "runtime/base/time.h"
#include "runtime/bytecode/program.h"

// Typed expressions: every name is resolved, every operator chosen by the types of its operands, every conversion written
// out. Whoever walks them needs no lookups and makes no decisions about types.
//
// * `Expr::type` is exact: an operand that must be present has a non-optional type, through an Unwrap where the checker
//   proved it present.
// * Operands are evaluated left to right; `And`, `Or`, `Otherwise` and `Match` evaluate only what they need. Nothing has side effects.

namespace wend::sema {

using source::Span;

enum class VariableId : std::uint32_t {};  ///< Model::variables
enum class AttributeId : std::uint32_t {};
enum class TopicId : std::uint32_t {};
enum class EventId : std::uint32_t {};
enum class ChannelId : std::uint32_t {};
enum class MessageId : std::uint32_t {};
enum class ActionId : std::uint32_t {};
enum class ExperimentId : std::uint32_t {};
enum class HoldoutId : std::uint32_t {};
enum class PolicyId : std::uint32_t {};
enum class CalendarId : std::uint32_t {};
enum class FnId : std::uint32_t {};
enum class HistoryId : std::uint32_t {};
enum class SegmentId : std::uint32_t {};
enum class JourneyId : std::uint32_t {};
enum class LocaleId : std::uint32_t {};
enum class StepId : std::uint32_t {};  ///< of one journey
enum class LoopId : std::uint32_t {};  ///< of one journey

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

using types::ConstantValue;

struct Constant {
  ConstantValue value;
};
/// Of the expression's optional type.
struct Absent {};
/// A let, a delivery, a parameter, a round, a pattern's binding.
struct Variable {
  VariableId variable{};
};
/// Field of an event that a variable is bound to. Events are never values by themselves, so this is the only use of a binding.
struct EventField {
  VariableId binding{};
  std::uint32_t field = 0;
};
struct AttributeRead {
  AttributeId attribute{};
};
struct MemberRead {
  ExprPtr record;
  std::uint32_t field = 0;
};

/// T → T?
struct ToOptional {
  ExprPtr operand;
};
/// Int → Decimal
struct ToDecimal {
  ExprPtr operand;
};
/// T? → T where the checker proved that the operand is present.
struct Unwrap {
  ExprPtr operand;
};
/// `left otherwise right`: left is optional; the result has the type of right.
struct Otherwise {
  ExprPtr left;
  ExprPtr right;
};

struct IsPresent {
  ExprPtr operand;
};
struct Not {
  ExprPtr operand;
};
struct And {
  ExprPtr left;
  ExprPtr right;
};
struct Or {
  ExprPtr left;
  ExprPtr right;
};

enum class NegateOp : std::uint8_t { integer, decimal };
struct Negate {
  NegateOp op = NegateOp::integer;
  ExprPtr operand;
};

enum class ArithmeticOp : std::uint8_t {
  add_integer,
  subtract_integer,
  multiply_integer,
  add_decimal,  ///< the decimal operators serve Decimal, Percent and Money
  subtract_decimal,
  multiply_decimal,
  divide_decimal,
  add_duration,       ///< Duration + Duration
  subtract_duration,  ///< Duration - Duration
  multiply_duration,  ///< Duration × Int, in this order
  instant_plus_duration,
  instant_minus_duration,
  instant_minus_instant,  ///< a Duration
  instant_plus_period,    ///< on the calendar of the customer's principal zone
  instant_minus_period,
  date_plus_period,
  date_minus_period,
  concat,  ///< Text + Text
};
struct Arithmetic {
  ArithmeticOp op = ArithmeticOp::add_integer;
  ExprPtr left;
  ExprPtr right;
};

enum class CompareOp : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal };
/// Both sides have one kind. With `equal` either side may be optional: absent equals nothing, so the result is false.
struct Compare {
  CompareOp op = CompareOp::equal;
  ExprPtr left;
  ExprPtr right;
};
/// `element in collection`: a list or set of the element's type.
struct Contains {
  ExprPtr element;
  ExprPtr collection;
};

/// Arguments agree with natives.def in number and order.
struct NativeCall {
  bytecode::NativeId native{};
  std::vector<ExprPtr> arguments;
};
/// `let variable = value in body`: what calls of `fn` become.
struct LetIn {
  VariableId variable{};
  ExprPtr value;
  ExprPtr body;
};

struct AbsentPattern {};
/// A field of a record has this value.
struct FieldTest {
  std::uint32_t field = 0;
  types::Type type;
  ConstantValue value;
};
/// Matches when present, and the test holds if there is one; binds the value. Also what a whole optional subject is unwrapped by.
struct PresentPattern {
  VariableId binding{};
  std::optional<FieldTest> test;
};
struct OtherwisePattern {};
/// A literal or an enum value of the subject's (required) type.
struct ConstantPattern {
  ConstantValue value;
};
/// Both ends belong to the range: int64 or Decimal by the subject's type.
struct RangePattern {
  ConstantValue low;
  ConstantValue high;
};
struct Pattern {
  std::variant<AbsentPattern, PresentPattern, OtherwisePattern, ConstantPattern, RangePattern> node;
  Span span;
};

struct MatchExprArm {
  std::vector<Pattern> patterns;  ///< any of them
  ExprPtr value;
};
/// The first arm with a matching pattern; the checker proved that there is one. When the subject is optional, constant and
/// range patterns match only present values.
struct MatchExpr {
  ExprPtr subject;
  std::vector<MatchExprArm> arms;
};

struct ConsentRead {
  TopicId topic{};
};
/// How many events the query counts, saturated at its limit. `did` is a comparison with this.
struct HistoryCount {
  HistoryId query{};
};
/// The events that the query keeps, as records; the query is a list.
struct HistoryList {
  HistoryId query{};
};
/// `customer in segment`.
struct InSegment {
  SegmentId segment{};
};
struct Now {};
/// The customer's principal time zone.
struct CustomerZone {};
/// Values in the order of the record's fields.
struct MakeRecord {
  std::vector<ExprPtr> fields;
};
/// A list, or a set when the type says so.
struct MakeList {
  std::vector<ExprPtr> elements;
};
/// As a hole writes it.
struct ToText {
  ExprPtr operand;
};
/// Only in a tree with errors.
struct ErrorExpr {};

using ExprNode = std::variant<ErrorExpr, Constant, Absent, Variable, EventField, AttributeRead, MemberRead, ToOptional, ToDecimal, Unwrap,
                              Otherwise, IsPresent, Not, And, Or, Negate, Arithmetic, Compare, Contains, NativeCall, LetIn, MatchExpr,
                              ConsentRead, HistoryCount, HistoryList, InSegment, Now, CustomerZone, MakeRecord, MakeList, ToText>;

struct Expr {
  types::Type type;
  types::Labels labels;
  Span span;
  ExprNode node;

  template <typename Node>
  [[nodiscard]] const Node* get_if() const {
    return std::get_if<Node>(&node);
  }
  template <typename Node>
  [[nodiscard]] const Node& as() const {
    return std::get<Node>(node);
  }
};

struct PluralForm;

/// A piece of a message text: literal text when `hole` is null, else the value to be formatted for people, or the count of a plural.
struct TextPiece {
  std::string text;
  ExprPtr hole;  ///< of a plural: an Int or Decimal
  Span span;
  std::vector<PluralForm> forms;  ///< of a plural: those by number first, and at least "other"
  bool is_for_people = true;       ///< of a hole: not in an address, nor in what machines read
};
struct PluralForm {
  std::string name;                    ///< "few"; empty for one by number
  std::optional<std::int64_t> number;  ///< of `=0 {…}`
  std::vector<TextPiece> pieces;
};
/// Every expression in it, also in the forms of plurals.
template <typename Visit>
void for_each_hole(const std::vector<TextPiece>& pieces, Visit&& visit) {
  for (const TextPiece& piece : pieces) {
    if (piece.hole) visit(*piece.hole);
    for (const PluralForm& form : piece.forms) for_each_hole(form.pieces, visit);
  }
}

}  // namespace wend::sema
