#include "compiler/cli/output_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

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

}  // namespace wend::cli
