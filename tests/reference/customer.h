#pragma once

// What the reference knows of one customer: plain containers, everything kept for ever.

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/reference/calendar.h"
#include "tests/reference/declarations.h"
#include "tests/reference/history.h"

namespace wend::reference {

using Names = std::map<std::string, Value>;

/// An event that arrived and was no duplicate, or was emitted.
struct HeardEvent {
  std::uint64_t serial = 0;    // in the order in which events are heard
  std::uint64_t reaction = 0;  // in which it was heard
  Instant t_log;
  Instant t_event;
  std::string type;
  std::shared_ptr<const Fields> fields;
  bool late = false;  // kept for history only
};
using HeardEventPtr = std::shared_ptr<const HeardEvent>;

struct InstanceName {
  std::uint64_t position = 0;
  int start_index = 0;
  auto operator<=>(const InstanceName&) const = default;
  std::string text() const { return std::to_string(position) + "." + std::to_string(start_index); }
};

/// A `parallel` or `race` that is going on.
struct Fork {
  const syntax::ForkStmt* tree = nullptr;
  std::size_t ended = 0;  // branches
  bool over = false;
  std::set<std::uint64_t> spent;  // inputs that branches which have ended had used
};

/// Where control stands: the innermost list of statements is the last frame.
struct Frame {
  std::uint64_t serial = 0;  // the same in all strands that it is around
  const std::vector<syntax::StmtPtr>* statements = nullptr;
  std::size_t next = 0;
  std::string path_part;  // of a step or an arm; empty for other blocks
  std::string step;       // the name, of a step
  const syntax::RepeatStmt* repeat = nullptr;
  std::int64_t round = 0;
  Instant round_start;
  const std::vector<syntax::Interrupt>* interrupts = nullptr;
  std::shared_ptr<Fork> fork;  // of a branch
};

/// A message on its way: settled but for the moment.
struct PendingMessage {
  const syntax::SendStmt* send = nullptr;
  Instant reached;        // when control came to it
  std::string arguments;  // shown
  std::string key;
};

/// A call that waits for its answer, or has failed and is asked again.
struct PendingCall {
  const syntax::CallStmt* call = nullptr;
  std::int64_t attempt = 1;
  std::string arguments;  // shown
  std::string key;
};

/// A message that counts against caps.
struct LedgerEntry {
  Instant commit;
  std::string channel;
  std::string key;
};

/// The waiting point an instance rests at: exactly one of the statements is there.
struct Waiting {
  const syntax::WaitStmt* wait = nullptr;
  const syntax::AwaitStmt* await = nullptr;
  bool between_rounds = false;
  std::optional<PendingMessage> message;  // delayed by a policy
  std::optional<PendingCall> call;        // between two attempts
  std::optional<PendingCall> asked;       // until the answer comes
  std::string path;
  Instant armed;
  std::optional<Instant> deadline;  // absent: only the lifetime ends it
  std::int64_t grace_ms = 0;
  Zone zone;  // fixed when the wait is armed
  Zone home;  // the customer's, where `zone` is another party's
};

/// One of the places where an instance stands: it has as many as branches of `parallel` and `race` it is in.
struct Strand {
  std::vector<Frame> stack;
  Names names;                                       // lets, bindings, deliveries
  std::map<std::string, std::uint64_t> step_starts;  // path → what had been heard by then
  std::set<std::uint64_t> used;                      // inputs that have run something of this strand
  std::optional<Waiting> waiting;
  bool over = false;

  /// Steps and arms around control, joined by dots.
  std::string prefix() const;
  /// "nudge.first_touch/wait"
  std::string path_to(const std::string& last) const;
};

struct Instance {
  const Journey* journey = nullptr;
  InstanceName name;
  HeardEventPtr entry;
  const syntax::EnterHeader* enter = nullptr;
  Value key;
  Instant entered_at;
  Instant lifetime_end;
  std::uint64_t began = 0;                       // what had been heard by then
  std::uint64_t reaction = 0;                    // in which it started
  std::set<std::string> exposed;                 // experiments, reported once
  std::vector<std::shared_ptr<Strand>> strands;  // in the order of the text
  std::shared_ptr<Strand> here;                  // the one that reacts
  std::set<std::uint64_t> unheard;               // what another id of the customer had heard before they were one
  bool silent = false;                           // held out, or handed over by one that is
  bool ended = false;
};

/// A goal of an entry, which outlives the instance.
struct Watch {
  const Journey* journey = nullptr;
  const syntax::GoalHeader* goal = nullptr;
  InstanceName instance;
  HeardEventPtr entry;
  Names names;  // what its `where` may read: the entry's event and the parameters
  std::optional<Instant> anchor;
  bool converted = false;
  bool lacks_parameters = false;  // the instance ended when they were computed
};

/// A segment that is followed, or a schedule: whether the customer is in it, and when time changes that or it comes round.
struct Standing {
  bool member = false;
  std::optional<Instant> at;
};

/// The arm of an experiment, for good.
struct Arm {
  std::string name;
  std::uint64_t position = 0;  // of the last entry of the log by then
};

struct Customer {
  std::string id;
  std::size_t number = 0;  // in the order of appearance
  bool appeared = false;   // in the reaction going on, after the journeys were deployed
  std::map<std::size_t, Standing> standings;
  std::optional<Instant> next_release;
  std::map<std::string, Value> attributes;
  std::map<std::string, bool> consents;
  std::vector<HeardEventPtr> heard;
  std::map<std::string, Instant> last_entry;  // by journey
  std::map<std::string, Arm> assignments;  // by experiment
  std::map<std::string, bool> held_out;    // by holdout, from the first entry that asks
  std::set<std::string> excluded;          // from experiments: two ids of the customer had different arms
  std::vector<Watch> watches;
  std::vector<std::unique_ptr<Instance>> instances;
  std::vector<LedgerEntry> ledger;
  std::vector<std::string> delivery_keys;  // in order, of what was sent
  std::vector<PendingCall> asked;          // in order, of whom nobody has answered at once
};

}  // namespace wend::reference
