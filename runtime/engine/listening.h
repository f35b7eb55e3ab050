#pragma once

// Who hears what, computed once per program: an event nobody hears costs a look-up in a table, and an event that some journeys
// hear is offered to those only.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/bytecode/program.h"
#include "runtime/engine/entry_index.h"
#include "runtime/engine/standing.h"

namespace wend::engine {

// A set of small numbers. The first 64, which is all that most programs have, are looked up without following a pointer.
class IdSet {
 public:
  explicit IdSet(size_t size = 0) : more_(size > k_word_bits ? (size - 1) / k_word_bits : 0) {}
  void add(size_t id) { (id < k_word_bits ? first_ : more_[id / k_word_bits - 1]) |= uint64_t{1} << id % k_word_bits; }
  bool contains(size_t id) const {
    const uint64_t word = id < k_word_bits ? first_ : more_[id / k_word_bits - 1];
    return (word >> id % k_word_bits & 1) != 0;
  }
  bool empty() const {
    uint64_t any = first_;
    for (const uint64_t word : more_) any |= word;
    return any == 0;
  }

 private:
  static constexpr size_t k_word_bits = 64;
  uint64_t first_ = 0;
  std::vector<uint64_t> more_;
};

// How long something is kept for look-back, and for whom.
struct KeepRule {
  IdSet while_in;         // journeys that may look back as far as their entry: kept while the customer is in one
  DurationMs ago_ms = 0;  // kept for every customer until it is this old (0: not for that reason)
  bool kept = false;
};

constexpr uint8_t k_no_dedupe = 0xff;

struct EventListening {
  bool listened = false;                     // somebody hears or counts it
  bool needs_state = false;                  // it concerns only customers who are in a journey or watched by a goal
  std::vector<JourneyEntries> entries;       // larger priority first, then number of the journey
  std::unique_ptr<const EntryIndex> index;   // of `entries`, where that is worth it
  IdSet reacting;                            // journeys with an exit, an interrupt or an await arm that names it
  IdSet awaiting;                            // journeys with an await arm that names it
  IdSet converting;                          // journeys with a goal that names it
  bool converts = false;                     // `converting` is not empty
  std::vector<bytecode::HistoryId> history;  // queries that count it
  KeepRule keep;
  std::vector<bytecode::TypeId> field_types;  // where some journey emits it
  uint8_t dedupe_group = k_no_dedupe;  // index into Listening::dedupe_windows
  bool has_dedupe_field = false;
};

struct JourneyListening {
  bool has_state_exits = false;
  bool has_when = false;         // some await waits for a state
  bool has_live = false;         // some wait follows an attribute
  bool looks_back = false;       // taken events are remembered, so that none is taken twice
  bool remembers_entry = false;  // some entry has a cooldown or is `once ever`
  bool goals_from_sends = false;
  std::vector<std::optional<bytecode::TypeId>> key_types;  // by entry: type of `one per`
  std::vector<bytecode::HistoryId> since_entry;            // queries without a window that its code counts
  JourneyEntries handoff_entries;                          // those by handoff
  std::vector<bytecode::TypeId> parameter_types;           // of a journey that has them
  uint32_t first_point = 0;                                // points of all journeys are numbered through
};

// A waiting point with all that is asked of it when an input or a timer comes. Most customers who hear something wait where nobody did for
// long: what every event asks for stands first, and side by side.
struct PointInfo {
  bytecode::JourneyId journey{};
  bytecode::PointId point{};
  uint32_t number = 0;  // among the points of all journeys
  DurationMs grace_ms = 0;
  DurationMs fixed_ms = 0;
  DurationMs usual_lifetime_ms = 0;  // its journey's
  uint32_t interrupts = 0;           // so many of the arms, the first ones
  uint32_t arms = 0;
  const bytecode::Entry* arm_entries = nullptr;  // one per arm; `event` is what it hears, if that is an event
  const bytecode::Function* body = nullptr;      // its journey's
  bool has_fixed = false;      // the deadline is `fixed_ms` after arming
  bool keeps_nothing = false;  // its layout is empty
  bool has_when = false;       // some arm waits for a state, be it an interrupt
  bool has_look_back = false;
  bool has_receipt = false;
  bool is_delayed_send = false;
  bool has_forks = false;        // its journey does
  bool has_event_exits = false;  // its journey does
  bool hears_answers = false;    // to its call
  bool only_waits = false;       // reaching it sets a deadline that is still to come; nothing more is asked then
  const bytecode::WaitingPoint* what = nullptr;
  const bytecode::Layout* layout = nullptr;
  const bytecode::Journey* of = nullptr;
  const JourneyListening* hearing = nullptr;
};

struct Listening {
  // The program outlives it; nothing here moves afterwards.
  explicit Listening(const bytecode::Program& program);
  Listening(const Listening&) = delete;

  const PointInfo& point(bytecode::JourneyId journey, uint16_t number) const {
    return points[journeys[static_cast<size_t>(journey)].first_point + number];
  }

  std::vector<EventListening> events;
  std::vector<JourneyListening> journeys;
  std::vector<PointInfo> points;                 // by number counted through
  std::vector<bytecode::Entry> arm_entries;      // of all points' arms, one point behind the other
  std::vector<bytecode::JourneyId> by_priority;  // larger priority first, then number
  std::vector<uint32_t> priority_rank;           // by journey: its place in `by_priority`'s order of priorities; equal priorities are equal
  std::vector<IdSet> since_entry_journeys;       // by history query: journeys that count it since their entry
  std::vector<DurationMs> dedupe_windows;        // ascending, distinct
  DurationMs grace_ms_max = 0;                   // of all events
  KeepRule receipts;
  Standing standing;
  std::vector<std::vector<JourneyEntries>> standing_entries;  // by standing number: as EventListening::entries
  bool emits = false;            // some journey emits events
  bool has_holdouts = false;     // somebody may run silently
  size_t sends_in_code_max = 0;  // `send` instructions of the journey that has most: an acyclic run executes no more
};

}  // namespace wend::engine
