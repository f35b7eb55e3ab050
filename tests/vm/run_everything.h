#pragma once

// Runs every piece of a verified program with values of the right types and any content: what must not crash, whatever a file says.

#include <deque>
#include <random>
#include <string>
#include <vector>

#include "runtime/bytecode/disassemble.h"
#include "runtime/vm/machine.h"

namespace wend::vm::testing {

class AnyHost final : public Host {
 public:
  AnyHost(const bytecode::Program& program, uint64_t seed) : program_(program), random_(seed) {}

  TimestampMs now() const override { return 1'700'000'000'000; }
  uint64_t position() const override { return 7; }
  uint32_t ordinal() const override { return 1; }
  Value attribute(bytecode::AttributeId id) override { return any(program_.attributes[static_cast<size_t>(id)].type); }
  bool consent(bytecode::TopicId) override { return random_() % 2 != 0; }
  Value list(bytecode::HistoryId) override { return Value::from_bytes(std::string_view("\0", 1)); }
  int64_t history(bytecode::HistoryId) override { return static_cast<int64_t>(random_() % 1001); }
  bool segment(bytecode::SegmentId) override { return random_() % 2 != 0; }
  std::string_view zone() override { return random_() % 4 == 0 ? "Mars/Olympus" : "Europe/London"; }
  SendResult send(bytecode::SiteId, std::span<const Value>, std::span<const Value>) override {
    return {random_() % 2 != 0 ? std::string_view("0123456789abcdef") : std::string_view(), std::nullopt};
  }
  void set_attribute(bytecode::AttributeId, const Value&) override {}
  uint32_t assign_arm(bytecode::ExperimentId) override { return 0; }
  void emit(bytecode::EventId, std::span<const Value>) override {}
  void hand_off(bytecode::JourneyId, std::span<const Value>) override {}
  void call(bytecode::CallId, uint16_t, std::span<const bytecode::Value>) override {}

  // A value that reads as the type's encoding, which is all that a log or a frame can give; absent now and then where that is allowed.
  Value any(bytecode::TypeId type) {
    for (int attempt = 0; attempt < 8; ++attempt) {
      if (program_.type(type).optional && random_() % 4 == 0) return Value();
      const std::string& bytes = kept_.emplace_back(any_bytes(40));
      ByteReader reader(bytes);
      const Value value = bytecode::read_value(reader, program_, type);
      if (reader.ok()) return value;
    }
    return Value();
  }
  std::string any_bytes(size_t size_max) {
    // Small numbers and zeros are more often well formed.
    std::string bytes(random_() % size_max + 1, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_() % 3 == 0 ? random_() : random_() % 4);
    return bytes;
  }
  // A row of these fields, mostly well formed; otherwise any bytes.
  std::string any_body(const std::vector<bytecode::FieldInfo>& fields) {
    std::vector<bytecode::TypeId> types;
    std::vector<Value> values;
    for (const bytecode::FieldInfo& field : fields) {
      types.push_back(field.type);
      values.push_back(any(field.type));
      if (!values.back().present && !program_.type(field.type).optional) return any_bytes(60);
    }
    std::string body;
    ByteWriter writer(body);
    bytecode::write_row(writer, program_, types, values);
    return body;
  }

 private:
  const bytecode::Program& program_;
  std::mt19937_64 random_;
  std::deque<std::string> kept_;  // values point into these, so they must not move
};

class Everything {
 public:
  Everything(const bytecode::Program& program, uint64_t seed)
      : program_(program), machine_(program, *ZoneTable::system()), host_(program, seed) {}

  void run() {
    bytecode::disassemble(program_, {});
    for (const bytecode::Journey& journey : program_.journeys) run_journey(journey);
    for (const bytecode::HistoryQuery& query : program_.history) {
      if (query.filter) run_function(program_.function(*query.filter), query.event);
    }
    for (const bytecode::Message& message : program_.messages) {
      for (const bytecode::Body& body : message.bodies) {
        for (const bytecode::BodyPart& part : body.parts) run_function(program_.function(part.render), {});
      }
    }
    for (const bytecode::Channel& channel : program_.channels) run_function(program_.function(channel.address), {});
    if (program_.zone) run_function(program_.function(*program_.zone), {});
  }

 private:
  void run_function(const bytecode::Function& function, std::optional<bytecode::EventId> event) {
    std::vector<Value> parameters;
    for (size_t i = 0; i < function.parameter_count; ++i) {
      parameters.push_back(host_.any(function.registers[i]));
      if (!parameters.back().present && !program_.type(function.registers[i]).optional) return;
    }
    const std::string body = event ? host_.any_body(program_.event(*event).fields) : std::string();
    const EventView view{event.value_or(bytecode::EventId{}), body};
    evaluate(machine_, host_, function, parameters, event ? &view : nullptr);
  }

  // From `layout`'s registers when there is one; the machine is not run over a frame that does not fit.
  void run_entry(const bytecode::Journey& journey, const std::optional<bytecode::Entry>& entry, const bytecode::Layout* layout) {
    if (!entry) return;
    machine_.begin(program_.function(journey.body));
    const std::string frame = layout == nullptr ? std::string() : any_frame(journey, *layout);
    if (layout != nullptr && !machine_.load_frame(journey, *layout, frame)) return;
    const std::string body = entry->event ? host_.any_body(program_.event(*entry->event).fields) : std::string();
    const EventView view{entry->event.value_or(bytecode::EventId{}), body};
    const Outcome outcome = machine_.run(host_, entry->pc, entry->event ? &view : nullptr);
    if (outcome.kind() != OutcomeKind::suspended) return;
    std::string saved;
    const bytecode::Layout& next = journey.layouts[static_cast<size_t>(journey.points[outcome.index()].layout)];
    machine_.save_frame(journey, next, saved);
    machine_.begin(program_.function(journey.body));
    if (!machine_.load_frame(journey, next, saved)) std::abort();
  }
  std::string any_frame(const bytecode::Journey& journey, const bytecode::Layout& layout) {
    std::vector<bytecode::FieldInfo> fields;
    for (const bytecode::LayoutSlot& slot : layout.slots) {
      fields.push_back({slot.name, slot.name, program_.function(journey.body).registers[static_cast<size_t>(slot.reg)]});
    }
    return host_.any_body(fields);
  }

  void run_journey(const bytecode::Journey& journey) {
    for (const bytecode::JourneyEntry& entry : journey.entries) {
      run_entry(journey, entry.where, nullptr);
      run_entry(journey, entry.key, nullptr);
      run_entry(journey, entry.start, nullptr);
    }
    const bytecode::Layout* goal_layout = journey.goal_layout ? &journey.layouts[static_cast<size_t>(*journey.goal_layout)] : nullptr;
    for (const bytecode::Goal& goal : journey.goals) run_entry(journey, goal.where, goal_layout);
    for (const bytecode::WaitingPoint& point : journey.points) {
      const bytecode::Layout* layout = &journey.layouts[static_cast<size_t>(point.layout)];
      for (const auto& entry : {point.deadline, point.timeout, point.if_past, point.if_absent}) run_entry(journey, entry, layout);
      for (const bytecode::AwaitArm& arm : point.arms) run_entry(journey, arm.entry, layout);
      for (const bytecode::JourneyExit& exit : journey.exits) run_entry(journey, exit.where, layout);
    }
  }

  const bytecode::Program& program_;
  Machine machine_;
  AnyHost host_;
};

inline void run_everything(const bytecode::Program& program, uint64_t seed) {
  Everything(program, seed).run();
}

}  // namespace wend::vm::testing
