#include <utility>

#include "compiler/sema/journey_checker.h"

// `do { … } interrupted …` and steps with interrupts.

namespace wend::sema {

StmtPtr JourneyChecker::check_guarded(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::GuardedStmt>();
  return make(stmt, guarded(syntax.interrupts, [&] { return block(syntax.body); }));
}

GuardedStmt JourneyChecker::guarded(const std::vector<syntax::Interrupt>& interrupts, const std::function<Block()>& body) {
  GuardedStmt result;
  const Flow before = flow_;
  const std::size_t stops = stops_so_far();
  const std::size_t mark = context_.error_mark();
  result.body = body();
  if (stops_so_far() == stops && !context_.errors_since(mark)) {
    context_.report(Kind::nothing_to_interrupt, interrupts.front().span)
        .label("never happens")
        .secondary(result.body.span, "nothing waits here, so it is over before anything can come");
  }
  std::vector<Edge> edges;
  edges.push_back({std::move(flow_), result.body.span});
  for (const syntax::Interrupt& interrupt : interrupts) {
    // It comes while the block waits somewhere: what the block assigned may not be there, and attributes may have changed.
    flow_ = before;
    flow_.expire_attributes(interrupt.span, "wait");
    if (auto checked = check_interrupt(interrupt)) result.interrupts.push_back(std::move(*checked));
    edges.push_back({std::move(flow_), interrupt.span});
  }
  flow_ = merge(std::move(edges));
  return result;
}

std::optional<Interrupt> JourneyChecker::check_interrupt(const syntax::Interrupt& interrupt) {
  ScopedBlock names(scope_);
  Interrupt result;
  result.span = interrupt.span;
  bool failed = false;
  if (interrupt.event) {
    // Like an exit it hears what comes while the instance is there, so it never asks which earlier events count.
    auto event = event_signal(*interrupt.event, std::nullopt, interrupt.event->event.span);
    failed = !event;
    if (event) {
      event->look_back.written = true;
      result.trigger = std::move(*event);
    }
  } else {
    WhenArm when;
    failed = !check_when(*interrupt.condition, "an interrupting condition", when);
    result.trigger = std::move(when);
  }
  result.body = block(interrupt.body);
  if (failed) return std::nullopt;
  return result;
}

}  // namespace wend::sema
