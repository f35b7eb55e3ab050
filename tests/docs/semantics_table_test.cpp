// docs/semantics_tests.md names a test for every decision. Each test that it names must exist.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/paths.h"

namespace {

namespace fs = std::filesystem;

const fs::path k_tests = fs::path(WEND_SOURCE_DIR) / "tests";

std::vector<std::string> lines_of(const fs::path& path) {
  std::vector<std::string> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

struct Row {
  int line = 0;
  std::string decision;
  std::vector<std::string> tests;  // what stands in back-quotes in the last cell
};

std::vector<Row> rows_of(const fs::path& page) {
  static const std::regex quoted("`([^`]+)`");
  std::vector<Row> rows;
  int number = 0;
  bool in_table = false;
  for (const std::string& line : lines_of(page)) {
    ++number;
    if (!line.starts_with("| ")) {
      in_table = false;
      continue;
    }
    if (line.starts_with("| ---")) {
      in_table = true;
      continue;
    }
    if (!in_table) continue;  // its heading
    const std::size_t cell = line.rfind(" | ");
    if (cell == std::string::npos) {
      rows.push_back({number, line, {}});
      continue;
    }
    Row row{number, line.substr(2, cell - 2), {}};
    const std::string tests = line.substr(cell);
    for (std::sregex_iterator each(tests.begin(), tests.end(), quoted), end; each != end; ++each) row.tests.push_back((*each)[1]);
    rows.push_back(std::move(row));
  }
  return rows;
}

// "Suite.name" of every GoogleTest, "file: title" of every test in the language, "golden/area/case" of every golden case.
std::set<std::string> all_tests() {
  static const std::regex google(R"(^\s*TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\))");
  static const std::regex in_language("^test \"([^\"]+)\" +of ");
  std::set<std::string> tests;
  std::smatch match;
  for (const auto& entry : fs::recursive_directory_iterator(k_tests)) {
    const fs::path& path = entry.path();
    if (path.extension() == ".cpp") {
      for (const std::string& line : lines_of(path)) {
        if (std::regex_search(line, match, google)) tests.insert(match[1].str() + "." + match[2].str());
      }
    } else if (path.extension() == ".journey" && path.parent_path() == k_tests / "testrun" / "semantics") {
      for (const std::string& line : lines_of(path)) {
        if (std::regex_search(line, match, in_language)) tests.insert(path.stem().string() + ": " + match[1].str());
      }
    } else if (path.extension() == ".expected") {
      tests.insert(fs::relative(path, k_tests).replace_extension().string());
    }
  }
  return tests;
}

TEST(SemanticsTable, NamesTestsThatExist) {
  const std::set<std::string> tests = all_tests();
  const std::vector<Row> rows = rows_of(fs::path(WEND_SOURCE_DIR) / "docs" / "semantics_tests.md");
  for (const Row& row : rows) {
    EXPECT_FALSE(row.tests.empty()) << "semantics_tests.md:" << row.line << ": no test for: " << row.decision;
    for (const std::string& test : row.tests) {
      EXPECT_TRUE(tests.contains(test)) << "semantics_tests.md:" << row.line << ": there is no test `" << test << "`";
    }
  }
  EXPECT_GE(rows.size(), 140u);
}

}  // namespace
