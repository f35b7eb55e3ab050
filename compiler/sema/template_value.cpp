#include "compiler/sema/template_value.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/bytecode/message_part.h"

namespace wend::sema {

using types::simple;
using liquid::HtmlPlace;

namespace {

/// What to do instead; null where a value can be made safe.
const char* way_out_of(HtmlPlace place) {
  switch (place) {
    case HtmlPlace::text:
    case HtmlPlace::words:
    case HtmlPlace::attribute:
    case HtmlPlace::address:
    case HtmlPlace::in_address:
    case HtmlPlace::contact:
      return nullptr;
    case HtmlPlace::style:
      return "a number, a Bool or a value of an enum can stand here; a text could be anything";
    case HtmlPlace::script:
      return "readers of mails run no scripts; leave it out";
    case HtmlPlace::scheme:
      return "write the scheme out: `https://{{ … }}`, or let the value be the whole address";
    case HtmlPlace::page:
      return "write it into the page itself, where it is escaped once";
    case HtmlPlace::meta:
      return "readers of mails are shown nothing of it; leave it out";
    case HtmlPlace::animation:
      return "it could animate the address of a link; write it into the attribute itself";
    case HtmlPlace::tag:
      return "put the value of the attribute in quotes; names of tags and attributes are written out";
  }
  return nullptr;
}
bool is_unsafe(HtmlPlace place) {
  return way_out_of(place) != nullptr;
}

/// May hold anything. Everything else is written with letters, digits and blanks.
bool is_like_text(const Operand& operand) {
  return operand.is(types::Kind::text) || operand.is_list() || operand.is(types::Kind::time_zone);
}
bool is_number(const Operand& operand) {
  return operand.is(types::Kind::integer) || operand.is(types::Kind::decimal) || operand.is(types::Kind::boolean) || operand.is(types::Kind::enumeration);
}
bool is_printable(const Operand& operand) {
  return operand.is_value() && !operand.is(types::Kind::record) && !operand.is(types::Kind::delivery);
}

}  // namespace

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
  return make_expr(std::move(type), span, NativeCall{static_cast<bytecode::NativeId>(native), std::move(arguments)});
}
ExprPtr read_variable(const Context& context, VariableId variable, Span span) {
  const VariableInfo& info = context.model.at(variable);
  return make_expr(info.type, span, Variable{variable}, info.labels);
}
ExprPtr choose(ExprPtr condition, ExprPtr yes, ExprPtr no, Span span) {
  const types::Type type = yes->type;
  MatchExpr match;
  match.subject = std::move(condition);
  std::vector<Pattern> when_true;
  when_true.push_back({ConstantPattern{std::int64_t{1}}, span});
  match.arms.push_back({std::move(when_true), std::move(yes)});
  std::vector<Pattern> when_false;
  when_false.push_back({ConstantPattern{std::int64_t{0}}, span});
  match.arms.push_back({std::move(when_false), std::move(no)});
  return make_expr(type, span, std::move(match));
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
    case types::Kind::enumeration:
      return make_expr(types::text(), span, ToText{std::move(operand.expr)});
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

void Printer::report_unsafe(HtmlPlace place, Span span) {
  context_.report(Kind::template_unsafe_place, span).with("place", liquid::describe(place)).help(way_out_of(place));
}

ExprPtr Printer::plain(Operand operand) {
  if (is_like_text(operand) || !is_printable(operand)) return text(std::move(operand));
  const Span span = operand.span;
  return native_expr(Native::_print_plain, types::text(), span, std::move(operand.expr));
}

ExprPtr Printer::in_address(Operand operand, HtmlPlace place) {
  const Span span = operand.span;
  const bool is_whole = place == HtmlPlace::address && is_like_text(operand);
  const bool is_encoded = operand.url_encoded && place == HtmlPlace::in_address;
  ExprPtr made = plain(std::move(operand));
  if (!made || is_encoded) return made;
  const Native native = is_whole ? Native::_web_address : (place == HtmlPlace::contact ? Native::_url_contact : Native::_url_component);
  return native_expr(native, types::text(), span, std::move(made));
}

ExprPtr Printer::in_html(Operand operand, HtmlPlace place) {
  const Span span = operand.span;
  if (operand.has_tags && place != HtmlPlace::text && !is_unsafe(place)) {
    context_.report(Kind::template_html_misplaced, span)
        .with("place", liquid::describe(place))
        .help("write the values themselves, or capture a text without tags and entities");
    return nullptr;
  }
  const bool escapes = is_like_text(operand) && !operand.markup;
  const auto escaped = [&](ExprPtr made) {
    return made ? native_expr(Native::_escape, types::text(), span, std::move(made)) : nullptr;
  };
  switch (place) {
    case HtmlPlace::text: {
      ExprPtr made = text(std::move(operand));
      return escapes ? escaped(std::move(made)) : std::move(made);
    }
    case HtmlPlace::words: {
      // What languages write between digits may be a quote.
      const bool is_html = operand.markup;
      ExprPtr made = text(std::move(operand));
      return is_html ? std::move(made) : escaped(std::move(made));
    }
    case HtmlPlace::attribute: {
      ExprPtr made = plain(std::move(operand));
      return escapes ? escaped(std::move(made)) : std::move(made);
    }
    case HtmlPlace::address: {
      ExprPtr made = in_address(std::move(operand), place);
      return escapes ? escaped(std::move(made)) : std::move(made);
    }
    case HtmlPlace::in_address:
    case HtmlPlace::contact:
      return in_address(std::move(operand), place);
    case HtmlPlace::style:
      if (is_number(operand)) return plain(std::move(operand));
      break;
    case HtmlPlace::script:
    case HtmlPlace::scheme:
    case HtmlPlace::page:
    case HtmlPlace::meta:
    case HtmlPlace::animation:
    case HtmlPlace::tag:
      break;
  }
  report_unsafe(place, span);
  return nullptr;
}

ExprPtr Printer::escaped(Operand operand, TextUse use, const liquid::HtmlContext& html) {
  if (operand.is_error()) return nullptr;
  if (!operand.is_value()) return text_constant("", operand.span);
  const Span span = operand.span;
  switch (use) {
    case TextUse::plain:
      return text(std::move(operand));
    case TextUse::html:
      return in_html(std::move(operand), html.place());
    case TextUse::header: {
      const bool is_text = is_like_text(operand);
      ExprPtr made = text(std::move(operand));
      return made && is_text ? native_expr(Native::_one_line, types::text(), span, std::move(made)) : std::move(made);
    }
    case TextUse::address:
      // The same places as in an attribute: `html` follows the address as if it stood in one.
      if (is_unsafe(html.place())) {
        report_unsafe(html.place(), span);
        return nullptr;
      }
      return in_address(std::move(operand), html.place());
  }
  return nullptr;
}

}  // namespace wend::sema
