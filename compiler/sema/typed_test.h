#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/sema/typed_stmt.h"

// Typed tests: a test runner only evaluates. Values given to the customer, to events and to expected messages read nothing
// but constants and the customer's zone (date-time literals are local times there).

namespace wend::sema {

/// A local time in the zone of the test's customer, or with the written offset.
struct Moment {
  DateDays date = 0;
  TimeOfDaySeconds time = 0;
  std::optional<std::int32_t> offset_minutes;
  Span span;
};

struct GivenAttribute {
  AttributeId attribute{};
  ExprPtr value;  ///< of the attribute's type
  Span span;
};
struct GivenArm {
  ExperimentId experiment{};
  std::uint32_t arm = 0;
  Span span;
};

struct GivenHoldout {
  HoldoutId holdout{};
  bool held_out = false;
  Span span;
};

/// One value per field of the event; Absent where the field is optional and not given.
struct EventStimulus {
  EventId event{};
  std::vector<ExprPtr> fields;
};
/// A receipt for the latest delivery of the send that `delivery` names.
struct ReceiptStimulus {
  VariableId delivery{};
  std::string site_path;  ///< SendStmt::path of that send
  std::string receipt;
};
struct SetStimulus {
  AttributeId attribute{};
  ExprPtr value;
};
struct ConsentStimulus {
  std::vector<TopicId> topics;
  bool withdraw = false;
};
/// When it arrived: exactly one of both; `after` counts from when it happened.
struct Heard {
  std::optional<Moment> at;
  std::optional<TimeSpan> after;
};
/// Exactly one of `at` and `after`; `after` counts from where the test's clock stands.
struct Stimulus {
  std::optional<Moment> at;
  std::optional<TimeSpan> after;
  std::variant<EventStimulus, ReceiptStimulus, SetStimulus, ConsentStimulus> what;
  std::optional<Heard> heard;  ///< of events and receipts; absent = at once
};

/// From here on the action answers so: with these values in order, of which the last repeats, or it fails, so many times or always.
struct GivenCall {
  ActionId action{};
  std::vector<ExprPtr> answers;  ///< of the type that the action gives
  bool fails = false;
  std::optional<std::int64_t> fail_times;  ///< then it answers with its shadow value
};

struct AdvanceTo {
  Moment moment;
};
struct AdvanceBy {
  TimeSpan span;
};
struct AdvanceUntilDone {};
struct Advance {
  std::variant<AdvanceTo, AdvanceBy, AdvanceUntilDone> how;
};

struct ExpectedArgument {
  std::uint32_t parameter = 0;
  ExprPtr value;  ///< of the parameter's type
};
/// `sent`, `not sent`, `2 sent`: `count` absent means at least one.
struct ExpectSent {
  bool negated = false;
  std::optional<std::int64_t> count;
  MessageId message{};
  std::vector<ExpectedArgument> arguments;
  std::optional<ChannelId> via;
};
/// From the start of the test.
struct ExpectSends {
  std::int64_t count = 0;
};
/// `called`, `not called`; `action` absent: so many `calls` of any, every attempt counted.
struct ExpectCalled {
  bool negated = false;
  std::optional<ActionId> action;
  std::vector<ExpectedArgument> arguments;
  std::optional<std::int64_t> count;
};
struct ExpectSuppressed {
  MessageId message{};
  std::optional<ChannelId> via;
  std::string reason;  ///< holdout consent unreachable expired quiet capped paused suppressed
};
struct ExpectExited {
  std::string label;  ///< one of the journey's labels or a reserved one
};
struct ExpectWaiting {
  std::string place;  ///< one of the journey's
};
/// Whether somebody in `place` is in `outer`: "nudge.first_touch" in "nudge".
[[nodiscard]] inline bool is_inside(std::string_view place, std::string_view outer) {
  return place.starts_with(outer) && (place.size() == outer.size() || place[outer.size()] == '.');
}
/// `goal won`, `no goal won`, `no goal`
struct ExpectGoal {
  bool negated = false;
  std::optional<std::string> name;  ///< absent = any goal
};
/// A Bool that reads attributes, consents, history and the entry event of the instance.
struct ExpectCondition {
  ExprPtr condition;
};
struct Expectation {
  std::optional<Moment> at;
  std::variant<ExpectSent, ExpectSends, ExpectCalled, ExpectSuppressed, ExpectExited, ExpectWaiting, ExpectGoal, ExpectCondition> what;
  ExprPtr for_instance;  ///< null = any; a Bool over the entry event: picks instances
};

struct TestItem {
  std::variant<Stimulus, GivenCall, Advance, Expectation> node;
  Span span;
};

struct Test {
  std::string title;
  JourneyId journey{};
  std::optional<Moment> start_at;
  std::vector<GivenAttribute> customer;  ///< every required attribute is there, each at most once
  std::vector<TopicId> consents;
  std::vector<GivenArm> arms;
  std::vector<GivenHoldout> holdouts;  ///< of the others nobody is held out
  std::vector<TestItem> items;  ///< in text order
  Span span;                    ///< of the title
};

/// What `wend preview` shows: a message with values, for the customer of a fixture.
struct Preview {
  MessageId message{};
  Test given;                       ///< its customer, consents and clock; without a journey and items
  std::vector<ExprPtr> parameters;  ///< one each, of its type; null: the message's default
  std::vector<std::string> made_up;  ///< parameters that have a sample of their type for want of a value
};

}  // namespace wend::sema
