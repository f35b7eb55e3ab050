#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace wend::golden {

/// One case: `<area>/<behaviour>.journey` (or a folder `<area>/<behaviour>/` that holds `case.golden`), beside it
/// `<behaviour>.expected`. The first line of the file says what is run:
///
///     // golden: check --format json
///
/// The case itself is the last argument, unless one of the arguments is a path (it begins with `./` or `/`)
/// or it is read as standard input (`--stdin`).
struct Case {
  std::filesystem::path path;
  std::filesystem::path expected_path;
  std::string command;
  std::vector<std::string> arguments;
};

struct Tools {
  std::optional<std::filesystem::path> wend;
  std::filesystem::path scratch;
};

/// Every case below the folder, sorted. Files without a `golden:` line are not cases.
[[nodiscard]] std::vector<Case> find_cases(const std::filesystem::path& folder);

/// The output in the form that is compared: standard output, standard error, exit code. Nothing when the tool is missing.
[[nodiscard]] std::optional<std::string> run_case(const Case& each, const Tools& tools);

[[nodiscard]] std::string read_file(const std::filesystem::path& path);

}  // namespace wend::golden
