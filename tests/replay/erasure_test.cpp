// What is left on disk of a customer who was erased, and that runs cut off in between come to the same end.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "runtime/replay/replay.h"
#include "tests/log/scratch.h"
#include "tests/replay/workload.h"

namespace wend::replay {
namespace {

constexpr TimestampMs k_machine_now = 1'900'000'000'000;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Erasure : public testing::Test {
 protected:
  std::string line(const std::string& type, const std::string& user, const std::string& rest) {
    ++minute_;
    return R"({"type":")" + type + R"(","userId":")" + user + R"(","timestamp":"2024-01-01T0)" + std::to_string(minute_ / 60) + ":" +
           (minute_ % 60 < 10 ? "0" : "") + std::to_string(minute_ % 60) + R"(:00Z")" + rest + "}\n";
  }
  // Everything that a customer of that name leaves: an address, a refused value, an instance that waits.
  std::string traces(const std::string& user) {
    return line("identify", user, R"(,"traits":{"email":")" + user + R"(@secret.test","consents":{"news":true}})") +
           line("track", user, R"(,"event":"Begin","messageId":")" + user + R"(-m","properties":{"n":1})") +
           line("track", user, R"(,"event":"Begin","properties":{"n":")" + user + R"(-value"})");
  }
  void write_history(const std::string& text) { std::ofstream(scratch_.path("history.ndjson"), std::ios::binary) << text; }
  Options options(const std::string& run) const {
    return {.events = scratch_.path("history.ndjson"),
            .data_folder = scratch_.path(run + "-state"),
            .result_folder = scratch_.path(run + "-out"),
            .machine_now = k_machine_now,
            .with_state_digest = true};
  }
  results::Report run(const Options& options) const {
    auto result = replay(program_, *zones_, options);
    EXPECT_TRUE(result) << result.error().what;
    return result ? std::move(result->report) : results::Report(program_, results::Tally(program_));
  }
  // Files of the data folder in which the text stands.
  std::vector<std::string> files_with(const std::string& run, const std::string& text) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch_.path(run + "-state"))) {
      if (!entry.is_regular_file() || read_file(entry.path()).find(text) == std::string::npos) continue;
      found.push_back(entry.path().filename());
    }
    return found;
  }

  const Scratch scratch_;
  const bytecode::Program program_ = workload::make_program();
  const std::shared_ptr<const ZoneTable> zones_ = ZoneTable::system();
  int minute_ = 0;
};

TEST_F(Erasure, LeavesNothingInTheDataFolderAfterTheNextSnapshot) {
  const std::string before = traces("adalovelace") + traces("grace");
  write_history(before);
  run(options("a"));
  EXPECT_FALSE(files_with("a", "adalovelace").empty()) << "else this test proves nothing";

  write_history(before + line("delete", "adalovelace", "") + traces("adalovelace") + traces("edsger"));
  const results::Report report = run(options("a"));
  EXPECT_EQ(report.counters.erasures, 1U);
  EXPECT_EQ(report.counters.suppressed_inputs, 2U);
  EXPECT_THAT(files_with("a", "adalovelace"), testing::IsEmpty());
  EXPECT_THAT(files_with("a", "grace"), testing::Contains("customers.ids"));
  EXPECT_THAT(files_with("a", "edsger"), testing::Contains("customers.ids"));
}

// The first batch stays as the log's beginning, the last one as its end; both are blanked.
TEST_F(Erasure, ReachesEveryBatchOfTheLog) {
  std::string text = traces("adalovelace");
  for (int i = 0; i < 10; ++i) text += traces("user" + std::to_string(i));
  text += line("delete", "adalovelace", "");
  write_history(text);
  Options small = options("a");
  small.batch_entries = 2;
  run(small);
  EXPECT_THAT(files_with("a", "adalovelace"), testing::IsEmpty());

  write_history(text + traces("edsger"));
  const results::Report more = run(small);
  EXPECT_EQ(more.counters.erasures, 1U) << "the log goes on where it was";
  EXPECT_EQ(more.customers, 12U);
}

TEST_F(Erasure, AndMergesGiveTheSameResultsHoweverOftenARunIsCutOff) {
  std::string text;
  for (int i = 0; i < 40; ++i) {
    const std::string user = "user" + std::to_string(i);
    text += traces(user);
    if (i % 5 == 2) text += line("alias", "user" + std::to_string(i - 1), R"(,"previousId":")" + user + R"(")");
    if (i % 7 == 3) text += line("delete", "user" + std::to_string(i - 2), "");
  }
  write_history(text);
  Options options = this->options("whole");
  options.until = {UntilKind::done};
  options.batch_entries = 7;
  const results::Report whole = run(options);
  EXPECT_GT(whole.counters.merges, 5U);
  EXPECT_GT(whole.counters.erasures, 3U);

  Options often = this->options("often");
  often.until = {UntilKind::done};
  often.batch_entries = 3;
  often.snapshot_entries = 10;
  std::atomic<bool> stop = false;
  often.stop = &stop;
  size_t batches = 0;
  often.progress = [&](const Progress&) { stop = ++batches % 4 == 0; };
  std::optional<Result> last;
  for (int runs = 0; runs < 200 && (!last || last->outcome != Outcome::finished); ++runs) {
    stop = false;
    auto result = replay(program_, *zones_, often);
    ASSERT_TRUE(result) << result.error().what;
    last = std::move(*result);
  }
  ASSERT_EQ(last->outcome, Outcome::finished);
  EXPECT_EQ(last->report.counters.merges, whole.counters.merges);
  EXPECT_EQ(last->report.counters.erasures, whole.counters.erasures);
  EXPECT_EQ(last->report.counters.suppressed_inputs, whole.counters.suppressed_inputs);
  for (const char* name : {"deliveries.ndjson", "instances.ndjson", "goals.ndjson", "rejects.ndjson"}) {
    EXPECT_EQ(read_file(scratch_.path("often-out/") + name), read_file(scratch_.path("whole-out/") + name)) << name;
  }
}

}  // namespace
}  // namespace wend::replay
