#pragma once

#include <expected>
#include <string>
#include <string_view>

// Patterns of JSON Schema are ECMA-262's, read as with its flag `u`; what runs is an expression of RE2, whose time is linear in the text.

namespace wend::schema {

/// The expression that finds what the pattern finds, or why there is none: "it looks ahead (`(?=`)".
[[nodiscard]] std::expected<std::string, std::string> expression_of_pattern(std::string_view pattern);

}  // namespace wend::schema
