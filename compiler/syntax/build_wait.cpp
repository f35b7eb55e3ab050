#include <fmt/format.h>

#include <algorithm>

#include "compiler/syntax/tree_builder.h"

// `wait`: its clauses stand in one order; in any other they are understood, and the order is said.

namespace wend::syntax {

using diag::Diagnostic;
using diag::Kind;

namespace {

/// In the order in which they stand.
enum class ClauseKind : std::uint8_t { at, calendar, past, absent, label };

std::string_view word_of(ClauseKind kind) {
  switch (kind) {
    case ClauseKind::at:
      return "at";
    case ClauseKind::calendar:
      return "using";
    case ClauseKind::past:
      return "if past";
    case ClauseKind::absent:
      return "if absent";
    case ClauseKind::label:
      return "as";
  }
  return "";
}

struct Clause {
  ClauseKind kind;
  antlr4::ParserRuleContext* context;
};

/// Those among the context's children, and those that are tolerated among them, as they are written.
void collect_clauses(antlr4::ParserRuleContext* context, std::vector<Clause>& clauses) {
  for (antlr4::tree::ParseTree* child : context->children) {
    auto* rule = dynamic_cast<antlr4::ParserRuleContext*>(child);
    if (rule == nullptr) continue;
    switch (rule->getRuleIndex()) {
      case Grammar::RuleAtTime:
        clauses.push_back({ClauseKind::at, rule});
        break;
      case Grammar::RuleUsingCalendar:
        clauses.push_back({ClauseKind::calendar, rule});
        break;
      case Grammar::RuleIfPast:
        clauses.push_back({ClauseKind::past, rule});
        break;
      case Grammar::RuleIfAbsent:
        clauses.push_back({ClauseKind::absent, rule});
        break;
      case Grammar::RuleAsName:
        clauses.push_back({ClauseKind::label, rule});
        break;
      case Grammar::RuleWaitSpec:
      case Grammar::RuleToleratedAt:
      case Grammar::RuleToleratedPast:
      case Grammar::RuleToleratedWaitClause:
        collect_clauses(rule, clauses);
        break;
      default:  // what is waited for
        break;
    }
  }
}

bool is_instant(Grammar::WaitContext* context) {
  return dynamic_cast<Grammar::WaitInstantContext*>(context->waitSpec()) != nullptr;
}

bool takes(Grammar::WaitContext* context, ClauseKind kind) {
  switch (kind) {
    case ClauseKind::at:
    case ClauseKind::label:
      return true;
    case ClauseKind::calendar:
      return !is_instant(context) && dynamic_cast<Grammar::WaitTimeContext*>(context->waitSpec()) == nullptr;
    case ClauseKind::past:
    case ClauseKind::absent:
      return is_instant(context);
  }
  return false;
}

std::string_view order_of(Grammar::WaitContext* context) {
  if (is_instant(context)) return "wait until … at … if past … if absent … as …";
  if (dynamic_cast<Grammar::WaitTimeContext*>(context->waitSpec()) != nullptr) return "wait until at … as …";
  if (dynamic_cast<Grammar::WaitNextContext*>(context->waitSpec()) != nullptr) return "wait until next … at … using … as …";
  return "wait … at … using … as …";
}

template <typename Context>
Context* find_clause(const std::vector<Clause>& clauses, ClauseKind kind) {
  const auto found = std::ranges::find(clauses, kind, &Clause::kind);
  return found == clauses.end() ? nullptr : static_cast<Context*>(found->context);
}

}  // namespace

/// At most one error about the clauses of a wait. True when there was one.
bool TreeBuilder::check_wait_clauses(Grammar::WaitContext* context) {
  std::vector<Clause> clauses;
  collect_clauses(context, clauses);
  for (auto clause = clauses.begin(); clause != clauses.end(); ++clause) {
    const Span span = span_of_context(clause->context);
    if (std::find_if(clauses.begin(), clause, [&](const Clause& each) { return each.kind == clause->kind; }) != clause) {
      report_repeated(word_of(clause->kind), span);
      return true;
    }
    const auto later = std::find_if(clauses.begin(), clause, [&](const Clause& each) { return each.kind > clause->kind; });
    if (takes(context, clause->kind) && later == clause) continue;
    Diagnostic diagnostic(Kind::wait_clause_misplaced, span);
    diagnostic.with("clause", std::string(word_of(clause->kind)));
    const std::string help = fmt::format("the order is `{}`", order_of(context));
    diagnostic.label(takes(context, clause->kind) ? fmt::format("belongs before `{}`", word_of(later->kind))
                                                  : fmt::format("this wait takes no `{}`", word_of(clause->kind)));
    const Span written = source::join(span_of_context(clauses.front().context), span_of_context(clauses.back().context));
    const bool is_plain = std::ranges::all_of(clauses, [&](const Clause& each) { return takes(context, each.kind); }) &&
                          file_.text(written).find('\n') == std::string_view::npos;
    if (is_plain) {
      std::ranges::stable_sort(clauses, {}, &Clause::kind);
      std::string ordered;
      for (const Clause& each : clauses) {
        if (!ordered.empty()) ordered += ' ';
        ordered += file_.text(span_of_context(each.context));
      }
      diagnostic.help(help, {written, std::move(ordered), diag::Applicability::likely});
    } else {
      diagnostic.help(help);
    }
    report(std::move(diagnostic));
    return true;
  }
  return false;
}

StmtNode TreeBuilder::build_wait(Grammar::WaitContext* context) {
  std::vector<Clause> clauses;
  collect_clauses(context, clauses);
  const auto at = [&] { return build_optional_at_time(find_clause<Grammar::AtTimeContext>(clauses, ClauseKind::at)); };
  const auto calendar = [&] {
    auto* clause = find_clause<Grammar::UsingCalendarContext>(clauses, ClauseKind::calendar);
    return clause == nullptr ? std::nullopt : std::optional(build_name(clause->lname()));
  };
  WaitStmt wait;
  wait.is_damaged = check_wait_clauses(context);
  wait.label = build_as(context->asName());
  Grammar::WaitSpecContext* spec = context->waitSpec();
  if (auto* period = dynamic_cast<Grammar::WaitForContext*>(spec)) {
    DurationLiteral duration = build_duration(period->dur());
    wait.spec = WaitFor{std::move(duration), at(), calendar()};
  } else if (auto* next = dynamic_cast<Grammar::WaitNextContext*>(spec)) {
    wait.spec = WaitUntilNext{build_name(next->lname()), build_at_time(next->atTime()), calendar()};
  } else if (auto* time = dynamic_cast<Grammar::WaitTimeContext*>(spec)) {
    wait.spec = WaitUntilTime{build_at_time(time->atTime())};
  } else if (auto* instant = dynamic_cast<Grammar::WaitInstantContext*>(spec)) {
    auto* past = find_clause<Grammar::IfPastContext>(clauses, ClauseKind::past);
    auto* absent = find_clause<Grammar::IfAbsentContext>(clauses, ClauseKind::absent);
    ExprPtr value = build_expr(instant->expr());
    wait.spec = WaitUntilInstant{std::move(value), at(), build_handler(past == nullptr ? nullptr : past->handler()),
                                 build_handler(absent == nullptr ? nullptr : absent->handler())};
  }
  return wait;
}

}  // namespace wend::syntax
