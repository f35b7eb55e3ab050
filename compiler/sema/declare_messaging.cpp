#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "compiler/sema/declarations.h"
#include "compiler/sema/slot_ranges.h"

// Channels, consent topics, experiments, and the signatures of messages and fns.

namespace wend::sema {

// Longer texts than this nobody sends.
constexpr std::int64_t k_text_length_max = 10'000;

bool check_purpose(Context& context, const syntax::Name& purpose) {
  if (purpose.text.empty() || purpose.text == "marketing" || purpose.text == "transactional") return !purpose.text.empty();
  Diagnostic& diagnostic = context.report(Kind::unknown_purpose, purpose.span).with("name", purpose.text);
  diagnostic.label("a purpose is `marketing` or `transactional`");
  context.suggest(diagnostic, purpose.span, purpose.text, {"marketing", "transactional"});
  return false;
}

void Declarations::resolve_messaging() {
  for (const Symbol& symbol : symbols_) {
    if (symbol.kind == SymbolKind::channel) resolve_channel(symbol.decl->as<syntax::ChannelDecl>(), symbol);
    if (symbol.kind == SymbolKind::experiment) resolve_experiment(symbol.decl->as<syntax::ExperimentDecl>(), symbol);
    if (symbol.kind == SymbolKind::holdout) resolve_holdout(symbol.decl->as<syntax::HoldoutDecl>(), symbol);
    if (symbol.kind == SymbolKind::message) resolve_message(symbol.decl->as<syntax::MessageDecl>(), symbol);
    if (symbol.kind == SymbolKind::action) resolve_action(symbol.decl->as<syntax::ActionDecl>(), symbol);
    if (symbol.kind == SymbolKind::calendar) resolve_calendar(symbol.decl->as<syntax::CalendarDecl>(), symbol);
    if (symbol.kind == SymbolKind::policy) resolve_policy(symbol.decl->as<syntax::PolicyDecl>(), symbol);
    if (symbol.kind == SymbolKind::fn) resolve_fn(symbol.decl->as<syntax::FnDecl>(), symbol);
  }
  check_salts();
  assign_in_order(context_.model);
}

void Declarations::resolve_channel(const syntax::ChannelDecl& declaration, const Symbol& symbol) {
  std::vector<ChannelConsent> consents;
  std::set<std::string> purposes;
  const std::string owner = "channel `" + symbol.name + "`";
  for (const syntax::ChannelConsent& consent : declaration.consents) {
    if (consent.topic.text.empty()) continue;
    auto topic = context_.find_topic(consent.topic.text);
    if (!topic) {
      topic = static_cast<TopicId>(context_.model.topics.size());
      context_.model.topics.push_back({consent.topic.text, consent.topic.span});
    }
    for (const syntax::Name& purpose : consent.purposes) {
      if (!check_purpose(context_, purpose)) continue;
      if (purposes.insert(purpose.text).second) {
        consents.push_back({purpose.text, *topic});
      } else {
        context_.report(Kind::repeated_member, purpose.span).with("owner", owner).with("what", "a topic for").with("name", purpose.text);
      }
    }
  }
  std::set<std::string> receipts;
  for (const syntax::Name& receipt : declaration.receipts) {
    if (!receipt.text.empty() && !receipts.insert(receipt.text).second) {
      context_.report(Kind::repeated_member, receipt.span).with("owner", owner).with("what", "the receipt").with("name", receipt.text);
    }
  }
  types::Labels accepts;
  for (const syntax::Name& label : declaration.accepts) {
    if (label.text == "pii") {
      accepts.pii = true;
    } else if (label.text == "sensitive") {
      accepts.sensitive = true;
    } else if (!label.text.empty()) {
      context_.report(Kind::wrong_label, label.span).with("label", label.text).label("a channel accepts @pii and @sensitive");
    }
  }
  if (!declaration.address && !symbol.damaged) {
    context_.report(Kind::address_missing, declaration.name.span)
        .with("channel", symbol.name)
        .help("say where its messages go: `address customer.…`");
  }
  Channel& channel = context_.model.channels[symbol.index];
  channel.consents = std::move(consents);
  channel.receipts.assign(receipts.begin(), receipts.end());
  channel.accepts = accepts;
}

/// `Text<40>` is a text; the number is the message's.
types::Type Declarations::resolve_message_type(const syntax::TypeRef& declared, std::optional<std::int64_t>& max_length, std::size_t file) {
  if (!declared.length || declared.name.text != "Text") return context_.resolve_type(file, declared);
  if (*declared.length < 1 || *declared.length > k_text_length_max) {
    context_.report(Kind::wrong_type_arguments, declared.span)
        .with("type", "Text")
        .with("expected", fmt::format("a length from 1 to {}", k_text_length_max));
  } else {
    max_length = declared.length;
  }
  return declared.optional ? types::optional(types::text()) : types::text();
}

std::vector<Parameter> Declarations::resolve_parameters(const std::vector<syntax::Parameter>& parameters, const std::string& owner,
                                                        std::size_t file, bool of_message) {
  std::vector<Parameter> result;
  for (const syntax::Parameter& parameter : parameters) {
    if (parameter.name.text.empty()) continue;
    const auto earlier = std::ranges::find(result, parameter.name.text, &Parameter::name);
    if (earlier != result.end()) {
      context_.report(Kind::repeated_member, parameter.name.span)
          .with("owner", owner)
          .with("what", "the parameter")
          .with("name", parameter.name.text)
          .secondary(earlier->span, "first here");
      continue;
    }
    if (!context_.within(k_members_max, result.size(), owner, "parameters", parameter.name.span)) break;
    Parameter& made = result.emplace_back();
    made.name = parameter.name.text;
    made.type = of_message ? resolve_message_type(parameter.type, made.max_length, file) : context_.resolve_type(file, parameter.type);
    made.span = parameter.name.span;
    VariableInfo info;
    info.kind = VariableKind::parameter;
    info.name = info.qualified_name = made.name;
    info.type = made.type;
    info.span = made.span;
    made.variable = context_.new_variable(std::move(info));
  }
  return result;
}

void Declarations::resolve_message(const syntax::MessageDecl& declaration, const Symbol& symbol) {
  check_purpose(context_, declaration.purpose);
  std::vector<Parameter> parameters = resolve_parameters(declaration.parameters, "message `" + symbol.name + "`", symbol.file, true);
  Message& message = context_.model.messages[symbol.index];
  message.purpose = declaration.purpose.text;
  message.parameters = std::move(parameters);
}

void Declarations::resolve_fn(const syntax::FnDecl& declaration, const Symbol& symbol) {
  std::vector<Parameter> parameters = resolve_parameters(declaration.parameters, "function `" + symbol.name + "`", symbol.file);
  types::Type result = context_.resolve_type(symbol.file, declaration.result);
  if (result.is_error()) context_.fn_states[symbol.index] = FnState::faulty;
  Fn& fn = context_.model.fns[symbol.index];
  fn.parameters = std::move(parameters);
  fn.result = std::move(result);
}

}  // namespace wend::sema
