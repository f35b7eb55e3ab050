#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/source/source_file.h"

// The part of a source line that is shown to a person, and marks under it. Internal to the renderer.

namespace wend::diag {

/// Lines longer than this many bytes are shown through a window around their marks.
inline constexpr std::size_t k_excerpt_bytes_max = 160;
/// Bytes of context before the first mark in such a window.
inline constexpr std::size_t k_excerpt_lead_bytes = 50;

/// A shown line: display text plus what is needed to place marks.
struct Excerpt {
  std::string text;              ///< printable: tabs widened, control characters and malformed bytes replaced
  std::uint32_t begin = 0;       ///< file offset of the first shown byte
  std::uint32_t end = 0;         ///< file offset after the last shown byte
  std::size_t lead_columns = 0;  ///< columns of the ellipsis before the text
};

/// The excerpt of a line that has something interesting at [first_mark, last_mark).
[[nodiscard]] Excerpt make_excerpt(const source::SourceFile& file, std::uint32_t line, std::uint32_t first_mark, std::uint32_t last_mark);

/// Terminal column (from 0) of a file offset within the excerpt; offsets outside are clamped.
[[nodiscard]] std::size_t column_of(const source::SourceFile& file, const Excerpt& excerpt, std::uint32_t offset);

/// Text as it may be printed: no control characters, no bidirectional overrides, tabs as four spaces.
[[nodiscard]] std::string printable(std::string_view text);

/// One underlined range of a line.
struct Mark {
  std::size_t column = 0;  ///< from 0
  std::size_t width = 1;   ///< at least 1
  bool primary = false;
  std::string text;
};

/// A row of marks or of texts below a line. `primary` tells a painter which colour a cell range has.
struct MarkRow {
  struct Piece {
    std::size_t column;
    std::string text;
    bool primary;
  };
  std::vector<Piece> pieces;
};

/// Lays the marks of one line out below it: underlines first with the rightmost text beside them, then one text a row.
[[nodiscard]] std::vector<MarkRow> lay_out_marks(std::vector<Mark> marks);

}  // namespace wend::diag
