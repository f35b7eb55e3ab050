#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/sema/template_value.h"
#include "compiler/template/parse.h"

namespace wend::sema {

/// The templates of a project, each read and parsed once.
class TemplateFiles {
 public:
  struct File {
    const source::SourceFile* source = nullptr;
    liquid::Parsed parsed;
  };
  /// Looks in the folders, in this order. Null when there is none or it is too large, which is reported at `asked`.
  const File* find(Context& context, const std::string& name, const std::vector<std::string>& folders, Span asked);

 private:
  std::map<std::string, std::unique_ptr<File>> files_;
};

class FilterCheck;

/// Checks one template against the parameters of its message.
///
/// A name has one type. Names that `assign` and `capture` make are variables: each has as many as it has types, and where paths of
/// control meet, a name that is different variables on them has none.
class TemplateChecker {
 public:
  /// The locale is the body's, as a tag; empty in a project without locales.
  TemplateChecker(Context& context, TemplateFiles& files, const Message& message, std::size_t file, TextUse use, std::string locale);

  /// Nothing when the file cannot be found or is not right.
  std::optional<TemplateBody> check(const std::string& name, Span asked);
  [[nodiscard]] const std::set<VariableId>& used() const { return used_; }

 private:
  struct Binding {
    VariableId variable{};
    types::Type type;
    bool markup = false;
    bool has_tags = false;
    bool is_either = false;  ///< a literal that is the same as a text and as HTML
    bool is_mixed = false;   ///< a text on one way here, HTML on another
    bool fixed = false;     ///< a parameter or the element of a loop: not assigned again
    bool conflict = false;  ///< of several types, by the way here
    std::size_t loops = 0;  ///< inside of so many loops
    Span span;
  };
  using Bindings = std::map<std::string, Binding>;
  /// A `forloop`.
  struct Loop {
    VariableId counter{};
    VariableId count{};
    ExprPtr columns;  ///< of a table
    std::string name;
    liquid::HtmlContext at_begin;
  };
  /// What `render` hides, and what it shows.
  struct Frame {
    const TemplateFiles::File* file = nullptr;
    Bindings names;
    bool isolated = false;
    std::size_t scope = 0;
    std::size_t first_loop = 0;
    std::string owner;
  };
  struct Branch {
    Bindings names;
    Flow flow;
    liquid::HtmlContext html;
    Span from;
  };
  struct Truth {
    ExprPtr expr;
    Facts when_true;
    Facts when_false;
    std::optional<bool> known;
  };

  // template_checker.cpp
  TemplateBody body(const liquid::Body& nodes);
  void statement(const liquid::Text& node, Span span, TemplateBody& out);
  void statement(const liquid::Output& node, Span span, TemplateBody& out);
  void statement(const liquid::If& node, Span span, TemplateBody& out);
  void statement(const liquid::Case& node, Span span, TemplateBody& out);
  void statement(const liquid::For& node, Span span, TemplateBody& out);
  void statement(const liquid::Assign& node, Span span, TemplateBody& out);
  void statement(const liquid::Capture& node, Span span, TemplateBody& out);
  void statement(const liquid::Count& node, Span span, TemplateBody& out);
  void statement(const liquid::Cycle& node, Span span, TemplateBody& out);
  void statement(const liquid::Render& node, Span span, TemplateBody& out);
  void statement(const liquid::IfChanged& node, Span span, TemplateBody& out);
  void statement(const liquid::Break& node, Span span, TemplateBody& out);
  void statement(const liquid::Continue& node, Span span, TemplateBody& out);
  void write_text(const std::string& text, Span span, TemplateBody& out);
  void write(Operand operand, Span span, TemplateBody& out);
  void branches(const liquid::If& node, std::size_t at, TemplateBody& out, std::vector<Branch>& ends);
  void arms(const liquid::Case& node, VariableId subject, std::size_t at, TemplateBody& out, std::vector<Branch>& ends);
  /// A binding of what the value is, to be given its variable.
  [[nodiscard]] Binding bound(const Operand& value, Span span) const;
  void join(Binding& mine, const Binding& other) const;
  [[nodiscard]] Branch here(Span from) const;
  void go_back(const Branch& branch);
  void join(std::vector<Branch> ends);
  VariableId let(const std::string& name, ExprPtr value, Span span, TemplateBody& out);
  VariableId new_variable(const std::string& name, const types::Type& type, Span span, types::Labels labels = {});
  void bind(const liquid::Name& name, Operand value, Span span, TemplateBody& out);
  VariableId variable_of(const std::string& name, const types::Type& type, types::Labels labels, Span span);
  void forget(VariableId variable);
  /// A variable of the whole template, which begins with this value.
  VariableId counter(const std::string& key, ExprPtr begin, Span span);

  // template_loops.cpp
  struct Round {
    ExprPtr count;
    VariableId list{};
    ExprPtr first;  ///< of a range
    bool is_range = false;
    types::Type element;
    types::Labels labels;
  };
  std::optional<Round> rounds(const liquid::For& node, Span span, TemplateBody& out);
  std::optional<Round> range_rounds(const liquid::For& node, const liquid::Range& range, Span span, TemplateBody& out);
  ExprPtr loop_number(const liquid::Value& value, const std::string& what);
  void run_rounds(const liquid::For& node, Round round, Span span, TemplateBody& out);
  void table(const Loop& loop, TemplateBody& body, bool before, Span span);
  void enter_loop(const liquid::Body& body);
  void collect_assigned(const liquid::Body& body, std::set<std::string>& names, bool& all) const;
  /// Names that are captured there as HTML, as far as it can be seen.
  void collect_markup(const liquid::Body& body, std::set<std::string>& names) const;
  ExprPtr loop_member(std::size_t loop, const std::string& member, Span span);
  ExprPtr minus(ExprPtr left, ExprPtr right, Span span);
  ExprPtr plus(ExprPtr left, ExprPtr right, Span span);
  void render_file(const liquid::Render& node, const TemplateFiles::File& file, Bindings names, Span span, TemplateBody& out);

  // template_values.cpp
  Operand value(const liquid::Value& value);
  Operand path(const liquid::Path& path, Span span);
  Operand root(const liquid::Name& name);
  Operand select(Operand from, const liquid::Selector& selector);
  Operand member(Operand from, const liquid::Name& name, Span span);
  Operand element(Operand from, Operand index, Span span);
  Operand filtered(const liquid::Filtered& value);
  Truth truth(const liquid::Condition& condition);
  Truth truth_of(Operand operand);
  Truth compare(const liquid::Compared& compared, Span span);
  Truth compare(liquid::Comparison op, Span op_span, Operand left, Operand right, Span span);
  Truth equals_special(Operand operand, Operand::Special special, bool negated, Span span);
  Truth contains(Operand left, Operand right, Span op_span, Span span);
  bool make_comparable(liquid::Comparison op, Span op_span, Operand& left, Operand& right);
  bool literal_as(Operand& operand, const types::Type& type);
  void note_known(const Truth& truth, Span span);
  /// Narrowed where it is known to be present.
  ExprPtr narrow(ExprPtr expr) const;
  /// Reports what may be absent, with what it is needed for.
  bool require_present(Operand& operand, const std::string& why);
  std::string snippet(Span span) const { return context_.snippet(span, "…"); }

  friend class FilterCheck;  // template_filters.h

  Context& context_;
  TemplateFiles& files_;
  const Message& message_;
  std::size_t file_;
  TextUse use_;
  std::string locale_;
  bool isolates_;  ///< values from the text around, which runs from right to left
  std::vector<std::string> folders_;
  Frame frame_;
  Flow flow_;
  liquid::HtmlContext html_;
  std::vector<Loop> loops_;
  std::vector<std::string> rendering_;  ///< paths of the templates around
  std::map<std::string, VariableId> variables_;
  std::map<std::string, VariableId> counters_;
  TemplateBody prologue_;
  std::set<VariableId> used_;
  bool writes_markup_ = false;  ///< what is being captured
  std::size_t scopes_ = 0;
  std::size_t expansions_ = 0;
};

}  // namespace wend::sema
