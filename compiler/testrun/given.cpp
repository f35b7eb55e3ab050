#include "compiler/testrun/given.h"

#include <cassert>
#include <string_view>

#include "compiler/testrun/world.h"
#include "runtime/base/bytes.h"
#include "runtime/engine/records.h"
#include "runtime/vm/machine.h"

namespace wend::testrun {

using bytecode::Value;

namespace {

// Answers from the given values alone: before the first entry there is no engine to ask.
class GivenHost final : public vm::Host {
 public:
  GivenHost(const bytecode::Program& program, const std::vector<sema::TopicId>& consents)
      : program_(program), consents_(consents), attributes_(program.attributes.size()) {}

  void give(bytecode::AttributeId id, std::optional<std::string> packed) { attributes_[static_cast<size_t>(id)] = std::move(packed); }
  void stand_in(std::string zone) { zone_ = std::move(zone); }

  Value attribute(bytecode::AttributeId id) override {
    const auto& attribute = program_.attributes[static_cast<size_t>(id)];
    if (attribute.name == "id") return Value::from_bytes(k_customer_id);
    const auto& packed = attributes_[static_cast<size_t>(id)];
    if (!packed && attribute.default_value) return bytecode::default_of(program_, attribute.default_value);
    if (!packed) return program_.type(attribute.type).kind == bytecode::ValueKind::list ? Value::from_bytes(bytecode::k_empty_list) : Value::absent();
    ByteReader reader(*packed);
    return bytecode::read_value(reader, program_, attribute.type);
  }
  bool consent(bytecode::TopicId id) override {
    for (const sema::TopicId topic : consents_) {
      if (static_cast<size_t>(topic) == static_cast<size_t>(id)) return true;
    }
    return false;
  }
  std::string_view zone() override { return zone_; }
  TimestampMs now() const override { return 0; }
  uint64_t position() const override { return 0; }
  uint32_t ordinal() const override { return 0; }
  int64_t history(bytecode::HistoryId) override { return 0; }
  Value list(bytecode::HistoryId) override { return Value::from_bytes(bytecode::k_empty_list); }
  bool segment(bytecode::SegmentId) override { return false; }
  vm::SendResult send(bytecode::SiteId, std::span<const Value>, std::span<const Value>) override {
    assert(false);
    return {};
  }
  void set_attribute(bytecode::AttributeId, const Value&) override { assert(false); }
  uint32_t assign_arm(bytecode::ExperimentId) override {
    assert(false);
    return 0;
  }
  void emit(bytecode::EventId, std::span<const Value>) override { assert(false); }
  void hand_off(bytecode::JourneyId, std::span<const Value>) override { assert(false); }
  void call(bytecode::CallId, uint16_t, std::span<const Value>) override { assert(false); }

 private:
  const bytecode::Program& program_;
  const std::vector<sema::TopicId>& consents_;
  std::vector<std::optional<std::string>> attributes_;
  std::string zone_ = "UTC";
};

std::string principal_zone(const bytecode::Program& program, vm::Machine& machine, vm::Host& host) {
  if (!program.zone) return "UTC";
  const bytecode::Function& function = program.function(*program.zone);
  const auto value = vm::evaluate(machine, host, function, {});
  if (!value || !value->present) return "UTC";
  // A list is its packed encoding: the number of zones, then their names.
  for (const auto& instruction : function.code) {
    if (instruction.opcode != bytecode::Opcode::return_value) continue;
    if (program.type(function.registers[instruction.a]).kind != bytecode::ValueKind::list) return std::string(value->view());
    ByteReader reader(value->view());
    return reader.varint() == 0 ? "UTC" : std::string(reader.text());
  }
  return "UTC";
}

bool give_all(const sema::Test& test, const Prepared& prepared, vm::Machine& machine, GivenHost& host) {
  for (const auto& given : test.customer) {
    const auto value = vm::evaluate(machine, host, prepared.function(*given.value), {});
    if (!value) return false;
    const auto id = static_cast<bytecode::AttributeId>(given.attribute);
    std::optional<std::string> packed;
    if (value->present) {
      ByteWriter writer(packed.emplace());
      const auto& attribute = prepared.program().attributes[static_cast<size_t>(id)];
      bytecode::write_value(writer, prepared.program(), attribute.type, *value);
    }
    host.give(id, std::move(packed));
  }
  return true;
}

}  // namespace

std::optional<Given> evaluate_given(const sema::Test& test, const Prepared& prepared, const ZoneTable& zones) {
  vm::Machine machine(prepared.program(), zones);
  GivenHost host(prepared.program(), test.consents);
  // Twice: a local time among the values needs the zone, which is one of the values.
  if (!give_all(test, prepared, machine, host)) return std::nullopt;
  Given given;
  given.zone = principal_zone(prepared.program(), machine, host);
  host.stand_in(given.zone);
  if (!give_all(test, prepared, machine, host)) return std::nullopt;

  std::vector<engine::AttributeChange> attributes;
  for (const auto& attribute : test.customer) {
    const auto id = static_cast<bytecode::AttributeId>(attribute.attribute);
    attributes.push_back({id, host.attribute(id)});
  }
  std::vector<engine::ConsentChange> consents;
  for (const sema::TopicId topic : test.consents) consents.push_back({static_cast<bytecode::TopicId>(topic), true});
  engine::write_attributes_body(given.attributes, prepared.program(), attributes, consents);
  return given;
}

}  // namespace wend::testrun
