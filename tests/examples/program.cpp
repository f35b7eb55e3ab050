#include "tests/examples/program.h"
#include "tests/paths.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace wend::examples {

namespace fs = std::filesystem;

Outcome run(const std::string& command) {
  const std::string whole = "cd '" WEND_SOURCE_DIR "' && PATH='" WEND_BINARY_DIR "/bin':\"$PATH\" && { " + command + " ; } 2>&1";
  std::FILE* pipe = popen(whole.c_str(), "r");
  if (pipe == nullptr) return {};
  Outcome outcome;
  char buffer[1 << 16];
  for (size_t size = 0; (size = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) outcome.output.append(buffer, size);
  const int status = pclose(pipe);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::map<std::string, long> numbers(const std::string& text) {
  std::istringstream in(text);
  std::map<std::string, long> result;
  std::string name;
  for (long number = 0; in >> name >> number;) result[name] = number;
  return result;
}

fs::path data_folder() {
  const char* folder = std::getenv("WEND_DATA_DIR");
  return folder != nullptr ? fs::path(folder) : fs::path(WEND_SOURCE_DIR) / ".." / "shared" / "data";
}

Scratch::Scratch(const std::string& name) : path_(fs::temp_directory_path() / ("wend-" + name + "-" + std::to_string(getpid()))) {
  fs::remove_all(path_);
  fs::create_directories(path_);
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace wend::examples
