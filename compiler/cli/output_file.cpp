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
namespace {

/// Nothing, or what could not be done, as in "cannot …"; errno says why, and nothing is left beside the place.
const char* put(const std::string& path, std::string_view bytes, std::optional<mode_t> permissions) {
  const std::string beside = fmt::format("{}.{}.new", path, ::getpid());
  const auto failed = [&](const char* what) {
    const int error = errno;
    std::remove(beside.c_str());
    errno = error;
    return what;
  };
  std::FILE* file = std::fopen(beside.c_str(), "wb");
  if (file == nullptr) return failed("write");
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() &&
                       (!permissions || ::fchmod(::fileno(file), *permissions) == 0);
  if (std::fclose(file) != 0 || !written) return failed("write");
  if (std::rename(beside.c_str(), path.c_str()) != 0) return failed("replace");
  return nullptr;
}

std::string message(const char* what, const std::string& path) {
  return fmt::format("cannot {} `{}`: {}", what, path, std::strerror(errno));
}

}  // namespace

std::optional<std::string> write_file(const std::string& path, std::string_view bytes) {
  if (const char* what = put(path, bytes, std::nullopt)) return message(what, path);
  return std::nullopt;
}

std::optional<std::string> replace_file(const std::string& path, std::string_view bytes) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  struct stat before {};
  const bool is_replaced = real != nullptr && ::stat(real.get(), &before) == 0 && ::access(real.get(), W_OK) == 0 &&
                           put(real.get(), bytes, before.st_mode & 07777) == nullptr;
  if (!is_replaced) return message("rewrite", path);
  return std::nullopt;
}

}  // namespace wend::cli
