#include "compiler/testrun/expectations.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "compiler/testrun/places.h"
#include "runtime/base/bytes.h"

namespace wend::testrun {

using bytecode::Value;

namespace {

std::string join(const std::vector<std::string>& parts, const char* none) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text.empty() ? none : text;
}

class Checker {
 public:
  Checker(const sema::Expectation& expectation, const sema::Model& model, const Prepared& prepared, World& world)
      : expectation_(expectation), model_(model), prepared_(prepared), world_(world) {}

  std::optional<Mismatch> check() {
    return std::visit([this](const auto& what) { return check(what); }, expectation_.what);
  }

 private:
  // ── which instances and deliveries are meant ─────────────────────────────────────────────────────────────────

  bool is_tested(const engine::WaitingInstance& waiting) const { return waiting.journey == world_.journey(); }
  bool concerns(engine::InstanceId instance) { return expectation_.for_instance == nullptr || holds(*expectation_.for_instance, instance); }

  // A condition that overflows, or reads another event than the one that started the instance, does not hold.
  bool holds(const sema::Expr& condition, engine::InstanceId instance) {
    const auto value = evaluate(condition, instance);
    return value && value->present && value->word != 0;
  }

  std::optional<Value> evaluate(const sema::Expr& expr, std::optional<engine::InstanceId> instance) {
    const auto event = prepared_.entry_event(expr);
    if (!event) return world_.evaluate(prepared_.function(expr));
    const vm::EventView view = instance ? world_.entry_event(*instance) : vm::EventView{};
    if (view.body.data() == nullptr || view.event != *event) return std::nullopt;
    return world_.evaluate(prepared_.function(expr), &view);
  }

  // Something that happens is expected at the moment itself when one is written.
  bool in_time(TimestampMs at) const { return !expectation_.at || at == world_.clock(); }
  std::string when() const { return expectation_.at ? fmt::format(" at {}", world_.local(world_.clock())) : ""; }

  const std::string& channel_name(bytecode::ChannelId id) const { return prepared_.program().channels[static_cast<size_t>(id)].name; }
  std::string via(const std::optional<sema::ChannelId>& channel) const {
    return channel ? fmt::format(" via {}", model_.at(*channel).name) : "";
  }
  std::string tell(const RecordedDelivery& delivery) const {
    const std::string channel = delivery.channel ? " via " + channel_name(*delivery.channel) : "";
    const std::string at = world_.local(delivery.at);
    if (delivery.sent) return fmt::format("sent {}{} at {}", delivery.shown, channel, at);
    if (delivery.failed) return fmt::format("failed {}{} at {}: a text of it cannot be made", delivery.shown, channel, at);
    return fmt::format("suppressed {}{} because {} at {}", delivery.shown, channel, to_string(delivery.reason), at);
  }
  // What became of the message that was named, for a reader who expected something else of it.
  std::string tell_all(sema::MessageId message, const char* none) {
    std::vector<std::string> parts;
    for (const auto& delivery : world_.deliveries()) {
      if (same(delivery.message, message) && concerns(delivery.instance)) parts.push_back(tell(delivery));
    }
    return join(parts, none);
  }

  template <typename Bytecode, typename Sema>
  static bool same(Bytecode bytecode_id, Sema sema_id) {
    return static_cast<size_t>(bytecode_id) == static_cast<size_t>(sema_id);
  }

  // ── deliveries ───────────────────────────────────────────────────────────────────────────────────────────────

  bool arguments_match(const std::vector<std::optional<std::string>>& given, const std::vector<bytecode::Parameter>& parameters,
                       const std::vector<sema::ExpectedArgument>& arguments) {
    return std::all_of(arguments.begin(), arguments.end(), [&](const sema::ExpectedArgument& argument) {
      const auto value = world_.evaluate(prepared_.function(*argument.value));
      const auto& got = given[argument.parameter];
      if (!value || value->present != got.has_value()) return false;
      if (!value->present) return true;
      std::string packed;
      ByteWriter writer(packed);
      bytecode::write_value(writer, prepared_.program(), parameters[argument.parameter].type, *value);
      return packed == *got;  // the encoding is canonical
    });
  }

  const std::vector<bytecode::Parameter>& parameters_of(sema::MessageId message) const {
    return prepared_.program().messages[static_cast<size_t>(message)].parameters;
  }
  const std::vector<bytecode::Parameter>& parameters_of(sema::ActionId action) const {
    return prepared_.program().actions[static_cast<size_t>(action)].parameters;
  }
  std::string shown_arguments(std::string text, const std::vector<bytecode::Parameter>& parameters,
                              const std::vector<sema::ExpectedArgument>& arguments) {
    for (size_t i = 0; i < arguments.size(); ++i) {
      const auto& parameter = parameters[arguments[i].parameter];
      const auto value = world_.evaluate(prepared_.function(*arguments[i].value));
      text += fmt::format("{}{}: {}", i == 0 ? "(" : ", ", parameter.name,
                          value ? world_.show_value(parameter.type, *value) : std::string("an overflow"));
    }
    return arguments.empty() ? text : text + ")";
  }

  std::optional<Mismatch> check(const sema::ExpectSent& what) {
    int64_t count = 0;
    for (const auto& delivery : world_.deliveries()) {
      if (!delivery.sent || !same(delivery.message, what.message) || !concerns(delivery.instance)) continue;
      if (what.via && !(delivery.channel && same(*delivery.channel, *what.via))) continue;
      if (!what.negated && !what.count && !in_time(delivery.at)) continue;
      if (arguments_match(delivery.parameters, parameters_of(what.message), what.arguments)) ++count;
    }
    const std::string message =
        shown_arguments(model_.at(what.message).name, parameters_of(what.message), what.arguments) + via(what.via);
    if (what.count) {
      if (count == *what.count) return std::nullopt;
      return Mismatch{fmt::format("{} sent {}", *what.count, message),
                      fmt::format("{}: {}", count, tell_all(what.message, "none was sent"))};
    }
    if (what.negated ? count == 0 : count > 0) return std::nullopt;
    return Mismatch{fmt::format("{}sent {}{}", what.negated ? "not " : "", message, what.negated ? "" : when()),
                    tell_all(what.message, "it was neither sent nor suppressed")};
  }

  std::optional<Mismatch> check(const sema::ExpectSends& what) {
    std::vector<std::string> sent;
    for (const auto& delivery : world_.deliveries()) {
      if (delivery.sent && concerns(delivery.instance)) sent.push_back(tell(delivery));
    }
    if (static_cast<int64_t>(sent.size()) == what.count) return std::nullopt;
    return Mismatch{fmt::format("{} sends", what.count), fmt::format("{}: {}", sent.size(), join(sent, "none"))};
  }

  // ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────

  std::optional<Mismatch> check(const sema::ExpectCalled& what) {
    std::vector<std::string> told;
    int64_t count = 0;
    for (const auto& call : world_.calls()) {
      if (!concerns(call.instance) || (what.action && !same(call.action, *what.action))) continue;
      told.push_back(fmt::format("called {} at {}", call.shown, world_.local(call.at)));
      if (!what.negated && !what.count && !in_time(call.at)) continue;
      if (!what.action || arguments_match(call.parameters, parameters_of(*what.action), what.arguments)) ++count;
    }
    if (what.count) {
      if (count == *what.count) return std::nullopt;
      return Mismatch{fmt::format("{} calls", *what.count), fmt::format("{}: {}", count, join(told, "none"))};
    }
    if (what.negated ? count == 0 : count > 0) return std::nullopt;
    const std::string call = shown_arguments(model_.at(*what.action).name, parameters_of(*what.action), what.arguments);
    return Mismatch{fmt::format("{}called {}{}", what.negated ? "not " : "", call, what.negated ? "" : when()), join(told, "it was not called")};
  }

  std::optional<Mismatch> check(const sema::ExpectSuppressed& what) {
    for (const auto& delivery : world_.deliveries()) {
      if (delivery.sent || delivery.failed || !same(delivery.message, what.message) || !concerns(delivery.instance) || !in_time(delivery.at)) continue;
      if (what.via && !(delivery.channel && same(*delivery.channel, *what.via))) continue;
      if (to_string(delivery.reason) == what.reason) return std::nullopt;
    }
    return Mismatch{fmt::format("suppressed {}{} because {}{}", model_.at(what.message).name, via(what.via), what.reason, when()),
                    tell_all(what.message, "it was neither sent nor suppressed")};
  }

  // ── instances ────────────────────────────────────────────────────────────────────────────────────────────────

  // Where everybody is, for a reader who expected somebody elsewhere.
  std::string whereabouts() {
    std::vector<std::string> parts;
    for (const auto& instance : world_.instances()) {
      if (instance.ended_at && concerns(instance.id)) {
        parts.push_back(fmt::format("exited as {} at {}", instance.exit, world_.local(*instance.ended_at)));
      }
    }
    for (const auto& waiting : world_.waiting()) {
      if (is_tested(waiting) && concerns(waiting.instance)) parts.push_back(waiting_in(world_.waiting_place(waiting)));
    }
    return join(parts, "nobody has entered");
  }

  std::optional<Mismatch> check(const sema::ExpectExited& what) {
    for (const auto& instance : world_.instances()) {
      if (instance.ended_at && instance.exit == what.label && in_time(*instance.ended_at) && concerns(instance.id)) return std::nullopt;
    }
    return Mismatch{fmt::format("exited as {}{}", what.label, when()), whereabouts()};
  }

  std::optional<Mismatch> check(const sema::ExpectGoal& what) {
    std::vector<std::string> reached;
    bool found = false;
    for (const auto& goal : world_.goals()) {
      if ((what.name && goal.name != *what.name) || !concerns(goal.instance)) continue;
      reached.push_back(fmt::format("goal {} at {}", goal.name, world_.local(goal.at)));
      found |= what.negated || in_time(goal.at);
    }
    if (found != what.negated) return std::nullopt;
    const std::string name = what.name ? " " + *what.name : "";
    return Mismatch{fmt::format("{}goal{}{}", what.negated ? "no " : "", name, what.negated ? "" : when()),
                    join(reached, "it was not reached")};
  }

  static std::string waiting_in(const std::string& place) { return place.empty() ? "waiting outside every step" : "waiting in " + place; }

  std::optional<Mismatch> check(const sema::ExpectWaiting& what) {
    for (const auto& waiting : world_.waiting()) {
      if (!is_tested(waiting) || !concerns(waiting.instance)) continue;
      if (sema::is_inside(world_.waiting_place(waiting), what.place)) return std::nullopt;
    }
    return Mismatch{waiting_in(what.place), whereabouts()};
  }

  std::optional<Mismatch> check(const sema::ExpectCondition& what) {
    std::optional<engine::InstanceId> looked_at;
    if (expectation_.for_instance == nullptr && !prepared_.entry_event(*what.condition)) {
      const auto value = evaluate(*what.condition, std::nullopt);
      if (value && value->present && value->word != 0) return std::nullopt;
    } else {
      for (const auto& instance : world_.instances()) {
        if (!concerns(instance.id)) continue;
        if (holds(*what.condition, instance.id)) return std::nullopt;
        looked_at = instance.id;
      }
      if (!looked_at) return Mismatch{"the condition to hold", "no instance to look at"};
    }
    return Mismatch{"the condition to hold", why_not(*what.condition, looked_at)};
  }

  std::string why_not(const sema::Expr& condition, std::optional<engine::InstanceId> instance) {
    const auto* comparison = condition.get_if<sema::Compare>();
    if (comparison == nullptr) return "it is false";
    const std::string left = show(*comparison->left, instance);
    return fmt::format("it is false: {} against {}", left, show(*comparison->right, instance));
  }
  std::string show(const sema::Expr& expr, std::optional<engine::InstanceId> instance) {
    const auto value = evaluate(expr, instance);
    return value ? world_.show_value(prepared_.result_type(expr), *value) : "nothing";
  }

  const sema::Expectation& expectation_;
  const sema::Model& model_;
  const Prepared& prepared_;
  World& world_;
};

}  // namespace

std::optional<Mismatch> check(const sema::Expectation& expectation, const sema::Model& model, const Prepared& prepared, World& world) {
  return Checker(expectation, model, prepared, world).check();
}

}  // namespace wend::testrun
