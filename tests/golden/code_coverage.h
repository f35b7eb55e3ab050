#pragma once

#include <filesystem>
#include <vector>

namespace wend::golden {

/// Numbers from `first` to `last`, both included.
struct CodeRange {
  int first = 0;
  int last = -1;
};

/// Lists the diagnostic codes that lack a page in `pages` or a golden case below `cases`. False when one of them is in
/// a required range of numbers.
[[nodiscard]] bool check_codes(const std::filesystem::path& pages, const std::filesystem::path& cases,
                               const std::vector<CodeRange>& required);

}  // namespace wend::golden
