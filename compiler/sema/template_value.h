#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/sema/expr_checker.h"
#include "compiler/template/html_context.h"
#include "compiler/template/tree.h"

// What the parts of the template checker share.

namespace wend::sema {

/// What a text is for, which says what has to be done to a value in it.
enum class TextUse : std::uint8_t {
  plain,   ///< a text message, a push
  html,    ///< a page
  header,  ///< one line: a subject, a title, a sender
  address, ///< a web address
};
/// By the name of the part, of a text that stands in the message itself.
[[nodiscard]] TextUse use_of_part(const std::string& part);

/// A value in a template: an expression, or a word that is none.
struct Operand {
  enum class Special : std::uint8_t { none, nil, empty, blank, loop, error };
  Special special = Special::none;
  ExprPtr expr;
  bool markup = false;       ///< HTML already, of a `capture` or `raw`
  bool has_tags = false;     ///< of markup: made for between tags, and nowhere else
  bool url_encoded = false;  ///< nothing in it means anything in an address
  std::size_t loop = 0;      ///< of `forloop`: which
  Span span;

  [[nodiscard]] bool is_error() const { return special == Special::error; }
  [[nodiscard]] bool is_value() const { return special == Special::none; }
  [[nodiscard]] const types::Type& type() const { return expr->type; }
  [[nodiscard]] bool is(types::Kind kind) const { return is_value() && type().kind == kind; }
  [[nodiscard]] bool is_list() const { return is(types::Kind::list) || is(types::Kind::set); }
};
[[nodiscard]] Operand error_operand(Span span);
[[nodiscard]] Operand make_operand(ExprPtr expr);
/// A text literal's text, an integer literal's number.
[[nodiscard]] const std::string* literal_text(const Operand& operand);
[[nodiscard]] const std::int64_t* literal_integer(const Operand& operand);

[[nodiscard]] ExprPtr text_constant(std::string text, Span span);
[[nodiscard]] ExprPtr integer_constant(std::int64_t number, Span span);
[[nodiscard]] ExprPtr boolean_constant(bool value, Span span);
[[nodiscard]] ExprPtr native_expr(Native native, types::Type type, Span span, std::vector<ExprPtr> arguments);
template <typename... Arguments>
[[nodiscard]] ExprPtr native_expr(Native native, types::Type type, Span span, Arguments... arguments) {
  std::vector<ExprPtr> list;
  (list.push_back(std::move(arguments)), ...);
  return native_expr(native, std::move(type), span, std::move(list));
}
[[nodiscard]] ExprPtr read_variable(const Context& context, VariableId variable, Span span);
/// `yes` when the Bool is true, else `no`; both have the type.
[[nodiscard]] ExprPtr choose(ExprPtr condition, ExprPtr yes, ExprPtr no, Span span);

/// Turns a value into what is written, or reports that it cannot be. In a language, values are written as its readers write them, but
/// where machines read them: in addresses, styles, and attributes that are no words for people.
class Printer {
 public:
  Printer(Context& context, bool in_language) : context_(context), in_language_(in_language) {}
  /// Null when it cannot. The value is present.
  ExprPtr text(Operand operand);
  /// The same for machines, whatever the language.
  ExprPtr plain(Operand operand);
  /// The text, made safe for where it comes to stand; null when it cannot be.
  ExprPtr escaped(Operand operand, TextUse use, const liquid::HtmlContext& html);

 private:
  ExprPtr in_html(Operand operand, liquid::HtmlPlace place);
  ExprPtr in_address(Operand operand, liquid::HtmlPlace place);
  void report_unsafe(liquid::HtmlPlace place, Span span);
  Context& context_;
  bool in_language_;
};

}  // namespace wend::sema
