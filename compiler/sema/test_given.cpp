#include <algorithm>
#include <utility>

#include "compiler/sema/test_checker.h"
#include "compiler/sema/walk.h"

// What a test gives: the customer, consents, arms of experiments.

namespace wend::sema {

bool TestChecker::check_constant(const Expr& expr) {
  if (expr.type.is_error()) return false;
  const auto found = find_read(expr, [](const Expr& each) { return read_kind(each) == ReadKind::zone; });
  if (!found) return true;
  context_.report(Kind::test_value_reads, found->place).with("what", describe_read(*found->read, context_.model));
  return false;
}

ExprPtr TestChecker::constant(const syntax::Expr& syntax, const types::Type& type, const Because& because) {
  Scope scope;
  Flow flow;
  ExprPtr value = ExprChecker(context_, file_, scope, flow).want(syntax, type, because);
  if (value->type.is_error() || check_constant(*value)) return value;
  return make_error(syntax.span);
}

namespace {

/// `consents: [marketing_email]`: topics, not values.
std::vector<TopicId> consent_topics(Context& context, const syntax::Expr& value) {
  std::vector<TopicId> result;
  const auto* list = value.get_if<syntax::ListExpr>();
  if (!list) {
    if (value.kind() != syntax::ExprKind::Error) {
      context.report(Kind::type_mismatch, value.span)
          .with("expected", "a list of consent topics")
          .with("found", "another value")
          .help("list them in brackets: `consents: [marketing_email]`");
    }
    return result;
  }
  for (const syntax::ExprPtr& element : list->elements) {
    const auto* name = element->get_if<syntax::NameExpr>();
    if (name) {
      if (const auto topic = context.require_topic(name->name)) result.push_back(*topic);
    } else if (element->kind() != syntax::ExprKind::Error) {
      context.report(Kind::type_mismatch, element->span).with("expected", "the name of a consent topic").with("found", "another value");
    }
  }
  return result;
}

struct CheckedValue {
  std::optional<AttributeId> attribute;
  ExprPtr value;
};

CheckedValue check_value(Context& context, const syntax::Name& name, const syntax::Expr& value, std::size_t file) {
  CheckedValue result;
  result.attribute = context.require_attribute(name);
  if (!result.attribute) return result;
  const Attribute& attribute = context.model.at(*result.attribute);
  if (attribute.name == "id") {
    context.report(Kind::nothing_to_give, name.span)
        .with("name", "id")
        .label("every test has a customer of its own, with an id of its own");
    result.attribute.reset();
    return result;
  }
  Scope scope;
  Flow flow;
  result.value = ExprChecker(context, file, scope, flow)
                     .want(value, attribute.type, {attribute.span, "declared " + context.quoted(attribute.type) + " here"});
  if (result.value->type.is_error()) return result;
  const auto found = find_read(*result.value, [](const Expr& each) { return read_kind(each) == ReadKind::zone; });
  if (found) {
    context.report(Kind::test_value_reads, found->place).with("what", describe_read(*found->read, context.model));
    result.value = make_error(value.span);
  }
  return result;
}

}  // namespace

void check_fixture(Context& context, const syntax::FixtureDecl& fixture, std::size_t file) {
  std::map<std::string, Span> seen;
  for (const syntax::NamedValue& each : fixture.values) {
    if (each.name.text.empty()) continue;
    const auto [earlier, is_new] = seen.try_emplace(each.name.text, each.name.span);
    if (!is_new) {
      context.report(Kind::repeated_argument, each.name.span).with("name", each.name.text).secondary(earlier->second, "given here first");
    } else if (each.name.text == "consents") {
      consent_topics(context, *each.value);
    } else {
      check_value(context, each.name, *each.value, file);
    }
  }
}

void TestChecker::take_value(const syntax::Name& name, const syntax::Expr& value, std::size_t file, bool is_fixture) {
  if (name.text.empty()) return;
  GivenValue& given = values_[name.text];
  if (given.value && !given.is_fixture && !is_fixture) {
    context_.report(Kind::repeated_argument, name.span).with("name", name.text).secondary(given.name_span, "given here first");
  }
  if (!given.value) value_order_.push_back(name.text);
  given = {&value, file, name.span, is_fixture};
}

void TestChecker::take_values(const std::vector<syntax::NamedValue>& values, std::size_t file, bool is_fixture) {
  for (const syntax::NamedValue& each : values) take_value(each.name, *each.value, file, is_fixture);
}

void TestChecker::given_name(const syntax::GivenNameItem& given, Span span) {
  const Symbol* symbol =
      context_.require(file_, given.name, {SymbolKind::fixture, SymbolKind::experiment, SymbolKind::holdout}, "fixture, experiment or holdout");
  if (!symbol) {
    fixture_is_broken_ = true;
    return;
  }
  if (symbol->kind == SymbolKind::holdout) return given_holdout(given, *symbol, span);
  if (symbol->kind == SymbolKind::experiment) return given_arm(given, *symbol, span);
  if (given.value) {
    context_.report(Kind::nothing_to_give, given.value->span)
        .with("name", given.value->text)
        .label("a fixture is given as it is, or changed: `given " + symbol->name + " with (…)`");
    return;
  }
  if (symbol->damaged) fixture_is_broken_ = true;
  take_values(symbol->decl->as<syntax::FixtureDecl>().values, symbol->file, true);
  if (!given.with) return;
  for (const syntax::Argument& argument : given.with->arguments) {
    if (!argument.name) {
      context_.report(Kind::nothing_to_give, argument.span)
          .with("name", context_.snippet(argument.span))
          .label("which attribute is this? write `name: value`");
      continue;
    }
    take_value(*argument.name, *argument.value, file_, false);
  }
}

void TestChecker::given_arm(const syntax::GivenNameItem& given, const Symbol& symbol, Span span) {
  const Experiment& experiment = context_.model.experiments[symbol.index];
  if (!given.value) {
    context_.report(Kind::nothing_to_give, given.name.span)
        .with("name", given.name.text)
        .label("which arm?")
        .help("name one: `given " + given.name.text + " = …`");
    return;
  }
  if (given.value->text.empty()) return;
  const auto arm = std::ranges::find(experiment.arms, given.value->text, &ExperimentArm::name);
  if (arm == experiment.arms.end()) {
    if (symbol.damaged) return;
    std::vector<std::string> candidates;
    for (const ExperimentArm& each : experiment.arms) candidates.push_back(each.name);
    Diagnostic& diagnostic = context_.report(Kind::unknown_name, given.value->span)
                                 .with("what", "arm")
                                 .with("name", given.value->text)
                                 .secondary(experiment.span, "the experiment is declared here");
    context_.suggest(diagnostic, given.value->span, given.value->text, candidates);
    return;
  }
  const auto id = static_cast<ExperimentId>(symbol.index);
  const auto earlier = std::ranges::find(test_.arms, id, &GivenArm::experiment);
  if (earlier != test_.arms.end()) {
    context_.report(Kind::repeated_argument, span).with("name", symbol.name).secondary(earlier->span, "given here first");
    return;
  }
  test_.arms.push_back({id, static_cast<std::uint32_t>(arm - experiment.arms.begin()), span});
}

void TestChecker::given_holdout(const syntax::GivenNameItem& given, const Symbol& symbol, Span span) {
  const auto id = static_cast<HoldoutId>(symbol.index);
  const std::string word = given.value ? given.value->text : "";
  if (word != "held_out" && word != "included") {
    if (given.value && word.empty()) return;
    context_.report(Kind::held_out_or_not, given.value ? given.value->span : given.name.span)
        .with("holdout", symbol.name)
        .help("write `given " + symbol.name + " = held_out`; without it nobody is held out in a test");
    return;
  }
  const auto earlier = std::ranges::find(test_.holdouts, id, &GivenHoldout::holdout);
  if (earlier != test_.holdouts.end()) {
    context_.report(Kind::repeated_argument, span).with("name", symbol.name).secondary(earlier->span, "given here first");
    return;
  }
  test_.holdouts.push_back({id, word == "held_out", span});
}

void TestChecker::finish_customer() {
  take_customer();
  report_missing_attributes();
}

void TestChecker::take_customer() {
  for (const std::string& name : value_order_) {
    const GivenValue& given = values_.at(name);
    // Faults of a fixture were reported where it stands.
    const std::size_t mark = context_.error_mark();
    const syntax::Name as_name{name, given.name_span, false};
    if (name == "consents") {
      test_.consents = consent_topics(context_, *given.value);
    } else {
      CheckedValue checked = check_value(context_, as_name, *given.value, given.file);
      if (checked.attribute && checked.value && !checked.value->type.is_error()) {
        test_.customer.push_back({*checked.attribute, std::move(checked.value), given.name_span});
      }
    }
    if (given.is_fixture) context_.forget_since(mark);
  }
}

void TestChecker::report_missing_attributes() {
  if (journey_is_damaged_ || fixture_is_broken_) return;
  std::string missing;
  std::optional<AttributeId> first;
  for (const AttributeId id : journey().reads) {
    const Attribute& attribute = context_.model.at(id);
    // A list that was never set is empty, what has a default reads as that, and the id is always there.
    if (attribute.type.optional || attribute.type.is_error() || attribute.type.element_of || attribute.default_value || attribute.name == "id") {
      continue;
    }
    if (values_.contains(attribute.name)) continue;
    missing += (missing.empty() ? "`" : ", `") + attribute.name + "`";
    if (!first) first = id;
  }
  if (!first) return;
  context_.report(Kind::test_attribute_missing, test_.span)
      .with("names", missing)
      .secondary(context_.model.at(*first).span, "declared without `?` here")
      .note("journey `" + journey().name + "` reads it, and nobody enters while it is unset")
      .help("give it: `given customer { … }`");
}

}  // namespace wend::sema
