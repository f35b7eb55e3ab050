// What the documents show must work: every complete example (a block marked ```wend) checks and passes its own tests.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/paths.h"

namespace {

namespace fs = std::filesystem;

const fs::path k_root = WEND_SOURCE_DIR;

struct Example {
  std::string place;
  std::string text;
};

std::vector<Example> complete_examples(const fs::path& document) {
  std::vector<Example> examples;
  std::ifstream in(document);
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (!inside && line == "```wend") {
      inside = true;
      examples.push_back({fmt::format("{}:{}", document.filename().string(), number), ""});
    } else if (inside && line == "```") {
      inside = false;
    } else if (inside) {
      examples.back().text += line + "\n";
    }
  }
  return examples;
}

struct CommandResult {
  int status = -1;
  std::string output;
};

CommandResult run(const std::string& command) {
  CommandResult result;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  char buffer[4096];
  for (size_t size = 0; (size = fread(buffer, 1, sizeof buffer, pipe)) > 0;) result.output.append(buffer, size);
  const int status = pclose(pipe);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return result;
}

TEST(Documents, CompleteExamplesCheckAndPass) {
  const fs::path folder = fs::temp_directory_path() / fmt::format("wend-docs-{}", getpid());
  size_t count = 0;
  for (const auto& document : {k_root / "docs" / "language.md", k_root / "README.md"}) {
    for (const auto& example : complete_examples(document)) {
      ++count;
      fs::create_directories(folder);
      std::ofstream(folder / "example.journey") << example.text;
      const CommandResult result = run(fmt::format("'{}' test '{}'", WEND_PROGRAM, folder.string()));
      EXPECT_EQ(result.status, 0) << example.place << "\n" << result.output;
      fs::remove_all(folder);
    }
  }
  EXPECT_GE(count, 1u);
}

}  // namespace
