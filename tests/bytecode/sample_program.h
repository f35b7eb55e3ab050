#pragma once

// Programs built by hand for the tests of the file format, the verifier and the machine.

#include <initializer_list>

#include "runtime/bytecode/program.h"

namespace wend::bytecode::testing {

// Appends instructions with the operands where the opcode wants them.
class Assembler {
 public:
  uint32_t pc() const { return static_cast<uint32_t>(code_.size()); }
  uint32_t emit(Opcode opcode, size_t a = 0, size_t b = 0, size_t c = 0) {
    code_.push_back({opcode, 0, static_cast<uint16_t>(a), static_cast<uint16_t>(b), static_cast<uint16_t>(c)});
    return pc() - 1;
  }
  uint32_t jump(Opcode opcode, size_t a, uint32_t target) {
    emit(opcode, a);
    code_.back().set_target(target);
    return pc() - 1;
  }
  void land(uint32_t at) { code_[at].set_target(pc()); }
  std::vector<Instruction> take() { return std::move(code_); }

 private:
  std::vector<Instruction> code_;
};

// Types of the sample programs, by position.
enum SampleType : uint16_t {
  k_boolean,
  k_integer,
  k_decimal,
  k_money,
  k_optional_money,
  k_text,
  k_email,
  k_optional_email,
  k_optional_delivery,
  k_plan,
  k_optional_plan,
  k_line,
  k_lines,
  k_instant,
  k_optional_instant,
  k_duration,
  k_period,
  k_time_zone,
  k_time_of_day,
  k_tags,
  k_optional_integer,
  k_date,
  k_optional_text,
  k_optional_time_zone,
  k_time_zones,
  k_delivery,
  k_type_count,
};
inline TypeId type_id(SampleType type) {
  return static_cast<TypeId>(type);
}

// The reference journey: signed_up → await purchased for 2 days → amount >= 50.00 sends "big", else "small"; timeout sends "reminder".
Program reference_program();

// Every table filled and every opcode used.
Program rich_program();
// The rich program with segments, a schedule of every kind and a journey entered by them.
Program segment_program();
// The rich program and a journey with a fork.
Program fork_program();

}  // namespace wend::bytecode::testing
