#pragma once

// A program that adds to the one whose state was loaded: what it asks about the past is answered from the log before its barrier takes
// effect, and what it follows begins there.
//
// Of the log's events those count that the former program had declared; events that journeys emitted are not in the log.

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/engine/dedupe.h"
#include "runtime/engine/engine_core.h"
#include "runtime/engine/id_keys.h"
#include "runtime/engine/reaction.h"

namespace wend::engine {

class Backfill {
 public:
  // `core` has loaded a snapshot of `former`, which its program extends. `former` is not needed afterwards.
  Backfill(const bytecode::Program& former, EngineCore& core, Reaction& reaction);

  // The earliest time that is asked about; k_never when no entry of the log is of interest. Otherwise all are: whether an event is a
  // duplicate depends on those before it.
  TimestampMs asks_back_to() const;
  // Entries of the log, in order, each once. Those that are not of interest are passed over.
  void take(std::span<const Entry> entries, uint64_t first_position);
  // Afterwards the ids that were seen are remembered like any others.
  void finish();

  // Tracked segments and schedules that were not followed before; ascending.
  const StandingNumbers& standing() const { return standing_; }

 private:
  struct PastEvent {
    std::vector<bytecode::HistoryId> queries;  // new ones, with a window
    DurationMs keep_ms = 0;                    // for look-back, where it reaches further than before
    bool is_new = false;                       // nobody listened to it: its ids are not known yet
    bool is_wanted() const { return is_new || keep_ms > 0 || !queries.empty(); }
  };

  void take(const Entry& entry, uint64_t position);
  bool is_duplicate(const Entry& entry, const EventBody& body, const PastEvent& wanted);

  EngineCore& core_;
  Reaction& reaction_;
  std::vector<PastEvent> events_;  // by event
  StandingNumbers standing_;
  std::vector<Dedupe> seen_;   // by group: since the reading began
  std::vector<Dedupe> fresh_;  // of those, what the engine does not know
  IdKeys id_keys_;
};

}  // namespace wend::engine
