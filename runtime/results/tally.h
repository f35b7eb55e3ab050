#pragma once

// What a run has done so far, counted as it was written down; part of every snapshot, so that the report of an interrupted run is that
// of an uninterrupted one.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/bytecode/program.h"
#include "runtime/engine/command.h"
#include "runtime/ingest/intake.h"

namespace wend::results {

constexpr size_t k_suppression_slots = 1 + 0
#define WEND_SUPPRESSION(number, name) +1
#include "runtime/engine/suppressions.def"
#undef WEND_SUPPRESSION
    ;
constexpr size_t k_reject_slots = 1 + 0
#define WEND_REJECT(number, name, meaning) +1
#include "runtime/ingest/rejects.def"
#undef WEND_REJECT
    ;

struct MessageTally {
  std::vector<uint64_t> sent;                                                     // by channel
  std::vector<uint64_t> suppressed = std::vector<uint64_t>(k_suppression_slots);  // by number of the reason
  uint64_t failed = 0;                                                            // a text of theirs could not be made
};
struct JourneyTally {
  uint64_t entered = 0;
  uint64_t entered_silent = 0;  // of those, held out
  std::map<std::string, uint64_t, std::less<>> exits;  // by label
  std::map<std::string, uint64_t, std::less<>> goals;  // by name
  std::map<std::string, uint64_t, std::less<>> goals_silent;  // of those, by instances that were held out
};

// Of one holdout: index 0 = not held out, 1 = held out.
struct HoldoutTally {
  std::vector<uint64_t> instances = std::vector<uint64_t>(2);
  std::vector<uint64_t> people = std::vector<uint64_t>(2);
};

struct Tally {
  explicit Tally(const bytecode::Program& program);

  std::vector<MessageTally> messages;
  std::vector<JourneyTally> journeys;
  // By experiment and arm: instances that reached its `split`, and customers to whom that gave their arm.
  std::vector<std::vector<uint64_t>> exposures;
  std::vector<std::vector<uint64_t>> people;
  std::vector<HoldoutTally> holdouts;
  std::vector<uint64_t> excluded;  // by experiment: customers with two ids that had different arms
  std::vector<uint64_t> calls;           // by action
  std::vector<uint64_t> shadowed_calls;  // answered with their shadow value
  std::vector<uint64_t> rejected = std::vector<uint64_t>(k_reject_slots);        // records, by number of the reason
  std::vector<uint64_t> rejected_lines = std::vector<uint64_t>(k_reject_slots);  // lines they had
  // Records read, unknown names; its list of rejects stays empty.
  ingest::Intake intake;
  bool has_time = false;
  TimestampMs first_t_log = 0;

  uint64_t sent() const;
  uint64_t suppressed() const;
  uint64_t failed() const;
  uint64_t rejects() const;
  void add(const ingest::Intake& more);
  // t_log of entries in order; the first one counts.
  void note_time(TimestampMs t_log) {
    if (!has_time) first_t_log = t_log;
    has_time = true;
  }
};

// Opaque bytes for the manifest; they fit the program they were counted for, and those that add to it.
std::string encode(const Tally& tally);
bool decode(std::string_view bytes, Tally& tally);

}  // namespace wend::results
