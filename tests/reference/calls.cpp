#include "tests/reference/answers.h"
#include "tests/reference/interpreter.h"

// Calls: asked for, answered at once, and asked again after a failure.

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

/// A call is a waiting point, though it is answered at once here; so is the pause before the next attempt.
void Interpreter::ask(Customer& customer, Instance& instance, PendingCall pending, const Moment& moment) {
  const syntax::CallStmt& call = *pending.call;
  const syntax::ActionDecl& action = *all_.actions.at(call.action.text);
  for (;; ++pending.attempt) {
    outcome_.deliveries[customer.id].push_back("called " + action.name.text + "(" + pending.arguments + ") attempt " +
                                               std::to_string(pending.attempt) + " @" + std::to_string(moment.now.ms) + " " +
                                               instance.journey->name + " " + instance.name.text() + " " + pending.key);
    auto& waiting = instance.here->waiting;
    waiting = begin_waiting(customer, instance, call.label ? call.label->text : call.action.text, moment.now);
    if (interrupt_on_state(customer, instance, moment)) return;
    const GivenAnswer answer = instance.silent ? GivenAnswer{} : answer_to(pending.key, pending.attempt);
    if (answer.succeeds) {
      waiting.reset();
      if (!call.label || !action.result) return;
      Evaluator plain(all_, customer, moment.now, options_.assume_consent);
      instance.here->names[call.label->text] = answer.number ? Value(*answer.number) : plain.value(*action.shadow);
      return;
    }
    if (!call.retry || pending.attempt > call.retry->times.value) {
      waiting.reset();
      if (call.or_else) enter_block(instance, call.or_else->body);
      return;
    }
    if (!call.retry->every) continue;
    waiting->path += "@retry";
    waiting->call = pending;
    waiting->deadline = waiting->zone.add(moment.now, span_of(*call.retry->every));
    interrupt_on_state(customer, instance, moment);
    return;
  }
}

}  // namespace wend::reference
