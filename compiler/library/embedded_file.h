#pragma once

#include <string_view>
#include <vector>

namespace wend::library {

/// A file that was made part of the program when it was built (cmake/embed_files.cmake).
struct EmbeddedFile {
  std::string_view path;  ///< below the folder it comes from
  std::string_view text;
};

/// The files of `stdlib/`, sorted by path; its tests are not among them.
[[nodiscard]] std::vector<EmbeddedFile> library_files();

}  // namespace wend::library
