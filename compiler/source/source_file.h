#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/span.h"

namespace wend::source {

/// Where a byte offset is, for people: both numbers start at 1, and the column counts code points.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  auto operator<=>(const Position&) const = default;
};

/// One file's text with its line table. Immutable. The text may be any bytes: whoever reads it decides what
/// invalid UTF-8 means (the parser reports it), and the renderer shows such bytes as U+FFFD.
class SourceFile {
 public:
  SourceFile(FileId file_id, std::string path, std::string text);

  [[nodiscard]] FileId file_id() const { return file_id_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::string_view text(Span span) const;

  [[nodiscard]] std::uint32_t line_count() const { return static_cast<std::uint32_t>(line_begins_.size()); }
  /// The line (from 1) without its end-of-line characters.
  [[nodiscard]] std::string_view line_text(std::uint32_t line) const;
  /// Byte offset of the first byte of the line (from 1).
  [[nodiscard]] std::uint32_t line_begin(std::uint32_t line) const;
  /// Offsets beyond the end are taken as the end.
  [[nodiscard]] Position position(std::uint32_t offset) const;
  [[nodiscard]] std::uint32_t line_of(std::uint32_t offset) const;
  [[nodiscard]] Span whole() const { return {file_id_, 0, static_cast<std::uint32_t>(text_.size())}; }

 private:
  FileId file_id_;
  std::string path_;
  std::string text_;
  std::vector<std::uint32_t> line_begins_;
};

}  // namespace wend::source
