#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "WendParser.h"
#include "compiler/syntax/ast.h"
#include "compiler/syntax/lexing.h"
#include "compiler/syntax/reporter.h"

namespace wend::syntax {

using Grammar = grammar::WendParser;

/// Parse tree → syntax tree. Reports what the grammar tolerates and what it cannot see (dates, numbers, repeated clauses).
///
/// Rules that recover (statements, header lines, fields…) may have failed: then `exception` is set and they become Error
/// nodes. Every other context the builder meets is complete.
class TreeBuilder {
 public:
  TreeBuilder(Reporter& reporter, const std::vector<Comment>& comments);

  File build_file(Grammar::FileContext* context);
  /// The expression of a `{hole}`.
  ExprPtr build_expr(Grammar::ExprContext* context);
  [[nodiscard]] bool found_error() const { return found_error_; }

 private:
  // build_parts.cpp: names, literals, spans
  Span span_of_token(const antlr4::Token* token) const;
  Span span_of_node(antlr4::tree::TerminalNode* node) const { return span_of_token(node->getSymbol()); }
  Span span_of_context(antlr4::ParserRuleContext* context) const;
  std::string text_of_token(const antlr4::Token* token) const;
  std::optional<DocComment> doc_before(Span span) const;
  void report(diag::Diagnostic diagnostic);
  void report_repeated(std::string_view clause, Span again);
  void report_header_after(const JourneyDecl& journey);
  template <typename Value>
  void set_once(std::optional<Value>& slot, Value value, std::string_view clause, Span span) {
    if (slot) report_repeated(clause, span);
    slot = std::move(value);
  }

  Name build_name(Grammar::LnameContext* context);
  Name build_name(Grammar::AnyNameContext* context);
  Name build_type_name(antlr4::tree::TerminalNode* node);
  std::vector<Name> build_names(Grammar::NamesContext* context);
  std::vector<Name> build_was(Grammar::WasContext* context);
  std::optional<Name> build_as(Grammar::AsNameContext* context);
  QualifiedName build_qualified(Grammar::QnameContext* context);
  StringLiteral build_string(antlr4::tree::TerminalNode* node);
  Span string_content(Span literal) const;
  static std::optional<char> escape_meaning(char escaped);
  std::string decode_string(Span content);

  // message_text.cpp
  void cut_text(Span content, std::vector<TemplatePiece>& pieces, const Span* count);
  bool take_hole(std::uint32_t& at, Span content, std::vector<TemplatePiece>& pieces);
  bool count_hole(Span place);
  ExprPtr hole_expression(Span inside, Span whole);
  bool take_plural(std::uint32_t& at, Span content, Span count, std::uint32_t forms, std::vector<TemplatePiece>& pieces);
  std::optional<PluralForm> take_form(std::uint32_t& at, Span content, Span count);
  std::optional<StringLiteral> build_wire_name(Grammar::WireNameContext* context);
  Template build_template(antlr4::tree::TerminalNode* node);
  IntLiteral build_int(antlr4::tree::TerminalNode* node);
  std::int64_t int_value(std::string_view digits, Span span);
  PercentLiteral build_percent(antlr4::tree::TerminalNode* node);
  DateLiteral build_date(antlr4::tree::TerminalNode* node);
  TimeLiteral build_time(antlr4::tree::TerminalNode* node, bool ends_a_span = false);
  MomentLiteral build_moment(Grammar::MomentContext* context);
  DurationLiteral build_duration(Grammar::DurContext* context);
  Unit build_unit(Grammar::UnitContext* context);

  // build_expr.cpp
  ExprPtr make_expr(Span span, ExprNode node);
  ExprPtr build_primary(Grammar::PrimaryContext* context);
  ExprPtr build_literal(Grammar::LiteralContext* context);
  ExprPtr build_signed(Grammar::SignedLiteralContext* context);
  void check_signs(const std::vector<Grammar::MatchExprArmContext*>& arms);
  ExprPtr build_binary(antlr4::ParserRuleContext* context, Grammar::ExprContext* left, const antlr4::Token* op,
                       Grammar::ExprContext* right);
  ExprPtr build_history(antlr4::ParserRuleContext* context, HistoryKind kind, Grammar::HistoryContext* history,
                        Grammar::WindowContext* window, antlr4::tree::TerminalNode* number);
  ExprPtr build_value(Grammar::ValueContext* context);
  Pattern build_pattern(Grammar::PatternContext* context);
  std::vector<Pattern> build_patterns(const std::vector<Grammar::PatternContext*>& contexts);
  ArgumentList build_arguments(Grammar::ArgsContext* context);
  std::optional<ArgumentList> build_optional_arguments(Grammar::ArgsContext* context);
  std::optional<ArgumentList> build_with(Grammar::WithArgsContext* context);
  EventPattern build_event_pattern(Grammar::EventPatContext* context);
  std::vector<NamedValue> build_named_values(Grammar::NamedValuesContext* context);
  TypeRef build_type(Grammar::TypeContext* context);
  std::vector<Parameter> build_parameters(Grammar::ParamsContext* context);

  // build_stmt.cpp
  StmtPtr build_stmt(Grammar::StmtContext* context);
  StmtNode build_stmt_node(Grammar::StmtContext* context);
  Block build_block(Grammar::BlockContext* context);
  ErrorStmt build_error_stmt(Grammar::StmtContext* context);
  StmtNode build_send(Grammar::SendContext* context);
  std::vector<Name> build_via(Grammar::ViaContext* context);
  std::optional<OrElse> build_or_else(Grammar::OrElseContext* context);
  DenialRule build_denial_rule(Grammar::DenialRuleContext* context);
  AtTime build_at_time(Grammar::AtTimeContext* context);
  std::optional<AtTime> build_optional_at_time(Grammar::AtTimeContext* context);
  std::optional<WaitHandler> build_handler(Grammar::HandlerContext* context);
  StmtNode build_await(Grammar::AwaitContext* context);
  AwaitArm build_await_arm(Grammar::AwaitArmContext* context);
  Signal build_signal(Grammar::SignalContext* context);
  Lookback build_lookback(Grammar::LookbackContext* context);
  StmtNode build_if(Grammar::IfContext* context);
  StmtNode build_match(Grammar::MatchContext* context);
  StmtNode build_repeat(Grammar::RepeatContext* context);
  StmtNode build_call(Grammar::CallContext* context);
  StmtNode build_exit(Grammar::ExitContext* context);
  std::vector<Interrupt> build_interrupts(const std::vector<Grammar::InterruptContext*>& contexts);

  // build_wait.cpp
  StmtNode build_wait(Grammar::WaitContext* context);
  bool check_wait_clauses(Grammar::WaitContext* context);

  // build_journey.cpp
  JourneyDecl build_journey(Grammar::JourneyDeclContext* context);
  Header build_header(Grammar::HeaderContext* context);
  HeaderNode build_header_node(Grammar::HeaderContext* context);
  EnterHeader build_enter(Grammar::EnterContext* context);
  void build_enter_source(Grammar::EnterSourceContext* context, EnterHeader& enter);
  void build_enter_option(Grammar::EnterOptContext* context, EnterHeader& enter);
  RetiredStep build_retired(Grammar::RetiredContext* context);
  TestDecl build_test(Grammar::TestDeclContext* context);
  TestItem build_test_item(Grammar::TestItemContext* context);
  TestItemNode build_test_item_node(Grammar::TestItemContext* context);
  GivenCallItem build_given_call(Grammar::GivenCallContext* context);
  StimulusItem build_stimulus(Grammar::StimulateContext* context);
  ExpectItem build_expect(Grammar::ExpectContext* context);

  // build_decl.cpp
  std::optional<Decl> build_decl(Grammar::DeclContext* context);
  DeclNode build_decl_node(Grammar::DeclContext* context);
  UseDecl build_use(Grammar::UseDeclContext* context);
  ImportDecl build_import(Grammar::ImportDeclContext* context);
  EnumDecl build_enum(Grammar::EnumDeclContext* context);
  std::vector<Field> build_fields(Grammar::FieldsContext* context);
  Field build_field(Grammar::FieldContext* context);
  EventDecl build_event(Grammar::EventDeclContext* context);
  ChannelDecl build_channel(Grammar::ChannelDeclContext* context);
  CalendarDecl build_calendar(Grammar::CalendarDeclContext* context);
  PolicyDecl build_policy(Grammar::PolicyDeclContext* context);
  CapRule build_cap(Grammar::CapContext* context);
  QuietRule build_quiet(Grammar::QuietContext* context);
  HoldoutDecl build_holdout(Grammar::HoldoutDeclContext* context);
  ExperimentDecl build_experiment(Grammar::ExperimentDeclContext* context);
  LocalesDecl build_locales(Grammar::LocalesDeclContext* context);
  MessageDecl build_message(Grammar::MessageDeclContext* context);
  ActionDecl build_action(Grammar::ActionDeclContext* context);

  Reporter& reporter_;
  const source::SourceFile& file_;
  std::map<std::uint32_t, const Comment*> docs_by_line_;  ///< `///` comments that stand alone on their line
  bool found_error_ = false;
  std::size_t hole_count_ = 0;
  bool is_in_plural_ = false;
};

/// Whether the context, or what it is needed for, did not parse.
[[nodiscard]] inline bool is_broken(const antlr4::ParserRuleContext* context) {
  return context == nullptr || context->exception != nullptr;
}

}  // namespace wend::syntax
