#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/source/source_file.h"
#include "compiler/template/tree.h"

// What stands between the marks of outputs and tags: words, literals, filters, conditions.

namespace wend::liquid {

enum class WordKind : std::uint8_t { end, name, number, text, symbol, wrong };

struct Word {
  WordKind kind = WordKind::end;
  std::string_view text;  ///< of a text literal, without its quotes
  Span span;
};

/// Reads one piece of markup. What is wrong is reported once, and everything that follows then reads as the end.
class Markup {
 public:
  Markup(const source::SourceFile& file, Span span, std::vector<diag::Diagnostic>& diagnostics);

  [[nodiscard]] const Word& peek() const { return words_[at_]; }
  [[nodiscard]] const Word& peek(std::size_t ahead) const { return words_[std::min(at_ + ahead, words_.size() - 1)]; }
  Word take() { return at_ + 1 < words_.size() ? words_[at_++] : words_[at_]; }
  [[nodiscard]] bool at_end() const { return peek().kind == WordKind::end; }
  [[nodiscard]] bool is(std::string_view text) const {
    return (peek().kind == WordKind::name || peek().kind == WordKind::symbol) && peek().text == text;
  }
  bool take_if(std::string_view text);
  /// Reports when something else stands there.
  bool expect(std::string_view text);
  /// Reports when anything is left.
  void expect_end();
  void fail(const std::string& expected);
  [[nodiscard]] bool failed() const { return failed_; }

  Name name(const std::string& what);
  Value value();
  Filtered filtered();
  Condition condition();
  /// `a: 1, b: x`, with or without a comma before the first.
  std::vector<Argument> named_arguments();
  [[nodiscard]] Span span() const { return span_; }
  /// As it stands in the file.
  [[nodiscard]] std::string source_text(Span span) const { return std::string(file_.text(span)); }

 private:
  void read_words();
  Value path();
  Value number(const Word& word);
  Argument argument();
  Condition comparison();
  ValuePtr nested();
  [[nodiscard]] Span since(Span begin) const;

  const source::SourceFile& file_;
  Span span_;
  std::vector<diag::Diagnostic>& diagnostics_;
  std::vector<Word> words_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  bool failed_ = false;
};

}  // namespace wend::liquid
