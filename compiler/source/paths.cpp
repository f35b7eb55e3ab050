#include "compiler/source/paths.h"

namespace wend::source {

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

std::string in_folder(std::string_view folder, std::string_view name) {
  if (folder.empty() || folder == "." || name.starts_with('/')) return std::string(name);
  return std::string(folder) + "/" + std::string(name);
}

}  // namespace wend::source
