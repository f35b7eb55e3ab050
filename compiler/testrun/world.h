#pragma once

// One test's small world: an engine, its inputs, and a record of everything it asked for.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/testrun/observed.h"
#include "compiler/testrun/testrun.h"
#include "runtime/bytecode/program.h"
#include "runtime/engine/engine.h"
#include "runtime/vm/body_renderer.h"
#include "runtime/vm/machine.h"

namespace wend::testrun {

/// The customer of every test.
inline constexpr std::string_view k_customer_id = "test-customer";

struct RecordedDelivery {
  TimestampMs at = 0;
  bytecode::JourneyId journey{};
  bytecode::MessageId message{};
  bytecode::SiteId site{};
  std::optional<bytecode::ChannelId> channel;
  engine::InstanceId instance;
  std::string key;
  bool sent = false;
  bool failed = false;  ///< not sent: a text could not be made
  engine::Suppression reason{};
  std::vector<std::optional<std::string>> parameters;  ///< packed; absent ones are nullopt
  std::string shown;                                   ///< `Welcome(name: "Ada")`
};
struct RecordedCall {
  TimestampMs at = 0;
  bytecode::ActionId action{};
  engine::InstanceId instance;
  std::vector<std::optional<std::string>> parameters;  ///< as of a delivery
  std::string shown;
};
/// How an action answers from some point of a test on.
struct GivenAnswers {
  std::vector<std::string> values;  ///< as engine::write_answer_value; the last one repeats; none = its shadow value
  bool fails = false;
  std::optional<int64_t> fail_times;
  std::size_t answered = 0;
};
struct RecordedGoal {
  TimestampMs at = 0;  ///< when the event happened
  std::string name;
  engine::InstanceId instance;
};
struct RecordedInstance {
  engine::InstanceId id;
  TimestampMs entered_at = 0;
  std::optional<TimestampMs> ended_at;
  std::string exit;
};

/// `advance until done` gives up after this many timers: a journey that waits a minute at a time for two years.
inline constexpr uint64_t k_timers_max = 1'000'000;

class MemoryDirectory final : public engine::CustomerDirectory {
 public:
  void add(engine::CustomerNumber number, std::string_view id) override;
  std::string_view id(engine::CustomerNumber number) override;
  void erase(engine::CustomerNumber number) override { ids_[static_cast<size_t>(number)].clear(); }

 private:
  std::deque<std::string> ids_;
};

class World final : private engine::CommandSink, private engine::CallAnswers, private vm::Host {
 public:
  /// `zone` is what the given customer's will be. `observed` may be null.
  World(const bytecode::Program& program, const ZoneTable& zones, bytecode::JourneyId journey, TimestampMs origin, std::string zone,
        Observed* observed);

  TimestampMs clock() const { return clock_; }
  std::string_view zone() override;
  /// "2025-03-30 09:00:00" in the customer's zone.
  std::string local(TimestampMs at);

  /// `happened` ≤ `at`, which is when it is heard.
  void feed(engine::RecordTag tag, TimestampMs at, TimestampMs happened, std::string_view body);
  /// The journeys are deployed now: from here on customers join segments.
  void deploy();
  /// Lets time pass up to `to`: what is held for grace stays held.
  void pass(TimestampMs to);
  /// Fires everything due at or before `to`.
  void settle(TimestampMs to);
  /// Until nobody waits any more; false when that takes too many timers.
  bool finish();
  void answer_calls(bytecode::ActionId action, GivenAnswers answers) { answers_[action] = std::move(answers); }
  void note(std::string what);
  void note_at(TimestampMs at, std::string what);
  /// For people: texts in quotes, `absent`.
  std::string show_value(bytecode::TypeId type, const bytecode::Value& value);

  /// The journey that is tested; others are there when it hands over to them.
  bytecode::JourneyId journey() const { return journey_; }
  const std::vector<RecordedDelivery>& deliveries() const { return deliveries_; }
  const std::vector<RecordedCall>& calls() const { return calls_; }
  const std::vector<RecordedGoal>& goals() const { return goals_; }
  const std::vector<RecordedInstance>& instances() const { return instances_; }
  const std::vector<engine::WaitingInstance>& waiting() const { return waiting_; }
  std::vector<TimelineLine>& timeline() { return timeline_; }
  /// The event that started the instance; empty body when none of the log did.
  vm::EventView entry_event(engine::InstanceId instance) const;
  /// What `waiting in` calls the place, empty where nothing around it has a name.
  std::string waiting_place(const engine::WaitingInstance& waiting) const;

  /// The value of a function without parameters; nullopt when it faults. Views live until the next evaluation.
  std::optional<bytecode::Value> evaluate(const bytecode::Function& function, const vm::EventView* event = nullptr);

 private:
  void react(engine::RecordTag tag, TimestampMs at, TimestampMs happened, std::string_view customer, std::string_view body);
  TimestampMs end_of_wait(const engine::WaitingInstance& instance) const;
  std::string of_journey(bytecode::JourneyId journey) const;
  void note_waiting();
  void note_refusals(const engine::Counters& before);
  std::string show(const std::string& name, const std::vector<bytecode::Parameter>& parameters, std::span<const bytecode::Value> values);
  /// The first part of the message that cannot be made; empty when it can be sent.
  std::string faulty_part(const engine::DeliveryCommand& command);
  std::vector<std::optional<std::string>> pack(const std::vector<bytecode::Parameter>& parameters, std::span<const bytecode::Value> values) const;
  Answer answer(const engine::CallCommand& command) override;

  void on_entered(const engine::EnteredCommand& command) override;
  void on_delivery(const engine::DeliveryCommand& command) override;
  void on_call(const engine::CallCommand& command) override;
  void on_goal(const engine::GoalCommand& command) override;
  void on_exposure(const engine::ExposureCommand& command) override;
  void on_holdout(const engine::HoldoutCommand& command) override;
  void on_ended(const engine::EndedCommand& command) override;

  TimestampMs now() const override { return clock_; }
  uint64_t position() const override { return next_position_; }
  uint32_t ordinal() const override { return 0; }
  bytecode::Value attribute(bytecode::AttributeId id) override;
  bool consent(bytecode::TopicId id) override;
  int64_t history(bytecode::HistoryId id) override;
  bytecode::Value list(bytecode::HistoryId id) override;
  bool segment(bytecode::SegmentId id) override;
  vm::SendResult send(bytecode::SiteId site, std::span<const bytecode::Value> parameters,
                        std::span<const bytecode::Value> registers) override;
  void set_attribute(bytecode::AttributeId id, const bytecode::Value& value) override;
  uint32_t assign_arm(bytecode::ExperimentId id) override;
  void emit(bytecode::EventId event, std::span<const bytecode::Value> fields) override;
  void hand_off(bytecode::JourneyId to, std::span<const bytecode::Value> parameters) override;
  void call(bytecode::CallId id, uint16_t first, std::span<const bytecode::Value> registers) override;

  const bytecode::Program& program_;
  const ZoneTable& zones_;
  bytecode::JourneyId journey_;
  Observed* observed_;
  MemoryDirectory directory_;
  engine::Engine engine_;
  vm::Machine machine_;
  vm::BodyRenderer renderer_;
  TimestampMs clock_;
  std::string zone_;  ///< after the last reaction: a sink must not ask the engine
  uint64_t next_position_ = 0;
  std::unordered_map<uint64_t, std::string> event_bodies_;  ///< entry position → tag's body
  std::vector<RecordedDelivery> deliveries_;
  std::vector<RecordedCall> calls_;
  std::map<bytecode::ActionId, GivenAnswers> answers_;
  std::string answer_value_;
  std::vector<RecordedGoal> goals_;
  std::vector<RecordedInstance> instances_;
  std::vector<engine::WaitingInstance> waiting_;  ///< of the tested journey and of those it hands over to
  std::vector<TimelineLine> timeline_;
};

}  // namespace wend::testrun
