#include "compiler/sema/template_value.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/bytecode/message_part.h"

namespace wend::sema {

using types::simple;
using liquid::HtmlPlace;

TextUse use_of_part(const std::string& part) {
  constexpr std::array<std::string_view, 6> k_headers = {"subject", "title", "from", "reply_to", "preheader", "sender"};
  if (part == "html") return TextUse::html;
  if (!bytecode::is_read(part)) return TextUse::address;
  return std::ranges::find(k_headers, part) != k_headers.end() ? TextUse::header : TextUse::plain;
}

Operand error_operand(Span span) {
  Operand result;
  result.special = Operand::Special::error;
  result.span = span;
  return result;
}
Operand make_operand(ExprPtr expr) {
  if (!expr || expr->type.is_error()) return error_operand(expr ? expr->span : Span());
  Operand result;
  result.span = expr->span;
  result.expr = std::move(expr);
  return result;
}
const std::string* literal_text(const Operand& operand) {
  const auto* constant = operand.is(types::Kind::text) ? operand.expr->get_if<Constant>() : nullptr;
  return constant != nullptr ? std::get_if<std::string>(&constant->value) : nullptr;
}
const std::int64_t* literal_integer(const Operand& operand) {
  const auto* constant = operand.is(types::Kind::integer) ? operand.expr->get_if<Constant>() : nullptr;
  return constant != nullptr ? std::get_if<std::int64_t>(&constant->value) : nullptr;
}

ExprPtr text_constant(std::string text, Span span) {
  return make_expr(types::text(), span, Constant{std::move(text)});
}
ExprPtr integer_constant(std::int64_t number, Span span) {
  return make_expr(simple(types::Kind::integer), span, Constant{number});
}
ExprPtr boolean_constant(bool value, Span span) {
  return make_expr(simple(types::Kind::boolean), span, Constant{std::int64_t{value ? 1 : 0}});
}
ExprPtr native_expr(Native native, types::Type type, Span span, std::vector<ExprPtr> arguments) {
  types::Labels labels;
  for (const ExprPtr& argument : arguments) labels = labels | argument->labels;
  return make_expr(std::move(type), span, NativeCall{static_cast<bytecode::NativeId>(native), std::move(arguments)}, labels);
}
ExprPtr read_variable(const Context& context, VariableId variable, Span span) {
  const VariableInfo& info = context.model.at(variable);
  return make_expr(info.type, span, Variable{variable}, info.labels);
}
ExprPtr choose(ExprPtr condition, ExprPtr yes, ExprPtr no, Span span) {
  const types::Type type = yes->type;
  const types::Labels labels = condition->labels | yes->labels | no->labels;
  MatchExpr match;
  match.subject = std::move(condition);
  std::vector<Pattern> when_true;
  when_true.push_back({ConstantPattern{std::int64_t{1}}, span});
  match.arms.push_back({std::move(when_true), std::move(yes)});
  std::vector<Pattern> when_false;
  when_false.push_back({ConstantPattern{std::int64_t{0}}, span});
  match.arms.push_back({std::move(when_false), std::move(no)});
  return make_expr(type, span, std::move(match), labels);
}

ExprPtr Printer::text(Operand operand) {
  if (operand.is_error()) return nullptr;
  const Span span = operand.span;
  if (!operand.is_value()) return text_constant("", span);
  const types::Type type = operand.type();
  switch (type.kind) {
    case types::Kind::text:
      return std::move(operand.expr);
    case types::Kind::decimal:
      if (!in_language_) return native_expr(Native::_print_decimal, types::text(), span, std::move(operand.expr));
      [[fallthrough]];
    case types::Kind::boolean:
    case types::Kind::integer:
    case types::Kind::percent:
    case types::Kind::money:
    case types::Kind::instant:
    case types::Kind::date:
    case types::Kind::time_of_day:
    case types::Kind::duration:
    case types::Kind::period:
    case types::Kind::time_zone:
    case types::Kind::enumeration: {
      const types::Labels labels = operand.expr->labels;
      return make_expr(types::text(), span, ToText{std::move(operand.expr)}, labels);
    }
    case types::Kind::list:
    case types::Kind::set: {
      const types::Kind element = type.element().kind;
      // An instant is printed in the customer's zone, one by one.
      if (element != types::Kind::record && element != types::Kind::instant && element != types::Kind::list && element != types::Kind::set) {
        return native_expr(Native::_join, types::text(), span, std::move(operand.expr), text_constant("", span));
      }
      break;
    }
    case types::Kind::error:
    case types::Kind::absent:
    case types::Kind::record:
    case types::Kind::delivery:
      break;
  }
  Diagnostic& diagnostic = context_.report(Kind::not_renderable, span).with("type", context_.quoted(type));
  if (type.kind == types::Kind::record) diagnostic.help("write one of its fields");
  if (type.element_of) diagnostic.help("go through it with `for`, and write what each element has");
  return nullptr;
}

ExprPtr Printer::in_html(Operand operand, HtmlPlace place) {
  const Span span = operand.span;
  const bool is_text = operand.is(types::Kind::text) || operand.is_list() || operand.is(types::Kind::time_zone);
  const bool markup = operand.markup;
  const bool url_encoded = operand.url_encoded;
  const bool is_number = operand.is(types::Kind::integer) || operand.is(types::Kind::enumeration) || operand.is(types::Kind::boolean) ||
                         operand.is(types::Kind::decimal);
  if (place == HtmlPlace::tag || place == HtmlPlace::script || (place == HtmlPlace::style && !is_number)) {
    Diagnostic& diagnostic = context_.report(Kind::template_unsafe_place, span).with("place", liquid::describe(place));
    if (place == HtmlPlace::tag) {
      diagnostic.help("put the value of the attribute in quotes; names of tags and attributes are written out");
    } else if (place == HtmlPlace::style) {
      diagnostic.help("a number, a Bool or a value of an enum can stand here; a text could be anything");
    } else {
      diagnostic.help("readers of mails run no scripts; leave it out");
    }
    return nullptr;
  }
  if (in_language_ && place != HtmlPlace::text && operand.is(types::Kind::integer)) {
    return native_expr(Native::_print_integer, types::text(), span, std::move(operand.expr));
  }
  if (in_language_ && place != HtmlPlace::text && operand.is(types::Kind::decimal)) {
    return native_expr(Native::_print_decimal, types::text(), span, std::move(operand.expr));
  }
  ExprPtr made = text(std::move(operand));
  if (!made || !is_text) return made;
  if (place == HtmlPlace::address) made = native_expr(Native::_web_address, types::text(), span, std::move(made));
  if (place == HtmlPlace::in_address && !url_encoded) made = native_expr(Native::_url_component, types::text(), span, std::move(made));
  return markup ? std::move(made) : native_expr(Native::_escape, types::text(), span, std::move(made));
}

ExprPtr Printer::escaped(Operand operand, TextUse use, const liquid::HtmlContext& html) {
  if (operand.is_error()) return nullptr;
  if (!operand.is_value()) return text_constant("", operand.span);
  const Span span = operand.span;
  const bool is_text = operand.is(types::Kind::text) || operand.is_list();
  switch (use) {
    case TextUse::plain:
      return text(std::move(operand));
    case TextUse::html:
      return in_html(std::move(operand), html.place());
    case TextUse::header: {
      ExprPtr made = text(std::move(operand));
      return made && is_text ? native_expr(Native::_one_line, types::text(), span, std::move(made)) : std::move(made);
    }
    case TextUse::address: {
      // The same places as in an attribute: `html` follows the address as if it stood in one.
      const bool begins = html.place() == HtmlPlace::address;
      const bool url_encoded = operand.url_encoded;
      ExprPtr made = text(std::move(operand));
      if (!made || !is_text || url_encoded) return made;
      return native_expr(begins ? Native::_web_address : Native::_url_component, types::text(), span, std::move(made));
    }
  }
  return nullptr;
}

}  // namespace wend::sema
