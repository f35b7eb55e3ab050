#include "code_coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compiler/diag/diagnostic.h"
#include "golden_case.h"

namespace wend::golden {
namespace {

namespace fs = std::filesystem;

/// Codes no golden file can show, because it would need a missing permission or a file of megabytes. Unit tests show them.
constexpr std::array k_shown_by_unit_tests = {diag::Kind::file_too_large, diag::Kind::not_a_folder, diag::Kind::too_many_tokens,
                                              diag::Kind::too_many_holes};

std::string all_expected(const fs::path& folder) {
  std::string text;
  for (const Case& each : find_cases(folder)) text += read_file(each.expected_path);
  return text;
}

}  // namespace

bool check_codes(const fs::path& pages, const fs::path& cases, const std::vector<CodeRange>& required) {
  const std::string expected = all_expected(cases);
  bool complete = true;
  for (const diag::KindInfo& info : diag::all_kinds()) {
    const std::string code = diag::code(info.kind);
    const bool has_page = fs::exists(pages / (code + ".md"));
    const bool exempt = std::find(k_shown_by_unit_tests.begin(), k_shown_by_unit_tests.end(), info.kind) != k_shown_by_unit_tests.end();
    const bool has_case = exempt || expected.find("[" + code + "]") != std::string::npos;
    if (has_page && has_case) continue;
    const int number = static_cast<int>(info.kind);
    const bool is_required =
        std::any_of(required.begin(), required.end(), [&](const CodeRange& each) { return each.first <= number && number <= each.last; });
    complete = complete && !is_required;
    fmt::print("{} {}: {}{}{}{}\n", code, info.name, has_page ? "" : "no page", !has_page && !has_case ? ", " : "",
               has_case ? "" : "no golden case", is_required ? "" : " (not required yet)");
  }
  return complete;
}

}  // namespace wend::golden
