#include "tests/engine/program_builder.h"

namespace wend::engine::testing {

using bytecode::Function;
using bytecode::Instruction;

TypeId ProgramBuilder::type(ValueKind kind, bool optional) {
  const auto [at, is_new] = types_.try_emplace({kind, optional}, static_cast<TypeId>(program.types.size()));
  if (is_new) program.types.push_back({.kind = kind, .optional = optional});
  return at->second;
}

uint16_t ProgramBuilder::constant(TypeId type, int64_t word) {
  program.constants.push_back({type, word});
  return static_cast<uint16_t>(program.constants.size() - 1);
}

EventId ProgramBuilder::event(const std::string& name, std::initializer_list<std::pair<std::string, TypeId>> fields, Span late,
                              DurationMs grace_ms) {
  bytecode::Event event{.name = name, .wire = name, .late = late, .grace_ms = grace_ms};
  for (const auto& [field, type] : fields) event.fields.push_back({field, field, type});
  program.events.push_back(event);
  return static_cast<EventId>(program.events.size() - 1);
}

AttributeId ProgramBuilder::attribute(const std::string& name, TypeId type, bool writable) {
  program.attributes.push_back({name, type, writable, {}});
  return static_cast<AttributeId>(program.attributes.size() - 1);
}

TopicId ProgramBuilder::topic(const std::string& name) {
  program.topics.push_back(name);
  return static_cast<TopicId>(program.topics.size() - 1);
}

ChannelId ProgramBuilder::channel(const std::string& name, AttributeId address, std::optional<TopicId> marketing) {
  Function code{.name = name, .registers = {program.attributes[static_cast<size_t>(address)].type}};
  code.code.push_back({Opcode::load_attribute, 0, 0, static_cast<uint16_t>(address), 0});
  code.code.push_back({Opcode::return_value, 0, 0, 0, 0});
  bytecode::Channel channel{.name = name, .address = function(code), .receipts = {"clicked"}};
  if (marketing) channel.topics.push_back({"marketing", *marketing});
  program.channels.push_back(channel);
  return static_cast<ChannelId>(program.channels.size() - 1);
}

MessageId ProgramBuilder::message(const std::string& name, const std::string& purpose, std::initializer_list<TypeId> parameters) {
  bytecode::Message message{.name = name, .purpose = purpose};
  for (const TypeId type : parameters) message.parameters.push_back({"p" + std::to_string(message.parameters.size()), type});
  program.messages.push_back(message);
  return static_cast<MessageId>(program.messages.size() - 1);
}

HistoryId ProgramBuilder::history(EventId event, std::optional<Span> window, uint32_t limit) {
  program.history.push_back({event, std::nullopt, window, limit});
  return static_cast<HistoryId>(program.history.size() - 1);
}

ExperimentId ProgramBuilder::experiment(const std::string& name, std::initializer_list<std::pair<std::string, uint32_t>> arms) {
  bytecode::Experiment experiment{.name = name, .salt = "salt-" + name};
  uint32_t next = 0;
  for (const auto& [arm, slots] : arms) {
    bytecode::Arm& made = experiment.arms.emplace_back();
    made.name = arm;
    if (slots > 0) made.slots.push_back({next, next + slots});
    next += slots;
  }
  program.experiments.push_back(experiment);
  return static_cast<ExperimentId>(program.experiments.size() - 1);
}

FunctionId ProgramBuilder::function(Function function) {
  program.functions.push_back(std::move(function));
  return static_cast<FunctionId>(program.functions.size() - 1);
}

JourneyBuilder::JourneyBuilder(ProgramBuilder& builder, const std::string& name, Span lifetime) : builder_(builder) {
  journey.name = name;
  journey.owner = "tests";
  journey.lifetime = lifetime;
  journey.labels = {"done"};
  body_.name = name;
}

Register JourneyBuilder::reg(TypeId type) {
  body_.registers.push_back(type);
  return static_cast<Register>(body_.registers.size() - 1);
}

JourneyBuilder& JourneyBuilder::op(Opcode opcode, uint16_t a, uint16_t b, uint16_t c) {
  body_.code.push_back({opcode, 0, a, b, c});
  return *this;
}

JourneyBuilder& JourneyBuilder::constant(Register out, int64_t word) {
  return op(Opcode::load_constant, n(out), builder_.constant(body_.registers[n(out)], word));
}

JourneyBuilder& JourneyBuilder::require(Register condition) {
  const uint32_t skip = jump(Opcode::jump_if, condition);
  op(Opcode::decline);
  land(skip);
  return *this;
}

uint32_t JourneyBuilder::jump(Opcode opcode, Register reg) {
  op(opcode, n(reg));
  return here() - 1;
}

void JourneyBuilder::land(uint32_t jump_at) {
  body_.code[jump_at].set_target(here());
}

LabelId JourneyBuilder::label(const std::string& name) {
  journey.labels.push_back(name);
  return static_cast<LabelId>(journey.labels.size() - 1);
}

LayoutId JourneyBuilder::layout(std::initializer_list<Register> registers) {
  bytecode::Layout layout;
  for (const Register reg : registers) layout.slots.push_back({"r" + std::to_string(n(reg)), reg});
  journey.layouts.push_back(layout);
  return static_cast<LayoutId>(journey.layouts.size() - 1);
}

PointId JourneyBuilder::point(LayoutId layout, const std::string& step) {
  bytecode::WaitingPoint point;
  point.kind = bytecode::PointKind::await;
  point.path = step + "/await";
  point.step = step;
  point.layout = layout;
  journey.points.push_back(point);
  journey.steps.push_back(step);
  return static_cast<PointId>(journey.points.size() - 1);
}

SiteId JourneyBuilder::site(MessageId message, std::initializer_list<ChannelId> via, const std::string& step) {
  bytecode::SendSite site;
  site.message = message;
  site.path = step + "/" + builder_.program.messages[static_cast<size_t>(message)].name;
  site.step = step;
  site.via = via;
  journey.sites.push_back(site);
  return static_cast<SiteId>(journey.sites.size() - 1);
}

bytecode::JourneyEntry& JourneyBuilder::enter(EventId event) {
  journey.entries.push_back({.event = event});
  return journey.entries.back();
}

JourneyId JourneyBuilder::finish() {
  journey.body = builder_.function(body_);
  builder_.program.journeys.push_back(journey);
  return static_cast<JourneyId>(builder_.program.journeys.size() - 1);
}

}  // namespace wend::engine::testing
