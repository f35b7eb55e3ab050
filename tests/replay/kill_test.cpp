// Runs are killed at random points as processes of their own, started again until one comes to its end, and compared byte for byte
// with a run that nobody disturbed.

#include <gmock/gmock.h>

#include <fstream>
#include <random>

#include "runtime/bytecode/program_file.h"
#include "tests/log/scratch.h"
#include "tests/replay/processes.h"
#include "tests/replay/workload.h"

namespace wend::replay {
namespace {

class Killed : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(scratch_.path("shop.wendc"), std::ios::binary) << bytecode::write_program(workload::make_program());
    std::ofstream(scratch_.path("history.ndjson"), std::ios::binary) << workload::make_history(7, 12'000);
  }

  Process start(const std::string& run, const std::vector<std::string>& more) const {
    std::vector<std::string> words = {WENDD,       "replay",
                                      "--program", scratch_.path("shop.wendc"),
                                      "--events",  scratch_.path("history.ndjson"),
                                      "--data",    scratch_.path(run + "-state"),
                                      "--out",     scratch_.path(run + "-out"),
                                      "--report",  "json",
                                      "--until",   "done"};
    words.insert(words.end(), more.begin(), more.end());
    return {words, scratch_.path(run)};
  }
  std::string everything(const std::string& run) const {
    std::string all = read_file(scratch_.path(run + ".json"));
    for (const char* name : {"deliveries.ndjson", "instances.ndjson", "goals.ndjson", "rejects.ndjson"}) {
      all += read_file(scratch_.path(run + "-out/" + name));
    }
    return all;
  }

  const Scratch scratch_;
};

TEST_F(Killed, AtRandomPointsAndTheResultIsTheSame) {
  const std::vector<std::string> often = {"--batch-entries", "20", "--snapshot-entries", "600"};
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(start("whole", often).wait(), 0) << read_file(scratch_.path("whole.err"));
  const auto whole_us = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin).count();
  const std::string expected = everything("whole");

  for (const unsigned seed : {1U, 2U}) {
    const std::string run = "run-" + std::to_string(seed);
    std::mt19937_64 random(seed);
    int kills = 0;
    for (;; ++kills) {
      const Process process = start(run, often);
      // A run that is never let go far would never end: every tenth time it gets as long as it wants.
      if (kills % 10 != 9) process.kill_after_us(random() % static_cast<uint64_t>(whole_us));
      const int status = process.wait();
      if (status == 0) break;
      ASSERT_EQ(status, -1) << read_file(scratch_.path(run + ".err"));
    }
    EXPECT_EQ(everything(run), expected) << "seed " << seed << ", killed " << kills << " times";
    RecordProperty("kills-" + run, kills);
  }
}

TEST_F(Killed, AskedToStopItStopsCleanlyAndGoesOn) {
  const std::vector<std::string> slow = {"--batch-entries", "30"};
  ASSERT_EQ(start("whole", slow).wait(), 0);
  const Process process = start("a", slow);
  for (int i = 0; i < 2000 && read_file(scratch_.path("a-state/customers.ids")).empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  process.signal(SIGTERM);
  const int status = process.wait();
  EXPECT_TRUE(status == 1 || status == 0) << read_file(scratch_.path("a.err"));
  if (status == 1) {
    EXPECT_THAT(read_file(scratch_.path("a.json")), testing::HasSubstr("\"stopped\":true"));
  }
  ASSERT_EQ(start("a", slow).wait(), 0) << read_file(scratch_.path("a.err"));
  EXPECT_EQ(everything("a"), everything("whole"));
}

TEST_F(Killed, TwoAtOnceDoNotShareAFolder) {
  const Process first = start("a", {"--batch-entries", "1"});
  for (int i = 0; i < 2000 && !std::filesystem::exists(scratch_.path("a-state/customers.ids")); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(start("a", {}).wait(), 2);
  EXPECT_THAT(read_file(scratch_.path("a.err")), testing::HasSubstr("is in use by process " + std::to_string(first.id())));
  first.signal(SIGKILL);
  first.wait();
}

}  // namespace
}  // namespace wend::replay
