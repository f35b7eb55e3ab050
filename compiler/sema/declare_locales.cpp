#include <algorithm>
#include <charconv>
#include <set>

#include "compiler/sema/declarations.h"
#include "compiler/sema/expr_checker.h"
#include "runtime/base/locale.h"

// Which languages a project writes in, who is served in which, and what a text of one language must have.

namespace wend::sema {
namespace {

std::string in_quotes(const std::string& tag) {
  return '"' + tag + '"';
}

// What stands in for a wrong fallback, so that no message is asked for the texts of a locale that was meant to fall back.
std::optional<LocaleId> behind_wrong(std::size_t at) {
  return at > 0 ? std::optional(LocaleId{}) : std::nullopt;
}

// A mail is whole as a page and as a plain text.
bool has_part(const MessageBody& body, const std::string& name) {
  const auto named = [&](const std::string& each) { return std::ranges::find(body.parts, each, &MessagePart::name) != body.parts.end(); };
  return name == "body" || name == "html" ? named("body") || named("html") : named(name);
}

}  // namespace

void Declarations::resolve_locales(const syntax::LocalesDecl& declaration) {
  std::vector<Locale>& locales = context_.model.locales;
  std::vector<const syntax::LocaleItem*> items;
  for (const syntax::LocaleItem& item : declaration.locales) {
    const std::optional<std::string> tag = canonical_locale(item.tag.text);
    if (!tag) {
      report_unknown_locale(item.tag);
      continue;
    }
    const auto earlier = std::ranges::find(locales, *tag, &Locale::tag);
    if (earlier != locales.end()) {
      context_.report(Kind::repeated_member, item.tag.span)
          .with("owner", "`locales`")
          .with("what", "the locale")
          .with("name", *tag)
          .secondary(earlier->span, "first here");
      continue;
    }
    locales.push_back({*tag, std::nullopt, item.tag.span});
    items.push_back(&item);
  }
  for (std::size_t at = 0; at < locales.size(); ++at) {
    if (!items[at]->otherwise) continue;
    locales[at].otherwise = declared_locale(*items[at]->otherwise);
    if (!locales[at].otherwise) locales[at].otherwise = behind_wrong(at);
  }
  for (std::size_t at = 0; at < locales.size(); ++at) {
    // The first serves everybody: behind it there is nobody.
    std::optional<LocaleId> next = static_cast<LocaleId>(at);
    for (std::size_t steps = 0; next && steps <= locales.size(); ++steps) next = locales[static_cast<std::size_t>(*next)].otherwise;
    if (!next && (at > 0 || !locales[at].otherwise)) continue;
    context_.report(Kind::locales_in_circle, items[at]->otherwise->span)
        .with("tag", in_quotes(locales[at].tag))
        .note("the first of the locales is everybody's last resort, and has none behind it");
    locales[at].otherwise = behind_wrong(at);
  }
}

void Declarations::report_unknown_locale(const syntax::StringLiteral& tag) {
  context_.report(Kind::unknown_locale, tag.span)
      .with("tag", tag.text)
      .help("write the tag of a language, with its region where that matters: `\"pt\"`, `\"pt-BR\"`");
}

std::optional<LocaleId> Declarations::declared_locale(const syntax::StringLiteral& written) {
  const std::optional<std::string> tag = canonical_locale(written.text);
  if (!tag) {
    report_unknown_locale(written);
    return std::nullopt;
  }
  const std::vector<Locale>& locales = context_.model.locales;
  const auto found = std::ranges::find(locales, *tag, &Locale::tag);
  if (found != locales.end()) return static_cast<LocaleId>(found - locales.begin());
  diag::Diagnostic& diagnostic = context_.report(Kind::locale_not_declared, written.span).with("tag", *tag);
  if (locales.empty()) {
    diagnostic.help("say which there are, the one for everybody else first: `locales { \"en\"  " + in_quotes(*tag) + " }`");
  } else {
    diagnostic.secondary(locales.back().span, "the last of them").help("add it to `locales`");
  }
  return std::nullopt;
}

void Declarations::check_customer_locale(const syntax::CustomerLocaleDecl& declaration, const InFile<syntax::Decl>& where) {
  if (context_.model.locales.empty()) {
    context_.report(Kind::no_locales, where.node->keyword)
        .note("a customer's locale chooses among the texts of a message")
        .help("say which locales there are, the one for everybody else first: `locales { \"en\"  \"tr\" }`");
    return;
  }
  Scope scope;
  Flow flow;
  const types::Type wanted = types::optional(types::text(types::TextFormat::locale));
  ExprPtr locale = ExprChecker(context_, where.file, scope, flow).want(*declaration.locale, wanted, {});
  if (locale->type.is_error() || !reads_attributes_only(context_, *locale, "the customer's locale")) return;
  context_.model.locale = std::move(locale);
}

// What is sent is one body: a part that it lacks is not taken from another one.
void Declarations::check_parts(const Symbol& message, const std::vector<MessageBody>& bodies) {
  for (const MessageBody& body : bodies) {
    if (!body.locale || *body.locale == LocaleId{}) continue;
    const auto first = std::ranges::find_if(
        bodies, [&](const MessageBody& each) { return each.channel == body.channel && each.locale == LocaleId{}; });
    if (first == bodies.end()) continue;
    for (const MessagePart& part : first->parts) {
      if (has_part(body, part.name)) continue;
      context_.report(Kind::locale_part_missing, body.span)
          .with("message", message.name)
          .with("part", part.name)
          .with("channel", context_.model.at(body.channel).name)
          .with("tag", in_quotes(tag_of(body.locale)))
          .secondary(part.span, "everybody else has it");
    }
  }
}

// Every message has, for each of its channels, a body in every locale that falls back on no other.
void Declarations::check_complete(const Symbol& message, const std::vector<MessageBody>& bodies) {
  const std::vector<Locale>& locales = context_.model.locales;
  std::set<ChannelId> seen;
  for (const MessageBody& body : bodies) {
    if (!seen.insert(body.channel).second) continue;
    const std::string& channel = context_.model.at(body.channel).name;
    for (std::size_t at = 0; at < locales.size(); ++at) {
      const auto is_this = [&](const MessageBody& each) { return each.channel == body.channel && each.locale == static_cast<LocaleId>(at); };
      if (locales[at].otherwise || std::ranges::any_of(bodies, is_this)) continue;
      diag::Diagnostic& diagnostic = context_.report(Kind::locale_missing, message.span)
                                         .with("message", message.name)
                                         .with("channel", channel)
                                         .with("tag", in_quotes(locales[at].tag))
                                         .secondary(locales[at].span, "this locale falls back on no other");
      if (at == 0) {
        diagnostic.help("add a body without `in`: `" + channel + " { … }`");
      } else {
        diagnostic.help("add `" + channel + " in " + in_quotes(locales[at].tag) + " { … }`, or let it fall back: `" +
                        in_quotes(locales[at].tag) + " else " + in_quotes(locales.front().tag) + "`");
      }
    }
  }
}

// ── plurals ──

void Declarations::check_count(const Expr& count) {
  const types::Kind kind = count.type.kind;
  if (count.type.is_error() || kind == types::Kind::integer || kind == types::Kind::decimal) return;
  context_.report(Kind::type_mismatch, count.span)
      .with("expected", "`Int`")
      .with("found", context_.quoted(count.type))
      .label("a plural counts");
}

std::vector<PluralForm> Declarations::plural_forms(const syntax::TemplatePiece& plural, std::optional<LocaleId> locale) {
  std::vector<PluralForm> result;
  std::set<std::string> named;
  for (const syntax::PluralForm& form : plural.forms) {
    PluralForm& out = result.emplace_back();
    const std::string& name = form.name.text;
    if (!named.insert(name).second) {
      context_.report(Kind::repeated_member, form.name.span)
          .with("owner", "the plural")
          .with("what", "the form")
          .with("name", name);
    }
    if (!name.starts_with('=')) {
      out.name = name;
      continue;
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
    if (error != std::errc()) {
      context_.report(Kind::number_too_large, form.name.span).with("number", name.substr(1)).with("type", "`Int`");
    }
    out.number = number;
  }
  if (!locale) {
    context_.report(Kind::plural_without_locale, plural.span)
        .note("languages have different forms: English two, Russian four")
        .help("say which language the project writes in: `locales { \"en\" }`");
    return result;
  }
  const std::string& tag = context_.model.locales[static_cast<std::size_t>(*locale)].tag;
  const std::vector<std::string> known = wend::plural_forms(tag);
  std::string all;
  for (const std::string& form : known) all += (all.empty() ? "`" : ", `") + form + "`";
  const auto report = [&](Span place, const char* verb, const std::string& form) {
    context_.report(Kind::plural_forms_differ, place)
        .with("tag", in_quotes(tag))
        .with("verb", verb)
        .with("form", form)
        .note("the forms of " + in_quotes(tag) + ": " + all);
  };
  for (const syntax::PluralForm& form : plural.forms) {
    if (!form.name.text.starts_with('=') && std::ranges::find(known, form.name.text) == known.end()) {
      report(form.name.span, "does not have", form.name.text);
    }
  }
  for (const std::string& form : known) {
    if (!named.contains(form)) report(plural.span, "needs", form);
  }
  return result;
}

}  // namespace wend::sema
