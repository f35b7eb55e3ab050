#pragma once

#include <vector>

#include "tests/reference/declarations.h"

namespace wend::reference {

/// Whether control can come behind these statements; nothing stands where it does not come to.
bool comes_through(const std::vector<syntax::StmtPtr>& statements, const Declarations& all);

}  // namespace wend::reference
