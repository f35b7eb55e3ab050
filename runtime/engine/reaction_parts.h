#pragma once

// What a reaction is bounded by, and what its parts tell each other.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/engine/command.h"
#include "runtime/engine/customer_state.h"

namespace wend::engine {

// A verified program passes a waiting point on every cycle, but a wait may take no time; these stop a customer's reaction that would
// go on for ever (a loop over attributes that two journeys keep setting), far above what a journey for people does.
constexpr uint32_t k_resumptions_max = 10'000;
constexpr uint32_t k_derived_inputs_max = 1'000;
// Instances of one journey that one customer may have at a time (`run alongside`, `one per`): a key that never repeats must not fill the
// memory with one customer. A constant and no option, because the state is a function of log and program.
constexpr size_t k_instances_max = 1'000;
// Instances that start in one entry's reactions: what may be emitted there as well has numbers left.
constexpr uint32_t k_starts_max = k_timer_start_index - k_derived_inputs_max - 1;
// Timer reactions of one customer without time passing, for the same reason.
constexpr uint32_t k_timer_repeats_max = 1'000;

enum class Clocks : uint8_t { on_time, overdue };

// What the gates say of a message.
struct Verdict {
  bytecode::ChannelId channel{};
  std::optional<Suppression> reason;         // it is not sent
  std::optional<TimestampMs> delayed_until;  // asked again then
};

// A strand whose turn comes in this reaction, and how many of its interrupts a strand before it has been asked already.
struct BranchTurn {
  uint64_t serial = 0;
  uint32_t asked = 0;
};

// Which of an instance's timers fire, and with which clocks.
struct TimerRule {
  bool by_release = true;  // else by deadline
  TimestampMs until = 0;
  Clocks clocks = Clocks::on_time;
  TimestampMs log_time = 0;
};

}  // namespace wend::engine
