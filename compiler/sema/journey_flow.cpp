#include <algorithm>
#include <utility>

#include "compiler/sema/journey_checker.h"

// `run` of a flow: its statements are checked and built where it is run, as a step named by `as`. They see the flow's parameters and
// what the flow's own file sees; steps and loops of the caller cannot be left from inside.

namespace wend::sema {

StmtPtr JourneyChecker::check_run(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::RunStmt>();
  const Symbol* symbol = context_.require(file_, syntax.flow, {SymbolKind::flow}, "flow");
  if (!symbol) return nullptr;
  FlowUse& flow = context_.flows[symbol->index];
  flow.is_run = true;
  if (std::ranges::find(running_flows_, symbol->index) != running_flows_.end()) {
    context_.report(Kind::recursive_flow, syntax.flow.span)
        .with("name", symbol->name)
        .secondary(symbol->span, "declared here")
        .help("repeat with `repeat`: a flow is put in the place of its `run`");
    return nullptr;
  }
  if (!context_.within(k_fn_depth_max, running_flows_.size(), "flow `" + symbol->name + "`", "flows around it", syntax.flow.span))
    return nullptr;
  const std::size_t mark = context_.error_mark();
  StmtPtr result = named_step(stmt, syntax.label, [&] {
    Scope inner;
    Block body{bind_arguments(stmt, flow, inner), flow.node->body.span};
    running_flows_.push_back(symbol->index);
    const Scope caller = std::exchange(scope_, std::move(inner));
    const std::size_t file = std::exchange(file_, flow.file);
    const std::size_t first_step = std::exchange(first_step_, steps_.size());
    const std::size_t first_loop = std::exchange(first_loop_, loops_.size());
    const std::size_t first_declared_step = std::exchange(first_declared_step_, journey_.steps.size());
    for (StmtPtr& each : statements(flow.node->body.statements)) body.statements.push_back(std::move(each));
    scope_ = caller;
    file_ = file;
    first_step_ = first_step;
    first_loop_ = first_loop;
    first_declared_step_ = first_declared_step;
    running_flows_.pop_back();
    return body;
  });
  context_.forget_repeats_since(mark);
  return result;
}

/// `cart: CartUpdated`: the parameter stands for an event that the caller has bound.
std::optional<EventId> JourneyChecker::event_parameter(const syntax::Parameter& parameter, std::size_t file) {
  const Lookup found = context_.names.find(file, parameter.type.name.text);
  if (!found.symbol || found.symbol->kind != SymbolKind::event || parameter.type.optional) return std::nullopt;
  return static_cast<EventId>(found.symbol->index);
}

std::vector<StmtPtr> JourneyChecker::bind_arguments(const syntax::Stmt& stmt, const FlowUse& flow, Scope& inner) {
  const auto& syntax = stmt.as<syntax::RunStmt>();
  std::vector<NamedType> parameters;
  std::vector<std::optional<EventId>> events;
  for (const syntax::Parameter& parameter : flow.node->parameters) {
    events.push_back(event_parameter(parameter, flow.file));
    parameters.push_back(
        {parameter.name.text, events.back() ? types::Type() : context_.resolve_type(flow.file, parameter.type), parameter.name.span});
  }
  const std::size_t before = context_.error_mark();
  const std::string& name = flow.node->name.text;
  const auto matched = match_arguments(context_, name, parameters, syntax.arguments ? &*syntax.arguments : nullptr);
  const bool misfits = context_.errors_since(before);
  std::vector<StmtPtr> result;
  std::string missing;
  for (std::size_t at = 0; at < parameters.size(); ++at) {
    const syntax::Parameter& parameter = flow.node->parameters[at];
    if (events[at]) {
      const auto* read = matched[at] ? matched[at]->value->get_if<syntax::NameExpr>() : nullptr;
      const auto bound = read ? scope_.find(read->name.text) : std::nullopt;
      if (bound && context_.model.at(*bound).event == events[at] && flow_.assigned.contains(*bound)) {
        inner.declare(parameter.name.text, *bound);
        continue;
      }
      if (matched[at]) {
        const std::string event = context_.model.at(*events[at]).name;
        context_.report(Kind::type_mismatch, matched[at]->value->span)
            .with("expected", "an event `" + event + "`")
            .with("found", "something else")
            .secondary(parameter.name.span, "declared here")
            .help("give the name that the event is bound to: `on " + event + " as …`");
      }
    }
    ExprPtr value;
    if (matched[at] && !events[at]) {
      value = exprs().want(*matched[at]->value, parameters[at].type, {parameters[at].span, "declared here"});
    } else if (!matched[at] && parameter.default_value) {
      Scope nothing;
      Flow start;
      value = ExprChecker(context_, flow.file, nothing, start).want(*parameter.default_value, parameters[at].type);
    } else {
      if (!matched[at]) missing += (missing.empty() ? "`" : ", `") + parameter.name.text + "`";
      value = make_error(stmt.keyword);
    }
    count_name(parameter.name.span);
    VariableInfo info;
    info.kind = VariableKind::let;
    info.name = parameter.name.text;
    info.qualified_name = qualified(info.name);
    info.type = value->type.is_error() ? types::Type() : parameters[at].type;
    info.labels = value->labels;
    info.span = parameter.name.span;
    const VariableId variable = context_.new_variable(std::move(info));
    inner.declare(parameter.name.text, variable);
    flow_.assigned.insert(variable);
    result.push_back(make(stmt, LetStmt{variable, std::move(value)}));
  }
  if (!missing.empty() && !misfits) {
    context_.report(Kind::missing_argument, syntax.arguments ? syntax.arguments->span : syntax.flow.span)
        .with("callee", name)
        .with("missing", missing)
        .secondary(flow.node->name.span, "declared here");
  }
  return result;
}

namespace {

/// The journey around a flow that no journey runs.
const syntax::JourneyDecl& no_journey() {
  static const syntax::JourneyDecl none;
  return none;
}

}  // namespace

JourneyChecker::JourneyChecker(Context& context, const Symbol& symbol)
    : context_(context),
      symbol_(symbol),
      syntax_(symbol.kind == SymbolKind::journey ? symbol.decl->as<syntax::JourneyDecl>() : no_journey()),
      file_(symbol.file) {
  journey_.name = symbol.name;
  journey_.module = context.names.module_name(symbol.file);
  journey_.span = symbol.span;
  journey_.whole = symbol.decl->span;
  journey_.labels.emplace_back("done");
  if (symbol.decl->doc) journey_.doc = symbol.decl->doc->text;
}

void JourneyChecker::check_alone(Context& context, const Symbol& flow) {
  JourneyChecker checker(context, flow);
  const FlowUse& use = context.flows[flow.index];
  const std::size_t queries = context.model.history.size();
  for (const syntax::Parameter& parameter : use.node->parameters) {
    VariableInfo info;
    info.event = checker.event_parameter(parameter, use.file);
    info.kind = info.event ? VariableKind::event : VariableKind::parameter;
    if (!info.event) info.type = context.resolve_type(use.file, parameter.type);
    checker.flow_.assigned.insert(checker.declare(parameter.name, std::move(info)));
  }
  checker.policy_missed_ = true;  // a journey that runs it names one
  checker.statements(use.node->body.statements);
  context.forget_history_since(queries);
}

}  // namespace wend::sema
