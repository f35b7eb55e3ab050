#pragma once

// Programs assembled by hand, for tests of the engine that must not depend on the compiler.

#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/bytecode/program.h"

namespace wend::engine::testing {

using bytecode::AttributeId;
using bytecode::ChannelId;
using bytecode::EventId;
using bytecode::ExperimentId;
using bytecode::FunctionId;
using bytecode::HistoryId;
using bytecode::JourneyId;
using bytecode::LabelId;
using bytecode::LayoutId;
using bytecode::MessageId;
using bytecode::Opcode;
using bytecode::PointId;
using bytecode::Register;
using bytecode::SiteId;
using bytecode::Span;
using bytecode::TopicId;
using bytecode::TypeId;
using bytecode::ValueKind;

class ProgramBuilder {
 public:
  bytecode::Program program;

  TypeId type(ValueKind kind, bool optional = false);
  TypeId boolean() { return type(ValueKind::boolean); }
  TypeId integer() { return type(ValueKind::integer); }
  TypeId text() { return type(ValueKind::text); }
  TypeId optional_text() { return type(ValueKind::text, true); }
  TypeId instant() { return type(ValueKind::instant); }
  TypeId optional_instant() { return type(ValueKind::instant, true); }
  TypeId optional_delivery() { return type(ValueKind::delivery, true); }

  uint16_t constant(TypeId type, int64_t word);
  EventId event(const std::string& name, std::initializer_list<std::pair<std::string, TypeId>> fields, Span late = Period{0, 1},
                DurationMs grace_ms = 0);
  AttributeId attribute(const std::string& name, TypeId type, bool writable = false);
  TopicId topic(const std::string& name);
  // Reachable when the attribute (an optional text) is present.
  ChannelId channel(const std::string& name, AttributeId address, std::optional<TopicId> marketing = std::nullopt);
  MessageId message(const std::string& name, const std::string& purpose, std::initializer_list<TypeId> parameters = {});
  HistoryId history(EventId event, std::optional<Span> window, uint32_t limit = 1000);
  ExperimentId experiment(const std::string& name, std::initializer_list<std::pair<std::string, uint32_t>> arms);
  FunctionId function(bytecode::Function function);

 private:
  std::map<std::pair<ValueKind, bool>, TypeId> types_;
};

// One journey and its code.
class JourneyBuilder {
 public:
  JourneyBuilder(ProgramBuilder& builder, const std::string& name, Span lifetime = Period{0, 30});

  bytecode::Journey journey;

  Register reg(TypeId type);
  uint32_t here() const { return static_cast<uint32_t>(body_.code.size()); }
  bytecode::Entry entry_here(std::optional<EventId> event = std::nullopt) const { return {here(), event}; }
  JourneyBuilder& op(Opcode opcode, uint16_t a = 0, uint16_t b = 0, uint16_t c = 0);
  static uint16_t n(auto id) { return static_cast<uint16_t>(id); }

  JourneyBuilder& constant(Register out, int64_t word);
  JourneyBuilder& field(Register out, uint16_t index) { return op(Opcode::load_field, n(out), index); }
  JourneyBuilder& attribute(Register out, AttributeId id) { return op(Opcode::load_attribute, n(out), n(id)); }
  JourneyBuilder& suspend(PointId point) { return op(Opcode::suspend, n(point)); }
  JourneyBuilder& end(LabelId label = LabelId{0}) { return op(Opcode::end, n(label)); }
  JourneyBuilder& give(Register reg) { return op(Opcode::return_value, n(reg)); }
  JourneyBuilder& send(Register out, SiteId site, uint16_t first = 0) { return op(Opcode::send, n(out), n(site), first); }
  // decline unless the register is true
  JourneyBuilder& require(Register condition);
  // Jumps whose target is set later.
  uint32_t jump(Opcode opcode, Register reg = Register{0});
  void land(uint32_t jump_at);

  LabelId label(const std::string& name);
  LayoutId layout(std::initializer_list<Register> registers);
  // A waiting point with the layout; fill the rest.
  PointId point(LayoutId layout, const std::string& step);
  bytecode::WaitingPoint& at(PointId id) { return journey.points[static_cast<size_t>(id)]; }
  SiteId site(MessageId message, std::initializer_list<ChannelId> via, const std::string& step);
  bytecode::JourneyEntry& enter(EventId event);
  JourneyId finish();

 private:
  ProgramBuilder& builder_;
  bytecode::Function body_;
};

}  // namespace wend::engine::testing
