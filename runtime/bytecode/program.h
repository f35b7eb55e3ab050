#pragma once

// A built program: everything the runtime knows about a project. Immutable once verified. Indices are positions in the
// vectors of `Program`. The file format is in program_file.h, the rules a loaded program obeys in verify.h.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/base/decimal.h"
#include "runtime/base/hash.h"
#include "runtime/base/time.h"
#include "runtime/bytecode/schema.h"
#include "runtime/bytecode/type.h"

namespace wend::bytecode {

enum class Opcode : uint8_t {
#define WEND_OPCODE(number, name, a, b, c, meaning) name = number,
#include "runtime/bytecode/opcodes.def"
#undef WEND_OPCODE
};

struct Instruction {
  Opcode opcode{};
  uint8_t zero = 0;
  uint16_t a = 0;
  uint16_t b = 0;
  uint16_t c = 0;
  uint32_t target() const { return static_cast<uint32_t>(b) | static_cast<uint32_t>(c) << 16; }
  void set_target(uint32_t pc) {
    b = static_cast<uint16_t>(pc);
    c = static_cast<uint16_t>(pc >> 16);
  }
  friend bool operator==(const Instruction&, const Instruction&) = default;
};
static_assert(sizeof(Instruction) == 8);

enum class AttributeId : uint16_t {};
enum class TopicId : uint16_t {};
enum class EventId : uint16_t {};
enum class ChannelId : uint16_t {};
enum class MessageId : uint16_t {};
enum class ActionId : uint16_t {};
enum class ExperimentId : uint16_t {};
enum class HoldoutId : uint16_t {};
enum class PolicyId : uint16_t {};
enum class HistoryId : uint16_t {};
enum class SegmentId : uint16_t {};
enum class ScheduleId : uint16_t {};
enum class FunctionId : uint16_t {};
enum class JourneyId : uint16_t {};
enum class PointId : uint16_t {};   // of one journey
enum class SiteId : uint16_t {};    // of one journey
enum class ForkId : uint16_t {};    // of one journey
enum class CallId : uint16_t {};    // of one journey
enum class LabelId : uint16_t {};   // exit labels of one journey
enum class LayoutId : uint16_t {};  // of one journey
enum class NativeId : uint16_t {};
enum class LocaleId : uint16_t {};
enum class Register : uint16_t {};

// A span of time as the source says it: elapsed or calendar, never both.
using Span = std::variant<DurationMs, Period>;

struct Constant {
  TypeId type{};
  std::variant<int64_t, Decimal, std::string> value;  // by the representation of the type's kind
};

// A file of the source. Its text's XXH3-64 tells a listing whether the lines of today are those that were compiled.
struct SourceText {
  std::string path;
  uint64_t text_hash = 0;
};

// Code with statically typed registers. Parameters are registers 0 … n-1.
struct Function {
  std::string name;               // debug only
  std::vector<TypeId> registers;  // type of each register
  uint16_t parameter_count = 0;
  std::vector<Instruction> code;
  std::vector<uint32_t> lines;  // debug only: source line of each instruction (0 = none), same length as code or empty
  uint16_t source_file = 0;     // debug only: index into Program::source_files
};

// Where execution enters a journey's body. `event` is set where the code may use `load_field`.
struct Entry {
  uint32_t pc = 0;
  std::optional<EventId> event;
};

struct Attribute {
  std::string name;
  TypeId type{};
  bool writable = false;
  std::vector<std::string> labels;          // pii, sensitive
  std::optional<ConstantId> default_value;  // what it reads as while it is unset; of the type, but never optional
  std::string wire;                         // what the trait is called that sets it; empty: like the attribute

  [[nodiscard]] const std::string& trait() const { return wire.empty() ? name : wire; }
};

struct HistoryQuery {
  EventId event{};
  std::optional<FunctionId> filter;  // 0 parameters, load_field on `event`, returns boolean
  std::optional<Span> window;        // absent: since the instance's entry (exclusive, by log position)
  uint32_t limit = 1000;             // keep and count at most this many, the newest
  std::optional<RecordId> listed;    // the events themselves are kept, as this record, whose fields are the event's
};

struct Event {
  std::string name;
  std::string wire;
  std::vector<FieldInfo> fields;
  Span late = Period{0, 1};
  DurationMs grace_ms = 0;
  std::optional<uint16_t> dedupe_field;  // else the envelope's message id
  std::optional<SchemaNodeId> schema;    // what a payload obeys besides; absent: nothing
  std::vector<std::string> also = {};    // names taken for `wire`, too, when events are read
};

// Whether a customer is in it depends on attributes, consents and history only: false while a required attribute that the condition
// reads is unset. A tracked one has its membership kept, so that joining and leaving are noticed, also when time causes them.
struct Segment {
  std::string name;
  FunctionId condition{};  // 0 parameters; returns boolean
  bool tracked = false;
  bool existing = false;  // who is a member already when the journeys are deployed joins then; the same condition may stand twice
};

// When journeys are entered by the calendar, in the customer's principal zone.
enum class ScheduleKind : uint8_t {
  weekdays = 1,  // on the days of `weekdays`
  days = 2,      // every `every` days counted from 1970-01-01
  months = 3,    // on the first of every `every`th month counted from January 1970
  yearly = 4,    // on the month and day of what `date_of` returns; 29 February is the 28th in other years
  once = 5,      // on `date`
};
struct Schedule {
  ScheduleKind kind{};
  uint8_t weekdays = 0;  // bit 0 = Monday
  uint32_t every = 0;
  DateDays date = 0;
  std::optional<FunctionId> date_of;  // yearly only: 0 parameters, reads attributes; a date, or absent for never
  TimeOfDaySeconds at = 0;
  std::optional<SegmentId> segment;  // a tracked one: only its members; absent = everybody
};

struct Channel {
  std::string name;
  FunctionId address{};  // 0 parameters, reads attributes; text, optional text or list: reachable when present and not empty
  std::vector<std::pair<std::string, TopicId>> topics;  // purpose → consent topic
  std::vector<std::string> receipts;                    // sorted
  std::vector<std::string> accepts;                     // labels
};

struct BodyPart {
  std::string name;     // "subject", "body", …
  FunctionId render{};  // parameters = the message's parameters; returns text
};
struct Body {
  ChannelId channel{};
  std::optional<LocaleId> locale;  // there exactly when the program has locales
  std::vector<BodyPart> parts;
};
// Whoever is served in a locale for which a message has no body gets that of `otherwise`, and so on; the first locale is everybody's last
// resort, and its own `otherwise`.
struct Locale {
  std::string tag;  // canonical BCP 47
  LocaleId otherwise{};
};
struct Parameter {
  std::string name;
  TypeId type{};
};
struct Message {
  std::string name;
  std::string purpose;  // "marketing" or "transactional"; the latter needs no consent
  std::vector<Parameter> parameters;
  std::vector<Body> bodies;
};

// Slots out of 1,000,000: [first, end).
struct SlotRange {
  uint32_t first = 0;
  uint32_t end = 0;
  friend bool operator==(const SlotRange&, const SlotRange&) = default;
};
// Ranges ascend and do not touch each other's slots; those of an experiment's arms together are all slots.
// An effect outside.
struct Action {
  std::string name;
  std::vector<Parameter> parameters;
  std::optional<TypeId> result;      // absent: it succeeds or fails, and that is all
  std::optional<FunctionId> shadow;  // 0 parameters: what answers where no outside is asked; there exactly when `result` is
  std::vector<std::string> accepts;  // labels
};

struct Arm {
  std::string name;
  std::vector<SlotRange> slots;
  std::optional<uint32_t> retired_as;  // it has no slots, and whoever was assigned to it runs this arm
};
struct Experiment {
  std::string name;
  std::string salt;
  std::string layer;                   // empty = none
  std::vector<SlotRange> layer_slots;  // of its part of the layer; those of the layer's experiments have no slot in common
  uint32_t control = 0;                // the arm that customers outside of its part run, without being exposed
  std::vector<Arm> arms;               // their numbers are stored with customers
};
// Whoever is in one of the first `slots` runs the journeys that name it silently.
struct Holdout {
  std::string name;
  std::string salt;
  uint32_t slots = 0;             // out of 1,000,000
  std::optional<DateDays> until;  // the last local date on which somebody who enters may be held out
};

// ── policies: what may be sent when, and what happens to a message that may not ──

// At most `limit` messages of the purpose, on any of the channels, within the window.
struct Cap {
  std::string purpose;
  std::vector<ChannelId> channels;  // ascending; empty = all
  uint32_t limit = 0;
  std::optional<Span> window;  // sliding; absent: a calendar day in the customer's principal zone
};
// Quiet in [from, to) of the local days on which it begins, past midnight when `to` is not after `from`: 0 to 0 is the whole day.
struct QuietHours {
  TimeOfDaySeconds from = 0;
  TimeOfDaySeconds to = 0;
  uint8_t weekdays = k_every_day;
  std::vector<DateDays> dates;      // and on these days; ascending
  std::vector<ChannelId> channels;  // ascending; empty = all
  std::optional<FunctionId> where;  // 0 parameters, reads attributes and consents, returns boolean; absent = always
};
enum class DenialAction : uint8_t { skip = 1, delay = 2, divert = 3 };
// One step of `when … delay up to … else divert to … else skip`; a chain that ends without a way out ends with `skip`.
struct DenialStep {
  DenialAction action{};
  Span delay_max = DurationMs{0};  // delay only
  ChannelId divert_to{};           // divert only
};
struct Policy {
  std::string name;
  std::vector<Cap> caps;
  std::vector<QuietHours> quiet;
  std::vector<DenialStep> when_quiet;
  std::vector<DenialStep> when_capped;
};

// Which registers an instance keeps at a waiting point, in packed-row order. Names are qualified paths ("cart.total", "nudge.sent").
struct LayoutSlot {
  std::string name;
  Register reg{};
};
struct Layout {
  std::vector<LayoutSlot> slots;
};

enum class LookBack : uint8_t { none = 0, since_entry = 1, since_step = 2, since_ago = 3 };
// The last two: the answer to the call that the point names.
enum class SignalKind : uint8_t { event = 1, receipt = 2, when = 3, answer = 4, failed_answer = 5 };
struct AwaitArm {
  SignalKind signal{};
  EventId event{};      // event only
  Register delivery{};  // receipt only: the register with the delivery (in the point's layout)
  std::string receipt;  // receipt only: "clicked"
  Entry entry;          // runs the arm, or `decline`s
  LookBack look_back = LookBack::none;
  Register step_start{};     // since_step only: integer register with the log position at which the step began
  std::optional<Register> step_ordinal;  // and with the ordinal there; absent = 0
  Span ago = DurationMs{0};  // since_ago only
};

// Inside a branch of a fork.
struct ForkPlace {
  ForkId fork{};
  uint16_t branch = 0;
  friend bool operator==(const ForkPlace&, const ForkPlace&) = default;
};

// `send`: where a message that is delayed waits; see SendSite::delayed_at. `call`: where an answer is awaited, or the time until an action is
// asked for again.
enum class PointKind : uint8_t { wait = 1, await = 2, send = 3, call = 4 };
struct WaitingPoint {
  PointKind kind{};
  std::string path;  // "nudge.first_touch/await": identity of the point across edits
  std::string step;  // "nudge.first_touch", what `waiting in` names
  LayoutId layout{};
  // The deadline is `armed now + fixed_ms`, or what the code at `deadline` returns (optional instant) from the frame; neither = none but
  // lifetime.
  std::optional<DurationMs> fixed_ms;
  std::optional<Entry> deadline;
  std::optional<Entry> timeout;    // resumes here when the deadline is reached; the wait's continuation or `on timeout`
  std::optional<Entry> if_past;    // the instant is now or earlier, when the wait is armed or after a change
  std::optional<Entry> if_absent;  // the instant is absent, when the wait is armed or after a change
  std::vector<AttributeId> live;   // attributes `deadline` reads: a change of one re-arms
  DurationMs grace_ms = 0;         // the largest grace of the events awaited here or exited on
  uint32_t interrupts = 0;         // so many of the arms, the first ones, preempt it: outermost first, whatever its deadline says
  std::vector<AwaitArm> arms;      // in text order
  std::optional<ForkPlace> within;  // the innermost one
  std::optional<CallId> call;       // kind `call` only: whose answers are heard here
};

// parallel: over when every branch has ended; race: when the first has, which ends the others where they are.
enum class ForkKind : uint8_t { parallel = 1, race = 2 };
struct Fork {
  ForkKind kind{};
  std::string path;
  std::optional<ForkPlace> within;  // the fork around it, which stands before it in the table
  uint32_t interrupts = 0;          // so many interrupts are around the whole of it: the first ones of every point inside
  LayoutId layout{};                // what its branches begin with
  std::vector<Entry> branches;      // in text order; at least two
  LayoutId join_layout{};           // what the branch that is last brings along
  Entry join;
};

struct SendSite {
  MessageId message{};
  std::string path;  // "nudge.first_touch/nudge" or "nudge.first_touch/CartReminder": part of the idempotency key
  std::string step;
  std::vector<ChannelId> via;  // tried in order; at least one
  std::optional<Span> within;
  std::vector<Register> rounds;  // round counters of the enclosing loops, outermost first: part of the key
  // Instead of the policy's, when not empty.
  std::vector<DenialStep> when_quiet;
  std::vector<DenialStep> when_capped;
  // Where the message waits when it is delayed: its layout keeps the parameters, its timeout is the `send` instruction. Absent where no
  // step can delay it.
  std::optional<PointId> delayed_at;
};

struct CallSite {
  ActionId action{};
  std::string path;  // part of the idempotency key
  std::string step;
  std::vector<Register> rounds;      // as of a SendSite
  std::optional<Register> attempt;   // an integer: which attempt this is; absent where there is one
  std::optional<Register> result;    // gets the value of a successful answer before its arm runs
  PointId waits_at{};                // has an arm for each kind of answer, and no deadline
};

enum class AlreadyRunning : uint8_t { ignore = 0, restart = 1, alongside = 2 };
// Exactly one of `event`, `joins`, `schedule` and `handoff` says who enters when. Without an event the code reads none.
struct JourneyEntry {
  std::optional<EventId> event;
  std::optional<SegmentId> joins;  // a tracked segment
  std::optional<ScheduleId> schedule;
  bool handoff = false;        // `key` and `start` begin with the registers of `Journey::handoff_layout`
  std::optional<Entry> where;  // returns boolean
  std::optional<Entry> key;    // `one per`: returns the key
  Entry start;                 // begins the body
  bool once_ever = false;
  AlreadyRunning already = AlreadyRunning::ignore;
  std::optional<Span> cooldown;
};
struct JourneyExit {
  LabelId label{};
  std::optional<EventId> event;  // absent: a state exit
  std::optional<Entry> where;    // from any waiting point's frame; returns boolean. State exits always have it
};
enum class GoalAnchor : uint8_t { entry = 1, first_send = 2, last_send = 3 };
struct Goal {
  std::string name;
  EventId event{};
  std::optional<Entry> where;  // from `Journey::goal_layout`; returns boolean
  Span window = DurationMs{0};
  GoalAnchor anchor{};
};

// The exit label of an instance whose journey hands the customer over.
constexpr const char* k_handed_off_label = "handed_off";

struct Journey {
  std::string name;
  std::string owner;
  Span lifetime = DurationMs{0};
  int32_t priority = 0;
  std::optional<PolicyId> policy;  // of its marketing messages
  FunctionId body{};
  std::vector<std::string> labels;  // exit labels; 0 … : "done" is always label 0
  std::vector<JourneyEntry> entries;
  std::vector<JourneyExit> exits;  // in text order
  std::vector<Goal> goals;
  std::optional<LayoutId> goal_layout;  // what goal predicates need, saved in the watch when the instance starts
  std::vector<Layout> layouts;
  std::vector<WaitingPoint> points;
  std::vector<SendSite> sites;
  std::vector<Fork> forks;
  std::optional<LayoutId> handoff_layout;  // there exactly when an entry is `handoff`: the parameters, in their order
  std::vector<HoldoutId> holdouts;
  std::vector<CallSite> calls;
  std::vector<AttributeId> required;  // required attributes it can read: entry is refused while one is unset
  std::vector<std::string> steps;     // qualified names in source order
};

// ── what was called otherwise, or is gone: for whoever brings running instances to this program; nothing runs differently ──

enum class RenamedKind : uint8_t { journey = 1, step = 2, flow = 3, event = 4, message = 5, field = 6, attribute = 7 };
struct Rename {
  RenamedKind kind{};
  std::string owner;  // step: its journey; field: its event or record; else empty
  std::string from;   // a step's is its path, whose part before the last dot is a path of today
  std::string to;
};
// Where those go who wait in a step that is no more: to a step, or out of the journey.
struct RetiredStep {
  JourneyId journey{};
  std::string step;       // its path
  std::string resume_at;  // path of a step of the journey; empty: they leave with `label`
  LabelId label{};
};

struct Program {
  std::string name;  // the project's name
  std::vector<Type> types;
  std::vector<EnumInfo> enums;
  std::vector<RecordInfo> records;
  std::vector<Constant> constants;
  std::vector<Attribute> attributes;
  std::optional<FunctionId> zone;  // 0 parameters; time_zone or list of time_zone, first member principal; absent = UTC
  std::vector<Locale> locales;
  std::optional<FunctionId> locale;  // 0 parameters; the tag of the customer's, or absent. Only where there are locales
  std::vector<std::string> topics;
  std::vector<Event> events;
  std::vector<HistoryQuery> history;
  std::vector<Channel> channels;
  std::vector<Message> messages;
  std::vector<Action> actions;
  std::vector<Experiment> experiments;
  std::vector<Holdout> holdouts;
  std::vector<Policy> policies;
  std::vector<Segment> segments;
  std::vector<Schedule> schedules;
  std::vector<Function> functions;
  std::vector<Journey> journeys;
  std::vector<Rename> renames;
  std::vector<RetiredStep> retired;
  std::vector<SchemaNode> schema_nodes;
  std::vector<SourceText> source_files;  // debug only

  const Type& type(TypeId id) const { return types[static_cast<size_t>(id)]; }
  const Function& function(FunctionId id) const { return functions[static_cast<size_t>(id)]; }
  const Journey& journey(JourneyId id) const { return journeys[static_cast<size_t>(id)]; }
  const Event& event(EventId id) const { return events[static_cast<size_t>(id)]; }
  const SchemaNode& schema_node(SchemaNodeId id) const { return schema_nodes[static_cast<size_t>(id)]; }
};

const char* to_string(RenamedKind kind);  // nullptr for a number that is no kind

struct NativeInfo {
  const char* name;
  const char* result;  // as written in natives.def
  std::vector<const char*> parameters;
};
const NativeInfo* native_info(NativeId id);  // nullptr: no such native

const char* to_string(Opcode opcode);  // nullptr for a number that is no opcode

}  // namespace wend::bytecode
