// Real schemas of real vendors: each imports, or is refused with a path and a reason.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "compiler/schema/import.h"
#include "compiler/source/sources.h"
#include "tests/paths.h"

namespace wend::schema {
namespace {

namespace fs = std::filesystem;

TEST(Iglu, EverySchemaImportsOrIsRefusedWithAPath) {
  const char* data = std::getenv("WEND_DATA_DIR");
  const fs::path folder = (data != nullptr ? fs::path(data) : fs::path(WEND_SOURCE_DIR) / "../shared/data") / "schemas/iglu";
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is absent (set WEND_DATA_DIR)";
  size_t imported = 0;
  std::map<std::string, size_t> refusals;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().filename() == "LICENSE") continue;
    std::ifstream in(entry.path());
    std::ostringstream text;
    text << in.rdbuf();
    source::Sources sources;
    types::TypeTable table;
    const ImportResult result =
        import_json_schema(sources.add(entry.path().string(), text.str()), {{WantedKind::event, "Imported", std::nullopt, {}}}, table);
    if (!result.events.empty()) {
      ++imported;
      continue;
    }
    ASSERT_FALSE(result.diagnostics.empty()) << entry.path();
    const std::string message = result.diagnostics.front().message();
    EXPECT_TRUE(message.find('$') != std::string::npos || message.find("JSON") != std::string::npos) << message;
    const size_t colon = message.find(": ");
    ++refusals[colon == std::string::npos ? message : message.substr(colon + 2)];
  }
  fmt::print("imported {}\n", imported);
  for (const auto& [reason, count] : refusals) fmt::print("refused {:4}  {}\n", count, reason);
  EXPECT_GT(imported, 280u);
}

}  // namespace
}  // namespace wend::schema
