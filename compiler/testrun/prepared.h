#pragma once

// A project's program together with the functions of every expression that some of its tests contain.

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "compiler/sema/model.h"
#include "runtime/bytecode/program.h"

namespace wend::testrun {

/// Every expression that the runner evaluates, both sides of a comparison that is a whole condition included.
[[nodiscard]] std::vector<const sema::Expr*> expressions_of(const sema::Test& test);

class Prepared {
 public:
  Prepared(const sema::Model& model, bytecode::Program program, std::span<const sema::Expr* const> expressions);

  const bytecode::Program& program() const { return program_; }
  /// The same program in which only that journey takes entries. Lives as long as this.
  const bytecode::Program& program_of(sema::JourneyId journey) const;

  /// For the expressions given, which outlive this.
  const bytecode::Function& function(const sema::Expr& expr) const;
  bytecode::TypeId result_type(const sema::Expr& expr) const;
  /// The event whose fields the expression reads, if it reads any: the one that started an instance.
  std::optional<bytecode::EventId> entry_event(const sema::Expr& expr) const;

 private:
  struct Compiled {
    bytecode::FunctionId function{};
    std::optional<bytecode::EventId> entry_event;
  };
  bytecode::Program program_;
  std::unordered_map<const sema::Expr*, Compiled> compiled_;
  mutable std::map<sema::JourneyId, std::unique_ptr<bytecode::Program>> by_journey_;
};

}  // namespace wend::testrun
