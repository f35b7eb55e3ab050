#pragma once

#include <optional>

#include "runtime/base/time.h"

namespace wend::ingest {

// A step ahead beyond this is taken for a broken timestamp: it would fire every timer there is.
constexpr DurationMs k_time_jump_ms_max = 366 * k_day_ms;

// The time of a replay: it follows the events and never goes back.
class VirtualClock {
 public:
  // `machine_now`: no event can be later. `virtual_now`: of the entry before, when there is one.
  VirtualClock(TimestampMs machine_now, std::optional<TimestampMs> virtual_now) : machine_now_(machine_now), now_(virtual_now) {}

  // t_log of an event of that time; nullopt: a time jump.
  std::optional<TimestampMs> advance(TimestampMs event_time) {
    if (event_time > machine_now_) return std::nullopt;
    if (now_ && event_time - *now_ > k_time_jump_ms_max) return std::nullopt;
    if (!now_ || event_time > *now_) now_ = event_time;
    return now_;
  }

 private:
  TimestampMs machine_now_;
  std::optional<TimestampMs> now_;
};

}  // namespace wend::ingest
