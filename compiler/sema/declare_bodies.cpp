#include <algorithm>
#include <utility>

#include "compiler/sema/declarations.h"
#include "compiler/sema/expr_checker.h"
#include "compiler/sema/template_checker.h"
#include "compiler/sema/walk.h"

// The expressions inside declarations: zone, addresses, fn bodies, defaults, message texts.

namespace wend::sema {

void Declarations::check_bodies() {
  for (std::size_t at = 0; at < timezones_.size(); ++at) {
    const auto& [decl, file] = timezones_[at];
    if (at > 0) {
      context_.report(Kind::second_declaration, decl->keyword)
          .with("what", "customer's time zone")
          .secondary(timezones_.front().node->keyword, "first declared here");
      continue;
    }
    check_zone(decl->as<syntax::CustomerTimezoneDecl>(), file);
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

namespace {

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

}  // namespace

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
  std::vector<MessageBody> bodies;
  for (const syntax::MessageBody& body : declaration.bodies) {
    const Symbol* channel = context_.require(symbol.file, body.channel, {SymbolKind::channel}, "channel");
    if (!channel) {
      context_.damaged_messages.insert(symbol.index);
      continue;
    }
    const auto channel_id = static_cast<ChannelId>(channel->index);
    const auto earlier = std::ranges::find(bodies, channel_id, &MessageBody::channel);
    if (earlier != bodies.end()) {
      context_.report(Kind::repeated_member, body.channel.span)
          .with("owner", "message `" + symbol.name + "`")
          .with("what", "a body for")
          .with("name", body.channel.text)
          .secondary(earlier->span, "first here");
      continue;
    }
    bodies.push_back(check_message_body(body, channel_id, context_.model.messages[symbol.index], symbol.file));
  }
  if (declaration.bodies.empty() && !symbol.damaged) {
    context_.report(Kind::message_without_body, declaration.name.span)
        .with("message", symbol.name)
        .help("add one: `email { subject \"…\" }`");
    context_.damaged_messages.insert(symbol.index);
  }
  context_.model.messages[symbol.index].bodies = std::move(bodies);
}

MessageBody Declarations::check_message_body(const syntax::MessageBody& body, ChannelId channel, const Message& message, std::size_t file) {
  MessageBody result;
  result.channel = channel;
  result.span = body.channel.span;
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
    MessagePart checked{name, {}, std::nullopt, part.key.span};
    if (is_template) {
      check_template(part, checked, message, file);
      result.parts.push_back(std::move(checked));
      continue;
    }
    for (const syntax::TemplatePiece& piece : part.text.pieces) {
      TextPiece text{piece.text, nullptr, piece.span};
      if (piece.hole) text.hole = check_hole(*piece.hole, message, file);
      checked.pieces.push_back(std::move(text));
    }
    result.parts.push_back(std::move(checked));
  }
  return result;
}

// What a template is for: its file says so by its last but one ending, else a body with a subject is a mail, and its template a page.
std::string Declarations::template_part(const syntax::MessageBody& body, const syntax::BodyPart& part) {
  const std::string name = part.text.pieces.empty() ? "" : part.text.pieces.front().text;
  if (name.ends_with(".html.liquid")) return "html";
  if (name.ends_with(".txt.liquid")) return "body";
  const bool is_mail = std::ranges::any_of(body.parts, [](const syntax::BodyPart& each) { return each.key.text == "subject"; });
  return is_mail ? "html" : "body";
}

void Declarations::check_template(const syntax::BodyPart& part, MessagePart& checked, const Message& message, std::size_t file) {
  checked.body.emplace();
  const auto hole = std::ranges::find_if(part.text.pieces, [](const syntax::TemplatePiece& piece) { return piece.hole != nullptr; });
  if (hole != part.text.pieces.end()) {
    context_.report(Kind::template_dynamic, hole->span).with("what", "which file is meant").help("write the name of the file as it is");
    return;
  }
  const std::string name = part.text.pieces.empty() ? "" : part.text.pieces.front().text;
  TemplateChecker checker(context_, templates_, message, file, use_of_part(checked.name));
  if (auto made = checker.check(name, part.text.literal.span)) checked.body = std::move(*made);
}

ExprPtr Declarations::check_hole(const syntax::Expr& hole, const Message& message, std::size_t file) {
  Scope scope;
  Flow flow;
  for (const Parameter& parameter : message.parameters) {
    scope.declare(parameter.name, parameter.variable);
    flow.assigned.insert(parameter.variable);
  }
  ExprPtr result = ExprChecker(context_, file, scope, flow).hole(hole);
  if (result->type.is_error()) return result;
  const auto found = find_read(*result, [](const Expr& each) { return read_kind(each) == ReadKind::variable; });
  if (!found) return result;
  context_.report(Kind::default_reads, found->place)
      .with("what", "a message text")
      .with("allowed", "the parameters of its message")
      .with("found", describe_read(*found->read, context_.model))
      .note("the text is made when the message leaves, which may be later than the `send`")
      .help("add a parameter, and give the value at the `send`");
  return make_error(hole.span);
}

}  // namespace wend::sema
