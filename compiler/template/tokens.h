#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/source/source_file.h"

// A template cut into texts, outputs and tags.

namespace wend::liquid {

enum class TokenKind : std::uint8_t { text, output, tag };

struct Token {
  TokenKind kind = TokenKind::text;
  /// Of a text, itself, without what white space control takes away; of an output or tag, what stands between the marks.
  source::Span inner;
  source::Span whole;
  std::string_view name;  ///< of a tag: its first word
  source::Span rest;      ///< of a tag: what follows the name
};

struct Tokens {
  std::vector<Token> tokens;
  std::vector<diag::Diagnostic> diagnostics;
};

/// `comment`, `doc` and inline comments leave no token; `raw` leaves a text; the lines of a `liquid` tag are tags.
[[nodiscard]] Tokens tokenize(const source::SourceFile& file);

}  // namespace wend::liquid
