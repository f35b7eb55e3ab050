#include <fmt/format.h>

#include <algorithm>

#include "compiler/syntax/tree_builder.h"
#include "compiler/syntax/words.h"

namespace wend::syntax {

using diag::Diagnostic;
using diag::Kind;

// However many follow, they were put in the wrong place once.
void TreeBuilder::report_header_after(const JourneyDecl& journey) {
  const Header& header = journey.headers.back();
  const Span first = journey.statements.empty() ? journey.body_span : journey.statements.front()->keyword;
  reporter_.report_habit("headers of " + journey.name.text, Diagnostic(Kind::header_after_statement, header.keyword)
                                                                .with("header", std::string(file_.text(header.keyword)))
                                                                .label("this describes the whole journey")
                                                                .secondary(first, "the statements begin here")
                                                                .help("header lines come before statements: move it up"));
}

JourneyDecl TreeBuilder::build_journey(Grammar::JourneyDeclContext* context) {
  JourneyDecl journey;
  journey.name = build_name(context->lname());
  journey.was = build_was(context->was());
  if (context->params() != nullptr) journey.parameters = build_parameters(context->params());
  Grammar::JourneyBodyContext* body = context->journeyBody();
  journey.body_span = span_of_context(body);
  for (Grammar::HeaderContext* each : body->header()) journey.headers.push_back(build_header(each));
  for (Grammar::StmtContext* each : body->stmt()) journey.statements.push_back(build_stmt(each));
  for (Grammar::RetiredContext* each : body->retired()) {
    if (!is_broken(each)) journey.retired.push_back(build_retired(each));
  }
  if (Grammar::ToleratedTailContext* tail = body->toleratedTail()) {
    // Behind what did not parse, a header line may be where it belongs.
    const bool is_guess = std::ranges::any_of(journey.statements, [](const auto& each) { return each->kind() == StmtKind::Error; });
    for (Grammar::HeaderContext* each : tail->header()) {
      journey.headers.push_back(build_header(each));
      if (!is_guess) report_header_after(journey);
    }
    for (Grammar::StmtContext* each : tail->stmt()) journey.statements.push_back(build_stmt(each));
    for (Grammar::RetiredContext* each : tail->retired()) {
      if (!is_broken(each)) journey.retired.push_back(build_retired(each));
    }
  }
  return journey;
}

Header TreeBuilder::build_header(Grammar::HeaderContext* context) {
  Header header;
  header.span = span_of_context(context);
  header.keyword = span_of_token(context->start);
  header.doc = doc_before(header.span);
  header.node = build_header_node(context);
  return header;
}

HeaderNode TreeBuilder::build_header_node(Grammar::HeaderContext* context) {
  if (is_broken(context)) {
    found_error_ = true;
    return ErrorHeader{};
  }
  if (auto* owner = dynamic_cast<Grammar::OwnerContext*>(context)) return OwnerHeader{build_string(owner->STRING())};
  if (auto* policy = dynamic_cast<Grammar::PolicyLineContext*>(context)) return PolicyHeader{build_name(policy->lname())};
  if (auto* holdout = dynamic_cast<Grammar::HoldoutLineContext*>(context)) return HoldoutHeader{build_name(holdout->lname())};
  if (auto* lifetime = dynamic_cast<Grammar::LifetimeContext*>(context)) return LifetimeHeader{build_duration(lifetime->dur())};
  if (auto* priority = dynamic_cast<Grammar::PriorityContext*>(context)) return PriorityHeader{build_int(priority->INT())};
  if (auto* enter = dynamic_cast<Grammar::EnterContext*>(context)) return build_enter(enter);
  if (auto* exit = dynamic_cast<Grammar::ExitRuleContext*>(context)) {
    ExitHeader node{build_name(exit->lname()), std::nullopt, nullptr};
    if (exit->eventPat() != nullptr) node.event = build_event_pattern(exit->eventPat());
    if (exit->expr() != nullptr) node.condition = build_expr(exit->expr());
    return node;
  }
  auto* goal = dynamic_cast<Grammar::GoalContext*>(context);
  GoalHeader node{build_name(goal->lname()), build_event_pattern(goal->eventPat()), build_duration(goal->dur()), GoalAnchor::entry};
  if (const antlr4::Token* which = goal->goalAnchor()->which) {
    node.anchor = literal_of(which->getType()) == "first" ? GoalAnchor::first_send : GoalAnchor::last_send;
  }
  return node;
}

EnterHeader TreeBuilder::build_enter(Grammar::EnterContext* context) {
  EnterHeader enter;
  build_enter_source(context->enterSource(), enter);
  for (Grammar::EnterOptContext* option : context->enterOpt()) build_enter_option(option, enter);
  return enter;
}

void TreeBuilder::build_enter_source(Grammar::EnterSourceContext* context, EnterHeader& enter) {
  if (auto* event = dynamic_cast<Grammar::OnEventContext*>(context)) {
    enter.source = EnterOnEvent{build_event_pattern(event->eventPat())};
    enter.with = build_with(event->withArgs());
  } else if (dynamic_cast<Grammar::ByHandoffContext*>(context) != nullptr) {
    enter.source = EnterByHandoff{};
  } else if (auto* join = dynamic_cast<Grammar::OnJoinContext*>(context)) {
    enter.source = EnterOnJoin{build_name(join->lname()), join->including() != nullptr};
    enter.with = build_with(join->withArgs());
  } else if (auto* every = dynamic_cast<Grammar::EveryContext*>(context)) {
    EnterEvery source;
    if (every->dur() != nullptr) source.period = build_duration(every->dur());
    if (every->dur() == nullptr) source.day = build_name(every->lname(0));
    source.at = build_time(every->TIME());
    source.segment = build_name(every->lname().back());
    enter.source = std::move(source);
    enter.with = build_with(every->withArgs());
  } else if (auto* yearly = dynamic_cast<Grammar::EveryYearContext*>(context)) {
    enter.source = EnterEveryYear{build_expr(yearly->expr()), build_time(yearly->TIME())};
    enter.with = build_with(yearly->withArgs());
  } else if (auto* moment = dynamic_cast<Grammar::AtMomentContext*>(context)) {
    enter.source = EnterAtMoment{build_date(moment->DATE()), build_time(moment->TIME()), build_name(moment->lname())};
    enter.with = build_with(moment->withArgs());
  }
}

void TreeBuilder::build_enter_option(Grammar::EnterOptContext* context, EnterHeader& enter) {
  const Span span = span_of_context(context);
  if (dynamic_cast<Grammar::OnceEverContext*>(context) != nullptr) {
    set_once(enter.once_ever, span, "once ever", span);
  } else if (auto* per = dynamic_cast<Grammar::OnePerContext*>(context)) {
    if (enter.one_per != nullptr) report_repeated("one per", span);
    enter.one_per = build_expr(per->expr());
  } else if (auto* cooldown = dynamic_cast<Grammar::CooldownContext*>(context)) {
    set_once(enter.cooldown, build_duration(cooldown->dur()), "cooldown", span);
  } else {
    const std::string_view last = literal_of(context->stop->getType());
    const IfRunning how = last == "ignore" ? IfRunning::ignore : last == "restart" ? IfRunning::restart : IfRunning::run_alongside;
    set_once(enter.if_running, how, "if already running", span);
    enter.if_running_span = span;
  }
}

RetiredStep TreeBuilder::build_retired(Grammar::RetiredContext* context) {
  RetiredStep retired;
  retired.step = build_qualified(context->qname(0));
  if (context->qname().size() > 1) retired.resume_at = build_qualified(context->qname(1));
  if (context->lname() != nullptr) retired.exit = build_name(context->lname());
  retired.span = span_of_context(context);
  return retired;
}

// ── tests ────────────────────────────────────────────────────────────────────────────────────────────────────────

TestDecl TreeBuilder::build_test(Grammar::TestDeclContext* context) {
  TestDecl test{build_string(context->STRING()), build_name(context->lname()), {}};
  for (Grammar::TestItemContext* each : context->testBody()->testItem()) test.items.push_back(build_test_item(each));
  return test;
}

TestItem TreeBuilder::build_test_item(Grammar::TestItemContext* context) {
  return {span_of_context(context), build_test_item_node(context)};
}

TestItemNode TreeBuilder::build_test_item_node(Grammar::TestItemContext* context) {
  if (is_broken(context)) {
    found_error_ = true;
    return ErrorItem{};
  }
  if (auto* start = dynamic_cast<Grammar::StartAtContext*>(context)) return StartAtItem{build_moment(start->moment())};
  if (auto* given = dynamic_cast<Grammar::GivenCustomerContext*>(context))
    return GivenCustomerItem{build_named_values(given->namedValues())};
  if (auto* given = dynamic_cast<Grammar::GivenNameContext*>(context)) {
    GivenNameItem item{build_name(given->lname(0)), std::nullopt, build_with(given->withArgs())};
    if (given->lname().size() > 1) item.value = build_name(given->lname(1));
    return item;
  }
  if (auto* call = dynamic_cast<Grammar::GivenCallContext*>(context)) return build_given_call(call);
  if (auto* stimulate = dynamic_cast<Grammar::StimulateContext*>(context)) return build_stimulus(stimulate);
  if (auto* advance = dynamic_cast<Grammar::AdvanceContext*>(context)) {
    AdvanceItem item;
    if (advance->moment() != nullptr) item.to = build_moment(advance->moment());
    if (advance->dur() != nullptr) item.by = build_duration(advance->dur());
    return item;
  }
  return build_expect(dynamic_cast<Grammar::ExpectContext*>(context));
}

GivenCallItem TreeBuilder::build_given_call(Grammar::GivenCallContext* context) {
  GivenCallItem item;
  item.action = build_type_name(context->UIDENT());
  for (Grammar::ExprContext* each : context->expr()) item.answers.push_back(build_expr(each));
  item.fails = item.answers.empty();
  if (context->INT() != nullptr) item.fail_times = build_int(context->INT());
  return item;
}

StimulusItem TreeBuilder::build_stimulus(Grammar::StimulateContext* context) {
  StimulusItem item;
  if (context->moment() != nullptr) item.at = build_moment(context->moment());
  if (context->dur() != nullptr) item.after = build_duration(context->dur());
  item.stimulus_span = span_of_context(context->stimulus());
  const auto heard = [&](Grammar::HeardContext* late) {
    if (late == nullptr) return;
    item.heard.emplace();
    if (late->moment() != nullptr) item.heard->at = build_moment(late->moment());
    if (late->dur() != nullptr) item.heard->after = build_duration(late->dur());
  };
  if (auto* event = dynamic_cast<Grammar::EventHappensContext*>(context->stimulus())) {
    item.stimulus = EventStimulus{build_type_name(event->UIDENT()), build_optional_arguments(event->args())};
    heard(event->heard());
  } else if (auto* receipt = dynamic_cast<Grammar::ReceiptHappensContext*>(context->stimulus())) {
    QualifiedName path;
    path.parts.push_back(build_name(receipt->path()->lname()));
    for (Grammar::AnyNameContext* each : receipt->path()->anyName()) path.parts.push_back(build_name(each));
    path.span = span_of_context(receipt->path());
    heard(receipt->heard());
    item.stimulus = ReceiptStimulus{std::move(path)};
  } else if (auto* set = dynamic_cast<Grammar::AttributeSetContext*>(context->stimulus())) {
    item.stimulus = SetStimulus{build_name(set->anyName()), build_value(set->value())};
  } else if (auto* consent = dynamic_cast<Grammar::ConsentChangeContext*>(context->stimulus())) {
    item.stimulus = ConsentStimulus{build_names(consent->names()), literal_of(consent->change->getType()) == "withdraw"};
  }
  return item;
}

ExpectItem TreeBuilder::build_expect(Grammar::ExpectContext* context) {
  ExpectItem item;
  if (context->moment() != nullptr) item.at = build_moment(context->moment());
  if (context->expr() != nullptr) item.for_instance = build_expr(context->expr());
  const auto counted = [](const antlr4::Token* token) {
    return literal_of(token->getType()) == "calls" ? CountedCommand::calls : CountedCommand::sends;
  };
  Grammar::ExpectationContext* expectation = context->expectation();
  if (auto* sent = dynamic_cast<Grammar::ExpectSentContext*>(expectation)) {
    SentExpectation node{sent->negated != nullptr, build_type_name(sent->UIDENT()), build_optional_arguments(sent->args()), std::nullopt};
    if (sent->lname() != nullptr) node.via = build_name(sent->lname());
    item.expectation = std::move(node);
  } else if (auto* called = dynamic_cast<Grammar::ExpectCalledContext*>(expectation)) {
    item.expectation =
        CalledExpectation{called->negated != nullptr, build_type_name(called->UIDENT()), build_optional_arguments(called->args())};
  } else if (auto* count = dynamic_cast<Grammar::ExpectCountContext*>(expectation)) {
    item.expectation = CountExpectation{build_int(count->INT()), counted(count->counted)};
  } else if (auto* sent_count = dynamic_cast<Grammar::ExpectSentCountContext*>(expectation)) {
    item.expectation = SentCountExpectation{build_int(sent_count->INT()), build_type_name(sent_count->UIDENT()),
                                            build_optional_arguments(sent_count->args())};
  } else if (auto* none = dynamic_cast<Grammar::ExpectNoneContext*>(expectation)) {
    item.expectation = CountExpectation{IntLiteral{"0", 0, span_of_token(none->start)}, counted(none->counted)};
  } else if (auto* suppressed = dynamic_cast<Grammar::ExpectSuppressedContext*>(expectation)) {
    SuppressedExpectation node{build_type_name(suppressed->UIDENT()), std::nullopt, build_name(suppressed->anyName())};
    if (suppressed->lname() != nullptr) node.via = build_name(suppressed->lname());
    item.expectation = std::move(node);
  } else if (auto* exited = dynamic_cast<Grammar::ExpectExitedContext*>(expectation)) {
    item.expectation = ExitedExpectation{build_name(exited->lname())};
  } else if (auto* goal = dynamic_cast<Grammar::ExpectGoalContext*>(expectation)) {
    item.expectation = GoalExpectation{false, build_name(goal->lname())};
  } else if (auto* none_reached = dynamic_cast<Grammar::ExpectNoGoalContext*>(expectation)) {
    item.expectation = GoalExpectation{true, std::nullopt};
    if (none_reached->lname() != nullptr) std::get<GoalExpectation>(item.expectation).goal = build_name(none_reached->lname());
  } else if (auto* waiting = dynamic_cast<Grammar::ExpectWaitingContext*>(expectation)) {
    item.expectation = WaitingExpectation{build_qualified(waiting->qname())};
  } else if (auto* condition = dynamic_cast<Grammar::ExpectConditionContext*>(expectation)) {
    item.expectation = ConditionExpectation{build_expr(condition->expr())};
  }
  return item;
}

}  // namespace wend::syntax
