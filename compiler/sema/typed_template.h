#pragma once

#include <string>
#include <variant>
#include <vector>

#include "compiler/sema/typed_expr.h"

// What a template becomes: pieces to write, and when. Filters, escaping and loop counters are expressions; a `forloop.index` is the
// counter plus one.

namespace wend::sema {

struct TemplateNode;
using TemplateBody = std::vector<TemplateNode>;

struct WriteText {
  std::string text;
};
/// Of type Text.
struct WriteValue {
  ExprPtr text;
};
struct AssignVariable {
  VariableId variable{};
  ExprPtr value;
};
struct CaptureText {
  VariableId variable{};
  TemplateBody body;
  bool goes_on = false;  ///< of `ifchanged`: a part of the text around
};
struct Choose {
  ExprPtr condition;
  TemplateBody yes;
  TemplateBody no;
};
/// `counter` goes from 0 to below `count`, and `item` has `value` in each round.
struct Rounds {
  VariableId counter{};
  VariableId count{};
  VariableId item{};
  ExprPtr value;
  TemplateBody body;
};
struct StopRounds {};
struct NextRound {};

struct TemplateNode {
  std::variant<WriteText, WriteValue, AssignVariable, CaptureText, Choose, Rounds, StopRounds, NextRound> node;
  Span span;
};

}  // namespace wend::sema
