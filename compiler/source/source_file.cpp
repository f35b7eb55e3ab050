#include "compiler/source/source_file.h"

#include <algorithm>
#include <cassert>

#include "compiler/source/utf8.h"

namespace wend::source {

SourceFile::SourceFile(FileId file_id, std::string path, std::string text)
    : file_id_(file_id), path_(std::move(path)), text_(std::move(text)) {
  line_begins_.push_back(0);
  for (std::size_t offset = text_.find('\n'); offset != std::string::npos; offset = text_.find('\n', offset + 1)) {
    line_begins_.push_back(static_cast<std::uint32_t>(offset + 1));
  }
}

std::string_view SourceFile::text(Span span) const {
  assert(span.file_id == file_id_ && span.begin <= span.end && span.end <= text_.size());
  return std::string_view(text_).substr(span.begin, span.end - span.begin);
}

std::uint32_t SourceFile::line_begin(std::uint32_t line) const {
  assert(line >= 1 && line <= line_count());
  return line_begins_[line - 1];
}

std::string_view SourceFile::line_text(std::uint32_t line) const {
  const std::size_t begin = line_begin(line);
  std::size_t end = line < line_count() ? line_begins_[line] - 1 : text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

std::uint32_t SourceFile::line_of(std::uint32_t offset) const {
  const auto after = std::upper_bound(line_begins_.begin(), line_begins_.end(), offset);
  return static_cast<std::uint32_t>(after - line_begins_.begin());
}

Position SourceFile::position(std::uint32_t offset) const {
  const std::size_t bounded = std::min<std::size_t>(offset, text_.size());
  const std::uint32_t line = line_of(static_cast<std::uint32_t>(bounded));
  const std::uint32_t begin = line_begin(line);
  const auto before = std::string_view(text_).substr(begin, bounded - begin);
  return {line, static_cast<std::uint32_t>(utf8_count(before)) + 1};
}

}  // namespace wend::source
