#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/schema/import.h"
#include "compiler/sema/typed_stmt.h"
#include "compiler/sema/typed_template.h"
#include "compiler/sema/typed_test.h"
#include "runtime/base/hash.h"

// The model: everything a project declares, resolved. Ids index the vectors; the order is that of the files and their text.
// Spans are of names, for debug information and later diagnostics. Only a model without errors may be compiled.

namespace wend::sema {

enum class VariableKind : std::uint8_t {
  let,
  event,        ///< bound to an event: only its fields are values
  entry_field,  ///< a field of the event that started the instance, where entries differ in their events (`same`)
  delivery,
  round,
  pattern,    ///< `present x`
  parameter,  ///< of a message or fn
  argument,   ///< of an expanded call of a fn
};
struct VariableInfo {
  VariableKind kind = VariableKind::let;
  std::string name;
  std::string qualified_name;  ///< "cart", "nudge.sent", unique within a journey
  types::Type type;            ///< error for kind `event`
  types::Labels labels;
  std::optional<EventId> event;  ///< kind `event`
  /// Kind `delivery`: which message through which channels, and the receipts that all of them report.
  std::optional<MessageId> message;
  std::vector<ChannelId> channels;
  std::vector<std::string> receipts;
  Span span;
};

struct Attribute {
  std::string name;
  std::string wire;  ///< of the trait
  types::Type type;
  types::Labels labels;
  std::optional<types::ConstantValue> default_value;  ///< what it reads as while it is unset
  bool writable = false;
  Span span;
};

struct Event {
  std::string name;
  std::string wire;
  std::vector<types::Field> fields;
  TimeSpan late = Period{0, 1};
  DurationMs grace_ms = 0;
  std::optional<std::uint32_t> dedupe_field;  ///< else the envelope's message id
  Span span;
  std::vector<std::string> also = {};  ///< names taken for `wire`, too, when events are read
  std::optional<bytecode::SchemaNodeId> schema;  ///< what a payload obeys besides, in Model::schema_nodes
};

/// What one `import` depends on, for the lock.
struct ImportedFile {
  std::string path;  ///< as diagnostics show it
  Sha256Digest digest{};
};
struct Import {
  std::string format;                ///< "jsonschema"
  std::string path;                  ///< of the schema file
  std::vector<ImportedFile> files;   ///< it first, then those it refers to, by path
  std::vector<EventId> events;
  std::vector<std::vector<schema::ImportedRule>> rules;  ///< of each event
  std::vector<types::RecordId> records;
  std::vector<types::EnumId> enums;
  Span span;  ///< of the path
};

struct Topic {
  std::string name;
  Span span;
};
struct ChannelConsent {
  std::string purpose;
  TopicId topic{};
};
struct Channel {
  std::string name;
  ExprPtr address;  ///< Text-like, optional Text-like, or list/set of them
  std::vector<ChannelConsent> consents;
  std::vector<std::string> receipts;  ///< sorted
  types::Labels accepts;
  Span span;
};

struct Parameter {
  VariableId variable{};
  std::string name;
  types::Type type;
  ExprPtr default_value;  ///< null = none; reads attributes and constants, evaluated at `send`
  std::optional<std::int64_t> max_length;  ///< of `Text<40>`: what is longer is cut in the texts; of messages only
  Span span;
};
struct MessagePart {
  std::string name;
  std::vector<TextPiece> pieces;  ///< holes read the message's parameters only
  std::optional<TemplateBody> body;  ///< of a template; there are no pieces then
  Span span;
};
/// A locale that the project writes for.
struct Locale {
  std::string tag;                     ///< canonical BCP 47
  std::optional<LocaleId> otherwise;  ///< whose body serves where there is none; absent: every message has one of its own
  Span span;
};
struct MessageBody {
  ChannelId channel{};
  std::optional<LocaleId> locale;  ///< there exactly when the project has locales
  std::vector<MessagePart> parts;
  Span span;
};
struct Message {
  std::string name;
  std::string purpose;  ///< "marketing" or "transactional"
  std::vector<Parameter> parameters;
  std::vector<MessageBody> bodies;
  Span span;
};

using SlotRanges = std::vector<bytecode::SlotRange>;
/// An effect outside, asked for by `call`.
struct Action {
  std::string name;
  std::vector<Parameter> parameters;
  std::optional<types::Type> result;
  ExprPtr shadow;  ///< a constant of the result's type, there exactly when `result` is
  types::Labels accepts;
  Span span;
};

struct ExperimentArm {
  std::string name;
  std::uint32_t slots = 0;               ///< of 1,000,000
  std::uint32_t number = 0;              ///< under which it is stored with customers
  SlotRanges ranges;                     ///< so many slots; project/slots.h
  std::optional<std::uint32_t> retired;  ///< the arm that its people run; it has no slots
  Span span;
};
struct Experiment {
  std::string name;
  std::string salt;
  std::string layer;                ///< empty = none
  SlotRanges layer_ranges;          ///< its part of the layer
  std::vector<ExperimentArm> arms;  ///< in the order of the text, retired ones too; slots add up to 1,000,000
  Span span;

  [[nodiscard]] std::uint32_t first_arm() const {  ///< the first that is not retired
    std::uint32_t arm = 0;
    while (arm + 1 < arms.size() && arms[arm].retired) ++arm;
    return arm;
  }
};

/// Whoever is held out runs the journeys that name it silently.
struct Holdout {
  std::string name;
  std::string salt;
  std::uint32_t slots = 0;        ///< of 1,000,000
  std::optional<DateDays> until;  ///< the last day on which somebody who enters is held out
  Span span;
};

/// Business days.
struct Calendar {
  std::string name;
  std::uint8_t weekday_mask = 0;  ///< bit 0 = Monday
  std::vector<DateDays> closed;   ///< holidays, ascending
  Span span;
};

/// At most `limit` messages of the purpose within the window.
struct Cap {
  std::string purpose;
  std::vector<ChannelId> channels;  ///< sorted; empty = all
  std::uint32_t limit = 0;
  std::optional<TimeSpan> window;  ///< absent: a calendar day of the customer
  Span span;
};
/// Quiet in [from, to) of the local days on which it begins, past midnight when `to` is not after `from`: 00:00 to 00:00 is the whole day.
struct QuietHours {
  TimeOfDaySeconds from = 0;
  TimeOfDaySeconds to = 0;
  std::uint8_t weekday_mask = k_every_day;
  std::vector<CalendarId> holidays_of;  ///< on whose closed days it begins, too
  std::vector<ChannelId> channels;      ///< sorted; empty = all
  ExprPtr where;                        ///< null = always; reads attributes and consents
  Span span;
};
/// Of marketing messages; transactional ones are exempt.
struct Policy {
  std::string name;
  std::vector<Cap> caps;
  std::vector<QuietHours> quiet;
  DenialSteps when_quiet;
  DenialSteps when_capped;
  Span span;
};

/// Calls are expanded where they stand, so code generation does not need these; tools do.
struct Fn {
  std::string name;
  std::vector<Parameter> parameters;
  types::Type result;
  ExprPtr body;
  Span span;
};

/// Equal queries are one query.
struct HistoryQuery {
  EventId event{};
  VariableId binding{};
  ExprPtr filter;                  ///< null = all; reads fields of `binding` and constants only
  std::optional<TimeSpan> window;  ///< absent = since entry
  std::uint32_t limit = 1000;
  std::optional<types::RecordId> listed;  ///< the events themselves are asked for, as this record
  Span span;                              ///< of the first place that asks
};

/// `was`: what things were called before. See bytecode::Rename.
struct Rename {
  bytecode::RenamedKind kind{};
  std::string owner;
  std::string from;
  std::string to;
  Span span;
};
/// `retired step survey resume at trial_ended`: exactly one of `resume_at` and `label`.
struct RetiredStep {
  JourneyId journey{};
  std::string step;
  std::string resume_at;
  std::uint32_t label = 0;  ///< Journey::labels
  Span span;
};

/// A boolean over attributes, consents, history and other segments. Whoever walks it finds those as InSegment.
struct Segment {
  std::string name;
  ExprPtr condition;
  Span span;
};

// ── journeys ─────────────────────────────────────────────────────────────────────────────────────────────────────

enum class AlreadyRunning : std::uint8_t { ignore, restart, alongside };

/// `enter every …`, `enter at …`: see bytecode::Schedule.
struct Schedule {
  bytecode::ScheduleKind kind{};
  std::uint8_t weekdays = 0;
  std::uint32_t every = 0;
  DateDays date = 0;
  ExprPtr date_of;  ///< yearly only: a Date or Date? that reads attributes only
  TimeOfDaySeconds at = 0;
  std::optional<SegmentId> segment;
};
struct Join {
  SegmentId segment{};
  bool including_existing = false;
};

/// Exactly one of `event`, `joins`, `schedule` and `handoff`.
struct Entry {
  std::optional<EventId> event;
  /// There exactly when `event` is. One variable is shared by all entries on events when all are on one event; then the body may
  /// read it.
  std::optional<VariableId> binding;
  std::optional<Join> joins;
  std::optional<Schedule> schedule;
  bool handoff = false;
  ExprPtr where;    ///< null = every such event
  ExprPtr one_per;  ///< null without `one per`
  bool once_ever = false;
  AlreadyRunning already = AlreadyRunning::ignore;
  std::optional<TimeSpan> cooldown;
  std::vector<ExprPtr> arguments;  ///< one per parameter of the journey, in their order; defaults are filled in; none for a handoff
  Span span;
};
/// What `same f` reads when the entries' events differ: at entry, `variable` = field `fields[i]` of entry i's event.
struct EntryCapture {
  VariableId variable{};
  std::vector<std::uint32_t> fields;
};

struct Exit {
  std::uint32_t label = 0;  ///< Journey::labels
  std::optional<EventId> event;
  std::optional<VariableId> binding;  ///< there exactly when `event` is
  ExprPtr condition;                  ///< events: `where` and `same`, null = every such event; else the state
  Span span;
};
struct Goal {
  std::string name;
  EventId event{};
  VariableId binding{};
  ExprPtr where;  ///< reads the goal's event, the entry event, attributes and constants
  TimeSpan window;
  bytecode::GoalAnchor anchor = bytecode::GoalAnchor::entry;
  Span span;
};
struct Step {
  std::string name;
  std::string path;  ///< "nudge.first_touch"
  std::optional<StepId> parent;
  std::string doc;
  /// Some await looks back to the start of this step, so its position in the log must be kept.
  bool start_is_read = false;
  Span span;
};

struct Journey {
  std::string name;
  std::string module;
  std::string owner;
  std::string doc;
  TimeSpan lifetime;
  std::int32_t priority = 0;
  std::vector<VariableId> parameters;
  std::optional<PolicyId> policy;
  std::vector<HoldoutId> holdouts;  ///< sorted
  std::vector<Entry> entries;
  std::vector<EntryCapture> entry_captures;
  std::vector<Exit> exits;  ///< in text order
  std::vector<Goal> goals;
  std::vector<std::string> labels;  ///< of exits; "done" is label 0
  std::vector<Step> steps;          ///< in text order
  /// Paths that an author can name: of steps, branches, arms, and what waits `as` a name: "nudge.first_touch.pause".
  std::set<std::string> places;
  Block body;
  /// Attributes it can read: in its own expressions, in addresses of channels it sends through, in the zone. Sorted.
  std::vector<AttributeId> reads;
  Span span;  ///< of the name
  Span whole;
};

struct Model {
  types::TypeTable types;
  std::vector<Attribute> attributes;
  ExprPtr zone;  ///< TimeZone, or List<TimeZone> whose first member is principal; null = UTC
  std::vector<Locale> locales;  ///< the first is everybody's last resort
  ExprPtr locale;               ///< a Locale, or optional; null = nobody has one
  std::vector<Topic> topics;
  std::vector<Event> events;
  std::vector<Channel> channels;
  std::vector<Message> messages;
  std::vector<Action> actions;
  std::vector<Experiment> experiments;
  std::vector<Holdout> holdouts;
  std::vector<Calendar> calendars;
  std::vector<Policy> policies;
  std::vector<Fn> fns;
  std::vector<HistoryQuery> history;
  std::vector<Segment> segments;
  std::vector<Journey> journeys;
  std::vector<Rename> renames;
  std::vector<RetiredStep> retired;
  std::vector<Import> imports;
  std::vector<bytecode::SchemaNode> schema_nodes;
  std::vector<schema::UnreadableField> unreadable;
  std::vector<Test> tests;
  std::optional<Preview> preview;  ///< there when it was asked for and nothing of it is wrong
  std::vector<VariableInfo> variables;  ///< of the whole project

  [[nodiscard]] const Attribute& at(AttributeId id) const { return attributes[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Topic& at(TopicId id) const { return topics[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Event& at(EventId id) const { return events[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Channel& at(ChannelId id) const { return channels[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Message& at(MessageId id) const { return messages[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Action& at(ActionId id) const { return actions[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Experiment& at(ExperimentId id) const { return experiments[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Holdout& at(HoldoutId id) const { return holdouts[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Calendar& at(CalendarId id) const { return calendars[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Policy& at(PolicyId id) const { return policies[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Fn& at(FnId id) const { return fns[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const HistoryQuery& at(HistoryId id) const { return history[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Segment& at(SegmentId id) const { return segments[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Journey& at(JourneyId id) const { return journeys[static_cast<std::size_t>(id)]; }

  [[nodiscard]] const VariableInfo& at(VariableId id) const { return variables[static_cast<std::size_t>(id)]; }
};

}  // namespace wend::sema
