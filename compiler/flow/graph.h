#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/sema/model.h"

// The flow graph of a journey: what happens in which order, where it waits, and what it must remember there.
//
// * Blocks hold operations and end in exactly one terminator; within a reaction control flows from block to block.
// * A waiting point is where a reaction ends. What wakes the instance there says at which block it goes on.
// * Slots are the named values of an instance. Which of them a waiting point keeps is computed on this graph, before code is
//   generated, so that the names and types people's state is stored under never depend on optimisation.
// * The graph points into the model it was made of and must not outlive it.

namespace wend::flow {

using source::Span;

enum class BlockId : std::uint32_t {};
enum class SlotId : std::uint32_t {};
enum class PointId : std::uint32_t {};
enum class SiteId : std::uint32_t {};
enum class ForkId : std::uint32_t {};
enum class CallId : std::uint32_t {};

/// A field of an event that is kept after the reaction in which the event came.
struct EventFieldOrigin {
  sema::VariableId binding{};
  std::uint32_t field = 0;
};
struct VariableOrigin {
  sema::VariableId variable{};
};
/// What the compiler itself remembers: where a wait began, when a round began.
struct HiddenOrigin {};

struct Slot {
  std::string name;  ///< qualified: "cart.total", "nudge.sent", "@anchor"
  types::Type type;
  std::variant<VariableOrigin, EventFieldOrigin, HiddenOrigin> origin;
};

// ── operations ───────────────────────────────────────────────────────────────────────────────────────────────────

struct Assign {
  SlotId target{};
  const sema::Expr* value = nullptr;
};
/// Takes the fields that are needed later out of the event being reacted to.
struct BindEvent {
  sema::VariableId binding{};
  sema::EventId event{};
  std::vector<SlotId> fields;  ///< by liveness: those of its slots that anything reads afterwards
};
/// One field of the event being reacted to, under a name of its own.
struct CaptureField {
  SlotId target{};
  sema::EventId event{};
  std::uint32_t field = 0;
};
/// The predicates of the goals are armed here: what they read is saved.
struct ArmGoals {};
struct LoadNow {
  SlotId target{};
};
struct LoadZone {
  SlotId target{};
};
struct LoadPosition {
  SlotId target{};
};
/// The place among what was emitted at that position.
struct LoadOrdinal {
  SlotId target{};
};
struct StartRounds {
  SlotId round{};
};
struct NextRound {
  SlotId round{};
};
/// Of a message that nothing delays. One that may be delayed ends its block: see DelayableSend.
struct Send {
  SiteId site{};
  std::vector<const sema::Expr*> arguments;
  SlotId delivery{};
};
struct SetAttribute {
  sema::AttributeId attribute{};
  const sema::Expr* value = nullptr;
};

struct Emit {
  sema::EventId event{};
  std::vector<const sema::Expr*> fields;
};

/// Counts that control came here; only in graphs for measuring what tests cover.
struct Probe {
  std::uint32_t place = 0;
};

struct Operation {
  Span span;
  std::variant<Assign, BindEvent, CaptureField, ArmGoals, LoadNow, LoadZone, LoadPosition, LoadOrdinal, StartRounds, NextRound, Send,
               SetAttribute, Emit, Probe>
      node;
};

// ── terminators ──────────────────────────────────────────────────────────────────────────────────────────────────

struct Jump {
  BlockId to{};
};
struct Branch {
  const sema::Expr* condition = nullptr;
  BlockId yes{};
  BlockId no{};
};
struct MatchArm {
  const std::vector<sema::Pattern>* patterns = nullptr;
  std::vector<SlotId> bindings;  ///< written on the way to `to`
  BlockId to{};
};
/// The first arm that matches; one does.
struct Match {
  const sema::Expr* subject = nullptr;
  std::vector<MatchArm> arms;
};
struct SplitArm {
  std::uint32_t arm = 0;
  BlockId to{};
};
struct Split {
  sema::ExperimentId experiment{};
  std::vector<SplitArm> arms;
};
/// After a Send: whether a delivery was made.
struct IfSent {
  SlotId delivery{};
  BlockId yes{};
  BlockId no{};
};
/// At the end of a round: whether there is another one.
struct IfRoundsLeft {
  SlotId round{};
  std::int64_t rounds_max = 0;
  BlockId yes{};
  BlockId no{};
};
/// Sends, or waits at `point` and then sends: the point's timeout is the block itself, which holds nothing else.
struct DelayableSend {
  SiteId site{};
  std::vector<SlotId> arguments;  ///< consecutive
  SlotId delivery{};
  PointId point{};
  BlockId next{};
};
struct Suspend {
  PointId point{};
};
/// Asks for an action, and waits at `point` for the answer.
struct Call {
  CallId call{};
  std::vector<SlotId> arguments;  ///< consecutive
  PointId point{};
};
/// The instance goes on in every branch, one after the other in the order of the text.
struct Fork {
  ForkId fork{};
};
/// Goes on behind the fork when that is over; the branch waits for nothing else.
struct EndBranch {
  ForkId fork{};
};
struct End {
  std::uint32_t label = 0;
};
/// Ends the instance, and another journey starts.
struct HandOff {
  sema::JourneyId journey{};
  std::vector<const sema::Expr*> arguments;
  std::uint32_t label = 0;
};

using Terminator =
    std::variant<Jump, Branch, Match, Split, IfSent, IfRoundsLeft, DelayableSend, Suspend, Call, Fork, EndBranch, End, HandOff>;

struct Block {
  std::vector<Operation> operations;
  Terminator terminator = End{};
  Span span;  ///< of the statement that the terminator comes from
};

// ── waiting points ───────────────────────────────────────────────────────────────────────────────────────────────

struct NoDeadline {};
struct AfterDuration {
  DurationMs duration_ms = 0;
};
/// Calendar time after the anchor, at a wall clock if there is one.
struct AfterPeriod {
  Period period;
  std::optional<TimeOfDaySeconds> at;
  std::int32_t business_days = 0;            ///< after the period
  const sema::Calendar* calendar = nullptr;  ///< the day it comes to is open in it
};
struct NextLocalTime {
  std::uint8_t weekday_mask = 0x7f;
  TimeOfDaySeconds at = 0;
  const sema::Calendar* calendar = nullptr;
};
/// What the expression says, followed while it waits.
struct LiveInstant {
  const sema::Expr* instant = nullptr;
  std::optional<TimeOfDaySeconds> at;
};
/// A span after the start of the round, now if that has passed.
struct RoundEnd {
  sema::TimeSpan span;
  SlotId round_start{};
};
using Deadline = std::variant<NoDeadline, AfterDuration, AfterPeriod, NextLocalTime, LiveInstant, RoundEnd>;

struct EventTrigger {
  sema::EventId event{};
  sema::VariableId binding{};
  const sema::Expr* where = nullptr;
  bytecode::LookBack look_back = bytecode::LookBack::none;
  std::optional<SlotId> step_start;    ///< since_step
  std::optional<SlotId> step_ordinal;  ///< and its ordinal there
  sema::TimeSpan ago;                ///< since_ago
  bool written = false;              ///< the author said which events count
};
struct ReceiptTrigger {
  SlotId delivery{};
  std::string receipt;
};
struct ConditionTrigger {
  const sema::Expr* condition = nullptr;
};
/// The answer to the point's call.
struct AnswerTrigger {
  bool failed = false;
};
struct Arm {
  std::variant<EventTrigger, ReceiptTrigger, ConditionTrigger, AnswerTrigger> trigger;
  BlockId body{};
  Span span;
};

/// Inside a branch of a fork.
struct ForkPlace {
  ForkId fork{};
  std::uint32_t branch = 0;
};

struct WaitingPoint {
  bytecode::PointKind kind = bytecode::PointKind::wait;
  std::string path;
  std::optional<sema::StepId> step;
  Span span;  ///< of the statement's keyword
  Deadline deadline;
  std::optional<SlotId> anchor;  ///< written just before it waits, when the deadline is computed from it
  std::optional<SlotId> zone;
  std::optional<SlotId> at_zone;  ///< whose wall clock `at` means, where it is not `zone`
  std::optional<BlockId> timeout;
  std::optional<BlockId> if_past;
  std::optional<BlockId> if_absent;
  std::vector<sema::AttributeId> live;
  std::vector<Arm> arms;         ///< those of the interrupts around it first, outermost first
  std::uint32_t interrupts = 0;  ///< so many of the arms
  std::vector<SlotId> kept;      ///< by liveness: what the instance stores here, in the order of slots
  std::optional<ForkPlace> within;  ///< the innermost one
  std::optional<CallId> call;       ///< whose answers are heard here
};

/// `parallel` or `race`.
struct ForkInfo {
  bytecode::ForkKind kind{};
  std::string path;
  std::vector<BlockId> branches;  ///< where they begin
  std::vector<BlockId> ends;      ///< where each ends: a block with nothing but the EndBranch
  std::vector<std::string> names;
  BlockId join{};
  std::optional<ForkPlace> within;
  std::uint32_t interrupts = 0;  ///< around the whole of it: the first ones of each point inside
  bool takes_time = false;       ///< every way through it does
  std::vector<SlotId> kept;      ///< by liveness: what the branches and what is behind them read
  std::vector<SlotId> joined;    ///< by liveness: what is read behind it
  Span span;                     ///< of the keyword
};

struct SendSite {
  const sema::SendStmt* send = nullptr;
  std::optional<sema::StepId> step;
  std::vector<SlotId> rounds;  ///< of the enclosing loops, outermost first
  Span span;
  std::optional<PointId> delayed_at;
};

struct CallSite {
  const sema::CallStmt* call = nullptr;
  std::optional<sema::StepId> step;
  std::vector<SlotId> rounds;     ///< as of a SendSite
  std::optional<SlotId> attempt;  ///< which attempt this is, from 1, where there may be several
  std::optional<SlotId> result;   ///< written by the answer
  PointId point{};                ///< of the Call
  Span span;
};

/// Where a block may wait: its Suspend, its Call, or a message of it that may be delayed.
[[nodiscard]] std::optional<PointId> point_of(const Block& block);

/// A loop as the checks see it.
struct Loop {
  BlockId body{};   ///< where a round begins
  BlockId again{};  ///< reached when a round ends and the next may begin
  Span span;        ///< of the keyword
};

/// Where control comes into a step.
struct StepStart {
  sema::StepId step{};
  BlockId block{};
  std::size_t operation = 0;  ///< of the block: before this one
};

struct Graph {
  const sema::Journey* journey = nullptr;
  std::vector<Slot> slots;
  std::vector<Block> blocks;
  std::vector<BlockId> entries;  ///< one per entry of the journey
  std::vector<WaitingPoint> points;
  std::vector<SendSite> sites;
  std::vector<CallSite> calls;
  std::vector<ForkInfo> forks;  ///< outer ones before those inside
  std::vector<Loop> loops;
  std::vector<StepStart> step_starts;
  std::vector<SlotId> goal_slots;  ///< what the goals' predicates read, in the order of slots
  std::vector<SlotId> exit_slots;  ///< what the exits' predicates read: kept at every waiting point

  [[nodiscard]] const Slot& at(SlotId id) const { return slots[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Block& at(BlockId id) const { return blocks[static_cast<std::size_t>(id)]; }
  [[nodiscard]] Block& at(BlockId id) { return blocks[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const WaitingPoint& at(PointId id) const { return points[static_cast<std::size_t>(id)]; }
  [[nodiscard]] WaitingPoint& at(PointId id) { return points[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const CallSite& at(CallId id) const { return calls[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const ForkInfo& at(ForkId id) const { return forks[static_cast<std::size_t>(id)]; }
  [[nodiscard]] ForkInfo& at(ForkId id) { return forks[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const SendSite& at(SiteId id) const { return sites[static_cast<std::size_t>(id)]; }
  /// The slot of a let, a round, a delivery, a pattern's binding or an entry field; none when nothing reads it.
  [[nodiscard]] std::optional<SlotId> find(sema::VariableId variable) const;
  [[nodiscard]] std::optional<SlotId> find(sema::VariableId binding, std::uint32_t field) const;
};

}  // namespace wend::flow
