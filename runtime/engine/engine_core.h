#pragma once

// What outlives a reaction: the tables of customers and timers, and where in the log the engine stands.

#include <optional>
#include <string>
#include <vector>

#include "runtime/engine/calendar_span.h"
#include "runtime/engine/customer_index.h"
#include "runtime/engine/customer_table.h"
#include "runtime/engine/dedupe.h"
#include "runtime/engine/dirty_pages.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/gone_customers.h"
#include "runtime/engine/identity.h"
#include "runtime/engine/listening.h"
#include "runtime/engine/state_arena.h"
#include "runtime/engine/timer_wheel.h"

namespace wend::engine {

struct EngineCore {
  EngineCore(const bytecode::Program& the_program, const ZoneTable& the_zones, CustomerDirectory& the_directory, EngineOptions the_options)
      : program(the_program),
        zones(the_zones),
        directory(the_directory),
        options(std::move(the_options)),
        listening(program),
        hash_key(customer_hash_key(options.log_namespace)) {
    for (const DurationMs window : listening.dedupe_windows) dedupe.emplace_back(window);
  }

  // Makes sure that the wheel looks at the customer when its earliest timer is due. `before` is what that was until now.
  void schedule(uint32_t customer, TimestampMs before, TimestampMs release) {
    if (release == k_never) return;
    uint32_t& scheduled = customers[customer].scheduled;
    const uint32_t coarse = coarse_second(release);
    if (scheduled != k_not_scheduled && (coarse > scheduled || (coarse == scheduled && release >= before))) return;
    scheduled = coarse;
    wheel.add(release, customer);
  }

  // Of the customer for whom an input under this number is: the one an alias stands for; k_no_customer when that one is erased.
  uint32_t live(uint32_t customer) {
    if (gone.empty()) [[likely]]
      return customer;
    return gone.live(customer);
  }

  // The first barrier deploys the program: from then on customers join segments and schedules come round.
  bool is_deployed() const { return zones_digest.has_value(); }

  const bytecode::Program& program;
  const ZoneTable& zones;
  CustomerDirectory& directory;
  EngineOptions options;
  Listening listening;
  SipKey hash_key;

  CustomerTable customers;
  CustomerIndex index;
  GoneCustomers gone;
  StateArena arena;
  TimerWheel wheel;
  std::vector<Dedupe> dedupe;  // by group
  DirtyPages dirty;
  Counters counters;

  std::optional<TimestampMs> origin;  // t_log of the first entry
  TimestampMs now = 0;                // t_log of the last entry
  uint64_t next_position = 0;
  bool held = false;                         // between clock_hold and clock_release
  std::optional<Sha256Digest> zones_digest;  // named by the last barrier

  // Within one entry's reactions only: never part of a snapshot.
  uint32_t timer_numbers = 0;  // instances started and events heard in timers' reactions since the last entry
  bool appeared = false;      // the customer of this entry is new, and no reaction has begun yet
};

}  // namespace wend::engine
