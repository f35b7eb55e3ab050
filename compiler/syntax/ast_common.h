#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/source/span.h"
#include "compiler/syntax/node_kinds.h"

// The small parts every node is made of. See ast.h for the rules of the whole tree.

namespace wend::syntax {

using source::Span;

/// A name as written, without back-quotes. `text` is empty only in a tree with errors.
struct Name {
  std::string text;
  Span span;
  bool quoted = false;
};

/// `acme.shared`, `welcome.first_touch`.
struct QualifiedName {
  std::vector<Name> parts;
  Span span;
  /// The parts joined by dots.
  [[nodiscard]] std::string text() const;
};

/// `/// …` lines above a declaration, step, header or field: without the slashes, joined by newlines.
struct DocComment {
  std::string text;
  Span span;
};

/// A string literal: `text` has its escapes decoded; the span includes the quotes.
struct StringLiteral {
  std::string text;
  Span span;
};

/// `text` has its underscores removed and is otherwise what was written; `value` is its value.
struct IntLiteral {
  std::string text;
  std::int64_t value = 0;
  Span span;
};

/// `text` is the number without the percent sign, exactly as written.
struct PercentLiteral {
  std::string text;
  Span span;
};

/// A valid date of the proleptic Gregorian calendar (the parser has checked it).
struct DateLiteral {
  int year = 1970;
  int month = 1;
  int day = 1;
  Span span;
};

/// A valid time of day.
struct TimeLiteral {
  int hour = 0;
  int minute = 0;
  int second = 0;
  Span span;

  [[nodiscard]] int seconds_of_day() const { return hour * 3600 + minute * 60 + second; }
};

/// `2025-03-09 01:30 +02:00`: a moment in a test. Without an offset it is in the customer's zone.
struct MomentLiteral {
  DateLiteral date;
  TimeLiteral time;
  std::optional<int> offset_minutes;
  Span span;
};

enum class Unit : std::uint8_t { second, minute, hour, day, business_day, week, month, year };

struct DurationPart {
  std::int64_t count = 0;
  Unit unit = Unit::second;
  Span span;
};

/// Exact (`24 hours`, a `Duration`) or on the calendar (`1 day`, a `Period`). The parser refuses mixtures, so
/// `is_exact` describes every part.
struct DurationLiteral {
  std::vector<DurationPart> parts;
  bool is_exact = true;
  Span span;
};

/// `List<CartItem>?`, `Text<40>`
struct TypeRef {
  Name name;
  std::vector<TypeRef> arguments;
  std::optional<std::int64_t> length;  ///< a number instead of arguments
  bool optional = false;
  Span span;  ///< with arguments and question mark
};

struct Expr;
struct Stmt;
using ExprPtr = std::unique_ptr<Expr>;
using StmtPtr = std::unique_ptr<Stmt>;

/// `{ … }`
struct Block {
  std::vector<StmtPtr> statements;
  Span span;  ///< with the braces
};

/// `name: value` or a bare value.
struct Argument {
  std::optional<Name> name;
  ExprPtr value;
  Span span;
};

struct ArgumentList {
  std::vector<Argument> arguments;
  Span span;  ///< with the parentheses
};

/// `plan: free` in `given customer { … }` and fixtures.
struct NamedValue {
  Name name;
  ExprPtr value;
  Span span;
};

/// `name: Type = default`
struct Parameter {
  Name name;
  TypeRef type;
  ExprPtr default_value;  ///< null without `= …`
  Span span;
};

/// `OrderPlaced as order same cart_id where order.total > 5.00 USD`
struct EventPattern {
  Name event;
  std::optional<Name> alias;
  std::vector<Name> same;
  ExprPtr where;  ///< null without `where`
  Span span;
};

}  // namespace wend::syntax
