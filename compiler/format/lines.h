#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/format/layout.h"

// Internal to compiler/format: lines, before columns are aligned.

namespace wend::format {

struct Line {
  std::string text;          ///< with its indentation
  std::size_t width = 0;     ///< columns of `text`
  std::string_view comment;  ///< at the end of the line
  bool is_comment = false;   ///< `text` is nothing but one
};

/// Where a column of a row begins.
struct Stop {
  std::uint32_t column = 0;
  std::size_t offset = 0;    ///< bytes of the line before it
  std::size_t position = 0;  ///< the same in columns of the screen
};
struct RowLines {
  RowKind kind = RowKind::setting;
  std::size_t first_line = 0;
  std::size_t last_line = 0;
  bool begins_line = false;
  std::vector<Stop> stops;
};

struct Lines {
  std::vector<Line> lines;
  std::vector<RowLines> rows;  ///< in the order of their beginnings
};

}  // namespace wend::format
