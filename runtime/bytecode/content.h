#pragma once

// What a part of a program means, whatever it and what it refers to are numbered: named things are written as their names, nameless ones
// as their own contents. Equal contents of two programs are equal bytes. Nothing is kept in this form.

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "runtime/bytecode/archive.h"
#include "runtime/bytecode/operands.h"
#include "runtime/bytecode/program.h"

namespace wend::bytecode {

// The tables whose places are numbers that states, logs or code hold: id type, table, what one of them is called; nameless ones last.
#define WEND_NUMBERED_TABLES(X)              \
  X(EnumId, enums, "enum")                   \
  X(RecordId, records, "record")             \
  X(AttributeId, attributes, "attribute")    \
  X(TopicId, topics, "consent topic")        \
  X(EventId, events, "event")                \
  X(ChannelId, channels, "channel")          \
  X(MessageId, messages, "message")          \
  X(ActionId, actions, "action")             \
  X(ExperimentId, experiments, "experiment") \
  X(HoldoutId, holdouts, "holdout")          \
  X(PolicyId, policies, "policy")            \
  X(SegmentId, segments, "segment")          \
  X(JourneyId, journeys, "journey")          \
  X(HistoryId, history, "history query")     \
  X(ScheduleId, schedules, "schedule")

// Calls `visit` with the id that an operand of the kind is; false when it refers to nothing outside of its function or journey.
template <typename Visit>
bool visit_id(OperandKind kind, uint16_t number, const Visit& visit) {
  const auto as = [&]<typename Id>(std::type_identity<Id>) {
    visit(static_cast<Id>(number));
    return true;
  };
  if (kind == OperandKind::constant) return as(std::type_identity<ConstantId>());
  if (kind == OperandKind::attribute) return as(std::type_identity<AttributeId>());
  if (kind == OperandKind::topic) return as(std::type_identity<TopicId>());
  if (kind == OperandKind::history) return as(std::type_identity<HistoryId>());
  if (kind == OperandKind::segment) return as(std::type_identity<SegmentId>());
  if (kind == OperandKind::experiment) return as(std::type_identity<ExperimentId>());
  if (kind == OperandKind::event) return as(std::type_identity<EventId>());
  if (kind == OperandKind::journey) return as(std::type_identity<JourneyId>());
  return false;
}

// Calls `visit` with each list of ids in the part whose order says nothing.
template <typename Visit>
void visit_sets(fields::Is<Journey> auto& journey, const Visit& visit) {
  visit(journey.required);
  visit(journey.holdouts);
}
template <typename Visit>
void visit_sets(fields::Is<WaitingPoint> auto& point, const Visit& visit) {
  visit(point.live);
}
template <typename Visit>
void visit_sets(fields::Is<Cap> auto& cap, const Visit& visit) {
  visit(cap.channels);
}
template <typename Visit>
void visit_sets(fields::Is<QuietHours> auto& quiet, const Visit& visit) {
  visit(quiet.channels);
}

class ContentWriter final : public BasicWriter<ContentWriter> {
 public:
  ContentWriter(const Program& program, std::string& out) : BasicWriter(out), program_(program) {}

  using BasicWriter::item;
  void item(TypeId id);
  void item(ConstantId id) { item(program_.constants[static_cast<size_t>(id)]); }
  void item(FunctionId id) { BasicWriter::item(program_.function(id)); }
  void item(const Instruction& instruction);

  void item(EnumId id) { item(program_.enums[static_cast<size_t>(id)].name); }
  void item(RecordId id) { item(program_.records[static_cast<size_t>(id)].name); }
  void item(AttributeId id) { item(program_.attributes[static_cast<size_t>(id)].name); }
  void item(TopicId id) { item(program_.topics[static_cast<size_t>(id)]); }
  void item(EventId id) { item(program_.event(id).name); }
  void item(ChannelId id) { item(program_.channels[static_cast<size_t>(id)].name); }
  void item(MessageId id) { item(program_.messages[static_cast<size_t>(id)].name); }
  void item(ActionId id) { item(program_.actions[static_cast<size_t>(id)].name); }
  void item(ExperimentId id) { item(program_.experiments[static_cast<size_t>(id)].name); }
  void item(HoldoutId id) { item(program_.holdouts[static_cast<size_t>(id)].name); }
  void item(PolicyId id) { item(program_.policies[static_cast<size_t>(id)].name); }
  void item(JourneyId id) { item(program_.journey(id).name); }
  void item(SegmentId id);
  void item(HistoryId id) { item(program_.history[static_cast<size_t>(id)]); }
  void item(ScheduleId id) { item(program_.schedules[static_cast<size_t>(id)]); }

  // Without what steers nothing (owners, labels, names of slots), and without the order of what is a set.
  void item(const Attribute& attribute) { (*this)(attribute.name, attribute.type, attribute.default_value, attribute.wire); }
  void item(const LayoutSlot& slot) { item(slot.reg); }
  void item(const Journey& journey);
  void item(const WaitingPoint& point) { write_sorted(point); }
  void item(const Cap& cap) { write_sorted(cap); }
  void item(const QuietHours& quiet) { write_sorted(quiet); }
  // Without what is nothing in this one.
  void item(const AwaitArm& arm);
  void item(const DenialStep& step);
  // Whether its members are kept track of follows from who asks.
  void item(const Segment& segment) { (*this)(segment.name, segment.existing, segment.condition); }

 private:
  template <typename Id>
  void sort_by_name(std::vector<Id>& ids) const;
  template <typename Part>
  void write_sorted(Part part) {
    visit_sets(part, [this](auto& ids) { sort_by_name(ids); });
    BasicWriter::item(part);
  }

  const Program& program_;
};

template <typename Id>
void ContentWriter::sort_by_name(std::vector<Id>& ids) const {
  std::ranges::sort(ids, {}, [this](Id id) {
    std::string name;
    ContentWriter(program_, name).item(id);
    return name;
  });
}

}  // namespace wend::bytecode
