#pragma once

#include <string>
#include <string_view>

#include "compiler/source/source_file.h"
#include "compiler/syntax/ast.h"
#include "compiler/syntax/parse.h"

// Which words of a file may name a declaration: for those who follow names without checking the file.

namespace wend::syntax {

/// A name as it is known, without back-quotes.
[[nodiscard]] std::string_view name_text(const source::SourceFile& file, const Token& token);
/// Whether the token is this symbol; false behind the last.
[[nodiscard]] bool is_symbol(const source::SourceFile& file, const SourceTokens& tokens, std::size_t at, std::string_view symbol);
/// False for what surely names none: what stands after a dot is a member, and what stands before a colon a field or a parameter.
[[nodiscard]] bool may_name_a_declaration(const source::SourceFile& file, const SourceTokens& tokens, std::size_t at);
/// Empty when the declaration has no name of its own, such as `customer`.
[[nodiscard]] std::string name_of(const Decl& decl);

}  // namespace wend::syntax
