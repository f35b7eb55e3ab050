#include <algorithm>
#include <utility>

#include "compiler/sema/journey_checker.h"

// What a journey tells others: `emit`, `hand off to`, and the entry of whoever is handed over. Holdouts stand here too, because they are
// handed over as well.

namespace wend::sema {

StmtPtr JourneyChecker::check_emit(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::EmitStmt>();
  if (syntax.to) {
    context_.report(Kind::emit_to_customer, syntax.to->span)
        .label("whose log would this be?")
        .note("what a journey emits is heard by its own customer; events that concern others come from outside")
        .help("leave `to …` out");
  }
  const Symbol* symbol = context_.require(file_, syntax.event, {SymbolKind::event}, "event");
  if (!symbol) {
    for (const syntax::Argument& argument : syntax.arguments.arguments) exprs().value(*argument.value);
    return nullptr;
  }
  EmitStmt result;
  result.event = static_cast<EventId>(symbol->index);
  const std::vector<types::Field> fields = context_.model.at(result.event).fields;
  result.fields = exprs().fields(symbol->name, fields, &syntax.arguments, stmt.span, Kind::missing_argument,
                                 context_.damaged_events.contains(symbol->index));
  for (std::size_t at = 0; at < fields.size(); ++at) {
    const types::Labels refused = all_labels(*result.fields[at], context_.model.types).without(fields[at].labels);
    if (!refused.any() || result.fields[at]->type.is_error()) continue;
    context_.report(Kind::label_not_emitted, result.fields[at]->span)
        .with("labels", types::to_string(refused))
        .with("event", symbol->name)
        .with("field", fields[at].name)
        .secondary(fields[at].span, "declared without the label here")
        .help("label the field, so that whoever hears the event knows: `" + fields[at].name + ": … " +
              std::string(refused.pii ? "@pii" : "@sensitive") + "`");
  }
  return make(stmt, std::move(result));
}

StmtPtr JourneyChecker::check_hand_off(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::HandOffStmt>();
  const Symbol* symbol = context_.require(file_, syntax.journey, {SymbolKind::journey}, "journey");
  StmtPtr result;
  if (symbol) {
    const auto& target = symbol->decl->as<syntax::JourneyDecl>();
    const auto is_open = [](const syntax::Header& header) {
      const auto* enter = header.get_if<syntax::EnterHeader>();
      return enter && std::holds_alternative<syntax::EnterByHandoff>(enter->source);
    };
    if (!std::ranges::any_of(target.headers, is_open) && !symbol->damaged) {
      context_.report(Kind::not_entered_by_handoff, syntax.journey.span)
          .with("journey", symbol->name)
          .secondary(symbol->span, "declared here")
          .help("let it be entered so: `enter by handoff`");
    }
    HandOffStmt made;
    made.journey = static_cast<JourneyId>(symbol->index);
    made.arguments = handed_arguments(stmt, *symbol);
    made.label = label_index(bytecode::k_handed_off_label);
    result = make(stmt, std::move(made));
  } else if (syntax.arguments) {
    for (const syntax::Argument& argument : syntax.arguments->arguments) exprs().value(*argument.value);
  }
  flow_.reachable = false;
  return result;
}

std::vector<ExprPtr> JourneyChecker::handed_arguments(const syntax::Stmt& stmt, const Symbol& target) {
  const auto& syntax = stmt.as<syntax::HandOffStmt>();
  static const std::vector<syntax::Parameter> k_none;
  const auto& declared = target.decl->as<syntax::JourneyDecl>().parameters;
  const std::vector<syntax::Parameter>& own = declared ? *declared : k_none;
  std::vector<NamedType> parameters;
  // What is wrong with the other journey is said where it stands.
  std::size_t mark = context_.error_mark();
  for (const syntax::Parameter& each : own) {
    parameters.push_back({each.name.text, context_.resolve_type(target.file, each.type), each.name.span});
  }
  context_.forget_since(mark);
  mark = context_.error_mark();
  const auto matched = match_arguments(context_, target.name, parameters, syntax.arguments ? &*syntax.arguments : nullptr, target.damaged);
  const bool misfits = context_.errors_since(mark);
  std::vector<ExprPtr> result;
  std::string missing;
  for (std::size_t at = 0; at < parameters.size(); ++at) {
    if (matched[at]) {
      result.push_back(exprs().want(*matched[at]->value, parameters[at].type, {parameters[at].span, "declared here"}));
      const types::Labels labels = all_labels(*result.back(), context_.model.types);
      if (labels.any() && !result.back()->type.is_error()) {
        context_.report(Kind::label_handed_off, matched[at]->value->span)
            .with("labels", types::to_string(labels))
            .with("journey", target.name)
            .secondary(parameters[at].span, "the parameter has no label")
            .help("the other journey can read the customer's attributes itself");
      }
    } else if (own[at].default_value) {
      mark = context_.error_mark();
      Scope nothing;
      Flow start;
      result.push_back(ExprChecker(context_, target.file, nothing, start).want(*own[at].default_value, parameters[at].type));
      context_.forget_since(mark);
    } else {
      missing += (missing.empty() ? "`" : ", `") + parameters[at].name + "`";
      result.push_back(make_error(stmt.span));
    }
  }
  if (!missing.empty() && !misfits) {
    context_.report(Kind::missing_argument, syntax.arguments ? syntax.arguments->span : syntax.journey.span)
        .with("callee", target.name)
        .with("missing", missing)
        .secondary(target.span, "declared here");
  }
  return result;
}

/// Its parameters come from whoever hands over.
void JourneyChecker::check_handoff_entry(const syntax::Header& header, const Entry& entry) {
  const auto earlier = std::ranges::find(journey_.entries, true, &Entry::handoff);
  if (&*earlier == &entry) return;
  context_.report(Kind::repeated_clause, header.keyword).with("clause", "enter by handoff").secondary(earlier->span, "given here first");
}

std::optional<Span> JourneyChecker::may_run_silently() const {
  if (!holdouts_.empty()) return holdouts_.begin()->second;
  const auto handed_to = std::ranges::find(journey_.entries, true, &Entry::handoff);
  return handed_to == journey_.entries.end() ? std::nullopt : std::optional(handed_to->span);
}

void JourneyChecker::check_holdout_header(const syntax::HoldoutHeader& header) {
  const Symbol* symbol = context_.require(file_, header.holdout, {SymbolKind::holdout}, "holdout");
  if (!symbol) return;
  const auto id = static_cast<HoldoutId>(symbol->index);
  const auto [earlier, is_new] = holdouts_.try_emplace(id, header.holdout.span);
  if (is_new) {
    journey_.holdouts.insert(std::ranges::upper_bound(journey_.holdouts, id), id);
    return;
  }
  context_.report(Kind::repeated_member, header.holdout.span)
      .with("owner", "journey `" + symbol_.name + "`")
      .with("what", "the holdout")
      .with("name", symbol->name)
      .secondary(earlier->second, "first here");
}

}  // namespace wend::sema
