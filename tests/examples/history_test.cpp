// The generated history is the same text everywhere, and a run over it gives each result once.

#include "examples/shop/generator/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "runtime/base/hash.h"
#include "tests/examples/program.h"

namespace wend::examples {
namespace {

struct Text {
  std::string all;
  uint64_t lines = 0;
};
Text history(const demo::HistoryOptions& options) {
  Text text;
  text.lines = demo::write_history(options, [&](std::string_view line) { text.all.append(line).push_back('\n'); }).lines;
  return text;
}

TEST(DemoHistory, IsTheSameTextEverywhere) {
  const Text text = history({.seed = 7, .customers = 50});
  EXPECT_EQ(text.all, history({.seed = 7, .customers = 50}).all);
  EXPECT_NE(text.all, history({.seed = 8, .customers = 50}).all);
  // A digest, so that another compiler, library or machine would show.
  EXPECT_EQ(to_hex(sha256(text.all)), "e72c071e6436aa64c5a84b79b376f0cb827dc481d7dd6cf583258d476668b260");
}

TEST(DemoHistory, HasAtLeastTwoHundredThousandEvents) {
  EXPECT_GE(history({}).lines, 200'000u);
}

// The value of a text field of a result line; results have no nested field of these names before it.
std::string field(const std::string& line, const std::string& name) {
  const std::string start = "\"" + name + "\":\"";
  const size_t at = line.find(start);
  if (at == std::string::npos) return {};
  const size_t begin = at + start.size();
  return line.substr(begin, line.find('"', begin) - begin);
}

class ShopRun : public testing::Test {
 protected:
  static constexpr const char* k_files[] = {"deliveries.ndjson", "instances.ndjson", "goals.ndjson", "rejects.ndjson"};

  void SetUp() override {
    const Outcome made = run("wend-demo-history --seed 3 --customers 400 -o " + (scratch_ / "history.ndjson.gz").string());
    ASSERT_EQ(made.exit_code, 0) << made.output;
  }
  Outcome run_shop(const std::string& data, const std::string& out) {
    return run("wend run examples/shop --events " + (scratch_ / "history.ndjson.gz").string() + " --data " + (scratch_ / data).string() +
               " --out " + (scratch_ / out).string());
  }
  Scratch scratch_{"shop-run"};
};

TEST_F(ShopRun, GivesEveryResultOnce) {
  const Outcome outcome = run_shop("state", "result");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
  size_t sent = 0;
  std::set<std::string> keys;
  for (const auto& line : lines_of(scratch_ / "result/deliveries.ndjson")) {
    if (field(line, "outcome") != "sent") continue;
    ++sent;
    EXPECT_TRUE(keys.insert(field(line, "key")).second) << line;
  }
  EXPECT_GT(sent, 500u);
  std::set<std::string> instances;
  for (const auto& line : lines_of(scratch_ / "result/instances.ndjson"))
    EXPECT_TRUE(instances.insert(field(line, "instance")).second) << line;
  EXPECT_GT(instances.size(), 1000u);
  EXPECT_GT(lines_of(scratch_ / "result/goals.ndjson").size(), 50u);
  EXPECT_GT(lines_of(scratch_ / "result/rejects.ndjson").size(), 0u);
}

TEST_F(ShopRun, ASecondRunOverTheSameFileChangesNothing) {
  ASSERT_EQ(run_shop("state", "result").exit_code, 0);
  std::vector<std::string> before;
  for (const char* file : k_files) before.push_back(read_file(scratch_ / "result" / file));
  const Outcome again = run_shop("state", "result");
  ASSERT_EQ(again.exit_code, 0) << again.output;
  for (size_t i = 0; i < before.size(); ++i) EXPECT_EQ(read_file(scratch_ / "result" / k_files[i]), before[i]) << k_files[i];
}

TEST_F(ShopRun, TwoRunsAreEqual) {
  ASSERT_EQ(run_shop("state-1", "result-1").exit_code, 0);
  ASSERT_EQ(run_shop("state-2", "result-2").exit_code, 0);
  for (const char* file : k_files) EXPECT_EQ(read_file(scratch_ / "result-1" / file), read_file(scratch_ / "result-2" / file)) << file;
}

}  // namespace
}  // namespace wend::examples
