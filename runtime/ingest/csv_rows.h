#pragma once

// Rows of CSV as RFC 4180 has them: quoted fields may hold delimiters, line ends and doubled quotes.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wend::ingest {

struct CsvDialect {
  char delimiter = ',';
  std::optional<char> quote = '"';
};

enum class RowFault : uint8_t {
  none,
  unfinished,   // the text ends inside a quoted field, or without a line end: more text may tell
  stray_quote,  // a quote inside an unquoted field, or text after a closing quote
};

struct RowEnd {
  size_t size = 0;  // bytes of the row with its line end; with a stray quote, of its first line
  RowFault fault = RowFault::none;
};

// Where the first row of `text` ends.
RowEnd find_row_end(const CsvDialect& dialect, std::string_view text);

// The fields of one whole row, without its line end.
class CsvFields {
 public:
  explicit CsvFields(CsvDialect dialect) : dialect_(dialect) {}
  // Takes the first row off `text`, which begins with a whole one. Fields live until the next call and as long as the text.
  void take_row(std::string_view& text);
  const std::vector<std::string_view>& fields() const { return fields_; }

 private:
  std::string_view take_quoted(std::string_view& text);

  CsvDialect dialect_;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unquoted_;  // fields that had doubled quotes; their places do not move
  size_t unquoted_count_ = 0;
};

}  // namespace wend::ingest
