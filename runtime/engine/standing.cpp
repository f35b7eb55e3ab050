#include "runtime/engine/standing.h"

#include <algorithm>

namespace wend::engine {
namespace {

using bytecode::Opcode;
using bytecode::Program;

size_t index(auto id) {
  return static_cast<size_t>(id);
}

struct Reads {
  std::vector<size_t> attributes;
  std::vector<size_t> history;
  bool consents = false;
  bool zone = false;
};

void add_reads(const Program& program, bytecode::FunctionId function, Reads& reads) {
  for (const bytecode::Instruction& instruction : program.function(function).code) {
    if (instruction.opcode == Opcode::load_attribute) reads.attributes.push_back(instruction.b);
    if (instruction.opcode == Opcode::load_consent) reads.consents = true;
    if (instruction.opcode == Opcode::load_zone) reads.zone = true;
    if (instruction.opcode != Opcode::load_history) continue;
    reads.history.push_back(instruction.b);
    // A window of calendar time ends by the customer's clock.
    const auto& window = program.history[instruction.b].window;
    reads.zone |= window && std::holds_alternative<Period>(*window);
  }
}

// The customer's own id is always there, and a list that was never set is empty; what has a default reads as that.
bool can_be_unset(const Program& program, size_t attribute) {
  const bytecode::Type& type = program.type(program.attributes[attribute].type);
  const bool is_own_id = program.attributes[attribute].name == "id";
  const bool has_default = program.attributes[attribute].default_value.has_value();
  return !type.optional && !is_own_id && !has_default && type.kind != bytecode::ValueKind::list;
}

void add_once(StandingNumbers& numbers, StandingNumber number) {
  if (numbers.empty() || numbers.back() != number) numbers.push_back(number);
}

}  // namespace

Standing::Standing(const Program& program)
    : segments(program.segments.size()),
      infos(program.segments.size() + program.schedules.size()),
      by_history(program.history.size()),
      by_attribute(program.attributes.size()),
      by_event(program.events.size()) {
  const auto note = [&](StandingNumber number, Reads reads) {
    if (reads.zone && program.zone) add_reads(program, *program.zone, reads);
    for (const size_t attribute : reads.attributes) add_once(by_attribute[attribute], number);
    if (reads.consents) add_once(by_consent, number);
    all.push_back(number);
  };
  for (size_t i = 0; i < program.segments.size(); ++i) {
    const auto number = static_cast<StandingNumber>(i);
    Reads reads;
    add_reads(program, program.segments[i].condition, reads);
    std::vector<bytecode::AttributeId>& required = infos[number].required;
    for (const size_t attribute : reads.attributes) {
      const auto id = static_cast<bytecode::AttributeId>(attribute);
      if (can_be_unset(program, attribute) && std::find(required.begin(), required.end(), id) == required.end()) required.push_back(id);
    }
    if (!program.segments[i].tracked) continue;
    for (const size_t history : reads.history) {
      const bytecode::EventId event = program.history[history].event;
      infos[number].grace_ms = std::max(infos[number].grace_ms, program.event(event).grace_ms);
      add_once(by_history[history], number);
      add_once(by_event[index(event)], number);
    }
    note(number, std::move(reads));
  }
  for (size_t i = 0; i < program.schedules.size(); ++i) {
    const auto number = static_cast<StandingNumber>(segments + i);
    Reads reads{.zone = true};
    if (program.schedules[i].date_of) add_reads(program, *program.schedules[i].date_of, reads);
    if (const auto segment = program.schedules[i].segment) {
      infos[number].grace_ms = infos[index(*segment)].grace_ms;
      infos[index(*segment)].schedules.push_back(number);
    }
    note(number, std::move(reads));
  }
}

}  // namespace wend::engine
