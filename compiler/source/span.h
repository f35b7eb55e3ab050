#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace wend::source {

/// Names one file of a `Sources`. A default-constructed id names no file: diagnostics about a folder or a
/// missing file carry it.
struct FileId {
  static constexpr std::uint32_t k_none = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t value = k_none;

  [[nodiscard]] bool valid() const { return value != k_none; }
  auto operator<=>(const FileId&) const = default;
};

/// A half-open range of bytes [begin, end) in one file. Spans are byte offsets everywhere; lines and columns
/// exist only when a person reads them (`SourceFile::position`).
struct Span {
  FileId file_id;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  [[nodiscard]] bool valid() const { return file_id.valid(); }
  [[nodiscard]] std::uint32_t length() const { return end - begin; }
  [[nodiscard]] bool contains(std::uint32_t offset) const { return begin <= offset && offset < end; }
  auto operator<=>(const Span&) const = default;
};

/// The smallest span that covers both; they must be in one file.
[[nodiscard]] inline Span join(Span first, Span second) {
  if (!first.valid()) return second;
  if (!second.valid()) return first;
  return {first.file_id, first.begin < second.begin ? first.begin : second.begin, first.end > second.end ? first.end : second.end};
}

}  // namespace wend::source
