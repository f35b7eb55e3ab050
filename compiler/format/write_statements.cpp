#include "compiler/format/writer.h"

namespace wend::format {

using namespace wend::syntax;

namespace {

/// Statements that may share a line with the braces around them.
bool is_simple(const Stmt& statement) {
  switch (statement.kind()) {
    case StmtKind::Wait: {
      const auto* until = std::get_if<WaitUntilInstant>(&statement.as<WaitStmt>().spec);
      return until == nullptr || (!until->if_past && !until->if_absent);
    }
    case StmtKind::Send: {
      const auto& send = statement.as<SendStmt>();
      return !send.within && send.denials.empty() && !send.or_else;
    }
    case StmtKind::Call:
      return !statement.as<CallStmt>().or_else;
    case StmtKind::StopRepeating:
    case StmtKind::Leave:
    case StmtKind::Run:
    case StmtKind::Let:
    case StmtKind::Set:
    case StmtKind::Emit:
    case StmtKind::HandOff:
    case StmtKind::Exit:
      return true;
    case StmtKind::Error:
    case StmtKind::Step:
    case StmtKind::Guarded:
    case StmtKind::Await:
    case StmtKind::If:
    case StmtKind::Match:
    case StmtKind::Split:
    case StmtKind::Fork:
    case StmtKind::Repeat:
      return false;
  }
  return false;
}

}  // namespace

void Writer::statement(const Stmt& statement) {
  up_to(statement.span.begin);
  if (const auto* step = statement.get_if<StepStmt>()) {
    this->step(*step);
  } else if (const auto* guarded = statement.get_if<GuardedStmt>()) {
    block(guarded->body, LineKind::hard);
    interrupts(guarded->interrupts);
  } else if (const auto* send = statement.get_if<SendStmt>()) {
    this->send(*send);
  } else if (const auto* wait = statement.get_if<WaitStmt>()) {
    this->wait(*wait);
  } else if (const auto* await = statement.get_if<AwaitStmt>()) {
    this->await(*await);
  } else if (const auto* branch = statement.get_if<IfStmt>()) {
    this->branch(*branch);
  } else if (const auto* match = statement.get_if<MatchStmt>()) {
    this->match(*match);
  } else if (const auto* split = statement.get_if<SplitStmt>()) {
    named_blocks(split->arms);
  } else if (const auto* fork = statement.get_if<ForkStmt>()) {
    named_blocks(fork->branches);
  } else if (const auto* repeat = statement.get_if<RepeatStmt>()) {
    block(repeat->body, LineKind::hard);
  } else if (const auto* run = statement.get_if<RunStmt>()) {
    arguments(run->arguments, true);
  } else if (const auto* let = statement.get_if<LetStmt>()) {
    assigned(*let->value);
  } else if (const auto* set = statement.get_if<SetStmt>()) {
    assigned(*set->value);
  } else if (const auto* emitted = statement.get_if<EmitStmt>()) {
    arguments(emitted->arguments, true);
    if (emitted->to != nullptr) expression(*emitted->to);
  } else if (const auto* call = statement.get_if<CallStmt>()) {
    this->call(*call);
  } else if (const auto* hand_off = statement.get_if<HandOffStmt>()) {
    arguments(hand_off->arguments, true);
  }
  up_to(statement.span.end);
}

/// With `soft` a block of one simple statement is one line, if it fits.
void Writer::block(const Block& block, LineKind kind) {
  up_to(block.span.begin);
  std::vector<std::uint32_t> begins;
  for (const StmtPtr& each : block.statements) begins.push_back(each->span.begin);
  if (begins.size() != 1 || !is_simple(*block.statements.front())) kind = LineKind::hard;
  braces(
      kind, 1, begins, [&](std::size_t index) { statement(*block.statements[index]); }, k_block_width_max);
}

void Writer::step(const StepStmt& step) {
  block(step.body, step.interrupts.empty() ? LineKind::soft : LineKind::hard);
  interrupts(step.interrupts);
}

void Writer::interrupts(const std::vector<Interrupt>& interrupts) {
  for (const Interrupt& each : interrupts) {
    after_block(index_of(each.span.begin));
    {
      const Scope indent(*this, OpKind::open_indent);
      each.event ? event_pattern(*each.event) : expression(*each.condition);
    }
    block(each.body, LineKind::hard);
  }
}

/// Further right than the body that follows.
void Writer::condition(const Expr& condition) {
  const Scope indent(*this, OpKind::open_indent);
  expression(condition);
}

/// `else` and `interrupted` stand beside the brace, unless a comment does.
void Writer::after_block(std::size_t token) {
  up_to_token(token);
  if (tokens_[token].comment_begin == tokens_[token].comment_end) return;
  comments(Place::base, false, false);
  line(LineKind::hard, Place::base, 1);
}

void Writer::branch(const IfStmt& branch) {
  for (std::size_t index = 0; index < branch.branches.size(); ++index) {
    if (index > 0) after_block(next_);
    condition(*branch.branches[index].condition);
    block(branch.branches[index].body, LineKind::hard);
  }
  if (!branch.otherwise) return;
  after_block(next_);
  block(*branch.otherwise, LineKind::hard);
}

void Writer::match(const MatchStmt& match) {
  condition(*match.subject);
  up_to_brace();
  braces(LineKind::hard, 1, begins_of(match.arms), [&](std::size_t index) {
    const Row row(*this, RowKind::match_arm);
    patterns(match.arms[index].patterns);
    stop(0);
    block(match.arms[index].body, LineKind::soft);
  });
}

void Writer::named_blocks(const std::vector<NamedBlock>& blocks) {
  up_to_brace();
  braces(LineKind::hard, 1, begins_of(blocks), [&](std::size_t index) { block(blocks[index].body, LineKind::soft); });
}

// ── waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────

void Writer::await(const AwaitStmt& await) {
  up_to_brace();
  braces(LineKind::hard, 1, begins_of(await.arms), [&](std::size_t index) { await_arm(await.arms[index]); });
}

void Writer::await_arm(const AwaitArm& arm) {
  {
    const Scope indent(*this, OpKind::open_indent);
    const Scope group(*this, OpKind::open_group);
    for (std::size_t index = 0; index < arm.signals.size(); ++index) {
      if (index > 0) clause(index_of(arm.signals[index].span.begin), LineKind::soft);
      if (const auto* event = std::get_if<EventSignal>(&arm.signals[index].node)) event_pattern(event->pattern);
      up_to(arm.signals[index].span.end);
    }
    if (arm.condition != nullptr) expression(*arm.condition);
    up_to(arm.body.span.begin);
  }
  block(arm.body, LineKind::soft);
}

void Writer::at_time(const AtTime& at) {
  if (at.zone != nullptr) expression(*at.zone);
}

void Writer::wait(const WaitStmt& wait) {
  const Scope group(*this, OpKind::open_group);
  if (const auto* period = std::get_if<WaitFor>(&wait.spec); period != nullptr && period->at) at_time(*period->at);
  if (const auto* next = std::get_if<WaitUntilNext>(&wait.spec)) at_time(next->at);
  if (const auto* time = std::get_if<WaitUntilTime>(&wait.spec)) at_time(time->at);
  const auto* until = std::get_if<WaitUntilInstant>(&wait.spec);
  if (until == nullptr) return;
  {
    const Scope indent(*this, OpKind::open_indent);
    expression(*until->instant);
    if (until->at) at_time(*until->at);
  }
  wait_handlers(*until);
  if (wait.label && until->if_past && until->if_absent) clause(word_before(wait.label->span.begin));
}

void Writer::wait_handlers(const WaitUntilInstant& spec) {
  // Two of them are a table.
  const LineKind kind = spec.if_past && spec.if_absent ? LineKind::hard : LineKind::soft;
  for (const std::optional<WaitHandler>* each : {&spec.if_past, &spec.if_absent}) {
    if (!*each) continue;
    clause(index_of((*each)->span.begin) - 2, kind);  // if past, if absent
    const Row row(*this, RowKind::wait_handler);
    wait_handler(**each);
  }
}

void Writer::wait_handler(const WaitHandler& handler) {
  const Scope indent(*this, OpKind::open_indent);
  up_to(handler.span.begin);
  stop(0);
  if (handler.block) block(*handler.block, LineKind::soft);
  up_to(handler.span.end);
}

// ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────

void Writer::send(const SendStmt& send) {
  const bool only_labelled = send.label && !send.within && send.denials.empty() && !send.or_else;
  {
    const Scope group(*this, OpKind::open_group);
    up_to(send.message.span.end);
    arguments(send.arguments, true);
    if (!send.via.empty()) {
      clause(word_before(send.via.front().span.begin), LineKind::soft);
      up_to(send.via.back().span.end);
    }
    if (only_labelled) {
      clause(word_before(send.label->span.begin), LineKind::soft);
      up_to(send.label->span.end);
    }
  }
  if (!only_labelled) send_clauses(send);
}

void Writer::send_clauses(const SendStmt& send) {
  struct Clause {
    std::size_t token;
    const DenialRule* denial;
  };
  std::vector<Clause> clauses;
  if (send.within) clauses.push_back({word_before(send.within->span.begin), nullptr});
  if (send.label) clauses.push_back({word_before(send.label->span.begin), nullptr});
  for (const DenialRule& each : send.denials) clauses.push_back({index_of(each.span.begin), &each});
  std::sort(clauses.begin(), clauses.end(), [](const Clause& first, const Clause& second) { return first.token < second.token; });
  for (const Clause& each : clauses) {
    clause(each.token);
    if (each.denial != nullptr) denial(*each.denial);
  }
  or_else(send.or_else, LineKind::hard);
}

void Writer::call(const CallStmt& call) {
  const Scope group(*this, OpKind::open_group);
  arguments(call.arguments, true);
  if (call.label) up_to(call.label->span.end);
  if (call.retry) {
    clause(index_of(call.retry->span.begin), LineKind::soft);
    up_to(call.retry->span.end);
  }
  or_else(call.or_else, LineKind::soft);
}

void Writer::or_else(const std::optional<OrElse>& or_else, LineKind kind) {
  if (!or_else) return;
  clause(index_of(or_else->span.begin), kind);
  const Scope indent(*this, OpKind::open_indent);
  block(or_else->body, LineKind::soft);
}

}  // namespace wend::format
