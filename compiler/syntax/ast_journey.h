#pragma once

#include "compiler/syntax/ast_stmt.h"

// Journeys with their header lines, and tests.

namespace wend::syntax {

// ── header lines ─────────────────────────────────────────────────────────────────────────────────────────────────

struct ErrorHeader {};
struct OwnerHeader {
  StringLiteral owner;
};
struct PolicyHeader {
  Name policy;
};
struct HoldoutHeader {
  Name holdout;
};
struct LifetimeHeader {
  DurationLiteral lifetime;
};
struct PriorityHeader {
  IntLiteral priority;
};

/// `enter on …`
struct EnterOnEvent {
  EventPattern pattern;
};
/// `enter by handoff`
struct EnterByHandoff {};
/// `enter when customer joins lapsed_buyers including existing`
struct EnterOnJoin {
  Name segment;
  bool including_existing = false;
};
/// `enter every monday at 09:00 for vip`, `enter every 14 days at 09:00 for vip`: exactly one of `period` and `day`
/// (`day` is `day`, a weekday, `weekday`).
struct EnterEvery {
  std::optional<DurationLiteral> period;
  std::optional<Name> day;
  TimeLiteral at;
  Name segment;
};
/// `enter every year on customer.birthday at 09:00`
struct EnterEveryYear {
  ExprPtr date;
  TimeLiteral at;
};
/// `enter at 2025-12-01 09:00 for vip`: a broadcast
struct EnterAtMoment {
  DateLiteral date;
  TimeLiteral at;
  Name segment;
};

enum class IfRunning : std::uint8_t { ignore, restart, run_alongside };

struct EnterHeader {
  std::variant<EnterOnEvent, EnterByHandoff, EnterOnJoin, EnterEvery, EnterEveryYear, EnterAtMoment> source;
  std::optional<ArgumentList> with;
  std::optional<Span> once_ever;
  ExprPtr one_per;  ///< null without `one per`
  std::optional<DurationLiteral> cooldown;
  std::optional<IfRunning> if_running;
  Span if_running_span;
};

/// Exactly one of `event` and `condition`.
struct ExitHeader {
  Name label;
  std::optional<EventPattern> event;
  ExprPtr condition;
};

enum class GoalAnchor : std::uint8_t { entry, first_send, last_send };
struct GoalHeader {
  Name name;
  EventPattern pattern;
  DurationLiteral within;
  GoalAnchor anchor = GoalAnchor::entry;
};

using HeaderNode = std::variant<
#define WEND_HEADER(kind) kind##Header,
#include "compiler/syntax/syntax_nodes.def"
    std::monostate>;

struct Header {
  Span span;
  Span keyword;
  std::optional<DocComment> doc;
  HeaderNode node;

  [[nodiscard]] HeaderKind kind() const { return static_cast<HeaderKind>(node.index()); }
  template <typename Node>
  [[nodiscard]] const Node* get_if() const {
    return std::get_if<Node>(&node);
  }
  template <typename Node>
  [[nodiscard]] const Node& as() const {
    return std::get<Node>(node);
  }
};

/// `retired step survey resume at trial_ended` or `… exit gone`: exactly one of `resume_at` and `exit`.
struct RetiredStep {
  QualifiedName step;
  std::optional<QualifiedName> resume_at;
  std::optional<Name> exit;
  Span span;
};

struct JourneyDecl {
  Name name;
  std::vector<Name> was;
  std::optional<std::vector<Parameter>> parameters;
  std::vector<Header> headers;  ///< in text order, which is the order of exits
  std::vector<StmtPtr> statements;
  std::vector<RetiredStep> retired;
  Span body_span;  ///< the braces and what is between them
};

// ── tests ────────────────────────────────────────────────────────────────────────────────────────────────────────

struct ErrorItem {};
struct StartAtItem {
  MomentLiteral moment;
};
struct GivenCustomerItem {
  std::vector<NamedValue> values;
};
/// `given ada`, `given ada with (…)`, `given cart_incentive = discount`
struct GivenNameItem {
  Name name;
  std::optional<Name> value;
  std::optional<ArgumentList> with;
};
/// `given call IssueCode = Code(…), Code(…)` (answers in order) or `fails`, `fails 2 times`
struct GivenCallItem {
  Name action;
  std::vector<ExprPtr> answers;
  bool fails = false;
  std::optional<IntLiteral> fail_times;  ///< every call fails when absent
};

struct EventStimulus {
  Name event;
  std::optional<ArgumentList> arguments;
};
/// `hello.clicked`, `plain.nudge.clicked`
struct ReceiptStimulus {
  QualifiedName path;
};
struct SetStimulus {
  Name attribute;
  ExprPtr value;
};
struct ConsentStimulus {
  std::vector<Name> topics;
  bool withdraw = false;
};
/// `heard at <moment>` or `heard after <duration>`: exactly one of them.
struct Heard {
  std::optional<MomentLiteral> at;
  std::optional<DurationLiteral> after;
};
/// `at <moment> …` or `after <duration> …`: exactly one of `at` and `after`.
struct StimulusItem {
  std::optional<MomentLiteral> at;
  std::optional<DurationLiteral> after;
  std::variant<EventStimulus, ReceiptStimulus, SetStimulus, ConsentStimulus> stimulus;
  Span stimulus_span;
  std::optional<Heard> heard;  ///< events and receipts only: when it arrived, if later than it happened
};

/// `advance to`, `advance by`, or `advance until done` when neither is there.
struct AdvanceItem {
  std::optional<MomentLiteral> to;
  std::optional<DurationLiteral> by;
};

enum class CountedCommand : std::uint8_t { sends, calls };
/// `sent Welcome(name: "there") via email`, `not sent …`
struct SentExpectation {
  bool negated = false;
  Name message;
  std::optional<ArgumentList> arguments;
  std::optional<Name> via;
};
struct CalledExpectation {
  bool negated = false;
  Name action;
  std::optional<ArgumentList> arguments;
};
/// `3 sends`, `2 calls`, `no sends` (count 0)
struct CountExpectation {
  IntLiteral count;
  CountedCommand counted = CountedCommand::sends;
};
/// `2 sent Welcome(…)`
struct SentCountExpectation {
  IntLiteral count;
  Name message;
  std::optional<ArgumentList> arguments;
};
struct SuppressedExpectation {
  Name message;
  std::optional<Name> via;
  Name reason;
};
struct ExitedExpectation {
  Name label;
};
/// `goal won`, `no goal won`, `no goal`
struct GoalExpectation {
  bool negated = false;
  std::optional<Name> goal;  ///< any when absent
};
struct WaitingExpectation {
  QualifiedName path;
};
struct ConditionExpectation {
  ExprPtr condition;
};

struct ExpectItem {
  std::optional<MomentLiteral> at;
  std::variant<SentExpectation, CalledExpectation, CountExpectation, SentCountExpectation, SuppressedExpectation, ExitedExpectation,
               GoalExpectation, WaitingExpectation, ConditionExpectation>
      expectation;
  ExprPtr for_instance;  ///< null without `for`
};

using TestItemNode = std::variant<
#define WEND_TEST_ITEM(kind) kind##Item,
#include "compiler/syntax/syntax_nodes.def"
    std::monostate>;

struct TestItem {
  Span span;
  TestItemNode node;

  [[nodiscard]] TestItemKind kind() const { return static_cast<TestItemKind>(node.index()); }
  template <typename Node>
  [[nodiscard]] const Node& as() const {
    return std::get<Node>(node);
  }
};

struct TestDecl {
  StringLiteral title;
  Name journey;
  std::vector<TestItem> items;
};

}  // namespace wend::syntax
