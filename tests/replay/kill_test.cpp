// Runs are killed at random points as processes of their own, started again until one comes to its end, and compared byte for byte
// with a run that nobody disturbed.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "runtime/bytecode/program_file.h"
#include "tests/log/scratch.h"
#include "tests/replay/workload.h"

namespace wend::replay {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Killed : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(scratch_.path("shop.wendc"), std::ios::binary) << bytecode::write_program(workload::make_program());
    std::ofstream(scratch_.path("history.ndjson"), std::ios::binary) << workload::make_history(7, 12'000);
  }

  pid_t start(const std::string& run, const std::vector<std::string>& more) const {
    std::vector<std::string> words = {WENDD,       "replay",
                                      "--program", scratch_.path("shop.wendc"),
                                      "--events",  scratch_.path("history.ndjson"),
                                      "--data",    scratch_.path(run + "-state"),
                                      "--out",     scratch_.path(run + "-out"),
                                      "--report",  "json",
                                      "--until",   "done"};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const std::string report = scratch_.path(run + ".json");
    const std::string errors = scratch_.path(run + ".err");
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::dup2(::open(report.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
    ::dup2(::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  // Exit status, or -1 when a signal ended it.
  static int wait(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
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
  ASSERT_EQ(wait(start("whole", often)), 0) << read_file(scratch_.path("whole.err"));
  const auto whole_us = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin).count();
  const std::string expected = everything("whole");

  for (const unsigned seed : {1U, 2U}) {
    const std::string run = "run-" + std::to_string(seed);
    std::mt19937_64 random(seed);
    int kills = 0;
    for (;; ++kills) {
      const pid_t child = start(run, often);
      // A run that is never let go far would never end: every tenth time it gets as long as it wants.
      if (kills % 10 != 9) {
        std::this_thread::sleep_for(std::chrono::microseconds(random() % static_cast<uint64_t>(whole_us)));
        ::kill(child, SIGKILL);
      }
      const int status = wait(child);
      if (status == 0) break;
      ASSERT_EQ(status, -1) << read_file(scratch_.path(run + ".err"));
    }
    EXPECT_EQ(everything(run), expected) << "seed " << seed << ", killed " << kills << " times";
    RecordProperty("kills-" + run, kills);
  }
}

TEST_F(Killed, AskedToStopItStopsCleanlyAndGoesOn) {
  const std::vector<std::string> slow = {"--batch-entries", "30"};
  ASSERT_EQ(wait(start("whole", slow)), 0);
  const pid_t child = start("a", slow);
  for (int i = 0; i < 2000 && read_file(scratch_.path("a-state/customers.ids")).empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  ::kill(child, SIGTERM);
  const int status = wait(child);
  EXPECT_TRUE(status == 1 || status == 0) << read_file(scratch_.path("a.err"));
  if (status == 1) {
    EXPECT_THAT(read_file(scratch_.path("a.json")), testing::HasSubstr("\"stopped\":true"));
  }
  ASSERT_EQ(wait(start("a", slow)), 0) << read_file(scratch_.path("a.err"));
  EXPECT_EQ(everything("a"), everything("whole"));
}

TEST_F(Killed, TwoAtOnceDoNotShareAFolder) {
  const pid_t first = start("a", {"--batch-entries", "1"});
  for (int i = 0; i < 2000 && !std::filesystem::exists(scratch_.path("a-state/customers.ids")); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const pid_t second = start("a", {});
  EXPECT_EQ(wait(second), 2);
  EXPECT_THAT(read_file(scratch_.path("a.err")), testing::HasSubstr("is in use by process " + std::to_string(first)));
  ::kill(first, SIGKILL);
  wait(first);
}

}  // namespace
}  // namespace wend::replay
