#include "compiler/format/unified_diff.h"

#include <fmt/format.h>
#include <git2.h>

#include <memory>
#include <stdexcept>

namespace wend::format {
namespace {

/// libgit2 counts its users.
class Library {
 public:
  Library() {
    if (git_libgit2_init() < 0) throw std::runtime_error("libgit2 cannot start");
  }
  ~Library() { git_libgit2_shutdown(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

/// Lines come without their sign; what `git` says of the files is left to the caller.
int append_line(const git_diff_delta*, const git_diff_hunk*, const git_diff_line* line, void* target) {
  auto& result = *static_cast<std::string*>(target);
  const std::string_view content(line->content, line->content_len);
  switch (line->origin) {
    case GIT_DIFF_LINE_CONTEXT:
    case GIT_DIFF_LINE_ADDITION:
    case GIT_DIFF_LINE_DELETION:
      result += line->origin;
      result += content;
      break;
    case GIT_DIFF_LINE_FILE_HDR:
      break;
    default:  // headers of hunks, and the remark about a missing line end
      result += content;
  }
  return 0;
}

}  // namespace

std::string unified_diff(std::string_view path, std::string_view before, std::string_view after) {
  if (before == after) return "";
  static const Library library;  // starting it takes longer than comparing
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  options.flags = GIT_DIFF_FORCE_TEXT;
  git_patch* made = nullptr;
  if (git_patch_from_buffers(&made, before.data(), before.size(), nullptr, after.data(), after.size(), nullptr, &options) < 0) {
    throw std::runtime_error(fmt::format("libgit2 finds no difference: {}", git_error_last()->message));
  }
  const std::unique_ptr<git_patch, decltype(&git_patch_free)> patch(made, &git_patch_free);
  std::string result = fmt::format("--- {0}\n+++ {0}\n", path);
  git_patch_print(patch.get(), append_line, &result);
  return result;
}

}  // namespace wend::format
