#include "runtime/engine/listening.h"

#include <algorithm>
#include <map>

#include "runtime/engine/calendar_span.h"

namespace wend::engine {
namespace {

using bytecode::AwaitArm;
using bytecode::Instruction;
using bytecode::Journey;
using bytecode::JourneyId;
using bytecode::LookBack;
using bytecode::Opcode;
using bytecode::Program;
using bytecode::SignalKind;

// An id is remembered for a day at least, however short `late` is: senders retry for about that long.
constexpr DurationMs k_dedupe_window_min_ms = k_day_ms;
// A calendar day may have 25 hours.
constexpr DurationMs k_longer_day_ms = k_hour_ms;

size_t index(auto id) {
  return static_cast<size_t>(id);
}

bool jumps(Opcode opcode) {
  return opcode == Opcode::jump || opcode == Opcode::jump_if || opcode == Opcode::jump_unless || opcode == Opcode::jump_if_absent;
}

bool is_end(Opcode opcode) {
  return opcode == Opcode::decline || opcode == Opcode::suspend || opcode == Opcode::end || opcode == Opcode::call || opcode == Opcode::fork ||
         opcode == Opcode::end_branch || opcode == Opcode::hand_off;
}

// The type of the value that code from `pc` returns: that of the operand of the first `return_value` that can be reached.
std::optional<bytecode::TypeId> returned_type(const bytecode::Function& function, uint32_t pc) {
  std::vector<bool> seen(function.code.size());
  std::vector<uint32_t> open{pc};
  while (!open.empty()) {
    const uint32_t at = open.back();
    open.pop_back();
    if (at >= function.code.size() || seen[at]) continue;
    seen[at] = true;
    const Instruction& instruction = function.code[at];
    if (instruction.opcode == Opcode::return_value) return function.registers[instruction.a];
    if (is_end(instruction.opcode)) continue;
    if (jumps(instruction.opcode)) open.push_back(instruction.target());
    if (instruction.opcode != Opcode::jump) open.push_back(at + 1);
  }
  return std::nullopt;
}

void keep_for(KeepRule& rule, const AwaitArm& arm, JourneyId journey) {
  switch (arm.look_back) {
    case LookBack::none:
      return;
    case LookBack::since_entry:
    case LookBack::since_step:
      rule.while_in.add(index(journey));
      break;
    case LookBack::since_ago:
      rule.ago_ms = std::max(rule.ago_ms, span_ms_max(arm.ago));
      break;
  }
  rule.kept = true;
}

void hear_arm(Listening& listening, JourneyId journey, size_t point, const AwaitArm& arm, bool interrupts) {
  JourneyListening& hearing = listening.journeys[index(journey)];
  if (arm.look_back != LookBack::none) {
    hearing.looks_back = true;
    listening.points[point].has_look_back = true;
  }
  switch (arm.signal) {
    case SignalKind::event: {
      EventListening& event = listening.events[index(arm.event)];
      event.reacting.add(index(journey));
      if (!interrupts) event.awaiting.add(index(journey));
      keep_for(event.keep, arm, journey);
      break;
    }
    case SignalKind::receipt:
      listening.points[point].has_receipt = true;
      keep_for(listening.receipts, arm, journey);
      break;
    case SignalKind::when:
      hearing.has_when = true;
      listening.points[point].has_when = true;
      break;
    case SignalKind::answer:
    case SignalKind::failed_answer:
      listening.points[point].hears_answers = true;
      break;
  }
}

void note_emitted(Listening& listening, const Program& program, bytecode::EventId id) {
  listening.emits = true;
  std::vector<bytecode::TypeId>& types = listening.events[index(id)].field_types;
  types.clear();
  for (const bytecode::FieldInfo& field : program.event(id).fields) types.push_back(field.type);
}

void hear_code(Listening& listening, const Program& program, JourneyId id) {
  JourneyListening& hearing = listening.journeys[index(id)];
  size_t sends = 0;
  for (const Instruction& instruction : program.function(program.journey(id).body).code) {
    if (instruction.opcode == Opcode::send) ++sends;
    if (instruction.opcode == Opcode::emit) note_emitted(listening, program, static_cast<bytecode::EventId>(instruction.a));
    if (instruction.opcode != Opcode::load_history && instruction.opcode != Opcode::load_list) continue;
    const auto history = static_cast<bytecode::HistoryId>(instruction.b);
    if (program.history[index(history)].window || listening.since_entry_journeys[index(history)].contains(index(id))) continue;
    listening.since_entry_journeys[index(history)].add(index(id));
    hearing.since_entry.push_back(history);
  }
  listening.sends_in_code_max = std::max(listening.sends_in_code_max, sends);
}

void add_entry(std::vector<JourneyEntries>& entries, JourneyId journey, size_t entry) {
  if (entries.empty() || entries.back().journey != journey) entries.push_back({journey, {}});
  entries.back().entries.push_back(static_cast<uint16_t>(entry));
}

void hear_entries(Listening& listening, const Program& program, JourneyId id) {
  const Journey& journey = program.journey(id);
  JourneyListening& hearing = listening.journeys[index(id)];
  hearing.handoff_entries.journey = id;
  if (journey.handoff_layout) {
    for (const bytecode::LayoutSlot& slot : journey.layouts[index(*journey.handoff_layout)].slots) {
      hearing.parameter_types.push_back(program.function(journey.body).registers[index(slot.reg)]);
    }
  }
  for (size_t i = 0; i < journey.entries.size(); ++i) {
    const bytecode::JourneyEntry& entry = journey.entries[i];
    if (entry.handoff) hearing.handoff_entries.entries.push_back(static_cast<uint16_t>(i));
    if (entry.event) add_entry(listening.events[index(*entry.event)].entries, id, i);
    if (entry.joins) add_entry(listening.standing_entries[index(*entry.joins)], id, i);
    if (entry.schedule) add_entry(listening.standing_entries[program.segments.size() + index(*entry.schedule)], id, i);
    hearing.key_types.push_back(entry.key ? returned_type(program.function(journey.body), entry.key->pc) : std::nullopt);
    hearing.remembers_entry |= entry.cooldown.has_value() || entry.once_ever;
  }
}

// The lifetime without a look at the calendar (a month counts 30 days). Permanent: packed states hold differences to it.
DurationMs usual_ms(const bytecode::Span& lifetime) {
  if (const auto* elapsed = std::get_if<DurationMs>(&lifetime)) return *elapsed;
  const Period period = std::get<Period>(lifetime);
  return (int64_t{period.months} * 30 + period.days) * k_day_ms;
}

void hear_journey(Listening& listening, const Program& program, JourneyId id) {
  const Journey& journey = program.journey(id);
  JourneyListening& hearing = listening.journeys[index(id)];
  hearing.first_point = static_cast<uint32_t>(listening.points.size());
  const bool has_event_exits = std::ranges::any_of(journey.exits, [](const auto& exit) { return exit.event.has_value(); });
  for (size_t point = 0; point < journey.points.size(); ++point) {
    const bytecode::WaitingPoint& what = journey.points[point];
    const bytecode::Layout& layout = journey.layouts[static_cast<size_t>(what.layout)];
    const auto number = static_cast<uint32_t>(listening.points.size());
    listening.points.push_back({.journey = id,
                                .point = static_cast<bytecode::PointId>(point),
                                .number = number,
                                .grace_ms = what.grace_ms,
                                .fixed_ms = what.fixed_ms.value_or(0),
                                .usual_lifetime_ms = usual_ms(journey.lifetime),
                                .interrupts = what.interrupts,
                                .arms = static_cast<uint32_t>(what.arms.size()),
                                .body = &program.function(journey.body),
                                .has_fixed = what.fixed_ms.has_value(),
                                .keeps_nothing = layout.slots.empty(),
                                .is_delayed_send = what.kind == bytecode::PointKind::send,
                                .has_forks = !journey.forks.empty(),
                                .has_event_exits = has_event_exits,
                                .what = &what,
                                .layout = &layout,
                                .of = &journey,
                                .hearing = &hearing});
    hearing.has_live |= !what.live.empty();
    for (size_t i = 0; i < what.arms.size(); ++i) hear_arm(listening, id, number, what.arms[i], i < what.interrupts);
    PointInfo& info = listening.points.back();
    info.only_waits = info.fixed_ms > 0 && !what.if_absent && !info.has_when && !info.has_look_back && !info.hears_answers &&
                      !info.is_delayed_send && !info.has_forks;
  }
  for (const bytecode::JourneyExit& exit : journey.exits) {
    if (exit.event) {
      listening.events[index(*exit.event)].reacting.add(index(id));
    } else {
      hearing.has_state_exits = true;
    }
  }
  for (const bytecode::Goal& goal : journey.goals) {
    listening.events[index(goal.event)].converting.add(index(id));
    hearing.goals_from_sends |= goal.anchor != bytecode::GoalAnchor::entry;
  }
  hear_code(listening, program, id);
}

void line_up_arms(Listening& listening) {
  size_t count = 0;
  for (const PointInfo& point : listening.points) count += point.arms;
  listening.arm_entries.reserve(count);
  for (PointInfo& point : listening.points) {
    point.arm_entries = listening.arm_entries.data() + listening.arm_entries.size();
    for (const AwaitArm& arm : point.what->arms) {
      listening.arm_entries.push_back({arm.entry.pc, arm.signal == SignalKind::event ? std::optional(arm.event) : std::nullopt});
    }
  }
}

void rank_journeys(Listening& listening, const Program& program) {
  for (size_t i = 0; i < program.journeys.size(); ++i) listening.by_priority.push_back(static_cast<JourneyId>(i));
  std::stable_sort(listening.by_priority.begin(), listening.by_priority.end(),
                   [&](JourneyId a, JourneyId b) { return program.journey(a).priority > program.journey(b).priority; });
  listening.priority_rank.resize(program.journeys.size());
  uint32_t rank = 0;
  for (size_t i = 0; i < listening.by_priority.size(); ++i) {
    const JourneyId journey = listening.by_priority[i];
    if (i > 0 && program.journey(journey).priority != program.journey(listening.by_priority[i - 1]).priority) ++rank;
    listening.priority_rank[index(journey)] = rank;
  }
}

// Events with one window share one store of seen ids.
void group_dedupe(Listening& listening, const Program& program) {
  std::map<DurationMs, std::vector<size_t>> by_window;
  for (size_t i = 0; i < program.events.size(); ++i) {
    listening.events[i].has_dedupe_field = program.events[i].dedupe_field.has_value();
    if (!listening.events[i].listened) continue;
    by_window[std::max(k_dedupe_window_min_ms, span_ms_nominal(program.events[i].late)) + k_longer_day_ms].push_back(i);
  }
  // A group is named by one byte; with more windows than that (nobody writes them) the longest ones share a group.
  constexpr size_t groups_max = k_no_dedupe;
  for (const auto& [window, events] : by_window) {
    if (listening.dedupe_windows.size() < groups_max) {
      listening.dedupe_windows.push_back(window);
    } else {
      listening.dedupe_windows.back() = window;
    }
    for (const size_t event : events) listening.events[event].dedupe_group = static_cast<uint8_t>(listening.dedupe_windows.size() - 1);
  }
}

}  // namespace

Listening::Listening(const Program& program)
    : events(program.events.size()),
      journeys(program.journeys.size()),
      since_entry_journeys(program.history.size(), IdSet(program.journeys.size())),
      standing(program),
      standing_entries(standing.infos.size()),
      has_holdouts(!program.holdouts.empty()) {
  const IdSet none(program.journeys.size());
  receipts.while_in = none;
  for (EventListening& event : events) event.reacting = event.awaiting = event.converting = event.keep.while_in = none;
  rank_journeys(*this, program);
  for (const JourneyId journey : by_priority) hear_entries(*this, program, journey);
  for (size_t i = 0; i < program.journeys.size(); ++i) hear_journey(*this, program, static_cast<JourneyId>(i));
  line_up_arms(*this);
  for (size_t i = 0; i < program.history.size(); ++i) {
    events[index(program.history[i].event)].history.push_back(static_cast<bytecode::HistoryId>(i));
  }
  for (const bytecode::Event& event : program.events) grace_ms_max = std::max(grace_ms_max, event.grace_ms);
  for (EventListening& event : events) {
    event.converts = !event.converting.empty();
    event.needs_state = event.entries.empty() && event.history.empty() && !event.keep.kept;
    event.index = EntryIndex::of(program, static_cast<bytecode::EventId>(&event - events.data()), event.entries);
    event.listened = event.converts || !event.entries.empty() || !event.reacting.empty() || !event.history.empty();
  }
  group_dedupe(*this, program);
}

}  // namespace wend::engine
