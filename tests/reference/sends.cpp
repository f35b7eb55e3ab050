#include <algorithm>

#include "tests/reference/interpreter.h"
#include "tests/reference/keys.h"

// A send completes at commit; its gates stand in the order of settled.md, 7.

namespace wend::reference {

/// The arguments in the order of the parameters, shown as one text.
std::string Interpreter::shown_arguments(const Customer& customer, const Instance& instance, const syntax::SendStmt& send,
                                         const Moment& moment) const {
  const syntax::MessageDecl& message = *all_.messages.at(send.message.text);
  const Names given = arguments_of(message.parameters, send.arguments, evaluator(customer, instance, moment), customer, moment);
  std::string text;
  for (const syntax::Parameter& parameter : message.parameters) {
    text += (text.empty() ? "" : ", ") + show(given.at(parameter.name.text));
  }
  return message.name.text + "(" + text + ")";
}

/// Why the customer cannot be written to on that channel; nullopt: nothing speaks against it.
std::optional<std::string> Interpreter::why_not(Customer& customer, const syntax::SendStmt& send, const std::string& name,
                                                const Moment& moment) {
  const syntax::MessageDecl& message = *all_.messages.at(send.message.text);
  const syntax::ChannelDecl& channel = *all_.channels.at(name);
  Evaluator asked(all_, customer, moment.now, options_.assume_consent);
  const Value address = asked.value(*channel.address);
  const auto* list = address.get<List>();
  if (!address.present() || (list != nullptr && list->elements.empty())) return "unreachable";
  if (message.purpose.text == "transactional") return std::nullopt;
  for (const syntax::ChannelConsent& consent : channel.consents) {
    for (const syntax::Name& purpose : consent.purposes) {
      if (purpose.text == message.purpose.text && asked.consents(consent.topic.text)) return std::nullopt;
    }
  }
  return "consent";
}

/// What becomes of the message at commit: reachable and consented, `within`, then the policy.
Ruling Interpreter::gates(Customer& customer, const Instance& instance, const PendingMessage& pending, const Moment& moment) {
  const syntax::MessageDecl& message = *all_.messages.at(pending.send->message.text);
  std::vector<std::string> via;
  for (const syntax::Name& channel : pending.send->via) via.push_back(channel.text);
  if (via.empty()) {
    for (const syntax::MessageBody& body : message.bodies) via.push_back(body.channel.text);
  }
  Ruling ruling;
  ruling.reason = "unreachable";
  for (const std::string& channel : via) {
    const auto reason = why_not(customer, *pending.send, channel, moment);
    if (reason == "consent") ruling.reason = "consent";
    if (reason) continue;
    ruling.channel = channel;
    break;
  }
  if (!ruling.channel) return ruling;
  if (instance.silent) {
    ruling.channel.reset();
    ruling.reason = "holdout";
    return ruling;
  }
  const auto& within = pending.send->within;
  if (within && moment.commit.ms > zone(customer).add(pending.reached, span_of(*within)).ms) {
    ruling.channel.reset();
    ruling.reason = "expired";
  } else if (message.purpose.text == "marketing" && instance.journey->policy != nullptr) {
    ask_policy(customer, *instance.journey->policy, pending, moment, ruling);
  }
  return ruling;
}

std::string Interpreter::send_key(const Instance& instance, const std::string& label, const std::string& what) const {
  std::vector<std::int64_t> rounds;
  for (const Frame& frame : instance.here->stack) {
    if (frame.repeat != nullptr) rounds.push_back(frame.round);
  }
  const std::string path = instance.here->path_to(label);
  return reference::send_key(options_.log_namespace, instance.name.position, instance.name.start_index, path, what, rounds);
}

void Interpreter::send(Customer& customer, Instance& instance, const syntax::SendStmt& send, const Moment& moment) {
  const std::string arguments = shown_arguments(customer, instance, send, moment);
  let_go(customer, instance,
         {&send, moment.now, arguments, send_key(instance, send.label ? send.label->text : send.message.text, send.message.text)}, moment);
}

/// Control has come to the send, or a delay is over.
void Interpreter::let_go(Customer& customer, Instance& instance, const PendingMessage& pending, const Moment& moment) {
  const syntax::SendStmt& send = *pending.send;
  const Ruling ruling = gates(customer, instance, pending, moment);
  if (ruling.delayed_until) {
    Waiting waiting = begin_waiting(customer, instance, send.label ? send.label->text : send.message.text, pending.reached);
    waiting.message = pending;
    waiting.deadline = ruling.delayed_until;
    instance.here->waiting = waiting;
    interrupt_on_state(customer, instance, moment);
    return;
  }
  const auto& channel = ruling.channel;
  outcome_.deliveries[customer.id].push_back((channel ? "sent " : "suppressed ") + pending.arguments +
                                             (channel ? " via " + *channel : " because " + ruling.reason) + " @" +
                                             std::to_string(moment.now.ms) + " committed " + std::to_string(moment.commit.ms) + " " +
                                             instance.journey->name + " " + instance.name.text() + " " + pending.key);
  if (send.label) instance.here->names[send.label->text] = channel || ruling.reason == "holdout" ? Value(Delivery{pending.key}) : Value();
  const bool is_silent = ruling.reason == "holdout" && !channel;
  if (!channel && !is_silent) {
    if (send.or_else) enter_block(instance, send.or_else->body);
    return;
  }
  if (channel) customer.delivery_keys.push_back(pending.key);
  if (channel && all_.messages.at(send.message.text)->purpose.text == "marketing")
    customer.ledger.push_back({moment.commit, *channel, pending.key});
  for (Watch& watch : customer.watches) {
    if (watch.journey != instance.journey || watch.instance != instance.name) continue;
    const bool is_first = watch.goal->anchor == syntax::GoalAnchor::first_send && !watch.anchor;
    if (is_first || watch.goal->anchor == syntax::GoalAnchor::last_send) watch.anchor = moment.commit;
  }
}

}  // namespace wend::reference
