#include <utility>

#include "compiler/sema/test_checker.h"

// Calls in tests: how actions answer, and which are expected.

namespace wend::sema {

void TestChecker::given_call(const syntax::GivenCallItem& given, Span span) {
  const Symbol* symbol = context_.require(file_, given.action, {SymbolKind::action}, "action");
  if (!symbol) return;
  GivenCall result;
  result.action = static_cast<ActionId>(symbol->index);
  result.fails = given.fails;
  if (given.fail_times) {
    result.fail_times = given.fail_times->value;
    if (*result.fail_times < 1) context_.report(Kind::wrong_count, given.fail_times->span).with("what", "the number of failures");
  }
  const std::optional<types::Type> type = context_.model.at(result.action).result;
  if (!given.answers.empty() && !type) {
    context_.report(Kind::answers_nothing, given.answers.front()->span)
        .with("action", symbol->name)
        .secondary(symbol->span, "declared without a result here")
        .help("it succeeds unless the test says `given call " + symbol->name + " fails`");
    return;
  }
  bool failed = false;
  for (const syntax::ExprPtr& answer : given.answers) {
    result.answers.push_back(constant(*answer, *type, {symbol->span, "it gives " + context_.quoted(*type)}));
    failed = failed || result.answers.back()->type.is_error();
  }
  if (!failed) test_.items.emplace_back(std::move(result), span);
}

std::optional<ExpectCalled> TestChecker::called(const syntax::CalledExpectation& expectation) {
  const Symbol* symbol = context_.require(file_, expectation.action, {SymbolKind::action}, "action");
  if (!symbol) return std::nullopt;
  ExpectCalled result;
  result.negated = expectation.negated;
  result.action = static_cast<ActionId>(symbol->index);
  const std::vector<Parameter>& declared = context_.model.at(*result.action).parameters;
  auto expected = expected_arguments(*symbol, declared, expectation.arguments ? &*expectation.arguments : nullptr);
  if (!expected) return std::nullopt;
  result.arguments = std::move(*expected);
  return result;
}

}  // namespace wend::sema
