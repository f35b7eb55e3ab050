#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "compiler/emit/program_builder.h"
#include "compiler/source/sources.h"

namespace wend::emit {

using bytecode::Opcode;
using bytecode::Register;
using bytecode::TypeId;

/// A place in the code that may not be known yet.
enum class CodeLabel : std::uint32_t {};

/// One function under construction: registers, instructions, places to jump to.
///
/// Registers are named (for ever) or temporary. Temporaries are taken while a `Temporaries` scope is open and are free again
/// when it closes, so that statement after statement uses the same few.
class Code {
 public:
  Code(ProgramBuilder& builder, std::string name, const source::Sources* sources);

  [[nodiscard]] ProgramBuilder& builder() { return builder_; }

  Register add_register(TypeId type);
  Register take(TypeId type) { return take(std::vector<TypeId>{type}); }
  /// The first of consecutive temporaries of these types; at least one.
  Register take(const std::vector<TypeId>& types);

  class Temporaries {
   public:
    explicit Temporaries(Code& code) : code_(code), mark_(code.taken_.size()) {}
    ~Temporaries() { code_.release(mark_); }
    Temporaries(const Temporaries&) = delete;
    Temporaries& operator=(const Temporaries&) = delete;

   private:
    Code& code_;
    std::size_t mark_;
  };

  /// What the next instructions come from.
  void at(source::Span span);
  /// Operands are ids, registers or numbers, each at most 16 bits.
  template <typename A, typename B = std::uint16_t, typename C = std::uint16_t>
  void add(Opcode opcode, A a, B b = {}, C c = {}) {
    append({opcode, 0, static_cast<std::uint16_t>(a), static_cast<std::uint16_t>(b), static_cast<std::uint16_t>(c)});
  }
  void add(Opcode opcode) { append({opcode, 0, 0, 0, 0}); }

  CodeLabel new_label();
  void bind(CodeLabel label);
  void jump(CodeLabel to) { add_jump(Opcode::jump, Register{}, to); }
  void jump_if(Register condition, CodeLabel to) { add_jump(Opcode::jump_if, condition, to); }
  void jump_unless(Register condition, CodeLabel to) { add_jump(Opcode::jump_unless, condition, to); }
  void jump_if_absent(Register value, CodeLabel to) { add_jump(Opcode::jump_if_absent, value, to); }
  [[nodiscard]] std::uint32_t here() const { return static_cast<std::uint32_t>(function_.code.size()); }
  /// After `finish`.
  [[nodiscard]] std::uint32_t place(CodeLabel label) const { return labels_[static_cast<std::size_t>(label)]; }

  [[nodiscard]] const std::vector<bytecode::Instruction>& instructions() const { return function_.code; }
  /// Resolves jumps and gives the function away.
  bytecode::Function finish(std::uint16_t parameter_count);

 private:
  void append(bytecode::Instruction instruction);
  void add_jump(Opcode opcode, Register condition, CodeLabel to);
  void release(std::size_t mark);
  void drop_needless_jump(CodeLabel next);
  void remove_last_jump();

  ProgramBuilder& builder_;
  const source::Sources* sources_;
  bytecode::Function function_;
  std::uint32_t line_ = 0;
  std::vector<std::uint32_t> labels_;
  std::uint32_t last_bound_ = 0xffffffff;
  std::vector<std::pair<std::uint32_t, CodeLabel>> jumps_;
  std::vector<std::pair<std::vector<TypeId>, Register>> taken_;
  std::map<std::vector<TypeId>, std::vector<Register>> free_;
};

}  // namespace wend::emit
