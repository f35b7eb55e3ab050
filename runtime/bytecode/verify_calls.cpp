// Actions, and where journeys ask for them.

#include <algorithm>

#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/operands.h"
#include "runtime/bytecode/verifier.h"

namespace wend::bytecode {
namespace {

class CallVerifier {
 public:
  CallVerifier(const Program& program, const Journey& journey, Fault& fault)
      : program_(program), journey_(journey), registers_(program.function(journey.body).registers), fault_(fault) {}

  bool verify() {
    for (size_t i = 0; i < journey_.calls.size(); ++i) {
      if (!call(journey_.calls[i], static_cast<CallId>(i), fmt::format("journey {}, call {}", journey_.name, i))) return false;
    }
    for (size_t i = 0; i < journey_.points.size(); ++i) {
      if (!point(journey_.points[i], fmt::format("journey {}, waiting point {}", journey_.name, i))) return false;
    }
    return true;
  }

 private:
  bool integer(Register reg, const std::string& where) {
    const auto number = static_cast<size_t>(reg);
    return fault_.require(number < registers_.size(), where, "register {} of {}", number, registers_.size()) &&
           fault_.require(program_.type(registers_[number]).kind == ValueKind::integer, where, "register {} is no integer", number);
  }
  static bool hears(const WaitingPoint& point, SignalKind signal) {
    return std::ranges::find(point.arms, signal, &AwaitArm::signal) != point.arms.end();
  }

  bool call(const CallSite& call, CallId id, const std::string& where) {
    const size_t actions = program_.actions.size();
    const size_t points = journey_.points.size();
    const auto waits_at = static_cast<size_t>(call.waits_at);
    if (!fault_.require(static_cast<size_t>(call.action) < actions, where, "action {} of {}", static_cast<size_t>(call.action), actions) ||
        !fault_.require(waits_at < points, where, "waiting point {} of {}", waits_at, points) ||
        !fault_.require(call.rounds.size() <= k_rounds_max, where, "inside more than {} loops", k_rounds_max)) {
      return false;
    }
    const WaitingPoint& point = journey_.points[waits_at];
    if (!fault_.require(point.call == id, where, "it waits at a point of something else") ||
        !fault_.require(hears(point, SignalKind::answer) && hears(point, SignalKind::failed_answer), where, "no arm for its answer") ||
        !fault_.require(!point.fixed_ms && !point.deadline, where, "its answer has a deadline")) {
      return false;
    }
    for (const Register round : call.rounds) {
      if (!integer(round, where)) return false;
    }
    if (call.attempt && !integer(*call.attempt, where)) return false;
    if (!call.result) return true;
    const auto result = static_cast<size_t>(*call.result);
    const std::optional<TypeId>& gives = program_.actions[static_cast<size_t>(call.action)].result;
    return fault_.require(result < registers_.size(), where, "register {} of {}", result, registers_.size()) &&
           fault_.require(gives && fits(program_, *gives, registers_[result]), where, "its result does not fit register {}", result);
  }

  bool point(const WaitingPoint& point, const std::string& where) {
    const auto answers = static_cast<size_t>(std::ranges::count_if(point.arms, [](const AwaitArm& arm) {
      return arm.signal == SignalKind::answer || arm.signal == SignalKind::failed_answer;
    }));
    if (!fault_.require((point.kind == PointKind::call) == point.call.has_value(), where, "of a call, or not of one")) return false;
    if (!point.call) return fault_.require(answers == 0, where, "hears answers, but of no call");
    const size_t calls = journey_.calls.size();
    if (!fault_.require(static_cast<size_t>(*point.call) < calls, where, "call {} of {}", static_cast<size_t>(*point.call), calls) ||
        !fault_.require(answers == point.arms.size() - point.interrupts, where, "hears something else than answers")) {
      return false;
    }
    const CallSite& call = journey_.calls[static_cast<size_t>(*point.call)];
    for (const Register round : call.rounds) {
      if (!kept(point, round, where)) return false;
    }
    return !call.attempt || kept(point, *call.attempt, where);
  }
  bool kept(const WaitingPoint& point, Register reg, const std::string& where) {
    const auto& slots = journey_.layouts[static_cast<size_t>(point.layout)].slots;
    return fault_.require(std::ranges::find(slots, reg, &LayoutSlot::reg) != slots.end(), where, "register {} is not kept there",
                          static_cast<size_t>(reg));
  }

  const Program& program_;
  const Journey& journey_;
  const std::vector<TypeId>& registers_;
  Fault& fault_;
};

}  // namespace

bool verify_actions(const Program& program, Fault& fault) {
  for (const Action& action : program.actions) {
    const std::string where = fmt::format("action {}", action.name);
    const auto type = [&](TypeId id) {
      return fault.require(static_cast<size_t>(id) < program.types.size(), where, "type {} of {}", static_cast<size_t>(id),
                           program.types.size());
    };
    if (!fault.require(action.parameters.size() <= k_parameters_max, where, "more than {} parameters", k_parameters_max)) return false;
    if (!std::ranges::all_of(action.parameters, [&](const Parameter& parameter) { return type(parameter.type); })) return false;
    if (!fault.require(action.result.has_value() == action.shadow.has_value(), where, "a result without a shadow value, or the reverse"))
      return false;
    if (!action.result) continue;
    const size_t functions = program.functions.size();
    const auto shadow = static_cast<size_t>(*action.shadow);
    if (!type(*action.result) || !fault.require(shadow < functions, where, "function {} of {}", shadow, functions)) return false;
  }
  return true;
}

bool verify_calls(const Program& program, const Journey& journey, Fault& fault) {
  return CallVerifier(program, journey, fault).verify();
}

}  // namespace wend::bytecode
