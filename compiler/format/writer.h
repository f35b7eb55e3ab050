#pragma once

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/format/format.h"
#include "compiler/format/layout.h"
#include "compiler/format/tokens.h"
#include "compiler/syntax/ast.h"

// Internal to compiler/format: walks the syntax tree and writes the layout. The walk only says where lines may end: the
// tokens are taken from the list in their order (`up_to`), whatever the tree knows of them.

namespace wend::format {

class Writer {
 public:
  explicit Writer(Tokens& tokens) : source_(tokens), tokens_(tokens.tokens) { layout_.reserve(tokens_.size() * 3); }

  [[nodiscard]] Layout write(const syntax::File& file);

 private:
  /// A group, list or indentation until the end of the block it is declared in.
  class Scope {
   public:
    Scope(Writer& writer, OpKind kind, std::size_t width = k_width_max);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Writer& writer_;
    std::size_t open_;
  };
  /// A row whose columns may be aligned with its neighbours'.
  class Row {
   public:
    Row(Writer& writer, RowKind kind);
    ~Row();
    Row(const Row&) = delete;
    Row& operator=(const Row&) = delete;

   private:
    Writer& writer_;
  };

  // writer.cpp: tokens and lines
  std::size_t index_of(std::uint32_t offset) const;
  /// The token before what begins at the offset, parentheses left aside.
  std::size_t word_before(std::uint32_t offset) const;
  void emit();
  void up_to(std::uint32_t offset);
  void up_to_token(std::size_t index);
  void up_to_brace();
  [[nodiscard]] std::string_view next_text() const { return tokens_[next_].text; }
  void tighten() { tokens_[next_].tight = true; }
  void comments(Place place, bool blanks, bool first);
  void line(LineKind kind, Place place, std::uint32_t spaces, bool blank = false);
  void stop(std::uint32_t column);
  void item(std::uint32_t begin, bool first, LineKind kind = LineKind::hard, std::uint32_t spaces = 1);
  void clause(std::size_t token, LineKind kind = LineKind::hard);
  void set_commas(const std::vector<std::uint32_t>& begins, std::size_t closing, bool between);

  /// At an opening brace: its items, one a line, or all on one line when `kind` is soft and they fit.
  template <typename Each>
  void braces(LineKind kind, std::uint32_t spaces, const std::vector<std::uint32_t>& begins, Each each, std::size_t width = k_width_max) {
    const std::size_t closing = source_.closing[next_];
    if (begins.empty()) kind = LineKind::soft;
    const Scope group(*this, OpKind::open_group, width);
    emit();
    {
      const Scope indent(*this, OpKind::open_indent);
      for (std::size_t index = 0; index < begins.size(); ++index) {
        item(begins[index], index == 0, kind, index == 0 ? 1 : spaces);
        each(index);
      }
      up_to_token(closing);
      comments(Place::base, true, begins.empty());
    }
    line(kind, Place::base, 1);
    emit();
  }

  /// At an opening bracket: elements separated by commas.
  template <typename Each>
  void list(const std::vector<std::uint32_t>& begins, std::uint32_t spaces, Each each) {
    const std::size_t closing = source_.closing[next_];
    set_commas(begins, closing, true);
    emit();
    if (begins.empty()) return up_to_token(closing + 1);
    {
      const Scope scope(*this, OpKind::open_list);
      for (std::size_t index = 0; index < begins.size(); ++index) {
        up_to(begins[index]);
        comments(index == 0 ? Place::continued : Place::base, false, false);
        line(index == 0 ? LineKind::list_first : LineKind::list_fill, Place::base, index == 0 ? spaces : 1);
        each(index);
      }
      up_to_token(closing);
      comments(Place::base, false, false);
      line(LineKind::list_last, Place::base, spaces);
    }
    emit();
  }

  // write_declarations.cpp
  void preamble(const syntax::File& file);
  void declaration(const syntax::Decl& decl);
  void import(const syntax::ImportDecl& import);
  void enumeration(const syntax::EnumDecl& decl);
  void event(const syntax::EventDecl& event);
  void fields(const std::vector<syntax::Field>& fields, LineKind kind);
  void field(const syntax::Field& field);
  void message(const syntax::MessageDecl& message);
  void locales(const syntax::LocalesDecl& locales);
  void message_body(const syntax::MessageBody& body);
  void action(const syntax::ActionDecl& action);
  void fixture(const syntax::FixtureDecl& fixture);
  void journey(const syntax::JourneyDecl& journey);

  // write_settings.cpp: declarations whose bodies are lines of a word and its value
  void setting_lines(std::vector<std::uint32_t> begins, const syntax::Expr* value);
  void channel(const syntax::ChannelDecl& channel);
  void calendar(const syntax::CalendarDecl& calendar);
  void experiment(const syntax::ExperimentDecl& experiment);
  void holdout();
  void policy(const syntax::PolicyDecl& policy);
  void denial(const syntax::DenialRule& rule);
  void header(const syntax::Header& header);
  void enter(const syntax::EnterHeader& enter);

  // write_statements.cpp
  void statement(const syntax::Stmt& statement);
  void block(const syntax::Block& block, LineKind kind);
  void step(const syntax::StepStmt& step);
  void interrupts(const std::vector<syntax::Interrupt>& interrupts);
  void after_block(std::size_t token);
  void condition(const syntax::Expr& condition);
  void branch(const syntax::IfStmt& branch);
  void match(const syntax::MatchStmt& match);
  void named_blocks(const std::vector<syntax::NamedBlock>& blocks);
  void await(const syntax::AwaitStmt& await);
  void await_arm(const syntax::AwaitArm& arm);
  void wait(const syntax::WaitStmt& wait);
  void wait_handlers(const syntax::WaitUntilInstant& spec);
  void wait_handler(const syntax::WaitHandler& handler);
  void at_time(const syntax::AtTime& at);
  void send(const syntax::SendStmt& send);
  void send_clauses(const syntax::SendStmt& send);
  void call(const syntax::CallStmt& call);
  void or_else(const std::optional<syntax::OrElse>& or_else, LineKind kind);

  // write_expressions.cpp
  void expression(const syntax::Expr& expression);
  void history(const syntax::HistoryExpr& history);
  void match_value(const syntax::MatchExpr& match);
  void chain(const syntax::Expr& expression, const syntax::BinaryExpr& binary);
  void operand(const syntax::Expr& expression);
  /// `= expression`, from the equals sign on.
  void assigned(const syntax::Expr& value);
  void arguments(const syntax::ArgumentList& arguments, bool tight);
  void arguments(const std::optional<syntax::ArgumentList>& optional, bool tight);
  void parameters(const std::vector<syntax::Parameter>& parameters);
  void type(const syntax::TypeRef& type);
  void event_pattern(const syntax::EventPattern& pattern);
  void patterns(const std::vector<syntax::Pattern>& patterns);

  // write_tests.cpp
  void test(const syntax::TestDecl& test);
  void test_item(const syntax::TestItem& item);
  void named_values(const std::vector<syntax::NamedValue>& values);
  void stimulus(const syntax::StimulusItem& item);
  void expectation(const syntax::ExpectItem& item);

  Tokens& source_;
  std::vector<TokenText>& tokens_;
  std::size_t next_ = 0;
  bool after_line_ = true;  ///< no token since the last place where a line may end
  std::uint32_t extra_space_ = 0;
  Layout layout_;
};

/// The offsets where the elements begin, for `braces` and `list`.
template <typename Range>
std::vector<std::uint32_t> begins_of(const Range& range) {
  std::vector<std::uint32_t> begins;
  for (const auto& each : range) begins.push_back(each.span.begin);
  return begins;
}

}  // namespace wend::format
