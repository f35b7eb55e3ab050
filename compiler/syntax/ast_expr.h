#pragma once

#include "compiler/syntax/ast_common.h"

namespace wend::syntax {

// ── patterns ─────────────────────────────────────────────────────────────────────────────────────────────────────

struct AbsentPattern {};
struct PresentPattern {
  Name binding;
};
struct OtherwisePattern {};
struct NamePattern {
  Name name;
};
struct LiteralPattern {
  ExprPtr value;
};
/// Both ends belong to the range.
struct RangePattern {
  ExprPtr low;
  ExprPtr high;
};
struct QualifiedPattern {
  Name type;
  Name member;
};
struct ConstructPattern {
  Name type;
  std::vector<Name> bindings;
};

using PatternNode = std::variant<
#define WEND_PATTERN(kind) kind##Pattern,
#include "compiler/syntax/syntax_nodes.def"
    std::monostate>;

struct Pattern {
  Span span;
  PatternNode node;

  [[nodiscard]] PatternKind kind() const { return static_cast<PatternKind>(node.index()); }
  template <typename Node>
  [[nodiscard]] const Node& as() const {
    return std::get<Node>(node);
  }
};

// ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────────

struct ErrorExpr {};
struct TextExpr {
  std::string text;  ///< decoded; braces have no meaning outside message bodies
};
struct IntExpr {
  std::string text;  ///< digits without underscores; the sign is a UnaryExpr; may exceed 64 bits
};
struct DecimalExpr {
  std::string text;  ///< exactly as written, `2.50`
};
struct PercentExpr {
  std::string text;  ///< without the percent sign
};
struct MoneyExpr {
  std::string amount;  ///< `25` or `25.00`, underscores removed
  Name currency;
};
struct DurationExpr {
  DurationLiteral duration;
};
struct DateExpr {
  DateLiteral date;
};
struct DateTimeExpr {
  DateLiteral date;
  TimeLiteral time;
};
struct TimeExpr {
  TimeLiteral time;
};
struct BoolExpr {
  bool value = false;
};
struct AbsentExpr {};
struct CustomerExpr {};
struct NowExpr {};
/// A value in scope, a segment, or an enum value when the expected type says which enum. `round` (the number of the
/// current round, from 1) is an ordinary name that is predefined inside `repeat`; a declared name of that spelling wins.
struct NameExpr {
  Name name;
};
struct CallExpr {
  Name function;
  ArgumentList arguments;
};
struct ConstructExpr {
  Name type;
  ArgumentList arguments;
};
struct QualifiedExpr {
  Name type;
  Name member;
};
struct MemberExpr {
  ExprPtr object;
  Name member;
};
struct ListExpr {
  std::vector<ExprPtr> elements;
};
struct ConsentExpr {
  Name topic;
};

enum class HistoryKind : std::uint8_t { did, count, list };

/// `in last 90 days`, or `since entry` when `last` is absent.
struct HistoryWindow {
  std::optional<DurationLiteral> last;
  Span span;
};

struct HistoryExpr {
  HistoryKind history_kind = HistoryKind::did;
  Name event;
  std::optional<Name> alias;
  ExprPtr where;                       ///< null without `where (…)`
  std::optional<IntLiteral> at_least;  ///< `did` only
  HistoryWindow window;
  std::optional<IntLiteral> up_to;  ///< `list` only, and always there
};

struct MatchExprArm {
  std::vector<Pattern> patterns;
  ExprPtr value;
  Span span;
};
struct MatchExpr {
  ExprPtr subject;
  std::vector<MatchExprArm> arms;
};

enum class UnaryOp : std::uint8_t { negate, logical_not };
struct UnaryExpr {
  UnaryOp op = UnaryOp::negate;
  Span op_span;
  ExprPtr operand;
};

enum class BinaryOp : std::uint8_t {
  multiply,
  divide,
  add,
  subtract,
  otherwise,
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal,
  logical_and,
  logical_or,
};
/// The operator as it is written: "+", "otherwise", "and".
[[nodiscard]] std::string_view spelling(BinaryOp op);

struct BinaryExpr {
  BinaryOp op = BinaryOp::add;
  Span op_span;
  ExprPtr left;
  ExprPtr right;
};

enum class IsTest : std::uint8_t { present, absent, empty };
struct IsExpr {
  ExprPtr operand;
  IsTest test = IsTest::present;
  bool negated = false;
};
struct InExpr {
  ExprPtr element;
  ExprPtr collection;
  bool negated = false;
};

using ExprNode = std::variant<
#define WEND_EXPRESSION(kind) kind##Expr,
#include "compiler/syntax/syntax_nodes.def"
    std::monostate>;

struct Expr {
  Span span;  ///< parentheses around an expression belong to the enclosing construct, not to this span
  ExprNode node;

  [[nodiscard]] ExprKind kind() const { return static_cast<ExprKind>(node.index()); }
  template <typename Node>
  [[nodiscard]] const Node& as() const {
    return std::get<Node>(node);
  }
  template <typename Node>
  [[nodiscard]] const Node* get_if() const {
    return std::get_if<Node>(&node);
  }
};

// ── message texts ────────────────────────────────────────────────────────────────────────────────────────────────

struct PluralForm;

/// A piece of a message text: literal text (when `hole` is null), the expression of a `{hole}`, or `{count, plural, one {# item} other {…}}`,
/// whose `hole` is the count.
struct TemplatePiece {
  std::string text;  ///< decoded; `{{` and `}}` have become single braces
  ExprPtr hole;
  Span span;  ///< of a hole: with its braces
  std::vector<PluralForm> forms;
};
/// `few {# items}` or `=0 {nothing}`; `#` is the count, and has become a hole.
struct PluralForm {
  Name name;
  std::vector<TemplatePiece> pieces;
};

struct Template {
  StringLiteral literal;  ///< decoded, holes still written out
  std::vector<TemplatePiece> pieces;
};

}  // namespace wend::syntax
