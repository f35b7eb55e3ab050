#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "compiler/sema/journey_checker.h"
#include "compiler/sema/walk.h"

// The header of a journey: who enters, what ends it, what is counted.

namespace wend::sema {

bool is_reserved_label(const std::string& label) {
  static constexpr std::array<std::string_view, 7> k_reserved = {"done", "expired", "fault", "restarted", "merged", "erased", "handed_off"};
  return std::ranges::find(k_reserved, label) != k_reserved.end();
}

namespace {

void collect_reads(const Block& block, std::set<AttributeId>& reads, const Model& model) {
  for_each_expr(block, [&](const Expr& expr) {
    for (const AttributeId attribute : attributes_read(expr)) reads.insert(attribute);
  });
  for_each_stmt(block, [&](const Stmt& stmt) {
    const auto* send = stmt.get_if<SendStmt>();
    if (!send) return;
    for (const ChannelId channel : send->via) {
      if (!model.at(channel).address) continue;
      for (const AttributeId attribute : attributes_read(*model.at(channel).address)) reads.insert(attribute);
    }
  });
}

}  // namespace

void JourneyChecker::check() {
  declare_parameters();
  check_headers();
  journey_.body.span = syntax_.body_span;
  journey_.body.statements = statements(syntax_.statements);
  check_renames();

  std::set<AttributeId> reads;
  collect_reads(journey_.body, reads, context_.model);
  const auto add = [&](const ExprPtr& expr) {
    if (!expr) return;
    for (const AttributeId attribute : attributes_read(*expr)) reads.insert(attribute);
  };
  for (const Entry& entry : journey_.entries) {
    add(entry.where);
    add(entry.one_per);
    for (const ExprPtr& argument : entry.arguments) add(argument);
    if (entry.schedule) add(entry.schedule->date_of);
  }
  for (const Exit& exit : journey_.exits) add(exit.condition);
  for (const Goal& goal : journey_.goals) add(goal.where);
  add(context_.model.zone);
  collect_policy_reads(reads);
  journey_.reads.assign(reads.begin(), reads.end());
  context_.model.journeys[symbol_.index] = std::move(journey_);
}

void JourneyChecker::declare_parameters() {
  if (!syntax_.parameters) return;
  for (const syntax::Parameter& parameter : *syntax_.parameters) {
    if (!context_.within(k_members_max, journey_.parameters.size(), "journey `" + symbol_.name + "`", "parameters", parameter.name.span))
      break;
    VariableInfo info;
    info.kind = VariableKind::let;
    info.type = context_.resolve_type(file_, parameter.type);
    journey_.parameters.push_back(declare(parameter.name, std::move(info)));
    flow_.assigned.insert(journey_.parameters.back());
  }
}

void JourneyChecker::require_once(const char* clause, std::optional<Span>& seen, const syntax::Header& header) {
  if (seen) {
    context_.report(Kind::repeated_clause, header.keyword).with("clause", clause).secondary(*seen, "given here first");
  } else {
    seen = header.keyword;
  }
}

void JourneyChecker::check_headers() {
  std::optional<Span> owner;
  std::optional<Span> lifetime;
  std::optional<Span> priority;
  std::optional<Span> policy;
  bool has_error = false;
  std::vector<const syntax::Header*> entries;
  for (const syntax::Header& header : syntax_.headers) {
    switch (header.kind()) {
      case syntax::HeaderKind::Error:
        has_error = true;
        break;
      case syntax::HeaderKind::Owner:
        require_once("owner", owner, header);
        journey_.owner = header.as<syntax::OwnerHeader>().owner.text;
        break;
      case syntax::HeaderKind::Policy:
        require_once("policy", policy, header);
        check_policy_header(header.as<syntax::PolicyHeader>());
        break;
      case syntax::HeaderKind::Holdout:
        check_holdout_header(header.as<syntax::HoldoutHeader>());
        break;
      case syntax::HeaderKind::Lifetime:
        require_once("lifetime", lifetime, header);
        if (const auto span = context_.time_span(header.as<syntax::LifetimeHeader>().lifetime, "a lifetime")) journey_.lifetime = *span;
        break;
      case syntax::HeaderKind::Priority: {
        require_once("priority", priority, header);
        const syntax::IntLiteral& number = header.as<syntax::PriorityHeader>().priority;
        if (number.value > std::numeric_limits<std::int32_t>::max()) {
          context_.report(Kind::number_too_large, number.span).with("number", number.text).with("type", "a priority");
        } else {
          journey_.priority = static_cast<std::int32_t>(number.value);
        }
        break;
      }
      case syntax::HeaderKind::Enter:
        entries.push_back(&header);
        break;
      case syntax::HeaderKind::Exit:
      case syntax::HeaderKind::Goal:
        break;
    }
  }
  has_error = has_error || symbol_.damaged;
  if (!lifetime && !has_error) {
    context_.report(Kind::lifetime_missing, syntax_.name.span)
        .with("name", symbol_.name)
        .note("no instance outlives its lifetime, so nothing waits for ever")
        .help("say how long an instance may live: `lifetime 60 days`");
  }
  if (entries.empty() && !has_error) {
    context_.report(Kind::entry_missing, syntax_.name.span).with("name", symbol_.name).help("say who enters: `enter on … `");
  }
  check_entries(entries);
  for (const syntax::Header& header : syntax_.headers) {
    if (header.kind() == syntax::HeaderKind::Exit) check_exit(header);
    if (header.kind() == syntax::HeaderKind::Goal) check_goal(header);
  }
}

// ── entries ──────────────────────────────────────────────────────────────────────────────────────────────────────

void JourneyChecker::check_entries(const std::vector<const syntax::Header*>& headers) {
  std::vector<const syntax::Header*> sound;
  for (const syntax::Header* header : headers) {
    if (auto entry = entry_source(*header)) {
      entry->span = header->span;
      journey_.entries.push_back(std::move(*entry));
      sound.push_back(header);
    }
  }
  if (sound.empty()) return;
  bind_entries(sound);
  std::vector<Edge> edges;
  for (std::size_t at = 0; at < sound.size(); ++at) edges.push_back(check_entry(*sound[at], journey_.entries[at]));
  flow_ = merge(std::move(edges));
  entered_ = flow_;
  entered_.facts.erase_where([](const auto& fact) { return fact.first.root == Path::Root::attribute; });
}

std::optional<Entry> JourneyChecker::entry_source(const syntax::Header& header) {
  const auto& enter = header.as<syntax::EnterHeader>();
  Entry entry;
  if (const auto* on_event = std::get_if<syntax::EnterOnEvent>(&enter.source)) {
    entry.event = require_event(on_event->pattern.event);
  } else if (const auto* on_join = std::get_if<syntax::EnterOnJoin>(&enter.source)) {
    entry.joins = join(*on_join);
  } else if (const auto* every = std::get_if<syntax::EnterEvery>(&enter.source)) {
    entry.schedule = schedule(*every);
  } else if (const auto* every_year = std::get_if<syntax::EnterEveryYear>(&enter.source)) {
    entry.schedule = schedule(*every_year);
  } else if (const auto* at_moment = std::get_if<syntax::EnterAtMoment>(&enter.source)) {
    entry.schedule = schedule(*at_moment);
  } else {
    entry.handoff = true;
  }
  if (!entry.event && !entry.joins && !entry.schedule && !entry.handoff) return std::nullopt;
  return entry;
}

void JourneyChecker::bind_entries(const std::vector<const syntax::Header*>& headers) {
  const auto pattern_of = [](const syntax::Header* header) -> const syntax::EventPattern* {
    const auto* on_event = std::get_if<syntax::EnterOnEvent>(&header->as<syntax::EnterHeader>().source);
    return on_event ? &on_event->pattern : nullptr;
  };
  std::set<EventId> events;
  for (const Entry& entry : journey_.entries) {
    if (entry.event) events.insert(*entry.event);
  }
  // One variable for all entries on events when they are on one event; the body reads it by a name that every entry gives.
  std::optional<VariableId> first;
  for (std::size_t at = 0; at < headers.size(); ++at) {
    const syntax::EventPattern* pattern = pattern_of(headers[at]);
    if (!pattern) continue;
    Entry& entry = journey_.entries[at];
    entry.binding = first && events.size() == 1 ? *first : event_variable(*pattern, *entry.event);
    if (!first) first = entry.binding;
    if (!pattern->alias || pattern->alias->text.empty() || scope_.find(pattern->alias->text)) continue;
    scope_.declare(pattern->alias->text, *entry.binding);
  }
}

Edge JourneyChecker::check_entry(const syntax::Header& header, Entry& entry) {
  const auto& enter = header.as<syntax::EnterHeader>();
  const auto* on_event = std::get_if<syntax::EnterOnEvent>(&enter.source);
  const syntax::EventPattern* pattern = on_event ? &on_event->pattern : nullptr;
  Flow flow;
  if (entry.binding) flow.assigned.insert(*entry.binding);
  Scope scope;
  if (entry.handoff) {
    // What is handed over is there from the beginning.
    for (const VariableId parameter : journey_.parameters) {
      scope.declare(context_.model.at(parameter).name, parameter);
      flow.assigned.insert(parameter);
    }
  }
  if (pattern && pattern->alias) scope.declare(pattern->alias->text, *entry.binding);
  ExprChecker exprs(context_, file_, scope, flow);
  for (const syntax::Name& field : pattern ? pattern->same : std::vector<syntax::Name>()) {
    context_.report(Kind::name_out_of_place, field.span)
        .with("name", "same")
        .label("no instance has started yet whose event could be compared");
  }
  if (pattern && pattern->where) {
    Checked where = exprs.condition(*pattern->where);
    flow.learn(where.when_true);
    if (!where.expr->type.is_error()) entry.where = std::move(where.expr);
    refuse_since_entry(entry.where);
  }
  if (enter.one_per) {
    ExprPtr key = exprs.require_present(exprs.value(*enter.one_per), "a key is always there");
    if (!key->type.is_error()) entry.one_per = std::move(key);
    refuse_since_entry(entry.one_per);
  }
  if (entry.handoff) {
    check_handoff_entry(header, entry);
  } else {
    check_entry_arguments(header, entry, exprs);
  }
  entry.once_ever = enter.once_ever.has_value();
  if (enter.if_running) {
    switch (*enter.if_running) {
      case syntax::IfRunning::ignore:
        entry.already = AlreadyRunning::ignore;
        break;
      case syntax::IfRunning::restart:
        entry.already = AlreadyRunning::restart;
        break;
      case syntax::IfRunning::run_alongside:
        entry.already = AlreadyRunning::alongside;
        break;
    }
  }
  if (enter.cooldown) entry.cooldown = context_.time_span(*enter.cooldown, "a cooldown");
  // A name that only other entries bind is in scope, but not assigned on this path.
  if (pattern) {
    const auto shared = pattern->alias ? scope_.find(pattern->alias->text) : std::nullopt;
    if (!shared || *shared != *entry.binding) flow.assigned.erase(*entry.binding);
  }
  for (const VariableId parameter : journey_.parameters) flow.assigned.insert(parameter);
  return {flow, header.span};
}

/// `with (reason: lapsed)`: computed when the instance starts.
void JourneyChecker::check_entry_arguments(const syntax::Header& header, Entry& entry, ExprChecker& exprs) {
  const auto& enter = header.as<syntax::EnterHeader>();
  std::vector<NamedType> parameters;
  for (const VariableId parameter : journey_.parameters) {
    const VariableInfo& info = context_.model.at(parameter);
    parameters.push_back({info.name, info.type, info.span});
  }
  const std::size_t mark = context_.error_mark();
  const auto matched = match_arguments(context_, symbol_.name, parameters, enter.with ? &*enter.with : nullptr, symbol_.damaged);
  const bool misfits = context_.errors_since(mark);
  std::string missing;
  for (std::size_t at = 0; at < parameters.size(); ++at) {
    const syntax::ExprPtr& default_value = (*syntax_.parameters)[at].default_value;
    if (matched[at]) {
      entry.arguments.push_back(exprs.want(*matched[at]->value, parameters[at].type, {parameters[at].span, "declared here"}));
      refuse_since_entry(entry.arguments.back());
    } else if (default_value) {
      Scope nothing;
      Flow start;
      entry.arguments.push_back(ExprChecker(context_, file_, nothing, start).want(*default_value, parameters[at].type));
    } else {
      missing += (missing.empty() ? "`" : ", `") + parameters[at].name + "`";
      entry.arguments.push_back(make_error(header.span));
    }
    types::Labels& labels = context_.variable(journey_.parameters[at]).labels;
    labels = labels | entry.arguments.back()->labels;
  }
  if (missing.empty() || misfits) return;
  context_.report(Kind::missing_argument, enter.with ? enter.with->span : header.keyword)
      .with("callee", symbol_.name)
      .with("missing", missing)
      .secondary(symbol_.span, "declared here")
      .help("say what it is for those who come in here: `with (…)`");
}

void JourneyChecker::refuse_since_entry(const ExprPtr& expr) {
  if (!expr) return;
  const auto found = find_read(*expr, [&](const Expr& each) {
    const auto query = history_query(each);
    return !query || context_.model.at(*query).window.has_value();
  });
  if (!found) return;
  context_.report(Kind::name_out_of_place, found->place)
      .with("name", "since entry")
      .label("the instance has not entered yet")
      .help("say how far back to look: `in last …`");
}

// ── exits and goals ──────────────────────────────────────────────────────────────────────────────────────────────

std::uint32_t JourneyChecker::exit_label(const syntax::Name& name) {
  if (is_reserved_label(name.text)) {
    context_.report(Kind::reserved_label, name.span)
        .with("name", name.text)
        .note("the engine gives done, expired, fault, restarted, merged, erased and handed_off");
  }
  return label_index(name.text);
}

std::uint32_t JourneyChecker::label_index(const std::string& label) {
  const auto found = std::ranges::find(journey_.labels, label);
  if (found != journey_.labels.end()) return static_cast<std::uint32_t>(found - journey_.labels.begin());
  journey_.labels.push_back(label);
  return static_cast<std::uint32_t>(journey_.labels.size() - 1);
}

void JourneyChecker::check_exit(const syntax::Header& header) {
  const auto& syntax = header.as<syntax::ExitHeader>();
  if (syntax.label.text.empty()) return;
  Exit exit;
  exit.label = exit_label(syntax.label);
  exit.span = header.span;
  const Flow before = std::exchange(flow_, entered_);
  if (syntax.event) {
    if (const auto event = require_event(syntax.event->event)) {
      ScopedBlock block(scope_);
      exit.event = event;
      exit.binding = event_variable(*syntax.event, *event);
      bool failed = false;
      exit.condition = event_condition(*syntax.event, *event, *exit.binding, nullptr, &failed);
      if (!failed) journey_.exits.push_back(std::move(exit));
    }
  } else if (syntax.condition) {
    exit.condition = exprs().condition(*syntax.condition).expr;
    if (check_reads(exit.condition, {ReadKind::attribute, ReadKind::consent, ReadKind::segment, ReadKind::zone}, "a state exit",
                    "attributes, consents and segments")) {
      journey_.exits.push_back(std::move(exit));
    }
  }
  flow_ = before;
}

void JourneyChecker::check_goal(const syntax::Header& header) {
  const auto& syntax = header.as<syntax::GoalHeader>();
  const auto earlier = std::ranges::find(journey_.goals, syntax.name.text, &Goal::name);
  if (earlier != journey_.goals.end()) {
    context_.report(Kind::repeated_member, syntax.name.span)
        .with("owner", "journey `" + symbol_.name + "`")
        .with("what", "the goal")
        .with("name", syntax.name.text)
        .secondary(earlier->span, "first here");
  }
  const auto window = context_.time_span(syntax.within, "the window of a goal");
  const auto event = require_event(syntax.pattern.event);
  if (!event) return;
  const Flow before = std::exchange(flow_, entered_);
  ScopedBlock block(scope_);
  Goal goal;
  goal.name = syntax.name.text;
  goal.event = *event;
  goal.binding = event_variable(syntax.pattern, *event);
  goal.span = header.span;
  bool failed = false;
  goal.where = event_condition(syntax.pattern, *event, goal.binding, nullptr, &failed);
  failed = failed || !check_reads(goal.where,
                                  {ReadKind::event_field, ReadKind::variable, ReadKind::attribute, ReadKind::consent, ReadKind::segment,
                                   ReadKind::zone},
                                  "a goal", "its event, the event that started the instance, attributes, consents and segments");
  switch (syntax.anchor) {
    case syntax::GoalAnchor::entry:
      goal.anchor = bytecode::GoalAnchor::entry;
      break;
    case syntax::GoalAnchor::first_send:
      goal.anchor = bytecode::GoalAnchor::first_send;
      break;
    case syntax::GoalAnchor::last_send:
      goal.anchor = bytecode::GoalAnchor::last_send;
      break;
  }
  flow_ = before;
  if (failed || !window) return;
  goal.window = *window;
  journey_.goals.push_back(std::move(goal));
}

}  // namespace wend::sema
