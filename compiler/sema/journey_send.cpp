#include <algorithm>
#include <set>
#include <utility>

#include "compiler/sema/journey_checker.h"

// `send`

namespace wend::sema {

StmtPtr JourneyChecker::check_send(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::SendStmt>();
  const Symbol* symbol = context_.require(file_, syntax.message, {SymbolKind::message}, "message");
  SendStmt result;
  std::vector<ChannelId> channels;  // those of `via`, and what it may be diverted to
  if (symbol) {
    result.message = static_cast<MessageId>(symbol->index);
    const auto [declaration, message_file] = context_.messages[symbol->index];
    const std::vector<Parameter>& parameters = context_.model.at(result.message).parameters;
    result.arguments = given_arguments(*symbol, parameters, declaration->parameters, message_file,
                                       syntax.arguments ? &*syntax.arguments : nullptr, syntax.message, stmt.span);
    result.via = via(syntax, *symbol);
    channels = result.via;
    require_policy(syntax, context_.model.at(result.message));
    check_denials(syntax, result, channels);
    check_channels(syntax, result.message, channels);
    check_labels(syntax, result.message, result.arguments, channels);
    const std::string last = syntax.label && !syntax.label->text.empty() ? syntax.label->text : symbol->name;
    result.path = with_prefix(last);
    add_labelled_place(syntax.label);  // a policy may delay it
    const auto [earlier, is_new] = sends_.try_emplace(result.path, stmt.keyword);
    if (!is_new) {
      context_.report(Kind::send_needs_label, stmt.keyword)
          .with("message", symbol->name)
          .with("path", prefix().empty() ? result.path : prefix())
          .secondary(earlier->second, "the first is here")
          .note("the path and the message make the key under which a message is sent once only")
          .help("give one of them a name of its own: `as second_try`");
    }
  }
  if (syntax.within) result.within = context_.time_span(*syntax.within, "`within`");
  flow_.expire_attributes(stmt.keyword, "send");
  std::vector<Edge> edges;
  edges.push_back({flow_, stmt.keyword});
  bool or_else_ends = false;
  if (syntax.or_else) {
    result.or_else = block(syntax.or_else->body);
    or_else_ends = !flow_.reachable;
    edges.push_back({std::move(flow_), syntax.or_else->span});
  }
  flow_ = merge(std::move(edges));
  if (syntax.label) {
    const VariableId delivery = declare_delivery(*syntax.label, result.message, channels);
    if (!symbol) context_.variable(delivery).type = {};
    result.delivery = delivery;
    flow_.assigned.insert(delivery);
    if (or_else_ends) flow_.learn({{variable_path(delivery), Fact{true, false, stmt.span}}});
  }
  return symbol ? make(stmt, std::move(result)) : nullptr;
}

std::vector<ExprPtr> JourneyChecker::given_arguments(const Symbol& symbol, const std::vector<Parameter>& typed,
                                                     const std::vector<syntax::Parameter>& all_declared, std::size_t declared_in,
                                                     const syntax::ArgumentList* arguments, const syntax::Name& callee, Span span) {
  std::vector<NamedType> parameters;
  for (const Parameter& parameter : typed) parameters.push_back({parameter.name, parameter.type, parameter.span});
  const std::size_t before = context_.error_mark();
  const auto matched = match_arguments(context_, symbol.name, parameters, arguments, symbol.damaged);
  const bool misfits = context_.errors_since(before);
  std::vector<ExprPtr> result;
  std::string missing;
  for (std::size_t at = 0; at < parameters.size(); ++at) {
    const NamedType& parameter = parameters[at];
    if (matched[at]) {
      result.push_back(
          exprs().want(*matched[at]->value, parameter.type, {parameter.span, "declared " + context_.quoted(parameter.type) + " here"}));
      continue;
    }
    const auto declared = std::ranges::find_if(all_declared, [&](const auto& each) { return each.name.text == parameter.name; });
    if (declared->default_value) {
      // Evaluated here and now, with the names of the declaration's file. Its faults were reported where it stands.
      const std::size_t mark = context_.error_mark();
      Scope nothing;
      Flow start;
      result.push_back(ExprChecker(context_, declared_in, nothing, start).want(*declared->default_value, parameter.type));
      context_.forget_since(mark);
    } else {
      missing += (missing.empty() ? "`" : ", `") + parameter.name + "`";
      result.push_back(make_error(span));
    }
  }
  if (!missing.empty() && !misfits) {
    Diagnostic& diagnostic =
        context_.report(Kind::missing_argument, arguments ? arguments->span : callee.span).with("callee", symbol.name);
    diagnostic.with("missing", missing).secondary(symbol.span, "declared here");
  }
  return result;
}

std::vector<ChannelId> JourneyChecker::via(const syntax::SendStmt& send, const Symbol& symbol) {
  std::vector<ChannelId> result;
  if (send.via.empty()) {
    for (const MessageBody& body : context_.model.messages[symbol.index].bodies) result.push_back(body.channel);
    return result;
  }
  std::map<ChannelId, Span> seen;
  for (const syntax::Name& name : send.via) {
    const Symbol* channel = context_.require(file_, name, {SymbolKind::channel}, "channel");
    if (!channel) continue;
    const auto id = static_cast<ChannelId>(channel->index);
    const auto [earlier, is_new] = seen.try_emplace(id, name.span);
    if (is_new) {
      result.push_back(id);
    } else {
      context_.report(Kind::repeated_member, name.span)
          .with("owner", "`via`")
          .with("what", "the channel")
          .with("name", name.text)
          .secondary(earlier->second, "first here");
    }
  }
  return result;
}

void JourneyChecker::check_channels(const syntax::SendStmt& send, MessageId message_id, const std::vector<ChannelId>& channels) {
  const Message& message = context_.model.at(message_id);
  const bool is_damaged = context_.damaged_messages.contains(static_cast<std::uint32_t>(message_id));
  const auto place_of = [&](const std::string& channel) {
    const auto written = std::ranges::find(send.via, channel, &syntax::Name::text);
    return written == send.via.end() ? send.message.span : written->span;
  };
  for (const ChannelId id : channels) {
    const Channel& channel = context_.model.at(id);
    const bool has_body = std::ranges::find(message.bodies, id, &MessageBody::channel) != message.bodies.end();
    if (!has_body && !is_damaged) {
      Diagnostic& diagnostic =
          context_.report(Kind::body_missing, place_of(channel.name)).with("message", message.name).with("channel", channel.name);
      diagnostic.secondary(message.span, "declared here");
      std::string others;
      for (const MessageBody& body : message.bodies) others += (others.empty() ? "`" : ", `") + context_.model.at(body.channel).name + "`";
      if (!others.empty()) diagnostic.note("it has bodies for " + others);
      continue;
    }
    const bool has_topic = std::ranges::find(channel.consents, message.purpose, &ChannelConsent::purpose) != channel.consents.end();
    if (message.purpose == "marketing" && !has_topic) {
      context_.report(Kind::consent_topic_missing, place_of(channel.name))
          .with("channel", channel.name)
          .with("purpose", message.purpose)
          .secondary(channel.span, "the channel is declared here")
          .secondary(message.span, "the message is declared `for " + message.purpose + "` here")
          .help("name the topic that customers consent to: `consent marketing_" + channel.name + " for marketing`");
    }
  }
}

namespace {

void collect_variables(const Expr& expr, std::set<VariableId>& found) {
  if (const auto* read = expr.get_if<Variable>()) found.insert(read->variable);
  for (const Expr* child : children(expr)) collect_variables(*child, found);
}

}  // namespace

const Expr* find_labelled(const Expr& expr, types::Labels labels, const Model& model) {
  const types::Labels own = all_labels(expr, model.types);
  const bool matters = (own.pii && labels.pii) || (own.sensitive && labels.sensitive);
  if (!matters) return nullptr;
  if (read_kind(expr) != ReadKind::nothing) return &expr;
  for (const Expr* child : children(expr)) {
    if (const Expr* found = find_labelled(*child, labels, model)) return found;
  }
  return nullptr;
}

void JourneyChecker::check_labels(const syntax::SendStmt& send, MessageId message_id, const std::vector<ExprPtr>& arguments,
                                  const std::vector<ChannelId>& channels) {
  const Message& message = context_.model.at(message_id);
  for (const MessageBody& body : message.bodies) {
    if (std::ranges::find(channels, body.channel) == channels.end()) continue;
    // A channel is given what its own text shows.
    std::set<VariableId> shown;
    for (const MessagePart& part : body.parts) {
      for_each_hole(part.pieces, [&](const Expr& hole) { collect_variables(hole, shown); });
    }
    const Channel& channel = context_.model.at(body.channel);
    for (std::size_t at = 0; at < arguments.size(); ++at) {
      if (arguments[at]->type.is_error() || !shown.contains(message.parameters[at].variable)) continue;
      const types::Labels refused = all_labels(*arguments[at], context_.model.types).without(channel.accepts);
      if (!refused.any()) continue;
      const Span place = send.message.span;
      const bool is_written =
          send.arguments && arguments[at]->span.file_id == place.file_id && send.arguments->span.contains(arguments[at]->span.begin);
      Diagnostic& diagnostic = context_.report(Kind::label_not_accepted, is_written ? arguments[at]->span : place)
                                   .with("labels", types::to_string(refused))
                                   .with("channel", channel.name)
                                   .label("`" + message.parameters[at].name + "` carries it")
                                   .secondary(body.span, "the text for `" + channel.name + "` shows it")
                                   .secondary(channel.span, "the channel is declared here");
      if (const Expr* source = find_labelled(*arguments[at], refused, context_.model)) {
        const Span declared = declaration_of(*source, context_.model);
        if (declared.valid()) diagnostic.secondary(declared, "labelled " + types::to_string(refused) + " here");
      }
      diagnostic.help("leave it out of that text, or let the channel accept it: `accepts " +
                      std::string(refused.pii ? "@pii" : "@sensitive") + "`");
    }
  }
}

// Where the label is lost the value would pass for any other, and reach channels that do not accept it.
void JourneyChecker::check_labels_kept(const Expr& value, types::Labels kept, const std::string& sink, Span declared) {
  if (value.type.is_error()) return;
  const types::Labels lost = all_labels(value, context_.model.types).without(kept);
  if (!lost.any()) return;
  Diagnostic& diagnostic = context_.report(Kind::label_lost, value.span)
                               .with("labels", types::to_string(lost))
                               .with("sink", sink)
                               .secondary(declared, "declared here without it");
  if (const Expr* source = find_labelled(value, lost, context_.model)) {
    const Span origin = declaration_of(*source, context_.model);
    if (origin.valid()) diagnostic.secondary(origin, "labelled " + types::to_string(lost) + " here");
  }
  diagnostic.help("label " + sink + ", too: `" + std::string(lost.pii ? "@pii" : "@sensitive") + "`");
}

VariableId JourneyChecker::declare_delivery(const syntax::Name& label, MessageId message, const std::vector<ChannelId>& channels) {
  VariableInfo info;
  info.kind = VariableKind::delivery;
  info.type = types::optional(types::simple(types::Kind::delivery));
  info.message = message;
  info.channels = channels;
  for (std::size_t at = 0; at < channels.size(); ++at) {
    const std::vector<std::string>& receipts = context_.model.at(channels[at]).receipts;
    if (at == 0) {
      info.receipts = receipts;
    } else {
      std::erase_if(info.receipts, [&](const std::string& each) { return !std::ranges::binary_search(receipts, each); });
    }
  }
  return declare(label, std::move(info));
}

}  // namespace wend::sema
