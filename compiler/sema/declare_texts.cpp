#include <algorithm>
#include <utility>

#include "compiler/sema/declarations.h"
#include "compiler/sema/expr_checker.h"
#include "compiler/sema/walk.h"

// The texts of messages: inline ones with holes, and templates.

namespace wend::sema {

std::string Declarations::tag_of(std::optional<LocaleId> locale) const {
  return locale ? context_.model.locales[static_cast<std::size_t>(*locale)].tag : std::string();
}

// ── templates ────────────────────────────────────────────────────────────────────────────────────────────────────

// What a template is for: its file says so by its last but one ending, else a body with a subject is a mail, and its template a page.
std::string Declarations::template_part(const syntax::MessageBody& body, const syntax::BodyPart& part) {
  const std::string name = part.text.pieces.empty() ? "" : part.text.pieces.front().text;
  if (name.ends_with(".html.liquid")) return "html";
  if (name.ends_with(".txt.liquid")) return "body";
  const bool is_mail = std::ranges::any_of(body.parts, [](const syntax::BodyPart& each) { return each.key.text == "subject"; });
  return is_mail ? "html" : "body";
}

void Declarations::check_template(const syntax::BodyPart& part, MessagePart& checked, const Message& message,
                                  std::optional<LocaleId> locale, std::size_t file) {
  checked.body.emplace();
  const auto hole = std::ranges::find_if(part.text.pieces, [](const syntax::TemplatePiece& piece) { return piece.hole != nullptr; });
  if (hole != part.text.pieces.end()) {
    context_.report(Kind::template_dynamic, hole->span).with("what", "which file is meant").help("write the name of the file as it is");
    return;
  }
  const std::string name = part.text.pieces.empty() ? "" : part.text.pieces.front().text;
  TemplateChecker checker(context_, templates_, message, file, use_of_part(checked.name), tag_of(locale));
  if (auto made = checker.check(name, part.text.literal.span)) checked.body = std::move(*made);
  used_parameters_.insert(checker.used().begin(), checker.used().end());
}

// ── inline texts ─────────────────────────────────────────────────────────────────────────────────────────────────

std::vector<TextPiece> Declarations::check_pieces(const std::vector<syntax::TemplatePiece>& pieces, TextPlace& place) {
  std::vector<TextPiece> result;
  for (const syntax::TemplatePiece& piece : pieces) {
    TextPiece& text = result.emplace_back(TextPiece{piece.text, nullptr, piece.span, {}, true});
    if (!piece.hole) {
      place.html.advance(piece.text);
      continue;
    }
    text.is_for_people = place.use != TextUse::html || liquid::is_for_people(place.html.place());
    text.hole = check_hole(*piece.hole, place, !piece.forms.empty());
    if (piece.forms.empty()) continue;
    check_count(*text.hole);
    text.forms = plural_forms(piece, place.locale);
    const liquid::HtmlContext before = place.html;
    for (std::size_t at = 0; at < text.forms.size(); ++at) {
      place.html = before;
      text.forms[at].pieces = check_pieces(piece.forms[at].pieces, place);
    }
    std::ranges::stable_partition(text.forms, [](const PluralForm& form) { return form.number.has_value(); });
  }
  return result;
}

ExprPtr Declarations::check_hole(const syntax::Expr& hole, TextPlace& place, bool is_count) {
  Scope scope;
  Flow flow;
  for (const Parameter& parameter : place.message.parameters) {
    scope.declare(parameter.name, parameter.variable);
    flow.assigned.insert(parameter.variable);
  }
  ExprPtr result = ExprChecker(context_, place.file, scope, flow).hole(hole);
  if (result->type.is_error()) return result;
  const auto is_allowed = [&](const Expr& each) {
    const auto* variable = each.get_if<Variable>();
    if (variable != nullptr) used_parameters_.insert(variable->variable);
    return read_kind(each) == ReadKind::variable;
  };
  const auto found = find_read(*result, is_allowed);
  if (!found) return is_count ? std::move(result) : made_safe(std::move(result), place);
  context_.report(Kind::default_reads, found->place)
      .with("what", "a message text")
      .with("allowed", "the parameters of its message")
      .with("found", describe_read(*found->read, context_.model))
      .note("the text is made when the message leaves, which may be later than the `send`")
      .help("add a parameter, and give the value at the `send`");
  return make_error(hole.span);
}

/// A value in a page, in one line or in an address is what is safe there; elsewhere it stays as it is.
ExprPtr Declarations::made_safe(ExprPtr hole, TextPlace& place) {
  const bool is_text = hole->type.kind == types::Kind::text || hole->type.kind == types::Kind::time_zone;
  const bool stays = place.use == TextUse::plain || (!is_text && place.use == TextUse::header) ||
                     (!is_text && place.use == TextUse::html && place.html.place() == liquid::HtmlPlace::text);
  const Span span = hole->span;
  if (!is_text && place.use == TextUse::html && place.html.place() == liquid::HtmlPlace::words) {
    hole = make_expr(types::text(), span, ToText{std::move(hole)});
  }
  ExprPtr safe = stays ? std::move(hole) : Printer(context_, place.locale.has_value()).escaped(make_operand(std::move(hole)), place.use, place.html);
  place.html.advance_value();
  return safe ? std::move(safe) : make_error(span);
}

void Declarations::report_unused(const Message& message) {
  for (const Parameter& parameter : message.parameters) {
    if (used_parameters_.contains(parameter.variable) || parameter.type.is_error()) continue;
    context_.report(Kind::parameter_unused, parameter.span)
        .with("message", message.name)
        .with("name", parameter.name)
        .help("write it in a text, or leave it out here and at each `send`");
  }
}

}  // namespace wend::sema
