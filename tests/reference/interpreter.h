#pragma once

// The reference interpreter: what language.md (section 5) and settled.md say, written down as directly as possible. It walks the
// syntax tree, keeps everything, and shares nothing with the engine but the parsed program and the decimal numbers.

#include <deque>
#include <functional>
#include <memory>

#include "tests/reference/answers.h"
#include "tests/reference/evaluator.h"
#include "tests/reference/slots.h"

namespace wend::reference {

/// The two clocks of a reaction.
struct Moment {
  Instant now;
  Instant commit;
};

/// A consequence of a reaction: an input of its own, reacted to before the next entry. Attributes were set; or a segment was joined or
/// left; or an event was emitted; or a journey was handed over to.
struct Change {
  std::set<std::string> attributes;
  Moment moment;  // of the reaction that it is a consequence of
  std::optional<std::size_t> segment = std::nullopt;
  bool joined = false;
  std::shared_ptr<HeardEvent> emitted = nullptr;
  const Journey* handed_to = nullptr;
  Names given = {};
  bool silent = false;  // the one that hands over is
};

/// A segment that is followed, or the schedule of an entry. Their numbers are their order: segments, those whose members are let in when
/// the journeys are deployed, what was deployed later of both, schedules, those that were deployed later.
struct Follow {
  const syntax::SegmentDecl* segment = nullptr;  // of a schedule: only its members
  std::optional<std::size_t> members_of;         // of a schedule: the number of its segment
  bool existing = false;
  const syntax::EnterHeader* schedule = nullptr;
  Reads reads;
  std::int64_t grace_ms = 0;
};

/// A rule of the policy denies, until then; never ends when there is no instant.
struct Denial {
  std::optional<Instant> until;
};

/// What becomes of a message at commit.
struct Ruling {
  std::optional<std::string> channel;
  std::string reason;  // without a channel
  std::optional<Instant> delayed_until;
};

class Interpreter {
 public:
  /// `earlier`: the experiments as they were when they were locked.
  /// `added`: journeys and segments that an input deploys.
  Interpreter(const syntax::File& file, const std::vector<std::unique_ptr<syntax::File>>& earlier, std::vector<ClosedDays> closed_days,
              const std::vector<std::string>& added, RunOptions options);

  /// Positions are those of the inputs in the history.
  void react(const Input& input);
  /// Timers due at or before the last input's time fire.
  Outcome finish();

 private:
  // interpreter.cpp: inputs and time
  Customer& customer(const std::string& id);
  void react_for_somebody(const Input& input, const Moment& moment);
  void react_to(Customer& customer, const Input& input, const EventInput& event);
  void react_to(Customer& customer, const Input& input, const TraitsInput& traits);
  /// `sent_to`: the id that it was sent under, or asked under.
  void react_to(Customer& customer, const Input& input, const ReceiptInput& receipt, const Customer& sent_to);
  void react_to(Customer& customer, const Input& input, const AnswerInput& answer, const Customer& asked_of);
  void fire_all_timers(Instant until);
  void finish_reaction(Customer& customer, const Moment& moment);
  bool change_attribute(Customer& customer, const std::string& name, const Value& value) const;
  bool is_duplicate(const Input& input, const EventInput& event);
  void fire_all_overdue(Instant at);
  void fire_together(Customer& customer, Instant release, const Moment* overdue);
  void spread(Customer& customer, const std::shared_ptr<HeardEvent>& heard, const Moment& moment);
  void react_to_changes(Customer& customer);
  std::vector<Instance*> in_order(Customer& customer) const;
  void forget_ended(Customer& customer);

  // segments.cpp: segments, and entries by the calendar
  void follow_all();
  void follow_schedules(const Journey& journey);
  void deploy(const Moment& moment);
  void extend(const ExtendInput& input, const Moment& moment);
  void begin_to_follow(const std::set<std::size_t>& numbers, std::uint64_t release_per_hour, const Moment& moment);
  /// What the case adds is not there yet.
  bool is_deployed(const std::string& declared) const { return extended_ || !added_.contains(declared); }
  void mark_attributes(const std::set<std::string>& attributes);
  void mark_event(const Customer& customer, const HeardEvent& event);
  void reconsider(Customer& customer, const Moment& moment, bool silent);
  void follow_segment(Customer& customer, std::size_t number, bool due, const Moment& moment, bool silent);
  void set_schedule(Customer& customer, std::size_t number, const Moment& moment);
  std::optional<Instant> occurrence_after(Customer& customer, const Follow& follow, Instant after) const;
  std::optional<Instant> release_of(std::size_t number, const Standing& standing) const;
  void fire_standings(Customer& customer, const std::function<bool(std::size_t, const Standing&)>& is_due,
                      const std::function<Moment(const Standing&)>& moment_of);
  void change_segments_before(Customer& customer, const HeardEvent& event, const Moment& moment, bool heard_at_once);
  void enter_standing(Customer& customer, std::size_t number, const Moment& moment);

  // identity.cpp: erasure and merge
  std::string resolved(std::string id) const;
  void forget(const std::string& id, Instant at);
  void merge(const std::string& id, const std::string& other, const Moment& moment);
  std::set<std::string> differing_attributes(const Customer& one, const Customer& other) const;
  std::set<std::string> inherit(Customer& customer, Customer& other);
  void inherit_arms(Customer& customer, const Customer& other);
  void end_merged(Customer& customer, const std::vector<Instance*>& inherited, const Moment& moment);

  // entries.cpp: entries, exits, goals
  bool is_complete(const Customer& customer, const Journey& journey) const;
  bool is_held_out(Customer& customer, const Instance& instance, const std::string& holdout);
  void enter_by_handoff(Customer& customer, const Change& change);
  void number_emitted();
  void enter_all(Customer& customer, const HeardEventPtr& event, const Moment& moment);
  const syntax::EnterHeader* matching_entry(Customer& customer, const Journey& journey, const HeardEvent& event, const Moment& moment);
  void enter(Customer& customer, const Journey& journey, const syntax::EnterHeader& enter, const HeardEventPtr& event, const Moment& moment,
             const Names& names, bool silent = false);
  InstanceName next_name();
  bool takes(Customer& customer, const Instance* instance, const HeardEvent& event, const syntax::EventPattern& pattern,
             const HeardEventPtr& entry, const Names& names, const Moment& moment);
  bool leave_on_event(Customer& customer, Instance& instance, const HeardEvent& event, const Moment& moment);
  bool leave_on_state(Customer& customer, Instance& instance, const Moment& moment);
  void count_goals(Customer& customer, const HeardEvent& event, const Moment& moment);
  void end(Customer& customer, Instance& instance, const std::string& label, Instant at);

  // waits.cpp: waiting points
  void react_to_event(Customer& customer, Instance& instance, const HeardEventPtr& event, const Moment& moment);
  void react_to_change(Customer& customer, Instance& instance, const Change& change);
  void fire_held(Customer& customer, Instance& instance, Instant before, const Moment& moment);
  const syntax::AwaitArm* receipt_arm(const Instance& instance, const std::string& key, const std::string& receipt) const;
  void fire(Customer& customer, Instance& instance, const Moment& moment);
  Waiting begin_waiting(const Customer& customer, const Instance& instance, const std::string& name, Instant armed) const;
  /// `asked`: the frames whose interrupts have been asked about this input.
  bool interrupt_on_event(Customer& customer, Instance& instance, const HeardEventPtr& event, const Moment& moment,
                          std::set<std::uint64_t>& asked);
  bool interrupt_on_state(Customer& customer, Instance& instance, const Moment& moment, std::set<std::uint64_t>* asked = nullptr);
  void react_to_change_here(Customer& customer, Instance& instance, const Change& change, const Moment& moment,
                            std::set<std::uint64_t>& asked);
  void start_waiting(Customer& customer, Instance& instance, const syntax::WaitStmt& wait, const Moment& moment);
  void start_awaiting(Customer& customer, Instance& instance, const syntax::AwaitStmt& await, const Moment& moment);
  bool set_live_deadline(Customer& customer, Instance& instance, const syntax::WaitUntilInstant& until, const Moment& moment);
  bool take_arm(Customer& customer, Instance& instance, const HeardEventPtr& event, bool looks_back, const Moment& moment);
  bool look_back(Customer& customer, Instance& instance, const Moment& moment);
  bool is_in_look_back(const Customer& customer, const Instance& instance, const syntax::Lookback& lookback, const HeardEvent& event,
                       const Moment& moment);
  bool take_condition(Customer& customer, Instance& instance, const Moment& moment);
  void enter_block(Instance& instance, const syntax::Block& block, std::string path_part = "");

  // forks.cpp: several places at a time; `emit` and `hand off to`
  void each_strand(Instance& instance, const std::function<void()>& react);
  void fork(Customer& customer, Instance& instance, const syntax::ForkStmt& tree, const Moment& moment);
  static void finish_branch(Instance& instance);
  static void leave_frames(Instance& instance, std::size_t depth);
  void emit(Customer& customer, Instance& instance, const syntax::EmitStmt& emit, const Moment& moment);
  void hear_emitted(Customer& customer, const Change& change);
  void hand_off(Customer& customer, Instance& instance, const syntax::HandOffStmt& hand_off, const Moment& moment);

  // statements.cpp: control
  void run(Customer& customer, Instance& instance, const Moment& moment);
  void step_once(Customer& customer, Instance& instance, const Moment& moment);
  void finish_frame(Customer& customer, Instance& instance, const Moment& moment);
  void execute(Customer& customer, Instance& instance, const syntax::Stmt& statement, const Moment& moment);
  void assign(const std::string& id, const AssignInput& input, const Moment& moment);
  bool takes_part(const Customer& customer, const syntax::ExperimentDecl& experiment) const;
  void split(Customer& customer, Instance& instance, const syntax::SplitStmt& split, const Moment& moment);
  Names arguments_of(const std::vector<syntax::Parameter>& parameters, const syntax::ArgumentList* given, Evaluator asked,
                     const Customer& customer, const Moment& moment) const;
  Names arguments_of(const std::vector<syntax::Parameter>& parameters, const std::optional<syntax::ArgumentList>& given, Evaluator asked,
                     const Customer& customer, const Moment& moment) const {
    return arguments_of(parameters, given ? &*given : nullptr, std::move(asked), customer, moment);
  }
  Value as_attribute(const std::string& name, const Value& value) const;
  void run_flow(Customer& customer, Instance& instance, const syntax::RunStmt& run, const Moment& moment);

  // calls.cpp
  void call(Customer& customer, Instance& instance, const syntax::CallStmt& call, const Moment& moment);
  void ask(Customer& customer, Instance& instance, PendingCall pending, const Moment& moment);
  bool go_on(Customer& customer, Instance& instance, const PendingCall& pending, const GivenAnswer& answer, const Moment& moment);

  // sends.cpp
  void send(Customer& customer, Instance& instance, const syntax::SendStmt& send, const Moment& moment);
  void let_go(Customer& customer, Instance& instance, const PendingMessage& pending, const Moment& moment);
  Ruling gates(Customer& customer, const Instance& instance, const PendingMessage& pending, const Moment& moment);
  std::optional<std::string> why_not(Customer& customer, const syntax::SendStmt& send, const std::string& channel, const Moment& moment);
  /// `what`: the message or the action; `label`: what it is known by in the path.
  std::string send_key(const Instance& instance, const std::string& label, const std::string& what) const;
  std::string shown_arguments(const Customer& customer, const Instance& instance, const syntax::SendStmt& send, const Moment& moment) const;

  // policies.cpp
  void ask_policy(Customer& customer, const syntax::PolicyDecl& policy, const PendingMessage& message, const Moment& moment,
                  Ruling& ruling);
  std::optional<Denial> quiet(Customer& customer, const syntax::PolicyDecl& policy, const std::string& channel, const Moment& moment);
  std::optional<Denial> capped(Customer& customer, const syntax::PolicyDecl& policy, const std::string& channel, const Moment& moment);

  Evaluator evaluator(const Customer& customer, const Instance& instance, const Moment& moment) const;
  Zone zone(const Customer& customer) const;

  const Declarations all_;
  SlotBook slots_;
  RunOptions options_;
  std::vector<std::unique_ptr<Journey>> journeys_;
  std::map<std::string, std::unique_ptr<Customer>> customers_;
  std::map<std::string, Instant> last_seen_;  // customer id as it was written, event type and id → log time
  std::map<std::string, std::string> aliases_;
  std::set<std::string> erased_;
  std::deque<Change> changes_;  // of the reaction going on
  std::uint64_t position_ = 0;
  Instant log_time_;
  bool held_ = false;
  std::vector<Follow> follows_;
  std::set<std::size_t> marked_;
  bool deployed_ = false;
  const std::set<std::string> added_;
  bool extended_ = false;
  bool by_timer_ = false;
  std::uint64_t heard_ = 0;     // events, so far
  std::uint64_t reaction_ = 0;  // the one going on
  std::uint64_t frames_ = 0;    // entered so far
  int numbered_ = 0;            // what was started and emitted in the reaction going on
  int numbered_by_time_ = 0;    // by timers, since the last entry of the log
  Outcome outcome_;
};

}  // namespace wend::reference
