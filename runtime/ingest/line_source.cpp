#include "runtime/ingest/line_source.h"

#include <utility>

#include "runtime/base/utf8.h"
#include "runtime/ingest/json_extent.h"

namespace wend::ingest {
namespace {

std::string_view trim(std::string_view line) {
  constexpr std::string_view k_blank = " \t\r\n";
  const size_t first = line.find_first_not_of(k_blank);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(k_blank) - first + 1);
}

}  // namespace

const engine::SourceCursor& LineSource::cursor() {
  buffer_.consume(std::exchange(pending_, 0));
  return buffer_.cursor();
}

std::expected<bool, InputError> LineSource::next(Record& record) {
  buffer_.consume(std::exchange(pending_, 0));
  for (size_t searched = 0;;) {
    const std::string_view window = buffer_.window();
    const size_t newline = window.find('\n', searched);
    if (newline == std::string_view::npos && window.size() <= k_record_bytes_max) {
      searched = window.size();
      const auto more = buffer_.fill();
      if (!more) return std::unexpected(more.error());
      if (*more) continue;
      if (buffer_.window().empty()) return false;
    }
    const std::string_view line = buffer_.window().substr(0, newline);
    const bool is_marked = buffer_.is_at_start() && line.starts_with(k_byte_order_mark);
    record = {.bytes = trim(is_marked ? line.substr(k_byte_order_mark.size()) : line), .line = buffer_.line()};
    if (line.size() > k_record_bytes_max) {
      record.fault = RecordFault::too_long;
      record.bytes = {};
      if (auto dropped = drop_line(); !dropped) return std::unexpected(dropped.error());
      buffer_.count_record();
      return true;
    }
    const bool is_ended = newline != std::string_view::npos;
    if (!is_ended && record.bytes.starts_with('{') && json_object_end(record.bytes) == std::string_view::npos) {
      return std::unexpected(buffer_.torn(0));
    }
    const size_t size = is_ended ? newline + 1 : line.size();
    if (record.bytes.empty()) {
      buffer_.consume(size);
      searched = 0;
      continue;
    }
    buffer_.count_record();
    pending_ = size;
    return true;
  }
}

// Consumes to the end of the line while reading, so that no more than a buffer of it is ever held.
std::expected<void, InputError> LineSource::drop_line() {
  for (;;) {
    const std::string_view window = buffer_.window();
    const size_t newline = window.find('\n');
    buffer_.consume(newline == std::string_view::npos ? window.size() : newline + 1);
    if (newline != std::string_view::npos) return {};
    const auto more = buffer_.fill();
    if (!more) return std::unexpected(more.error());
    if (!*more) return {};
  }
}

}  // namespace wend::ingest
