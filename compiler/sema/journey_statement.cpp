#include <algorithm>
#include <utility>

#include "compiler/sema/journey_checker.h"

// Statements, but for sends and waits.

namespace wend::sema {

// ── names and paths ──────────────────────────────────────────────────────────────────────────────────────────────

std::string JourneyChecker::prefix() const {
  std::string result;
  for (const std::string& part : path_) result += (result.empty() ? "" : ".") + part;
  return result;
}

std::string JourneyChecker::with_prefix(const std::string& last) const {
  const std::string before = prefix();
  return before.empty() ? last : before + "/" + last;
}

void JourneyChecker::enter_place(const std::string& name) {
  path_.push_back(name);
  if (!name.empty()) journey_.places.insert(prefix());
}

void JourneyChecker::add_labelled_place(const std::optional<syntax::Name>& label) {
  if (label && !label->text.empty()) journey_.places.insert(path_.empty() ? label->text : prefix() + "." + label->text);
}

std::string JourneyChecker::qualified(const std::string& name) {
  const std::string before = prefix();
  const std::string base = before.empty() ? name : before + "." + name;
  std::string result = base;
  for (int number = 2; !qualified_names_.insert(result).second; ++number) result = base + "#" + std::to_string(number);
  return result;
}

void JourneyChecker::count_name(Span span) {
  if (gave_up_) return;
  gave_up_ = !context_.within(k_journey_names_max, name_count_++, "journey `" + symbol_.name + "`", "names", span);
}

VariableId JourneyChecker::declare(const syntax::Name& name, VariableInfo info) {
  count_name(name.span);
  if (const auto taken = scope_.find(name.text); taken && !name.text.empty()) {
    context_.report(Kind::name_taken, name.span)
        .with("name", name.text)
        .secondary(context_.model.at(*taken).span, "its first meaning")
        .help("choose another name: names in a journey do not hide each other");
  }
  info.name = name.text;
  info.qualified_name = qualified(name.text);
  info.span = name.span;
  const VariableId variable = context_.new_variable(std::move(info));
  if (!name.text.empty()) scope_.declare(name.text, variable);
  return variable;
}

// ── blocks ───────────────────────────────────────────────────────────────────────────────────────────────────────

std::vector<StmtPtr> JourneyChecker::statements(const std::vector<syntax::StmtPtr>& list) {
  std::vector<StmtPtr> result;
  for (const syntax::StmtPtr& stmt : list) {
    if (gave_up_) break;
    const bool is_dropped = !flow_.reachable;
    if (is_dropped && !unreachable_reported_) {
      context_.report(Kind::unreachable_statement, stmt->keyword).label("control has left before it comes here");
      unreachable_reported_ = true;
    }
    StmtPtr checked = statement(*stmt);
    if (checked && !is_dropped) result.push_back(std::move(checked));
  }
  if (flow_.reachable) unreachable_reported_ = false;
  return result;
}

Block JourneyChecker::block(const syntax::Block& block) {
  ScopedBlock names(scope_);
  const bool was_reported = std::exchange(unreachable_reported_, unreachable_reported_ && !flow_.reachable);
  Block result{statements(block.statements), block.span};
  unreachable_reported_ = was_reported;
  return result;
}

StmtPtr JourneyChecker::make(const syntax::Stmt& stmt, StmtNode node) const {
  auto result = std::make_unique<Stmt>();
  result->span = stmt.span;
  result->keyword = stmt.keyword;
  if (!steps_.empty()) result->step = steps_.back().step;
  result->node = std::move(node);
  return result;
}

StmtPtr JourneyChecker::statement(const syntax::Stmt& stmt) {
  // The blocks inside what is refused are checked all the same, so that their steps and labels have names.
  const auto look_into = [&](const syntax::Block& inner) {
    const Flow before = flow_;
    block(inner);
    flow_ = before;
  };
  switch (stmt.kind()) {
    case syntax::StmtKind::Error:
      for (const syntax::Block& inner : stmt.as<syntax::ErrorStmt>().blocks) look_into(inner);
      return nullptr;
    case syntax::StmtKind::Step:
      return check_step(stmt);
    case syntax::StmtKind::Send:
      return check_send(stmt);
    case syntax::StmtKind::Wait:
      return check_wait(stmt);
    case syntax::StmtKind::Await:
      return check_await(stmt);
    case syntax::StmtKind::If:
      return check_if(stmt);
    case syntax::StmtKind::Match:
      return check_match(stmt);
    case syntax::StmtKind::Split:
      return check_split(stmt);
    case syntax::StmtKind::Repeat:
      return check_repeat(stmt);
    case syntax::StmtKind::StopRepeating:
      return check_stop(stmt);
    case syntax::StmtKind::Leave:
      return check_leave(stmt);
    case syntax::StmtKind::Let:
      return check_let(stmt);
    case syntax::StmtKind::Set:
      return check_set(stmt);
    case syntax::StmtKind::Exit:
      return check_exit_statement(stmt);
    case syntax::StmtKind::Guarded:
      return check_guarded(stmt);
    case syntax::StmtKind::Fork:
      return check_fork(stmt);
    case syntax::StmtKind::Run:
      return check_run(stmt);
    case syntax::StmtKind::Emit:
      return check_emit(stmt);
    case syntax::StmtKind::Call:
      return check_call(stmt);
    case syntax::StmtKind::HandOff:
      return check_hand_off(stmt);
  }
  return nullptr;
}

// ── positions and jumps ──────────────────────────────────────────────────────────────────────────────────────────

StmtPtr JourneyChecker::check_step(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::StepStmt>();
  return named_step(stmt, syntax.name, [&] {
    if (!syntax.was.empty()) renamed_steps_.push_back({journey_.steps.back().path, &syntax.was});
    // A step names a position; it opens no scope.
    const auto own = [&] { return Block{statements(syntax.body.statements), syntax.body.span}; };
    if (syntax.interrupts.empty()) return own();
    Block body{{}, syntax.body.span};
    body.statements.push_back(make(stmt, guarded(syntax.interrupts, own)));
    return body;
  });
}

StmtPtr JourneyChecker::named_step(const syntax::Stmt& stmt, const syntax::Name& name, const std::function<Block()>& body) {
  count_name(name.span);
  Step step;
  step.name = name.text;
  if (!steps_.empty()) step.parent = steps_.back().step;
  if (stmt.doc) step.doc = stmt.doc->text;
  step.span = name.span;
  enter_place(step.name);
  step.path = prefix();
  const auto [earlier, is_new] = step_paths_.try_emplace(step.path, step.span);
  if (!is_new && !step.name.empty()) {
    context_.report(Kind::repeated_member, step.span)
        .with("owner", path_.size() == 1 ? "journey `" + symbol_.name + "`" : "`" + path_[path_.size() - 2] + "`")
        .with("what", "the step")
        .with("name", step.name)
        .secondary(earlier->second, "first here")
        .note("the path of a step says where a customer stands, so it is unique");
    // What is inside is told apart all the same, so that nothing more is said about it.
    const std::string name_once = path_.back();
    for (int number = 2; !step_paths_.try_emplace(step.path, step.span).second; ++number) {
      path_.back() = name_once + "#" + std::to_string(number);
      step.path = prefix();
    }
  }
  StepStmt result;
  result.step = static_cast<StepId>(journey_.steps.size());
  StmtPtr made = make(stmt, StmtNode{});
  journey_.steps.push_back(std::move(step));
  steps_.push_back({result.step, name.text, {}});
  flow_.begun.insert(result.step);
  result.body = body();
  std::vector<Edge> edges = std::move(steps_.back().leaves);
  edges.push_back({std::move(flow_), {}});
  flow_ = merge(std::move(edges));
  steps_.pop_back();
  leave_place();
  made->node = std::move(result);
  return made;
}

StmtPtr JourneyChecker::check_leave(const syntax::Stmt& stmt) {
  const syntax::Name& name = stmt.as<syntax::LeaveStmt>().step;
  const auto outermost = steps_.rend() - static_cast<std::ptrdiff_t>(first_step_);
  const auto open = std::ranges::find(steps_.rbegin(), outermost, name.text, &OpenStep::name);
  if (open == outermost) {
    if (!name.text.empty()) {
      Diagnostic& diagnostic = context_.report(Kind::leave_outside_step, name.span).with("name", name.text);
      std::vector<std::string> enclosing;
      for (std::size_t at = first_step_; at < steps_.size(); ++at) enclosing.push_back(steps_[at].name);
      if (enclosing.empty()) {
        diagnostic.label(first_step_ == 0 ? "no step is open here" : "a flow cannot leave the steps around its `run`");
      } else {
        diagnostic.label("the innermost step is `" + enclosing.back() + "`");
        context_.suggest(diagnostic, name.span, name.text, enclosing);
      }
    }
    flow_.reachable = false;
    return nullptr;
  }
  open->leaves.push_back({flow_, stmt.span});
  StmtPtr result = make(stmt, LeaveStmt{open->step});
  flow_.reachable = false;
  return result;
}

StmtPtr JourneyChecker::check_stop(const syntax::Stmt& stmt) {
  if (loops_.size() == first_loop_) {
    context_.report(Kind::stop_outside_repeat, stmt.span);
    flow_.reachable = false;
    return nullptr;
  }
  loops_.back().stops.push_back({flow_, stmt.span});
  StmtPtr result = make(stmt, StopRepeatingStmt{loops_.back().loop});
  flow_.reachable = false;
  return result;
}

StmtPtr JourneyChecker::check_exit_statement(const syntax::Stmt& stmt) {
  const syntax::Name& label = stmt.as<syntax::ExitStmt>().label;
  StmtPtr result;
  if (!label.text.empty()) result = make(stmt, ExitStmt{exit_label(label)});
  flow_.reachable = false;
  return result;
}

// ── branches ─────────────────────────────────────────────────────────────────────────────────────────────────────

StmtPtr JourneyChecker::check_if(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::IfStmt>();
  IfStmt result;
  std::vector<Edge> edges;
  for (const syntax::IfBranch& branch : syntax.branches) {
    Checked condition = exprs().condition(*branch.condition);
    Flow otherwise = flow_;
    otherwise.learn(condition.when_false);
    flow_.learn(condition.when_true);
    Block body = block(branch.body);
    edges.push_back({std::move(flow_), branch.body.span});
    flow_ = std::move(otherwise);
    result.branches.push_back({std::move(condition.expr), std::move(body)});
  }
  if (syntax.otherwise) {
    result.otherwise = block(*syntax.otherwise);
    edges.push_back({std::move(flow_), syntax.otherwise->span});
  } else {
    edges.push_back({std::move(flow_), stmt.keyword});
  }
  flow_ = merge(std::move(edges));
  return make(stmt, std::move(result));
}

StmtPtr JourneyChecker::check_match(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::MatchStmt>();
  MatchStmt result;
  result.subject = exprs().subject(*syntax.subject);
  std::vector<const std::vector<syntax::Pattern>*> patterns;
  for (const syntax::MatchArm& arm : syntax.arms) patterns.push_back(&arm.patterns);
  std::vector<CheckedArm> arms = exprs().patterns(*result.subject, patterns, source::join(stmt.keyword, syntax.subject->span));
  const auto path = stable_path(*result.subject);
  const Flow before = flow_;
  std::vector<Edge> edges;
  for (std::size_t at = 0; at < syntax.arms.size(); ++at) {
    flow_ = before;
    ScopedBlock names(scope_);
    const auto bind = [&](const syntax::Name& name, VariableId variable) {
      if (const auto taken = scope_.find(name.text)) {
        context_.report(Kind::name_taken, name.span).with("name", name.text).secondary(context_.model.at(*taken).span, "its first meaning");
      }
      count_name(name.span);
      context_.variable(variable).qualified_name = qualified(name.text);
      scope_.declare(name.text, variable);
      flow_.assigned.insert(variable);
    };
    std::vector<StmtPtr> fields;
    for (const TakenField& field : arms[at].taken) {
      bind(*field.name, field.variable);
      fields.push_back(make(stmt, LetStmt{field.variable, taken_value(context_, arms[at], field, field.name->span)}));
    }
    if (arms[at].binding && syntax.arms[at].patterns.front().kind() == syntax::PatternKind::Present) {
      bind(syntax.arms[at].patterns.front().as<syntax::PresentPattern>().binding, *arms[at].binding);
    }
    if (arms[at].implies_present && path) flow_.learn({{*path, Fact{true, false, syntax.arms[at].span}}});
    Block body = block(syntax.arms[at].body);
    body.statements.insert(body.statements.begin(), std::make_move_iterator(fields.begin()), std::make_move_iterator(fields.end()));
    edges.push_back({std::move(flow_), syntax.arms[at].span});
    result.arms.push_back({std::move(arms[at].patterns), std::move(body)});
  }
  flow_ = edges.empty() ? before : merge(std::move(edges));
  return make(stmt, std::move(result));
}

StmtPtr JourneyChecker::check_split(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::SplitStmt>();
  const Symbol* symbol = context_.require(file_, syntax.experiment, {SymbolKind::experiment}, "experiment");
  SplitStmt result;
  std::map<std::string, Span> seen;
  bool has_unknown_arm = false;
  const Flow before = flow_;
  std::vector<Edge> edges;
  for (const syntax::NamedBlock& arm : syntax.arms) {
    flow_ = before;
    enter_place(arm.name.text);
    Block body = block(arm.body);
    leave_place();
    edges.push_back({std::move(flow_), arm.span});
    if (!symbol || arm.name.text.empty()) continue;
    const Experiment& experiment = context_.model.experiments[symbol->index];
    const auto [earlier, is_new] = seen.try_emplace(arm.name.text, arm.name.span);
    const auto declared = std::ranges::find(experiment.arms, arm.name.text, &ExperimentArm::name);
    if (!is_new) {
      context_.report(Kind::repeated_member, arm.name.span)
          .with("owner", "the split")
          .with("what", "the arm")
          .with("name", arm.name.text)
          .secondary(earlier->second, "first here");
    } else if (declared != experiment.arms.end() && declared->retired) {
      context_.report(Kind::split_of_retired_arm, arm.name.span)
          .with("arm", declared->name)
          .with("as", experiment.arms[*declared->retired].name)
          .secondary(declared->span, "retired here")
          .help("leave it out of the split");
    } else if (declared == experiment.arms.end()) {
      has_unknown_arm = true;
      std::vector<std::string> candidates;
      for (const ExperimentArm& each : experiment.arms) candidates.push_back(each.name);
      if (!symbol->damaged) {
        Diagnostic& diagnostic = context_.report(Kind::unknown_name, arm.name.span)
                                     .with("what", "arm")
                                     .with("name", arm.name.text)
                                     .secondary(experiment.span, "the experiment is declared here");
        context_.suggest(diagnostic, arm.name.span, arm.name.text, candidates);
      }
    } else {
      result.arms.push_back({static_cast<std::uint32_t>(declared - experiment.arms.begin()), std::move(body)});
    }
  }
  flow_ = edges.empty() ? before : merge(std::move(edges));
  if (!symbol) return nullptr;
  const Experiment& experiment = context_.model.experiments[symbol->index];
  result.experiment = static_cast<ExperimentId>(symbol->index);
  std::string missing;
  for (const ExperimentArm& arm : experiment.arms) {
    if (!seen.contains(arm.name) && !arm.retired) missing += (missing.empty() ? "`" : ", `") + arm.name + "`";
  }
  if (!missing.empty() && !symbol->damaged && !has_unknown_arm) {
    context_.report(Kind::split_arm_missing, syntax.experiment.span)
        .with("missing", missing)
        .secondary(experiment.span, "the experiment is declared here")
        .help("an arm in which nothing happens is written `arm … { }`");
  }
  return make(stmt, std::move(result));
}

StmtPtr JourneyChecker::check_repeat(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::RepeatStmt>();
  RepeatStmt result;
  result.loop = static_cast<LoopId>(loop_count_++);
  if (syntax.up_to_times) {
    if (syntax.up_to_times->value < 1) {
      context_.report(Kind::wrong_count, syntax.up_to_times->span).with("what", "the number of rounds");
    }
    result.up_to_times = syntax.up_to_times->value;
  }
  if (syntax.every) {
    result.every = context_.time_span(*syntax.every, "`every`");
    result.path = waiting_point("repeat", std::nullopt, syntax.every->span);
  }
  count_name(stmt.keyword);
  ScopedBlock names(scope_);
  VariableInfo round;
  round.kind = VariableKind::round;
  round.name = "round";
  round.qualified_name = qualified("round");
  round.type = types::simple(types::Kind::integer);
  round.span = stmt.keyword;
  result.round = context_.new_variable(std::move(round));
  // A declared `round` wins over the predefined one.
  const auto taken = scope_.find("round");
  if (!taken || context_.model.at(*taken).kind == VariableKind::round) scope_.declare("round", result.round);
  flow_.assigned.insert(result.round);
  // Rounds take time, so what is known of attributes holds in the first round only.
  flow_.expire_attributes(stmt.keyword, "repeat");
  loops_.push_back({result.loop, {}});
  result.body = block(syntax.body);
  std::vector<Edge> edges = std::move(loops_.back().stops);
  loops_.pop_back();
  if (syntax.up_to_times || edges.empty()) {
    const bool ends_by_itself = syntax.up_to_times.has_value();
    flow_.reachable = flow_.reachable && ends_by_itself;
    edges.push_back({std::move(flow_), syntax.body.span});
  }
  flow_ = merge(std::move(edges));
  return make(stmt, std::move(result));
}

// ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

StmtPtr JourneyChecker::check_let(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::LetStmt>();
  ExprPtr value = exprs().value(*syntax.value);
  if (value->type.kind == types::Kind::absent) value = exprs().require_present(std::move(value));
  VariableInfo info;
  info.kind = VariableKind::let;
  info.type = value->type;
  info.labels = value->labels;
  const VariableId variable = declare(syntax.name, std::move(info));
  flow_.assigned.insert(variable);
  return make(stmt, LetStmt{variable, std::move(value)});
}

StmtPtr JourneyChecker::check_set(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::SetStmt>();
  const auto attribute = context_.require_attribute(syntax.attribute);
  if (!attribute) {
    exprs().value(*syntax.value);
    return nullptr;
  }
  const Attribute& declared = context_.model.at(*attribute);
  if (!declared.writable) {
    context_.report(Kind::not_writable, syntax.attribute.span)
        .with("name", declared.name)
        .secondary(declared.span, "declared here")
        .help("if journeys may change it, say so: `@writable`");
  }
  ExprPtr value = exprs().want(*syntax.value, declared.type, {declared.span, "declared " + context_.quoted(declared.type) + " here"});
  check_labels_kept(*value, declared.labels, "`customer." + declared.name + "`", declared.span);
  flow_.forget_attribute(*attribute);
  if (value->get_if<ToOptional>()) {
    if (const auto silent = may_run_silently()) {
      flow_.set_unless_silent(*attribute, stmt.span, *silent);
    } else {
      flow_.learn({{attribute_path(*attribute), Fact{true, false, stmt.span}}});
    }
  }
  return make(stmt, SetStmt{*attribute, std::move(value)});
}

}  // namespace wend::sema
