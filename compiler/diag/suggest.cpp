#include "compiler/diag/suggest.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace wend::diag {
namespace {

char lower(char character) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
}

/// Names longer than this are compared by equality only: nobody mistypes within 64 letters and needs our help.
constexpr std::size_t k_compared_length_max = 64;

}  // namespace

std::size_t edit_distance(std::string_view first, std::string_view second, std::size_t limit) {
  if (first.size() > k_compared_length_max || second.size() > k_compared_length_max) return first == second ? 0 : limit + 1;
  const std::size_t difference = first.size() > second.size() ? first.size() - second.size() : second.size() - first.size();
  if (difference > limit) return limit + 1;

  // Optimal string alignment: three rows of the Damerau-Levenshtein table.
  std::vector<std::size_t> before_last(second.size() + 1);
  std::vector<std::size_t> last(second.size() + 1);
  std::vector<std::size_t> row(second.size() + 1);
  for (std::size_t column = 0; column <= second.size(); ++column) last[column] = column;
  for (std::size_t line = 1; line <= first.size(); ++line) {
    row[0] = line;
    for (std::size_t column = 1; column <= second.size(); ++column) {
      const bool same = lower(first[line - 1]) == lower(second[column - 1]);
      row[column] = std::min({last[column] + 1, row[column - 1] + 1, last[column - 1] + (same ? 0 : 1)});
      const bool swapped = line > 1 && column > 1 && lower(first[line - 1]) == lower(second[column - 2]) &&
                           lower(first[line - 2]) == lower(second[column - 1]);
      if (swapped) row[column] = std::min(row[column], before_last[column - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return std::min(last[second.size()], limit + 1);
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  std::size_t best = std::max<std::size_t>(1, (word.size() + 1) / 3);
  std::optional<std::string> result;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate, best);
    // With one letter every other one would be near.
    if (distance < best + (result ? 0 : 1) && distance < word.size()) {
      best = distance;
      result = candidate;
    }
  }
  return result;
}

}  // namespace wend::diag
