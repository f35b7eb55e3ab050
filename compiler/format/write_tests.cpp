#include "compiler/format/writer.h"

namespace wend::format {

using namespace wend::syntax;

void Writer::test(const TestDecl& test) {
  up_to_brace();
  braces(LineKind::hard, 1, begins_of(test.items), [&](std::size_t index) {
    test_item(test.items[index]);
    up_to(test.items[index].span.end);
  });
}

void Writer::test_item(const TestItem& item) {
  switch (item.kind()) {
    case TestItemKind::GivenCustomer:
      return named_values(item.as<GivenCustomerItem>().values);
    case TestItemKind::GivenName:
      return arguments(item.as<GivenNameItem>().with, false);
    case TestItemKind::GivenCall: {
      const Scope group(*this, OpKind::open_group);
      const auto& answers = item.as<GivenCallItem>().answers;
      for (std::size_t index = 0; index < answers.size(); ++index) {
        if (index > 0) {
          while (!tokens_[next_ - 1].comma) emit();
          clause(next_, LineKind::soft);
        }
        expression(*answers[index]);
      }
      return up_to(item.span.end);
    }
    case TestItemKind::Stimulus:
      return stimulus(item.as<StimulusItem>());
    case TestItemKind::Expect:
      return expectation(item.as<ExpectItem>());
    case TestItemKind::StartAt:
    case TestItemKind::Advance:
    case TestItemKind::Error:
      return;
  }
}

void Writer::named_values(const std::vector<NamedValue>& values) {
  up_to_brace();
  list(begins_of(values), 1, [&](std::size_t index) {
    expression(*values[index].value);
    up_to(values[index].span.end);
  });
}

void Writer::stimulus(const StimulusItem& item) {
  const Scope group(*this, OpKind::open_group);
  if (const auto* event = std::get_if<EventStimulus>(&item.stimulus)) arguments(event->arguments, true);
  if (const auto* set = std::get_if<SetStimulus>(&item.stimulus)) assigned(*set->value);
  if (!item.heard) return;
  const Span when = item.heard->at ? item.heard->at->span : item.heard->after->span;
  clause(index_of(when.begin) - 2, LineKind::soft);  // heard at, heard after
  up_to(when.end);
}

void Writer::expectation(const ExpectItem& item) {
  if (const auto* sent = std::get_if<SentExpectation>(&item.expectation)) arguments(sent->arguments, true);
  if (const auto* called = std::get_if<CalledExpectation>(&item.expectation)) arguments(called->arguments, true);
  if (const auto* counted = std::get_if<SentCountExpectation>(&item.expectation)) arguments(counted->arguments, true);
  if (const auto* condition = std::get_if<ConditionExpectation>(&item.expectation)) expression(*condition->condition);
  if (item.for_instance != nullptr) expression(*item.for_instance);
}

}  // namespace wend::format
