#pragma once

// wendd as a process of its own, which can be killed.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace wend::replay {

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Process {
 public:
  // What it says goes to `<says>.json` and `<says>.err`.
  Process(std::vector<std::string> words, const std::string& says) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const std::string report = says + ".json";
    const std::string errors = says + ".err";
    child_ = ::fork();
    if (child_ != 0) return;
    ::dup2(::open(report.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
    ::dup2(::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  Process(const Process&) = delete;

  pid_t id() const { return child_; }
  void signal(int number) const { ::kill(child_, number); }
  void kill_after_us(uint64_t delay) const {
    std::this_thread::sleep_for(std::chrono::microseconds(delay));
    signal(SIGKILL);
  }
  // Exit status, or -1 when a signal ended it.
  int wait() const {
    int status = 0;
    ::waitpid(child_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t child_ = 0;
};

}  // namespace wend::replay
