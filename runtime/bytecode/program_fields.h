#pragma once

// What each part of a program consists of, said once: the writer, the reader and the digests all visit these lists. The order is
// the file format's (permanent for a format version). Debug information and message bodies are visited apart.

#include <concepts>
#include <type_traits>

#include "runtime/bytecode/program.h"

namespace wend::bytecode::fields {

template <typename T, typename Of>
concept Is = std::same_as<std::remove_const_t<T>, Of>;

template <typename Archive>
void visit(Archive& a, Is<Period> auto& v) {
  a(v.months, v.days);
}
template <typename Archive>
void visit(Archive& a, Is<SourceText> auto& v) {
  a(v.path, v.text_hash);
}
template <typename Archive>
void visit(Archive& a, Is<Type> auto& v) {
  a(v.kind, v.optional, v.is_set, v.is_percent, v.format, v.currency, v.enumeration, v.record, v.element);
}
template <typename Archive>
void visit(Archive& a, Is<EnumValue> auto& v) {
  a(v.name, v.wire, v.also);
}
template <typename Archive>
void visit(Archive& a, Is<EnumInfo> auto& v) {
  a(v.name, v.values);
}
template <typename Archive>
void visit(Archive& a, Is<FieldInfo> auto& v) {
  a(v.name, v.wire, v.type, v.default_value, v.also, v.proto_json);
}
template <typename Archive>
void visit(Archive& a, Is<RecordInfo> auto& v) {
  a(v.name, v.fields);
}
template <typename Archive>
void visit(Archive& a, Is<Constant> auto& v) {
  a(v.type, v.value);
}
template <typename Archive>
void visit(Archive& a, Is<Attribute> auto& v) {
  a(v.name, v.type, v.writable, v.labels, v.default_value, v.wire);
}
template <typename Archive>
void visit(Archive& a, Is<Event> auto& v) {
  a(v.name, v.wire, v.fields, v.late, v.grace_ms, v.dedupe_field, v.also);
}
template <typename Archive>
void visit(Archive& a, Is<HistoryQuery> auto& v) {
  a(v.event, v.filter, v.window, v.limit, v.listed);
}
template <typename Archive>
void visit(Archive& a, Is<Segment> auto& v) {
  a(v.name, v.condition, v.tracked, v.existing);
}
template <typename Archive>
void visit(Archive& a, Is<Schedule> auto& v) {
  a(v.kind, v.weekdays, v.every, v.date, v.date_of, v.at, v.segment);
}
template <typename Archive>
void visit(Archive& a, Is<Channel> auto& v) {
  a(v.name, v.address, v.topics, v.receipts, v.accepts);
}
template <typename Archive>
void visit(Archive& a, Is<BodyPart> auto& v) {
  a(v.name, v.render);
}
template <typename Archive>
void visit(Archive& a, Is<Body> auto& v) {
  a(v.channel, v.locale, v.parts);
}
template <typename Archive>
void visit(Archive& a, Is<Locale> auto& v) {
  a(v.tag, v.otherwise);
}
template <typename Archive>
void visit(Archive& a, Is<Parameter> auto& v) {
  a(v.name, v.type);
}
template <typename Archive>
void visit(Archive& a, Is<Message> auto& v) {
  a(v.name, v.purpose, v.parameters);
}
template <typename Archive>
void visit(Archive& a, Is<SlotRange> auto& v) {
  a(v.first, v.end);
}
template <typename Archive>
void visit(Archive& a, Is<Action> auto& v) {
  a(v.name, v.parameters, v.result, v.shadow, v.accepts);
}
template <typename Archive>
void visit(Archive& a, Is<CallSite> auto& v) {
  a(v.action, v.path, v.step, v.rounds, v.attempt, v.result, v.waits_at);
}
template <typename Archive>
void visit(Archive& a, Is<Arm> auto& v) {
  a(v.name, v.slots, v.retired_as);
}
template <typename Archive>
void visit(Archive& a, Is<Experiment> auto& v) {
  a(v.name, v.salt, v.layer, v.layer_slots, v.control, v.arms);
}
template <typename Archive>
void visit(Archive& a, Is<Holdout> auto& v) {
  a(v.name, v.salt, v.slots, v.until);
}
template <typename Archive>
void visit(Archive& a, Is<Cap> auto& v) {
  a(v.purpose, v.channels, v.limit, v.window);
}
template <typename Archive>
void visit(Archive& a, Is<QuietHours> auto& v) {
  a(v.from, v.to, v.weekdays, v.dates, v.channels, v.where);
}
template <typename Archive>
void visit(Archive& a, Is<DenialStep> auto& v) {
  a(v.action, v.delay_max, v.divert_to);
}
template <typename Archive>
void visit(Archive& a, Is<Policy> auto& v) {
  a(v.name, v.caps, v.quiet, v.when_quiet, v.when_capped);
}
template <typename Archive>
void visit(Archive& a, Is<Function> auto& v) {
  a(v.registers, v.parameter_count, v.code);
}
template <typename Archive>
void visit(Archive& a, Is<Entry> auto& v) {
  a(v.pc, v.event);
}
template <typename Archive>
void visit(Archive& a, Is<LayoutSlot> auto& v) {
  a(v.name, v.reg);
}
template <typename Archive>
void visit(Archive& a, Is<Layout> auto& v) {
  a(v.slots);
}
template <typename Archive>
void visit(Archive& a, Is<AwaitArm> auto& v) {
  a(v.signal, v.event, v.delivery, v.receipt, v.entry, v.look_back, v.step_start, v.step_ordinal, v.ago);
}
template <typename Archive>
void visit(Archive& a, Is<ForkPlace> auto& v) {
  a(v.fork, v.branch);
}
template <typename Archive>
void visit(Archive& a, Is<Fork> auto& v) {
  a(v.kind, v.path, v.within, v.interrupts, v.layout, v.branches, v.join_layout, v.join);
}
template <typename Archive>
void visit(Archive& a, Is<WaitingPoint> auto& v) {
  a(v.kind, v.path, v.step, v.layout, v.fixed_ms, v.deadline, v.timeout, v.if_past, v.if_absent, v.live, v.grace_ms, v.interrupts, v.arms,
    v.within, v.call);
}
template <typename Archive>
void visit(Archive& a, Is<SendSite> auto& v) {
  a(v.message, v.path, v.step, v.via, v.within, v.rounds, v.when_quiet, v.when_capped, v.delayed_at);
}
template <typename Archive>
void visit(Archive& a, Is<JourneyEntry> auto& v) {
  a(v.event, v.joins, v.schedule, v.handoff, v.where, v.key, v.start, v.once_ever, v.already, v.cooldown);
}
template <typename Archive>
void visit(Archive& a, Is<JourneyExit> auto& v) {
  a(v.label, v.event, v.where);
}
template <typename Archive>
void visit(Archive& a, Is<Goal> auto& v) {
  a(v.name, v.event, v.where, v.window, v.anchor);
}
template <typename Archive>
void visit(Archive& a, Is<Journey> auto& v) {
  a(v.name, v.owner, v.lifetime, v.priority, v.policy, v.body, v.labels, v.entries, v.exits, v.goals, v.goal_layout, v.layouts, v.points, v.sites,
    v.forks, v.calls, v.handoff_layout, v.holdouts, v.required, v.steps);
}
template <typename Archive>
void visit(Archive& a, Is<Rename> auto& v) {
  a(v.kind, v.owner, v.from, v.to);
}
template <typename Archive>
void visit(Archive& a, Is<SchemaRule> auto& v) {
  a(v.keyword, v.text, v.count, v.names, v.nodes);
}
template <typename Archive>
void visit(Archive& a, Is<SchemaNode> auto& v) {
  a(v.rules);
}
template <typename Archive>
void visit(Archive& a, Is<RetiredStep> auto& v) {
  a(v.journey, v.step, v.resume_at, v.label);
}

}  // namespace wend::bytecode::fields
