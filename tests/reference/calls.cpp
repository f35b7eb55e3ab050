#include "tests/reference/interpreter.h"

// Calls: asked for, answered at once or later, and asked again after a failure.

namespace wend::reference {

void Interpreter::call(Customer& customer, Instance& instance, const syntax::CallStmt& call, const Moment& moment) {
  const syntax::ActionDecl& action = *all_.actions.at(call.action.text);
  const Names given = arguments_of(action.parameters, &call.arguments, evaluator(customer, instance, moment), customer, moment);
  PendingCall pending;
  pending.call = &call;
  for (const syntax::Parameter& parameter : action.parameters) {
    pending.arguments += (pending.arguments.empty() ? "" : ", ") + show(given.at(parameter.name.text));
  }
  pending.key = send_key(instance, call.label ? call.label->text : call.action.text, call.action.text);
  ask(customer, instance, pending, moment);
}

/// A call is a waiting point, though it may be answered at once; so is the pause before the next attempt.
void Interpreter::ask(Customer& customer, Instance& instance, PendingCall pending, const Moment& moment) {
  const syntax::CallStmt& call = *pending.call;
  const syntax::ActionDecl& action = *all_.actions.at(call.action.text);
  for (;; ++pending.attempt) {
    outcome_.deliveries[customer.id].push_back("called " + action.name.text + "(" + pending.arguments + ") attempt " +
                                               std::to_string(pending.attempt) + " @" + std::to_string(moment.now.ms) + " " +
                                               instance.journey->name + " " + instance.name.text() + " " + pending.key);
    const bool waits = options_.asks_outside && !instance.silent;
    if (waits) customer.asked.push_back(pending);
    instance.here->waiting = begin_waiting(customer, instance, call.label ? call.label->text : call.action.text, moment.now);
    if (interrupt_on_state(customer, instance, moment)) return;
    if (waits) {
      instance.here->waiting->asked = pending;
      return;
    }
    const GivenAnswer answer = instance.silent ? GivenAnswer{} : answer_to(pending.key, pending.attempt);
    if (go_on(customer, instance, pending, answer, moment)) return;
  }
}

/// What the instance does with the answer; false when it asks again at once.
bool Interpreter::go_on(Customer& customer, Instance& instance, const PendingCall& pending, const GivenAnswer& answer,
                        const Moment& moment) {
  const syntax::CallStmt& call = *pending.call;
  const syntax::ActionDecl& action = *all_.actions.at(call.action.text);
  auto& waiting = instance.here->waiting;
  if (answer.succeeds) {
    waiting.reset();
    if (!call.label || !action.result) return true;
    Evaluator plain(all_, customer, moment.now, options_.assume_consent);
    instance.here->names[call.label->text] = answer.number ? Value(*answer.number) : plain.value(*action.shadow);
    return true;
  }
  if (!call.retry || pending.attempt > call.retry->times.value) {
    waiting.reset();
    if (call.or_else) enter_block(instance, call.or_else->body);
    return true;
  }
  if (!call.retry->every) return false;
  waiting = begin_waiting(customer, instance, (call.label ? call.label->text : call.action.text) + "@retry", moment.now);
  waiting->call = pending;
  waiting->deadline = waiting->zone.add(moment.now, span_of(*call.retry->every));
  interrupt_on_state(customer, instance, moment);
  return true;
}

/// The answer comes through the log. A success of any attempt counts, also between two attempts; a failure only of the attempt that is
/// waited for.
void Interpreter::react_to(Customer& customer, const Input& input, const AnswerInput& given, const Customer& asked_of) {
  if (given.call >= asked_of.asked.size()) return;
  const PendingCall asked = asked_of.asked[asked_of.asked.size() - 1 - given.call];
  const Instant happened{std::min(input.t_event, input.t_log)};
  const Moment moment{{input.t_log}, {input.t_log}};
  const GivenAnswer answer{given.succeeds, given.number};
  for (Instance* instance : in_order(customer)) {
    const auto waits_for_it = [&] {
      const Waiting& waiting = *instance->here->waiting;
      if (waiting.asked && waiting.asked->key == asked.key) return given.succeeds || waiting.asked->attempt == asked.attempt;
      return given.succeeds && waiting.call && waiting.call->key == asked.key;
    };
    bool is_awaited = false;
    each_strand(*instance, [&] { is_awaited = is_awaited || waits_for_it(); });
    if (!is_awaited) continue;
    fire_held(customer, *instance, happened, moment);
    each_strand(*instance, [&] {
      if (!waits_for_it()) return;
      PendingCall pending = instance->here->waiting->asked ? *instance->here->waiting->asked : *instance->here->waiting->call;
      if (!go_on(customer, *instance, pending, answer, moment)) {
        ++pending.attempt;
        ask(customer, *instance, pending, moment);
      }
      run(customer, *instance, moment);
    });
  }
  finish_reaction(customer, moment);
}

}  // namespace wend::reference
