#include "compiler/flow/build.h"

#include <algorithm>
#include <map>

#include "compiler/flow/slots.h"
#include "compiler/flow/walk.h"

namespace wend::flow {
namespace {

// Names of what the compiler itself remembers. An author cannot write them, so they never collide.
constexpr const char* k_anchor_slot = "@anchor";
constexpr const char* k_zone_slot = "@zone";
constexpr const char* k_at_zone_slot = "@at zone";
constexpr const char* k_step_start_suffix = "@step_start";
constexpr const char* k_step_ordinal_suffix = "@step_ordinal";
constexpr const char* k_round_start_suffix = "@round_start";
constexpr const char* k_attempt_suffix = "@attempt";
constexpr const char* k_retry_suffix = "@retry";
constexpr const char* k_unnamed_delivery_slot = "@delivery";

bool reads_zone(const sema::Expr& expr) {
  bool found = false;
  for_each_expression(expr, [&](const sema::Expr& each) {
    if (each.get_if<sema::CustomerZone>() != nullptr) found = true;
    const auto* arithmetic = each.get_if<sema::Arithmetic>();
    if (arithmetic == nullptr) return;
    if (arithmetic->op == sema::ArithmeticOp::instant_plus_period || arithmetic->op == sema::ArithmeticOp::instant_minus_period)
      found = true;
  });
  return found;
}

bool reads_now(const sema::Expr& expr) {
  bool found = false;
  for_each_expression(expr, [&](const sema::Expr& each) { found = found || each.get_if<sema::Now>() != nullptr; });
  return found;
}

class Builder {
 public:
  Builder(const sema::Model& model, const sema::Journey& journey) : model_(model), slots_(model, graph_) { graph_.journey = &journey; }

  Graph run() {
    const sema::Journey& journey = *graph_.journey;
    for (const sema::VariableId parameter : journey.parameters) slots_.variable(parameter);
    for (const sema::Exit& exit : journey.exits) note_predicate(exit.condition, exit.binding, graph_.exit_slots);
    for (const sema::Goal& goal : journey.goals) note_predicate(goal.where, goal.binding, graph_.goal_slots);
    const BlockId body = new_block();
    for (std::size_t i = 0; i < journey.entries.size(); ++i) build_entry(i, body);
    current_ = body;
    build_block(journey.body);
    end_block(End{0}, journey.body.span);
    sort_unique(graph_.exit_slots);
    sort_unique(graph_.goal_slots);
    return std::move(graph_);
  }

 private:
  // ── blocks ─────────────────────────────────────────────────────────────────────────────────────────────────────

  BlockId new_block() {
    graph_.blocks.emplace_back();
    return static_cast<BlockId>(graph_.blocks.size() - 1);
  }
  void end_block(Terminator terminator, Span span) {
    if (!current_) return;
    graph_.at(*current_).terminator = std::move(terminator);
    graph_.at(*current_).span = span;
    current_.reset();
  }
  template <typename Node>
  void add(Span span, Node node) {
    graph_.at(*current_).operations.push_back({span, std::move(node)});
  }
  // Builds a nested block that begins at `begin` and, where its end is reached, goes on at `after`.
  void build_nested(const sema::Block& block, BlockId begin, BlockId after) {
    current_ = begin;
    build_block(block);
    end_block(Jump{after}, block.span);
  }
  void build_block(const sema::Block& block) {
    for (const sema::StmtPtr& statement : block.statements) {
      if (!current_) return;
      std::visit([&](const auto& node) { build_statement(*statement, node); }, statement->node);
    }
  }

  // ── slots ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const sema::Expr* reading(const sema::ExprPtr& expr, std::optional<sema::VariableId> direct = {}) {
    if (expr == nullptr) return nullptr;
    slots_.note_reads(*expr, direct);
    return expr.get();
  }
  void note_predicate(const sema::ExprPtr& expr, std::optional<sema::VariableId> direct, std::vector<SlotId>& read) {
    if (expr == nullptr) return;
    for (const sema::EntryCapture& capture : graph_.journey->entry_captures) slots_.variable(capture.variable);
    slots_.note_reads(*expr, direct);
    const std::vector<SlotId> slots = slots_read(graph_, *expr, direct);
    read.insert(read.end(), slots.begin(), slots.end());
  }
  static void sort_unique(std::vector<SlotId>& slots) {
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  }
  SlotId step_start(sema::StepId step) {
    const std::string& path = graph_.journey->steps[static_cast<std::size_t>(step)].path;
    return slots_.hidden(path + k_step_start_suffix, types::simple(types::Kind::integer));
  }

  SlotId step_ordinal(sema::StepId step) {
    const std::string& path = graph_.journey->steps[static_cast<std::size_t>(step)].path;
    return slots_.hidden(path + k_step_ordinal_suffix, types::simple(types::Kind::integer));
  }

  // ── entries ────────────────────────────────────────────────────────────────────────────────────────────────────

  void build_entry(std::size_t index, BlockId body) {
    const sema::Entry& entry = graph_.journey->entries[index];
    const BlockId block = new_block();
    graph_.entries.push_back(block);
    current_ = block;
    if (entry.event) add(entry.span, BindEvent{*entry.binding, *entry.event, {}});
    for (const sema::EntryCapture& capture : graph_.journey->entry_captures) {
      add(entry.span, CaptureField{slots_.variable(capture.variable), *entry.event, capture.fields[index]});
    }
    for (std::size_t i = 0; i < entry.arguments.size(); ++i) {
      add(entry.span, Assign{slots_.variable(graph_.journey->parameters[i]), reading(entry.arguments[i])});
    }
    if (!graph_.journey->goals.empty()) add(entry.span, ArmGoals{});
    end_block(Jump{body}, entry.span);
  }

  // ── simple statements ──────────────────────────────────────────────────────────────────────────────────────────

  void build_statement(const sema::Stmt& statement, const sema::StepStmt& step) {
    const BlockId after = new_block();
    step_ends_[step.step] = after;
    graph_.step_starts.push_back({step.step, *current_, graph_.at(*current_).operations.size()});
    if (graph_.journey->steps[static_cast<std::size_t>(step.step)].start_is_read) {
      add(statement.keyword, LoadPosition{step_start(step.step)});
      add(statement.keyword, LoadOrdinal{step_ordinal(step.step)});
    }
    build_block(step.body);
    end_block(Jump{after}, step.body.span);
    current_ = after;
  }
  void build_statement(const sema::Stmt& statement, const sema::LeaveStmt& leave) {
    end_block(Jump{step_ends_.at(leave.step)}, statement.keyword);
  }
  void build_statement(const sema::Stmt& statement, const sema::StopRepeatingStmt& stop) {
    end_block(Jump{loop_ends_.at(stop.loop)}, statement.keyword);
  }
  void build_statement(const sema::Stmt& statement, const sema::ExitStmt& exit) { end_block(End{exit.label}, statement.span); }
  void build_statement(const sema::Stmt& statement, const sema::LetStmt& let) {
    const sema::Expr* value = reading(let.value);
    add(statement.span, Assign{slots_.variable(let.variable), value});
  }
  void build_statement(const sema::Stmt& statement, const sema::SetStmt& set) {
    add(statement.span, SetAttribute{set.attribute, reading(set.value)});
  }

  void build_statement(const sema::Stmt& statement, const sema::EmitStmt& emit) {
    Emit operation{emit.event, {}};
    for (const sema::ExprPtr& field : emit.fields) operation.fields.push_back(reading(field));
    add(statement.span, std::move(operation));
  }
  void build_statement(const sema::Stmt& statement, const sema::HandOffStmt& hand_off) {
    HandOff terminator{hand_off.journey, {}, hand_off.label};
    for (const sema::ExprPtr& argument : hand_off.arguments) terminator.arguments.push_back(reading(argument));
    end_block(std::move(terminator), statement.span);
  }

  void build_statement(const sema::Stmt& statement, const sema::SendStmt& send) {
    Send operation;
    for (const sema::ExprPtr& argument : send.arguments) operation.arguments.push_back(reading(argument));
    operation.delivery = send.delivery ? slots_.variable(*send.delivery) : slots_.hidden(k_unnamed_delivery_slot, unnamed_delivery_type());
    operation.site = static_cast<SiteId>(graph_.sites.size());
    const SlotId delivery = operation.delivery;
    graph_.sites.push_back({&send, statement.step, rounds_, statement.keyword, std::nullopt});
    if (send.may_be_delayed) {
      delay(statement, send, operation);
    } else {
      add(statement.span, std::move(operation));
    }
    if (!send.or_else) return;
    const BlockId not_sent = new_block();
    const BlockId after = new_block();
    end_block(IfSent{delivery, after, not_sent}, statement.span);
    build_nested(*send.or_else, not_sent, after);
    current_ = after;
  }
  // What is sent is settled here; the `send` itself may have to wait, and is then entered again by its own point.
  void delay(const sema::Stmt& statement, const sema::SendStmt& send, const Send& operation) {
    DelayableSend terminator{operation.site, {}, operation.delivery, {}, {}};
    const std::vector<sema::Parameter>& parameters = model_.at(send.message).parameters;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      terminator.arguments.push_back(slots_.hidden(send.path + "@" + parameters[i].name, parameters[i].type));
      add(statement.span, Assign{terminator.arguments.back(), operation.arguments[i]});
    }
    const BlockId block = new_block();
    terminator.next = new_block();
    WaitingPoint point = new_point(statement, bytecode::PointKind::send, send.path);
    point.timeout = block;
    terminator.point = add_point(std::move(point));
    graph_.sites[static_cast<std::size_t>(operation.site)].delayed_at = terminator.point;
    end_block(Jump{block}, statement.span);
    current_ = block;
    const BlockId next = terminator.next;
    end_block(std::move(terminator), statement.span);
    current_ = next;
  }
  static types::Type unnamed_delivery_type() { return types::optional(types::simple(types::Kind::delivery)); }

  // ── calls ──────────────────────────────────────────────────────────────────────────────────────────────────────

  // Arguments are settled once; every attempt asks with the same. A pause between two attempts still hears the answer to the first.
  void build_statement(const sema::Stmt& statement, const sema::CallStmt& call) {
    const auto id = static_cast<CallId>(graph_.calls.size());
    Call terminator{id, {}, {}};
    const std::vector<sema::Parameter>& parameters = model_.at(call.action).parameters;
    for (const sema::ExprPtr& argument : call.arguments) reading(argument);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      terminator.arguments.push_back(slots_.hidden(call.path + "@" + parameters[i].name, parameters[i].type));
      add(statement.span, Assign{terminator.arguments.back(), call.arguments[i].get()});
    }
    CallSite site{&call, statement.step, rounds_, std::nullopt, std::nullopt, {}, statement.keyword};
    if (call.result) site.result = slots_.variable(*call.result);
    if (call.retries > 0) {
      site.attempt = slots_.hidden(call.path + k_attempt_suffix, types::simple(types::Kind::integer));
      add(statement.keyword, StartRounds{*site.attempt});
    }
    const BlockId ask = new_block();
    const BlockId succeeded = new_block();
    const BlockId failed = new_block();
    WaitingPoint point = new_point(statement, bytecode::PointKind::call, call.path);
    point.call = id;
    point.arms.push_back({AnswerTrigger{false}, succeeded, statement.keyword});
    point.arms.push_back({AnswerTrigger{true}, failed, statement.keyword});
    terminator.point = site.point = add_point(std::move(point));
    graph_.calls.push_back(site);
    end_block(Jump{ask}, statement.span);
    current_ = ask;
    end_block(std::move(terminator), statement.span);

    current_ = failed;
    if (call.retries > 0) build_retry(statement, call, site, id, ask, succeeded);
    if (call.or_else) build_block(*call.or_else);
    const BlockId after = new_block();
    end_block(Jump{after}, statement.span);
    current_ = succeeded;
    end_block(Jump{after}, statement.span);
    current_ = after;
  }
  void build_retry(const sema::Stmt& statement, const sema::CallStmt& call, const CallSite& site, CallId id, BlockId ask, BlockId succeeded) {
    const BlockId more = new_block();
    const BlockId again = new_block();
    const BlockId given_up = new_block();
    end_block(IfRoundsLeft{*site.attempt, call.retries + 1, more, given_up}, statement.keyword);
    current_ = more;
    if (call.retry_every) {
      WaitingPoint pause = new_point(statement, bytecode::PointKind::call, call.path + k_retry_suffix);
      set_deadline(pause, *call.retry_every, std::nullopt, statement.keyword);
      pause.call = id;
      pause.timeout = again;
      pause.arms.push_back({AnswerTrigger{false}, succeeded, statement.keyword});
      suspend(std::move(pause));
    } else {
      end_block(Jump{again}, statement.keyword);
    }
    current_ = again;
    add(statement.keyword, NextRound{*site.attempt});
    end_block(Jump{ask}, statement.keyword);
    current_ = given_up;
  }

  // ── choices ────────────────────────────────────────────────────────────────────────────────────────────────────

  void build_statement(const sema::Stmt& statement, const sema::IfStmt& choice) {
    const BlockId after = new_block();
    for (const sema::IfBranch& branch : choice.branches) {
      const BlockId yes = new_block();
      const BlockId no = new_block();
      end_block(Branch{reading(branch.condition), yes, no}, branch.condition->span);
      build_nested(branch.body, yes, after);
      current_ = no;
    }
    if (choice.otherwise) build_block(*choice.otherwise);
    end_block(Jump{after}, statement.span);
    current_ = after;
  }

  void build_statement(const sema::Stmt& statement, const sema::MatchStmt& match) {
    Match terminator;
    terminator.subject = reading(match.subject);
    for (const sema::MatchArm& arm : match.arms) {
      MatchArm flow_arm{&arm.patterns, {}, new_block()};
      for (const sema::Pattern& pattern : arm.patterns) {
        const auto* present = std::get_if<sema::PresentPattern>(&pattern.node);
        if (present != nullptr) flow_arm.bindings.push_back(slots_.variable(present->binding));
      }
      terminator.arms.push_back(std::move(flow_arm));
    }
    const std::vector<MatchArm> arms = terminator.arms;
    const BlockId after = new_block();
    end_block(std::move(terminator), statement.span);
    for (std::size_t i = 0; i < arms.size(); ++i) build_nested(match.arms[i].body, arms[i].to, after);
    current_ = after;
  }

  void build_statement(const sema::Stmt& statement, const sema::SplitStmt& split) {
    Split terminator{split.experiment, {}};
    for (const sema::SplitArm& arm : split.arms) terminator.arms.push_back({arm.arm, new_block()});
    const std::vector<SplitArm> arms = terminator.arms;
    const BlockId after = new_block();
    end_block(std::move(terminator), statement.span);
    for (std::size_t i = 0; i < arms.size(); ++i) build_nested(split.arms[i].body, arms[i].to, after);
    current_ = after;
  }

  // ── forks ──────────────────────────────────────────────────────────────────────────────────────────────────────

  void build_statement(const sema::Stmt& statement, const sema::ForkStmt& fork) {
    const auto id = static_cast<ForkId>(graph_.forks.size());
    ForkInfo info;
    info.kind = fork.kind;
    info.path = fork.path;
    info.within = within_;
    info.interrupts = static_cast<std::uint32_t>(interrupts_.size());
    info.span = statement.keyword;
    for (const sema::ForkBranch& branch : fork.branches) {
      info.branches.push_back(new_block());
      info.ends.push_back(new_block());
      info.names.push_back(branch.name);
    }
    info.join = new_block();
    graph_.forks.push_back(info);
    end_block(Fork{id}, statement.keyword);
    for (std::size_t i = 0; i < fork.branches.size(); ++i) {
      within_ = ForkPlace{id, static_cast<std::uint32_t>(i)};
      build_nested(fork.branches[i].body, info.branches[i], info.ends[i]);
      current_ = info.ends[i];
      end_block(EndBranch{id}, fork.branches[i].span);
    }
    within_ = info.within;
    current_ = info.join;
  }

  // ── loops ──────────────────────────────────────────────────────────────────────────────────────────────────────

  void build_statement(const sema::Stmt& statement, const sema::RepeatStmt& repeat) {
    const SlotId round = slots_.variable(repeat.round);
    const BlockId head = new_block();
    const BlockId again = new_block();
    const BlockId after = new_block();
    loop_ends_[repeat.loop] = after;
    add(statement.keyword, StartRounds{round});
    end_block(Jump{head}, statement.keyword);

    current_ = head;
    std::optional<SlotId> round_start;
    if (repeat.every) {
      round_start = slots_.hidden(repeat.path + k_round_start_suffix, types::simple(types::Kind::instant));
      add(statement.keyword, LoadNow{*round_start});
    }
    rounds_.push_back(round);
    build_block(repeat.body);
    rounds_.pop_back();
    end_block(Jump{again}, repeat.body.span);

    const BlockId next = new_block();
    current_ = again;
    if (repeat.up_to_times) {
      const BlockId more = new_block();
      end_block(IfRoundsLeft{round, *repeat.up_to_times, more, after}, statement.keyword);
      current_ = more;
    }
    if (repeat.every) {
      wait_for_round(statement, repeat, *round_start, next);
    } else {
      end_block(Jump{next}, statement.keyword);
    }
    current_ = next;
    add(statement.keyword, NextRound{round});
    end_block(Jump{head}, statement.keyword);
    graph_.loops.push_back({head, next, statement.keyword});
    current_ = after;
  }

  void wait_for_round(const sema::Stmt& statement, const sema::RepeatStmt& repeat, SlotId round_start, BlockId next) {
    WaitingPoint point = new_point(statement, bytecode::PointKind::wait, repeat.path);
    point.deadline = RoundEnd{*repeat.every, round_start};
    keep_anchor(point, statement.keyword);
    if (std::holds_alternative<Period>(*repeat.every)) keep_zone(point, statement.keyword);
    point.timeout = next;
    suspend(std::move(point));
  }

  // ── waits ──────────────────────────────────────────────────────────────────────────────────────────────────────

  static WaitingPoint new_point(const sema::Stmt& statement, bytecode::PointKind kind, const std::string& path) {
    WaitingPoint point;
    point.kind = kind;
    point.path = path;
    point.step = statement.step;
    point.span = statement.keyword;
    return point;
  }
  void keep_anchor(WaitingPoint& point, Span span) {
    point.anchor = slots_.hidden(k_anchor_slot, types::simple(types::Kind::instant));
    add(span, LoadNow{*point.anchor});
  }
  void keep_zone(WaitingPoint& point, Span span, const sema::ExprPtr& zone = nullptr) {
    point.zone = slots_.hidden(k_zone_slot, types::simple(types::Kind::time_zone));
    if (zone == nullptr) {
      add(span, LoadZone{*point.zone});
    } else {
      add(span, Assign{*point.zone, reading(zone)});
    }
  }
  PointId add_point(WaitingPoint point) {
    point.arms.insert(point.arms.begin(), interrupts_.begin(), interrupts_.end());
    point.interrupts = static_cast<std::uint32_t>(interrupts_.size());
    point.within = within_;
    const auto id = static_cast<PointId>(graph_.points.size());
    graph_.points.push_back(std::move(point));
    return id;
  }
  void suspend(WaitingPoint point) {
    const Span span = point.span;
    const PointId id = add_point(std::move(point));
    end_block(Suspend{id}, span);
  }

  void build_statement(const sema::Stmt& statement, const sema::WaitStmt& wait) {
    WaitingPoint point = new_point(statement, bytecode::PointKind::wait, wait.path);
    const BlockId after = new_block();
    point.timeout = after;
    std::visit([&](const auto& spec) { build_wait(statement, spec, std::move(point), after); }, wait.spec);
    current_ = after;
  }
  void build_wait(const sema::Stmt& statement, const sema::WaitFor& wait, WaitingPoint point, BlockId) {
    set_deadline(point, wait.span, wait.at, statement.keyword, wait.zone);
    if (wait.calendar) {
      auto& after = std::get<AfterPeriod>(point.deadline);
      after.business_days = wait.business_days;
      after.calendar = &model_.at(*wait.calendar);
    }
    suspend(std::move(point));
  }
  void set_deadline(WaitingPoint& point, const sema::TimeSpan& span, std::optional<TimeOfDaySeconds> at, Span keyword,
                    const sema::ExprPtr& zone = nullptr) {
    if (const auto* duration_ms = std::get_if<DurationMs>(&span)) {
      point.deadline = AfterDuration{*duration_ms};
      return;
    }
    point.deadline = AfterPeriod{std::get<Period>(span), at, 0, nullptr};
    keep_anchor(point, keyword);
    keep_zone(point, keyword, zone);
  }
  void build_wait(const sema::Stmt& statement, const sema::WaitUntilNext& wait, WaitingPoint point, BlockId) {
    point.deadline = NextLocalTime{wait.weekday_mask, wait.at, wait.calendar ? &model_.at(*wait.calendar) : nullptr};
    keep_anchor(point, statement.keyword);
    keep_zone(point, statement.keyword, wait.zone);
    suspend(std::move(point));
  }
  void build_wait(const sema::Stmt& statement, const sema::WaitUntilInstant& wait, WaitingPoint point, BlockId after) {
    point.deadline = LiveInstant{reading(wait.instant), wait.at};
    point.live = wait.live;
    if (reads_now(*wait.instant)) keep_anchor(point, statement.keyword);
    if (wait.zone != nullptr && reads_zone(*wait.instant)) {
      // Calendar time in the instant is the customer's; only the wall clock is another party's.
      keep_zone(point, statement.keyword);
      point.at_zone = slots_.hidden(k_at_zone_slot, types::simple(types::Kind::time_zone));
      add(statement.keyword, Assign{*point.at_zone, reading(wait.zone)});
    } else if (wait.at || reads_zone(*wait.instant)) {
      keep_zone(point, statement.keyword, wait.zone);
    }
    const BlockId if_past = new_block();
    point.if_past = if_past;
    if (wait.if_absent) point.if_absent = new_block();
    const std::optional<BlockId> if_absent = point.if_absent;
    suspend(std::move(point));
    build_nested(wait.if_past, if_past, after);
    if (if_absent) build_nested(*wait.if_absent, *if_absent, after);
  }

  void build_statement(const sema::Stmt& statement, const sema::AwaitStmt& await) {
    WaitingPoint point = new_point(statement, bytecode::PointKind::await, await.path);
    if (await.up_to) set_deadline(point, *await.up_to, std::nullopt, statement.keyword);
    std::vector<std::pair<const sema::AwaitArm*, BlockId>> bodies;
    for (const sema::AwaitArm& arm : await.arms) {
      const BlockId body = new_block();
      bodies.emplace_back(&arm, body);
      std::visit([&](const auto& trigger) { add_arm(point, arm, trigger, body); }, arm.trigger);
    }
    const BlockId after = new_block();
    suspend(std::move(point));
    for (const auto& [arm, body] : bodies) {
      current_ = body;
      const auto* signals = std::get_if<sema::SignalArm>(&arm->trigger);
      if (signals != nullptr) bind_event(signals->common_event());
      build_block(arm->body);
      end_block(Jump{after}, arm->body.span);
    }
    current_ = after;
  }
  void add_arm(WaitingPoint& point, const sema::AwaitArm&, const sema::TimeoutArm&, BlockId body) { point.timeout = body; }
  void add_arm(WaitingPoint& point, const sema::AwaitArm& arm, const sema::WhenArm& when, BlockId body) {
    point.arms.push_back(state_arm(when, body, arm.span));
  }
  void add_arm(WaitingPoint& point, const sema::AwaitArm&, const sema::SignalArm& signals, BlockId body) {
    for (const auto& signal : signals.signals) {
      if (const auto* receipt = std::get_if<sema::ReceiptSignal>(&signal)) {
        point.arms.push_back({ReceiptTrigger{slots_.variable(receipt->delivery), receipt->receipt}, body, receipt->span});
        continue;
      }
      point.arms.push_back(event_arm(std::get<sema::EventSignal>(signal), body));
    }
  }
  Arm state_arm(const sema::WhenArm& when, BlockId body, Span span) { return {ConditionTrigger{reading(when.condition)}, body, span}; }
  Arm event_arm(const sema::EventSignal& event, BlockId body) {
    EventTrigger trigger{event.event, event.binding, reading(event.where, event.binding), event.look_back.kind, {}, {}, {}, false};
    if (event.look_back.kind == bytecode::LookBack::since_step) {
      trigger.step_start = step_start(event.look_back.step);
      trigger.step_ordinal = step_ordinal(event.look_back.step);
    }
    trigger.ago = event.look_back.ago;
    trigger.written = event.look_back.written || event.look_back.kind != bytecode::LookBack::none;
    return {trigger, body, event.span};
  }
  void bind_event(const sema::EventSignal* event) {
    if (event != nullptr) add(event->span, BindEvent{event->binding, event->event, {}});
  }

  // ── interrupts ─────────────────────────────────────────────────────────────────────────────────────────────────

  // Every waiting point inside gets an arm for each interrupt; where it goes on is outside.
  void build_statement(const sema::Stmt& statement, const sema::GuardedStmt& guarded) {
    const BlockId after = new_block();
    const std::size_t around = interrupts_.size();
    std::vector<BlockId> bodies;
    for (const sema::Interrupt& interrupt : guarded.interrupts) {
      bodies.push_back(new_block());
      const auto* event = std::get_if<sema::EventSignal>(&interrupt.trigger);
      interrupts_.push_back(event != nullptr ? event_arm(*event, bodies.back())
                                             : state_arm(std::get<sema::WhenArm>(interrupt.trigger), bodies.back(), interrupt.span));
    }
    build_block(guarded.body);
    end_block(Jump{after}, statement.span);
    interrupts_.resize(around);
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      current_ = bodies[i];
      bind_event(std::get_if<sema::EventSignal>(&guarded.interrupts[i].trigger));
      build_block(guarded.interrupts[i].body);
      end_block(Jump{after}, guarded.interrupts[i].span);
    }
    current_ = after;
  }

  const sema::Model& model_;
  Graph graph_;
  SlotTable slots_;
  std::optional<BlockId> current_;
  std::map<sema::StepId, BlockId> step_ends_;
  std::map<sema::LoopId, BlockId> loop_ends_;
  std::vector<SlotId> rounds_;
  std::optional<ForkPlace> within_;  ///< the branch being built
  std::vector<Arm> interrupts_;      ///< of the blocks around the statement being built, outermost first
};

}  // namespace

Graph build(const sema::Model& model, const sema::Journey& journey) {
  return Builder(model, journey).run();
}

}  // namespace wend::flow
