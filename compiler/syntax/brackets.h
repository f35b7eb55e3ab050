#pragma once

#include "compiler/syntax/lexing.h"
#include "compiler/syntax/reporter.h"

namespace wend::syntax {

/// Makes brackets match: reports each one that does not, and removes it or adds its partner where indentation says it
/// belongs. Afterwards every bracket has a partner, which recovery relies on.
void balance_brackets(TokenList& tokens, Reporter& reporter);

/// False, with a diagnostic, when parsing would recurse too deeply: nested brackets, or operators in a row.
[[nodiscard]] bool check_depth(const TokenList& tokens, Reporter& reporter);

}  // namespace wend::syntax
