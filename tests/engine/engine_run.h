#pragma once

// Runs an engine over entries written in a test, and writes down its commands as lines that a test can compare.

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/engine/records.h"
#include "tests/engine/program_builder.h"

namespace wend::engine::testing {

class MemoryDirectory final : public CustomerDirectory {
 public:
  void add(CustomerNumber number, std::string_view id) override;
  std::string_view id(CustomerNumber number) override { return ids_[static_cast<size_t>(number)]; }
  void erase(CustomerNumber number) override { ids_[static_cast<size_t>(number)].clear(); }

 private:
  std::vector<std::string> ids_;
};

// Lines such as "ada entered welcome @5", "ada sent Hello via email @10 commit 12", "ada suppressed Hello because consent @5",
// "ada goal bought @7", "ada arm 1 of offer @5", "ada held out by everyone @5", "ada exited done @9". Instances show in `ids` and keys in `keys`.
class CommandLines final : public CommandSink {
 public:
  CommandLines(const bytecode::Program& program, MemoryDirectory& directory) : program_(program), directory_(directory) {}
  void on_entered(const EnteredCommand& command) override;
  void on_delivery(const DeliveryCommand& command) override;
  void on_call(const CallCommand& command) override;
  void on_goal(const GoalCommand& command) override;
  void on_exposure(const ExposureCommand& command) override;
  void on_holdout(const HoldoutCommand& command) override;
  void on_ended(const EndedCommand& command) override;
  void on_excluded(const ExclusionCommand& command) override;

  std::vector<std::string> lines;
  std::vector<std::string> keys;  // of deliveries, in hex
  std::vector<InstanceId> entered;
  size_t exposures = 0;
  size_t people = 0;  // exposures that were the customer's first

 private:
  std::string who(CustomerNumber customer) { return std::string(directory_.id(customer)); }
  const bytecode::Program& program_;
  MemoryDirectory& directory_;
};

// An entry that owns its bytes.
struct OwnedEntry {
  RecordTag tag{};
  TimestampMs t_log = 0;
  TimestampMs t_event = 0;
  std::string customer;
  std::string body;
  uint8_t flags = 0;
  Entry view() const { return {tag, flags, t_log, t_event, customer, body}; }
};

// Bodies of entries from plain values.
std::string event_body(const bytecode::Program& program, EventId event, const std::vector<bytecode::Value>& fields,
                       std::string_view message_id = {});
inline bytecode::Value word(int64_t value) {
  return bytecode::Value::from_word(value);
}
inline bytecode::Value text(std::string_view value) {
  return bytecode::Value::from_bytes(value);
}

class EngineRun {
 public:
  // The program is verified first: a test with a program that no compiler could make proves nothing.
  explicit EngineRun(bytecode::Program program, EngineOptions options = {});

  // Each appends one entry and reacts to it. `at` is t_log; `happened` is t_event (default: the same).
  void event(TimestampMs at, std::string_view customer, EventId event, const std::vector<bytecode::Value>& fields = {},
             std::optional<TimestampMs> happened = std::nullopt, std::string_view message_id = {});
  void set(TimestampMs at, std::string_view customer, AttributeId attribute, const bytecode::Value& value);
  void consent(TimestampMs at, std::string_view customer, TopicId topic, bool given);
  void receipt(TimestampMs at, std::string_view customer, std::string_view key_hex, std::string_view name);
  void plain(TimestampMs at, RecordTag tag);
  void tick(TimestampMs at) { plain(at, RecordTag::tick); }
  void append(OwnedEntry entry);

  std::vector<std::string> take_lines();
  Engine& engine() { return *engine_; }
  const bytecode::Program& program() const { return program_; }
  CommandLines& commands() { return commands_; }
  std::vector<std::string> waiting_steps();

 private:
  bytecode::Program program_;
  std::shared_ptr<const ZoneTable> zones_;
  MemoryDirectory directory_;
  CommandLines commands_;
  std::unique_ptr<Engine> engine_;
  uint64_t position_ = 0;
};

using Lines = std::vector<std::string>;

}  // namespace wend::engine::testing
