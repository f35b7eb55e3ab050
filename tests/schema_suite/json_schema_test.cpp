// The required tests of the JSON Schema test suite: for every schema that imports, an instance is accepted exactly as the suite says.
// Schemas there are of values of every kind, an event's payload is an object: each stands in a file of its own, to which the one field of
// an event refers, `{ "value": { "$ref": "case.json" } }`.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/schema_suite/imported_event.h"

namespace wend {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct Tally {
  size_t imported = 0;
  std::map<std::string, size_t> refused;  // groups, by reason
  size_t agreeing = 0;
  size_t stricter = 0;  // instances that break a `format`, which the suite's default leaves unchecked
  size_t wrong = 0;
};

// Without what is particular to one schema: `…` for what stands in quotation marks, nothing for where it stands.
std::string reason_of(const std::string& refusal) {
  const size_t colon = refusal.find(": ");
  const std::string what = colon == std::string::npos ? refusal : refusal.substr(colon + 2);
  std::string reason;
  bool quoted = false;
  for (const char c : what) {
    if (c == '`') quoted = !quoted;
    if (!quoted || c == '`') reason += c;
  }
  return reason;
}

bool mentions_format(const ordered_json& schema) {
  return schema.dump().find("\"format\"") != std::string::npos;
}

void run_group(const std::string& file, const char* dialect, const ordered_json& group, Tally& tally) {
  ordered_json schema = group.at("schema");
  if (schema.is_object() && !schema.contains("$schema")) schema["$schema"] = dialect;
  source::MemoryFileStore files;
  files.write("p/case.json", schema.dump());
  files.write("p/event.json", R"({"type":"object","properties":{"value":{"$ref":"case.json"}},"required":["value"]})");
  ImportedEvent event(std::move(files));
  if (!event.refusal().empty()) {
    ++tally.refused[reason_of(event.refusal())];
    return;
  }
  ++tally.imported;
  for (const ordered_json& test : group.at("tests")) {
    const auto reject = event.rejected("{\"value\":" + test.at("data").dump() + "}");
    const bool expected = test.at("valid").get<bool>();
    if (!reject == expected) {
      ++tally.agreeing;
    } else if (expected && file == "format.json" && mentions_format(schema) && reject->message.find("`format`") != std::string::npos) {
      ++tally.stricter;
    } else {
      ++tally.wrong;
      ADD_FAILURE() << file << ": " << group.at("description") << ": " << test.at("description") << ": expected "
                    << (expected ? "accepted" : "rejected") << (reject ? ", but " + reject->path + ": " + reject->message : "");
    }
  }
}

void run_suite(const char* folder, const char* dialect, Tally& tally) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(schema_data("json-schema-tests") / folder)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  for (const fs::path& path : paths) {
    if (path.extension() != ".json") continue;
    for (const ordered_json& group : ordered_json::parse(text_of(path))) run_group(path.filename().string(), dialect, group, tally);
  }
  size_t refused = 0;
  for (const auto& [reason, count] : tally.refused) refused += count;
  fmt::print("{}: schemas imported {}, refused {}; instances agreeing {}, stricter by `format` {}, wrong {}\n", folder, tally.imported, refused,
             tally.agreeing, tally.stricter, tally.wrong);
  for (const auto& [reason, count] : tally.refused) fmt::print("  refused {:3}  {}\n", count, reason);
}

TEST(JsonSchema, AcceptsWhatDraft7Says) {
  if (!fs::exists(schema_data("json-schema-tests"))) GTEST_SKIP() << "the data is absent (set WEND_DATA_DIR)";
  Tally tally;
  run_suite("draft7", "http://json-schema.org/draft-07/schema#", tally);
  EXPECT_GE(tally.imported, 215u);
  EXPECT_EQ(tally.wrong, 0u);
}

TEST(JsonSchema, AcceptsWhatDraft202012Says) {
  if (!fs::exists(schema_data("json-schema-tests"))) GTEST_SKIP() << "the data is absent (set WEND_DATA_DIR)";
  Tally tally;
  run_suite("draft2020-12", "https://json-schema.org/draft/2020-12/schema", tally);
  EXPECT_GE(tally.imported, 310u);
  EXPECT_EQ(tally.wrong, 0u);
}

}  // namespace
}  // namespace wend
