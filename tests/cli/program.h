#pragma once

// `wend` in a folder of its own, with a project that is good, one that is bad and one that is empty.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace wend::cli {

namespace fs = std::filesystem;

inline constexpr const char* k_good = R"(edition 1
module m
event Started { }
customer { email: Email? }
channel email { address customer.email }
message Hello for transactional { email { body "Hello" } }
journey j {
  owner "a@b.c"
  lifetime 10 days
  enter on Started
  step s { wait 1 hour  send Hello via email }
}
test "an hour later" of j {
  given customer { email: "a@b.test" }
  at 2025-01-01 09:00 Started
  expect at 2025-01-01 10:00 sent Hello via email
}
)";

class Program : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::temp_directory_path() / fmt::format("wend-cli-{}-{}", getpid(), testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_ / "good");
    fs::create_directories(folder_ / "bad");
    fs::create_directories(folder_ / "empty");
    write("good/j.journey", k_good);
    std::string bad = k_good;
    bad.replace(bad.find("enter on Started"), 16, "enter on Strated");
    write("bad/j.journey", bad);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& path, const std::string& text) { std::ofstream(folder_ / path, std::ios::binary) << text; }

  struct Ended {
    int code = -1;
    std::string out;
    std::string err;
  };
  // Runs a shell line in the test's folder; `wend` is the program.
  Ended shell(const std::string& line) {
    const std::string command =
        fmt::format("cd '{}' && wend() {{ '{}' \"$@\"; }}; {{ {}; }} >out 2>err", folder_.string(), WEND_PROGRAM, line);
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read("out"), read("err")};
  }
  std::string read(const std::string& path) {
    std::ifstream in(folder_ / path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fs::path folder_;
};

}  // namespace wend::cli
