#include "compiler/flow/slots.h"

#include "compiler/flow/walk.h"

namespace wend::flow {

SlotId SlotTable::add(Slot slot) {
  graph_.slots.push_back(std::move(slot));
  return static_cast<SlotId>(graph_.slots.size() - 1);
}

SlotId SlotTable::variable(sema::VariableId variable) {
  const auto found = variables_.find(variable);
  if (found != variables_.end()) return found->second;
  const sema::VariableInfo& info = model_.at(variable);
  return variables_[variable] = add({info.qualified_name, info.type, VariableOrigin{variable}});
}

SlotId SlotTable::event_field(sema::VariableId binding, std::uint32_t field) {
  const auto key = std::pair(binding, field);
  const auto found = event_fields_.find(key);
  if (found != event_fields_.end()) return found->second;
  const sema::VariableInfo& info = model_.at(binding);
  const types::Field& declared = model_.at(*info.event).fields[field];
  return event_fields_[key] = add({info.qualified_name + "." + declared.name, declared.type, EventFieldOrigin{binding, field}});
}

SlotId SlotTable::hidden(std::string name, types::Type type) {
  const auto found = hidden_.find(name);
  if (found != hidden_.end()) return found->second;
  const SlotId id = add({name, std::move(type), HiddenOrigin{}});
  hidden_.emplace(std::move(name), id);
  return id;
}

void SlotTable::note_reads(const sema::Expr& expr, std::optional<sema::VariableId> direct) {
  for_each_expression(expr, [&](const sema::Expr& each) {
    const auto* read = each.get_if<sema::EventField>();
    if (read != nullptr && read->binding != direct) event_field(read->binding, read->field);
  });
}

std::optional<PointId> point_of(const Block& block) {
  if (const auto* suspend = std::get_if<Suspend>(&block.terminator)) return suspend->point;
  if (const auto* call = std::get_if<Call>(&block.terminator)) return call->point;
  if (const auto* send = std::get_if<DelayableSend>(&block.terminator)) return send->point;
  return std::nullopt;
}

std::optional<SlotId> Graph::find(sema::VariableId variable) const {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto* origin = std::get_if<VariableOrigin>(&slots[i].origin);
    if (origin != nullptr && origin->variable == variable) return static_cast<SlotId>(i);
  }
  return std::nullopt;
}

std::optional<SlotId> Graph::find(sema::VariableId binding, std::uint32_t field) const {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto* origin = std::get_if<EventFieldOrigin>(&slots[i].origin);
    if (origin != nullptr && origin->binding == binding && origin->field == field) return static_cast<SlotId>(i);
  }
  return std::nullopt;
}

std::vector<SlotId> slots_read(const Graph& graph, const sema::Expr& expr, std::optional<sema::VariableId> direct) {
  std::vector<SlotId> result;
  for_each_expression(expr, [&](const sema::Expr& each) {
    if (const auto* read = each.get_if<sema::EventField>(); read != nullptr && read->binding != direct) {
      if (const auto slot = graph.find(read->binding, read->field)) result.push_back(*slot);
    }
    if (const auto* read = each.get_if<sema::Variable>()) {
      if (const auto slot = graph.find(read->variable)) result.push_back(*slot);
    }
  });
  return result;
}

}  // namespace wend::flow
