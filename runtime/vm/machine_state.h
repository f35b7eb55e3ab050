#pragma once

// What a machine keeps between runs: tables worked out once from the program, and scratch memory.
//
// Invariants:
//   1. `registers` never moves while a function is current, and is as long as the longest register file of the program.
//   2. Bytes in registers belong to the program, the frame, the event or the arena; what a host lends is copied before it can change.
//   3. A register whose type is not optional holds a present value once it is assigned: whatever could break that is a fault.

#include <map>
#include <string>
#include <vector>

#include "runtime/bytecode/operands.h"
#include "runtime/vm/arena.h"
#include "runtime/vm/element_places.h"
#include "runtime/vm/machine.h"

namespace wend::vm {

// What is known of a function's code.
struct FunctionFacts {
  std::vector<uint16_t> site_parameters;  // of each send site, when it is a journey's body: its message's parameters
  std::vector<uint16_t> call_points;      // where each of its calls waits
  std::vector<bool> asks;                 // by instruction: see machine.cpp; empty when it has no arms
};

struct Machine::State {
  State(const bytecode::Program& the_program, const ZoneTable& the_zones, Visits* the_visits);

  const bytecode::Program& program;
  const ZoneTable& zones;
  Visits* const visits;

  std::vector<Value> constants;
  std::vector<bytecode::RowShape> event_shapes;
  std::vector<bytecode::RowShape> record_shapes;
  std::vector<std::vector<bytecode::TypeId>> record_types;     // of each record's fields
  std::vector<std::vector<bytecode::RowShape>> layout_shapes;  // by journey, by layout
  std::vector<FunctionFacts> facts;                            // by function
  const FunctionFacts no_facts;

  std::vector<Value> registers;
  const bytecode::Function* function = nullptr;
  const FunctionFacts* known = &no_facts;  // of `function`
  uint64_t* counts = nullptr;              // of `function`: its visits; null when nobody counts
  Value returned;
  Arena arena;
  std::map<std::string, LocaleFormat, std::less<>> locale_formats;  // by tag
  std::string scratch;
  uint64_t faults = 0;
  // The texts being written, one behind the other, and where each begins.
  std::string written;
  std::vector<size_t> texts;
  uint32_t rounds = 0;    // of loops, in this run
  size_t read_bytes = 0;  // by natives, since there are rounds
  ElementPlaces element_places;

  void begin_run() {
    if (texts.empty() && rounds == 0 && element_places.is_clear()) return;
    written.clear();
    texts.clear();
    rounds = 0;
    read_bytes = 0;
    element_places.clear();
  }

  // Counting is a loop of its own, so that the other one pays nothing for it.
  template <bool k_counts>
  Outcome run(Host& host, uint32_t pc, const EventView* event);
  const bytecode::RowShape& shape_of(const bytecode::Journey& journey, const bytecode::Layout& layout) const;

 private:
  bool is_optional(uint16_t reg) const { return program.type(function->registers[reg]).optional; }
  const bytecode::Type& type_of(uint16_t reg) const { return program.type(function->registers[reg]); }
  // Assigns what a host, an event or a record gave. False: absent where the register's type does not allow it.
  bool assign(uint16_t reg, const Value& value) {
    registers[reg] = value;
    return value.present || is_optional(reg);
  }
  bool load_attribute(Host& host, const bytecode::Instruction& at);
  bool load_member(const bytecode::Instruction& at);
  void make_record(const bytecode::Instruction& at);
  void make_list(const bytecode::Instruction& at);
  bool list_contains(const bytecode::Instruction& at) const;
  void format(Host& host, const bytecode::Instruction& at);
  const LocaleFormat* locale_format(std::string_view tag);
  bool call(const bytecode::Instruction& at);
  // What a run makes is bounded: a text by itself, and all of it together.
  bool concat(const bytecode::Instruction& at);
  bool write(const bytecode::Instruction& at);
  bool end_text(const bytecode::Instruction& at);
  bool go_round();
  void hand_off(Host& host, const bytecode::Instruction& at);
  // Where the instance waits for the answer.
  uint16_t call_action(Host& host, const bytecode::Instruction& at);
  // Suspended where the instance waits instead, when the message is delayed.
  Outcome send(Host& host, const bytecode::Instruction& at);
};

}  // namespace wend::vm
