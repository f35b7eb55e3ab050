#include <fmt/format.h>

#include <algorithm>

#include "compiler/syntax/tree_builder.h"
#include "compiler/syntax/words.h"

namespace wend::syntax {

using diag::Diagnostic;
using diag::Kind;

StmtPtr TreeBuilder::build_stmt(Grammar::StmtContext* context) {
  auto statement = std::make_unique<Stmt>();
  statement->span = span_of_context(context);
  statement->keyword = span_of_token(context->start);
  statement->doc = doc_before(statement->span);
  statement->node = build_stmt_node(context);
  return statement;
}

Block TreeBuilder::build_block(Grammar::BlockContext* context) {
  Block block;
  block.span = span_of_context(context);
  for (Grammar::StmtContext* each : context->stmt()) block.statements.push_back(build_stmt(each));
  return block;
}

ErrorStmt TreeBuilder::build_error_stmt(Grammar::StmtContext* context) {
  found_error_ = true;
  ErrorStmt error;
  for (antlr4::tree::ParseTree* child : context->children) {
    if (auto* block = dynamic_cast<Grammar::BlockContext*>(child)) error.blocks.push_back(build_block(block));
  }
  return error;
}

StmtNode TreeBuilder::build_stmt_node(Grammar::StmtContext* context) {
  if (is_broken(context)) return build_error_stmt(context);
  if (auto* step = dynamic_cast<Grammar::StepContext*>(context)) {
    return StepStmt{build_name(step->lname()), build_was(step->was()), build_block(step->block()), build_interrupts(step->interrupt())};
  }
  if (auto* guarded = dynamic_cast<Grammar::GuardedContext*>(context)) {
    return GuardedStmt{build_block(guarded->block()), build_interrupts(guarded->interrupt())};
  }
  if (auto* send = dynamic_cast<Grammar::SendContext*>(context)) return build_send(send);
  if (auto* wait = dynamic_cast<Grammar::WaitContext*>(context)) return build_wait(wait);
  if (auto* await = dynamic_cast<Grammar::AwaitContext*>(context)) return build_await(await);
  if (auto* branch = dynamic_cast<Grammar::IfContext*>(context)) return build_if(branch);
  if (auto* match = dynamic_cast<Grammar::MatchContext*>(context)) return build_match(match);
  if (auto* split = dynamic_cast<Grammar::SplitContext*>(context)) {
    SplitStmt node{build_name(split->lname()), {}};
    for (Grammar::SplitArmContext* arm : split->splitBody()->splitArm()) {
      if (is_broken(arm)) {
        found_error_ = true;
      } else {
        node.arms.push_back({build_name(arm->lname()), build_block(arm->block()), span_of_context(arm)});
      }
    }
    return node;
  }
  if (auto* fork = dynamic_cast<Grammar::ForkContext*>(context)) {
    ForkStmt node{literal_of(fork->kind->getType()) == "race" ? ForkKind::race : ForkKind::parallel, {}};
    for (Grammar::BranchContext* branch : fork->forkBody()->branch()) {
      if (is_broken(branch)) {
        found_error_ = true;
      } else {
        node.branches.push_back({build_name(branch->lname()), build_block(branch->block()), span_of_context(branch)});
      }
    }
    return node;
  }
  if (auto* repeat = dynamic_cast<Grammar::RepeatContext*>(context)) return build_repeat(repeat);
  if (dynamic_cast<Grammar::StopRepeatingContext*>(context) != nullptr) return StopRepeatingStmt{};
  if (auto* leave = dynamic_cast<Grammar::LeaveContext*>(context)) return LeaveStmt{build_name(leave->lname())};
  if (auto* run = dynamic_cast<Grammar::RunFlowContext*>(context)) {
    return RunStmt{build_name(run->lname()), build_optional_arguments(run->args()), build_name(run->asName()->lname())};
  }
  if (auto* let = dynamic_cast<Grammar::LetContext*>(context)) return LetStmt{build_name(let->lname()), build_expr(let->expr())};
  if (auto* set = dynamic_cast<Grammar::SetAttrContext*>(context)) return SetStmt{build_name(set->anyName()), build_value(set->value())};
  if (auto* emit = dynamic_cast<Grammar::EmitContext*>(context)) {
    return EmitStmt{build_type_name(emit->UIDENT()), build_arguments(emit->args()),
                    emit->expr() == nullptr ? nullptr : build_expr(emit->expr())};
  }
  if (auto* call = dynamic_cast<Grammar::CallContext*>(context)) return build_call(call);
  if (auto* hand_off = dynamic_cast<Grammar::HandoffContext*>(context)) {
    return HandOffStmt{build_name(hand_off->lname()), build_optional_arguments(hand_off->args())};
  }
  return build_exit(dynamic_cast<Grammar::ExitContext*>(context));
}

std::vector<Interrupt> TreeBuilder::build_interrupts(const std::vector<Grammar::InterruptContext*>& contexts) {
  std::vector<Interrupt> interrupts;
  for (Grammar::InterruptContext* each : contexts) {
    Interrupt interrupt;
    if (each->eventPat() != nullptr) interrupt.event = build_event_pattern(each->eventPat());
    if (each->expr() != nullptr) interrupt.condition = build_expr(each->expr());
    interrupt.body = build_block(each->block());
    interrupt.span = span_of_context(each);
    interrupts.push_back(std::move(interrupt));
  }
  return interrupts;
}

// ── send and call ────────────────────────────────────────────────────────────────────────────────────────────────

std::vector<Name> TreeBuilder::build_via(Grammar::ViaContext* context) {
  std::vector<Name> channels;
  if (context == nullptr) return channels;
  for (Grammar::LnameContext* each : context->lname()) channels.push_back(build_name(each));
  for (Grammar::ToleratedViaSeparatorContext* each : context->toleratedViaSeparator()) {
    const Span separator = span_of_context(each);
    const auto next = std::find_if(channels.begin(), channels.end(), [&](const Name& name) { return name.span.begin >= separator.end; });
    // The replacement takes the spaces around the separator with it: ` or ` becomes `, else `.
    Span replaced{separator.file_id, separator.begin, next->span.begin};
    for (const Name& channel : channels) {
      if (channel.span.end <= separator.begin) replaced.begin = channel.span.end;
    }
    report(Diagnostic(Kind::via_or, separator)
               .label("not the way to name the next channel")
               .note("the channels are tried in order, and the first one that reaches the customer is used")
               .help("write `, else`", {replaced, ", else ", diag::Applicability::certain}));
  }
  return channels;
}

std::optional<OrElse> TreeBuilder::build_or_else(Grammar::OrElseContext* context) {
  if (context == nullptr) return std::nullopt;
  OrElse or_else;
  or_else.span = span_of_context(context);
  if (context->block() != nullptr) {
    or_else.body = build_block(context->block());
    return or_else;
  }
  StmtPtr statement = build_stmt(context->toleratedStmt()->stmt());
  const std::string text(file_.text(statement->span));
  Diagnostic diagnostic(Kind::braces_needed, statement->keyword);
  diagnostic.with("after", "or else").label("expected `{` before this");
  if (text.find('\n') == std::string::npos) {
    diagnostic.help("put the statement in braces", {statement->span, fmt::format("{{ {} }}", text), diag::Applicability::certain});
  } else {
    diagnostic.help("put the statement in braces: `or else { … }`");
  }
  report(std::move(diagnostic));
  or_else.body.span = statement->span;
  or_else.body.statements.push_back(std::move(statement));
  return or_else;
}

DenialRule TreeBuilder::build_denial_rule(Grammar::DenialRuleContext* context) {
  DenialRule rule;
  rule.span = span_of_context(context);
  rule.cause = literal_of(context->cause->getType()) == "quiet" ? DenialCause::quiet : DenialCause::capped;
  Grammar::DenialContext* denial = context->denial();
  while (denial != nullptr) {
    DenialStep step;
    step.span = span_of_context(denial);
    Grammar::DenialContext* rest = nullptr;
    if (auto* delay = dynamic_cast<Grammar::DelayContext*>(denial)) {
      step.action = DenialAction::delay;
      step.delay_up_to = build_duration(delay->dur());
      step.span.end = step.delay_up_to->span.end;
      rest = delay->denial();
    } else if (auto* divert = dynamic_cast<Grammar::DivertContext*>(denial)) {
      step.action = DenialAction::divert;
      step.divert_to = build_name(divert->lname());
      step.span.end = step.divert_to->span.end;
      rest = divert->denial();
    }
    rule.steps.push_back(std::move(step));
    denial = rest;
  }
  return rule;
}

StmtNode TreeBuilder::build_send(Grammar::SendContext* context) {
  SendStmt send;
  send.message = build_type_name(context->UIDENT());
  send.arguments = build_optional_arguments(context->args());
  send.via = build_via(context->via());
  for (Grammar::SendOptContext* option : context->sendOpt()) {
    if (option->dur() != nullptr) {
      set_once(send.within, build_duration(option->dur()), "within", span_of_context(option));
    } else if (option->asName() != nullptr) {
      set_once(send.label, build_name(option->asName()->lname()), "as", span_of_context(option));
    } else {
      DenialRule rule = build_denial_rule(option->denialRule());
      const bool again =
          std::any_of(send.denials.begin(), send.denials.end(), [&](const DenialRule& each) { return each.cause == rule.cause; });
      if (again) report_repeated(rule.cause == DenialCause::quiet ? "when quiet" : "when capped", rule.span);
      send.denials.push_back(std::move(rule));
    }
  }
  send.or_else = build_or_else(context->orElse());
  return send;
}

StmtNode TreeBuilder::build_call(Grammar::CallContext* context) {
  CallStmt call;
  call.action = build_type_name(context->UIDENT());
  call.arguments = build_arguments(context->args());
  call.label = build_as(context->asName());
  if (Grammar::RetryContext* retry = context->retry()) {
    call.retry = Retry{build_int(retry->INT()), std::nullopt, span_of_context(retry)};
    if (retry->dur() != nullptr) call.retry->every = build_duration(retry->dur());
  }
  call.or_else = build_or_else(context->orElse());
  return call;
}

StmtNode TreeBuilder::build_exit(Grammar::ExitContext* context) {
  if (context->lname() != nullptr) return ExitStmt{build_name(context->lname())};
  const Span keyword = span_of_token(context->start);
  report(Diagnostic(Kind::exit_without_label, keyword)
             .label("which exit?")
             .note("the label is what reports and tests call this way out: `expect exited as …`")
             .help("name it", {{keyword.file_id, keyword.end, keyword.end}, " left", diag::Applicability::placeholders}));
  return ExitStmt{Name{"", keyword, false}};
}

// ── waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────

AtTime TreeBuilder::build_at_time(Grammar::AtTimeContext* context) {
  return {build_time(context->TIME()), context->expr() == nullptr ? nullptr : build_expr(context->expr()), span_of_context(context)};
}

std::optional<AtTime> TreeBuilder::build_optional_at_time(Grammar::AtTimeContext* context) {
  if (context == nullptr) return std::nullopt;
  return build_at_time(context);
}

std::optional<WaitHandler> TreeBuilder::build_handler(Grammar::HandlerContext* context) {
  if (context == nullptr) return std::nullopt;
  WaitHandler handler{std::nullopt, span_of_context(context)};
  if (context->block() != nullptr) handler.block = build_block(context->block());
  return handler;
}

Lookback TreeBuilder::build_lookback(Grammar::LookbackContext* context) {
  Lookback lookback;
  lookback.span = span_of_context(context);
  if (dynamic_cast<Grammar::SinceEntryContext*>(context) != nullptr) lookback.kind = LookbackKind::since_entry;
  if (auto* step = dynamic_cast<Grammar::SinceStepContext*>(context)) {
    lookback.kind = LookbackKind::since_step;
    lookback.step = build_name(step->lname());
  }
  if (auto* ago = dynamic_cast<Grammar::SinceAgoContext*>(context)) {
    lookback.kind = LookbackKind::since_ago;
    lookback.ago = build_duration(ago->dur());
  }
  return lookback;
}

Signal TreeBuilder::build_signal(Grammar::SignalContext* context) {
  Signal signal;
  signal.span = span_of_context(context);
  if (auto* receipt = dynamic_cast<Grammar::ReceiptSignalContext*>(context)) {
    signal.node = ReceiptSignal{build_name(receipt->lname()), build_name(receipt->anyName())};
    return signal;
  }
  auto* event = dynamic_cast<Grammar::EventSignalContext*>(context);
  EventSignal node{build_event_pattern(event->eventPat()), std::nullopt};
  if (event->lookback() != nullptr) node.lookback = build_lookback(event->lookback());
  signal.node = std::move(node);
  return signal;
}

AwaitArm TreeBuilder::build_await_arm(Grammar::AwaitArmContext* context) {
  AwaitArm arm;
  arm.span = span_of_context(context);
  Grammar::BlockContext* block = nullptr;
  if (auto* signals = dynamic_cast<Grammar::OnSignalsContext*>(context)) {
    arm.kind = AwaitArmKind::signals;
    for (Grammar::SignalContext* each : signals->signal()) arm.signals.push_back(build_signal(each));
    block = signals->block();
  } else if (auto* timeout = dynamic_cast<Grammar::OnTimeoutContext*>(context)) {
    arm.kind = AwaitArmKind::timeout;
    block = timeout->block();
  } else if (auto* state = dynamic_cast<Grammar::WhenStateContext*>(context)) {
    arm.kind = AwaitArmKind::condition;
    arm.condition = build_expr(state->expr());
    block = state->block();
  }
  arm.body = build_block(block);
  return arm;
}

StmtNode TreeBuilder::build_await(Grammar::AwaitContext* context) {
  AwaitStmt await;
  if (context->dur() != nullptr) await.up_to = build_duration(context->dur());
  await.label = build_as(context->asName());
  for (Grammar::AwaitArmContext* arm : context->awaitBody()->awaitArm()) {
    if (is_broken(arm)) {
      found_error_ = true;
    } else {
      await.arms.push_back(build_await_arm(arm));
    }
  }
  return await;
}

// ── branching and repeating ──────────────────────────────────────────────────────────────────────────────────────

StmtNode TreeBuilder::build_if(Grammar::IfContext* context) {
  IfStmt node;
  const std::vector<Grammar::ExprContext*> conditions = context->expr();
  const std::vector<Grammar::BlockContext*> blocks = context->block();
  for (std::size_t index = 0; index < conditions.size(); ++index) {
    ExprPtr condition = build_expr(conditions[index]);
    node.branches.push_back({std::move(condition), build_block(blocks[index])});
  }
  if (context->otherwise != nullptr) node.otherwise = build_block(context->otherwise);
  return node;
}

StmtNode TreeBuilder::build_match(Grammar::MatchContext* context) {
  MatchStmt match{build_expr(context->expr()), {}};
  for (Grammar::MatchArmContext* arm : context->matchBody()->matchArm()) {
    if (is_broken(arm)) {
      found_error_ = true;
    } else {
      match.arms.push_back({build_patterns(arm->pattern()), build_block(arm->block()), span_of_context(arm)});
    }
  }
  return match;
}

StmtNode TreeBuilder::build_repeat(Grammar::RepeatContext* context) {
  RepeatStmt repeat;
  Grammar::RepeatSpecContext* spec = context->repeatSpec();
  if (spec->INT() != nullptr) repeat.up_to_times = build_int(spec->INT());
  if (spec->dur() != nullptr) repeat.every = build_duration(spec->dur());
  repeat.body = build_block(context->block());
  return repeat;
}

}  // namespace wend::syntax
