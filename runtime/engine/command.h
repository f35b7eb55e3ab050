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

// Entries start fewer instances than this.
constexpr uint32_t k_timer_start_index = 1u << 16;

struct InstanceId {
  uint64_t position = 0;  // of the entry that started it
  // Among the instances that entry started. From k_timer_start_index on: among those that timers (a segment that time made somebody
  // join, a schedule) started after that entry and before the next.
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
  bool sent = false;
  Suppression reason{};  // when not sent
  std::span<const bytecode::Value> parameters;
};

// Why an instance ended, when not by a label of its own.
struct EndedCommand {
  bytecode::JourneyId journey{};
  InstanceId instance;
  CustomerNumber customer{};
  TimestampMs entered_at = 0;
  TimestampMs ended_at = 0;
  std::string_view exit;  // an exit label, or done, expired, fault, restarted
};

struct GoalCommand {
  bytecode::JourneyId journey{};
  InstanceId instance;
  CustomerNumber customer{};
  std::string_view goal;
  TimestampMs at = 0;  // event time
};

struct EnteredCommand {
  bytecode::JourneyId journey{};
  InstanceId instance;
  CustomerNumber customer{};
  TimestampMs at = 0;
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

class CommandSink {
 public:
  virtual ~CommandSink() = default;
  virtual void on_entered(const EnteredCommand& command) = 0;
  virtual void on_delivery(const DeliveryCommand& command) = 0;
  virtual void on_goal(const GoalCommand& command) = 0;
  virtual void on_exposure(const ExposureCommand& command) = 0;
  virtual void on_ended(const EndedCommand& command) = 0;
};

}  // namespace wend::engine
