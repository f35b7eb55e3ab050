#pragma once

// Runs a condition over blocks of customers: every instruction is one loop over the lanes of a block. Where control may go two ways, both are
// walked, each with a mask of the lanes that came there; code is acyclic and jumps forward only, so one pass from the first instruction to the
// last meets every lane's path. It takes the instructions that conditions over attributes and consents are made of, and no others.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/analytics/column.h"
#include "runtime/analytics/lanes.h"
#include "runtime/bytecode/program.h"

namespace wend::analytics {

// What one instruction does to a block; operands compare as words, whatever they are.
enum class BlockStep : uint8_t {
  load_constant,
  load_absent,
  load_column,
  move,
  unwrap,
  jump,
  jump_if,
  jump_unless,
  jump_if_absent,
  return_value,
  negate,
  is_present,
  equal,
  less,
  less_equal
};

// Only instructions that the block machine knows, and no jump backwards.
bool can_run_in_blocks(const bytecode::Function& condition);

// A condition with its columns and constants found.
class BlockPlan {
 public:
  // nullopt: some column or constant does not fit. The program's `condition` and the columns outlive the plan.
  static std::optional<BlockPlan> make(const bytecode::Program& program, const bytecode::Function& condition, const Columns& columns);

 private:
  friend class BlockMachine;
  // A constant, in every lane.
  struct Constant {
    Words words;
    Bits bits;  // of a boolean
  };

  const bytecode::Function* condition_ = nullptr;
  std::vector<BlockStep> steps_;                      // by instruction
  std::vector<const Column*> columns_;                // by instruction: what a load reads
  std::vector<const Column*> required_;               // who lacks one of these is not in the segment, whichever way control would go
  std::vector<std::unique_ptr<Constant>> constants_;  // by instruction: what a load_constant gives
  std::vector<bool> is_boolean_;                      // by register
  std::vector<bool> is_merged_;                       // by register: several instructions write it, each for its own lanes
  std::vector<bool> is_target_;                       // by instruction
};

class BlockMachine {
 public:
  explicit BlockMachine(const BlockPlan& plan);
  // For how many of the first `customers` rows the condition holds.
  uint64_t count(uint64_t customers);

 private:
  // Views of a column, a constant or lanes of the register's own. Booleans are bits, all others words.
  struct Register {
    const int64_t* words = nullptr;
    const uint8_t* bits = nullptr;
    const uint8_t* present = nullptr;
  };
  struct OwnLanes {
    Words words;
    Bits bits;
    Bits present;
  };

  uint64_t run_block(size_t first, size_t lanes);
  void step(size_t pc, size_t first);
  void assign(size_t a, const Register& value);
  void copy(size_t a, size_t b);
  void go_to(uint32_t target, const Bits& lanes);
  void branch(const bytecode::Instruction& at, const uint8_t* bits, uint8_t leaving);
  template <typename Compute>
  void answer(size_t a, const Compute& compute);
  void equal(const bytecode::Instruction& at);
  Operand operand(size_t b) const { return {registers_[b].words, registers_[b].present}; }

  const BlockPlan& plan_;
  bool reached_ = false;  // some lane may be at this instruction
  Bits active_;           // the lanes that are
  Bits scratch_;
  Bits members_;
  std::vector<Register> registers_;
  std::vector<std::unique_ptr<OwnLanes>> own_;
  std::vector<std::unique_ptr<Bits>> arriving_;  // by instruction, where it is a target
  std::vector<bool> has_arrived_;                // by instruction
};

}  // namespace wend::analytics
