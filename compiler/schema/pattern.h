#pragma once

#include <expected>
#include <string>
#include <string_view>

// Patterns of JSON Schema are ECMA-262's, read as with its flag `u`; what runs is an expression of RE2, whose time is linear in the text.

namespace wend::schema {

/// How often one part may repeat: RE2 writes it out so many times.
inline constexpr int k_repetitions_max = 1'000;

struct PatternFault {
  std::string what;       ///< "it looks ahead (`(?=`)"
  std::string_view help;  ///< what would do instead; empty: nothing that is known
};
/// The expression that finds what the pattern finds, or why there is none.
[[nodiscard]] std::expected<std::string, PatternFault> expression_of_pattern(std::string_view pattern);

}  // namespace wend::schema
