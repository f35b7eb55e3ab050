#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/sema/context.h"
#include "compiler/sema/expr_checker.h"
#include "compiler/sema/facts.h"
#include "compiler/sema/scope.h"
#include "compiler/sema/walk.h"

namespace wend::sema {

/// Labels of exits that the engine gives.
[[nodiscard]] bool is_reserved_label(const std::string& label);

/// Checks one journey. `flow_` always describes the point that control has reached; every statement moves it on.
class JourneyChecker {
 public:
  JourneyChecker(Context& context, const Symbol& symbol);
  void check();
  /// Checks a flow that no journey runs; what it would become is dropped.
  static void check_alone(Context& context, const Symbol& flow);

 private:
  struct OpenStep {
    StepId step{};
    std::string name;
    std::vector<Edge> leaves;
  };
  struct OpenLoop {
    LoopId loop{};
    std::vector<Edge> stops;
  };
  struct CheckedPattern {
    EventId event{};
    VariableId binding{};
    ExprPtr condition;  ///< `same` and `where`; null = every such event
    bool failed = false;
  };

  // journey_header.cpp
  void check_headers();
  void check_header(const syntax::Header& header);
  void check_entries(const std::vector<const syntax::Header*>& headers);
  /// From where the entry comes; reports and gives nothing when that cannot be.
  std::optional<Entry> entry_source(const syntax::Header& header);
  void bind_entries(const std::vector<const syntax::Header*>& headers);
  // journey_schedule.cpp
  std::optional<Join> join(const syntax::EnterOnJoin& source);
  std::optional<Schedule> schedule(const syntax::EnterEvery& source);
  std::optional<Schedule> schedule(const syntax::EnterEveryYear& source);
  std::optional<Schedule> schedule(const syntax::EnterAtMoment& source);
  bool set_rhythm(const syntax::DurationLiteral& period, Schedule& schedule);
  Edge check_entry(const syntax::Header& header, Entry& entry);
  void check_entry_arguments(const syntax::Header& header, Entry& entry, ExprChecker& exprs);
  void declare_parameters();
  void check_renames();
  void check_retired(const syntax::RetiredStep& syntax);  // renames.cpp
  void check_exit(const syntax::Header& header);
  void check_goal(const syntax::Header& header);
  void require_once(const char* clause, std::optional<Span>& seen, const syntax::Header& header);
  void refuse_since_entry(const ExprPtr& expr);
  std::uint32_t exit_label(const syntax::Name& name);

  // journey_event.cpp
  std::optional<EventId> require_event(const syntax::Name& name);
  VariableId event_variable(const syntax::EventPattern& pattern, EventId event);
  /// The scope holds the alias and the flow knows the binding while the condition is checked; then `learned` holds.
  ExprPtr event_condition(const syntax::EventPattern& pattern, EventId event, VariableId binding, Facts* learned, bool* failed);
  ExprPtr same_field(const syntax::Name& field, EventId event, VariableId binding, bool* failed);
  ExprPtr entry_field(const syntax::Name& field, types::Type* type);
  /// What exits, goals and live conditions may not read.
  bool check_reads(const ExprPtr& expr, std::initializer_list<ReadKind> allowed, const std::string& where, const std::string& allowed_text);

  // journey_statement.cpp
  std::vector<StmtPtr> statements(const std::vector<syntax::StmtPtr>& list);
  Block block(const syntax::Block& block);
  StmtPtr statement(const syntax::Stmt& stmt);
  StmtPtr make(const syntax::Stmt& stmt, StmtNode node) const;
  StmtPtr check_step(const syntax::Stmt& stmt);
  StmtPtr check_if(const syntax::Stmt& stmt);
  StmtPtr check_match(const syntax::Stmt& stmt);
  StmtPtr check_split(const syntax::Stmt& stmt);
  StmtPtr check_repeat(const syntax::Stmt& stmt);
  StmtPtr check_stop(const syntax::Stmt& stmt);
  StmtPtr check_leave(const syntax::Stmt& stmt);
  StmtPtr check_let(const syntax::Stmt& stmt);
  StmtPtr check_set(const syntax::Stmt& stmt);
  StmtPtr check_exit_statement(const syntax::Stmt& stmt);
  /// A step whose statements `body` checks.
  StmtPtr named_step(const syntax::Stmt& stmt, const syntax::Name& name, const std::function<Block()>& body);
  std::uint32_t label_index(const std::string& label);

  // journey_interrupt.cpp
  StmtPtr check_guarded(const syntax::Stmt& stmt);
  /// The statements of a step or block with what interrupts them; `body` checks them.
  GuardedStmt guarded(const std::vector<syntax::Interrupt>& interrupts, const std::function<Block()>& body);
  std::optional<Interrupt> check_interrupt(const syntax::Interrupt& interrupt);

  // journey_fork.cpp
  StmtPtr check_fork(const syntax::Stmt& stmt);

  // journey_flow.cpp
  StmtPtr check_run(const syntax::Stmt& stmt);
  /// The flow's parameters as names of `inner`, and the statements that give them their values.
  std::vector<StmtPtr> bind_arguments(const syntax::Stmt& stmt, const FlowUse& flow, Scope& inner);
  std::optional<EventId> event_parameter(const syntax::Parameter& parameter, std::size_t file);

  // journey_call.cpp
  StmtPtr check_call(const syntax::Stmt& stmt);
  void check_accepted(const syntax::CallStmt& call, const Action& action, const std::vector<ExprPtr>& arguments);

  // journey_send.cpp
  StmtPtr check_send(const syntax::Stmt& stmt);
  /// One value for each parameter of what the symbol declares, in `file`; `declared` has their defaults.
  std::vector<ExprPtr> given_arguments(const Symbol& symbol, const std::vector<Parameter>& parameters,
                                       const std::vector<syntax::Parameter>& declared, std::size_t file,
                                       const syntax::ArgumentList* arguments, const syntax::Name& callee, Span span);
  std::vector<ChannelId> via(const syntax::SendStmt& send, const Symbol& symbol);
  void check_channels(const syntax::SendStmt& send, MessageId message, const std::vector<ChannelId>& channels);
  void check_labels(const syntax::SendStmt& send, MessageId message, const std::vector<ExprPtr>& arguments,
                    const std::vector<ChannelId>& channels);
  /// E0524, when what is written to `sink` has a label that `sink` does not.
  void check_labels_kept(const Expr& value, types::Labels kept, const std::string& sink, Span declared);
  VariableId declare_delivery(const syntax::Name& label, MessageId message, const std::vector<ChannelId>& channels);

  // journey_handover.cpp
  StmtPtr check_emit(const syntax::Stmt& stmt);
  StmtPtr check_hand_off(const syntax::Stmt& stmt);
  std::vector<ExprPtr> handed_arguments(const syntax::Stmt& stmt, const Symbol& target);
  void check_handoff_entry(const syntax::Header& header, const Entry& entry);
  void check_holdout_header(const syntax::HoldoutHeader& header);
  /// The line because of which it may: who is held out here, or in the journey that hands over.
  [[nodiscard]] std::optional<Span> may_run_silently() const;

  // journey_policy.cpp
  void check_policy_header(const syntax::PolicyHeader& header);
  /// The steps after a denial, the channels they add to those of `via`, and whether they may delay the message.
  void check_denials(const syntax::SendStmt& send, SendStmt& result, std::vector<ChannelId>& channels);
  void require_policy(const syntax::SendStmt& send, const Message& message);
  /// Where the journey may have to wait, of what has been checked: a message that its policy may delay waits as well.
  std::size_t stops_so_far() const { return points_.size() + delayable_sends_; }
  void collect_policy_reads(std::set<AttributeId>& reads) const;

  // journey_wait.cpp
  StmtPtr check_wait(const syntax::Stmt& stmt);
  std::optional<WaitFor> wait_for(const syntax::WaitFor& wait);
  std::optional<WaitUntilNext> wait_until_next(const syntax::WaitUntilNext& wait);
  /// journey_calendar.cpp: `using …`; false when it was wrong.
  bool use_calendar(const std::optional<syntax::Name>& calendar, const syntax::DurationLiteral& duration, WaitFor& wait);
  bool use_calendar(const std::optional<syntax::Name>& calendar, const syntax::Name& day, WaitUntilNext& wait);
  std::optional<WaitUntilInstant> wait_until_instant(const syntax::Stmt& stmt, const syntax::WaitUntilInstant& wait, bool is_damaged);
  void check_handlers(const syntax::WaitUntilInstant& wait, const Expr& instant);
  TimeOfDaySeconds at_time(const syntax::AtTime& at);
  /// The zone after `in`; null = the customer's.
  ExprPtr at_zone(const syntax::AtTime& at);
  StmtPtr check_await(const syntax::Stmt& stmt);
  void check_timeouts(const syntax::Stmt& stmt, const syntax::AwaitStmt& await);
  std::optional<AwaitArm> check_arm(const syntax::AwaitArm& arm);
  /// A state that is waited for; false, with a diagnostic, when it reads what comes and goes. `where` names the place.
  bool check_when(const syntax::Expr& condition, const std::string& where, WhenArm& arm);
  bool check_signals(const std::vector<syntax::Signal>& signals, SignalArm& arm);
  /// `shared` is the binding of an earlier signal of the same arm.
  std::optional<EventSignal> event_signal(const syntax::EventPattern& pattern, const std::optional<syntax::Lookback>& lookback, Span span,
                                          std::optional<VariableId> shared = {});
  std::optional<ReceiptSignal> receipt_signal(const syntax::ReceiptSignal& signal, Span span);
  std::optional<LookBack> look_back(const std::optional<syntax::Lookback>& look_back);

  // names and paths
  VariableId declare(const syntax::Name& name, VariableInfo info);
  [[nodiscard]] std::string qualified(const std::string& name);
  void count_name(Span span);
  void enter_place(const std::string& name);
  void leave_place() { path_.pop_back(); }
  void add_labelled_place(const std::optional<syntax::Name>& label);
  [[nodiscard]] std::string prefix() const;
  [[nodiscard]] std::string with_prefix(const std::string& last) const;
  std::string waiting_point(const std::string& kind, const std::optional<syntax::Name>& label, Span span);
  ExprChecker exprs() { return {context_, file_, scope_, flow_}; }

  Context& context_;
  const Symbol& symbol_;
  const syntax::JourneyDecl& syntax_;
  std::size_t file_;
  Journey journey_;
  Scope scope_;
  Flow flow_;
  /// What is known of the entry event whenever exits and goals are asked.
  Flow entered_;
  std::map<std::string, VariableId> captured_;
  std::set<std::string> qualified_names_;
  std::vector<std::string> path_;
  std::vector<OpenStep> steps_;
  std::vector<OpenLoop> loops_;
  /// Flows being expanded, outermost first, and where the innermost one's own steps and loops begin.
  std::vector<std::uint32_t> running_flows_;
  std::size_t first_step_ = 0;
  std::size_t first_loop_ = 0;
  std::size_t first_declared_step_ = 0;
  std::uint32_t loop_count_ = 0;
  std::map<std::string, Span> step_paths_;
  std::vector<std::pair<std::string, const std::vector<syntax::Name>*>> renamed_steps_;  ///< path, and what it was
  std::map<std::string, Span> points_;
  std::size_t delayable_sends_ = 0;
  std::map<std::string, Span> sends_;
  std::map<HoldoutId, Span> holdouts_;
  bool unreachable_reported_ = false;
  bool policy_missed_ = false;
  std::size_t name_count_ = 0;
  /// Too large: the rest is not looked at.
  bool gave_up_ = false;
};

}  // namespace wend::sema
