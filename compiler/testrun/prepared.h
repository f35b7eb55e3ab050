#pragma once

// The project as bytecode, together with the functions of every expression that its tests contain.

#include <memory>
#include <optional>
#include <unordered_map>

#include "compiler/sema/model.h"
#include "runtime/bytecode/program.h"

namespace wend::testrun {

class Prepared {
 public:
  explicit Prepared(const sema::Model& model);

  const bytecode::Program& program() const { return program_; }
  /// The same program in which only that journey takes entries. Lives as long as this.
  const bytecode::Program& program_of(sema::JourneyId journey) const;
  /// For any expression of a test, and for both sides of a comparison that is a whole condition.
  const bytecode::Function& function(const sema::Expr& expr) const;
  /// Of that function.
  bytecode::TypeId result_type(const sema::Expr& expr) const;
  /// The entry event whose fields the expression reads, if it reads any.
  std::optional<bytecode::EventId> entry_event(const sema::Expr& expr) const;

 private:
  struct Compiled {
    bytecode::FunctionId function{};
    std::optional<bytecode::EventId> entry_event;
  };
  bytecode::Program program_;
  std::unordered_map<const sema::Expr*, Compiled> compiled_;
  mutable std::unordered_map<uint32_t, std::unique_ptr<bytecode::Program>> by_journey_;
};

}  // namespace wend::testrun
