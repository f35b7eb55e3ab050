#include "compiler/template/tokens.h"

#include <algorithm>
#include <optional>
#include <string>

namespace wend::liquid {
namespace {

using diag::Diagnostic;
using diag::Kind;
using source::Span;

constexpr std::string_view k_spaces = " \t\r\n\f\v";
// Of `liquid` tags in `liquid` tags.
constexpr int k_liquid_depth_max = 16;

bool is_space(char c) {
  return k_spaces.find(c) != std::string_view::npos;
}
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class Tokenizer {
 public:
  explicit Tokenizer(const source::SourceFile& file) : file_(file), text_(file.text()) {}

  Tokens run() {
    while (at_ < text_.size()) {
      const std::size_t open = find_open(at_);
      add_text(at_, open);
      if (open == text_.size()) break;
      at_ = open;
      mark();
    }
    return std::move(result_);
  }

 private:
  Span span(std::size_t begin, std::size_t end) const {
    return {file_.file_id(), static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }
  Diagnostic& report(Kind kind, Span place) { return result_.diagnostics.emplace_back(kind, place); }

  // The next `{{` or `{%`, or the end.
  std::size_t find_open(std::size_t from) const {
    for (std::size_t at = text_.find('{', from); at != std::string_view::npos; at = text_.find('{', at + 1)) {
      if (at + 1 < text_.size() && (text_[at + 1] == '{' || text_[at + 1] == '%')) return at;
    }
    return text_.size();
  }

  void add_text(std::size_t begin, std::size_t end) {
    if (strip_next_) {
      while (begin < end && is_space(text_[begin])) ++begin;
    }
    strip_next_ = false;
    if (begin < end) result_.tokens.push_back({TokenKind::text, span(begin, end), span(begin, end), {}, {}});
  }
  // `{%-`: what stands before loses its white space at the end.
  void strip_before() {
    if (result_.tokens.empty() || result_.tokens.back().kind != TokenKind::text || result_.tokens.back().whole.end != at_) return;
    Token& token = result_.tokens.back();
    while (token.inner.end > token.inner.begin && is_space(text_[token.inner.end - 1])) --token.inner.end;
    if (token.inner.end == token.inner.begin) result_.tokens.pop_back();
  }

  // An output or a tag begins at `at_`.
  void mark() {
    const bool is_output = text_[at_ + 1] == '{';
    const std::size_t close = text_.find(is_output ? "}}" : "%}", at_ + 2);
    if (close == std::string_view::npos) {
      report(Kind::template_unclosed, span(at_, at_ + 2)).with("tag", is_output ? "{{" : "{%");
      at_ = text_.size();
      return;
    }
    std::size_t begin = at_ + 2;
    std::size_t end = close;
    if (begin < end && text_[begin] == '-') {
      strip_before();
      ++begin;
    }
    if (begin < end && text_[end - 1] == '-') {
      strip_next_ = true;
      --end;
    }
    const Token token{is_output ? TokenKind::output : TokenKind::tag, span(begin, end), span(at_, close + 2), {}, {}};
    at_ = close + 2;
    if (is_output) {
      result_.tokens.push_back(token);
    } else {
      add_tag(token);
    }
  }

  void add_tag(Token token) {
    name_tag(token);
    if (token.name.starts_with('#')) return;
    if (token.name == "raw") return raw(token);
    if (token.name == "comment") return comment(token);
    if (token.name == "doc") return skip_to("enddoc", token);
    if (token.name == "liquid") return lines(token.rest, 0);
    result_.tokens.push_back(token);
  }
  void name_tag(Token& token) const {
    std::size_t begin = token.inner.begin;
    while (begin < token.inner.end && is_space(text_[begin])) ++begin;
    std::size_t end = begin;
    if (end < token.inner.end && text_[end] == '#') {
      ++end;
    } else {
      while (end < token.inner.end && is_word(text_[end])) ++end;
    }
    token.name = text_.substr(begin, end - begin);
    token.rest = span(end, token.inner.end);
  }

  // The tag `name` from `at_` on, when there is one: where it begins and ends, and its white space control.
  struct Closing {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool strips_before = false;
    bool strips_after = false;
    std::string_view name;
  };
  // With this name, when one is given: what others hold is not looked at, so that this takes one pass.
  std::optional<Closing> next_tag(std::size_t from, std::string_view wanted = {}) const {
    for (std::size_t open = text_.find("{%", from); open != std::string_view::npos; open = text_.find("{%", open + 2)) {
      Closing found{open, 0, false, false, {}};
      std::size_t begin = open + 2;
      if (begin < text_.size() && text_[begin] == '-') {
        found.strips_before = true;
        ++begin;
      }
      while (begin < text_.size() && is_space(text_[begin])) ++begin;
      std::size_t end = begin;
      while (end < text_.size() && is_word(text_[end])) ++end;
      found.name = text_.substr(begin, end - begin);
      if (!wanted.empty() && found.name != wanted) continue;
      const std::size_t close = text_.find("%}", open + 2);
      if (close == std::string_view::npos) return std::nullopt;
      found.end = close + 2;
      found.strips_after = close > open + 2 && text_[close - 1] == '-';
      return found;
    }
    return std::nullopt;
  }
  void unclosed(const Token& opening) {
    report(Kind::template_unclosed, opening.whole).with("tag", std::string(opening.name));
    at_ = text_.size();
  }
  void skip_to(std::string_view name, const Token& opening) {
    const auto found = next_tag(at_, name);
    if (!found) return unclosed(opening);
    strip_next_ = found->strips_after;
    at_ = found->end;
  }
  void raw(const Token& opening) {
    const auto found = next_tag(at_, "endraw");
    if (!found) return unclosed(opening);
    add_text(at_, found->begin);
    at_ = found->begin;
    if (found->strips_before) strip_before();
    strip_next_ = found->strips_after;
    at_ = found->end;
  }
  // Comments nest, and `raw` inside hides what would end them.
  void comment(const Token& opening) {
    int depth = 1;
    while (const auto found = next_tag(at_)) {
      at_ = found->end;
      if (found->name == "raw") {
        if (const auto end = next_tag(at_, "endraw")) at_ = end->end;
      } else if (found->name == "comment") {
        ++depth;
      } else if (found->name == "endcomment" && --depth == 0) {
        strip_next_ = found->strips_after;
        return;
      }
    }
    unclosed(opening);
  }

  // Each line of a `liquid` tag is a tag.
  void lines(Span inside, int depth) {
    if (depth == k_liquid_depth_max) {
      report(Kind::template_too_large, inside).with("what", "`liquid` tags are nested more than 16 deep");
      return;
    }
    int comments = 0;
    for (std::size_t at = inside.begin; at < inside.end;) {
      const std::size_t end = std::min<std::size_t>(text_.find('\n', at), inside.end);
      Token token{TokenKind::tag, span(at, end), span(at, end), {}, {}};
      trim(token);
      at = end + 1;
      name_tag(token);
      if (comments > 0) {
        comments += token.name == "comment" ? 1 : (token.name == "endcomment" ? -1 : 0);
      } else if (token.name == "comment") {
        comments = 1;
      } else if (token.name == "liquid") {
        lines(token.rest, depth + 1);
      } else if (token.inner.length() > 0 && !token.name.starts_with('#')) {
        result_.tokens.push_back(token);
      }
    }
    if (comments > 0) report(Kind::template_unclosed, inside).with("tag", "comment");
  }
  void trim(Token& token) const {
    while (token.inner.begin < token.inner.end && is_space(text_[token.inner.begin])) ++token.inner.begin;
    while (token.inner.end > token.inner.begin && is_space(text_[token.inner.end - 1])) --token.inner.end;
    token.whole = token.inner;
  }

  const source::SourceFile& file_;
  std::string_view text_;
  std::size_t at_ = 0;
  bool strip_next_ = false;
  Tokens result_;
};

}  // namespace

Tokens tokenize(const source::SourceFile& file) {
  return Tokenizer(file).run();
}

}  // namespace wend::liquid
