#pragma once

// A project: a folder and every *.journey below it. `wend.toml` beside them is optional.

#include <memory>
#include <string>
#include <vector>

#include "compiler/diag/sink.h"
#include "compiler/project/lock.h"
#include "compiler/source/file_store.h"
#include "compiler/source/sources.h"

namespace wend::project {

inline constexpr std::string_view k_journey_extension = ".journey";
inline constexpr std::string_view k_settings_name = "wend.toml";
inline constexpr std::string_view k_lock_name = "wend.lock";

struct Project {
  std::string name;    ///< from `wend.toml`, else the folder's or the file's own name
  std::string folder;  ///< what paths in the sources (schemas) are relative to; never ends in '/'
  source::Sources sources;
  std::vector<source::FileId> journeys;  ///< in the order of their paths
  std::string settings_path;             ///< empty when there is no `wend.toml`
  source::FileId settings_file{};        ///< when there is one
  std::string settings_text;             ///< the whole file: the runtime reads its own tables from it
  bool has_lock_file = false;
  source::FileId lock_file{};            ///< when there is one
  std::optional<Lock> lock;              ///< when there is one that can be read
  diag::Sink findings;                   ///< what could not be read or understood so far
  /// Where the lock is, or would be.
  [[nodiscard]] std::string lock_path() const {
    return folder == "." ? std::string(k_lock_name) : folder + "/" + std::string(k_lock_name);
  }
};

/// Reads a project from a folder, or a project of one file when `path` names a file. Always returns a project: what is
/// wrong is in `findings`. Settings that are wrong leave their defaults in place.
[[nodiscard]] std::unique_ptr<Project> load(const source::FileStore& files, const std::string& path);

}  // namespace wend::project
