#include "runtime/vm/machine.h"

#include <algorithm>
#include <cassert>

#include "runtime/vm/machine_state.h"

namespace wend::vm {

using bytecode::Function;
using bytecode::Journey;
using bytecode::Layout;
using bytecode::Opcode;
using bytecode::Program;
using bytecode::RowCursor;
using bytecode::RowShape;
using bytecode::TypeId;

namespace {

std::vector<TypeId> types_of(const std::vector<bytecode::FieldInfo>& fields) {
  std::vector<TypeId> types;
  for (const bytecode::FieldInfo& field : fields) types.push_back(field.type);
  return types;
}

std::vector<TypeId> types_of(const Function& body, const Layout& layout) {
  std::vector<TypeId> types;
  for (const bytecode::LayoutSlot& slot : layout.slots) types.push_back(body.registers[static_cast<size_t>(slot.reg)]);
  return types;
}

// The instructions from which a `decline` can be reached: they ask whether an arm takes the input. The verifier has seen that nothing
// else leads there.
std::vector<bool> asking_code(const Function& function) {
  const auto is_decline = [](const bytecode::Instruction& at) { return at.opcode == Opcode::decline; };
  if (std::none_of(function.code.begin(), function.code.end(), is_decline)) return {};
  std::vector<bool> asks(function.code.size());
  for (bool grown = true; grown;) {
    grown = false;
    for (size_t pc = function.code.size(); pc-- > 0;) {
      const bytecode::Instruction& at = function.code[pc];
      if (asks[pc]) continue;
      const bool is_jump = at.opcode == Opcode::jump || at.opcode == Opcode::jump_if || at.opcode == Opcode::jump_unless ||
                           at.opcode == Opcode::jump_if_absent;
      const bool is_end = at.opcode == Opcode::return_value || at.opcode == Opcode::suspend || at.opcode == Opcode::end ||
                          at.opcode == Opcode::call || at.opcode == Opcode::fork || at.opcode == Opcode::end_branch ||
                          at.opcode == Opcode::hand_off || at.opcode == Opcode::loop;
      const bool falls_through = !is_end && at.opcode != Opcode::jump && pc + 1 < asks.size();
      asks[pc] = at.opcode == Opcode::decline || (falls_through && asks[pc + 1]) || (is_jump && asks[at.target()]);
      grown |= asks[pc];
    }
  }
  return asks;
}

}  // namespace

Machine::State::State(const Program& the_program, const ZoneTable& the_zones, Visits* the_visits)
    : program(the_program), zones(the_zones), visits(the_visits) {
  for (const auto& constant : program.constants) constants.push_back(value_of(constant));
  for (const auto& event : program.events) event_shapes.push_back(RowShape::of(program, event.fields));
  for (const auto& record : program.records) {
    record_shapes.push_back(RowShape::of(program, record.fields));
    record_types.push_back(types_of(record.fields));
  }
  facts.resize(program.functions.size());
  for (const Journey& journey : program.journeys) {
    FunctionFacts& body = facts[static_cast<size_t>(journey.body)];
    for (const bytecode::SendSite& site : journey.sites) {
      body.site_parameters.push_back(static_cast<uint16_t>(program.messages[static_cast<size_t>(site.message)].parameters.size()));
    }
    for (const bytecode::CallSite& call : journey.calls) body.call_points.push_back(static_cast<uint16_t>(call.waits_at));
    auto& shapes = layout_shapes.emplace_back();
    for (const Layout& layout : journey.layouts) shapes.push_back(RowShape::of(program, types_of(program.function(journey.body), layout)));
  }
  size_t longest = 0;
  for (size_t i = 0; i < program.functions.size(); ++i) {
    longest = std::max(longest, program.functions[i].registers.size());
    facts[i].asks = asking_code(program.functions[i]);
  }
  registers.resize(longest);
}

const RowShape& Machine::State::shape_of(const Journey& journey, const Layout& layout) const {
  const auto journey_index = static_cast<size_t>(&journey - program.journeys.data());
  const auto layout_index = static_cast<size_t>(&layout - journey.layouts.data());
  assert(journey_index < program.journeys.size() && layout_index < journey.layouts.size());
  return layout_shapes[journey_index][layout_index];
}

Machine::Machine(const Program& program, const ZoneTable& zones, Visits* visits)
    : state_(std::make_unique<State>(program, zones, visits)) {}
Machine::~Machine() = default;

std::span<Value> Machine::begin(const Function& function) {
  assert(function.registers.size() <= state_->registers.size());
  if (state_->function != &function) {
    state_->function = &function;
    // A function of another program's copy (a test's) has no send sites.
    const auto index = static_cast<size_t>(&function - state_->program.functions.data());
    const bool own = index < state_->facts.size();
    // Only its address is taken: the next function is often another one, and most of this is not asked for.
    state_->known = own ? &state_->facts[index] : &state_->no_facts;
    const bool counted = own && state_->visits != nullptr && index < state_->visits->size();
    state_->counts = counted ? (*state_->visits)[index].data() : nullptr;
  }
  state_->arena.clear();
  state_->begin_run();
  return registers();
}

bool Machine::load_frame(const Journey& journey, const Layout& layout, std::string_view frame) {
  if (layout.slots.empty()) return frame.empty();
  const RowShape& shape = state_->shape_of(journey, layout);
  RowCursor cursor(state_->program, shape, frame);
  for (uint32_t i = 0; i < layout.slots.size(); ++i) state_->registers[static_cast<size_t>(layout.slots[i].reg)] = cursor.column(i);
  return cursor.at_end();
}

void Machine::save_frame(const Journey& journey, const Layout& layout, std::string& out) const {
  const RowShape& shape = state_->shape_of(journey, layout);
  out.clear();
  out.resize(shape.presence_bytes);
  ByteWriter writer(out);
  for (size_t i = 0; i < layout.slots.size(); ++i) {
    const bytecode::Column& column = shape.columns[i];
    const Value& value = state_->registers[static_cast<size_t>(layout.slots[i].reg)];
    assert(value.present || column.optional);
    if (!value.present && column.optional) continue;
    if (column.optional) out[column.presence_bit / 8] |= static_cast<char>(1 << column.presence_bit % 8);
    bytecode::write_value(writer, state_->program, column.type, value);
  }
}

Outcome Machine::run(Host& host, uint32_t pc, const EventView* event) {
  assert(state_->function != nullptr);
  const Outcome outcome = state_->counts == nullptr ? state_->run<false>(host, pc, event) : state_->run<true>(host, pc, event);
  state_->faults += outcome.has_fault() ? 1 : 0;
  return outcome;
}

const Value& Machine::returned() const {
  return state_->returned;
}
std::span<Value> Machine::registers() {
  return {state_->registers.data(), state_->function->registers.size()};
}
uint64_t Machine::faults() const {
  return state_->faults;
}

std::optional<Value> evaluate(Machine& machine, Host& host, const Function& function, std::span<const Value> parameters,
                              const EventView* event) {
  const std::span<Value> registers = machine.begin(function);
  assert(parameters.size() == function.parameter_count);
  std::copy(parameters.begin(), parameters.end(), registers.begin());
  const Outcome outcome = machine.run(host, 0, event);
  if (outcome.kind() != OutcomeKind::returned) return std::nullopt;
  return machine.returned();
}

}  // namespace wend::vm
