// An engine fed with the reference events.

#include <cstring>

#include "bench/reference.h"
#include "runtime/engine/records.h"

namespace wend::bench {

using bytecode::Program;

namespace {

// 2024-01-01T00:00:00Z, where the virtual run begins.
constexpr TimestampMs k_run_start_ms = 1'704'067'200'000;

TimestampMs time_of(uint32_t minute) {
  return k_run_start_ms + minute * k_minute_ms;
}

}  // namespace

ReferenceLog::ReferenceLog(const Program& program) {
  for (uint32_t kind = 0; kind < k_event_kinds; ++kind) {
    for (uint32_t amount = 0; amount < k_amounts; ++amount) {
      std::string row;
      ByteWriter writer(row);
      std::vector<bytecode::TypeId> types;
      for (const auto& field : program.events[kind].fields) types.push_back(field.type);
      const bytecode::Value value = bytecode::Value::from_decimal(Decimal::from_int(amount));
      bytecode::write_row(writer, program, types, std::span(&value, types.size()));
      engine::write_event_body(bodies_.emplace_back(), {static_cast<bytecode::EventId>(kind), {}, row});
    }
  }
}

engine::Entry ReferenceLog::entry(const ReferenceEvent& event) const {
  const TimestampMs at = time_of(event.minute);
  return {engine::RecordTag::event,
          0,
          at,
          at,
          {reinterpret_cast<const char*>(&event.customer), sizeof event.customer},
          bodies_[static_cast<uint32_t>(event.kind) * k_amounts + event.amount]};
}

engine::Entry ReferenceLog::tick(uint32_t minute) const {
  return {engine::RecordTag::tick, 0, time_of(minute), time_of(minute), {}, {}};
}

void IdDirectory::add(engine::CustomerNumber, std::string_view id) {
  uint64_t value;
  std::memcpy(&value, id.data(), sizeof value);
  ids_.push_back(value);
}

std::string_view IdDirectory::id(engine::CustomerNumber number) {
  return {reinterpret_cast<const char*>(&ids_[static_cast<size_t>(number)]), sizeof(uint64_t)};
}

void CountingSink::on_delivery(const engine::DeliveryCommand& command) {
  const auto message = static_cast<uint32_t>(command.message);
  outbox_[sent_++ % k_outbox] = {command.customer, command.at, message};
  ++(message == 0 ? sends_.vip : message == 1 ? sends_.thanks : sends_.reminders);
}

EngineDriver::EngineDriver(const Program& program) : log_(program), engine_(program, *zones_, directory_, {}) {
  batch_.reserve(k_batch);
}

void EngineDriver::know(const std::vector<uint64_t>& customers) {
  std::vector<ReferenceEvent> events(k_batch);
  for (size_t at = 0; at < customers.size(); at += k_batch) {
    events.resize(std::min(k_batch, customers.size() - at));
    for (size_t i = 0; i < events.size(); ++i) events[i] = {customers[at + i], EventKind::purchased, 0, 0};
    react(events);
  }
}

void EngineDriver::react(const std::vector<ReferenceEvent>& events) {
  for (const ReferenceEvent& event : events) {
    batch_.push_back(log_.entry(event));
    if (batch_.size() == k_batch) flush();
  }
  flush();
}

void EngineDriver::tick(uint32_t minute) {
  batch_.push_back(log_.tick(minute));
  flush();
}

void EngineDriver::flush() {
  engine_.react(batch_, position_, sink_);
  position_ += batch_.size();
  batch_.clear();
}

}  // namespace wend::bench
