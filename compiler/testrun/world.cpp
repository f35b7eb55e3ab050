#include "compiler/testrun/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "compiler/testrun/local_time.h"
#include "compiler/testrun/places.h"
#include "runtime/base/bytes.h"
#include "runtime/engine/records.h"

namespace wend::testrun {

using bytecode::Value;
using engine::RecordTag;

void MemoryDirectory::add(engine::CustomerNumber, std::string_view id) {
  ids_.emplace_back(id);
}

std::string_view MemoryDirectory::id(engine::CustomerNumber number) {
  return ids_[static_cast<size_t>(number)];
}

namespace {

engine::EngineOptions options_of(Observed* observed, engine::CallAnswers* answers) {
  engine::EngineOptions options;
  options.answers = answers;
  if (observed != nullptr) options.visits = &observed->visits;
  return options;
}

}  // namespace

World::World(const bytecode::Program& program, const ZoneTable& zones, bytecode::JourneyId journey, TimestampMs origin, std::string zone,
             Observed* observed)
    : program_(program),
      zones_(zones),
      journey_(journey),
      observed_(observed),
      engine_(program, zones, directory_, options_of(observed, this)),
      machine_(program, zones),
      renderer_(program, zones),
      clock_(origin),
      zone_(std::move(zone)) {}

// ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

std::string_view World::zone() {
  return zone_;
}

std::string World::local(TimestampMs at) {
  return format_local(zones_, zone(), at);
}

void World::deploy() {
  std::string body;
  // A test has one environment, so nothing compares the digests that the barrier would name.
  engine::write_barrier_body(body, {});
  react(RecordTag::barrier, clock_, clock_, {}, body);
}

void World::pass(TimestampMs to) {
  react(RecordTag::tick, to, to, {}, {});
}

void World::settle(TimestampMs to) {
  react(RecordTag::settle, to, to, {}, {});
}

bool World::finish() {
  const uint64_t fired_before = engine_.counters().timers_fired;
  DurationMs step = k_second_ms;
  while (!waiting_.empty()) {
    const uint64_t fired = engine_.counters().timers_fired;
    if (fired - fired_before >= k_timers_max) return false;
    TimestampMs next = k_timestamp_max_ms;
    for (const auto& instance : waiting_) next = std::min(next, end_of_wait(instance));
    // What is behind the clock and has not fired will fire a little later; how much is the engine's business.
    settle(next > clock_ ? next : clock_ + step);
    step = engine_.counters().timers_fired == fired ? step * 2 : k_second_ms;
  }
  return true;
}

TimestampMs World::end_of_wait(const engine::WaitingInstance& instance) const {
  const auto end = add_span(instance.entered_at, program_.journey(instance.journey).lifetime, zones_, zone_);
  const TimestampMs lifetime_end = end.value_or(k_timestamp_max_ms);
  return instance.deadline == 0 ? lifetime_end : std::min(instance.deadline, lifetime_end);
}

// ── input ────────────────────────────────────────────────────────────────────────────────────────────────────────

void World::feed(RecordTag tag, TimestampMs at, TimestampMs happened, std::string_view body) {
  if (tag == RecordTag::event) event_bodies_.emplace(next_position_, body);
  react(tag, at, happened, k_customer_id, body);
}

void World::react(RecordTag tag, TimestampMs at, TimestampMs happened, std::string_view customer, std::string_view body) {
  assert(at >= clock_);
  clock_ = at;
  const engine::Counters before = engine_.counters();
  const engine::Entry entry{tag, 0, at, happened, customer, body};
  engine_.react({&entry, 1}, next_position_, *this);
  ++next_position_;
  if (const auto number = engine_.find_customer(k_customer_id)) zone_ = engine_.zone(*number);
  note_refusals(before);
  note_waiting();
}

// ── output ───────────────────────────────────────────────────────────────────────────────────────────────────────

void World::note(std::string what) {
  note_at(clock_, std::move(what));
}

void World::note_at(TimestampMs at, std::string what) {
  timeline_.push_back({at, local(at), std::move(what)});
}

void World::note_refusals(const engine::Counters& before) {
  const engine::Counters& now = engine_.counters();
  const auto tell = [&](uint64_t engine::Counters::*counter, const char* what) {
    if (now.*counter > before.*counter) note(what);
  };
  tell(&engine::Counters::refused_incomplete, "not entered: a required attribute is unset");
  tell(&engine::Counters::refused_running, "not entered: an instance is already running");
  tell(&engine::Counters::refused_cooldown, "not entered: the cooldown is not over");
  tell(&engine::Counters::refused_once, "not entered: `once ever`, and it was once");
  tell(&engine::Counters::refused_too_many, "not entered: too many instances are running");
  tell(&engine::Counters::duplicates, "event dropped as a duplicate");
  tell(&engine::Counters::late_events, "event too late: it steers nothing");
  const auto of_numbers = [](const engine::Counters& counters) { return counters.faults - counters.cascades - counters.endless; };
  if (of_numbers(now) > of_numbers(before)) note("a number overflowed or was divided by zero, or a text grew too long");
  tell(&engine::Counters::cascades, "an input had more than 1,000 consequences: the instance ended as `fault`");
  tell(&engine::Counters::endless, "an instance went on and on without time passing: it ended as `fault`");
}

namespace {

const char* word_for(bytecode::PointKind kind) {
  switch (kind) {
    case bytecode::PointKind::wait:
      return "wait";
    case bytecode::PointKind::await:
      return "await";
    case bytecode::PointKind::send:
      return "delayed send";
    case bytecode::PointKind::call:
      return "call";
  }
  return "";
}

}  // namespace

// Before what another journey than the tested one does.
std::string World::of_journey(bytecode::JourneyId journey) const {
  return journey == journey_ ? "" : program_.journey(journey).name + ": ";
}

void World::note_waiting() {
  std::vector<engine::WaitingInstance> waiting;
  engine_.for_each_waiting([&](const engine::WaitingInstance& instance) { waiting.push_back(instance); });
  std::sort(waiting.begin(), waiting.end(), [](const auto& a, const auto& b) { return a.instance < b.instance; });
  for (const auto& instance : waiting) {
    const auto same = [&](const engine::WaitingInstance& old) {
      return old.instance == instance.instance && old.point == instance.point && old.deadline == instance.deadline;
    };
    if (std::any_of(waiting_.begin(), waiting_.end(), same)) continue;
    const auto& point = program_.journey(instance.journey).points[static_cast<size_t>(instance.point)];
    std::string until = instance.deadline == 0 ? "" : fmt::format(" until {}", local(instance.deadline));
    note(fmt::format("{}waiting{} ({}){}", of_journey(instance.journey), in(waiting_place(instance)), word_for(point.kind), until));
  }
  waiting_ = std::move(waiting);
}

std::string World::waiting_place(const engine::WaitingInstance& waiting) const {
  return place_of(program_.journey(waiting.journey).points[static_cast<size_t>(waiting.point)].path);
}

vm::EventView World::entry_event(engine::InstanceId instance) const {
  if (instance.start_index >= engine::k_timer_start_index) return {};
  const auto found = event_bodies_.find(instance.position);
  if (found == event_bodies_.end()) return {};
  const auto body = engine::read_event_body(found->second, program_);
  if (!body) return {};
  return {body->event, body->row};
}

void World::on_entered(const engine::EnteredCommand& command) {
  if (command.journey == journey_) instances_.push_back({command.instance, command.at, std::nullopt, {}});
  note_at(command.at, of_journey(command.journey) + (command.silent ? "entered, held out" : "entered"));
}

std::string World::show_value(bytecode::TypeId type, const Value& value) {
  if (!value.present) return "absent";
  std::string shown = vm::format_value(program_, zones_, zone_, type, value);
  return program_.type(type).kind == bytecode::ValueKind::text ? fmt::format("\"{}\"", shown) : shown;
}

std::string World::show(const std::string& name, const std::vector<bytecode::Parameter>& parameters, std::span<const Value> values) {
  std::string text = name;
  for (size_t i = 0; i < parameters.size(); ++i) {
    text += fmt::format("{}{}: {}", i == 0 ? "(" : ", ", parameters[i].name, show_value(parameters[i].type, values[i]));
  }
  return parameters.empty() ? text : text + ")";
}

std::vector<std::optional<std::string>> World::pack(const std::vector<bytecode::Parameter>& parameters,
                                                    std::span<const Value> values) const {
  std::vector<std::optional<std::string>> result;
  for (size_t i = 0; i < parameters.size(); ++i) {
    std::optional<std::string>& packed = result.emplace_back();
    if (!values[i].present) continue;
    ByteWriter writer(packed.emplace());
    bytecode::write_value(writer, program_, parameters[i].type, values[i]);
  }
  return result;
}

engine::CallAnswers::Answer World::answer(const engine::CallCommand& command) {
  GivenAnswers& given = answers_[command.action];
  const size_t which = given.answered++;
  if (given.fails && (!given.fail_times || which < static_cast<size_t>(*given.fail_times))) return {.succeeded = false, .value = {}};
  if (given.values.empty()) return {};
  answer_value_ = given.values[std::min(which, given.values.size() - 1)];
  const bytecode::TypeId type = *program_.actions[static_cast<size_t>(command.action)].result;
  return {.succeeded = true, .value = engine::read_answer_value(answer_value_, program_, type)};
}

void World::on_call(const engine::CallCommand& command) {
  const bytecode::Action& action = program_.actions[static_cast<size_t>(command.action)];
  RecordedCall call{command.at, command.action, command.instance, pack(action.parameters, command.parameters),
                    show(action.name, action.parameters, command.parameters)};
  const std::string where = in(enclosing_place(program_.journey(command.journey).calls[static_cast<size_t>(command.call)].path));
  const std::string attempt = command.attempt > 1 ? fmt::format(", attempt {}", command.attempt) : "";
  note_at(command.at, fmt::format("{}called {}{}{}", of_journey(command.journey), call.shown, where, attempt));
  calls_.push_back(std::move(call));
}

std::string World::faulty_part(const engine::DeliveryCommand& command) {
  if (!command.sent) return {};
  const vm::RenderedBody& body =
      renderer_.render({command.message, command.channel, command.locale, command.zone, command.committed_at, command.parameters});
  const auto faulty = std::ranges::find_if(body.parts, [](const vm::RenderedPart& part) { return !part.text; });
  return faulty == body.parts.end() ? std::string() : std::string(faulty->name);
}

void World::on_delivery(const engine::DeliveryCommand& command) {
  RecordedDelivery delivery;
  delivery.at = command.at;
  delivery.journey = command.journey;
  delivery.message = command.message;
  delivery.site = command.site;
  if (command.has_channel) delivery.channel = command.channel;
  delivery.instance = command.instance;
  delivery.key = command.key;
  const std::string faulty = faulty_part(command);
  delivery.failed = !faulty.empty();
  delivery.sent = command.sent && !delivery.failed;
  delivery.reason = command.reason;
  const bytecode::Message& message = program_.messages[static_cast<size_t>(command.message)];
  delivery.parameters = pack(message.parameters, command.parameters);
  delivery.shown = show(message.name, message.parameters, command.parameters);
  const std::string where = in(enclosing_place(program_.journey(command.journey).sites[static_cast<size_t>(command.site)].path));
  const std::string channel = delivery.channel ? fmt::format(" via {}", program_.channels[static_cast<size_t>(command.channel)].name) : "";
  const std::string what = fmt::format("{}{}{}", delivery.shown, channel, where);
  const std::string outcome = delivery.sent     ? "sent " + what
                              : delivery.failed ? fmt::format("failed {} because its {} faults", what, faulty)
                                                : fmt::format("suppressed {} because {}", what, to_string(command.reason));
  note_at(command.at, of_journey(command.journey) + outcome);
  deliveries_.push_back(std::move(delivery));
  // What failed has shown nothing of the send that a test could rely on.
  if (observed_ == nullptr || deliveries_.back().failed) return;
  SendOutcomes& outcomes = observed_->sends[{command.journey, command.site}];
  ++(command.sent ? outcomes.sent : outcomes.suppressed[command.reason]);
}

void World::on_goal(const engine::GoalCommand& command) {
  note_at(command.at, fmt::format("{}goal {}", of_journey(command.journey), command.goal));
  if (command.journey == journey_) goals_.push_back({command.at, std::string(command.goal), command.instance});
}

void World::on_exposure(const engine::ExposureCommand& command) {
  const auto& experiment = program_.experiments[static_cast<size_t>(command.experiment)];
  note_at(command.at, fmt::format("experiment {}: arm {}", experiment.name, experiment.arms[command.arm].name));
}

// That somebody is not held out is what a test assumes.
void World::on_holdout(const engine::HoldoutCommand& command) {
  if (command.held_out) note_at(command.at, fmt::format("held out by {}", program_.holdouts[static_cast<size_t>(command.holdout)].name));
}

void World::on_ended(const engine::EndedCommand& command) {
  for (auto& instance : instances_) {
    if (instance.id != command.instance) continue;
    instance.ended_at = command.ended_at;
    instance.exit = command.exit;
  }
  note_at(command.ended_at, fmt::format("{}exited as {}", of_journey(command.journey), command.exit));
  if (observed_ != nullptr) ++observed_->exits[{command.journey, std::string(command.exit)}];
}

// ── evaluating ───────────────────────────────────────────────────────────────────────────────────────────────────

std::optional<Value> World::evaluate(const bytecode::Function& function, const vm::EventView* event) {
  return vm::evaluate(machine_, *this, function, {}, event);
}

Value World::attribute(bytecode::AttributeId id) {
  const auto customer = engine_.find_customer(k_customer_id);
  return customer ? engine_.attribute(*customer, id) : Value::absent();
}

bool World::consent(bytecode::TopicId id) {
  const auto customer = engine_.find_customer(k_customer_id);
  return customer && engine_.consent(*customer, id);
}

int64_t World::history(bytecode::HistoryId id) {
  const auto customer = engine_.find_customer(k_customer_id);
  return customer ? engine_.history(*customer, id) : 0;
}

// The checker lets no test ask for one.
Value World::list(bytecode::HistoryId) {
  assert(false);
  return Value::absent();
}

bool World::segment(bytecode::SegmentId id) {
  const auto customer = engine_.find_customer(k_customer_id);
  return customer && engine_.segment(*customer, id);
}

// The expressions of a test have no effects: the checker has seen to it.
vm::SendResult World::send(bytecode::SiteId, std::span<const Value>, std::span<const Value>) {
  assert(false);
  return {};
}
void World::set_attribute(bytecode::AttributeId, const Value&) {
  assert(false);
}
uint32_t World::assign_arm(bytecode::ExperimentId) {
  assert(false);
  return 0;
}
void World::emit(bytecode::EventId, std::span<const Value>) {
  assert(false);
}
void World::call(bytecode::CallId, uint16_t, std::span<const Value>) {
  assert(false);
}
void World::hand_off(bytecode::JourneyId, std::span<const Value>) {
  assert(false);
}

}  // namespace wend::testrun
