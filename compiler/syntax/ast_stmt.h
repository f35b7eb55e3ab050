#pragma once

#include "compiler/syntax/ast_expr.h"

namespace wend::syntax {

/// Did not parse; a diagnostic has been reported. Blocks that could be recognised are kept, so that tools see the rest.
struct ErrorStmt {
  std::vector<Block> blocks;
};

/// `interrupted by Event … { }` or `interrupted when condition { }`: exactly one of `event` and `condition`.
struct Interrupt {
  std::optional<EventPattern> event;
  ExprPtr condition;
  Block body;
  Span span;
};

struct StepStmt {
  Name name;
  std::vector<Name> was;
  Block body;
  std::vector<Interrupt> interrupts;
};

/// `do { } interrupted by …`
struct GuardedStmt {
  Block body;
  std::vector<Interrupt> interrupts;
};

enum class DenialCause : std::uint8_t { capped, quiet };
enum class DenialAction : std::uint8_t { skip, delay, divert };
struct DenialStep {
  DenialAction action = DenialAction::skip;
  std::optional<DurationLiteral> delay_up_to;  ///< `delay` only
  std::optional<Name> divert_to;               ///< `divert` only
  Span span;
};
/// `when quiet divert to email else delay up to 12 hours else skip`: tried in order; never empty.
struct DenialRule {
  DenialCause cause = DenialCause::capped;
  std::vector<DenialStep> steps;
  Span span;
};

struct OrElse {
  Block body;
  Span span;
};

struct SendStmt {
  Name message;
  std::optional<ArgumentList> arguments;
  std::vector<Name> via;
  std::optional<DurationLiteral> within;
  std::vector<DenialRule> denials;
  std::optional<Name> label;  ///< `as …`
  std::optional<OrElse> or_else;
};

/// `at 10:00 in <zone>`
struct AtTime {
  TimeLiteral time;
  ExprPtr zone;  ///< null without `in`
  Span span;
};

/// `continue` when `block` is absent.
struct WaitHandler {
  std::optional<Block> block;
  Span span;
};

/// `wait 2 days at 18:30 using us_business`
struct WaitFor {
  DurationLiteral duration;
  std::optional<AtTime> at;
  std::optional<Name> calendar;
};
/// `wait until next weekday at 10:00 using us_business`
struct WaitUntilNext {
  Name day;
  AtTime at;
  std::optional<Name> calendar;
};
/// `wait until at 09:00`
struct WaitUntilTime {
  AtTime at;
};
/// `wait until customer.trial_ends_at - 3 days at 10:00 if past … if absent …`
struct WaitUntilInstant {
  ExprPtr instant;
  std::optional<AtTime> at;
  std::optional<WaitHandler> if_past;
  std::optional<WaitHandler> if_absent;
};

struct WaitStmt {
  std::variant<WaitFor, WaitUntilNext, WaitUntilTime, WaitUntilInstant> spec;
  std::optional<Name> label;
  bool is_damaged = false;  ///< its clauses are not where they belong; what it lacks is not to be asked for as well
};

enum class LookbackKind : std::uint8_t { from_now, since_entry, since_step, since_ago };
struct Lookback {
  LookbackKind kind = LookbackKind::from_now;
  std::optional<Name> step;            ///< `since step x`
  std::optional<DurationLiteral> ago;  ///< `since 2 days ago`
  Span span;
};

/// `OrderPlaced as o where … since entry`
struct EventSignal {
  EventPattern pattern;
  std::optional<Lookback> lookback;
};
/// `nudge.clicked`
struct ReceiptSignal {
  Name delivery;
  Name receipt;
};
struct Signal {
  std::variant<EventSignal, ReceiptSignal> node;
  Span span;
};

enum class AwaitArmKind : std::uint8_t { signals, timeout, condition };
struct AwaitArm {
  AwaitArmKind kind = AwaitArmKind::signals;
  std::vector<Signal> signals;  ///< `signals` only
  ExprPtr condition;            ///< `condition` only
  Block body;
  Span span;
};
struct AwaitStmt {
  std::optional<DurationLiteral> up_to;
  std::optional<Name> label;
  std::vector<AwaitArm> arms;
};

struct IfBranch {
  ExprPtr condition;
  Block body;
};
struct IfStmt {
  std::vector<IfBranch> branches;  ///< `if` and every `else if`
  std::optional<Block> otherwise;  ///< `else`
};

struct MatchArm {
  std::vector<Pattern> patterns;
  Block body;
  Span span;
};
struct MatchStmt {
  ExprPtr subject;
  std::vector<MatchArm> arms;
};

struct NamedBlock {
  Name name;
  Block body;
  Span span;
};
struct SplitStmt {
  Name experiment;
  std::vector<NamedBlock> arms;
};

enum class ForkKind : std::uint8_t { parallel, race };
struct ForkStmt {
  ForkKind fork_kind = ForkKind::parallel;
  std::vector<NamedBlock> branches;
};

/// At least one of `up_to_times` and `every` is there.
struct RepeatStmt {
  std::optional<IntLiteral> up_to_times;
  std::optional<DurationLiteral> every;
  Block body;
};
struct StopRepeatingStmt {};
struct LeaveStmt {
  Name step;
};

struct RunStmt {
  Name flow;
  std::optional<ArgumentList> arguments;
  Name label;
};
struct LetStmt {
  Name name;
  ExprPtr value;
};
/// `set customer.stage = activated`; the value may be an AbsentExpr.
struct SetStmt {
  Name attribute;
  ExprPtr value;
};
struct EmitStmt {
  Name event;
  ArgumentList arguments;
  ExprPtr to;  ///< null without `to`
};
/// `retry up to 3 times every 1 hour`
struct Retry {
  IntLiteral times;
  std::optional<DurationLiteral> every;
  Span span;
};
struct CallStmt {
  Name action;
  ArgumentList arguments;
  std::optional<Name> label;
  std::optional<Retry> retry;
  std::optional<OrElse> or_else;
};
struct HandOffStmt {
  Name journey;
  std::optional<ArgumentList> arguments;
};
struct ExitStmt {
  Name label;
};

using StmtNode = std::variant<
#define WEND_STATEMENT(kind) kind##Stmt,
#include "compiler/syntax/syntax_nodes.def"
    std::monostate>;

struct Stmt {
  Span span;
  Span keyword;  ///< the statement's first word, a good narrow label
  std::optional<DocComment> doc;
  StmtNode node;

  [[nodiscard]] StmtKind kind() const { return static_cast<StmtKind>(node.index()); }
  template <typename Node>
  [[nodiscard]] const Node& as() const {
    return std::get<Node>(node);
  }
  template <typename Node>
  [[nodiscard]] const Node* get_if() const {
    return std::get_if<Node>(&node);
  }
};

}  // namespace wend::syntax
