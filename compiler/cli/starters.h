#pragma once

#include <vector>

#include "compiler/library/embedded_file.h"

namespace wend::cli {

/// The files of `starters/`, embedded when `wend` is built; the first part of a path is the starter's name.
[[nodiscard]] std::vector<library::EmbeddedFile> starter_files();

}  // namespace wend::cli
