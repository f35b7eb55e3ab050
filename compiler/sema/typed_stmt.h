#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/sema/typed_expr.h"

// Typed statements. Blocks are executed in order; a statement after which nothing is reached is the last one of its block
// (the checker reports the rest and drops it).

namespace wend::sema {

/// Elapsed or calendar.
using TimeSpan = bytecode::Span;

struct Stmt;
using StmtPtr = std::unique_ptr<Stmt>;

struct Block {
  std::vector<StmtPtr> statements;
  Span span;
};

struct StepStmt {
  StepId step{};
  Block body;
};

/// One step of `when quiet …` or `when capped …`.
struct DenialStep {
  bytecode::DenialAction action = bytecode::DenialAction::skip;
  TimeSpan delay_max;     ///< delay
  ChannelId divert_to{};  ///< divert
  Span span;
};
using DenialSteps = std::vector<DenialStep>;

struct SendStmt {
  MessageId message{};
  std::vector<ExprPtr> arguments;  ///< one per parameter, in their order; defaults are filled in
  std::vector<ChannelId> via;      ///< tried in order; without `via` in the source: the message's bodies in text order
  std::optional<TimeSpan> within;
  DenialSteps when_quiet;  ///< empty = the policy's
  DenialSteps when_capped;
  bool may_be_delayed = false;         ///< by its own steps or the policy's
  std::optional<VariableId> delivery;  ///< `as nudge`: Delivery?, absent when nothing was sent
  std::optional<Block> or_else;
  std::string path;  ///< "nudge.first_touch/nudge", else "nudge.first_touch/CartReminder"
};

/// Asks the outside for the effect of an action, and waits for the answer.
struct CallStmt {
  ActionId action{};
  std::vector<ExprPtr> arguments;  ///< one per parameter, in their order; defaults are filled in
  std::optional<VariableId> result;    ///< `as code`: assigned when the call has succeeded
  std::int64_t retries = 0;            ///< after the first attempt
  std::optional<TimeSpan> retry_every;  ///< absent = at once
  std::optional<Block> or_else;
  std::string path;  ///< "settle/code", else "settle/IssueCode"
};

/// A Duration, or a Period with an optional wall clock.
struct WaitFor {
  TimeSpan span;
  std::optional<TimeOfDaySeconds> at;  ///< only with a Period
  ExprPtr zone;                        ///< whose wall clock `at` means; null = the customer's
  std::int32_t business_days = 0;      ///< after the Period; only with a calendar
  std::optional<CalendarId> calendar;  ///< the day it comes to is open; only with a Period
};
/// The first such local instant strictly after now. Bit 0 of the mask is Monday; `next day` and `until at` have all seven.
struct WaitUntilNext {
  std::uint8_t weekday_mask = 0x7f;
  TimeOfDaySeconds at = 0;
  ExprPtr zone;  ///< as in WaitFor
  std::optional<CalendarId> calendar;  ///< days that are open in it
};
struct WaitUntilInstant {
  ExprPtr instant;                     ///< Instant or Instant?
  std::optional<TimeOfDaySeconds> at;  ///< that local date at this wall clock
  ExprPtr zone;                        ///< as in WaitFor
  Block if_past;                       ///< `continue` is an empty block
  std::optional<Block> if_absent;      ///< there exactly when `instant` is optional
  std::vector<AttributeId> live;       ///< attributes `instant` reads, sorted: a change of one re-arms; empty = frozen
};
struct WaitStmt {
  std::variant<WaitFor, WaitUntilNext, WaitUntilInstant> spec;
  std::string path;  ///< "trial_ended/thinking_it_over", "settle/wait"
};

struct LookBack {
  bytecode::LookBack kind = bytecode::LookBack::none;
  StepId step{};         ///< since_step
  TimeSpan ago;          ///< since_ago
  bool written = false;  ///< the source says which, if only `from now`
};
struct EventSignal {
  EventId event{};
  VariableId binding{};  ///< bound even when the source gives no name
  ExprPtr where;         ///< null = every such event; `same` fields are comparisons in it
  LookBack look_back;
  Span span;
};
struct ReceiptSignal {
  VariableId delivery{};
  std::string receipt;
  Span span;
};
/// The body may read an event only when all signals are that event with one binding.
struct SignalArm {
  std::vector<std::variant<EventSignal, ReceiptSignal>> signals;

  [[nodiscard]] const EventSignal* common_event() const {
    const auto* first = std::get_if<EventSignal>(&signals.front());
    for (const auto& signal : signals) {
      const auto* event = std::get_if<EventSignal>(&signal);
      if (event == nullptr || event->binding != first->binding) return nullptr;
    }
    return first;
  }
};
struct WhenArm {
  ExprPtr condition;
};
struct TimeoutArm {};
struct AwaitArm {
  std::variant<SignalArm, WhenArm, TimeoutArm> trigger;
  Block body;
  Span span;
};
/// With `up_to` exactly one arm is a TimeoutArm, else none.
struct AwaitStmt {
  std::optional<TimeSpan> up_to;
  std::vector<AwaitArm> arms;  ///< in text order
  std::string path;
};

/// Preempts a block wherever the instance waits in it. An event has no look-back; a state is asked when a wait begins and at every
/// change.
struct Interrupt {
  std::variant<EventSignal, WhenArm> trigger;
  Block body;  ///< goes on behind the block
  Span span;
};
/// `do { … } interrupted …`, and what stands in a step with interrupts.
struct GuardedStmt {
  Block body;
  std::vector<Interrupt> interrupts;  ///< in text order
};

struct IfBranch {
  ExprPtr condition;
  Block body;
};
struct IfStmt {
  std::vector<IfBranch> branches;
  std::optional<Block> otherwise;
};

struct MatchArm {
  std::vector<Pattern> patterns;
  Block body;
};
/// As MatchExpr.
struct MatchStmt {
  ExprPtr subject;
  std::vector<MatchArm> arms;
};

struct SplitArm {
  std::uint32_t arm = 0;  ///< of the experiment
  Block body;
};
/// Covers every arm of the experiment exactly once, in the source's order.
struct SplitStmt {
  ExperimentId experiment{};
  std::vector<SplitArm> arms;
};

struct ForkBranch {
  std::string name;
  Block body;
  Span span;
};
/// `parallel` ends when all branches have, `race` when the first has. A branch is a scope: what it assigns ends with it.
struct ForkStmt {
  bytecode::ForkKind kind{};
  std::vector<ForkBranch> branches;  ///< in text order
  std::string path;                  ///< "settle/parallel"
};

/// At least one of the two bounds is there. `every` spaces the starts of rounds.
struct RepeatStmt {
  LoopId loop{};
  std::optional<std::int64_t> up_to_times;
  std::optional<TimeSpan> every;
  VariableId round{};  ///< Int, from 1
  Block body;
  std::string path;  ///< of the point where a round waits for `every`
};
struct StopRepeatingStmt {
  LoopId loop{};
};
/// To the end of an enclosing step.
struct LeaveStmt {
  StepId step{};
};

struct LetStmt {
  VariableId variable{};
  ExprPtr value;
};
struct SetStmt {
  AttributeId attribute{};
  ExprPtr value;  ///< of the attribute's type; Absent clears it
};
struct ExitStmt {
  std::uint32_t label = 0;  ///< Journey::labels
};
struct EmitStmt {
  EventId event{};
  std::vector<ExprPtr> fields;  ///< one per field of the event, in their order; Absent where an optional one is left out
};
/// Ends the instance; the other journey starts with these parameters.
struct HandOffStmt {
  JourneyId journey{};
  std::vector<ExprPtr> arguments;  ///< one per parameter of the journey, in their order; defaults are filled in
  std::uint32_t label = 0;         ///< Journey::labels: `handed_off`
};

using StmtNode = std::variant<StepStmt, SendStmt, CallStmt, WaitStmt, AwaitStmt, GuardedStmt, IfStmt, MatchStmt, SplitStmt, ForkStmt, RepeatStmt,
                              StopRepeatingStmt, LeaveStmt, LetStmt, SetStmt, ExitStmt, EmitStmt, HandOffStmt>;

struct Stmt {
  Span span;
  Span keyword;
  std::optional<StepId> step;  ///< the innermost enclosing step; of a StepStmt: its parent
  StmtNode node;

  template <typename Node>
  [[nodiscard]] const Node* get_if() const {
    return std::get_if<Node>(&node);
  }
  template <typename Node>
  [[nodiscard]] const Node& as() const {
    return std::get<Node>(node);
  }
};

}  // namespace wend::sema
