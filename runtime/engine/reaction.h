#pragma once

// One reaction: what one input does to one customer. The engine makes one object and uses it for every input.
//
// Invariants
//   1. Between begin() and finish() `state_` is the customer's state; finish() packs it when it changed and arms the wheel.
//   2. Two clocks: `now_` (deadlines, anchors) and `commit_` (consent, `within`, ledgers); for an input both are its t_log.
//   3. An instance uses one input at most once (`InstanceState::heard`), a kept input at most once ever (`taken`).
//   4. Everything is bounded: resumptions and derived inputs by k_resumptions_max and k_derived_inputs_max, after which the instance
//      that goes on ends with `fault`.

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/customer_state.h"
#include "runtime/engine/engine_core.h"
#include "runtime/engine/entry.h"
#include "runtime/engine/policy_plan.h"
#include "runtime/engine/reaction_parts.h"
#include "runtime/engine/records.h"
#include "runtime/engine/send_plan.h"
#include "runtime/vm/machine.h"

namespace wend::engine {

class Reaction final : public vm::Host {
  using Value = bytecode::Value;

 public:
  explicit Reaction(EngineCore& core);

  void set_sink(CommandSink* sink) { sink_ = sink; }

  // Inputs. `position` is the entry's; `id` the customer's id bytes.
  void on_event(uint32_t customer, const Entry& entry, uint64_t position, const EventBody& body);
  void on_attributes(uint32_t customer, const Entry& entry, uint64_t position);
  void on_receipt(uint32_t customer, const Entry& entry, uint64_t position, const ReceiptBody& body);
  void on_answer(uint32_t customer, const Entry& entry, uint64_t position, const AnswerBody& body);
  void on_assignment(uint32_t customer, const AssignmentBody& body);
  // Nothing stays of the customer, whatever the ids.
  void on_erasure(uint32_t customer, const Entry& entry, uint64_t position);
  // Nothing stays of the id but whose it is.
  void become_alias(uint32_t customer, uint32_t survivor);
  // `previous` is the same person, and an alias from here on.
  void on_merge(uint32_t customer, uint32_t previous, const Entry& entry, uint64_t position);

  // Fires the customer's timers with release ≤ `release`. Overdue ones have both clocks at `log_time`.
  void on_timer(uint32_t customer, TimestampMs release, Clocks clocks, TimestampMs log_time);
  // Ends the customer's instances with a deadline ≤ `deadline` with `fault`: their timers fire without end.
  void fault_due(uint32_t customer, TimestampMs deadline, TimestampMs log_time);
  // The earliest deadline (not release) of the customer's timers; k_never when there is none.
  TimestampMs earliest_deadline(uint32_t customer);
  // Fires the timers with deadline ≤ `deadline`, held or not (test clock).
  void on_settle(uint32_t customer, TimestampMs deadline, TimestampMs log_time);
  // The zones' rules have changed: deadlines from specification and anchor again.
  void recompute_deadlines(uint32_t customer, TimestampMs log_time);

  // Somebody who was never heard of, by an input that nothing listens to.
  void on_appearance(uint32_t customer, const Entry& entry, uint64_t position);
  // Segments and schedules begin to be followed, and the customer was known before. Who is a member is so silently, unless a journey lets
  // members in: then `next_release` says when the customer may join, now or later, and is asked for each that does.
  using NextRelease = std::function<TimestampMs()>;
  void on_deployed(uint32_t customer, TimestampMs log_time, const StandingNumbers& numbers, const NextRelease& next_release);
  // An event of the log from before the program asked for it: counted by `queries`, and kept for look-back over `keep_ms`.
  void on_past_event(uint32_t customer, const Entry& entry, uint64_t position, const EventBody& body,
                     std::span<const bytecode::HistoryId> queries, DurationMs keep_ms);

  // Looks at a customer without changing anything: valid until the next call of any member.
  CustomerState& look(uint32_t customer, TimestampMs now);
  // The earliest release among the customer's instances, segments and schedules.
  TimestampMs earliest_release();
  // The latest one of the customer looked at; k_timestamp_min_ms when nobody waits.
  TimestampMs latest_release();

  // vm::Host
  TimestampMs now() const override { return now_; }
  uint64_t position() const override { return input_.position; }
  uint32_t ordinal() const override { return input_.ordinal; }
  // `customer.id` is the id itself; a list that was never set is empty.
  Value attribute(bytecode::AttributeId id) override;
  Value read_or_default(bytecode::AttributeId id, const Value& value) const;
  bool consent(bytecode::TopicId id) override { return state_.consent(id).value_or(core_.options.assume_consent); }
  int64_t history(bytecode::HistoryId id) override;
  Value list(bytecode::HistoryId id) override;
  bool segment(bytecode::SegmentId id) override;
  std::string_view zone() override { return core_.zones.name(zone_id()); }
  // The customer's, when a message leaves; the bytes live until the next question of a zone or locale.
  std::string_view customer_locale();
  vm::SendResult send(bytecode::SiteId site, std::span<const Value> parameters, std::span<const Value> registers) override;
  void set_attribute(bytecode::AttributeId id, const Value& value) override;
  uint32_t assign_arm(bytecode::ExperimentId id) override;
  void emit(bytecode::EventId id, std::span<const Value> fields) override;
  void hand_off(bytecode::JourneyId to, std::span<const Value> parameters) override;
  void call(bytecode::CallId id, uint16_t first, std::span<const Value> registers) override;

 private:
  // A consequence of the reaction so far, with its clocks: an attribute that was `set`, a segment that was joined or left, an event that
  // was emitted, a journey that the customer is handed over to.
  struct DerivedInput {
    std::optional<bytecode::AttributeId> attribute;
    std::optional<StandingNumber> segment;
    bool joined = false;
    std::optional<bytecode::EventId> event;
    std::optional<bytecode::JourneyId> handed_to;
    std::string_view row;  // of the event's fields, or of the journey's parameters
    bool silent = false;   // handed over by an instance that runs silently
    TimestampMs now = 0;
    TimestampMs commit = 0;
  };
  // An event with the clocks of the reaction that hears it.
  struct Arrival {
    vm::EventView event;
    TimestampMs at = 0;  // t_event
    TimestampMs now = 0;
    TimestampMs commit = 0;
  };
  // What starts an instance: an event, a handoff, or neither (a segment was joined, a schedule came round).
  struct Cause {
    const vm::EventView* event = nullptr;
    TimestampMs at = 0;  // t_event, or now
    const DerivedInput* handoff = nullptr;
  };
  // What changed: one attribute, or the attributes and consents of one entry.
  struct Changes {
    std::span<const bytecode::AttributeId> attributes;
    bool consents = false;
  };

  // reaction.cpp: the frame of every reaction, and running code
  void begin(uint32_t customer, uint64_t position, TimestampMs now, TimestampMs commit);
  void finish();
  // A reaction of the customer's timers: after the last entry, and after what earlier timers have led to.
  void begin_timers(uint32_t customer, TimestampMs log_time);
  void begin_by_timers();
  // What a step that begins in a reaction of timers is after.
  InputId after_timers() const;
  void drain_derived();
  // Of a consequence; too many of them end the running instance.
  bool may_derive();
  InputId next_input_id();
  void schedule(TimestampMs release);
  TimestampMs earliest_release_before();
  void note_releases();
  void derive(const DerivedInput& input) { derived_.push_back(input); }
  void set_clocks(TimestampMs now, TimestampMs commit) {
    now_ = now;
    commit_ = commit;
  }
  const bytecode::Journey& journey_of(const InstanceState& instance) const { return core_.program.journey(instance.journey); }
  const JourneyListening& hearing_of(const InstanceState& instance) const {
    return core_.listening.journeys[static_cast<size_t>(instance.journey)];
  }
  // Registers of the instance's waiting point, loaded into the machine. False: the frame does not fit, which ends the instance.
  bool load(InstanceState& instance);
  // Runs from the waiting point; nullopt when the code declined.
  vm::Outcome attempt(InstanceState& instance, const bytecode::Entry& entry, const vm::EventView* event);
  bool predicate(InstanceState& instance, const bytecode::Entry& entry, const vm::EventView* event);
  // Goes on from an outcome until the instance waits without anything to do, or has ended.
  void proceed(InstanceState& instance, vm::Outcome outcome);
  bool resume(InstanceState& instance, const bytecode::Entry& entry, const vm::EventView* event);
  vm::Outcome arm(InstanceState& instance);
  vm::Outcome rearm(InstanceState& instance);
  // What the point's specification gives from its anchor; nullopt = the code faulted.
  std::optional<TimestampMs> deadline_of(InstanceState& instance);
  void end(InstanceState& instance, std::string_view exit);
  void fault(InstanceState& instance);
  ZoneId zone_id() {
    if (!zone_) zone_ = computed_zone();
    return *zone_;
  }
  ZoneId computed_zone();
  // at + span > now, with zone and calendar consulted only when the answer is close.
  bool within(TimestampMs at, const bytecode::Span& span, TimestampMs now);

  // inputs.cpp
  void hear_emitted(const DerivedInput& input);
  void spread(const EventListening& heard, const Arrival& arrival);
  static TimestampMs not_before_own_time(const InstanceState& instance, TimestampMs now);
  bool is_late(const Entry& entry, bytecode::EventId event);
  void hear_event(const EventListening& heard, InstanceState& instance, const Arrival& arrival);
  void offer_to_arms(InstanceState& instance, const Arrival& arrival);
  void hear_receipt(InstanceState& instance, const Entry& entry, const ReceiptBody& body);
  const bytecode::AwaitArm* receipt_arm(InstanceState& instance, const ReceiptBody& body, TimestampMs at);
  void hear_changes_at_own_time(InstanceState& instance, const Changes& changes, TimestampMs now, TimestampMs commit);
  void hear_changes(InstanceState& instance, const Changes& changes);
  void hear_changes_at(InstanceState& instance, const Changes& changes, uint32_t asked);
  void offer_receipt(InstanceState& instance, const Entry& entry, const ReceiptBody& body);
  bool change_attribute(bytecode::AttributeId id, const Value& value);
  void changed(const Changes& changes);
  // Interrupts, outermost first: none of them asks for the deadline.
  bool event_interrupt(InstanceState& instance, const vm::EventView& event);
  // The first of the point's arms from `first` to before `end` that takes the event.
  bool offer(InstanceState& instance, uint32_t first, uint32_t end, const vm::EventView& event);
  // But for the first `asked` ones.
  vm::Outcome state_interrupt(InstanceState& instance, uint32_t asked = 0);
  void test_when(InstanceState& instance);
  vm::Outcome when_outcome(InstanceState& instance);
  // The first of the arms whose state there is.
  vm::Outcome first_when(InstanceState& instance, std::span<const bytecode::AwaitArm> arms);
  // A point's interrupts come first among its arms, outermost first.
  static std::span<const bytecode::AwaitArm> interrupt_arms(const InstanceState& instance) {
    return std::span(instance.at->what->arms).first(instance.at->interrupts);
  }
  static std::span<const bytecode::AwaitArm> await_arms(const InstanceState& instance) {
    return std::span(instance.at->what->arms).subspan(instance.at->interrupts);
  }

  // forks.cpp
  // Calls `visit` with the selected strand of an instance, or with each of its strands selected, in the order of the text. Those that
  // begin meanwhile are left out. `visit` is given how many of its interrupts have been asked by then.
  template <typename Visit>
  void each_branch(InstanceState& instance, const Visit& visit) {
    if (!instance.is_forked()) [[likely]]
      return visit(0);
    const size_t depth = branch_turns_.size();
    const size_t count = branch_turns(instance).size();
    for (size_t i = 0; i < count; ++i) {
      const BranchTurn turn = branch_turns_[depth][i];
      if (select_turn(instance, turn)) visit(turn.asked);
    }
    branch_turns_.pop_back();
  }
  const std::vector<BranchTurn>& branch_turns(InstanceState& instance);
  static bool select_turn(InstanceState& instance, const BranchTurn& turn);
  void fork(InstanceState& instance, uint16_t number);
  vm::Outcome begin_branch(InstanceState& instance);
  vm::Outcome end_branch(InstanceState& instance, uint16_t number);
  vm::Outcome run_from(InstanceState& instance, bytecode::LayoutId layout, const bytecode::Entry& entry);
  static std::optional<bytecode::ForkPlace> branch_of(const bytecode::Journey& journey, std::optional<bytecode::ForkPlace> place,
                                                      bytecode::ForkId fork);
  void spend(InstanceState& instance, bytecode::ForkId fork);
  void drop_selected(InstanceState& instance);
  void settle_strands(InstanceState& instance);
  void leave_branches(InstanceState& instance, const std::optional<bytecode::ForkPlace>& place);
  void begin_input(InstanceState& instance);
  static bool has_unused(const InstanceState& instance);
  void hear_event_in_branches(InstanceState& instance, const Arrival& arrival);
  void offer_in_branches(InstanceState& instance, const Arrival& arrival);
  TimestampMs due_in_branches(const InstanceState& instance) const;
  TimestampMs release_in_branches(const InstanceState& instance) const;
  static TimestampMs lifetime_release(const InstanceState& instance);
  void fire_branches(InstanceState& instance, const TimerRule& rule);
  static void select_due(InstanceState& instance, TimestampMs deadline);

  // exits.cpp
  bool event_exit(InstanceState& instance, const vm::EventView& event);
  bool state_exit(InstanceState& instance);
  std::string_view state_exit_at_entry(InstanceState& instance);

  // entries.cpp
  void enter_journeys(const EventListening& heard, const Arrival& arrival);
  void enter_by_handoff(const DerivedInput& input);
  void enter_standing(StandingNumber number);
  void enter(std::span<const JourneyEntries> entries, const Cause& cause);
  void enter_one(const JourneyEntries& entries, const Cause& cause);
  // Whether leaving out what the index leaves out makes no difference.
  bool may_use(const EntryIndex& index);
  bool try_entry(const bytecode::Journey& journey, bytecode::JourneyId id, uint16_t index, const Cause& cause);
  // Instances of the journey that go on; 0 while it cannot matter yet.
  size_t running_in(bytecode::JourneyId journey);
  bool entry_holds(const bytecode::Journey& journey, const bytecode::JourneyEntry& entry, const vm::EventView* event);
  bool has_all(std::span<const bytecode::AttributeId> attributes);
  // Makes the registers of the journey's body current; a handoff has put its parameters there.
  void begin_body(const bytecode::Journey& journey, const Cause& cause);
  std::string_view entry_key(const bytecode::Journey& journey, bytecode::JourneyId id, uint16_t index, const Cause& cause, bool& ok);
  void start(const bytecode::Journey& journey, bytecode::JourneyId id, const bytecode::JourneyEntry& how, std::string_view key,
             const Cause& cause);
  InstanceId next_instance_id();

  // effects.cpp
  bool takes_part(bytecode::ExperimentId id);

  // holdouts.cpp
  bool is_held_out(const InstanceState& instance, bytecode::HoldoutId id);
  bool runs_silently(const bytecode::Journey& journey, const InstanceState& instance);
  // Whether what the running code does reaches nobody: the one place to ask.
  bool is_silent() const { return running_ != nullptr && running_->silent; }

  // look_back.cpp
  void keep(const KeepRule& rule, const KeptInput& input);
  bool is_in_any(const IdSet& journeys);
  void drop_stale_kept();
  vm::Outcome look_back(InstanceState& instance);
  bool reaches(InstanceState& instance, const bytecode::AwaitArm& arm, const KeptInput& input);
  void take(InstanceState& instance, const InputId& input);
  static bool led_to(const InstanceState& instance, const InputId& input);
  void take_what_led_to(InstanceState& instance);

  // history.cpp
  void record_history(std::span<const bytecode::HistoryId> queries, const Arrival& arrival);
  void forget_oldest(std::vector<HistoryItem>& items, const bytecode::HistoryQuery& query);
  bool is_in_window(const bytecode::HistoryQuery& query, const HistoryItem& item);

  // segments.cpp
  void note_expiry(const bytecode::Span& window, std::span<const HistoryItem> items);
  void mark(const StandingNumbers& numbers);
  void mark_attribute(bytecode::AttributeId attribute);
  void reconsider();
  void follow_segment(StandingNumber number, bool due);
  void let_in(StandingNumber number, const NextRelease& next_release);
  void set_schedule(StandingNumber number);
  TimestampMs occurrence_after(const bytecode::Schedule& schedule, TimestampMs after);
  const bytecode::Schedule& schedule_of(StandingNumber number) const;
  TimestampMs release_of(const StandingState& state) const;
  template <typename IsDue, typename SetClocks>
  bool fire_standing(const IsDue& is_due, const SetClocks& set_clocks_for);
  bool fire_standing_released(TimestampMs release, Clocks clocks, TimestampMs log_time);
  bool fire_standing_until(TimestampMs until);
  bool fire_earliest_held(const StandingNumbers& numbers, TimestampMs before, TimestampMs log_time);
  void fire_standing_held(const StandingNumbers& numbers, TimestampMs before, TimestampMs log_time);
  void fire_schedule(StandingNumber number);
  TimestampMs earliest_standing(bool by_release);
  void hear_membership(const DerivedInput& input);

  // goals.cpp
  void convert_goals(const Arrival& arrival);
  bool converts(const Watch& watch, const bytecode::Goal& goal, const Arrival& arrival);
  void watch_send(const InstanceState& instance);
  void drop_watch(const InstanceId& instance);
  void drop_closed_watches();
  bool is_closed(const Watch& watch, const bytecode::Goal& goal, bool running);

  // sends.cpp
  bool is_reachable(bytecode::ChannelId channel);
  bool has_consent(const ViaPlan& via);
  Verdict gate(const bytecode::SendSite& site, const SitePlan& plan, TimestampMs reached_at);

  // calls.cpp
  // Nobody outside is to be asked for the instance: it goes on as if its calls gave their shadow values.
  bool answers_itself(const InstanceState& instance) const;
  SendKey call_key(const InstanceState& instance, const bytecode::CallSite& site, std::span<const Value> registers);
  void hear_answer(InstanceState& instance, const Entry& entry, const AnswerBody& body);
  const bytecode::AwaitArm* answer_arm(InstanceState& instance, const AnswerBody& body);
  vm::Outcome answer_itself(InstanceState& instance);
  vm::Outcome take_answer(InstanceState& instance, const bytecode::AwaitArm& arm, std::string_view value);

  // policies.cpp
  void ask_policy(const bytecode::SendSite& site, const PolicyPlan& plan, TimestampMs reached_at, Verdict& verdict);
  template <typename Passes>
  void follow(const std::vector<bytecode::DenialStep>& steps, const bytecode::SendSite& site, const PolicyPlan& plan,
              TimestampMs reached_at, TimestampMs until, Suppression reason, const Passes& passes, Verdict& verdict);
  std::optional<TimestampMs> quiet_until(const PolicyPlan& plan, bytecode::ChannelId channel);
  std::optional<TimestampMs> capped_until(const PolicyPlan& plan, bytecode::ChannelId channel);
  std::optional<TimestampMs> full_until(const bytecode::Cap& cap);
  std::span<const ZoneId> candidate_zones();
  void reserve(bytecode::ChannelId channel, std::string_view key);
  void give_back(std::string_view key);

  // timers.cpp
  TimestampMs due(const InstanceState& instance) const {
    if (instance.is_forked()) [[unlikely]]
      return due_in_branches(instance);
    return std::min(instance.deadline, instance.lifetime_end);
  }
  TimestampMs release_of(const InstanceState& instance) const {
    if (instance.is_forked()) [[unlikely]]
      return release_in_branches(instance);
    return add_or_never(due(instance), instance.at->grace_ms);
  }
  TimestampMs earliest_now();
  void fire(InstanceState& instance, TimestampMs now, TimestampMs commit);
  bool fire_held(InstanceState& instance, TimestampMs before, TimestampMs log_time);

  // identity_changes.cpp
  void forget(uint32_t customer, const IdentityState& identity);

  // merge.cpp: each takes in what the other state has of one kind
  void hear_merge();
  void merge_attributes(CustomerState& other);
  void merge_consents(CustomerState& other);
  void merge_assignments(CustomerState& other);
  void merge_holdouts(CustomerState& other);
  void merge_past(CustomerState& other);
  void merge_history(CustomerState& other);
  void merge_unheard(CustomerState& other);
  std::vector<InputId> past_of(CustomerState& state) const;
  void merge_instances(CustomerState& other);
  InstanceState* rival_of(const InstanceState& instance);

  std::string_view customer_id();

  EngineCore& core_;
  CommandSink* sink_ = nullptr;
  vm::Machine machine_;
  vm::Machine address_machine_;  // runs inside a `send` of machine_
  vm::Machine segment_machine_;  // runs inside either of machine_ or none
  vm::Machine zone_machine_;     // runs inside any of them
  CustomerState state_;
  std::unique_ptr<CustomerState> other_state_;  // of the customer being merged; made when there is the first
  SendKeys send_keys_;
  const SendPlan send_plan_;
  bool zone_is_list_ = false;
  std::optional<bytecode::AttributeId> id_attribute_;

  uint32_t customer_ = 0;
  InputId input_;
  InputId first_by_timers_;  // the first that this reaction of timers may emit or start
  TimestampMs log_time_ = 0;
  TimestampMs now_ = 0;
  TimestampMs commit_ = 0;
  std::optional<ZoneId> zone_;           // of the customer, once it was asked for
  std::optional<ZoneId> constant_zone_;  // where the program gives every customer the same
  InstanceState* running_ = nullptr;
  bool ran_ = false;
  uint32_t resumptions_ = 0;
  uint32_t derived_count_ = 0;
  uint32_t next_number_ = 0;     // of an instance that starts, of an event that is emitted
  bool derived_too_much_ = false;  // the running instance has to end with `fault`
  bool by_timer_ = false;        // no entry of this customer's is being reacted to
  bool silent_ = false;          // joining and leaving is noted, but not heard (no matter of holdouts)
  bool watches_change_ = false;  // a tracked segment is being asked, and when its answer can change
  TimestampMs next_change_ = k_never;
  TimestampMs standing_before_ = k_never;  // earliest release of segments and schedules when the reaction began
  StandingNumbers marked_;
  std::vector<StandingState> due_;
  std::vector<DerivedInput> derived_;
  std::vector<SendKey> sent_keys_;  // of the run going on; never more than its code has sends, so it does not move
  std::vector<uint64_t> rounds_;
  // A send that is asked about again: when control reached it.
  std::optional<TimestampMs> resumed_reached_at_;
  // The send at which the code has just suspended: when control reached it, and when it is asked about again.
  struct {
    TimestampMs reached_at = 0;
    TimestampMs until = 0;
  } delayed_;
  std::deque<std::vector<BranchTurn>> branch_turns_;  // of the instance being gone through; one on the other where that is nested
  uint64_t strand_serial_ = uint64_t{1} << 32;  // those of packed strands are small
  bool releases_noted_ = false;                 // `standing_before_` is of the instances too
  const InstanceState* hears_ = nullptr;   // whose branches are being offered an event
  std::vector<bytecode::ForkId> used_in_;  // its forks with an ended branch that had used the event
  // The answer that the engine gives to the call that has just been made.
  bool answer_succeeds_ = false;
  std::string answer_value_;
  const DurationMs ledger_window_ms_;
  std::vector<uint32_t> candidate_entries_;  // scratch
  std::vector<ZoneId> candidate_zones_;     // scratch
  std::vector<TimestampMs> counted_;        // scratch
  std::vector<QuietPeriod> quiet_hours_;  // scratch
  std::vector<AttributeChange> attribute_changes_;
  std::vector<ConsentChange> consent_changes_;
  std::vector<bytecode::AttributeId> changed_attributes_;
  std::vector<bytecode::AttributeId> changed_for_inherited_;  // by a merge
  std::vector<InstanceId> inherited_;                         // by a merge; ascending
  std::vector<Value> attribute_defaults_;  // by attribute; what an unset one reads as
  std::string list_;                       // scratch
  std::string list_rows_;                  // scratch
  std::string scratch_;
  std::string packed_;
};

}  // namespace wend::engine
