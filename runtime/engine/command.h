#pragma once

// What the engine asks the outside to do or to write down. Commands are handed over in log order, inside react(); whoever takes
// them must have made the batch durable before acting. All views live only during the call.

#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/base/time.h"
#include "runtime/bytecode/packed.h"
#include "runtime/bytecode/program.h"

namespace wend::engine {

enum class CustomerNumber : uint32_t {};  // order of first appearance in the log

// What is numbered in one entry's reactions stays below this.
constexpr uint32_t k_timer_start_index = 1u << 16;

// Which input. Ordinal 0 is the entry itself; what journeys emit in its reactions has the ordinals after it. Emitted events and
// started instances draw their numbers from one counter, in the order in which they are heard and started: an input was heard after an
// instance of the same position started when its ordinal is larger than the start index.
struct InputId {
  uint64_t position = 0;
  uint32_t ordinal = 0;  // from k_timer_start_index on: emitted in reactions of timers after the entry, and before the next
  friend auto operator<=>(const InputId&, const InputId&) = default;
};

struct InstanceId {
  uint64_t position = 0;  // of the entry that started it
  // Among what that entry started and what was emitted. From k_timer_start_index on: among that of timers (a segment that time made
  // somebody join, a schedule) after that entry and before the next.
  uint32_t start_index = 0;
  friend auto operator<=>(const InstanceId&, const InstanceId&) = default;
};

enum class Suppression : uint8_t {
#define WEND_SUPPRESSION(number, name) name = number,
#include "runtime/engine/suppressions.def"
#undef WEND_SUPPRESSION
};
const char* to_string(Suppression reason);

struct DeliveryCommand {
  TimestampMs at = 0;  // logical time of the reaction
  TimestampMs committed_at = 0;
  CustomerNumber customer{};
  bytecode::JourneyId journey{};
  InstanceId instance;
  bytecode::SiteId site{};
  bytecode::MessageId message{};
  bool has_channel = false;  // false: suppressed before a channel was chosen
  bytecode::ChannelId channel{};
  std::string_view key;   // 16 bytes, the idempotency key
  std::string_view zone;  // IANA name of the customer's principal zone at the send: message bodies render times in it
  std::string_view locale;  // the customer's as the program says it, whatever it may be; empty where it says nothing. Lives during the call
  bool sent = false;
  Suppression reason{};  // when not sent
  std::span<const bytecode::Value> parameters;
};

// An effect is wanted outside. It is idempotent by `key`, whatever the attempt; its answer is an entry of the log.
struct CallCommand {
  TimestampMs at = 0;
  CustomerNumber customer{};
  bytecode::JourneyId journey{};
  InstanceId instance;
  bytecode::CallId call{};
  bytecode::ActionId action{};
  std::string_view key;  // 16 bytes
  uint64_t attempt = 1;
  bool shadowed = false;  // nobody is to be asked: the engine answers by itself
  std::span<const bytecode::Value> parameters;
};

// Why an instance ended, when not by a label of its own.
struct EndedCommand {
  bytecode::JourneyId journey{};
  InstanceId instance;
  CustomerNumber customer{};
  TimestampMs entered_at = 0;
  TimestampMs ended_at = 0;
  std::string_view exit;  // an exit label, or done, expired, fault, restarted, merged, erased
  bool silent = false;    // it was held out
};

struct GoalCommand {
  bytecode::JourneyId journey{};
  InstanceId instance;
  CustomerNumber customer{};
  std::string_view goal;
  TimestampMs at = 0;  // event time
  bool silent = false;  // of an instance that was held out
};

struct EnteredCommand {
  bytecode::JourneyId journey{};
  InstanceId instance;
  CustomerNumber customer{};
  TimestampMs at = 0;
  bool silent = false;  // held out
};

struct ExposureCommand {
  bool is_first = false;  // the customer had no arm before
  bytecode::ExperimentId experiment{};
  uint32_t arm = 0;
  CustomerNumber customer{};
  bytecode::JourneyId journey{};
  InstanceId instance;
  TimestampMs at = 0;
};

struct HoldoutCommand {
  bool is_first = false;  // it was not settled before
  bytecode::HoldoutId holdout{};
  bool held_out = false;
  CustomerNumber customer{};
  bytecode::JourneyId journey{};
  InstanceId instance;
  TimestampMs at = 0;
};

// Two ids of one customer had different arms: the first exposure's stays, and the customer is no fair sample of either.
struct ExclusionCommand {
  bytecode::ExperimentId experiment{};
  CustomerNumber customer{};
};

class CommandSink {
 public:
  virtual ~CommandSink() = default;
  virtual void on_entered(const EnteredCommand& command) = 0;
  virtual void on_delivery(const DeliveryCommand& command) = 0;
  virtual void on_call(const CallCommand& command) = 0;
  virtual void on_goal(const GoalCommand& command) = 0;
  virtual void on_exposure(const ExposureCommand& command) = 0;
  virtual void on_holdout(const HoldoutCommand& command) = 0;
  virtual void on_ended(const EndedCommand& command) = 0;
  virtual void on_excluded(const ExclusionCommand&) {}
};

}  // namespace wend::engine
