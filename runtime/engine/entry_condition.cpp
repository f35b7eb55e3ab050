#include "runtime/engine/entry_condition.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "runtime/bytecode/packed.h"

namespace wend::engine {
namespace {

using bytecode::ConstantId;
using bytecode::Instruction;
using bytecode::Opcode;
using bytecode::Program;

// Instructions looked at for one condition; a longer one is asked each time.
constexpr uint32_t k_steps_max = 500;

// They neither fault nor change anything, and say nothing about the field.
constexpr Opcode k_harmless[] = {Opcode::load_absent,   Opcode::load_now,      Opcode::load_zone,       Opcode::load_position,
                                 Opcode::load_consent,  Opcode::load_history,  Opcode::is_present,      Opcode::equal_decimal,
                                 Opcode::less_word,     Opcode::less_equal_word, Opcode::less_decimal,  Opcode::less_equal_decimal};

// What is known of a register, supposed that the field equals none of the constants that it is compared with.
struct Known {
  enum class What : uint8_t { nothing, the_field, constant, list, no, yes };
  What what = What::nothing;
  std::vector<ConstantId> constants;  // one, or the elements of a list
};
using Registers = std::vector<Known>;

// Follows every path of a condition under that supposition.
class Supposition {
 public:
  Supposition(const Program& program, const bytecode::Journey& journey, const bytecode::JourneyEntry& entry, uint16_t field)
      : program_(program),
        journey_(journey),
        function_(program.function(journey.body)),
        fields_(program.event(*entry.event).fields),
        field_(field) {}

  // Every path from here returns false, and none can fault.
  bool is_false_from(uint32_t pc, Registers registers) {
    for (;;) {
      if (++steps_ > k_steps_max || pc >= function_.code.size()) return false;
      const Instruction& at = function_.code[pc++];
      if (at.opcode == Opcode::return_value) return registers[at.a].what == Known::What::no;
      if (at.opcode == Opcode::jump) {
        pc = at.target();
      } else if (at.opcode == Opcode::jump_if_absent) {
        if (!is_false_from(at.target(), registers)) return false;
      } else if (at.opcode == Opcode::jump_if || at.opcode == Opcode::jump_unless) {
        const Known::What jumps = at.opcode == Opcode::jump_if ? Known::What::yes : Known::What::no;
        const Known::What what = registers[at.a].what;
        if (what == jumps) {
          pc = at.target();
        } else if (what != Known::What::yes && what != Known::What::no) {
          // Both ways, each with what it says of the register.
          registers[at.a] = {jumps, {}};
          if (!is_false_from(at.target(), registers)) return false;
          registers[at.a] = {jumps == Known::What::yes ? Known::What::no : Known::What::yes, {}};
        }
      } else if (!step(at, registers)) {
        return false;
      }
    }
  }
  std::vector<ConstantId>& constants() { return constants_; }

 private:
  bool is_optional(uint16_t reg) const { return program_.type(function_.registers[reg]).optional; }

  // False: it may fault, or is no instruction of a condition.
  bool step(const Instruction& at, Registers& registers) {
    Known known;
    if (at.opcode == Opcode::load_constant) {
      known = {Known::What::constant, {static_cast<ConstantId>(at.b)}};
    } else if (at.opcode == Opcode::load_field) {
      if (!is_optional(at.a) && program_.type(fields_[at.b].type).optional) return false;
      if (at.b == field_) known.what = Known::What::the_field;
    } else if (at.opcode == Opcode::load_attribute) {
      const auto id = static_cast<bytecode::AttributeId>(at.b);
      if (!is_optional(at.a) && std::ranges::find(journey_.required, id) == journey_.required.end()) return false;
    } else if (at.opcode == Opcode::move) {
      known = registers[at.b];
    } else if (at.opcode == Opcode::make_list) {
      known = list_of(std::span(registers).subspan(at.b, at.c));
    } else if (at.opcode == Opcode::not_boolean) {
      if (registers[at.b].what == Known::What::no) known.what = Known::What::yes;
      if (registers[at.b].what == Known::What::yes) known.what = Known::What::no;
    } else if (at.opcode == Opcode::equal_word || at.opcode == Opcode::equal_bytes) {
      known.what = compare(registers[at.b], registers[at.c], Known::What::constant);
    } else if (at.opcode == Opcode::contains) {
      known.what = compare(registers[at.c], registers[at.b], Known::What::list);
    } else if (std::ranges::find(k_harmless, at.opcode) == std::end(k_harmless)) {
      return false;
    }
    registers[at.a] = std::move(known);
    return true;
  }

  static Known list_of(std::span<const Known> elements) {
    Known list{Known::What::list, {}};
    for (const Known& element : elements) {
      if (element.what != Known::What::constant) return {};
      list.constants.push_back(element.constants.front());
    }
    return list;
  }

  Known::What compare(const Known& a, const Known& b, Known::What other) {
    const Known* constant = a.what == Known::What::the_field && b.what == other ? &b : nullptr;
    if (other == Known::What::constant && b.what == Known::What::the_field && a.what == other) constant = &a;
    if (constant == nullptr) return Known::What::nothing;
    constants_.insert(constants_.end(), constant->constants.begin(), constant->constants.end());
    return Known::What::no;
  }

  const Program& program_;
  const bytecode::Journey& journey_;
  const bytecode::Function& function_;
  const std::vector<bytecode::FieldInfo>& fields_;
  const uint16_t field_;
  uint32_t steps_ = 0;
  std::vector<ConstantId> constants_;
};

}  // namespace

std::optional<FieldTest> decisive_field(const Program& program, const bytecode::Journey& journey, const bytecode::JourneyEntry& entry) {
  if (!entry.where || !entry.event) return std::nullopt;
  const std::vector<bytecode::FieldInfo>& fields = program.event(*entry.event).fields;
  for (size_t i = 0; i < fields.size(); ++i) {
    // 1.0 and 1.00 are equal: decimals would need a key of their own.
    if (representation(program.type(fields[i].type).kind) == bytecode::Representation::decimal) continue;
    Supposition supposition(program, journey, entry, static_cast<uint16_t>(i));
    if (!supposition.is_false_from(entry.where->pc, Registers(program.function(journey.body).registers.size()))) continue;
    if (!supposition.constants().empty()) return FieldTest{static_cast<uint16_t>(i), std::move(supposition.constants())};
  }
  return std::nullopt;
}

}  // namespace wend::engine
