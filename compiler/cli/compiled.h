#pragma once

// Loading and compiling a project for a command, with its findings shown.

#include <memory>

#include "compiler/cli/arguments.h"
#include "compiler/cli/console.h"
#include "compiler/project/compile.h"
#include "compiler/source/file_store.h"

namespace wend::cli {

struct Compiled {
  source::DiskFileStore files;
  std::shared_ptr<const ZoneTable> zones;
  std::unique_ptr<project::Project> project;
  project::CompileResult result;
};

/// Never null; `result.program` is there when nothing is wrong.
[[nodiscard]] std::unique_ptr<Compiled> load_and_compile(const std::string& path, project::LockUse lock_use = project::LockUse::advise);
[[nodiscard]] inline project::LockUse lock_use(bool locked) {
  return locked ? project::LockUse::require : project::LockUse::advise;
}

enum class Stream { out, err };
/// Prints the findings, if any: on standard output when they are what was asked for, else on standard error.
void show_findings(const Compiled& compiled, OutputFormat format, Stream stream, Console& console);

/// What a command with findings ends with: a project that cannot be read is a matter of usage.
[[nodiscard]] ExitCode exit_code(const Compiled& compiled);

}  // namespace wend::cli
