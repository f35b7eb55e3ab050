#include "compiler/cli/output_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace wend::cli {

std::optional<std::string> write_file(const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".new";
  const auto failed = [&](const char* what) {
    std::string message = fmt::format("cannot {} `{}`: {}", what, path, std::strerror(errno));
    std::remove(beside.c_str());
    return message;
  };
  std::FILE* file = std::fopen(beside.c_str(), "wb");
  if (file == nullptr) return failed("write");
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  if (std::fclose(file) != 0 || !written) return failed("write");
  if (std::rename(beside.c_str(), path.c_str()) != 0) return failed("replace");
  return std::nullopt;
}

namespace {

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::optional<std::string> replace_file(const std::string& path, std::string_view bytes) {
  const auto failed = [&](int error) { return fmt::format("cannot rewrite `{}`: {}", path, std::strerror(error)); };
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  if (real == nullptr) return failed(errno);
  struct stat before {};
  if (::stat(real.get(), &before) != 0 || ::access(real.get(), W_OK) != 0) return failed(errno);
  std::string beside = std::string(real.get()) + ".XXXXXX";
  const int descriptor = ::mkstemp(beside.data());
  if (descriptor < 0) return failed(errno);
  bool good = write_all(descriptor, bytes) && ::fchmod(descriptor, before.st_mode & 07777) == 0;
  int error = errno;
  if (::close(descriptor) != 0 && good) {
    good = false;
    error = errno;
  }
  if (good && std::rename(beside.c_str(), real.get()) == 0) return std::nullopt;
  if (good) error = errno;
  ::unlink(beside.c_str());
  return failed(error);
}

}  // namespace wend::cli
