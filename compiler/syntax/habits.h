#pragma once

#include "compiler/syntax/syntax_error.h"

namespace wend::syntax {

/// What the author is used to from elsewhere, recognised by the word found where a statement should begin (`elseif`, `delay`,
/// `goto`). Adds what Wend says instead; false when the word is no such habit.
bool explain_word(std::string_view word, source::Span span, diag::Diagnostic& diagnostic);

/// Whether `explain_word` knows it.
bool is_habit_word(std::string_view word);

/// The same for a token in the middle of something (`wait for`, `is not null`, `9pm`).
void explain_token(const SyntaxError& error, const source::SourceFile& file, diag::Diagnostic& diagnostic);

}  // namespace wend::syntax
