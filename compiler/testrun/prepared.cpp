#include "compiler/testrun/prepared.h"

#include <cassert>

#include "compiler/emit/emit.h"
#include "compiler/flow/walk.h"

namespace wend::testrun {

namespace {

class Collector {
 public:
  void add(const sema::ExprPtr& expr) {
    if (expr != nullptr) expressions_.push_back(expr.get());
  }

  void operator()(const sema::Stimulus& stimulus) {
    if (const auto* event = std::get_if<sema::EventStimulus>(&stimulus.what)) {
      for (const auto& field : event->fields) add(field);
    }
    if (const auto* set = std::get_if<sema::SetStimulus>(&stimulus.what)) add(set->value);
  }
  void operator()(const sema::GivenCall& given) {
    for (const auto& answer : given.answers) add(answer);
  }
  void operator()(const sema::Advance&) {}
  void operator()(const sema::Expectation& expectation) {
    add(expectation.for_instance);
    if (const auto* sent = std::get_if<sema::ExpectSent>(&expectation.what)) {
      for (const auto& argument : sent->arguments) add(argument.value);
    }
    if (const auto* called = std::get_if<sema::ExpectCalled>(&expectation.what)) {
      for (const auto& argument : called->arguments) add(argument.value);
    }
    if (const auto* condition = std::get_if<sema::ExpectCondition>(&expectation.what)) {
      add(condition->condition);
      const auto* comparison = condition->condition->get_if<sema::Compare>();
      if (comparison == nullptr) return;
      add(comparison->left);
      add(comparison->right);
    }
  }

  std::vector<const sema::Expr*> take() { return std::move(expressions_); }

 private:
  std::vector<const sema::Expr*> expressions_;
};

}  // namespace

std::vector<const sema::Expr*> expressions_of(const sema::Test& test) {
  Collector collector;
  for (const auto& given : test.customer) collector.add(given.value);
  for (const auto& item : test.items) std::visit(collector, item.node);
  return collector.take();
}

Prepared::Prepared(const sema::Model& model, bytecode::Program program, std::span<const sema::Expr* const> expressions)
    : program_(std::move(program)) {
  const auto functions = emit::emit_test_expressions(model, program_, expressions);
  for (size_t i = 0; i < expressions.size(); ++i) {
    Compiled compiled{functions[i], std::nullopt};
    flow::for_each_expression(*expressions[i], [&](const sema::Expr& expr) {
      const auto* field = expr.get_if<sema::EventField>();
      // A history filter has bindings of its own, but it is a query of the model and not part of the expression.
      if (field != nullptr) compiled.entry_event = static_cast<bytecode::EventId>(*model.at(field->binding).event);
    });
    compiled_.emplace(expressions[i], compiled);
  }
}

const bytecode::Program& Prepared::program_of(sema::JourneyId journey) const {
  auto& program = by_journey_[journey];
  if (program == nullptr) {
    program = std::make_unique<bytecode::Program>(program_);
    // Of the others only what the journey hands over to is open, and that by handoff only.
    for (size_t i = 0; i < program->journeys.size(); ++i) {
      if (i == static_cast<size_t>(journey)) continue;
      std::erase_if(program->journeys[i].entries, [](const bytecode::JourneyEntry& entry) { return !entry.handoff; });
    }
  }
  return *program;
}

const bytecode::Function& Prepared::function(const sema::Expr& expr) const {
  return program_.function(compiled_.at(&expr).function);
}

bytecode::TypeId Prepared::result_type(const sema::Expr& expr) const {
  const bytecode::Function& function = this->function(expr);
  for (const auto& instruction : function.code) {
    if (instruction.opcode == bytecode::Opcode::return_value) return function.registers[instruction.a];
  }
  assert(false);
  return {};
}

std::optional<bytecode::EventId> Prepared::entry_event(const sema::Expr& expr) const {
  return compiled_.at(&expr).entry_event;
}

}  // namespace wend::testrun
