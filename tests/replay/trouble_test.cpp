// Runs in trouble: a disk that takes no more, input that no exporter should write, folders in each other, a terminal that is watched.
// Each ends with a clear word, and what can go on goes on.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <pty.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <sstream>

#include "runtime/bytecode/program_file.h"
#include "tests/log/scratch.h"
#include "tests/replay/workload.h"

namespace wend::replay {
namespace {

using testing::HasSubstr;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Ended {
  int status = -1;  // -1: by a signal
  std::string output;
};

class Trouble : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(scratch_.path("shop.wendc"), std::ios::binary) << bytecode::write_program(workload::make_program());
    write(workload::make_history(7, 3'000));
  }
  void write(const std::string& history) { std::ofstream(scratch_.path("history.ndjson"), std::ios::binary) << history; }

  // Everything the run wrote to its terminal or its pipe. `before` runs in the child.
  Ended run(const std::string& name, const std::function<void()>& before = {}, const std::string& out = "") {
    std::vector<std::string> words = {WENDD,
                                      "replay",
                                      "--program",
                                      scratch_.path("shop.wendc"),
                                      "--events",
                                      events_.empty() ? scratch_.path("history.ndjson") : events_,
                                      "--data",
                                      scratch_.path(name + "-state"),
                                      "--out",
                                      out.empty() ? scratch_.path(name + "-out") : out,
                                      "--batch-entries",
                                      "50"};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int terminal = -1;
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) {
      if (before) before();
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    Ended ended;
    char buffer[4096];
    for (ssize_t size = 0; (size = ::read(terminal, buffer, sizeof buffer)) > 0;) ended.output.append(buffer, static_cast<size_t>(size));
    ::close(terminal);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status)) ended.status = WEXITSTATUS(status);
    return ended;
  }
  std::string results(const std::string& name) const {
    std::string all;
    for (const char* file : {"deliveries.ndjson", "instances.ndjson", "goals.ndjson", "rejects.ndjson"}) {
      all += read_file(scratch_.path(name + "-out/" + file));
    }
    return all;
  }

  const Scratch scratch_;
  std::string events_;
};

TEST_F(Trouble, AFullDiskEndsTheRunAndItGoesOnWhenThereIsRoom) {
  ASSERT_EQ(run("whole").status, 0);
  // No file may grow beyond this: first the log is in the way, then the result files.
  for (const rlim_t bytes : {rlim_t{40'000}, rlim_t{150'000}}) {
    const std::string name = "full-" + std::to_string(bytes);
    const Ended full = run(name, [bytes] {
      ::signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{bytes, bytes};
      ::setrlimit(RLIMIT_FSIZE, &limit);
    });
    EXPECT_EQ(full.status, 2) << full.output;
    EXPECT_THAT(full.output, HasSubstr("File too large"));
    EXPECT_THAT(full.output, testing::ContainsRegex("error: (data folder|result file|customer file) `"));
    const Ended again = run(name);
    EXPECT_EQ(again.status, 0) << again.output;
    EXPECT_EQ(results(name), results("whole"));
  }
}

TEST_F(Trouble, ATerminalShowsHowFarItIsAndIsLeftClean) {
  const Ended watched = run("a");
  EXPECT_EQ(watched.status, 0);
  const std::string clear = "\r\033[K";
  EXPECT_THAT(watched.output, testing::StartsWith(clear));
  EXPECT_THAT(watched.output, testing::ContainsRegex("[0-9,]+ events  [0-9,]+/s  20[0-9]+-[0-9]+-[0-9]+  [0-9,]+ sends"));
  const size_t last = watched.output.rfind(clear);
  EXPECT_THAT(watched.output.substr(last + clear.size()), testing::StartsWith("shop: ")) << "the line is gone before the report";
}

TEST_F(Trouble, ResultsDoNotGoIntoTheDataFolder) {
  for (const std::string& out : {scratch_.path("a-state"), scratch_.path("a-state/db"), scratch_.path("b/../a-state/out")}) {
    const Ended inside = run("a", {}, out);
    EXPECT_EQ(inside.status, 2);
    EXPECT_THAT(inside.output, HasSubstr("lies in the data folder"));
  }
  EXPECT_EQ(run("a", {}, scratch_.path("a-state-out")).status, 0) << "a name that begins alike is another folder";
}

TEST_F(Trouble, StrangeFilesAreNamed) {
  const auto refused = [this](const std::string& path) {
    events_ = path;
    const Ended ended = run("a");
    EXPECT_EQ(ended.status, 2);
    return ended.output;
  };
  EXPECT_THAT(refused(scratch_.path("")), HasSubstr("it is not a regular file"));
  ASSERT_EQ(::mkfifo(scratch_.path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(refused(scratch_.path("pipe")), HasSubstr("it is not a regular file"));
  EXPECT_THAT(refused("/dev/zero"), HasSubstr("it is not a regular file"));
  EXPECT_THAT(refused(scratch_.path("none")), HasSubstr("No such file"));
}

TEST_F(Trouble, StrangeLinesAreRefusedAloneInBoundedMemory) {
  const auto call = [](const std::string& user, const std::string& time, const std::string& properties) {
    return R"({"type":"track","userId":")" + user + R"(","event":"Begin","timestamp":")" + time + R"(","properties":)" + properties + "}\n";
  };
  const std::string good = call("ada", "2011-03-01T00:00:00Z", R"({"n":1})");
  write(good + std::string(100'000'000, 'x') + "\n" + call("a\xff", "2011-03-01T00:00:00Z", R"({"n":1})") +
        call("ada", "2011-03-01T00:00:00Z", R"({"n":1,"x":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}") +
        call("ada", "9999-12-31T23:59:59Z", R"({"n":1})") + call("ada", "0000-12-31T23:59:59Z", R"({"n":1})") +
        call("ada", "2011-03-01T00:00:00Z", R"({"n":1e400})") + call("ada", "2011-03-01T00:00:00Z", R"({"n":-0})") +
        call("ada", "2011-03-01T00:00:00Z", R"({"n":1,"n":2})") + "\n\n" + good.substr(0, good.size() - 1));
  const Ended ended = run("a", [] {
#ifndef __SANITIZE_ADDRESS__  // which maps terabytes that it never touches
    const rlimit limit{rlim_t{2} << 30, rlim_t{2} << 30};
    ::setrlimit(RLIMIT_AS, &limit);
#endif
  });
  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("shop: 4 events of 1 customers"));
  const std::string rejects = read_file(scratch_.path("a-out/rejects.ndjson"));
  for (const char* reject : {R"("line":2,"reason":"too_long")", R"("line":3,"reason":"not_utf8")", R"("line":4,"reason":"bad_json")",
                             R"("line":5,"reason":"time_jump")", R"("line":6,"reason":"bad_time")", R"("line":7,"reason":"bad_value")"}) {
    EXPECT_THAT(rejects, HasSubstr(reject));
  }
  EXPECT_THAT(rejects, testing::Not(HasSubstr("\"line\":8"))) << "minus nought is nought, and of a member given twice the last one counts";
}

TEST_F(Trouble, NothingIsNothing) {
  write("");
  const Ended ended = run("a");
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.output, HasSubstr("nothing taken in of 0 records"));
}

}  // namespace
}  // namespace wend::replay
