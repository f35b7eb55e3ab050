#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/source/source_file.h"

// The one canonical layout of a file (docs/layout.md).
//
// source → tokens with their comments (tokens.h) → layout: the same tokens with places where a line may end (layout.h, made
// by Writer from the syntax tree) → lines (printer.h) → text (align.h).
//
// 1. No phase makes, drops or moves a token, but for the commas that the language lets be left out: so formatting cannot
//    change what a file means.
// 2. The result depends on the tokens, on the comments (and whether something stands before them on their line) and on
//    where blank lines are; never on the spaces and the single line ends between them: so formatting twice is formatting once.

namespace wend::format {

/// Columns of a line, without the comment at its end. Only a single token that is longer goes beyond.
inline constexpr std::size_t k_width_max = 120;
/// A statement shares a line with the braces around it only up to here: a long one is easier to see on its own.
inline constexpr std::size_t k_block_width_max = 100;
inline constexpr std::size_t k_indent = 2;

struct FormatResult {
  std::optional<std::string> text;  ///< absent when the file does not parse
  std::vector<diag::Diagnostic> diagnostics;
};

/// Reads nothing but the file's text.
[[nodiscard]] FormatResult format(const source::SourceFile& file);

}  // namespace wend::format
