#pragma once

#include <expected>
#include <string>

#include "runtime/engine/log.h"

namespace wend::log {

// How a refusal calls the folder, and the option that names another one.
struct LockedFolder {
  const char* what = "data folder";
  const char* option = "--data";
};

// Keeps every other process out of a folder while it lives; the kernel lets go when the process ends, however it ends.
class FolderLock {
 public:
  // The refusal names the process that holds the folder.
  static std::expected<FolderLock, engine::LogError> take(const std::string& folder, const LockedFolder& kind = {});
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace wend::log
