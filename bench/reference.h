#pragma once

// The reference work of the engine's rows, and a hand-written program that does it: what the engine is compared with.
//
//   signed_up → wait for purchased, up to 48 hours → amount ≥ 50: VIP, else THANKS; or at the timeout: REMINDER
//
// Half of the events are sign-ups and half are purchases, of customers drawn at random; the run spans eight virtual days, so that
// many timers fire. Times are whole minutes, and both sides let an event at the deadline win: they send exactly the same messages.

#include <cstdint>
#include <vector>

#include "runtime/engine/engine.h"

namespace wend::bench {

enum class EventKind : uint32_t { signed_up = 0, purchased = 1 };
constexpr uint32_t k_event_kinds = 2;
constexpr uint32_t k_amounts = 128;  // amounts are 0 … 127
constexpr uint32_t k_wait_minutes = 2 * 24 * 60;
constexpr uint32_t k_run_minutes = 8 * 24 * 60;

struct ReferenceEvent {
  uint64_t customer;  // sparse 64-bit id
  EventKind kind;
  uint32_t amount;
  uint32_t minute;
};

std::vector<uint64_t> reference_customers(size_t count);
std::vector<ReferenceEvent> reference_events(const std::vector<uint64_t>& customers, size_t count);

enum class SendKind : uint32_t { vip = 1, thanks = 2, reminder = 3 };
struct SendCounts {
  uint64_t vip = 0;
  uint64_t thanks = 0;
  uint64_t reminders = 0;
  friend bool operator==(const SendCounts&, const SendCounts&) = default;
};

// Open addressing (load at most one half), prefetch 16 events ahead, one bucket of timers per minute, cancelled lazily.
class HandWritten {
 public:
  explicit HandWritten(size_t customers);
  // Makes the customers known, as they are to a system that has run for a while.
  void know(const std::vector<uint64_t>& customers);
  void react(const std::vector<ReferenceEvent>& events);
  // Lets the timers up to and including that minute fire.
  void advance_to(uint32_t minute);
  const SendCounts& sends() const { return sends_; }

 private:
  struct Instance {
    uint64_t customer;
    uint32_t deadline;
    uint32_t generation : 24, waiting : 8;
  };
  struct Timer {
    uint32_t slot;
    uint32_t generation;
  };
  struct Send {
    uint64_t customer;
    uint32_t minute;
    SendKind kind;
  };
  static constexpr uint32_t k_wheel = 4096;  // minutes; more than the wait
  static constexpr uint32_t k_outbox = 1 << 16;
  static constexpr size_t k_prefetch_distance = 16;

  uint32_t slot_of(uint64_t customer);
  void prefetch(uint64_t customer) const;
  void send(uint64_t customer, SendKind kind);
  void fire(std::vector<Timer>& bucket);

  std::vector<Instance> table_;
  uint64_t mask_;
  std::vector<std::vector<Timer>> wheel_{k_wheel};
  std::vector<Send> outbox_{k_outbox};
  uint32_t sent_ = 0;
  uint32_t minute_ = 0;
  SendCounts sends_;
};

// The same journey, compiled from bench/reference.journey.
bytecode::Program reference_program();
// The same with its events from JSON Schemas, as which each payload is checked.
bytecode::Program reference_program_of_schemas();

// Entries of the log for reference events, without copying: ids are views of the events, bodies of a table made once.
class ReferenceLog {
 public:
  explicit ReferenceLog(const bytecode::Program& program);
  engine::Entry entry(const ReferenceEvent& event) const;
  engine::Entry tick(uint32_t minute) const;

 private:
  std::vector<std::string> bodies_;  // by kind and amount
};

class IdDirectory final : public engine::CustomerDirectory {
 public:
  void add(engine::CustomerNumber, std::string_view id) override;
  std::string_view id(engine::CustomerNumber number) override;
  void erase(engine::CustomerNumber number) override { ids_[static_cast<size_t>(number)] = 0; }

 private:
  std::vector<uint64_t> ids_;
};

// Takes commands as the hand-written program takes its sends: into a ring.
class CountingSink final : public engine::CommandSink {
 public:
  void on_entered(const engine::EnteredCommand&) override {}
  void on_delivery(const engine::DeliveryCommand& command) override;
  void on_call(const engine::CallCommand&) override {}
  void on_goal(const engine::GoalCommand&) override {}
  void on_exposure(const engine::ExposureCommand&) override {}
  void on_holdout(const engine::HoldoutCommand&) override {}
  void on_ended(const engine::EndedCommand&) override {}
  const SendCounts& sends() const { return sends_; }

 private:
  struct Send {
    engine::CustomerNumber customer;
    TimestampMs at;
    uint32_t message;
  };
  static constexpr uint32_t k_outbox = 1 << 16;
  std::vector<Send> outbox_{k_outbox};
  uint32_t sent_ = 0;
  SendCounts sends_;
};

// Feeds events in batches, as a log does.
constexpr size_t k_batch = 1000;
class EngineDriver {
 public:
  explicit EngineDriver(const bytecode::Program& program);
  void know(const std::vector<uint64_t>& customers);
  void react(const std::vector<ReferenceEvent>& events);
  void tick(uint32_t minute);
  engine::Engine& engine() { return engine_; }
  const SendCounts& sends() const { return sink_.sends(); }

 private:
  void flush();
  ReferenceLog log_;
  IdDirectory directory_;
  CountingSink sink_;
  std::shared_ptr<const ZoneTable> zones_ = ZoneTable::system();
  engine::Engine engine_;
  std::vector<engine::Entry> batch_;
  uint64_t position_ = 0;
};

// Processor time of this thread: the rows are about one core, and other programs on the machine must not show.
double processor_seconds();
uint64_t resident_bytes();

}  // namespace wend::bench
