#include <algorithm>
#include <utility>

#include "compiler/sema/declarations.h"
#include "compiler/sema/message_length.h"
#include "compiler/sema/expr_checker.h"
#include "compiler/sema/template_checker.h"
#include "compiler/sema/walk.h"

// The expressions inside declarations: zone, addresses, fn bodies, defaults, message texts.

namespace wend::sema {

const InFile<syntax::Decl>* Declarations::only(const std::vector<InFile<syntax::Decl>>& declared, const char* what) {
  for (std::size_t at = 1; at < declared.size(); ++at) {
    context_.report(Kind::second_declaration, declared[at].node->keyword)
        .with("what", what)
        .secondary(declared.front().node->keyword, "first declared here");
  }
  return declared.empty() ? nullptr : &declared.front();
}

void Declarations::check_bodies() {
  if (const auto* zone = only(timezones_, "customer's time zone")) {
    check_zone(zone->node->as<syntax::CustomerTimezoneDecl>(), zone->file);
  }
  if (const auto* locales = only(locales_, "list of locales")) resolve_locales(locales->node->as<syntax::LocalesDecl>());
  if (const auto* locale = only(customer_locales_, "customer's locale")) {
    check_customer_locale(locale->node->as<syntax::CustomerLocaleDecl>(), *locale);
  }
  for (const Symbol& symbol : symbols_) {
    if (symbol.kind == SymbolKind::fn) {
      // Defaults come first: a call may fall back on them.
      check_defaults(symbol.decl->as<syntax::FnDecl>().parameters, context_.model.fns[symbol.index].parameters, symbol.file);
    }
  }
  for (const Symbol& symbol : symbols_) {
    if (symbol.kind == SymbolKind::fn) FnChecker(context_).ensure(static_cast<FnId>(symbol.index), symbol.span);
    if (symbol.kind == SymbolKind::segment) SegmentChecker(context_).ensure(static_cast<SegmentId>(symbol.index), symbol.span);
    if (symbol.kind == SymbolKind::channel) check_address(symbol.decl->as<syntax::ChannelDecl>(), symbol);
    if (symbol.kind == SymbolKind::policy) check_quiet_hours(symbol.decl->as<syntax::PolicyDecl>(), symbol);
    if (symbol.kind == SymbolKind::action) check_action(symbol.decl->as<syntax::ActionDecl>(), symbol);
    if (symbol.kind == SymbolKind::message) check_message(symbol.decl->as<syntax::MessageDecl>(), symbol);
  }
}

/// Reports the first read that is not of an attribute. Whether the expression is fine.
bool reads_attributes_only(Context& context, const Expr& expr, const std::string& where) {
  const auto found = find_read(expr, [](const Expr& each) { return read_kind(each) == ReadKind::attribute; });
  if (!found) return true;
  context.report(Kind::default_reads, found->place)
      .with("what", where)
      .with("allowed", "attributes")
      .with("found", describe_read(*found->read, context.model));
  return false;
}

void Declarations::check_zone(const syntax::CustomerTimezoneDecl& declaration, std::size_t file) {
  Scope scope;
  Flow flow;
  ExprPtr zone = ExprChecker(context_, file, scope, flow).zones(*declaration.zone);
  if (zone->type.is_error() || !reads_attributes_only(context_, *zone, "the customer's time zone")) return;
  context_.model.zone = std::move(zone);
}

void Declarations::check_address(const syntax::ChannelDecl& declaration, const Symbol& symbol) {
  if (!declaration.address) return;
  Scope scope;
  Flow flow;
  ExprPtr address = ExprChecker(context_, symbol.file, scope, flow).value(*declaration.address);
  if (address->type.is_error()) return;
  const types::Type& type = address->type.element_of ? address->type.element() : address->type;
  if (type.kind != types::Kind::text) {
    context_.report(Kind::address_type, address->span)
        .with("found", context_.quoted(address->type))
        .label("expected `Email?`, `Phone?`, `Set<Text>` or the like");
    return;
  }
  if (!reads_attributes_only(context_, *address, "an address")) return;
  context_.model.channels[symbol.index].address = std::move(address);
}

void Declarations::check_defaults(const std::vector<syntax::Parameter>& declared, std::vector<Parameter>& parameters, std::size_t file) {
  for (const syntax::Parameter& each : declared) {
    const auto parameter = std::ranges::find(parameters, each.name.text, &Parameter::name);
    if (!each.default_value || parameter == parameters.end() || parameter->default_value) continue;
    Scope scope;
    Flow flow;
    const Because because{each.type.span, "declared " + context_.quoted(parameter->type) + " here"};
    parameter->default_value = ExprChecker(context_, file, scope, flow).want(*each.default_value, parameter->type, because);
  }
}

void Declarations::check_message(const syntax::MessageDecl& declaration, const Symbol& symbol) {
  check_defaults(declaration.parameters, context_.model.messages[symbol.index].parameters, symbol.file);
  const std::size_t mark = context_.error_mark();
  used_parameters_.clear();
  std::vector<MessageBody> bodies;
  for (const syntax::MessageBody& body : declaration.bodies) {
    const Symbol* channel = context_.require(symbol.file, body.channel, {SymbolKind::channel}, "channel");
    if (!channel) {
      context_.damaged_messages.insert(symbol.index);
      continue;
    }
    const auto channel_id = static_cast<ChannelId>(channel->index);
    std::optional<LocaleId> locale;
    if (body.locale) {
      locale = declared_locale(*body.locale);
      if (!locale) {
        context_.damaged_messages.insert(symbol.index);
        continue;
      }
    } else if (!context_.model.locales.empty()) {
      locale = LocaleId{};
    }
    const auto earlier = std::ranges::find_if(
        bodies, [&](const MessageBody& each) { return each.channel == channel_id && each.locale == locale; });
    if (earlier != bodies.end()) {
      context_.report(Kind::repeated_member, body.channel.span)
          .with("owner", "message `" + symbol.name + "`")
          .with("what", "a body for")
          .with("name", body.channel.text)
          .secondary(earlier->span, "first here");
      continue;
    }
    bodies.push_back(check_message_body(body, {channel_id, locale, {}, body.channel.span}, context_.model.messages[symbol.index], symbol.file));
  }
  if (declaration.bodies.empty() && !symbol.damaged) {
    context_.report(Kind::message_without_body, declaration.name.span)
        .with("message", symbol.name)
        .help("add one: `email { subject \"…\" }`");
    context_.damaged_messages.insert(symbol.index);
  }
  if (!context_.damaged_messages.contains(symbol.index)) {
    check_complete(symbol, bodies);
    check_parts(symbol, bodies);
  }
  context_.model.messages[symbol.index].bodies = std::move(bodies);
  if (context_.errors_since(mark) || context_.damaged_messages.contains(symbol.index)) return;
  report_unused(context_.model.messages[symbol.index]);
  check_lengths(context_, context_.model.messages[symbol.index]);
}

MessageBody Declarations::check_message_body(const syntax::MessageBody& body, MessageBody result, const Message& message, std::size_t file) {
  for (const syntax::BodyPart& part : body.parts) {
    if (part.key.text.empty()) continue;
    const bool is_template = part.key.text == "template";
    const std::string name = is_template ? template_part(body, part) : part.key.text;
    const auto earlier = std::ranges::find(result.parts, name, &MessagePart::name);
    if (earlier != result.parts.end()) {
      context_.report(Kind::repeated_member, part.key.span)
          .with("owner", "the body")
          .with("what", "the part")
          .with("name", name)
          .secondary(earlier->span, "first here");
      continue;
    }
    if (is_template) {
      MessagePart checked{name, {}, std::nullopt, part.key.span};
      check_template(part, checked, message, result.locale, file);
      result.parts.push_back(std::move(checked));
      continue;
    }
    TextPlace place{message, file, result.locale, use_of_part(name), {}};
    // An address is followed as if it stood in an attribute.
    if (place.use == TextUse::address) place.html.advance("<a href=\"");
    result.parts.push_back({name, check_pieces(part.text.pieces, place), std::nullopt, part.key.span});
  }
  return result;
}

}  // namespace wend::sema
