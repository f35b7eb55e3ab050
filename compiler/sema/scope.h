#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/typed_expr.h"

namespace wend::sema {

/// Names of variables, by block. Names of one journey do not shadow each other; blocks beside each other may reuse them.
class Scope {
 public:
  Scope() : blocks_(1) {}
  void open() { blocks_.emplace_back(); }
  void close() { blocks_.pop_back(); }
  void declare(const std::string& name, VariableId variable) { blocks_.back().insert_or_assign(name, variable); }
  [[nodiscard]] std::optional<VariableId> find(const std::string& name) const {
    for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block) {
      if (const auto found = block->find(name); found != block->end()) return found->second;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& block : blocks_) {
      for (const auto& [name, variable] : block) result.push_back(name);
    }
    return result;
  }

 private:
  std::vector<std::map<std::string, VariableId>> blocks_;
};

/// Opens a block of names for the time it lives.
class ScopedBlock {
 public:
  explicit ScopedBlock(Scope& scope) : scope_(scope) { scope_.open(); }
  ~ScopedBlock() { scope_.close(); }
  ScopedBlock(const ScopedBlock&) = delete;
  ScopedBlock& operator=(const ScopedBlock&) = delete;

 private:
  Scope& scope_;
};

}  // namespace wend::sema
