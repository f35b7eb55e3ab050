#include "runtime/results/result_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "runtime/base/system_error.h"

namespace wend::results {
namespace {

ResultError error(const std::string& path, const std::string& what) {
  return {fmt::format("result file `{}`: {}", path, what)};
}

}  // namespace

std::expected<ResultFile, ResultError> ResultFile::open(const std::string& path, std::optional<uint64_t> recorded_bytes) {
  // A recorded length of 0 may belong to a file that never reached the disk.
  const bool must_exist = recorded_bytes.value_or(0) > 0;
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (must_exist ? 0 : O_CREAT), 0644);
  if (descriptor < 0 && must_exist && errno == ENOENT) {
    return std::unexpected(error(path, fmt::format("it is missing, though this data folder has written {} bytes to it; put it back, or "
                                                   "replay the events with another --data folder",
                                                   *recorded_bytes)));
  }
  if (descriptor < 0) return std::unexpected(error(path, system_error(errno)));
  ResultFile file(path, descriptor, recorded_bytes.value_or(0));
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return std::unexpected(error(path, system_error(errno)));
  if (static_cast<uint64_t>(status.st_size) < file.written_) {
    return std::unexpected(error(path, fmt::format("it has {} bytes, though this data folder has written {} to it; put the whole file "
                                                   "back, or replay the events with another --data folder",
                                                   status.st_size, file.written_)));
  }
  return file;
}

std::expected<void, ResultError> ResultFile::cut() {
  const auto length = static_cast<off_t>(written_);
  if (::ftruncate(descriptor_, length) != 0 || ::lseek(descriptor_, length, SEEK_SET) != length) {
    return std::unexpected(error(path_, system_error(errno)));
  }
  return {};
}

ResultFile::ResultFile(ResultFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      written_(other.written_),
      buffer_(std::move(other.buffer_)),
      failure_(std::move(other.failure_)) {}

ResultFile::~ResultFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void ResultFile::write_out() {
  for (size_t done = 0; done < buffer_.size() && !failure_;) {
    const ssize_t size = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
    if (size >= 0) {
      done += static_cast<size_t>(size);
    } else if (errno != EINTR) {
      failure_ = error(path_, system_error(errno));
    }
  }
  written_ += buffer_.size();
  buffer_.clear();
}

std::expected<void, ResultError> ResultFile::flush() {
  write_out();
  if (failure_) return std::unexpected(*failure_);
  return {};
}

std::expected<void, ResultError> ResultFile::sync() {
  if (auto flushed = flush(); !flushed) return flushed;
  return sync_flushed();
}

std::expected<void, ResultError> ResultFile::sync_flushed() const {
  if (::fdatasync(descriptor_) != 0) return std::unexpected(error(path_, system_error(errno)));
  return {};
}

}  // namespace wend::results
