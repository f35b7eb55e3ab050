// The house rules that can be checked: layers, quarantined libraries, file lengths, words that promise work to somebody else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/paths.h"

namespace {

namespace fs = std::filesystem;

constexpr size_t k_lines_max = 800;  // style.md: over 800 is a design question

const fs::path k_root = WEND_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> files_below(const char* folder, const std::set<std::string>& extensions) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(k_root / folder)) {
    if (entry.is_regular_file() && extensions.contains(entry.path().extension().string())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> our_sources() {
  std::vector<fs::path> files;
  for (const char* folder : {"compiler", "runtime"}) {
    auto more = files_below(folder, {".h", ".cpp", ".def"});
    files.insert(files.end(), more.begin(), more.end());
  }
  return files;
}

// Library name → the libraries its CMakeLists.txt lets it include from.
std::map<std::string, std::set<std::string>> declared_layers() {
  std::map<std::string, std::set<std::string>> layers;
  const std::regex call(R"(wend_(?:library|program)\((\w+)([^)]*)\))");
  for (const char* folder : {"compiler", "runtime"}) {
    for (const auto& path : files_below(folder, {".txt"})) {
      const std::string text = read(path);
      std::smatch match;
      for (auto at = text.cbegin(); std::regex_search(at, text.cend(), match, call); at = match.suffix().first) {
        std::istringstream words(match[2].str());
        auto& deps = layers[match[1].str()];
        for (std::string word; words >> word;) deps.insert(word);
      }
    }
  }
  return layers;
}

std::set<std::string> reachable(const std::map<std::string, std::set<std::string>>& layers, const std::string& from) {
  std::set<std::string> seen{from};
  std::vector<std::string> open{from};
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    const auto found = layers.find(name);
    if (found == layers.end()) continue;
    for (const auto& next : found->second) {
      if (layers.contains(next) && seen.insert(next).second) open.push_back(next);
    }
  }
  return seen;
}

TEST(Tidy, IncludesPointOneWay) {
  const auto layers = declared_layers();
  const std::regex include(R"re(#include "((?:compiler|runtime))/(\w+)/)re");
  for (const auto& path : our_sources()) {
    const fs::path relative = fs::relative(path, k_root);
    const std::string top = relative.begin()->string();
    const std::string folder = std::next(relative.begin())->string();
    std::string library = top + "_" + folder;
    if (top == "compiler" && folder == "cli") continue;  // sees everything
    if (top == "runtime" && folder == "daemon") library = "wendd";
    const auto allowed = reachable(layers, library);
    const std::string text = read(path);
    for (std::sregex_iterator at(text.begin(), text.end(), include), end; at != end; ++at) {
      const std::string included = (*at)[1].str() + "_" + (*at)[2].str();
      EXPECT_TRUE(allowed.contains(included) || included == library)
          << relative << " includes " << included << ", which " << library << " may not see";
    }
  }
}

TEST(Tidy, TheRuntimeNeverSeesTheCompiler) {
  for (const auto& path : files_below("runtime", {".h", ".cpp", ".def"})) {
    EXPECT_EQ(read(path).find("#include \"compiler/"), std::string::npos) << path;
  }
}

TEST(Tidy, ThirdPartyLibrariesAreQuarantined) {
  const std::vector<std::pair<std::string, std::set<std::string>>> homes = {
      {"#include <rocksdb/", {"runtime/log"}},
      {"antlr4-runtime.h", {"compiler/syntax"}},
      {"WendParser.h", {"compiler/syntax"}},
      {"#include <CLI/", {"compiler/cli", "runtime/daemon"}},
      {"#include <simdjson", {"runtime/ingest"}},
      {"#include <toml++", {"runtime/ingest", "compiler/project"}},
      {"#include <nlohmann", {"compiler/diag", "compiler/schema", "compiler/testrun", "compiler/cli", "runtime/results", "runtime/replay"}},
      {"#include <date/", {"runtime/base"}},
      {"#include <openssl/", {"runtime/base"}},
      {"#include <xxhash", {"runtime/base"}},
      {"#include <zstd", {"runtime/ingest"}},
      {"#include <zlib", {"runtime/ingest"}},
  };
  for (const auto& path : our_sources()) {
    const std::string folder = fs::relative(path.parent_path(), k_root).string();
    const std::string text = read(path);
    for (const auto& [needle, allowed] : homes) {
      if (text.find(needle) != std::string::npos) {
        EXPECT_TRUE(allowed.contains(folder)) << path << " uses " << needle;
      }
    }
  }
}

TEST(Tidy, FilesAreShort) {
  for (const auto& path : our_sources()) {
    const std::string text = read(path);
    const auto lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
    EXPECT_LE(lines, k_lines_max) << path;
  }
}

TEST(Tidy, NobodyPromisesWorkToSomebodyElse) {
  const std::regex promise(R"(\b(TODO|FIXME|XXX|HACK)\b|not implemented)");
  for (const auto& path : our_sources()) {
    const std::string text = read(path);
    std::smatch match;
    EXPECT_FALSE(std::regex_search(text, match, promise)) << path << ": " << match.str();
  }
}

TEST(Tidy, EveryHeaderIsGuarded) {
  for (const char* folder : {"compiler", "runtime"}) {
    for (const auto& path : files_below(folder, {".h"})) {
      EXPECT_NE(read(path).find("#pragma once"), std::string::npos) << path;
    }
  }
}

}  // namespace
