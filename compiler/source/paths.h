#pragma once

#include <string>
#include <string_view>

// Paths use `/`.

namespace wend::source {

/// "." when the path names none.
[[nodiscard]] std::string folder_of(std::string_view path);
/// Where a file of the folder finds the name that it writes: an absolute one stands for itself.
[[nodiscard]] std::string in_folder(std::string_view folder, std::string_view name);

}  // namespace wend::source
