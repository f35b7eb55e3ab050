// Calls: the command, and the answer, which is an entry of the log; or given at once where no outside is asked.

#include <algorithm>

#include "runtime/engine/reaction.h"

namespace wend::engine {

using bytecode::AwaitArm;
using bytecode::CallSite;
using bytecode::SignalKind;

namespace {

const CallSite& call_of(const InstanceState& instance) {
  return instance.at->of->calls[static_cast<size_t>(*instance.at->what->call)];
}
const AwaitArm* arm_for(const InstanceState& instance, bool succeeded) {
  const auto& arms = instance.at->what->arms;
  const auto found = std::ranges::find(arms, succeeded ? SignalKind::answer : SignalKind::failed_answer, &AwaitArm::signal);
  return found == arms.end() ? nullptr : &*found;
}
uint64_t attempt_of(const CallSite& site, std::span<const bytecode::Value> registers) {
  return site.attempt ? static_cast<uint64_t>(registers[static_cast<size_t>(*site.attempt)].word) : 1;
}

}  // namespace

// A silent instance does nothing outside: its calls have their shadow values.
bool Reaction::answers_itself(const InstanceState& instance) const {
  return instance.silent || core_.options.answer_calls || core_.options.answers != nullptr;
}

// As of a send: path and action's name stand for the site.
SendKey Reaction::call_key(const InstanceState& instance, const CallSite& site, std::span<const Value> registers) {
  scratch_.clear();
  ByteWriter writer(scratch_);
  writer.text(site.path);
  writer.text(core_.program.actions[static_cast<size_t>(site.action)].name);
  rounds_.clear();
  for (const bytecode::Register round : site.rounds) rounds_.push_back(static_cast<uint64_t>(registers[static_cast<size_t>(round)].word));
  return send_keys_.key(instance.id, scratch_, rounds_);
}

void Reaction::call(bytecode::CallId id, uint16_t first, std::span<const Value> registers) {
  const CallSite& site = journey_of(*running_).calls[static_cast<size_t>(id)];
  const bytecode::Action& action = core_.program.actions[static_cast<size_t>(site.action)];
  const SendKey key = call_key(*running_, site, registers);
  CallCommand command;
  command.at = now_;
  command.customer = CustomerNumber{customer_};
  command.journey = running_->journey;
  command.instance = running_->id;
  command.call = id;
  command.action = site.action;
  command.key = {key.data(), key.size()};
  command.attempt = attempt_of(site, registers);
  command.shadowed = answers_itself(*running_);
  command.parameters = registers.subspan(first, action.parameters.size());
  if (command.shadowed) {
    answer_succeeds_ = true;
    answer_value_.clear();
    std::optional<Value> value;
    if (core_.options.answers != nullptr && !running_->silent) {
      const CallAnswers::Answer answer = core_.options.answers->answer(command);
      answer_succeeds_ = answer.succeeded;
      value = answer.value;
    }
    if (!value && action.shadow) value = vm::evaluate(address_machine_, *this, core_.program.function(*action.shadow), {});
    if (answer_succeeds_ && action.result && value) write_answer_value(answer_value_, core_.program, *action.result, *value);
  }
  sink_->on_call(command);
}

// Control has just come to the point: a call that nobody else answers is answered.
vm::Outcome Reaction::answer_itself(InstanceState& instance) {
  const bool asks = arm_for(instance, false) != nullptr;  // not a pause between two attempts
  if (!asks || !answers_itself(instance)) return vm::k_declined;
  const AwaitArm* arm = arm_for(instance, answer_succeeds_);
  return take_answer(instance, *arm, state_.bytes().copy(answer_value_));
}

vm::Outcome Reaction::take_answer(InstanceState& instance, const AwaitArm& arm, std::string_view value) {
  if (!load(instance) || ++resumptions_ > k_resumptions_max) return vm::Outcome(vm::OutcomeKind::faulted);
  const CallSite& site = call_of(instance);
  if (arm.signal == SignalKind::answer && site.result) {
    const auto given = read_answer_value(value, core_.program, *core_.program.actions[static_cast<size_t>(site.action)].result);
    if (!given) return vm::k_declined;
    machine_.registers()[static_cast<size_t>(*site.result)] = *given;
  }
  running_ = &instance;
  const vm::Outcome outcome = machine_.run(*this, arm.entry.pc, nullptr);
  running_ = nullptr;
  ran_ = true;
  return outcome;
}

void Reaction::on_answer(uint32_t customer, const Entry& entry, uint64_t position, const AnswerBody& body) {
  begin(customer, position, entry.t_log, entry.t_log);
  const size_t count = state_.has_instances() ? state_.instance_count() : 0;
  for (size_t i = 0; i < count; ++i) hear_answer(state_.instance(i), entry, body);
  finish();
}

// A timer that grace holds fires first, as before a receipt.
void Reaction::hear_answer(InstanceState& instance, const Entry& entry, const AnswerBody& body) {
  set_clocks(entry.t_log, entry.t_log);
  bool is_awaited = false;
  each_branch(instance, [&](uint32_t) { is_awaited |= answer_arm(instance, body) != nullptr; });
  if (!is_awaited || fire_held(instance, entry.t_event, entry.t_log)) return;
  each_branch(instance, [&](uint32_t) {
    const AwaitArm* arm = answer_arm(instance, body);
    if (arm == nullptr) return;
    if (const vm::Outcome outcome = take_answer(instance, *arm, body.value)) proceed(instance, outcome);
  });
}

// A success counts whatever the attempt was; a failure only of the attempt that is being waited for.
const AwaitArm* Reaction::answer_arm(InstanceState& instance, const AnswerBody& body) {
  if (instance.ended || !instance.at->hears_answers) return nullptr;
  const AwaitArm* arm = arm_for(instance, body.succeeded);
  if (arm == nullptr || !load(instance)) return nullptr;
  const CallSite& site = call_of(instance);
  const SendKey key = call_key(instance, site, machine_.registers());
  if (body.key != std::string_view(key.data(), key.size())) return nullptr;
  if (!body.succeeded && attempt_of(site, machine_.registers()) != body.attempt) return nullptr;
  return arm;
}

}  // namespace wend::engine
