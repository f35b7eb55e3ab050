#include "runtime/replay/result_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "runtime/base/system_error.h"
#include "runtime/results/result_writer.h"

namespace wend::replay {
namespace {

namespace fs = std::filesystem;

std::string mark_of(const std::string& path) {
  std::ifstream file(path + "/RUN");
  std::string mark;
  std::getline(file, mark);
  return mark;
}

bool has_results(const std::string& path) {
  return std::ranges::any_of(results::k_result_files, [&](const char* name) {
    std::error_code missing;
    const auto bytes = fs::file_size(path + "/" + name, missing);
    return !missing && bytes > 0;
  });
}

}  // namespace

std::expected<ResultFolder, Error> ResultFolder::claim(const std::string& path, const std::string& data_id) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (failure) return std::unexpected(Error{fmt::format("result folder `{}` cannot be made: {}", path, failure.message())});
  auto lock = log::FolderLock::take(path, {.what = "result folder", .option = "--out"});
  if (!lock) return std::unexpected(Error{lock.error().what});
  if (mark_of(path) != data_id && has_results(path)) {
    return std::unexpected(Error{fmt::format(
        "result folder `{}` has the results of another data folder, which this run would write over; name another folder with --out, or "
        "remove it",
        path)});
  }
  return ResultFolder(std::move(*lock), path, data_id);
}

std::expected<void, Error> ResultFolder::mark() const {
  if (mark_of(path_) == data_id_) return {};
  const std::string path = path_ + "/RUN";
  const std::string text = data_id_ + "\n";
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  bool done =
      descriptor >= 0 && ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0;
  const int reason = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!done) return std::unexpected(Error{fmt::format("result folder `{}`: {}", path_, system_error(reason))});
  return {};
}

}  // namespace wend::replay
