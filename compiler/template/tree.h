#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/source/span.h"
#include "runtime/base/decimal.h"

// A Liquid template as a tree. It knows tags, filters and literals, but no types: what a name is, and whether a filter takes it, is
// decided by `sema`, which has the message's parameters. Comments, and blocks that would print white space only, are gone.

namespace wend::liquid {

using source::Span;

struct Name {
  std::string text;
  Span span;
};

struct Value;
using ValuePtr = std::unique_ptr<Value>;

struct Nil {};
/// `empty` and `blank`: what a text or list is compared with.
struct Empty {};
struct Blank {};
/// `.title`, `['title']`, `[0]`, `[i]`.
struct Selector {
  std::optional<Name> name;  ///< of a field
  ValuePtr index;            ///< when there is no name
  Span span;
};
/// `cart.items[0].title`
struct Path {
  Name root;
  std::vector<Selector> selectors;
};
/// `(1..n)`
struct Range {
  ValuePtr first;
  ValuePtr last;
};
struct Value {
  std::variant<Nil, Empty, Blank, bool, std::int64_t, Decimal, std::string, Path, Range> node;
  Span span;
};

struct Argument {
  std::optional<Name> name;
  Value value;
};
struct Filter {
  Name name;
  std::vector<Argument> arguments;
  Span span;
};
/// `cart.total | times: 2 | round`
struct Filtered {
  Value value;
  std::vector<Filter> filters;
  Span span;
};

enum class Comparison : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal, contains };
[[nodiscard]] const char* spelling(Comparison comparison);
struct Compared {
  Comparison op = Comparison::equal;
  Span op_span;
  Value left;
  Value right;
};
struct Condition;
using ConditionPtr = std::unique_ptr<Condition>;
/// Liquid knows no precedence: `a and b or c` is `a and (b or c)`.
struct Joined {
  bool is_or = false;
  ConditionPtr left;
  ConditionPtr right;
};
struct Condition {
  std::variant<Value, Compared, Joined> node;
  Span span;
};

struct Node;
using Body = std::vector<Node>;

struct Text {
  std::string text;
};
struct Output {
  Filtered value;
};
struct IfBranch {
  std::optional<Condition> condition;  ///< none for `else`
  bool negated = false;                ///< of `unless`
  Body body;
  Span span;  ///< of the tag
};
struct If {
  std::vector<IfBranch> branches;
};
struct CaseArm {
  std::vector<Value> values;  ///< none for `else`
  Body body;
  Span span;
};
struct Case {
  Value subject;
  std::vector<CaseArm> arms;
};
struct LoopOptions {
  std::optional<Value> limit;
  std::optional<Value> offset;
  std::optional<Value> columns;  ///< of `tablerow`
  bool continues = false;        ///< `offset: continue`
  bool reversed = false;
};
struct For {
  bool is_table = false;
  Name variable;
  Value collection;
  LoopOptions options;
  Body body;
  Body otherwise;
};
struct Assign {
  Name name;
  Filtered value;
};
struct Capture {
  Name name;
  Body body;
};
/// `increment`, `decrement`
struct Count {
  Name name;
  bool down = false;
};
struct Cycle {
  std::optional<Value> group;
  std::vector<Value> values;
  std::string key;  ///< what tells one without a group from others
};
struct Render {
  bool isolated = true;          ///< false for `include`
  Value file;
  std::optional<Value> with;     ///< `with x`, `for x`
  bool each = false;             ///< `for x`
  std::optional<Name> alias;     ///< `as y`
  std::vector<Argument> arguments;
};
struct IfChanged {
  Body body;
};
struct Break {};
struct Continue {};

struct Node {
  std::variant<Text, Output, If, Case, For, Assign, Capture, Count, Cycle, Render, IfChanged, Break, Continue> node;
  Span span;
};

}  // namespace wend::liquid
