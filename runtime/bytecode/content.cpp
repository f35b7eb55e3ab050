#include "runtime/bytecode/content.h"

#include <algorithm>

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

template <typename Id>
void ContentWriter::sort_by_name(std::vector<Id>& ids) const {
  std::ranges::sort(ids, {}, [this](Id id) {
    std::string name;
    ContentWriter(program_, name).item(id);
    return name;
  });
}

void ContentWriter::item(const Journey& journey) {
  Journey content = journey;
  content.owner.clear();
  sort_by_name(content.required);
  sort_by_name(content.holdouts);
  BasicWriter::item(content);
}

void ContentWriter::item(const WaitingPoint& point) {
  WaitingPoint content = point;
  sort_by_name(content.live);
  BasicWriter::item(content);
}

void ContentWriter::item(const Cap& cap) {
  Cap content = cap;
  sort_by_name(content.channels);
  BasicWriter::item(content);
}

void ContentWriter::item(const QuietHours& quiet) {
  QuietHours content = quiet;
  sort_by_name(content.channels);
  BasicWriter::item(content);
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
