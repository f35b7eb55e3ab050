#include "compiler/testrun/given.h"

#include "compiler/testrun/given_host.h"
#include "runtime/base/bytes.h"
#include "runtime/engine/records.h"
#include "runtime/vm/machine.h"

namespace wend::testrun {

using bytecode::Value;

namespace {

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

bool give_values(const sema::Test& test, const Prepared& prepared, vm::Machine& machine, GivenHost& host) {
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

bool give_all(const sema::Test& test, const Prepared& prepared, vm::Machine& machine, GivenHost& host) {
  // Twice: a local time among the values needs the zone, which is one of the values.
  if (!give_values(test, prepared, machine, host)) return false;
  host.stand_in(principal_zone(prepared.program(), machine, host));
  return give_values(test, prepared, machine, host);
}

std::optional<Given> evaluate_given(const sema::Test& test, const Prepared& prepared, const ZoneTable& zones) {
  vm::Machine machine(prepared.program(), zones);
  GivenHost host(prepared.program(), test.consents);
  if (!give_all(test, prepared, machine, host)) return std::nullopt;
  Given given;
  given.zone = host.zone();

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
