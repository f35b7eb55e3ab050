#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "compiler/sema/journey_checker.h"
#include "compiler/sema/test_checker.h"
#include "compiler/sema/walk.h"

// Tests: what happens, and what is expected.

namespace wend::sema {

void TestChecker::check(const syntax::TestDecl& declaration) {
  test_.title = declaration.title.text;
  test_.span = declaration.title.span;
  const Symbol* symbol = context_.require(file_, declaration.journey, {SymbolKind::journey}, "journey");
  if (!symbol) return;
  test_.journey = static_cast<JourneyId>(symbol->index);
  journey_is_damaged_ = symbol->damaged;
  for (const syntax::TestItem& item : declaration.items) check_item(item);
  finish_customer();
  context_.model.tests.push_back(std::move(test_));
}

Moment TestChecker::moment(const syntax::MomentLiteral& literal) {
  Moment result;
  result.date = days_from_civil({literal.date.year, literal.date.month, literal.date.day});
  result.time = literal.time.seconds_of_day();
  if (literal.offset_minutes) result.offset_minutes = *literal.offset_minutes;
  result.span = literal.span;
  return result;
}

void TestChecker::check_item(const syntax::TestItem& item) {
  switch (item.kind()) {
    case syntax::TestItemKind::Error:
      fixture_is_broken_ = true;
      return;
    case syntax::TestItemKind::StartAt:
      if (test_.start_at) {
        context_.report(Kind::repeated_clause, item.span).with("clause", "start at").secondary(test_.start_at->span, "given here first");
        return;
      }
      test_.start_at = moment(item.as<syntax::StartAtItem>().moment);
      return;
    case syntax::TestItemKind::GivenCustomer:
      take_values(item.as<syntax::GivenCustomerItem>().values, file_, false);
      return;
    case syntax::TestItemKind::GivenName:
      given_name(item.as<syntax::GivenNameItem>(), item.span);
      return;
    case syntax::TestItemKind::GivenCall:
      given_call(item.as<syntax::GivenCallItem>(), item.span);
      return;
    case syntax::TestItemKind::Stimulus:
      check_stimulus(item.as<syntax::StimulusItem>(), item.span);
      return;
    case syntax::TestItemKind::Advance:
      check_advance(item.as<syntax::AdvanceItem>(), item.span);
      return;
    case syntax::TestItemKind::Expect:
      check_expectation(item.as<syntax::ExpectItem>(), item.span);
      return;
  }
}

// ── what happens ─────────────────────────────────────────────────────────────────────────────────────────────────

void TestChecker::check_stimulus(const syntax::StimulusItem& syntax, Span span) {
  Stimulus result;
  if (syntax.at) result.at = moment(*syntax.at);
  bool failed = false;
  if (syntax.after) {
    result.after = context_.time_span(*syntax.after, "");
    failed = !result.after;
  }
  if (syntax.heard) {
    result.heard.emplace();
    if (syntax.heard->at) result.heard->at = moment(*syntax.heard->at);
    if (syntax.heard->after) result.heard->after = context_.time_span(*syntax.heard->after, "");
    failed = failed || !(result.heard->at || result.heard->after);
  }
  if (const auto* event = std::get_if<syntax::EventStimulus>(&syntax.stimulus)) {
    const Symbol* symbol = context_.require(file_, event->event, {SymbolKind::event}, "event");
    if (!symbol) return;
    const std::vector<types::Field> fields = context_.model.events[symbol->index].fields;
    Scope scope;
    Flow flow;
    const bool is_damaged = context_.damaged_events.contains(symbol->index);
    EventStimulus stimulus;
    stimulus.event = static_cast<EventId>(symbol->index);
    stimulus.fields = ExprChecker(context_, file_, scope, flow)
                          .fields(symbol->name, fields, event->arguments ? &*event->arguments : nullptr, syntax.stimulus_span,
                                  Kind::test_field_missing, is_damaged);
    for (const ExprPtr& field : stimulus.fields) failed = !check_constant(*field) || failed;
    result.what = std::move(stimulus);
  } else if (const auto* path = std::get_if<syntax::ReceiptStimulus>(&syntax.stimulus)) {
    auto stimulus = receipt(path->path);
    if (!stimulus) return;
    result.what = std::move(*stimulus);
  } else if (const auto* set = std::get_if<syntax::SetStimulus>(&syntax.stimulus)) {
    const auto attribute = context_.require_attribute(set->attribute);
    if (!attribute) return;
    const Attribute& declared = context_.model.at(*attribute);
    SetStimulus stimulus{*attribute,
                         constant(*set->value, declared.type, {declared.span, "declared " + context_.quoted(declared.type) + " here"})};
    failed = failed || stimulus.value->type.is_error();
    result.what = std::move(stimulus);
  } else {
    const auto& consent = std::get<syntax::ConsentStimulus>(syntax.stimulus);
    ConsentStimulus stimulus;
    stimulus.withdraw = consent.withdraw;
    for (const syntax::Name& name : consent.topics) {
      if (const auto topic = context_.require_topic(name)) stimulus.topics.push_back(*topic);
    }
    result.what = std::move(stimulus);
  }
  if (!failed) test_.items.emplace_back(std::move(result), span);
}

namespace {

std::string join_path(const syntax::QualifiedName& path, std::size_t count) {
  std::string result;
  for (std::size_t at = 0; at < count; ++at) result += (at == 0 ? "" : ".") + path.parts[at].text;
  return result;
}

/// `plain.nudge` for `plain.first_touch.nudge`: what is around a name may be left out, as long as it stays clear which is meant.
bool leaves_out_parts_of(const std::string& path, const std::string& whole) {
  std::size_t at = 0;  // where the rest of `whole` begins
  std::size_t begin = 0;
  for (std::size_t end = path.find('.'); end != std::string::npos; end = path.find('.', begin)) {
    const std::string part = path.substr(begin, end - begin + 1);
    for (; at < whole.size() && whole.compare(at, part.size(), part) != 0; ++at) at = std::min(whole.find('.', at), whole.size());
    if (at >= whole.size()) return false;
    at += part.size();
    begin = end + 1;
  }
  return at < whole.size() && is_end_of(path.substr(begin), whole.substr(at));
}

/// The one candidate that a path names: exactly, or as the end of exactly one, or else with parts of exactly one left out.
template <typename Candidate>
const Candidate* pick(const std::vector<Candidate>& candidates, const std::string& path, bool* ambiguous) {
  const auto exact = std::ranges::find(candidates, path, &Candidate::path);
  if (exact != candidates.end()) return &*exact;
  for (const auto is_meant : {is_end_of, leaves_out_parts_of}) {
    const auto count = std::ranges::count_if(candidates, [&](const Candidate& each) { return is_meant(path, each.path); });
    *ambiguous = count > 1;
    if (count > 1) return nullptr;
    if (count == 1) return &*std::ranges::find_if(candidates, [&](const Candidate& each) { return is_meant(path, each.path); });
  }
  return nullptr;
}

}  // namespace

const std::vector<TestChecker::DeliveryPath>& TestChecker::deliveries() {
  if (deliveries_) return *deliveries_;
  deliveries_.emplace();
  for_each_stmt(journey().body, [&](const Stmt& stmt) {
    const auto* send = stmt.get_if<SendStmt>();
    if (!send || !send->delivery) return;
    deliveries_->push_back({context_.model.at(*send->delivery).qualified_name, *send->delivery, send->path});
  });
  return *deliveries_;
}

std::optional<ReceiptStimulus> TestChecker::receipt(const syntax::QualifiedName& path) {
  if (path.parts.size() < 2) return std::nullopt;
  const std::string delivery = join_path(path, path.parts.size() - 1);
  const syntax::Name& receipt = path.parts.back();
  const std::vector<DeliveryPath>& candidates = deliveries();
  bool ambiguous = false;
  const DeliveryPath* found = pick(candidates, delivery, &ambiguous);
  if (!found) {
    const Span span = source::join(path.parts.front().span, path.parts[path.parts.size() - 2].span);
    if (ambiguous) {
      context_.report(Kind::ambiguous_path, span).with("path", delivery).with("journey", journey().name).help("write the step before it");
    } else if (context_.complete && !journey_is_damaged_) {
      std::vector<std::string> names;
      for (const DeliveryPath& each : candidates) names.push_back(context_.model.at(each.variable).name);
      Diagnostic& diagnostic = context_.report(Kind::unknown_name, span).with("what", "delivery").with("name", delivery);
      diagnostic.label("journey `" + journey().name + "` has no `send … as` of that name");
      context_.suggest(diagnostic, span, delivery, names);
    }
    return std::nullopt;
  }
  const VariableInfo& variable = context_.model.at(found->variable);
  // Whatever a channel reports to authors, its provider may fail.
  std::vector<std::string> reported{"failed"};
  for (const ChannelId id : variable.channels) {
    for (const std::string& each : context_.model.at(id).receipts) reported.push_back(each);
  }
  if (std::ranges::find(reported, receipt.text) == reported.end() && !variable.channels.empty()) {
    const Channel& channel = context_.model.at(variable.channels.front());
    Diagnostic& diagnostic =
        context_.report(Kind::receipt_not_reported, receipt.span).with("receipt", receipt.text).with("channel", channel.name);
    diagnostic.secondary(channel.span, "the channel is declared here");
    context_.suggest(diagnostic, receipt.span, receipt.text, reported);
    return std::nullopt;
  }
  return ReceiptStimulus{found->variable, found->site_path, receipt.text};
}

void TestChecker::check_advance(const syntax::AdvanceItem& syntax, Span span) {
  Advance result;
  if (syntax.to) {
    result.how = AdvanceTo{moment(*syntax.to)};
  } else if (syntax.by) {
    const auto by = context_.time_span(*syntax.by, "an advance");
    if (!by) return;
    result.how = AdvanceBy{*by};
  } else {
    result.how = AdvanceUntilDone{};
  }
  test_.items.emplace_back(std::move(result), span);
}

// ── what is expected ─────────────────────────────────────────────────────────────────────────────────────────────

std::optional<ChannelId> TestChecker::channel(const std::optional<syntax::Name>& name, bool* failed) {
  if (!name) return std::nullopt;
  const Symbol* symbol = context_.require(file_, *name, {SymbolKind::channel}, "channel");
  *failed = *failed || !symbol;
  return symbol ? std::optional(static_cast<ChannelId>(symbol->index)) : std::nullopt;
}

std::optional<ExpectSent> TestChecker::sent(const syntax::Name& message, const std::optional<syntax::ArgumentList>& arguments,
                                            const std::optional<syntax::Name>& via) {
  const Symbol* symbol = context_.require(file_, message, {SymbolKind::message}, "message");
  bool failed = !symbol;
  const auto channel_id = channel(via, &failed);
  if (!symbol) return std::nullopt;
  ExpectSent result;
  result.message = static_cast<MessageId>(symbol->index);
  result.via = channel_id;
  const std::vector<Parameter>& declared = context_.model.at(result.message).parameters;
  auto expected = expected_arguments(*symbol, declared, arguments ? &*arguments : nullptr);
  if (failed || !expected) return std::nullopt;
  result.arguments = std::move(*expected);
  return result;
}

std::optional<std::vector<ExpectedArgument>> TestChecker::expected_arguments(const Symbol& symbol, const std::vector<Parameter>& declared,
                                                                             const syntax::ArgumentList* arguments) {
  std::vector<NamedType> parameters;
  for (const Parameter& each : declared) parameters.push_back({each.name, each.type, each.span});
  const auto matched = match_arguments(context_, symbol.name, parameters, arguments, symbol.damaged);
  std::vector<ExpectedArgument> result;
  bool failed = false;
  for (std::size_t at = 0; at < parameters.size(); ++at) {
    if (!matched[at]) continue;
    const NamedType& parameter = parameters[at];
    ExprPtr value =
        constant(*matched[at]->value, parameter.type, {parameter.span, "declared " + context_.quoted(parameter.type) + " here"});
    failed = failed || value->type.is_error();
    result.push_back({static_cast<std::uint32_t>(at), std::move(value)});
  }
  if (failed) return std::nullopt;
  return result;
}

std::optional<ExpectSuppressed> TestChecker::suppressed(const syntax::SuppressedExpectation& expectation) {
  static constexpr std::array<std::string_view, 8> k_reasons = {"holdout", "consent", "unreachable", "expired",
                                                                "quiet",   "capped",  "paused",      "suppressed"};
  const Symbol* symbol = context_.require(file_, expectation.message, {SymbolKind::message}, "message");
  bool failed = !symbol;
  const auto channel_id = channel(expectation.via, &failed);
  const std::string& reason = expectation.reason.text;
  if (std::ranges::find(k_reasons, reason) == k_reasons.end()) {
    if (!reason.empty()) {
      Diagnostic& diagnostic = context_.report(Kind::unknown_reason, expectation.reason.span).with("name", reason);
      diagnostic.note("reasons are holdout, consent, unreachable, expired, quiet, capped, paused and suppressed");
      context_.suggest(diagnostic, expectation.reason.span, reason, {k_reasons.begin(), k_reasons.end()});
    }
    failed = true;
  }
  if (failed) return std::nullopt;
  return ExpectSuppressed{static_cast<MessageId>(symbol->index), channel_id, reason};
}

std::optional<ExpectExited> TestChecker::exited(const syntax::Name& label) {
  if (label.text.empty()) return std::nullopt;
  const std::vector<std::string>& labels = journey().labels;
  if (is_reserved_label(label.text) || std::ranges::find(labels, label.text) != labels.end()) return ExpectExited{label.text};
  if (journey_is_damaged_) return std::nullopt;
  Diagnostic& diagnostic = context_.report(Kind::unknown_exit_label, label.span).with("journey", journey().name).with("name", label.text);
  diagnostic.secondary(journey().span, "declared here");
  context_.suggest(diagnostic, label.span, label.text, labels);
  return std::nullopt;
}

std::optional<ExpectGoal> TestChecker::goal(const syntax::GoalExpectation& expectation) {
  if (!expectation.goal) return ExpectGoal{expectation.negated, std::nullopt};
  const std::string& name = expectation.goal->text;
  std::vector<std::string> names;
  for (const Goal& each : journey().goals) names.push_back(each.name);
  if (std::ranges::find(names, name) != names.end()) return ExpectGoal{expectation.negated, name};
  if (name.empty() || journey_is_damaged_) return std::nullopt;
  Diagnostic& diagnostic = context_.report(Kind::unknown_name, expectation.goal->span).with("what", "goal").with("name", name);
  diagnostic.secondary(journey().span, "the journey is declared here");
  context_.suggest(diagnostic, expectation.goal->span, name, names);
  return std::nullopt;
}

ExprPtr TestChecker::condition(const syntax::Expr& syntax) {
  Scope scope;
  Flow flow;
  for (const Entry& entry : journey().entries) {
    if (!entry.binding) continue;
    const VariableInfo& binding = context_.model.at(*entry.binding);
    if (!scope.find(binding.name)) scope.declare(binding.name, *entry.binding);
    flow.assigned.insert(*entry.binding);
  }
  ExprPtr result = ExprChecker(context_, file_, scope, flow).condition(syntax).expr;
  if (result->type.is_error()) return nullptr;
  const auto found =
      find_read(*result, [](const Expr& each) { return read_kind(each) != ReadKind::now && read_kind(each) != ReadKind::variable; });
  if (!found) return result;
  context_.report(Kind::expectation_reads, found->place).with("what", describe_read(*found->read, context_.model));
  return nullptr;
}

void TestChecker::check_expectation(const syntax::ExpectItem& item, Span span) {
  Expectation result;
  bool failed = false;
  if (item.at) result.at = moment(*item.at);
  if (item.for_instance) {
    result.for_instance = condition(*item.for_instance);
    failed = !result.for_instance;
  }
  const auto take = [&](auto what) {
    failed = failed || !what.has_value();
    if (what) result.what = std::move(*what);
  };
  if (const auto* expected = std::get_if<syntax::SentExpectation>(&item.expectation)) {
    auto what = sent(expected->message, expected->arguments, expected->via);
    if (what) what->negated = expected->negated;
    take(std::move(what));
  } else if (const auto* counted = std::get_if<syntax::SentCountExpectation>(&item.expectation)) {
    auto what = sent(counted->message, counted->arguments, std::nullopt);
    if (what) what->count = counted->count.value;
    take(std::move(what));
  } else if (const auto* count = std::get_if<syntax::CountExpectation>(&item.expectation)) {
    if (count->counted == syntax::CountedCommand::calls) {
      result.what = ExpectCalled{false, std::nullopt, {}, count->count.value};
    } else {
      result.what = ExpectSends{count->count.value};
    }
  } else if (const auto* asked = std::get_if<syntax::CalledExpectation>(&item.expectation)) {
    take(called(*asked));
  } else if (const auto* lost = std::get_if<syntax::SuppressedExpectation>(&item.expectation)) {
    take(suppressed(*lost));
  } else if (const auto* ended = std::get_if<syntax::ExitedExpectation>(&item.expectation)) {
    take(exited(ended->label));
  } else if (const auto* reached = std::get_if<syntax::GoalExpectation>(&item.expectation)) {
    take(goal(*reached));
  } else if (const auto* parked = std::get_if<syntax::WaitingExpectation>(&item.expectation)) {
    take(waiting(parked->path));
  } else {
    const syntax::Expr& syntax = *std::get<syntax::ConditionExpectation>(item.expectation).condition;
    if (const auto* name = syntax.get_if<syntax::NameExpr>()) {
      Diagnostic& diagnostic = context_.report(Kind::lone_name, syntax.span).with("name", name->name.text);
      const bool is_label =
          is_reserved_label(name->name.text) || std::ranges::find(journey().labels, name->name.text) != journey().labels.end();
      const bool is_place = std::ranges::any_of(journey().places, [&](const std::string& place) { return is_end_of(name->name.text, place); });
      if (is_label) diagnostic.help("expect an exit: `expect exited as " + name->name.text + "`");
      if (is_place) diagnostic.help("expect a position: `expect waiting in " + name->name.text + "`");
      if (!is_label && !is_place) diagnostic.help("write a condition, such as `customer.stage == …`");
      return;
    }
    ExprPtr checked = condition(syntax);
    failed = failed || !checked;
    result.what = ExpectCondition{std::move(checked)};
  }
  if (!failed) test_.items.emplace_back(std::move(result), span);
}

}  // namespace wend::sema
