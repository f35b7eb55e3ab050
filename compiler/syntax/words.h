#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Internal to compiler/syntax: what the grammar's words and symbols are for. Derived from the generated parser, so that
// Wend.g4 stays the only list.

namespace wend::syntax {

/// The token type of a literal of the grammar, such as "step" or "{". The literal must exist.
[[nodiscard]] std::size_t token_type(std::string_view literal);
/// The literal of a token type, or empty for token classes (names, numbers…).
[[nodiscard]] std::string_view literal_of(std::size_t type);

[[nodiscard]] bool is_word(std::size_t type);        ///< a lower-case literal or a LIDENT
[[nodiscard]] bool is_soft(std::size_t type);        ///< a word of the grammar that any name may be
[[nodiscard]] bool is_reserved(std::size_t type);    ///< a word of the grammar that needs back-quotes to be a name
[[nodiscard]] bool is_plain_name(std::size_t type);  ///< what the rule `lname` takes
[[nodiscard]] bool is_any_name(std::size_t type);    ///< what the rule `anyName` takes

[[nodiscard]] bool is_opening(std::size_t type);  ///< ( [ {
[[nodiscard]] bool is_closing(std::size_t type);  ///< ) ] }

[[nodiscard]] bool begins_statement(std::size_t type);
[[nodiscard]] bool begins_header(std::size_t type);       ///< `exit` is both
[[nodiscard]] bool begins_declaration(std::size_t type);  ///< soft words only with a look at what follows
[[nodiscard]] bool begins_test_item(std::size_t type);
[[nodiscard]] bool is_unit(std::size_t type);

/// Words for suggestions.
[[nodiscard]] const std::vector<std::string>& statement_words();
[[nodiscard]] const std::vector<std::string>& declaration_words();
[[nodiscard]] const std::vector<std::string>& header_words();
[[nodiscard]] const std::vector<std::string>& test_item_words();
/// Words that continue a line: `via`, `within`, `where`, …
[[nodiscard]] const std::vector<std::string>& clause_words();

}  // namespace wend::syntax
