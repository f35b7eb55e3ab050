#include "compiler/diag/excerpt.h"

#include <algorithm>

#include "compiler/source/utf8.h"

namespace wend::diag {
namespace {

constexpr std::string_view k_ellipsis = "…";

bool reorders_text(char32_t code_point) {
  return (code_point >= 0x202A && code_point <= 0x202E) || (code_point >= 0x2066 && code_point <= 0x2069);
}

void append_printable(std::string& out, std::string_view text, std::size_t offset) {
  const char32_t code_point = source::utf8_decode_at(text, offset);
  if (code_point == '\t') {
    out += "    ";
  } else if (code_point < 0x20) {
    source::utf8_append(out, 0x2400 + code_point);  // the control pictures of Unicode
  } else if (code_point == 0x7F) {
    source::utf8_append(out, 0x2421);
  } else {
    source::utf8_append(out, reorders_text(code_point) ? char32_t{0xFFFD} : code_point);
  }
}

/// Moves an offset back to the beginning of its code point.
std::size_t align_back(std::string_view text, std::size_t offset) {
  for (int steps = 0; steps < 3 && offset > 0 && offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80;
       ++steps) {
    --offset;
  }
  return offset;
}

bool overlaps(const MarkRow& row, std::size_t begin, std::size_t end) {
  return std::any_of(row.pieces.begin(), row.pieces.end(), [&](const MarkRow::Piece& piece) {
    return piece.column < end && begin < piece.column + source::display_width(piece.text);
  });
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t offset = 0; offset < text.size(); offset += source::utf8_length_at(text, offset)) append_printable(out, text, offset);
  return out;
}

Excerpt make_excerpt(const source::SourceFile& file, std::uint32_t line, std::uint32_t first_mark, std::uint32_t last_mark) {
  const std::string_view text = file.line_text(line);
  const std::uint32_t line_begin = file.line_begin(line);
  if (text.size() <= k_excerpt_bytes_max) {
    return {printable(text), line_begin, line_begin + static_cast<std::uint32_t>(text.size()), 0};
  }
  const std::size_t first = std::min<std::size_t>(first_mark - line_begin, text.size());
  const std::size_t last = std::min<std::size_t>(last_mark - line_begin, text.size());
  std::size_t begin = first > k_excerpt_lead_bytes ? first - k_excerpt_lead_bytes : 0;
  // A mark near the end of the line leaves room to show more of what comes before it.
  if (last <= text.size() && begin + k_excerpt_bytes_max > text.size()) begin = text.size() - k_excerpt_bytes_max;
  begin = align_back(text, begin);
  const std::size_t end = align_back(text, std::min(begin + k_excerpt_bytes_max, text.size()));

  Excerpt excerpt{printable(text.substr(begin, end - begin)), line_begin + static_cast<std::uint32_t>(begin),
                  line_begin + static_cast<std::uint32_t>(end), 0};
  if (begin > 0) {
    excerpt.text.insert(0, k_ellipsis);
    excerpt.lead_columns = 1;
  }
  if (end < text.size()) excerpt.text += k_ellipsis;
  return excerpt;
}

std::size_t column_of(const source::SourceFile& file, const Excerpt& excerpt, std::uint32_t offset) {
  const std::uint32_t bounded = std::clamp(offset, excerpt.begin, excerpt.end);
  const auto before = file.text({file.file_id(), excerpt.begin, bounded});
  return excerpt.lead_columns + source::display_width(printable(before));
}

std::vector<MarkRow> lay_out_marks(std::vector<Mark> marks) {
  std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.column < b.column; });
  std::vector<MarkRow> rows(1);
  // Primary underlines are drawn last so that they win where two overlap.
  for (const bool primary : {false, true}) {
    for (const Mark& mark : marks) {
      if (mark.primary == primary) rows[0].pieces.push_back({mark.column, std::string(mark.width, primary ? '^' : '-'), primary});
    }
  }
  std::vector<Mark> hanging;
  for (std::size_t index = 0; index < marks.size(); ++index) {
    const Mark& mark = marks[index];
    if (mark.text.empty()) continue;
    const std::size_t text_column = mark.column + mark.width + 1;
    const bool is_last = index + 1 == marks.size();
    if (is_last && !overlaps(rows[0], text_column, text_column + 1)) {
      rows[0].pieces.push_back({text_column, mark.text, mark.primary});
    } else {
      hanging.push_back(mark);
    }
  }
  // The rightmost hanging text comes first; the others keep a stem at their column.
  while (!hanging.empty()) {
    MarkRow row;
    for (std::size_t index = 0; index + 1 < hanging.size(); ++index)
      row.pieces.push_back({hanging[index].column, "|", hanging[index].primary});
    row.pieces.push_back({hanging.back().column, hanging.back().text, hanging.back().primary});
    rows.push_back(std::move(row));
    hanging.pop_back();
  }
  return rows;
}

}  // namespace wend::diag
