#pragma once

#include "compiler/format/layout.h"
#include "compiler/format/lines.h"
#include "compiler/format/tokens.h"

// Internal to compiler/format.

namespace wend::format {

/// Decides which lines end where the layout lets them.
[[nodiscard]] Lines print(const Tokens& tokens, Layout layout);

}  // namespace wend::format
