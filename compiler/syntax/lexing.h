#pragma once

#include <antlr4-runtime.h>

#include <memory>
#include <string_view>
#include <vector>

#include "compiler/source/source_file.h"
#include "compiler/syntax/parse.h"

// Internal to compiler/syntax: from bytes to ANTLR tokens. Token indexes are byte offsets of the file, because the
// lexer reads bytes; everything beyond ASCII is legal only in strings and comments.

namespace wend::syntax {

using TokenList = std::vector<std::unique_ptr<antlr4::Token>>;

/// The bytes [begin, end) of a text as a stream whose positions are offsets of the whole text.
class ByteStream final : public antlr4::CharStream {
 public:
  ByteStream(std::string_view text, std::size_t begin, std::size_t end) : text_(text), at_(begin), begin_(begin), end_(end) {}

  void consume() override;
  std::size_t LA(ssize_t distance) override;
  ssize_t mark() override { return -1; }
  void release(ssize_t) override {}
  std::size_t index() override { return at_; }
  void seek(std::size_t index) override { at_ = index; }
  std::size_t size() override { return end_; }
  std::string getSourceName() const override { return ""; }
  std::string getText(const antlr4::misc::Interval& interval) override;
  std::string toString() const override { return std::string(text_); }

 private:
  std::string_view text_;
  std::size_t at_;
  std::size_t begin_;
  std::size_t end_;
};

/// The tokens of a range, and what they point into: it must outlive them.
struct Lexed {
  std::vector<std::unique_ptr<ByteStream>> streams;  ///< more than one when a part was lexed again
  TokenList tokens;                                  ///< without comments, without an end-of-file token
  std::vector<Comment> comments;
  bool too_many = false;  ///< stopped at k_tokens_max
};

[[nodiscard]] Lexed lex(const source::SourceFile& file, std::size_t begin, std::size_t end);

/// Whether only white space comes before the offset on its line.
[[nodiscard]] bool begins_line(std::string_view text, std::size_t offset);
[[nodiscard]] source::Span span_of(const source::SourceFile& file, const antlr4::Token& token);
[[nodiscard]] std::string_view text_of(const source::SourceFile& file, const antlr4::Token& token);
void set_type(antlr4::Token& token, std::size_t type);

}  // namespace wend::syntax
