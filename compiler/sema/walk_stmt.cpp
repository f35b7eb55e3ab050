#include "compiler/sema/walk.h"

namespace wend::sema {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

/// The blocks directly inside a statement, in text order.
void for_each_block(const Stmt& stmt, const std::function<void(const Block&)>& visit) {
  const auto visit_optional = [&](const std::optional<Block>& block) {
    if (block) visit(*block);
  };
  std::visit(Overloaded{
                 [&](const StepStmt& node) { visit(node.body); },
                 [&](const SendStmt& node) { visit_optional(node.or_else); },
                 [&](const CallStmt& node) { visit_optional(node.or_else); },
                 [&](const WaitStmt& node) {
                   if (const auto* until = std::get_if<WaitUntilInstant>(&node.spec)) {
                     visit(until->if_past);
                     visit_optional(until->if_absent);
                   }
                 },
                 [&](const AwaitStmt& node) {
                   for (const AwaitArm& arm : node.arms) visit(arm.body);
                 },
                 [&](const GuardedStmt& node) {
                   visit(node.body);
                   for (const Interrupt& interrupt : node.interrupts) visit(interrupt.body);
                 },
                 [&](const IfStmt& node) {
                   for (const IfBranch& branch : node.branches) visit(branch.body);
                   visit_optional(node.otherwise);
                 },
                 [&](const MatchStmt& node) {
                   for (const MatchArm& arm : node.arms) visit(arm.body);
                 },
                 [&](const SplitStmt& node) {
                   for (const SplitArm& arm : node.arms) visit(arm.body);
                 },
                 [&](const ForkStmt& node) {
                   for (const ForkBranch& branch : node.branches) visit(branch.body);
                 },
                 [&](const RepeatStmt& node) { visit(node.body); },
                 [](const StopRepeatingStmt&) {},
                 [](const LeaveStmt&) {},
                 [](const LetStmt&) {},
                 [](const SetStmt&) {},
                 [](const ExitStmt&) {},
                 [](const EmitStmt&) {},
                 [](const HandOffStmt&) {},
             },
             stmt.node);
}

void for_each_own_expr(const Stmt& stmt, const std::function<void(const Expr&)>& visit) {
  const auto visit_pointer = [&](const ExprPtr& expr) {
    if (expr) visit(*expr);
  };
  std::visit(Overloaded{
                 [&](const SendStmt& node) {
                   for (const ExprPtr& argument : node.arguments) visit_pointer(argument);
                 },
                 [&](const CallStmt& node) {
                   for (const ExprPtr& argument : node.arguments) visit_pointer(argument);
                 },
                 [&](const WaitStmt& node) {
                   if (const auto* until = std::get_if<WaitUntilInstant>(&node.spec)) visit_pointer(until->instant);
                   std::visit([&](const auto& spec) { visit_pointer(spec.zone); }, node.spec);
                 },
                 [&](const AwaitStmt& node) {
                   for (const AwaitArm& arm : node.arms) {
                     if (const auto* when = std::get_if<WhenArm>(&arm.trigger)) visit_pointer(when->condition);
                     const auto* signals = std::get_if<SignalArm>(&arm.trigger);
                     if (!signals) continue;
                     for (const auto& signal : signals->signals) {
                       if (const auto* event = std::get_if<EventSignal>(&signal)) visit_pointer(event->where);
                     }
                   }
                 },
                 [&](const GuardedStmt& node) {
                   for (const Interrupt& interrupt : node.interrupts) {
                     if (const auto* when = std::get_if<WhenArm>(&interrupt.trigger)) visit_pointer(when->condition);
                     if (const auto* event = std::get_if<EventSignal>(&interrupt.trigger)) visit_pointer(event->where);
                   }
                 },
                 [&](const IfStmt& node) {
                   for (const IfBranch& branch : node.branches) visit_pointer(branch.condition);
                 },
                 [&](const MatchStmt& node) { visit_pointer(node.subject); },
                 [&](const LetStmt& node) { visit_pointer(node.value); },
                 [&](const SetStmt& node) { visit_pointer(node.value); },
                 [&](const EmitStmt& node) {
                   for (const ExprPtr& field : node.fields) visit_pointer(field);
                 },
                 [&](const HandOffStmt& node) {
                   for (const ExprPtr& argument : node.arguments) visit_pointer(argument);
                 },
                 [](const StepStmt&) {},
                 [](const SplitStmt&) {},
                 [](const ForkStmt&) {},
                 [](const RepeatStmt&) {},
                 [](const StopRepeatingStmt&) {},
                 [](const LeaveStmt&) {},
                 [](const ExitStmt&) {},
             },
             stmt.node);
}

}  // namespace

void for_each_stmt(const Block& block, const std::function<void(const Stmt&)>& visit) {
  for (const StmtPtr& stmt : block.statements) {
    visit(*stmt);
    for_each_block(*stmt, [&](const Block& inner) { for_each_stmt(inner, visit); });
  }
}

void for_each_expr(const Block& block, const std::function<void(const Expr&)>& visit) {
  for_each_stmt(block, [&](const Stmt& stmt) { for_each_own_expr(stmt, visit); });
}

}  // namespace wend::sema
