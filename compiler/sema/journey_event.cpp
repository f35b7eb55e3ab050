#include <algorithm>
#include <utility>

#include "compiler/sema/journey_checker.h"
#include "compiler/sema/walk.h"

// Events in journeys: bindings, `same`, `where`.

namespace wend::sema {

std::optional<EventId> JourneyChecker::require_event(const syntax::Name& name) {
  const Symbol* symbol = context_.require(file_, name, {SymbolKind::event}, "event");
  return symbol ? std::optional(static_cast<EventId>(symbol->index)) : std::nullopt;
}

VariableId JourneyChecker::event_variable(const syntax::EventPattern& pattern, EventId event) {
  count_name(pattern.event.span);
  VariableInfo info;
  info.kind = VariableKind::event;
  info.name = pattern.alias && !pattern.alias->text.empty() ? pattern.alias->text : pattern.event.text;
  info.qualified_name = qualified(info.name);
  info.event = event;
  info.span = pattern.alias ? pattern.alias->span : pattern.event.span;
  return context_.new_variable(std::move(info));
}

ExprPtr JourneyChecker::event_condition(const syntax::EventPattern& pattern, EventId event, VariableId binding, Facts* learned,
                                        bool* failed) {
  if (pattern.alias && !pattern.alias->text.empty()) {
    if (const auto taken = scope_.find(pattern.alias->text)) {
      context_.report(Kind::name_taken, pattern.alias->span)
          .with("name", pattern.alias->text)
          .secondary(context_.model.at(*taken).span, "its first meaning")
          .help("give this event another name");
      *failed = true;
    }
    scope_.declare(pattern.alias->text, binding);
  }
  flow_.assigned.insert(binding);
  ExprPtr condition;
  const auto require_also = [&](ExprPtr next) {
    if (!next || next->type.is_error()) {
      *failed = true;
      return;
    }
    if (!condition) {
      condition = std::move(next);
      return;
    }
    const Span span = source::join(condition->span, next->span);
    condition = make_expr(types::simple(types::Kind::boolean), span, And{std::move(condition), std::move(next)});
  };
  for (const syntax::Name& field : pattern.same) {
    if (!field.text.empty()) require_also(same_field(field, event, binding, failed));
  }
  if (pattern.where) {
    Checked where = exprs().condition(*pattern.where);
    if (learned) *learned = where.when_true;
    require_also(std::move(where.expr));
  }
  return condition;
}

ExprPtr JourneyChecker::same_field(const syntax::Name& field, EventId event_id, VariableId binding, bool* failed) {
  const Event& event = context_.model.at(event_id);
  const auto index = context_.require_field(event.fields, event.name, event.span, field,
                                            context_.damaged_events.contains(static_cast<std::uint32_t>(event_id)));
  types::Type entry_type;
  ExprPtr entered = index ? entry_field(field, &entry_type) : nullptr;
  if (!index || !entered) {
    *failed = true;
    return make_error(field.span);
  }
  const types::Type& type = event.fields[*index].type;
  if (type.is_error() || entry_type.is_error()) return make_error(field.span);
  if (types::required(type) != types::required(entry_type)) {
    context_.report(Kind::same_field, field.span)
        .with("field", field.text)
        .label("the types differ: " + context_.quoted(type) + " here, " + context_.quoted(entry_type) + " there")
        .secondary(event.fields[*index].span, "a field of `" + event.name + "`");
    return make_error(field.span);
  }
  ExprPtr read = make_expr(type, field.span, EventField{binding, *index}, event.fields[*index].labels);
  return make_expr(types::simple(types::Kind::boolean), field.span, Compare{CompareOp::equal, std::move(read), std::move(entered)});
}

ExprPtr JourneyChecker::entry_field(const syntax::Name& field, types::Type* type) {
  if (journey_.entries.empty()) return nullptr;
  std::vector<std::uint32_t> fields;
  for (const Entry& entry : journey_.entries) {
    if (!entry.event) {
      context_.report(Kind::same_field, field.span)
          .with("field", field.text)
          .label("not every instance has been started by an event")
          .secondary(entry.span, "an instance starts here without one");
      return nullptr;
    }
    const Event& event = context_.model.at(*entry.event);
    const auto index = types::find_field(event.fields, field.text);
    if (!index) {
      if (!context_.damaged_events.contains(static_cast<std::uint32_t>(*entry.event))) {
        context_.report(Kind::same_field, field.span)
            .with("field", field.text)
            .label("`" + event.name + "` has no such field")
            .secondary(entry.span, "`" + event.name + "` starts an instance here");
      }
      return nullptr;
    }
    if (!fields.empty() && event.fields[*index].type != *type) {
      context_.report(Kind::same_field, field.span)
          .with("field", field.text)
          .label("the events that start an instance have different types for it")
          .secondary(event.fields[*index].span, "this is " + context_.quoted(event.fields[*index].type));
      return nullptr;
    }
    *type = event.fields[*index].type;
    fields.push_back(*index);
  }
  const Entry& first = journey_.entries.front();
  const bool one_binding = std::ranges::all_of(journey_.entries, [&](const Entry& entry) { return entry.binding == first.binding; });
  const types::Labels labels = context_.model.at(*first.event).fields[fields.front()].labels;
  if (one_binding) return make_expr(*type, field.span, EventField{*first.binding, fields.front()}, labels);
  const auto [captured, is_new] = captured_.try_emplace(field.text);
  if (is_new) {
    VariableInfo info;
    info.kind = VariableKind::entry_field;
    info.name = field.text;
    info.qualified_name = qualified("entry." + field.text);
    info.type = *type;
    info.labels = labels;
    info.span = first.span;
    captured->second = context_.new_variable(std::move(info));
    journey_.entry_captures.push_back({captured->second, std::move(fields)});
  }
  return make_expr(*type, field.span, Variable{captured->second}, labels);
}

bool JourneyChecker::check_reads(const ExprPtr& expr, std::initializer_list<ReadKind> allowed, const std::string& where,
                                 const std::string& allowed_text) {
  if (!expr) return true;
  if (expr->type.is_error()) return false;
  const auto found = find_read(*expr, [&](const Expr& each) { return std::ranges::find(allowed, read_kind(each)) != allowed.end(); });
  if (!found) return true;
  Diagnostic& diagnostic = context_.report(Kind::state_condition_reads, found->place)
                               .with("where", where)
                               .with("allowed", allowed_text)
                               .with("what", describe_read(*found->read, context_.model));
  if (read_kind(*found->read) == ReadKind::now) {
    diagnostic.note("time passes without anything happening that could ask the condition again")
        .help("wait for a moment with `wait until`");
  } else if (read_kind(*found->read) == ReadKind::history) {
    diagnostic.help("listen to the event itself, ask for a segment (`customer in …`), or test the history where control passes");
  }
  return false;
}

}  // namespace wend::sema
