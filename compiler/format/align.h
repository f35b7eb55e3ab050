#pragma once

#include <string>

#include "compiler/format/lines.h"

// Internal to compiler/format.

namespace wend::format {

/// Aligns the columns of neighbouring rows and the comments at the ends of neighbouring lines; then the text is whole.
[[nodiscard]] std::string align(Lines lines);

}  // namespace wend::format
