#include "runtime/bytecode/content.h"

#include <utility>

namespace wend::bytecode {

void ContentWriter::item(TypeId id) {
  const Type& type = program_.type(id);
  (*this)(type.kind, type.optional, type.is_set, type.is_percent, type.format, type.currency);
  if (type.kind == ValueKind::enumeration) item(type.enumeration);
  if (type.kind == ValueKind::record) item(type.record);
  if (type.kind == ValueKind::list) item(type.element);
}

void ContentWriter::item(SegmentId id) {
  const Segment& segment = program_.segments[static_cast<size_t>(id)];
  (*this)(segment.name, segment.existing);
}

void ContentWriter::item(const Instruction& instruction) {
  item(instruction.opcode);
  const OpcodeInfo& info = *opcode_info(instruction.opcode);
  const uint16_t operands[] = {instruction.a, instruction.b, instruction.c};
  for (size_t i = 0; i < info.operands.size(); ++i) {
    if (!visit_id(info.operands[i], operands[i], [this](auto id) { item(id); })) item(operands[i]);
  }
}

void ContentWriter::item(const Journey& journey) {
  Journey without_owner = journey;
  without_owner.owner.clear();
  write_sorted(std::move(without_owner));
}

void ContentWriter::item(const AwaitArm& arm) {
  if (arm.signal == SignalKind::event) item(arm.event);
  (*this)(arm.signal, arm.delivery, arm.receipt, arm.entry, arm.look_back, arm.step_start, arm.step_ordinal, arm.ago);
}

void ContentWriter::item(const DenialStep& step) {
  (*this)(step.action, step.delay_max);
  if (step.action == DenialAction::divert) item(step.divert_to);
}

}  // namespace wend::bytecode
