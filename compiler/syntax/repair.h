#pragma once

#include "compiler/syntax/lexing.h"
#include "compiler/syntax/reporter.h"

namespace wend::syntax {

/// Reports what is not Wend but can be understood from the tokens alone (`;`, 'text', `9:00`, camelCase, `30 min`, `&&`…) and
/// turns it into the tokens that were meant, so that it causes nothing else. Tokens that mean nothing are removed.
void repair_tokens(Lexed& lexed, Reporter& reporter);

}  // namespace wend::syntax
