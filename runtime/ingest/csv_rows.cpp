#include "runtime/ingest/csv_rows.h"

#include <algorithm>

namespace wend::ingest {
namespace {

constexpr size_t k_none = std::string_view::npos;

size_t end_of_line(std::string_view text, size_t from) {
  const size_t newline = text.find('\n', from);
  return newline == k_none ? text.size() : newline + 1;
}

// Offset just behind the closing quote of the field whose opening quote stands at `open`, or npos.
size_t find_closing(char quote, std::string_view text, size_t open) {
  for (size_t at = open + 1;;) {
    at = text.find(quote, at);
    if (at == k_none) return k_none;
    if (at + 1 < text.size() && text[at + 1] == quote) {
      at += 2;
      continue;
    }
    return at + 1;
  }
}

std::string_view strip_line_end(std::string_view field) {
  if (field.ends_with('\n')) field.remove_suffix(1);
  if (field.ends_with('\r')) field.remove_suffix(1);
  return field;
}

}  // namespace

RowEnd find_row_end(const CsvDialect& dialect, std::string_view text) {
  for (size_t at = 0;;) {
    if (dialect.quote && at < text.size() && text[at] == *dialect.quote) {
      const size_t closed = find_closing(*dialect.quote, text, at);
      if (closed == k_none) return {end_of_line(text, 0), RowFault::unfinished};
      if (closed == text.size()) return {closed, RowFault::unfinished};
      at = closed;
      if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') ++at;
      if (text[at] == '\n') return {at + 1, RowFault::none};
      if (text[at] != dialect.delimiter) return {end_of_line(text, 0), RowFault::stray_quote};
      ++at;
      continue;
    }
    for (;; ++at) {
      if (at == text.size()) return {at, RowFault::unfinished};
      const char c = text[at];
      if (c == '\n') return {at + 1, RowFault::none};
      if (c == dialect.delimiter) break;
      if (dialect.quote && c == *dialect.quote) return {end_of_line(text, 0), RowFault::stray_quote};
    }
    ++at;
  }
}

std::string_view CsvFields::take_quoted(std::string_view& text) {
  const size_t closed = std::min(find_closing(*dialect_.quote, text, 0), text.size());
  std::string_view field = text.substr(1, closed < 2 ? 0 : closed - 2);
  text.remove_prefix(closed);
  if (field.find(*dialect_.quote) == k_none) return field;
  if (unquoted_count_ == unquoted_.size()) unquoted_.emplace_back();
  std::string& plain = unquoted_[unquoted_count_++];
  plain.clear();
  for (size_t i = 0; i < field.size(); ++i) {
    plain.push_back(field[i]);
    if (field[i] == *dialect_.quote) ++i;
  }
  return plain;
}

void CsvFields::take_row(std::string_view& text) {
  fields_.clear();
  unquoted_count_ = 0;
  for (;;) {
    if (dialect_.quote && text.starts_with(*dialect_.quote)) {
      fields_.push_back(take_quoted(text));
    } else {
      size_t end = 0;
      while (end < text.size() && text[end] != dialect_.delimiter && text[end] != '\n') ++end;
      const bool last = end == text.size() || text[end] == '\n';
      fields_.push_back(last ? strip_line_end(text.substr(0, end)) : text.substr(0, end));
      text.remove_prefix(end);
    }
    if (text.starts_with('\r')) text.remove_prefix(1);
    if (text.empty()) return;
    const bool row_ends = text.front() == '\n';
    text.remove_prefix(1);
    if (row_ends) return;
  }
}

}  // namespace wend::ingest
