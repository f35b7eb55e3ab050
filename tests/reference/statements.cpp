#include <algorithm>

#include "tests/reference/interpreter.h"

// Statements, run until the instance waits or ends.

namespace wend::reference {

std::string Strand::prefix() const {
  std::string result;
  for (const Frame& frame : stack) {
    if (!frame.path_part.empty()) result += (result.empty() ? "" : ".") + frame.path_part;
  }
  return result;
}

std::string Strand::path_to(const std::string& last) const {
  const std::string steps = prefix();
  return steps.empty() ? last : steps + "/" + last;
}

Evaluator Interpreter::evaluator(const Customer& customer, const Instance& instance, const Moment& moment) const {
  Evaluator evaluator(all_, customer, moment.now, options_.assume_consent);
  evaluator.set_began(instance.began);
  evaluator.set_unheard(&instance.unheard);
  evaluator.see(instance.here->names);
  return evaluator;
}

void Interpreter::run(Customer& customer, Instance& instance, const Moment& moment) {
  const auto here = instance.here;
  try {
    while (!instance.ended && !here->over && !here->waiting) {
      if (here->stack.empty()) {
        end(customer, instance, "done", moment.now);
      } else {
        step_once(customer, instance, moment);
      }
    }
  } catch (const Fault&) {
    end(customer, instance, "fault", moment.now);
  }
}

void Interpreter::step_once(Customer& customer, Instance& instance, const Moment& moment) {
  Frame& frame = instance.here->stack.back();
  if (frame.next == frame.statements->size()) return finish_frame(customer, instance, moment);
  if (frame.repeat != nullptr) instance.here->names["round"] = frame.round;
  const syntax::Stmt& statement = *(*frame.statements)[frame.next++];
  execute(customer, instance, statement, moment);
}

void Interpreter::finish_frame(Customer& customer, Instance& instance, const Moment& moment) {
  Frame& frame = instance.here->stack.back();
  const syntax::RepeatStmt* repeat = frame.repeat;
  if (frame.fork != nullptr) return finish_branch(instance);
  if (repeat == nullptr || (repeat->up_to_times && frame.round >= repeat->up_to_times->value)) {
    return leave_frames(instance, instance.here->stack.size() - 1);
  }
  if (repeat->every) {
    const Zone here = zone(customer);
    const Instant next = here.add(frame.round_start, span_of(*repeat->every));
    // A wait, though it may be over at once.
    Waiting waiting = begin_waiting(customer, instance, "repeat", moment.now);
    waiting.between_rounds = true;
    waiting.deadline = next;
    instance.here->waiting = waiting;
    if (interrupt_on_state(customer, instance, moment) || next.ms > moment.now.ms) return;
    instance.here->waiting.reset();
  }
  ++frame.round;
  frame.round_start = moment.now;
  frame.next = 0;
}

void Interpreter::execute(Customer& customer, Instance& instance, const syntax::Stmt& statement, const Moment& moment) {
  using namespace syntax;
  if (const auto* step = statement.get_if<StepStmt>()) {
    instance.here->step_starts[step->name.text] = heard_;
    enter_block(instance, step->body, step->name.text);
    instance.here->stack.back().step = step->name.text;
    if (!step->interrupts.empty()) {
      // The handlers are inside the step, but not inside what they interrupt.
      instance.here->stack.back().next = step->body.statements.size();
      enter_block(instance, step->body);
      instance.here->stack.back().interrupts = &step->interrupts;
    }
  } else if (const auto* guarded = statement.get_if<GuardedStmt>()) {
    enter_block(instance, guarded->body);
    instance.here->stack.back().interrupts = &guarded->interrupts;
  } else if (const auto* flow = statement.get_if<RunStmt>()) {
    run_flow(customer, instance, *flow, moment);
  } else if (const auto* stmt = statement.get_if<SendStmt>()) {
    send(customer, instance, *stmt, moment);
  } else if (const auto* wait = statement.get_if<WaitStmt>()) {
    start_waiting(customer, instance, *wait, moment);
  } else if (const auto* await = statement.get_if<AwaitStmt>()) {
    start_awaiting(customer, instance, *await, moment);
  } else if (const auto* branches = statement.get_if<IfStmt>()) {
    for (const IfBranch& branch : branches->branches) {
      if (evaluator(customer, instance, moment).truth(*branch.condition)) return enter_block(instance, branch.body);
    }
    if (branches->otherwise) enter_block(instance, *branches->otherwise);
  } else if (const auto* match = statement.get_if<MatchStmt>()) {
    Evaluator asked = evaluator(customer, instance, moment);
    const Value subject = asked.value(*match->subject);
    for (const MatchArm& arm : match->arms) {
      for (const Pattern& pattern : arm.patterns) {
        Names bindings;
        if (!asked.matches(pattern, subject, bindings)) continue;
        for (const auto& [name, value] : bindings) instance.here->names[name] = value;
        return enter_block(instance, arm.body);
      }
    }
  } else if (const auto* stmt = statement.get_if<SplitStmt>()) {
    split(customer, instance, *stmt, moment);
  } else if (const auto* repeat = statement.get_if<RepeatStmt>()) {
    enter_block(instance, repeat->body);
    Frame& loop = instance.here->stack.back();
    loop.repeat = repeat;
    loop.round = 1;
    loop.round_start = moment.now;
  } else if (statement.get_if<StopRepeatingStmt>() != nullptr) {
    std::size_t depth = instance.here->stack.size() - 1;
    while (instance.here->stack[depth].repeat == nullptr) --depth;
    leave_frames(instance, depth);
  } else if (const auto* leave = statement.get_if<LeaveStmt>()) {
    std::size_t depth = instance.here->stack.size() - 1;
    while (instance.here->stack[depth].step != leave->step.text) --depth;
    leave_frames(instance, depth);
  } else if (const auto* let = statement.get_if<LetStmt>()) {
    instance.here->names[let->name.text] = evaluator(customer, instance, moment).value(*let->value);
  } else if (const auto* set = statement.get_if<SetStmt>()) {
    const Value value = as_attribute(set->attribute.text, evaluator(customer, instance, moment).value(*set->value));
    if (instance.silent) return;
    if (change_attribute(customer, set->attribute.text, value)) changes_.push_back({{set->attribute.text}, moment});
  } else if (const auto* forked = statement.get_if<ForkStmt>()) {
    fork(customer, instance, *forked, moment);
  } else if (const auto* emitted = statement.get_if<EmitStmt>()) {
    emit(customer, instance, *emitted, moment);
  } else if (const auto* called = statement.get_if<CallStmt>()) {
    call(customer, instance, *called, moment);
  } else if (const auto* handed = statement.get_if<HandOffStmt>()) {
    hand_off(customer, instance, *handed, moment);
  } else if (const auto* exit = statement.get_if<ExitStmt>()) {
    end(customer, instance, exit->label.text, moment.now);
  } else {
    throw std::logic_error("the reference does not know this statement");
  }
}

Value Interpreter::as_attribute(const std::string& name, const Value& value) const {
  for (const syntax::Field& field : all_.customer->fields) {
    if (field.name.text == name) return as_declared(value, field.type);
  }
  return value;
}

/// The statements of the flow stand here, as a step. Names are those of no other flow or journey in the programs compared here.
void Interpreter::run_flow(Customer& customer, Instance& instance, const syntax::RunStmt& run, const Moment& moment) {
  const syntax::FlowDecl& flow = *all_.flows.at(run.flow.text);
  const Names given = arguments_of(flow.parameters, run.arguments, evaluator(customer, instance, moment), customer, moment);
  for (const auto& [name, value] : given) instance.here->names[name] = value;
  instance.here->step_starts[run.label.text] = heard_;
  enter_block(instance, flow.body, run.label.text);
}

/// Arguments by the names of the parameters; what is not given is computed from its default.
Names Interpreter::arguments_of(const std::vector<syntax::Parameter>& parameters, const syntax::ArgumentList* given, Evaluator asked,
                                const Customer& customer, const Moment& moment) const {
  Names names;
  std::size_t positional = 0;
  if (given != nullptr) {
    for (const syntax::Argument& argument : given->arguments) {
      const std::string& name = argument.name ? argument.name->text : parameters[positional++].name.text;
      names[name] = asked.value(*argument.value);
    }
  }
  Evaluator defaults(all_, customer, moment.now, options_.assume_consent);
  for (const syntax::Parameter& parameter : parameters) {
    auto [value, is_missing] = names.try_emplace(parameter.name.text);
    if (is_missing && parameter.default_value != nullptr) value->second = defaults.value(*parameter.default_value);
    value->second = as_declared(value->second, parameter.type);
  }
  return names;
}

}  // namespace wend::reference
