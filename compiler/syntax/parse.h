#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/source/source_file.h"
#include "compiler/syntax/ast.h"

namespace wend::syntax {

// Bounds on what is parsed: hostile or machine-made input ends in one diagnostic, in bounded time and memory.

/// Bytes of one journey file. A thousand-line file has about 40,000.
inline constexpr std::size_t k_source_bytes_max = 4 * 1024 * 1024;
/// Words and symbols in one file; a parse tree takes about 1 kB for each.
inline constexpr std::size_t k_tokens_max = 500'000;
/// Nested brackets of all kinds. Parser and tree walkers recurse, so this bounds their stack.
inline constexpr std::size_t k_nesting_max = 100;
/// Operators on one path from an expression's root to a leaf, for the same reason.
inline constexpr std::size_t k_operators_max = 500;
/// Holes in the message texts of one file; each is parsed by itself.
inline constexpr std::size_t k_holes_max = 20'000;
/// One file reports at most this many syntax errors.
inline constexpr std::size_t k_syntax_errors_max = 50;

struct ParseResult {
  File file;  ///< always there, perhaps with Error nodes
  std::vector<diag::Diagnostic> diagnostics;
  /// False when anything did not parse: names may be missing, so "unknown name" would be a guess.
  bool complete = true;
};

enum class CommentKind : std::uint8_t { plain, doc };
struct Comment {
  CommentKind kind = CommentKind::plain;
  source::Span span;
  /// Whether only white space comes before it on its line.
  bool own_line = false;
};

enum class TokenKind : std::uint8_t {
  word,       ///< a word of the grammar, also where it is used as a name
  name,       ///< any other lower-case name, back-quoted or not
  type_name,  ///< a capitalised name
  number,     ///< with percentages and dates
  time,       ///< with offsets from UTC
  text,
  symbol,
};
struct Token {
  TokenKind kind = TokenKind::symbol;
  source::Span span;
};
/// What a formatter needs besides the tree: everything of the text but the white space.
struct SourceTokens {
  std::vector<Token> tokens;
  std::vector<Comment> comments;  ///< in text order
};

/// Never throws; reads nothing but the text. `tokens`, when given, receives the text's tokens; they are of use only when
/// the file is complete.
[[nodiscard]] ParseResult parse(const source::SourceFile& file, SourceTokens* tokens = nullptr);

/// The grammar's words: every lower-case literal is in exactly one of the two lists, sorted.
[[nodiscard]] const std::vector<std::string>& soft_words();      ///< usable as any name
[[nodiscard]] const std::vector<std::string>& reserved_words();  ///< as a name only after `.`, before `:`, or back-quoted

}  // namespace wend::syntax
