#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wend::source {

/// Why a file could not be read. Shown to people through `diag::from_file_error`.
enum class FileErrorKind { not_found, is_folder, not_a_folder, too_large, not_permitted, other };

struct FileError {
  FileErrorKind kind = FileErrorKind::other;
  std::string path;
  std::string detail;            ///< the operating system's words, where there are any
  std::uint64_t size_bytes = 0;  ///< for `too_large`
};

/// A compiler that reads whole files into memory needs a bound; real journey files and schemas are far below it.
inline constexpr std::uint64_t k_file_bytes_max = 64ULL * 1024 * 1024;
/// A project folder with more entries than this is surely not one (somebody passed `/`).
inline constexpr std::size_t k_folder_entries_max = 100'000;

/// The only door through which the compiler core sees files. Paths use `/`.
class FileStore {
 public:
  virtual ~FileStore() = default;
  [[nodiscard]] virtual std::expected<std::string, FileError> read(const std::string& path) const = 0;
  /// Every regular file below the folder, recursively, sorted by path; each path begins with `folder`.
  /// Hidden entries (a leading dot) are left out.
  [[nodiscard]] virtual std::expected<std::vector<std::string>, FileError> list(const std::string& folder) const = 0;
  [[nodiscard]] virtual bool is_folder(const std::string& path) const = 0;
  /// Whether the path stays inside of the folder, wherever links lead.
  [[nodiscard]] virtual bool is_inside(const std::string& path, const std::string& folder) const = 0;
};

/// Files held in memory: for tests, editors and embedding.
class MemoryFileStore final : public FileStore {
 public:
  void write(std::string path, std::string text) { files_[std::move(path)] = std::move(text); }
  [[nodiscard]] std::expected<std::string, FileError> read(const std::string& path) const override;
  [[nodiscard]] std::expected<std::vector<std::string>, FileError> list(const std::string& folder) const override;
  [[nodiscard]] bool is_folder(const std::string& path) const override;
  [[nodiscard]] bool is_inside(const std::string& path, const std::string& folder) const override;

 private:
  std::map<std::string, std::string> files_;
};

class DiskFileStore final : public FileStore {
 public:
  [[nodiscard]] std::expected<std::string, FileError> read(const std::string& path) const override;
  [[nodiscard]] std::expected<std::vector<std::string>, FileError> list(const std::string& folder) const override;
  [[nodiscard]] bool is_folder(const std::string& path) const override;
  [[nodiscard]] bool is_inside(const std::string& path, const std::string& folder) const override;
};

}  // namespace wend::source
