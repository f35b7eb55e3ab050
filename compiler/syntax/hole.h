#pragma once

#include "compiler/syntax/ast.h"
#include "compiler/syntax/reporter.h"

namespace wend::syntax {

/// Parses the bytes of a `{hole}` (without its braces) as an expression; an ErrorExpr with a diagnostic where it is none.
[[nodiscard]] ExprPtr parse_hole(source::Span inside, Reporter& reporter);

}  // namespace wend::syntax
