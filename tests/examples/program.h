#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace wend::examples {

struct Outcome {
  int exit_code = -1;
  std::string output;  ///< standard output, then standard error
};
/// Runs a shell command from the root of the source tree with build/bin first on the PATH.
Outcome run(const std::string& command);

std::string read_file(const std::filesystem::path& path);
std::vector<std::string> lines_of(const std::filesystem::path& path);
/// "name number" lines.
std::map<std::string, long> numbers(const std::string& text);

/// The real data: WEND_DATA_DIR, or ../shared/data beside the checkout. May not exist.
std::filesystem::path data_folder();

/// An empty folder that is gone with the test.
class Scratch {
 public:
  explicit Scratch(const std::string& name);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace wend::examples
