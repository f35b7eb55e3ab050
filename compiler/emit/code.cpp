#include "compiler/emit/code.h"

#include <algorithm>
#include <cassert>

#include "runtime/base/hash.h"

namespace wend::emit {
namespace {

constexpr std::uint32_t k_unbound = 0xffffffff;

}  // namespace

Code::Code(ProgramBuilder& builder, std::string name, const source::Sources* sources) : builder_(builder), sources_(sources) {
  function_.name = std::move(name);
}

Register Code::add_register(TypeId type) {
  function_.registers.push_back(type);
  return builder_.id<Register>(function_.registers.size() - 1, "registers of one journey");
}

Register Code::take(const std::vector<TypeId>& types) {
  assert(!types.empty());
  std::vector<Register>& free = free_[types];
  Register first{};
  if (free.empty()) {
    first = add_register(types[0]);
    for (std::size_t i = 1; i < types.size(); ++i) add_register(types[i]);
  } else {
    first = free.back();
    free.pop_back();
  }
  taken_.emplace_back(types, first);
  return first;
}

void Code::release(std::size_t mark) {
  while (taken_.size() > mark) {
    free_[taken_.back().first].push_back(taken_.back().second);
    taken_.pop_back();
  }
}

void Code::at(source::Span span) {
  if (sources_ == nullptr || !span.valid()) return;
  const source::SourceFile& file = sources_->file(span.file_id);
  auto& files = builder_.program().source_files;
  const auto found = std::ranges::find(files, file.path(), &bytecode::SourceText::path);
  const auto index = static_cast<std::size_t>(found - files.begin());
  if (found == files.end()) files.push_back({file.path(), xxh3_64(file.text())});
  // A function has one file. What a `fn` of another file expands to keeps the line of the call.
  if (function_.code.empty()) function_.source_file = builder_.id<std::uint16_t>(index, "source files");
  if (function_.source_file == index) line_ = file.line_of(span.begin);
}

void Code::append(bytecode::Instruction instruction) {
  function_.code.push_back(instruction);
  function_.lines.push_back(line_);
}

void Code::add_jump(Opcode opcode, Register condition, CodeLabel to) {
  jumps_.emplace_back(here(), to);
  add(opcode, condition);
}

CodeLabel Code::new_label() {
  labels_.push_back(k_unbound);
  return static_cast<CodeLabel>(labels_.size() - 1);
}

void Code::bind(CodeLabel label) {
  // Where a label stands behind the last instruction already, nothing is taken back: that label would move.
  if (last_bound_ != here()) drop_needless_jump(label);
  labels_[static_cast<std::size_t>(label)] = here();
  last_bound_ = here();
}

// A jump to the next instruction is none, and a jump over a jump is one jump on the opposite condition.
void Code::drop_needless_jump(CodeLabel next) {
  const auto is_jump_to_next = [&](std::size_t back) {
    return jumps_.size() > back && jumps_[jumps_.size() - 1 - back] == std::pair(here() - 1 - static_cast<std::uint32_t>(back), next);
  };
  const bool ends_in_jump = !jumps_.empty() && jumps_.back().first + 1 == here() && function_.code.back().opcode == Opcode::jump;
  if (!ends_in_jump) return;
  if (is_jump_to_next(0)) {
    remove_last_jump();
    return;
  }
  if (!is_jump_to_next(1) || last_bound_ == here() - 1) return;
  bytecode::Instruction& condition = function_.code[function_.code.size() - 2];
  if (condition.opcode != Opcode::jump_if && condition.opcode != Opcode::jump_unless) return;
  condition.opcode = condition.opcode == Opcode::jump_if ? Opcode::jump_unless : Opcode::jump_if;
  const CodeLabel over = jumps_.back().second;
  remove_last_jump();
  jumps_.back().second = over;
}

void Code::remove_last_jump() {
  jumps_.pop_back();
  function_.code.pop_back();
  function_.lines.pop_back();
}

bytecode::Function Code::finish(std::uint16_t parameter_count) {
  for (const auto& [pc, label] : jumps_) {
    assert(place(label) != k_unbound);
    function_.code[pc].set_target(place(label));
  }
  function_.parameter_count = parameter_count;
  return std::move(function_);
}

}  // namespace wend::emit
