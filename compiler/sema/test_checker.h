#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/context.h"
#include "compiler/sema/expr_checker.h"
#include "compiler/sema/facts.h"
#include "compiler/sema/scope.h"

namespace wend::sema {

/// Whether a path is another one or the end of it: `pause` of `nudge.pause`.
[[nodiscard]] bool is_end_of(const std::string& path, const std::string& whole);

/// A fixture is checked where it stands; tests that use it take its values again, with the names of its file.
void check_fixture(Context& context, const syntax::FixtureDecl& fixture, std::size_t file);

/// Checks what is asked to be shown, with the declarations of all files.
void check_preview(Context& context, const syntax::TestDecl& asked, const std::vector<Symbol>& symbols);

/// Checks one test. The journeys have been checked before.
class TestChecker {
 public:
  TestChecker(Context& context, std::size_t file) : context_(context), file_(file) {}
  void check(const syntax::TestDecl& declaration);
  /// Checks what `wend preview` asks for; `file` is that of the message, whose names the values may use.
  void check_preview(const syntax::TestDecl& asked, const Symbol& message, const Symbol* fixture);

 private:
  /// Values of attributes, by name: later ones replace earlier ones.
  struct GivenValue {
    const syntax::Expr* value = nullptr;
    std::size_t file = 0;
    Span name_span;
    bool is_fixture = false;
  };

  /// A delivery that receipts can name.
  struct DeliveryPath {
    std::string path;
    VariableId variable{};
    std::string site_path;
  };

  // test_given.cpp
  void take_values(const std::vector<syntax::NamedValue>& values, std::size_t file, bool is_fixture);
  void take_value(const syntax::Name& name, const syntax::Expr& value, std::size_t file, bool is_fixture);
  void given_name(const syntax::GivenNameItem& given, Span span);
  void given_arm(const syntax::GivenNameItem& given, const Symbol& experiment, Span span);
  void given_holdout(const syntax::GivenNameItem& given, const Symbol& holdout, Span span);
  void finish_customer();
  void report_missing_attributes();

  void take_customer();

  // test_preview.cpp
  ExprPtr fixture_value(const Parameter& parameter);
  ExprPtr sample(const types::Type& type, const std::string& name, Span span, int depth);

  // test_item.cpp
  void check_item(const syntax::TestItem& item);
  void check_stimulus(const syntax::StimulusItem& stimulus, Span span);
  void check_advance(const syntax::AdvanceItem& advance, Span span);
  void check_expectation(const syntax::ExpectItem& item, Span span);
  std::optional<ExpectSent> sent(const syntax::Name& message, const std::optional<syntax::ArgumentList>& arguments,
                                 const std::optional<syntax::Name>& via);
  // test_waiting.cpp
  std::optional<ExpectWaiting> waiting(const syntax::QualifiedName& path);
  [[nodiscard]] std::vector<std::string> place_names() const;

  // test_call.cpp
  void given_call(const syntax::GivenCallItem& given, Span span);
  std::optional<ExpectCalled> called(const syntax::CalledExpectation& expectation);

  std::optional<ExpectSuppressed> suppressed(const syntax::SuppressedExpectation& expectation);
  std::optional<ExpectExited> exited(const syntax::Name& label);
  std::optional<ExpectGoal> goal(const syntax::GoalExpectation& expectation);
  ExprPtr condition(const syntax::Expr& syntax);
  const std::vector<DeliveryPath>& deliveries();
  std::optional<ReceiptStimulus> receipt(const syntax::QualifiedName& path);
  std::optional<ChannelId> channel(const std::optional<syntax::Name>& name, bool* failed);
  /// Arguments that are given, each constant and of its parameter's type; none when one is wrong.
  std::optional<std::vector<ExpectedArgument>> expected_arguments(const Symbol& symbol, const std::vector<Parameter>& declared,
                                                                  const syntax::ArgumentList* arguments);
  static Moment moment(const syntax::MomentLiteral& literal);
  /// Reports what is not constant.
  bool check_constant(const Expr& expr);
  ExprPtr constant(const syntax::Expr& syntax, const types::Type& type, const Because& because);
  [[nodiscard]] const Journey& journey() const { return context_.model.at(test_.journey); }

  Context& context_;
  std::size_t file_;
  Test test_;
  std::optional<std::vector<DeliveryPath>> deliveries_;  ///< of the journey, once somebody asks
  bool journey_is_damaged_ = false;
  bool fixture_is_broken_ = false;
  std::map<std::string, GivenValue> values_;
  std::vector<std::string> value_order_;
};

}  // namespace wend::sema
