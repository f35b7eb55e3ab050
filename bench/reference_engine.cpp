// The reference journey as a program, and an engine fed with the reference events.

#include <cstdio>
#include <cstdlib>

#include "bench/reference.h"
#include "runtime/bytecode/verify.h"
#include "runtime/engine/records.h"

namespace wend::bench {

using bytecode::Opcode;
using bytecode::Program;

namespace {

// 2024-01-01T00:00:00Z, where the virtual run begins.
constexpr TimestampMs k_run_start_ms = 1'704'067'200'000;
constexpr uint16_t k_vip_amount = 50;

TimestampMs time_of(uint32_t minute) {
  return k_run_start_ms + minute * k_minute_ms;
}

// Types, by number.
enum : uint16_t { k_boolean, k_money, k_text, k_delivery };
// Registers of the journey.
enum : uint16_t { r_amount, r_limit, r_is_small, r_sent };

bytecode::Function address_function() {
  bytecode::Function address{.name = "address", .registers = {bytecode::TypeId{k_text}}};
  address.code = {{Opcode::load_constant, 0, 0, 1, 0}, {Opcode::return_value, 0, 0, 0, 0}};
  return address;
}

bytecode::Function body_function() {
  bytecode::Function body{.name = "welcome"};
  for (const uint16_t type : {k_money, k_money, k_boolean, k_delivery}) body.registers.push_back(bytecode::TypeId{type});
  body.code = {
      {Opcode::suspend, 0, 0, 0, 0},                             // 0  entry: wait
      {Opcode::load_field, 0, r_amount, 0, 0},                   // 1  purchased
      {Opcode::load_constant, 0, r_limit, 0, 0},                 // 2
      {Opcode::less_decimal, 0, r_is_small, r_amount, r_limit},  // 3
      {Opcode::jump_if, 0, r_is_small, 7, 0},                    // 4
      {Opcode::send, 0, r_sent, 0, 0},                           // 5  vip
      {Opcode::end, 0, 0, 0, 0},                                 // 6
      {Opcode::send, 0, r_sent, 1, 0},                           // 7  thanks
      {Opcode::end, 0, 0, 0, 0},                                 // 8
      {Opcode::send, 0, r_sent, 2, 0},                           // 9  timeout: reminder
      {Opcode::end, 0, 0, 0, 0},                                 // 10
  };
  return body;
}

bytecode::Journey journey(bytecode::FunctionId body) {
  bytecode::Journey journey;
  journey.name = "welcome";
  journey.owner = "bench";
  journey.lifetime = Period{0, 30};
  journey.body = body;
  journey.labels = {"done"};
  journey.steps = {"first_purchase"};
  journey.layouts = {{}};
  bytecode::JourneyEntry entry;
  entry.event = bytecode::EventId{0};
  entry.start = {0, bytecode::EventId{0}};
  journey.entries = {entry};
  bytecode::WaitingPoint point;
  point.kind = bytecode::PointKind::await;
  point.path = "first_purchase/await";
  point.step = "first_purchase";
  point.fixed_ms = k_wait_minutes * k_minute_ms;
  point.timeout = {9, {}};
  bytecode::AwaitArm arm;
  arm.signal = bytecode::SignalKind::event;
  arm.event = bytecode::EventId{1};
  arm.entry = {1, bytecode::EventId{1}};
  point.arms = {arm};
  journey.points = {point};
  for (const uint16_t message : {0, 1, 2}) {
    bytecode::SendSite site;
    site.message = bytecode::MessageId{message};
    site.path = "first_purchase/message";
    site.step = "first_purchase";
    site.via = {bytecode::ChannelId{0}};
    journey.sites.push_back(site);
  }
  return journey;
}

}  // namespace

Program reference_program() {
  Program program;
  program.name = "reference";
  program.types.resize(4);
  program.types[k_boolean].kind = bytecode::ValueKind::boolean;
  program.types[k_money] = {.kind = bytecode::ValueKind::decimal, .currency = "USD"};
  program.types[k_text].kind = bytecode::ValueKind::text;
  program.types[k_delivery] = {.kind = bytecode::ValueKind::delivery, .optional = true};
  program.constants = {{bytecode::TypeId{k_money}, Decimal::from_int(k_vip_amount)}, {bytecode::TypeId{k_text}, std::string("hook")}};
  program.events.push_back({.name = "SignedUp", .wire = "SignedUp"});
  program.events.push_back({.name = "Purchased", .wire = "Purchased", .fields = {{"amount", "amount", bytecode::TypeId{k_money}}}});
  program.functions = {address_function(), body_function()};
  program.channels.push_back({.name = "hook", .address = bytecode::FunctionId{0}});
  for (const char* message : {"Vip", "Thanks", "Reminder"}) program.messages.push_back({.name = message, .purpose = "transactional"});
  program.journeys.push_back(journey(bytecode::FunctionId{1}));
  if (const auto fault = bytecode::verify(program)) {
    std::fprintf(stderr, "reference program: %s: %s\n", fault->where.c_str(), fault->what.c_str());
    std::exit(1);
  }
  return program;
}

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
