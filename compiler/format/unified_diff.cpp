#include "compiler/format/unified_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace wend::format {
namespace {

constexpr std::size_t k_context = 3;
/// Beyond so many changed lines the texts are shown as one removed and one added: the search takes their square in memory.
constexpr std::int64_t k_edits_max = 2000;

enum class Edit : std::uint8_t { keep, remove, add };

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

using LineList = std::vector<std::string_view>;

/// E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986): the fewest edits from `first` to `second`.
std::vector<Edit> edits_between(const LineList& first, const LineList& second) {
  const auto first_size = static_cast<std::int64_t>(first.size());
  const auto second_size = static_cast<std::int64_t>(second.size());
  const std::int64_t most = std::min(first_size + second_size, k_edits_max);
  std::vector<std::vector<std::int64_t>> trace;  // for every number of edits: the furthest line of `first` on each diagonal
  std::vector<std::int64_t> furthest(static_cast<std::size_t>(2 * most + 3), 0);
  const auto at = [&](std::vector<std::int64_t>& values, std::int64_t diagonal) -> std::int64_t& {
    return values[static_cast<std::size_t>(diagonal + most + 1)];
  };
  const auto goes_down = [&](std::vector<std::int64_t>& values, std::int64_t diagonal, std::int64_t count) {
    return diagonal == -count || (diagonal != count && at(values, diagonal - 1) < at(values, diagonal + 1));
  };
  for (std::int64_t count = 0; count <= most; ++count) {
    trace.push_back(furthest);
    for (std::int64_t diagonal = -count; diagonal <= count; diagonal += 2) {
      std::int64_t line = goes_down(furthest, diagonal, count) ? at(furthest, diagonal + 1) : at(furthest, diagonal - 1) + 1;
      while (line < first_size && line - diagonal < second_size &&
             first[static_cast<std::size_t>(line)] == second[static_cast<std::size_t>(line - diagonal)]) {
        ++line;
      }
      at(furthest, diagonal) = line;
      if (line < first_size || line - diagonal < second_size) continue;
      std::vector<Edit> edits;
      std::int64_t here = first_size;
      std::int64_t there = second_size;
      for (std::int64_t left = count; left >= 0; --left) {
        const std::int64_t on = here - there;
        const bool down = goes_down(trace[static_cast<std::size_t>(left)], on, left);
        const std::int64_t from = down ? on + 1 : on - 1;
        const std::int64_t before = left == 0 ? 0 : at(trace[static_cast<std::size_t>(left)], from);
        for (; here > before + (down || left == 0 ? 0 : 1); --here, --there) edits.push_back(Edit::keep);
        if (left == 0) break;
        edits.push_back(down ? Edit::add : Edit::remove);
        here = before;
        there = before - from;
      }
      std::reverse(edits.begin(), edits.end());
      return edits;
    }
  }
  std::vector<Edit> edits(first.size(), Edit::remove);
  edits.insert(edits.end(), second.size(), Edit::add);
  return edits;
}

class Hunks {
 public:
  Hunks(const LineList& before, const LineList& after, const std::vector<Edit>& edits) : before_(before), after_(after), edits_(edits) {}

  std::string run() {
    std::size_t begin = 0;
    while ((begin = first_change(begin)) < edits_.size()) {
      std::size_t end = begin;
      for (std::size_t next = begin; next < edits_.size() && next <= end + 2 * k_context; next = first_change(next)) end = ++next;
      const std::size_t from = begin - std::min(begin, k_context);
      const std::size_t to = std::min(end + k_context, edits_.size());
      hunk(from, to);
      begin = to;
    }
    return std::move(result_);
  }

 private:
  std::size_t first_change(std::size_t from) const {
    while (from < edits_.size() && edits_[from] == Edit::keep) ++from;
    return from;
  }

  void skip_to(std::size_t index) {
    for (; at_ < index; ++at_) {
      before_line_ += edits_[at_] != Edit::add ? 1 : 0;
      after_line_ += edits_[at_] != Edit::remove ? 1 : 0;
    }
  }

  void hunk(std::size_t from, std::size_t to) {
    skip_to(from);
    const std::size_t removed = before_line_;
    const std::size_t added = after_line_;
    std::string body;
    for (; at_ < to; skip_to(at_ + 1)) {
      const bool is_added = edits_[at_] == Edit::add;
      const std::string_view line = is_added ? after_[after_line_] : before_[before_line_];
      body += is_added ? '+' : edits_[at_] == Edit::remove ? '-' : ' ';
      body += line;
      if (!line.ends_with('\n')) body += "\n\\ No newline at end of file\n";
    }
    result_ += fmt::format("@@ -{} +{} @@\n{}", range(removed, before_line_ - removed), range(added, after_line_ - added), body);
  }

  static std::string range(std::size_t begin, std::size_t count) {
    return count == 1 ? fmt::format("{}", begin + 1) : fmt::format("{},{}", count == 0 ? begin : begin + 1, count);
  }

  const LineList& before_;
  const LineList& after_;
  const std::vector<Edit>& edits_;
  std::string result_;
  std::size_t at_ = 0;
  std::size_t before_line_ = 0;
  std::size_t after_line_ = 0;
};

}  // namespace

std::string unified_diff(std::string_view path, std::string_view before, std::string_view after) {
  if (before == after) return "";
  const LineList first = split(before);
  const LineList second = split(after);
  const auto shared =
      static_cast<std::size_t>(std::mismatch(first.begin(), first.end(), second.begin(), second.end()).first - first.begin());
  std::size_t tail = 0;
  while (tail < std::min(first.size(), second.size()) - shared && first[first.size() - 1 - tail] == second[second.size() - 1 - tail])
    ++tail;
  const auto middle = [&](const LineList& lines) {
    return LineList(lines.begin() + static_cast<std::ptrdiff_t>(shared), lines.end() - static_cast<std::ptrdiff_t>(tail));
  };
  std::vector<Edit> edits(shared, Edit::keep);
  const std::vector<Edit> changed = edits_between(middle(first), middle(second));
  edits.insert(edits.end(), changed.begin(), changed.end());
  edits.insert(edits.end(), tail, Edit::keep);
  return fmt::format("--- {0}\n+++ {0}\n{1}", path, Hunks(first, second, edits).run());
}

}  // namespace wend::format
