#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wend::diag {

/// Edits (insert, delete, replace, swap of neighbours) between two words, letter case apart; stops counting above `limit`.
[[nodiscard]] std::size_t edit_distance(std::string_view first, std::string_view second, std::size_t limit);

/// The candidate nearest to the word, when one is near enough to be a likely slip (about a third of its length).
/// Ties go to the first candidate, so callers pass them in a stable order.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace wend::diag
