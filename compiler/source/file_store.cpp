#include "compiler/source/file_store.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace wend::source {
namespace {

namespace fs = std::filesystem;

std::string with_slash(const std::string& folder) {
  return folder.empty() || folder.ends_with('/') ? folder : folder + "/";
}

bool is_hidden(std::string_view name) {
  return name.starts_with('.') && name != "." && name != "..";
}

const char* name_of(fs::file_type type) {
  switch (type) {
    case fs::file_type::fifo:
      return "a named pipe";
    case fs::file_type::socket:
      return "a socket";
    case fs::file_type::block:
    case fs::file_type::character:
      return "a device";
    case fs::file_type::none:
    case fs::file_type::not_found:
    case fs::file_type::regular:
    case fs::file_type::directory:
    case fs::file_type::symlink:
    case fs::file_type::unknown:
      return "something else";
  }
  return "something else";
}

FileError make_error(FileErrorKind kind, const std::string& path, std::string detail = {}) {
  return {kind, path, std::move(detail), 0};
}

FileError from_error_code(const std::string& path, const std::error_code& error) {
  if (error == std::errc::no_such_file_or_directory) return make_error(FileErrorKind::not_found, path);
  if (error == std::errc::permission_denied) return make_error(FileErrorKind::not_permitted, path, error.message());
  return make_error(FileErrorKind::other, path, error.message());
}

}  // namespace

// ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────

std::expected<std::string, FileError> MemoryFileStore::read(const std::string& path) const {
  const auto found = files_.find(path);
  if (found == files_.end()) {
    return std::unexpected(make_error(is_folder(path) ? FileErrorKind::is_folder : FileErrorKind::not_found, path));
  }
  if (found->second.size() > k_file_bytes_max) {
    return std::unexpected(FileError{FileErrorKind::too_large, path, {}, found->second.size()});
  }
  return found->second;
}

std::expected<std::vector<std::string>, FileError> MemoryFileStore::list(const std::string& folder) const {
  if (!is_folder(folder)) {
    return std::unexpected(make_error(files_.contains(folder) ? FileErrorKind::not_a_folder : FileErrorKind::not_found, folder));
  }
  std::vector<std::string> paths;
  const std::string prefix = folder == "." ? std::string() : with_slash(folder);
  for (const auto& [path, text] : files_) {
    if (!path.starts_with(prefix)) continue;
    const bool hidden = path.find("/.", prefix.empty() ? 0 : prefix.size() - 1) != std::string::npos;
    if (!hidden) paths.push_back(path);
  }
  return paths;
}

bool MemoryFileStore::is_folder(const std::string& path) const {
  if (path.empty() || path == ".") return true;
  const std::string prefix = with_slash(path);
  const auto next = files_.lower_bound(prefix);
  return next != files_.end() && next->first.starts_with(prefix);
}

// ── disk ─────────────────────────────────────────────────────────────────────────────────────────────────────────

std::expected<std::string, FileError> DiskFileStore::read(const std::string& path) const {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return std::unexpected(make_error(FileErrorKind::not_found, path));
  if (error) return std::unexpected(from_error_code(path, error));
  if (fs::is_directory(status)) return std::unexpected(make_error(FileErrorKind::is_folder, path));
  // Opening a pipe that nobody writes to would wait for ever.
  if (!fs::is_regular_file(status)) {
    return std::unexpected(make_error(FileErrorKind::other, path, std::string("it is ") + name_of(status.type()) + ", not a regular file"));
  }

  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::unexpected(make_error(FileErrorKind::not_permitted, path, "the file cannot be opened"));
  // The size is not trusted: a growing file is read until the bound, never beyond it.
  std::string text;
  constexpr std::size_t k_chunk_bytes = 1 << 16;
  while (stream && text.size() <= k_file_bytes_max) {
    const std::size_t before = text.size();
    text.resize(before + k_chunk_bytes);
    stream.read(text.data() + before, k_chunk_bytes);
    text.resize(before + static_cast<std::size_t>(stream.gcount()));
  }
  if (text.size() > k_file_bytes_max) {
    const std::uint64_t size = fs::file_size(path, error);
    return std::unexpected(FileError{FileErrorKind::too_large, path, {}, error ? text.size() : size});
  }
  if (stream.bad()) return std::unexpected(make_error(FileErrorKind::other, path, "reading stopped in the middle"));
  return text;
}

std::expected<std::vector<std::string>, FileError> DiskFileStore::list(const std::string& folder) const {
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  if (status.type() == fs::file_type::not_found) return std::unexpected(make_error(FileErrorKind::not_found, folder));
  if (error) return std::unexpected(from_error_code(folder, error));
  if (!fs::is_directory(status)) return std::unexpected(make_error(FileErrorKind::not_a_folder, folder));

  std::vector<std::string> paths;
  std::size_t seen = 0;
  std::vector<fs::path> open = {folder};
  for (std::size_t next = 0; next < open.size(); ++next) {
    fs::directory_iterator entry(open[next], error);
    // A folder below the first that is closed to us or gone by now is left out, as hidden ones are.
    if (error && next == 0) return std::unexpected(from_error_code(folder, error));
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      if (++seen > k_folder_entries_max) {
        return std::unexpected(make_error(FileErrorKind::other, folder, "the folder has more than 100000 entries"));
      }
      if (is_hidden(entry->path().filename().string())) continue;
      std::error_code ignored;
      // What is neither is listed too: whoever wants to read it is told what it is.
      if (!entry->is_directory(ignored)) paths.push_back(entry->path().generic_string());
      if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) open.push_back(entry->path());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

bool DiskFileStore::is_folder(const std::string& path) const {
  std::error_code error;
  return fs::is_directory(path, error);
}

namespace {

bool stays_in(const fs::path& path, const fs::path& folder) {
  const fs::path way = path.lexically_normal().lexically_relative(folder.lexically_normal());
  return !way.empty() && *way.begin() != "..";
}

}  // namespace

bool MemoryFileStore::is_inside(const std::string& path, const std::string& folder) const {
  return stays_in(path, folder.empty() ? "." : folder);
}

// What is not there yet leads nowhere else than its name says.
bool DiskFileStore::is_inside(const std::string& path, const std::string& folder) const {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  if (error) return false;
  const fs::path real_folder = fs::weakly_canonical(folder.empty() ? "." : folder, error);
  return !error && stays_in(fs::absolute(real), fs::absolute(real_folder));
}

}  // namespace wend::source
