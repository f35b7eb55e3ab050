#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "compiler/flow/graph.h"

namespace wend::flow {

/// Gives every named value of a journey its slot, once.
class SlotTable {
 public:
  SlotTable(const sema::Model& model, Graph& graph) : model_(model), graph_(graph) {}

  SlotId variable(sema::VariableId variable);
  SlotId event_field(sema::VariableId binding, std::uint32_t field);
  SlotId hidden(std::string name, types::Type type);
  /// Makes slots for the event fields that an expression reads, those of `direct` apart: they are in the event being
  /// reacted to.
  void note_reads(const sema::Expr& expr, std::optional<sema::VariableId> direct);

 private:
  SlotId add(Slot slot);

  const sema::Model& model_;
  Graph& graph_;
  std::map<sema::VariableId, SlotId> variables_;
  std::map<std::pair<sema::VariableId, std::uint32_t>, SlotId> event_fields_;
  std::map<std::string, SlotId> hidden_;
};

/// The slots that an expression reads, in any order, perhaps repeated. Values local to the expression are no slots.
[[nodiscard]] std::vector<SlotId> slots_read(const Graph& graph, const sema::Expr& expr, std::optional<sema::VariableId> direct = {});

}  // namespace wend::flow
