#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/sema/model.h"
#include "runtime/bytecode/program.h"

namespace wend::emit {

/// The tables that code refers to: types and constants without repeats, functions in the order of their making.
class ProgramBuilder {
 public:
  ProgramBuilder(const sema::Model& model, bytecode::Program& program);

  [[nodiscard]] const sema::Model& model() const { return model_; }
  [[nodiscard]] bytecode::Program& program() { return program_; }

  bytecode::TypeId type(const types::Type& type);
  bytecode::ConstantId constant(const types::Type& type, const sema::ConstantValue& value);
  bytecode::FunctionId add(bytecode::Function function);

  /// The index as it stands in a program. Ids are 16 bits wide; a project that needs more is reported, not cut off.
  template <typename Id>
  Id id(std::size_t index, const char* table) {
    if (index > k_index_max) note_overflow(table);
    return static_cast<Id>(index);
  }
  void note_overflow(const char* table, source::Span place = {});
  /// Notes a function that is larger than programs hold.
  void note_size(const bytecode::Function& function, source::Span place = {});
  /// Name of the table that is too long, or empty; and where in the source, if one place is to blame.
  [[nodiscard]] const std::string& overflow() const { return overflow_; }
  [[nodiscard]] source::Span overflow_place() const { return overflow_place_; }

  static constexpr std::size_t k_index_max = 0xffff;

 private:
  using Key = std::pair<bytecode::TypeId, std::string>;

  const sema::Model& model_;
  bytecode::Program& program_;
  std::map<Key, bytecode::ConstantId> constants_;
  std::string overflow_;
  source::Span overflow_place_;
};

/// The program's form of the model's ids: the tables have one order.
template <typename To, typename From>
To same_id(From id) {
  return static_cast<To>(static_cast<std::uint32_t>(id));
}

}  // namespace wend::emit
