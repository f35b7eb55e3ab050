#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/sema/expr_checker.h"
#include "compiler/sema/walk.h"

// `did`, `count of`: what is remembered of a customer's events.

namespace wend::sema {

ExprPtr ExprChecker::history_filter(const syntax::HistoryExpr& history, EventId event, VariableId binding, bool damaged) {
  Scope scope;
  Flow flow;
  flow.assigned.insert(binding);
  if (history.alias) scope.declare(history.alias->text, binding);
  ExprChecker inside(context_, file_, scope, flow);
  // A bare field name is the commonest slip here, so it is looked at before anything else is said about the name.
  const std::size_t mark = context_.error_mark();
  ExprPtr filter = inside.condition(*history.where).expr;
  if (!history.alias && !damaged && context_.errors_since(mark)) {
    const Diagnostic& first = context_.diagnostics[mark];
    const std::string name = context_.snippet(first.span());
    if (first.kind() == Kind::unknown_name && types::find_field(context_.model.at(event).fields, name)) {
      context_.diagnostics[mark].help("name the event to read its fields: `" + history.event.text + " as e where (e." + name + " …)`");
    }
  }
  if (filter->type.is_error()) return nullptr;
  const auto is_allowed = [](const Expr& expr) { return read_kind(expr) == ReadKind::event_field; };
  if (const auto found = find_read(*filter, is_allowed)) {
    const bool is_time = read_kind(*found->read) == ReadKind::zone;
    Diagnostic& diagnostic =
        context_.report(Kind::history_filter_reads, found->place).with("what", describe_read(*found->read, context_.model));
    diagnostic.note("the filter is asked when the event arrives, long before this place is reached");
    if (is_time) diagnostic.note("which moment a date-time literal is depends on the customer's time zone");
    return nullptr;
  }
  return filter;
}

ExprPtr ExprChecker::check_history(const syntax::Expr& syntax, std::uint32_t limit) {
  const auto& history = syntax.as<syntax::HistoryExpr>();
  const Symbol* symbol = context_.require(file_, history.event, {SymbolKind::event}, "event");
  std::optional<TimeSpan> window;
  bool window_fits = true;
  if (history.window.last) {
    window = context_.time_span(*history.window.last, "a window");
    window_fits = window.has_value();
  }
  if (!symbol) return make_error(syntax.span);
  const auto event = static_cast<EventId>(symbol->index);
  VariableInfo info;
  info.kind = VariableKind::event;
  info.name = info.qualified_name = history.alias ? history.alias->text : history.event.text;
  info.event = event;
  info.span = history.alias ? history.alias->span : history.event.span;
  const VariableId binding = context_.new_variable(std::move(info));
  HistoryQuery query;
  query.event = event;
  query.binding = binding;
  query.window = window;
  query.limit = limit;
  query.span = syntax.span;
  if (history.where) {
    query.filter = history_filter(history, event, binding, symbol->damaged);
    if (!query.filter) return make_error(syntax.span);
  }
  const types::Labels asked = query.filter ? query.filter->labels : types::Labels{};
  if (!window_fits) return make_error(syntax.span);
  if (history.history_kind == syntax::HistoryKind::list) return list_of_events(syntax, std::move(query));
  const types::Type integer = types::simple(types::Kind::integer);
  if (history.history_kind == syntax::HistoryKind::count) {
    return make_expr(integer, syntax.span, HistoryCount{context_.intern(std::move(query))}, asked);
  }
  const std::int64_t at_least = history.at_least ? history.at_least->value : 1;
  if (at_least < 1) {
    context_.report(Kind::wrong_count, history.at_least->span).with("what", "`at least`").label("this is always so");
    return make_error(syntax.span);
  }
  if (at_least > k_history_limit_max) {
    context_.report(Kind::history_limit, history.at_least->span).with("limit", k_history_limit_max);
    return make_error(syntax.span);
  }
  query.limit = static_cast<std::uint32_t>(at_least);
  ExprPtr count = make_expr(integer, syntax.span, HistoryCount{context_.intern(std::move(query))}, asked);
  ExprPtr wanted = make_expr(integer, syntax.span, Constant{at_least});
  return make_expr(types::simple(types::Kind::boolean), syntax.span,
                   Compare{CompareOp::greater_equal, std::move(count), std::move(wanted)});
}

/// `list of Event … up to 20`: the newest of them, as records.
ExprPtr ExprChecker::list_of_events(const syntax::Expr& syntax, HistoryQuery query) {
  const auto& history = syntax.as<syntax::HistoryExpr>();
  const Event& event = context_.model.at(query.event);
  if (event.fields.empty()) {
    if (context_.damaged_events.contains(static_cast<std::uint32_t>(query.event))) return make_error(syntax.span);
    context_.report(Kind::list_of_nothing, history.event.span)
        .with("event", event.name)
        .secondary(event.span, "declared here, without fields")
        .help("count them: `count of " + event.name + " …`");
    return make_error(syntax.span);
  }
  const syntax::IntLiteral& up_to = *history.up_to;
  if (up_to.value < 1) {
    context_.report(Kind::wrong_count, up_to.span).with("what", "`up to`").label("nothing would be kept");
    return make_error(syntax.span);
  }
  if (up_to.value > k_listed_max) {
    context_.report(Kind::list_too_long, up_to.span)
        .with("limit", k_listed_max)
        .note("the fields of so many events would be kept for every customer")
        .help("list fewer of them, or count them: `count of " + event.name + " …`");
    return make_error(syntax.span);
  }
  types::Labels labels = query.filter ? query.filter->labels : types::Labels{};
  for (const types::Field& field : event.fields) labels = labels | field.labels | types::contained_labels(field.type, context_.model.types);
  query.limit = static_cast<std::uint32_t>(up_to.value);
  query.listed = context_.event_record(query.event);
  const types::Type type = types::list_of(types::record(*query.listed));
  return make_expr(type, syntax.span, HistoryList{context_.intern(std::move(query))}, labels);
}

namespace {

/// How many events must be told apart to answer `count op k`.
std::int64_t events_needed(syntax::BinaryOp op, bool count_is_left, std::int64_t k) {
  const bool strict_above = op == (count_is_left ? syntax::BinaryOp::greater : syntax::BinaryOp::less);
  const bool at_most = op == (count_is_left ? syntax::BinaryOp::less_equal : syntax::BinaryOp::greater_equal);
  const bool exact = op == syntax::BinaryOp::equal || op == syntax::BinaryOp::not_equal;
  return strict_above || at_most || exact ? k + 1 : k;
}

bool is_count(const syntax::Expr& syntax) {
  const auto* history = syntax.get_if<syntax::HistoryExpr>();
  return history && history->history_kind == syntax::HistoryKind::count;
}

}  // namespace

ExprPtr ExprChecker::history_comparison(const syntax::BinaryExpr& binary, Span span) {
  const bool count_is_left = is_count(*binary.left);
  const types::Type integer = types::simple(types::Kind::integer);
  const syntax::Expr& count_syntax = count_is_left ? *binary.left : *binary.right;
  const syntax::Expr& other_syntax = count_is_left ? *binary.right : *binary.left;
  ExprPtr other = value(other_syntax, &integer);
  std::int64_t limit = k_free_history_limit;
  if (const auto* constant = other->get_if<Constant>(); constant && other->type.kind == types::Kind::integer) {
    const std::int64_t bound = std::get<std::int64_t>(constant->value);
    if (bound > k_history_limit_max) {
      context_.report(Kind::history_limit, other->span)
          .with("limit", k_history_limit_max)
          .note("so many of a customer's newest events would have to be kept");
      return make_error(span);
    }
    limit = std::max<std::int64_t>(1, events_needed(binary.op, count_is_left, std::max<std::int64_t>(bound, 0)));
  }
  ExprPtr count = check_history(count_syntax, static_cast<std::uint32_t>(limit));
  ExprPtr left = count_is_left ? std::move(count) : std::move(other);
  ExprPtr right = count_is_left ? std::move(other) : std::move(count);
  return compare(binary, span, std::move(left), std::move(right)).expr;
}

}  // namespace wend::sema
