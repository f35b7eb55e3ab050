#include <utility>

#include "compiler/sema/expr_checker.h"
#include "compiler/sema/walk.h"

// Segments: their conditions, and `customer in segment`.

namespace wend::sema {
namespace {

/// Whether the condition may be asked at any moment, and again whenever what it reads has changed.
bool reads_customer_only(Context& context, const Expr& condition) {
  const auto is_allowed = [&](const Expr& each) {
    switch (read_kind(each)) {
      case ReadKind::nothing:
      case ReadKind::attribute:
      case ReadKind::consent:
      case ReadKind::segment:
      case ReadKind::zone:
        return true;
      case ReadKind::history:
        return each.get_if<HistoryCount>() != nullptr && context.model.at(*history_query(each)).window.has_value();
      case ReadKind::event_field:
      case ReadKind::variable:
      case ReadKind::now:
        return false;
    }
    return false;
  };
  const auto found = find_read(condition, is_allowed);
  if (!found) return true;
  if (found->read->get_if<HistoryList>()) {
    context.report(Kind::name_out_of_place, found->place)
        .with("name", "list of")
        .label("a segment asks how many there are, not which")
        .help("count them: `count of … where (…) in last …`");
    return false;
  }
  if (read_kind(*found->read) == ReadKind::history) {
    context.report(Kind::name_out_of_place, found->place)
        .with("name", "since entry")
        .label("a segment knows no instance that could have entered")
        .help("say how far back to look: `in last …`");
    return false;
  }
  Diagnostic& diagnostic = context.report(Kind::state_condition_reads, found->place)
                               .with("where", "a segment")
                               .with("allowed", "attributes, consents, the history and other segments")
                               .with("what", describe_read(*found->read, context.model));
  if (read_kind(*found->read) == ReadKind::now) {
    diagnostic.note("who is in a segment changes with time only through the windows of its history: `in last …`");
  }
  return false;
}

/// Up to a little more than the limit.
int expanded_operations(const Context& context, const Expr& expr) {
  int count = 1;
  if (const auto* member = expr.get_if<InSegment>()) count = context.segment_operations[static_cast<std::size_t>(member->segment)];
  for (const Expr* child : children(expr)) {
    if (count > k_expanded_operations_max) break;
    count += expanded_operations(context, *child);
  }
  return count;
}

}  // namespace

void SegmentChecker::ensure(SegmentId id, Span place) {
  const auto index = static_cast<std::size_t>(id);
  SegmentState& state = context_.segment_states[index];
  if (state == SegmentState::checked) return;
  if (state == SegmentState::checking) {
    context_.report(Kind::segment_cycle, place)
        .with("name", context_.model.at(id).name)
        .secondary(context_.model.at(id).span, "declared here");
    return;
  }
  state = SegmentState::checking;
  const auto [declaration, file] = context_.segments[index];
  Scope scope;
  Flow flow;
  ExprPtr condition = ExprChecker(context_, file, scope, flow).condition(*declaration->condition).expr;
  if (!condition->type.is_error() && !reads_customer_only(context_, *condition)) condition = make_error(condition->span);
  int operations = expanded_operations(context_, *condition);
  if (operations > k_expanded_operations_max) {
    context_.report(Kind::segment_too_large, declaration->name.span)
        .with("name", declaration->name.text)
        .with("limit", k_expanded_operations_max)
        .note("a segment that another one asks for is a part of its condition, each time that it is asked for");
    condition = make_error(condition->span);
    operations = 1;
  }
  context_.segment_operations[index] = operations;
  context_.model.segments[index].condition = std::move(condition);
  context_.segment_states[index] = SegmentState::checked;
}

std::optional<SegmentId> Context::require_segment(std::size_t file, const syntax::Name& name) {
  const Symbol* symbol = require(file, name, {SymbolKind::segment}, "segment");
  if (!symbol) return std::nullopt;
  const auto id = static_cast<SegmentId>(symbol->index);
  const std::size_t mark = error_mark();
  SegmentChecker(*this).ensure(id, name.span);
  return errors_since(mark) ? std::nullopt : std::optional(id);
}

Checked ExprChecker::check_in_segment(const syntax::Expr& syntax) {
  const auto& in = syntax.as<syntax::InExpr>();
  const auto* name = in.collection->get_if<syntax::NameExpr>();
  if (!name) {
    const ExprPtr collection = value(*in.collection);
    if (!collection->type.is_error()) {
      context_.report(Kind::name_out_of_place, in.element->span)
          .with("name", "customer")
          .label("the customer is in segments, and is no value that a list could hold")
          .help("read an attribute: `customer.…`");
    }
    return {make_error(syntax.span), {}, {}};
  }
  const auto segment = context_.require_segment(file_, name->name);
  if (!segment) return {make_error(syntax.span), {}, {}};
  const types::Type boolean = types::simple(types::Kind::boolean);
  ExprPtr test = make_expr(boolean, syntax.span, InSegment{*segment}, context_.model.at(*segment).condition->labels);
  if (in.negated) test = make_expr(boolean, syntax.span, Not{std::move(test)});
  return {std::move(test), {}, {}};
}

}  // namespace wend::sema
