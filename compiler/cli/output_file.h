#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wend::cli {

/// Writes a whole file: beside its place first, then renamed, so that nobody ever reads half of it. Says what went wrong.
[[nodiscard]] std::optional<std::string> write_file(const std::string& path, std::string_view bytes);

/// The same for a file that is there: it keeps its permissions, and a link goes on pointing at it.
[[nodiscard]] std::optional<std::string> replace_file(const std::string& path, std::string_view bytes);

}  // namespace wend::cli
