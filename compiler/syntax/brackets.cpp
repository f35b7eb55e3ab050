#include "compiler/syntax/brackets.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/syntax/words.h"

namespace wend::syntax {
namespace {

using diag::Diagnostic;
using diag::Kind;

std::string_view partner_of(std::string_view bracket) {
  if (bracket == "(") return ")";
  if (bracket == "[") return "]";
  if (bracket == "{") return "}";
  if (bracket == ")") return "(";
  if (bracket == "]") return "[";
  return "{";
}

bool is_balanced(const TokenList& tokens) {
  std::vector<std::string_view> open;
  for (const auto& token : tokens) {
    const std::size_t type = token->getType();
    if (is_opening(type)) {
      open.push_back(literal_of(type));
    } else if (is_closing(type)) {
      if (open.empty() || open.back() != partner_of(literal_of(type))) return false;
      open.pop_back();
    }
  }
  return open.empty();
}

/// Runs only on files whose brackets do not match; believes the author's indentation.
class Balancer {
 public:
  Balancer(TokenList& tokens, Reporter& reporter) : tokens_(tokens), reporter_(reporter), file_(reporter.file()) {}

  void run() {
    for (const auto& token : tokens_) surplus_ += is_opening(token->getType()) ? 1 : is_closing(token->getType()) ? -1 : 0;
    for (index_ = 0; index_ < tokens_.size(); ++index_) {
      const std::uint32_t line = file_.line_of(span().begin);
      begins_line_ = line != previous_line_;
      previous_line_ = line;
      look_for_missing_closers();
      take();
    }
    if (!open_.empty()) close_down_to(0, static_cast<std::uint32_t>(file_.text().size()));
    tokens_ = std::move(result_);
  }

 private:
  // A block of more than this is rather read as one closer too many.
  static constexpr std::size_t k_tokens_looked_at_max = 5'000;

  struct Open {
    std::string_view bracket;
    source::Span span;
    std::size_t indentation;
  };

  source::Span span() const { return span_of(file_, *tokens_[index_]); }

  std::size_t indentation_of(source::Span place) const {
    const std::string_view line = file_.line_text(file_.line_of(place.begin));
    const std::size_t first = line.find_first_not_of(" \t");
    return first == std::string_view::npos ? 0 : first;
  }

  /// A declaration at the left margin, or a statement while a parenthesis is open: something was not closed before it.
  void look_for_missing_closers() {
    if (open_.empty() || !begins_line_) return;
    const std::size_t type = tokens_[index_]->getType();
    const bool is_outermost = indentation_of(span()) == 0 && begins_declaration(type) && index_ + 1 < tokens_.size();
    const std::size_t next_type = is_outermost ? tokens_[index_ + 1]->getType() : 0;
    if (is_outermost && open_.front().indentation == 0 && literal_of(next_type) != ":" && literal_of(next_type) != ".") {
      close_down_to(0, span().begin);
      return;
    }
    const bool in_parentheses = open_.back().bracket != "{";
    if (in_parentheses && begins_statement(type) && literal_of(type) != "match") {
      std::size_t keep = open_.size();
      while (keep > 0 && open_[keep - 1].bracket != "{") --keep;
      close_down_to(keep, span().begin);
    }
  }

  void take() {
    const std::size_t type = tokens_[index_]->getType();
    if (is_opening(type)) {
      open_.push_back({literal_of(type), span(), indentation_of(span())});
    } else if (is_closing(type) && !take_closer()) {
      return;
    }
    result_.push_back(std::move(tokens_[index_]));
  }

  /// False when the closer is dropped.
  bool take_closer() {
    const std::string_view wanted = partner_of(literal_of(tokens_[index_]->getType()));
    const auto partner = std::find_if(open_.rbegin(), open_.rend(), [&](const Open& each) { return each.bracket == wanted; });
    if (partner == open_.rend()) return drop_closer();
    std::size_t keep = static_cast<std::size_t>(open_.rend() - partner);
    if (wanted == "{" && begins_line_) {
      const std::size_t indentation = indentation_of(span());
      if (surplus_ < 0 && indentation > open_[keep - 1].indentation) return drop_closer();
      if (surplus_ > 0) {
        std::size_t better = keep;
        while (better > 0 && (open_[better - 1].bracket != "{" || open_[better - 1].indentation > indentation)) --better;
        if (better > 0 && open_[better - 1].indentation == indentation) keep = better;
      }
    }
    if (keep < open_.size()) close_down_to(keep, span().begin);
    open_.pop_back();
    return true;
  }

  /// A closer too many on a line of its own may belong to a block whose `{` was forgotten: on the nearest line before it that is
  /// indented as it is, where that line begins with a word that takes a block. `{` is put there.
  bool open_before_closer() {
    if (!begins_line_ || literal_of(tokens_[index_]->getType()) != "}" || reporter_.is_full()) return false;
    const std::size_t indentation = indentation_of(span());
    std::size_t line_end = result_.size();  // where the line in hand ends
    for (std::size_t at = result_.size(); at-- > 0 && result_.size() - at < k_tokens_looked_at_max;) {
      const source::Span place = span_of(file_, *result_[at]);
      if (!open_.empty() && place.begin <= open_.back().span.begin) return false;
      if (at > 0 && file_.line_of(span_of(file_, *result_[at - 1]).begin) == file_.line_of(place.begin)) continue;
      const std::size_t its_indentation = indentation_of(place);
      if (its_indentation < indentation) return false;
      if (its_indentation == indentation) return line_end < result_.size() && open_at(at, line_end);
      line_end = at;
    }
    return false;
  }

  bool open_at(std::size_t begin, std::size_t end) {
    static constexpr std::string_view k_takes_block[] = {"journey", "flow",     "test",   "record", "customer", "channel",    "policy",
                                                         "message", "calendar", "step",   "if",     "repeat",   "experiment", "await",
                                                         "match",   "split",    "branch", "race",   "parallel", "do",         "arm"};
    const std::string_view word = literal_of(result_[begin]->getType());
    if (std::ranges::find(k_takes_block, word) == std::end(k_takes_block)) return false;
    const auto is_brace = [](const auto& token) { return literal_of(token->getType()) == "{"; };
    if (std::any_of(result_.begin() + static_cast<std::ptrdiff_t>(begin), result_.begin() + static_cast<std::ptrdiff_t>(end), is_brace))
      return false;
    const std::uint32_t offset = span_of(file_, *result_[end - 1]).end;
    reporter_.report(Diagnostic(Kind::opening_brace_missing, span_of(file_, *result_[begin]))
                         .with("word", std::string(word))
                         .secondary(span(), "this would close it")
                         .help("open it", {{file_.file_id(), offset, offset}, " {", diag::Applicability::likely}));
    result_.insert(result_.begin() + static_cast<std::ptrdiff_t>(end), make_token("{", offset));
    ++surplus_;
    return true;
  }

  bool drop_closer() {
    if (open_before_closer()) return true;
    ++surplus_;
    reporter_.report(Diagnostic(Kind::unmatched_bracket, span())
                         .with("bracket", std::string(literal_of(tokens_[index_]->getType())))
                         .help("remove it", {span(), "", diag::Applicability::likely}));
    silence_declaration(span().begin);
    return false;
  }

  /// Closes the brackets above `keep` before `offset`; one diagnostic, at the innermost.
  void close_down_to(std::size_t keep, std::uint32_t offset) {
    // On the line of an open string the closer is in the string.
    const bool known = reporter_.is_silenced(open_.back().span.begin);
    Diagnostic diagnostic(Kind::unclosed_bracket, open_.back().span);
    diagnostic.with("bracket", std::string(open_.back().bracket)).label("opened here");
    constexpr std::size_t k_named_max = 5;
    for (std::size_t each = open_.size() - 1; each-- > keep && diagnostic.secondaries().size() < k_named_max;)
      diagnostic.secondary(open_[each].span, "and this one is not closed either");
    const source::Span here{file_.file_id(), offset, offset};
    if (offset < file_.text().size())
      diagnostic.secondary({file_.file_id(), offset, offset + 1},
                           fmt::format("expected `{}` before this", partner_of(open_.back().bracket)));
    silence_declaration(open_.back().span.begin);
    while (open_.size() > keep) {
      surplus_ -= 1;
      result_.push_back(make_token(partner_of(open_.back().bracket), here.begin));
      open_.pop_back();
    }
    if (!known) reporter_.report(std::move(diagnostic));
  }

  std::unique_ptr<antlr4::Token> make_token(std::string_view literal, std::uint32_t offset) const {
    auto token = std::make_unique<antlr4::CommonToken>(token_type(literal));
    token->setStartIndex(offset);
    token->setStopIndex(static_cast<std::size_t>(offset) - 1);
    // It ends the line before: what comes next still begins one.
    token->setLine(result_.empty() ? file_.line_of(offset) : result_.back()->getLine());
    return token;
  }

  /// Syntax errors from here to the next declaration at the left margin would be consequences of the bracket.
  void silence_declaration(std::uint32_t offset) {
    if (reporter_.is_full()) return;
    std::uint32_t end = static_cast<std::uint32_t>(file_.text().size()) + 1;
    for (std::size_t ahead = index_; ahead < tokens_.size(); ++ahead) {
      if (tokens_[ahead] == nullptr || !begins_declaration(tokens_[ahead]->getType())) continue;
      const source::Span place = span_of(file_, *tokens_[ahead]);
      if (place.begin > offset && file_.line_begin(file_.line_of(place.begin)) == place.begin) {
        end = place.begin;
        break;
      }
    }
    reporter_.silence({file_.file_id(), offset, end});
  }

  TokenList& tokens_;
  Reporter& reporter_;
  const source::SourceFile& file_;
  TokenList result_;
  std::vector<Open> open_;
  std::size_t index_ = 0;
  std::uint32_t previous_line_ = 0;
  bool begins_line_ = false;
  int surplus_ = 0;  ///< opening minus closing brackets, of what is not repaired yet
};

bool is_operator(std::string_view literal) {
  static constexpr std::string_view k_operators[] = {
      "+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "=", ".", "is", "in", "and", "or", "not", "otherwise", "else"};
  return std::find(std::begin(k_operators), std::end(k_operators), literal) != std::end(k_operators);
}

/// After this, an expression has ended and another may begin.
bool ends_operand_chain(const TokenList& tokens, std::size_t index) {
  const std::string_view literal = literal_of(tokens[index]->getType());
  if (literal == "," || literal == ":" || literal == "=>") return true;
  if (literal == "else" && index + 1 < tokens.size()) {
    const std::string_view next = literal_of(tokens[index + 1]->getType());
    return next == "{" || next == "if";
  }
  const bool follows_block = index > 0 && literal_of(tokens[index - 1]->getType()) == "}";
  if (follows_block && (literal == "on" || literal == "interrupted")) return true;
  const std::size_t type = tokens[index]->getType();
  const bool is_keyword = begins_statement(type) || begins_declaration(type) || begins_header(type) || begins_test_item(type);
  return is_keyword && index > 0 && !is_operator(literal_of(tokens[index - 1]->getType())) && !is_opening(tokens[index - 1]->getType());
}

}  // namespace

void balance_brackets(TokenList& tokens, Reporter& reporter) {
  if (!is_balanced(tokens)) Balancer(tokens, reporter).run();
}

bool check_depth(const TokenList& tokens, Reporter& reporter) {
  std::vector<std::size_t> operators = {0};  // of the expression in progress, one entry for each open bracket
  std::size_t total = 0;
  const source::SourceFile& file = reporter.file();
  for (std::size_t index = 0; index < tokens.size(); ++index) {
    const std::size_t type = tokens[index]->getType();
    if (is_opening(type)) {
      operators.push_back(0);
      if (operators.size() > k_nesting_max) {
        reporter.report(
            Diagnostic(Kind::nested_too_deeply, span_of(file, *tokens[index])).with("limit", static_cast<std::int64_t>(k_nesting_max)));
        return false;
      }
    } else if (is_closing(type) && operators.size() > 1) {
      total -= operators.back();
      operators.pop_back();
    } else if (ends_operand_chain(tokens, index)) {
      total -= operators.back();
      operators.back() = 0;
    } else if (is_operator(literal_of(type))) {
      ++operators.back();
      if (++total > k_operators_max) {
        reporter.report(
            Diagnostic(Kind::expression_too_long, span_of(file, *tokens[index])).with("limit", static_cast<std::int64_t>(k_operators_max)));
        return false;
      }
    }
  }
  return true;
}

}  // namespace wend::syntax
