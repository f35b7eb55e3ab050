#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/sema/template_checker.h"

namespace wend::sema {

/// One filter, and the value that it makes of another one.
class FilterCheck {
 public:
  FilterCheck(TemplateChecker& checker, const liquid::Filter& filter) : checker_(checker), filter_(filter), name_(filter.name.text) {}
  Operand apply(Operand input);

 private:
  using Handler = Operand (FilterCheck::*)(Operand);
  struct Spec {
    const char* name;
    std::size_t least;
    std::size_t most;
    Handler handler;
  };
  static const std::vector<Spec>& specs();
  bool read_arguments(const Spec& spec);

  // Inputs and arguments. Null, or false, when reported.
  ExprPtr text(Operand operand);
  ExprPtr number(Operand operand);
  bool list(Operand& input);
  [[nodiscard]] bool has(std::size_t at) const { return at < arguments_.size(); }
  ExprPtr text_argument(std::size_t at, const char* fallback = "");
  ExprPtr integer_argument(std::size_t at, std::int64_t fallback);
  ExprPtr number_argument(std::size_t at);
  /// The field that a text names: its place, or -1 for the element itself when no argument names one.
  std::optional<std::int64_t> field_argument(const types::Type& list, std::size_t at, types::Type& type);
  /// What HTML is joined with, in a page: escaped, unless it is HTML or the author's own.
  ExprPtr as_markup(ExprPtr text, bool is_markup) const;
  [[nodiscard]] bool takes_markup() const;
  ExprPtr wrong_argument(std::size_t at, const std::string& expected);
  void wrong_input(const Operand& input, const std::string& expected);
  Operand not_a_number(const std::string& found);
  bool make_alike(ExprPtr& left, ExprPtr& right);
  bool require_not_zero(const Expr& divisor);
  [[nodiscard]] Operand error() const { return error_operand(span()); }
  [[nodiscard]] Span span() const { return filter_.span; }
  [[nodiscard]] Context& context() const { return checker_.context_; }

  // Texts, in template_filters.cpp.
  Operand of_text(Operand input, Native native);
  /// The same, and of HTML it makes HTML.
  Operand of_markup(Operand input, Native native);
  Operand upcase(Operand input) { return of_text(std::move(input), Native::upper); }
  Operand downcase(Operand input) { return of_text(std::move(input), Native::lower); }
  Operand capitalize(Operand input) { return of_text(std::move(input), Native::_capitalize); }
  Operand escape(Operand input);
  Operand escape_once(Operand input);
  Operand newline_to_br(Operand input);
  Operand strip_html(Operand input) { return of_markup(std::move(input), Native::_strip_html); }
  Operand strip_newlines(Operand input) { return of_markup(std::move(input), Native::_strip_newlines); }
  Operand url_encode(Operand input);
  Operand url_decode(Operand input) { return of_text(std::move(input), Native::_url_decode); }
  Operand strip(Operand input);
  Operand appended(Operand input);
  Operand replaced(Operand input);
  Operand truncated(Operand input);
  Operand sliced(Operand input);
  Operand base64_encode(Operand input);
  Operand base64_decode(Operand input);
  Operand split(Operand input);
  Operand raw(Operand input);
  Operand date(Operand input);
  Operand defaulted(Operand input);
  Operand size(Operand input);
  // Numbers, in template_numbers.cpp.
  Operand arithmetic(Operand input);
  Operand divided(Operand input);
  Operand modulo(Operand input);
  Operand rounded(Operand input);
  Operand bounded(Operand input);
  Operand absolute(Operand input);
  // Lists, in template_lists.cpp.
  Operand ends(Operand input);
  Operand joined(Operand input);
  Operand sorted(Operand input);
  Operand unique(Operand input);
  Operand reversed(Operand input);
  Operand compacted(Operand input);
  Operand concat(Operand input);
  Operand mapped(Operand input);
  Operand selected(Operand input);
  Operand sum(Operand input);

  TemplateChecker& checker_;
  const liquid::Filter& filter_;
  std::string name_;
  std::vector<Operand> arguments_;
  std::map<std::string, Operand> named_;
};

/// Of a list or a set: what filters give back.
[[nodiscard]] types::Type as_list(const types::Type& list);

}  // namespace wend::sema
