#pragma once

// The interpreter: runs the code of one program over statically typed registers. It holds no state of its own between calls
// but scratch memory; everything it reads or changes outside its registers goes through `Host`.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/base/locale.h"
#include "runtime/base/time_zone.h"
#include "runtime/bytecode/packed.h"
#include "runtime/bytecode/program.h"
#include "runtime/vm/visits.h"

namespace wend::vm {

using bytecode::Value;

// The event being reacted to. `body` is a packed row of the event's fields.
struct EventView {
  bytecode::EventId event{};
  std::string_view body;
};

// What became of a send.
struct SendResult {
  std::string_view key;                         // 16 bytes; empty when nothing was sent
  std::optional<bytecode::PointId> delayed_at;  // neither sent nor given up: the instance waits here, and goes on with this `send`
};

// What the machine asks of whoever runs it (the engine, a renderer of message bodies, a test). Calls happen inside a reaction.
class Host {
 public:
  virtual ~Host() = default;
  virtual TimestampMs now() const = 0;
  // Which input is reacted to; see engine::InputId.
  virtual uint64_t position() const = 0;
  virtual uint32_t ordinal() const = 0;
  virtual Value attribute(bytecode::AttributeId id) = 0;  // views live until the attribute changes
  virtual bool consent(bytecode::TopicId id) = 0;
  virtual int64_t history(bytecode::HistoryId id) = 0;
  // The events of a query that keeps them, as a packed list. Its bytes live as long as those of an attribute.
  virtual Value list(bytecode::HistoryId id) = 0;
  virtual bool segment(bytecode::SegmentId id) = 0;  // whether the customer is in it now
  virtual std::string_view zone() = 0;  // IANA name of the customer's principal zone
  // In whose way `format` writes; empty: in nobody's, the same everywhere. Only message bodies are written for people.
  virtual std::string_view locale() { return {}; }
  // Sends at `site` of the journey being run. `parameters` are in the message's order and live only during the call.
  virtual SendResult send(bytecode::SiteId site, std::span<const Value> parameters, std::span<const Value> registers) = 0;
  virtual void set_attribute(bytecode::AttributeId id, const Value& value) = 0;
  virtual uint32_t assign_arm(bytecode::ExperimentId id) = 0;
  // Values in the order of the event's fields, or of the journey's parameters; they live only during the call.
  virtual void emit(bytecode::EventId event, std::span<const Value> fields) = 0;
  virtual void hand_off(bytecode::JourneyId to, std::span<const Value> parameters) = 0;
  // Asks for the action of `call` of the journey being run; its parameters are the registers from `first` on. The instance waits for the
  // answer at the call's point.
  virtual void call(bytecode::CallId call, uint16_t first, std::span<const Value> registers) = 0;
};

enum class OutcomeKind : uint8_t { suspended, ended, returned, declined, faulted, forked, branch_ended };
// One word, which stays in a register on its way through the callers: put together from parts in memory and read as a whole it would
// have to wait for every store before. What a run returned is Machine::returned().
class Outcome {
 public:
  explicit constexpr Outcome(OutcomeKind kind, uint16_t index = 0, bool has_fault = false)
      : bits_(static_cast<uint32_t>(kind) | (has_fault ? k_fault_bit : 0) | uint32_t{index} << k_index_shift) {}
  OutcomeKind kind() const { return static_cast<OutcomeKind>(bits_ & k_kind_mask); }
  uint16_t index() const { return static_cast<uint16_t>(bits_ >> k_index_shift); }  // suspended: PointId; ended: LabelId; of forks: ForkId
  // An overflow, a division by zero or a missing value happened: `faulted`, or `declined` where an arm was asked whether it takes
  // the input.
  bool has_fault() const { return (bits_ & k_fault_bit) != 0; }
  // False: the code declined, nothing has happened.
  explicit operator bool() const { return kind() != OutcomeKind::declined; }

 private:
  static constexpr uint32_t k_kind_mask = 0xff;
  static constexpr uint32_t k_fault_bit = 0x100;
  static constexpr int k_index_shift = 16;
  uint32_t bits_;
};
constexpr Outcome k_declined{OutcomeKind::declined};

class Machine {
 public:
  // `visits`, when there is one, outlives the machine.
  Machine(const bytecode::Program& program, const ZoneTable& zones, Visits* visits = nullptr);
  ~Machine();
  Machine(const Machine&) = delete;

  // Makes the registers of `function` current and gives them back to be filled (parameters, or a frame through load_frame).
  // Temporary text and lists made while running live in an arena that this call empties.
  std::span<Value> begin(const bytecode::Function& function);
  // Fills registers from a packed frame of `layout`; false when the bytes do not fit. Views point into `frame`.
  bool load_frame(const bytecode::Journey& journey, const bytecode::Layout& layout, std::string_view frame);
  // Replaces what `out` holds.
  void save_frame(const bytecode::Journey& journey, const bytecode::Layout& layout, std::string& out) const;
  // Runs from `pc` with the registers as they are. `event` may be null where the code uses no `load_field`.
  Outcome run(Host& host, uint32_t pc, const EventView* event);

  // The value of the last run, when that `returned`; its bytes live until the next run.
  const Value& returned() const;
  std::span<Value> registers();
  uint64_t faults() const;  // since construction

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Convenience for functions without effects: parameters in, value out; nullopt = fault.
std::optional<Value> evaluate(Machine& machine, Host& host, const bytecode::Function& function, std::span<const Value> parameters,
                              const EventView* event = nullptr);

// `format`: a value as text for people, the way of `locale` when there is one. Without: money rounded to its minor unit ("12.50 USD",
// "1250 JPY"), percent "40%", instants and times in `zone`.
std::string format_value(const bytecode::Program& program, const ZoneTable& zones, std::string_view zone, bytecode::TypeId type,
                         const Value& value, const LocaleFormat* locale = nullptr);

}  // namespace wend::vm
