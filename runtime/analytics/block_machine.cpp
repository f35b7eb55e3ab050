#include "runtime/analytics/block_machine.h"

#include <algorithm>
#include <numeric>

namespace wend::analytics {

using bytecode::Function;
using bytecode::Instruction;
using bytecode::Opcode;

namespace {

constexpr Bits k_all_lanes = [] {
  Bits bits{};
  bits.fill(1);
  return bits;
}();
constexpr Bits k_no_lane{};
constexpr Words k_zeros{};

bool is_jump(Opcode opcode) {
  return opcode == Opcode::jump || opcode == Opcode::jump_if || opcode == Opcode::jump_unless || opcode == Opcode::jump_if_absent;
}

// What a condition over attributes and consents may consist of. `format`, arithmetic and natives are rare in segments, and may fault.
constexpr std::array k_steps = {
    std::pair{Opcode::load_constant, BlockStep::load_constant},
    std::pair{Opcode::load_absent, BlockStep::load_absent},
    std::pair{Opcode::move, BlockStep::move},
    std::pair{Opcode::unwrap, BlockStep::unwrap},
    std::pair{Opcode::load_attribute, BlockStep::load_column},
    std::pair{Opcode::load_consent, BlockStep::load_column},
    std::pair{Opcode::jump, BlockStep::jump},
    std::pair{Opcode::jump_if, BlockStep::jump_if},
    std::pair{Opcode::jump_unless, BlockStep::jump_unless},
    std::pair{Opcode::jump_if_absent, BlockStep::jump_if_absent},
    std::pair{Opcode::return_value, BlockStep::return_value},
    std::pair{Opcode::not_boolean, BlockStep::negate},
    std::pair{Opcode::is_present, BlockStep::is_present},
    std::pair{Opcode::equal_word, BlockStep::equal},
    std::pair{Opcode::equal_decimal, BlockStep::equal},
    std::pair{Opcode::equal_bytes, BlockStep::equal},
    std::pair{Opcode::less_word, BlockStep::less},
    std::pair{Opcode::less_decimal, BlockStep::less},
    std::pair{Opcode::less_equal_word, BlockStep::less_equal},
    std::pair{Opcode::less_equal_decimal, BlockStep::less_equal},
};

std::optional<BlockStep> step_of(Opcode opcode) {
  const auto found = std::find_if(k_steps.begin(), k_steps.end(), [&](const auto& each) { return each.first == opcode; });
  return found != k_steps.end() ? std::optional(found->second) : std::nullopt;
}

bool writes_register(Opcode opcode) {
  return !is_jump(opcode) && opcode != Opcode::return_value;
}

}  // namespace

bool can_run_in_blocks(const Function& condition) {
  for (size_t pc = 0; pc < condition.code.size(); ++pc) {
    const Instruction& at = condition.code[pc];
    if (!step_of(at.opcode) || (is_jump(at.opcode) && at.target() <= pc)) return false;
  }
  return true;
}

std::optional<BlockPlan> BlockPlan::make(const bytecode::Program& program, const Function& condition, const Columns& columns) {
  const size_t size = condition.code.size();
  BlockPlan plan;
  plan.condition_ = &condition;
  for (const Instruction& at : condition.code) plan.steps_.push_back(*step_of(at.opcode));
  for (const bytecode::TypeId type : condition.registers) plan.is_boolean_.push_back(program.type(type).kind == bytecode::ValueKind::boolean);
  plan.columns_.resize(size);
  plan.constants_.resize(size);
  plan.is_target_.resize(size);
  plan.is_merged_.resize(condition.registers.size());
  std::vector<bool> is_written(condition.registers.size());
  for (size_t pc = 0; pc < size; ++pc) {
    const Instruction& at = condition.code[pc];
    if (is_jump(at.opcode)) plan.is_target_[at.target()] = true;
    if (writes_register(at.opcode)) {
      plan.is_merged_[at.a] = plan.is_merged_[at.a] || is_written[at.a];
      is_written[at.a] = true;
    }
    if (at.opcode == Opcode::load_attribute || at.opcode == Opcode::load_consent) {
      const bool is_attribute = at.opcode == Opcode::load_attribute;
      plan.columns_[pc] = is_attribute ? columns.attribute(bytecode::AttributeId{at.b}) : columns.consent(bytecode::TopicId{at.b});
      if (plan.columns_[pc] == nullptr) return std::nullopt;
      if (!program.type(condition.registers[at.a]).optional) plan.required_.push_back(plan.columns_[pc]);
    }
    if (at.opcode == Opcode::load_constant) {
      const auto word = columns.word_of(program.constants[at.b]);
      if (!word) return std::nullopt;
      plan.constants_[pc] = std::make_unique<Constant>();
      plan.constants_[pc]->words.fill(*word);
      plan.constants_[pc]->bits.fill(*word != 0);
    }
  }
  return plan;
}

BlockMachine::BlockMachine(const BlockPlan& plan)
    : plan_(plan),
      registers_(plan.condition_->registers.size()),
      arriving_(plan.condition_->code.size()),
      has_arrived_(plan.condition_->code.size()) {
  for (size_t i = 0; i < registers_.size(); ++i) own_.push_back(std::make_unique<OwnLanes>());
  for (size_t pc = 0; pc < arriving_.size(); ++pc) {
    if (plan.is_target_[pc]) arriving_[pc] = std::make_unique<Bits>();
  }
}

uint64_t BlockMachine::count(uint64_t customers) {
  uint64_t members = 0;
  for (size_t first = 0; first < customers; first += k_lanes) members += run_block(first, std::min<size_t>(k_lanes, customers - first));
  return members;
}

uint64_t BlockMachine::run_block(size_t first, size_t lanes) {
  reached_ = true;
  active_ = k_all_lanes;
  std::fill(active_.begin() + static_cast<std::ptrdiff_t>(lanes), active_.end(), uint8_t{0});
  members_ = k_no_lane;
  for (const Column* column : plan_.required_) keep_lanes(column->present.data() + first, active_);
  for (size_t pc = 0; pc < plan_.steps_.size(); ++pc) {
    if (has_arrived_[pc]) {
      has_arrived_[pc] = false;
      if (!reached_) active_ = k_no_lane;
      join_lanes(arriving_[pc]->data(), active_);
      reached_ = true;
    }
    if (reached_) step(pc, first);
  }
  return std::accumulate(members_.begin(), members_.end(), uint64_t{0});
}

void BlockMachine::go_to(uint32_t target, const Bits& lanes) {
  if (!has_arrived_[target]) *arriving_[target] = k_no_lane;
  has_arrived_[target] = true;
  join_lanes(lanes.data(), *arriving_[target]);
}

void BlockMachine::branch(const Instruction& at, const uint8_t* bits, uint8_t leaving) {
  part_lanes(bits, leaving, active_, scratch_);
  go_to(at.target(), scratch_);
}

// A register that one instruction writes is a view; one that several write takes from each its own lanes.
void BlockMachine::assign(size_t a, const Register& value) {
  if (!plan_.is_merged_[a]) {
    registers_[a] = value;
    return;
  }
  OwnLanes& own = *own_[a];
  if (plan_.is_boolean_[a]) {
    merge_bits(active_, value.bits, own.bits);
  } else {
    merge_words(active_, value.words, own.words);
  }
  merge_bits(active_, value.present, own.present);
  registers_[a] = {own.words.data(), own.bits.data(), own.present.data()};
}

// What a merged register holds may change behind a view of it.
void BlockMachine::copy(size_t a, size_t b) {
  if (!plan_.is_merged_[b] || plan_.is_merged_[a]) return assign(a, registers_[b]);
  *own_[a] = *own_[b];
  registers_[a] = {own_[a]->words.data(), own_[a]->bits.data(), own_[a]->present.data()};
}

// A boolean that is never absent. `compute` writes it for every lane.
template <typename Compute>
void BlockMachine::answer(size_t a, const Compute& compute) {
  if (plan_.is_merged_[a]) {
    compute(scratch_.data());
    assign(a, {nullptr, scratch_.data(), k_all_lanes.data()});
  } else {
    compute(own_[a]->bits.data());
    registers_[a] = {nullptr, own_[a]->bits.data(), k_all_lanes.data()};
  }
}

void BlockMachine::equal(const Instruction& at) {
  answer(at.a, [&](uint8_t* result) {
    if (!plan_.is_boolean_[at.b]) return equal_lanes(operand(at.b), operand(at.c), result);
    const Register& b = registers_[at.b];
    const Register& c = registers_[at.c];
    equal_bits(b.bits, c.bits, result);
    and_bits(b.present, result);
    and_bits(c.present, result);
  });
}

void BlockMachine::step(size_t pc, size_t first) {
  const Instruction& at = plan_.condition_->code[pc];
  switch (plan_.steps_[pc]) {
    case BlockStep::load_constant:
      return assign(at.a, {plan_.constants_[pc]->words.data(), plan_.constants_[pc]->bits.data(), k_all_lanes.data()});
    case BlockStep::load_absent:
      return assign(at.a, {k_zeros.data(), k_no_lane.data(), k_no_lane.data()});
    case BlockStep::load_column: {
      const Column& column = *plan_.columns_[pc];
      return assign(at.a, {column.words.data() + first, column.bits.data() + first, column.present.data() + first});
    }
    case BlockStep::move:
      return copy(at.a, at.b);
    case BlockStep::unwrap:
      copy(at.a, at.b);
      return keep_lanes(registers_[at.b].present, active_);
    case BlockStep::jump:
      reached_ = false;
      return go_to(at.target(), active_);
    case BlockStep::jump_if:
      return branch(at, registers_[at.a].bits, 1);
    case BlockStep::jump_unless:
      return branch(at, registers_[at.a].bits, 0);
    case BlockStep::jump_if_absent:
      return branch(at, registers_[at.a].present, 0);
    case BlockStep::return_value:
      reached_ = false;
      keep_lanes(registers_[at.a].bits, active_);
      keep_lanes(registers_[at.a].present, active_);
      return join_lanes(active_.data(), members_);
    case BlockStep::negate:
      return answer(at.a, [&](uint8_t* result) { negate_lanes(registers_[at.b].bits, result); });
    case BlockStep::is_present:
      return answer(at.a, [&](uint8_t* result) { std::copy_n(registers_[at.b].present, k_lanes, result); });
    case BlockStep::equal:
      return equal(at);
    case BlockStep::less:
      return answer(at.a, [&](uint8_t* result) { less_lanes(operand(at.b), operand(at.c), result); });
    case BlockStep::less_equal:
      return answer(at.a, [&](uint8_t* result) { less_equal_lanes(operand(at.b), operand(at.c), result); });
  }
}

}  // namespace wend::analytics
