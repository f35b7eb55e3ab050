#include "compiler/library/library.h"

#include "compiler/library/embedded_file.h"

namespace wend::library {
namespace {

constexpr std::string_view k_extension = ".journey";

const source::MemoryFileStore& store() {
  static const source::MemoryFileStore files = [] {
    source::MemoryFileStore result;
    for (const EmbeddedFile& file : library_files()) result.write(std::string(k_folder) + "/" + std::string(file.path), std::string(file.text));
    return result;
  }();
  return files;
}

bool is_ours(std::string_view path) {
  return path == k_folder || (path.starts_with(k_folder) && path.substr(k_folder.size()).starts_with('/'));
}

}  // namespace

bool is_reserved(std::string_view module_name) {
  return module_name.starts_with(k_module_prefix) || module_name == k_module_prefix.substr(0, k_module_prefix.size() - 1);
}

std::string path_of(std::string_view module_name) {
  return std::string(k_folder) + "/" + std::string(module_name.substr(k_module_prefix.size())) + std::string(k_extension);
}

const std::vector<std::string>& modules() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    for (const EmbeddedFile& file : library_files()) {
      if (!file.path.ends_with(k_extension)) continue;
      result.push_back(std::string(k_module_prefix) + std::string(file.path.substr(0, file.path.size() - k_extension.size())));
    }
    return result;
  }();
  return names;
}

std::expected<std::string, source::FileError> Files::read(const std::string& path) const {
  return is_ours(path) ? store().read(path) : others_.read(path);
}

std::expected<std::vector<std::string>, source::FileError> Files::list(const std::string& folder) const {
  return is_ours(folder) ? store().list(folder) : others_.list(folder);
}

bool Files::is_folder(const std::string& path) const {
  return is_ours(path) ? store().is_folder(path) : others_.is_folder(path);
}

bool Files::is_inside(const std::string& path, const std::string& folder) const {
  return is_ours(path) ? store().is_inside(path, std::string(k_folder)) : others_.is_inside(path, folder);
}

}  // namespace wend::library
