#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/source/source_file.h"
#include "compiler/syntax/parse.h"

// Internal to compiler/format: the tokens of a file as the layout needs them.

namespace wend::format {

struct CommentText {
  std::string_view text;  ///< without white space at its end
  bool own_line = false;
  bool blank_before = false;  ///< an empty line stands before it
};

/// Commas are no tokens here: each belongs to the token before it, so that a comment between the two comes after the comma.
struct TokenText {
  syntax::TokenKind kind = syntax::TokenKind::symbol;
  std::uint32_t begin = 0;
  std::string_view text;
  std::uint32_t width = 0;          ///< columns, without a comma
  std::uint32_t comment_begin = 0;  ///< the comments before it: [comment_begin, comment_end) of `Tokens::comments`
  std::uint32_t comment_end = 0;
  bool blank_before = false;
  bool tight = false;  ///< no space before it, whatever stands there
  bool comma = false;  ///< a comma follows
};

struct Tokens {
  std::vector<TokenText> tokens;  ///< the last one is empty and stands at the end of the file
  std::vector<CommentText> comments;
  std::vector<std::uint32_t> closing;  ///< for every token: the index of the bracket that closes it, if it opens one
};

[[nodiscard]] Tokens collect(const source::SourceFile& file, const syntax::SourceTokens& source);

}  // namespace wend::format
