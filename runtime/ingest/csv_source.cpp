#include "runtime/ingest/csv_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/base/utf8.h"

namespace wend::ingest {
namespace {

std::string_view strip_line_end(std::string_view row) {
  if (row.ends_with('\n')) row.remove_suffix(1);
  if (row.ends_with('\r')) row.remove_suffix(1);
  return row;
}

}  // namespace

std::expected<std::unique_ptr<CsvSource>, InputError> CsvSource::open(RecordBuffer buffer, CsvDialect dialect, bool header,
                                                                      const std::vector<std::string>& group_by) {
  std::unique_ptr<CsvSource> source(new CsvSource(std::move(buffer), dialect));
  if (auto read = source->read_header(header, group_by); !read) return std::unexpected(read.error());
  return source;
}

// The header is looked at, not consumed: it belongs to the first record's bytes, so that a cursor counts every byte of the file.
std::expected<void, InputError> CsvSource::read_header(bool header, const std::vector<std::string>& group_by) {
  const auto row = find_row(0);
  if (!row) return std::unexpected(row.error());
  std::string_view text = buffer_.window().substr(0, row->size);
  if (header) header_ = text;
  if (text.starts_with(k_byte_order_mark)) text.remove_prefix(k_byte_order_mark.size());
  fields_.take_row(text);
  for (size_t i = 0; i < fields_.fields().size(); ++i) {
    columns_.push_back(header ? std::string(fields_.fields()[i]) : std::to_string(i + 1));
  }
  for (const std::string& name : group_by) {
    const auto found = std::ranges::find(columns_, name);
    if (found == columns_.end()) {
      return std::unexpected(InputError{fmt::format("events file `{}` has no column `{}` to group by; it has: {}", buffer_.cursor().source,
                                                    name, fmt::join(columns_, ", "))});
    }
    key_columns_.push_back(static_cast<size_t>(found - columns_.begin()));
  }
  pending_ = header_.size();
  return {};
}

std::expected<void, InputError> CsvSource::skip_to(const engine::SourceCursor& cursor) {
  if (cursor.bytes > 0) pending_ = 0;
  return buffer_.skip_to_line(cursor);
}

const engine::SourceCursor& CsvSource::cursor() {
  buffer_.consume(std::exchange(pending_, 0));
  return buffer_.cursor();
}

// The row that begins `offset` bytes into the window, reading on until it is whole. At most k_record_bytes_max of it are looked at.
std::expected<RowEnd, InputError> CsvSource::find_row(size_t offset) {
  for (;;) {
    const std::string_view rest = buffer_.window().substr(offset);
    RowEnd row = find_row_end(dialect_, rest);
    const bool is_whole = row.fault == RowFault::none || (row.fault == RowFault::stray_quote && row.size < rest.size());
    if (is_whole || rest.size() > k_record_bytes_max) return row;
    const auto more = buffer_.fill();
    if (!more) return std::unexpected(more.error());
    if (*more) continue;
    return find_last_row(offset, row);
  }
}

// The file's last row needs no line end when it is whole. Inside a quote, or before the last column, the rest of it is still to come.
std::expected<RowEnd, InputError> CsvSource::find_last_row(size_t offset, const RowEnd& row) {
  const std::string_view last = buffer_.window().substr(offset);
  if (last.ends_with('\n')) return row;
  std::string ended(last);
  ended.push_back('\n');
  const RowEnd checked = find_row_end(dialect_, ended);
  if (checked.fault == RowFault::stray_quote) return row;
  std::string_view text = ended;
  fields_.take_row(text);
  if (checked.fault == RowFault::unfinished || fields_.fields().size() < columns_.size()) return std::unexpected(buffer_.torn(offset));
  return RowEnd{last.size(), RowFault::none};
}

std::expected<bool, InputError> CsvSource::skip_empty_lines() {
  for (;;) {
    const std::string_view window = buffer_.window();
    if (window.empty() || window == "\r") {
      const auto more = buffer_.fill();
      if (!more) return std::unexpected(more.error());
      if (!*more) return false;
    } else if (window.starts_with('\n')) {
      buffer_.consume(1);
    } else if (window.starts_with("\r\n")) {
      buffer_.consume(2);
    } else {
      return true;
    }
  }
}

bool CsvSource::key_of(std::string_view row, std::string& key) {
  fields_.take_row(row);
  key.clear();
  for (const size_t column : key_columns_) {
    if (column >= fields_.fields().size()) return false;
    key += fields_.fields()[column];
    key.push_back('\0');
  }
  return true;
}

std::expected<bool, InputError> CsvSource::next(Record& record) {
  buffer_.consume(std::exchange(pending_, 0));
  const auto more = skip_empty_lines();
  if (!more) return std::unexpected(more.error());
  if (!*more) return false;
  const auto row = find_row(0);
  if (!row) return std::unexpected(row.error());
  record = {.line = buffer_.line()};
  if (row->fault != RowFault::none || row->size > k_record_bytes_max) {
    // An unclosed quote must not swallow the file: its line is refused and reading goes on behind it.
    record.fault = row->size > k_record_bytes_max ? RecordFault::too_long : RecordFault::bad_quotes;
    pending_ = row->size;
  } else if (auto taken = take_group(*row, record); !taken) {
    return std::unexpected(taken.error());
  }
  buffer_.count_record();
  return true;
}

// The first row and those behind it that have its key.
std::expected<void, InputError> CsvSource::take_group(const RowEnd& first, Record& record) {
  size_t size = first.size;
  const bool grouped = !key_columns_.empty() && key_of(buffer_.window().substr(0, size), key_);
  while (grouped) {
    if (size == buffer_.window().size()) {
      const auto more = buffer_.fill();
      if (!more) return std::unexpected(more.error());
      if (!*more) break;
    }
    const auto row = find_row(size);
    // What of a group that is too long has been passed over is told before a torn row behind it is.
    if (!row && record.fault == RecordFault::none) return std::unexpected(row.error());
    if (!row || row->fault != RowFault::none) break;
    if (!key_of(buffer_.window().substr(size, row->size), next_key_) || next_key_ != key_) break;
    size += row->size;
    ++record.lines;
    if (size > k_record_bytes_max) {
      record.fault = RecordFault::too_long;
      buffer_.consume(std::exchange(size, 0));
    }
  }
  record.bytes = strip_line_end(buffer_.window().substr(0, size));
  if (record.fault != RecordFault::none) record.bytes = {};
  pending_ = size;
  return {};
}

}  // namespace wend::ingest
