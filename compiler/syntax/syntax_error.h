#pragma once

#include "compiler/syntax/lexing.h"
#include "compiler/syntax/reporter.h"

namespace wend::syntax {

/// What the parser stumbled over.
struct SyntaxError {
  antlr4::Parser* parser;
  antlr4::Token* token;                ///< the first one that does not fit
  std::size_t rule;                    ///< the innermost rule
  antlr4::misc::IntervalSet expected;  ///< empty when not known exactly
};

/// Says it in words: a dedicated diagnostic where the mistake is a known one, "expected …, found …" otherwise.
[[nodiscard]] diag::Diagnostic diagnose(const SyntaxError& error, const source::SourceFile& file);

/// `keyword \`send\``, `name \`cart\``, `the end of the file`, …
[[nodiscard]] std::string describe_token(const antlr4::Token& token, const source::SourceFile& file);

[[nodiscard]] diag::Diagnostic reserved_word(const antlr4::Token& token, const source::SourceFile& file);
/// A Capitalised word where a value's name belongs.
[[nodiscard]] diag::Diagnostic capitalised_value(const antlr4::Token& token, const source::SourceFile& file);
/// A lower-case word where a type, event, message or action belongs.
[[nodiscard]] diag::Diagnostic lower_case_type(const antlr4::Token& token, std::string_view before, const source::SourceFile& file);

}  // namespace wend::syntax
