// Runs the golden cases (see golden_case.h) and compares what they print with what was expected.
//
//   golden_runner --cases <folder> [--wend <program>] [--scratch <folder>] [--update] [--only <part of a path>]
//   golden_runner --cases <folder> --codes <folder of pages> [--required <first>-<last>]…

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "code_coverage.h"
#include "golden_case.h"

namespace {

namespace fs = std::filesystem;
using wend::golden::Case;

struct Options {
  fs::path cases;
  wend::golden::Tools tools;
  std::string only;
  bool update = false;
  fs::path pages;
  std::vector<wend::golden::CodeRange> required;
};

bool read_options(int count, char** words, Options& options) {
  for (int index = 1; index < count; ++index) {
    const std::string_view word = words[index];
    if (word == "--update") {
      options.update = true;
      continue;
    }
    if (index + 1 == count) return false;
    const std::string value = words[++index];
    if (word == "--cases") {
      options.cases = fs::absolute(value);
    } else if (word == "--wend") {
      options.tools.wend = fs::absolute(value);
    } else if (word == "--scratch") {
      options.tools.scratch = fs::absolute(value);
    } else if (word == "--only") {
      options.only = value;
    } else if (word == "--codes") {
      options.pages = value;
    } else if (word == "--required") {
      options.required.push_back({std::atoi(value.c_str()), std::atoi(value.substr(value.find('-') + 1).c_str())});
    } else {
      return false;
    }
  }
  return !options.cases.empty();
}

void show_difference(const Case& each, const std::string& expected, const std::string& actual) {
  fmt::print("── {}\n", each.path.string());
  std::size_t same = 0;
  while (same < expected.size() && same < actual.size() && expected[same] == actual[same]) ++same;
  const auto line = std::count(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(same), '\n') + 1;
  fmt::print("first difference in line {} of {}\n", line, each.expected_path.filename().string());
  fmt::print("── expected\n{}── actual\n{}", expected, actual);
}

int run_cases(const Options& options) {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  for (const Case& each : wend::golden::find_cases(options.cases)) {
    if (each.path.string().find(options.only) == std::string::npos) continue;
    const std::optional<std::string> actual = wend::golden::run_case(each, options.tools);
    if (!actual) {
      ++skipped;
      continue;
    }
    const std::string expected = wend::golden::read_file(each.expected_path);
    if (*actual == expected) {
      ++passed;
    } else if (options.update) {
      std::ofstream(each.expected_path, std::ios::binary) << *actual;
      fmt::print("updated {}\n", each.expected_path.string());
    } else {
      ++failed;
      show_difference(each, expected, *actual);
    }
  }
  fmt::print("{} passed, {} failed{}\n", passed, failed,
             skipped > 0 ? fmt::format(", {} not run: no wend program was given", skipped) : "");
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  Options options;
  if (!read_options(count, words, options)) {
    fmt::print(stderr, "usage: see the comment at the top of golden_runner.cpp\n");
    return 2;
  }
  if (!options.pages.empty()) {
    return wend::golden::check_codes(options.pages, options.cases, options.required) ? 0 : 1;
  }
  return run_cases(options);
}
