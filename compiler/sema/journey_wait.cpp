#include <algorithm>
#include <utility>

#include "compiler/sema/journey_checker.h"
#include "compiler/sema/walk.h"
#include "compiler/sema/weekdays.h"

// `wait` and `await`: where time passes, and facts about attributes end.

namespace wend::sema {

/// The path of a waiting point says where customers stand, so it is unique: two unlabelled points of one kind in a step are not.
std::string JourneyChecker::waiting_point(const std::string& kind, const std::optional<syntax::Name>& label, Span span) {
  const bool is_labelled = label && !label->text.empty();
  const std::string path = with_prefix(is_labelled ? label->text : kind);
  const auto [earlier, is_new] = points_.try_emplace(path, span);
  add_labelled_place(label);
  if (is_new) return path;
  if (is_labelled) {
    context_.report(Kind::repeated_member, label->span)
        .with("owner", prefix().empty() ? "the journey" : "`" + prefix() + "`")
        .with("what", "the label")
        .with("name", label->text)
        .secondary(earlier->second, "first here");
  } else {
    Diagnostic& diagnostic =
        context_.report(Kind::ambiguous_waiting_point, span).with("kind", kind).with("path", prefix().empty() ? symbol_.name : prefix());
    diagnostic.secondary(earlier->second, "the first is here");
    diagnostic.note("where a customer waits is known by its path, which has to be unique");
    if (kind != "repeat") {
      diagnostic.help("name one of them: `" + kind + " … as cooling_off`");
    } else {
      diagnostic.help("put one of them into a step of its own");
    }
  }
  return path;
}

TimeOfDaySeconds JourneyChecker::at_time(const syntax::AtTime& at) {
  return at.time.seconds_of_day();
}

ExprPtr JourneyChecker::at_zone(const syntax::AtTime& at) {
  return at.zone ? exprs().want(*at.zone, types::simple(types::Kind::time_zone)) : nullptr;
}

StmtPtr JourneyChecker::check_wait(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::WaitStmt>();
  WaitStmt result;
  bool failed = false;
  const auto take = [&](auto spec) {
    failed = !spec.has_value();
    if (spec) result.spec = std::move(*spec);
  };
  if (const auto* until = std::get_if<syntax::WaitUntilInstant>(&syntax.spec)) {
    take(wait_until_instant(stmt, *until, syntax.is_damaged));
  } else {
    if (const auto* wait = std::get_if<syntax::WaitFor>(&syntax.spec)) take(wait_for(*wait));
    if (const auto* wait = std::get_if<syntax::WaitUntilNext>(&syntax.spec)) take(wait_until_next(*wait));
    if (const auto* wait = std::get_if<syntax::WaitUntilTime>(&syntax.spec))
      result.spec = WaitUntilNext{0x7f, at_time(wait->at), at_zone(wait->at), std::nullopt};
    flow_.expire_attributes(stmt.keyword, "wait");
  }
  result.path = waiting_point("wait", syntax.label, stmt.keyword);
  return failed ? nullptr : make(stmt, std::move(result));
}

std::optional<WaitFor> JourneyChecker::wait_for(const syntax::WaitFor& wait) {
  std::int32_t business_days = 0;
  const auto span = context_.time_span(wait.duration, "a wait", &business_days);
  if (!span) return std::nullopt;
  if (wait.at && std::holds_alternative<DurationMs>(*span)) {
    context_.report(Kind::at_after_duration, wait.at->span)
        .label("which day this would be on is not said")
        .secondary(wait.duration.span, "this is elapsed time")
        .help("wait calendar days, `wait 1 day at …`, or `wait until at …` for the next such time");
    return std::nullopt;
  }
  WaitFor result{*span, std::nullopt, nullptr, business_days, std::nullopt};
  if (wait.at) {
    result.at = at_time(*wait.at);
    result.zone = at_zone(*wait.at);
  }
  if (!use_calendar(wait.calendar, wait.duration, result)) return std::nullopt;
  return result;
}

std::optional<WaitUntilNext> JourneyChecker::wait_until_next(const syntax::WaitUntilNext& wait) {
  const auto mask = weekday_mask(context_, wait.day);
  if (!mask) return std::nullopt;
  WaitUntilNext result{*mask, at_time(wait.at), at_zone(wait.at), std::nullopt};
  if (!use_calendar(wait.calendar, wait.day, result)) return std::nullopt;
  return result;
}

namespace {

/// The optional value because of which a lifted instant may be absent.
const Expr& optional_source(const Expr& expr) {
  const auto* match = expr.get_if<MatchExpr>();
  return match ? optional_source(*match->subject) : expr;
}

/// A wait is over because its instant has come, so that is there; but what fires before it in the same reaction may `set` the attribute,
/// which a wait hears only behind that.
bool may_be_set_meanwhile(const Expr& expr, const Model& model) {
  const auto reads = attributes_read(expr);
  return std::ranges::any_of(reads, [&](AttributeId id) { return model.at(id).writable; });
}

}  // namespace

/// Reports what the wait does not say: about an instant that may be both, once.
void JourneyChecker::check_handlers(const syntax::WaitUntilInstant& wait, const Expr& instant) {
  const bool asks_absent = instant.type.optional && !wait.if_absent;
  if (wait.if_past && !asks_absent) return;
  Diagnostic& diagnostic = context_.report(wait.if_past ? Kind::if_absent_missing : Kind::if_past_missing, wait.instant->span);
  const Span declared = asks_absent ? declaration_of(optional_source(instant), context_.model) : Span{};
  if (declared.valid()) diagnostic.secondary(declared, "declared optional here");
  const std::uint32_t past = wait.at ? wait.at->span.end : wait.instant->span.end;
  const std::uint32_t absent = wait.if_past ? wait.if_past->span.end : past;
  const source::FileId file = wait.instant->span.file_id;
  if (wait.if_past) {
    diagnostic.label("this may be absent")
        .help("say what happens then: `if absent { … }`", {{file, absent, absent}, " if absent { … }", diag::Applicability::placeholders});
  } else if (asks_absent) {
    diagnostic.label("when this is already over, then what? And when it is absent?")
        .help("say both: go on at once with `continue`, or do something else, `{ … }`",
              {{file, past, past}, " if past continue if absent { … }", diag::Applicability::placeholders});
  } else {
    diagnostic.label("when this is already over, then what?")
        .help("go on at once, or do something else: `if past continue`, `if past { … }`",
              {{file, past, past}, " if past continue", diag::Applicability::likely});
  }
}

std::optional<WaitUntilInstant> JourneyChecker::wait_until_instant(const syntax::Stmt& stmt, const syntax::WaitUntilInstant& wait,
                                                                   bool is_damaged) {
  WaitUntilInstant result;
  result.instant = exprs().instant(*wait.instant);
  if (wait.at) {
    result.at = at_time(*wait.at);
    result.zone = at_zone(*wait.at);
  }
  result.live = attributes_read(*result.instant);
  const bool failed = result.instant->type.is_error();
  const bool is_optional = result.instant->type.optional;
  const auto now = find_read(*result.instant, [](const Expr& each) { return read_kind(each) != ReadKind::now; });
  if (now && !result.live.empty()) {
    context_.report(Kind::now_in_live_wait, now->place)
        .note("when the attribute changes, the wait is computed again, with another `now`")
        .help("keep the moment with `let` before the wait");
  }
  if (!is_damaged && !failed) check_handlers(wait, *result.instant);
  if (!is_optional && !failed && wait.if_absent) {
    context_.report(Kind::if_absent_needless, wait.if_absent->span)
        .label("never happens")
        .secondary(wait.instant->span, "this is always there")
        .help("leave it out");
  }
  flow_.expire_attributes(stmt.keyword, "wait");
  const Flow absent = flow_;
  if (is_optional && !may_be_set_meanwhile(optional_source(*result.instant), context_.model)) {
    if (const auto path = stable_path(optional_source(*result.instant))) flow_.learn({{*path, Fact{true, false, wait.instant->span}}});
  }
  const Flow present = flow_;
  std::vector<Edge> edges;
  edges.push_back({present, stmt.keyword});
  const auto run_handler = [&](const std::optional<syntax::WaitHandler>& handler, const Flow& start) {
    Block body;
    flow_ = start;
    if (handler && handler->block) body = block(*handler->block);
    if (handler) edges.push_back({std::move(flow_), handler->span});
    return body;
  };
  result.if_past = run_handler(wait.if_past, present);
  Block if_absent = run_handler(wait.if_absent, absent);
  if (is_optional) result.if_absent = std::move(if_absent);
  flow_ = merge(std::move(edges));
  if (failed) return std::nullopt;
  return result;
}

// ── await ────────────────────────────────────────────────────────────────────────────────────────────────────────

void JourneyChecker::check_timeouts(const syntax::Stmt& stmt, const syntax::AwaitStmt& await) {
  std::optional<Span> timeout;
  bool has_error = false;
  for (const syntax::AwaitArm& arm : await.arms) {
    if (arm.kind != syntax::AwaitArmKind::timeout) continue;
    if (timeout) {
      context_.report(Kind::timeout_twice, arm.span).secondary(*timeout, "the first is here");
      has_error = true;
    }
    timeout = arm.span;
  }
  if (has_error) return;
  if (await.up_to && !timeout) {
    context_.report(Kind::timeout_missing, stmt.keyword)
        .secondary(await.up_to->span, "after this time, then what?")
        .help("say what happens then: `on timeout { … }`");
  } else if (!await.up_to && timeout) {
    context_.report(Kind::timeout_without_bound, *timeout)
        .label("never happens")
        .secondary(stmt.keyword, "this waits as long as it takes")
        .help("say how long to wait: `await up to 3 days { … }`");
  } else if (!await.up_to) {
    context_.report(Kind::await_without_bound, stmt.keyword)
        .label("waits until the instance expires")
        .help("say how long to wait, and what happens then: `await up to … { … on timeout { … } }`");
  }
}

StmtPtr JourneyChecker::check_await(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::AwaitStmt>();
  check_timeouts(stmt, syntax);
  AwaitStmt result;
  if (syntax.up_to) result.up_to = context_.time_span(*syntax.up_to, "`up to`");
  result.path = waiting_point("await", syntax.label, stmt.keyword);
  flow_.expire_attributes(stmt.keyword, "await");
  const Flow before = flow_;
  std::vector<Edge> edges;
  for (const syntax::AwaitArm& arm : syntax.arms) {
    flow_ = before;
    if (auto checked = check_arm(arm)) result.arms.push_back(std::move(*checked));
    edges.push_back({std::move(flow_), arm.span});
  }
  flow_ = edges.empty() ? before : merge(std::move(edges));
  return make(stmt, std::move(result));
}

std::optional<AwaitArm> JourneyChecker::check_arm(const syntax::AwaitArm& arm) {
  ScopedBlock names(scope_);
  AwaitArm result;
  result.span = arm.span;
  bool failed = false;
  switch (arm.kind) {
    case syntax::AwaitArmKind::timeout:
      result.trigger = TimeoutArm{};
      break;
    case syntax::AwaitArmKind::condition: {
      WhenArm when;
      failed = !check_when(*arm.condition, "an awaited condition", when);
      result.trigger = std::move(when);
      break;
    }
    case syntax::AwaitArmKind::signals: {
      SignalArm signals;
      failed = !check_signals(arm.signals, signals);
      result.trigger = std::move(signals);
      break;
    }
  }
  result.body = block(arm.body);
  if (failed) return std::nullopt;
  return result;
}

bool JourneyChecker::check_when(const syntax::Expr& condition, const std::string& where, WhenArm& arm) {
  Checked checked = exprs().condition(condition);
  const bool reads_state = check_reads(
      checked.expr, {ReadKind::attribute, ReadKind::consent, ReadKind::segment, ReadKind::event_field, ReadKind::variable, ReadKind::zone},
      where, "attributes, consents, segments and what the journey keeps");
  flow_.learn(checked.when_true);
  arm = WhenArm{std::move(checked.expr)};
  return reads_state;
}

namespace {

/// All signals are one event under one name: then the body may read it.
bool share_a_name(const std::vector<syntax::Signal>& signals) {
  const syntax::EventPattern* first = nullptr;
  for (const syntax::Signal& signal : signals) {
    const auto* event = std::get_if<syntax::EventSignal>(&signal.node);
    if (event == nullptr || !event->pattern.alias) return false;
    if (first == nullptr) first = &event->pattern;
    if (event->pattern.event.text != first->event.text || event->pattern.alias->text != first->alias->text) return false;
  }
  return true;
}

}  // namespace

bool JourneyChecker::check_signals(const std::vector<syntax::Signal>& signals, SignalArm& arm) {
  const bool alone = signals.size() == 1;
  const bool shared = !alone && share_a_name(signals);
  const Flow before = flow_;
  std::optional<VariableId> binding;
  std::map<std::string, VariableId> names;
  bool failed = false;
  for (const syntax::Signal& signal : signals) {
    // Of several signals one comes: what each `where` tells, and the name of its event, are its own.
    if (!alone) {
      scope_.open();
      flow_ = before;
    }
    if (const auto* event = std::get_if<syntax::EventSignal>(&signal.node)) {
      auto checked = event_signal(event->pattern, event->lookback, signal.span, shared ? binding : std::nullopt);
      failed = failed || !checked;
      if (checked) {
        binding = checked->binding;
        if (event->pattern.alias) names.emplace(event->pattern.alias->text, checked->binding);
        arm.signals.emplace_back(std::move(*checked));
      }
    } else {
      auto checked = receipt_signal(std::get<syntax::ReceiptSignal>(signal.node), signal.span);
      failed = failed || !checked;
      if (checked) arm.signals.emplace_back(std::move(*checked));
    }
    if (!alone) scope_.close();
  }
  if (alone) return !failed;
  flow_ = before;
  for (const auto& [name, variable] : names) scope_.declare(name, variable);
  if (shared && binding) flow_.assigned.insert(*binding);
  return !failed;
}

std::optional<EventSignal> JourneyChecker::event_signal(const syntax::EventPattern& pattern,
                                                        const std::optional<syntax::Lookback>& lookback, Span span,
                                                        std::optional<VariableId> shared) {
  const auto event = require_event(pattern.event);
  const auto look = look_back(lookback);
  if (!event) {
    // The name is there all the same, so that the body says nothing more.
    if (pattern.alias) flow_.assigned.insert(declare(*pattern.alias, {}));
    return std::nullopt;
  }
  EventSignal result;
  result.event = *event;
  result.binding = shared ? *shared : event_variable(pattern, *event);
  result.span = span;
  Facts learned;
  bool failed = false;
  result.where = event_condition(pattern, *event, result.binding, &learned, &failed);
  flow_.learn(learned);
  if (failed || !look) return std::nullopt;
  result.look_back = *look;
  return result;
}

std::optional<ReceiptSignal> JourneyChecker::receipt_signal(const syntax::ReceiptSignal& signal, Span span) {
  const auto variable = scope_.find(signal.delivery.text);
  if (!variable) {
    if (!signal.delivery.text.empty() && context_.complete) {
      std::vector<std::string> candidates;
      for (const std::string& name : scope_.names()) {
        if (context_.model.at(*scope_.find(name)).kind == VariableKind::delivery) candidates.push_back(name);
      }
      Diagnostic& diagnostic =
          context_.report(Kind::unknown_name, signal.delivery.span).with("what", "delivery").with("name", signal.delivery.text);
      diagnostic.label("no `send … as " + signal.delivery.text + "` is in reach");
      context_.suggest(diagnostic, signal.delivery.span, signal.delivery.text, candidates);
    }
    return std::nullopt;
  }
  const VariableInfo delivery = context_.model.at(*variable);
  if (delivery.kind != VariableKind::delivery) {
    if (delivery.type.is_error() && delivery.kind != VariableKind::event) return std::nullopt;
    context_.report(Kind::no_receipts, signal.delivery.span)
        .with("name", delivery.name)
        .secondary(delivery.span, "declared here")
        .note("receipts belong to what `send … as …` gives");
    return std::nullopt;
  }
  const std::size_t mark = context_.error_mark();
  const syntax::Name& name = signal.delivery;
  syntax::Expr read;
  read.span = name.span;
  read.node = syntax::NameExpr{name};
  exprs().value(read);
  if (context_.errors_since(mark) || delivery.type.is_error()) return std::nullopt;
  if (std::ranges::find(delivery.receipts, signal.receipt.text) == delivery.receipts.end()) {
    for (const ChannelId id : delivery.channels) {
      const Channel& channel = context_.model.at(id);
      if (std::ranges::binary_search(channel.receipts, signal.receipt.text)) continue;
      Diagnostic& diagnostic = context_.report(Kind::receipt_not_reported, signal.receipt.span)
                                   .with("receipt", signal.receipt.text)
                                   .with("channel", channel.name);
      diagnostic.secondary(channel.span, "the channel is declared here").secondary(delivery.span, "it may be the channel of this delivery");
      std::string common;
      for (const std::string& each : delivery.receipts) common += (common.empty() ? "`" : ", `") + each + "`";
      diagnostic.note(common.empty() ? "its channels have no receipt in common" : "what every channel of it reports: " + common);
      context_.suggest(diagnostic, signal.receipt.span, signal.receipt.text, delivery.receipts);
      break;
    }
    return std::nullopt;
  }
  return ReceiptSignal{*variable, signal.receipt.text, span};
}

std::optional<LookBack> JourneyChecker::look_back(const std::optional<syntax::Lookback>& look_back) {
  LookBack result;
  if (!look_back) return result;
  result.written = true;
  switch (look_back->kind) {
    case syntax::LookbackKind::from_now:
      return result;
    case syntax::LookbackKind::since_entry:
      result.kind = bytecode::LookBack::since_entry;
      return result;
    case syntax::LookbackKind::since_ago: {
      result.kind = bytecode::LookBack::since_ago;
      const auto ago = look_back->ago ? context_.time_span(*look_back->ago, "a look-back") : std::nullopt;
      if (!ago) return std::nullopt;
      result.ago = *ago;
      return result;
    }
    case syntax::LookbackKind::since_step:
      break;
  }
  if (!look_back->step || look_back->step->text.empty()) return std::nullopt;
  result.kind = bytecode::LookBack::since_step;
  // The innermost enclosing step of that name, else the last one before.
  const std::string& name = look_back->step->text;
  std::optional<StepId> found;
  for (std::size_t at = first_step_; at < steps_.size(); ++at) {
    if (steps_[at].name == name) found = steps_[at].step;
  }
  std::vector<std::string> candidates;
  for (std::size_t at = journey_.steps.size(); at-- > first_declared_step_;) {
    candidates.push_back(journey_.steps[at].name);
    if (!found && journey_.steps[at].name == name) found = static_cast<StepId>(at);
  }
  if (!found) {
    if (context_.complete) {
      Diagnostic& diagnostic = context_.report(Kind::unknown_name, look_back->step->span).with("what", "step").with("name", name);
      diagnostic.label("no step of that name has begun here");
      context_.suggest(diagnostic, look_back->step->span, name, candidates);
    }
    return std::nullopt;
  }
  if (flow_.reachable && !flow_.begun.contains(*found)) {
    context_.report(Kind::step_not_begun, look_back->step->span)
        .with("name", name)
        .secondary(journey_.steps[static_cast<std::size_t>(*found)].span, "the step");
    return std::nullopt;
  }
  journey_.steps[static_cast<std::size_t>(*found)].start_is_read = true;
  result.step = *found;
  return result;
}

}  // namespace wend::sema
