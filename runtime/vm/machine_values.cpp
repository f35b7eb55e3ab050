// The instructions that make or take apart packed values, or ask the host: called out of line by the interpreter's loop.

#include <algorithm>
#include <cassert>

#include "runtime/bytecode/limits.h"
#include "runtime/vm/machine_state.h"
#include "runtime/vm/natives.h"

namespace wend::vm {

using bytecode::Instruction;
using bytecode::Representation;
using bytecode::RowCursor;
using bytecode::TypeId;
using bytecode::ValueKind;

bool Machine::State::load_attribute(Host& host, const Instruction& at) {
  Value value = host.attribute(static_cast<bytecode::AttributeId>(at.b));
  if (value.present && representation(type_of(at.a).kind) == Representation::bytes) value = Value::from_bytes(arena.copy(value.view()));
  return assign(at.a, value);
}

bool Machine::State::load_member(const Instruction& at) {
  RowCursor cursor(program, record_shapes[static_cast<size_t>(type_of(at.b).record)], registers[at.b].view());
  return assign(at.a, cursor.column(at.c));
}

void Machine::State::make_record(const Instruction& at) {
  scratch.clear();
  ByteWriter writer(scratch);
  bytecode::write_row(writer, program, record_types[static_cast<size_t>(type_of(at.a).record)], {registers.data() + at.b, at.c});
  registers[at.a] = Value::from_bytes(arena.copy(scratch));
}

void Machine::State::make_list(const Instruction& at) {
  const bytecode::Type& type = type_of(at.a);
  scratch.clear();
  ByteWriter writer(scratch);
  if (!type.is_set) {
    writer.varint(at.c);
    for (uint16_t i = 0; i < at.c; ++i) bytecode::write_value(writer, program, type.element, registers[at.b + i]);
    registers[at.a] = Value::from_bytes(arena.copy(scratch));
    return;
  }
  std::vector<std::string> elements(at.c);
  for (uint16_t i = 0; i < at.c; ++i) {
    ByteWriter element(elements[i]);
    bytecode::write_value(element, program, type.element, registers[at.b + i]);
  }
  std::ranges::sort(elements);
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  writer.varint(elements.size());
  for (const std::string& element : elements) scratch += element;
  registers[at.a] = Value::from_bytes(arena.copy(scratch));
}

bool Machine::State::list_contains(const Instruction& at) const {
  const Value& wanted = registers[at.c];
  if (!wanted.present) return false;
  const TypeId element_type = type_of(at.b).element;
  ByteReader reader(registers[at.b].view());
  const uint64_t count = reader.varint();
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    const Value element = bytecode::read_value(reader, program, element_type);
    if (reader.ok() && equal_values(program, element_type, element, wanted)) return true;
  }
  return false;
}

// Formats are dear to make, and mails of one run are in few locales.
const LocaleFormat* Machine::State::locale_format(std::string_view tag) {
  if (tag.empty()) return nullptr;
  auto known = locale_formats.find(tag);
  if (known == locale_formats.end()) {
    constexpr size_t k_kept_max = 64;
    if (locale_formats.size() == k_kept_max) locale_formats.clear();
    known = locale_formats.try_emplace(std::string(tag), tag).first;
  }
  return &known->second;
}

void Machine::State::format(Host& host, const Instruction& at) {
  const bytecode::Type& type = type_of(at.b);
  // Asked for only where an instant can be inside: the host may have to run code to know it.
  const bool needs_zone = type.kind == ValueKind::instant || type.kind == ValueKind::list || type.kind == ValueKind::record;
  const std::string_view zone = needs_zone ? host.zone() : std::string_view("UTC");
  const std::string text = format_value(program, zones, zone, function->registers[at.b], registers[at.b], locale_format(host.locale()));
  registers[at.a] = Value::from_bytes(arena.copy(text));
}

bool Machine::State::call(const Instruction& at) {
  NativeCall native{program, zones, arena, element_places, registers.data() + at.b, function->registers.data() + at.b,
                    function->registers[at.a], Value()};
  const auto id = static_cast<bytecode::NativeId>(at.c);
  // Where code goes round, what it reads adds up, too.
  if (rounds > 0) {
    read_bytes += bytes_read(id, native);
    if (read_bytes > bytecode::k_read_bytes_max || arena.bytes() > bytecode::k_run_bytes_max) return false;
  }
  return call_native(id, native) && assign(at.a, native.result);
}

bool Machine::State::concat(const Instruction& at) {
  const std::string_view left = registers[at.b].view();
  const std::string_view right = registers[at.c].view();
  if (left.size() + right.size() > bytecode::k_made_bytes_max) return false;
  registers[at.a] = Value::from_bytes(arena.concat(left, right));
  return true;
}

bool Machine::State::write(const Instruction& at) {
  const std::string_view text = registers[at.a].view();
  if (written.size() + text.size() > bytecode::k_made_bytes_max) return false;
  written += text;
  return true;
}

bool Machine::State::end_text(const Instruction& at) {
  registers[at.a] = Value::from_bytes(arena.copy(std::string_view(written).substr(texts.back())));
  written.resize(texts.back());
  texts.pop_back();
  return arena.bytes() <= bytecode::k_run_bytes_max;
}

bool Machine::State::go_round() {
  return ++rounds <= bytecode::k_loop_rounds_max && arena.bytes() <= bytecode::k_run_bytes_max;
}

uint16_t Machine::State::call_action(Host& host, const Instruction& at) {
  assert(at.a < known->call_points.size());
  host.call(static_cast<bytecode::CallId>(at.a), at.b, {registers.data(), function->registers.size()});
  return known->call_points[at.a];
}

Outcome Machine::State::send(Host& host, const Instruction& at) {
  assert(at.b < known->site_parameters.size());
  const SendResult result = host.send(static_cast<bytecode::SiteId>(at.b), {registers.data() + at.c, known->site_parameters[at.b]},
                                      {registers.data(), function->registers.size()});
  if (result.delayed_at) return Outcome(OutcomeKind::suspended, static_cast<uint16_t>(*result.delayed_at));
  registers[at.a] = result.key.empty() ? Value() : Value::from_bytes(arena.copy(result.key));
  return k_declined;
}

void Machine::State::hand_off(Host& host, const Instruction& at) {
  const bytecode::Journey& to = program.journeys[at.a];
  const size_t count = to.layouts[static_cast<size_t>(*to.handoff_layout)].slots.size();
  host.hand_off(static_cast<bytecode::JourneyId>(at.a), {registers.data() + at.b, count});
}

}  // namespace wend::vm
