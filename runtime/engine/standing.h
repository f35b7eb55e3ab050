#pragma once

// What may happen to a customer without an input: tracked segments that time makes them join or leave, and schedules. Worked out once
// per program; numbered through, segments first, then schedules.

#include <cstdint>
#include <vector>

#include "runtime/base/time.h"
#include "runtime/bytecode/program.h"

namespace wend::engine {

using StandingNumber = uint16_t;
using StandingNumbers = std::vector<StandingNumber>;

struct StandingInfo {
  // A segment: attributes without which nobody is a member. They are required by its condition.
  std::vector<bytecode::AttributeId> required;
  // The largest grace of the events whose history decides: time's verdict waits that long for what happened before.
  DurationMs grace_ms = 0;
  // A segment: the schedules for its members.
  StandingNumbers schedules;
};

struct Standing {
  explicit Standing(const bytecode::Program& program);

  // Nothing is tracked and nothing scheduled: nobody has to think of it.
  bool empty() const { return all.empty(); }
  size_t schedule_of(StandingNumber number) const { return number - segments; }
  bool is_schedule(StandingNumber number) const { return number >= segments; }

  size_t segments = 0;                        // of the program, tracked or not
  std::vector<StandingInfo> infos;            // by number
  StandingNumbers all;                        // tracked segments and schedules, ascending
  std::vector<StandingNumbers> by_history;    // by history query: the tracked segments that read it
  std::vector<StandingNumbers> by_attribute;  // by attribute: what is to be looked at again when it changes
  StandingNumbers by_consent;                 // tracked segments that read a consent
  std::vector<StandingNumbers> by_event;      // by event: the tracked segments that read its history
};

}  // namespace wend::engine
