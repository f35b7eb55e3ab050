#include <algorithm>

#include "tests/reference/interpreter.h"
#include "tests/reference/keys.h"

// A send completes at commit; its gates stand in the order of settled.md, 7.

namespace wend::reference {

/// The arguments in the order of the parameters, shown as one text.
std::string Interpreter::shown_arguments(Evaluator& evaluator, const syntax::MessageDecl& message, const syntax::SendStmt& send,
                                         Evaluator& defaults) {
  Names given;
  std::size_t positional = 0;
  if (send.arguments) {
    for (const syntax::Argument& argument : send.arguments->arguments) {
      const std::string& name = argument.name ? argument.name->text : message.parameters[positional++].name.text;
      given[name] = evaluator.value(*argument.value);
    }
  }
  std::string text;
  for (const syntax::Parameter& parameter : message.parameters) {
    auto [value, is_missing] = given.try_emplace(parameter.name.text);
    if (is_missing && parameter.default_value != nullptr) value->second = defaults.value(*parameter.default_value);
    text += (text.empty() ? "" : ", ") + show(as_declared(value->second, parameter.type));
  }
  return message.name.text + "(" + text + ")";
}

/// The first channel with an address and consent; else why there is none.
std::optional<std::string> Interpreter::choose_channel(Customer& customer, const syntax::SendStmt& send, const Moment& moment,
                                                       std::string& reason) {
  const syntax::MessageDecl& message = *all_.messages.at(send.message.text);
  std::vector<std::string> via;
  for (const syntax::Name& channel : send.via) via.push_back(channel.text);
  if (via.empty()) {
    for (const syntax::MessageBody& body : message.bodies) via.push_back(body.channel.text);
  }
  Evaluator asked(all_, customer, moment.now, options_.assume_consent);
  reason = "unreachable";
  for (const std::string& name : via) {
    const syntax::ChannelDecl& channel = *all_.channels.at(name);
    const Value address = asked.value(*channel.address);
    const auto* list = address.get<List>();
    if (!address.present() || (list != nullptr && list->elements.empty())) continue;
    bool consented = message.purpose.text == "transactional";
    for (const syntax::ChannelConsent& consent : channel.consents) {
      for (const syntax::Name& purpose : consent.purposes) {
        if (purpose.text == message.purpose.text && asked.consents(consent.topic.text)) consented = true;
      }
    }
    if (consented) return name;
    reason = "consent";
  }
  return std::nullopt;
}

std::string Interpreter::send_key(const Instance& instance, const syntax::SendStmt& send) const {
  std::vector<std::int64_t> rounds;
  for (const Frame& frame : instance.stack) {
    if (frame.repeat != nullptr) rounds.push_back(frame.round);
  }
  const std::string path = instance.path_to(send.label ? send.label->text : send.message.text);
  return reference::send_key(options_.log_namespace, instance.name.position, instance.name.start_index, path, send.message.text, rounds);
}

void Interpreter::send(Customer& customer, Instance& instance, const syntax::SendStmt& send, const Moment& moment) {
  const syntax::MessageDecl& message = *all_.messages.at(send.message.text);
  Evaluator asked = evaluator(customer, instance, moment);
  Evaluator defaults(all_, customer, moment.now, options_.assume_consent);
  const std::string arguments = shown_arguments(asked, message, send, defaults);
  const std::string key = send_key(instance, send);

  std::string reason;
  std::optional<std::string> channel = choose_channel(customer, send, moment, reason);
  if (channel && send.within && moment.commit.ms > zone(customer).add(moment.now, span_of(*send.within)).ms) {
    channel.reset();
    reason = "expired";
  }
  outcome_.deliveries[customer.id].push_back((channel ? "sent " : "suppressed ") + arguments +
                                             (channel ? " via " + *channel : " because " + reason) + " @" + std::to_string(moment.now.ms) +
                                             " committed " + std::to_string(moment.commit.ms) + " " + instance.journey->name + " " +
                                             instance.name.text() + " " + key);
  if (send.label) instance.names[send.label->text] = channel ? Value(Delivery{key}) : Value();
  if (!channel) {
    if (send.or_else) enter_block(instance, send.or_else->body);
    return;
  }
  customer.delivery_keys.push_back(key);
  for (Watch& watch : customer.watches) {
    if (watch.journey != instance.journey || watch.instance != instance.name) continue;
    const bool is_first = watch.goal->anchor == syntax::GoalAnchor::first_send && !watch.anchor;
    if (is_first || watch.goal->anchor == syntax::GoalAnchor::last_send) watch.anchor = moment.commit;
  }
}

}  // namespace wend::reference
