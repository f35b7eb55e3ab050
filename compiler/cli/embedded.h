#pragma once

#include <vector>

#include "compiler/library/embedded_file.h"

// Files that become part of `wend` when it is built, sorted by path.

namespace wend::cli {

/// Of `docs/diagnostics/`: one page for each code, in Markdown, called like `E0101.md`.
[[nodiscard]] std::vector<library::EmbeddedFile> diagnostic_pages();

/// Of `starters/`; the first part of a path is the starter's name, or `common`.
[[nodiscard]] std::vector<library::EmbeddedFile> starter_files();

}  // namespace wend::cli
