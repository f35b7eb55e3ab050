#include <fmt/format.h>

#include "compiler/cli/commands.h"
#include "compiler/cli/compiled.h"
#include "compiler/cli/output_file.h"

namespace wend::cli {

ExitCode lock(const LockOptions& options, Console& console) {
  const auto compiled = load_and_compile(options.project, project::LockUse::update);
  // One file knows a part of the experiments only, and the lock is of all of them.
  if (!compiled->project->journeys.empty() && !compiled->files.is_folder(options.project)) {
    console.error("a lock is of a whole project: name its folder");
    return ExitCode::usage;
  }
  const ExitCode code = exit_code(*compiled);
  show_findings(*compiled, OutputFormat::text, code == ExitCode::ok ? Stream::err : Stream::out, console);
  if (code != ExitCode::ok) return code;

  const project::Project& project = *compiled->project;
  project::Lock lock = project::lock_of(compiled->result.model, project.folder);
  // What the edit of a schema means is read in review, beside the difference of the files.
  if (project.lock) {
    for (const diag::Diagnostic& change : project::compare_schemas(*project.lock, project::LockUse::advise, compiled->result.model, project.folder)) {
      console.out(change.message() + "\n");
      for (const std::string& note : change.notes()) console.out("  " + note + "\n");
    }
  }
  const std::string text = project::write_lock(lock);
  const std::string path = project.lock_path();
  const auto counted = [](size_t count, const char* what) { return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s"); };
  const std::string what = counted(lock.experiments.size(), "experiment") + ", " + counted(lock.layers.size(), "layer") + ", " + counted(lock.schemas.size(), "schema");
  if (project.has_lock_file && project.sources.file(project.lock_file).text() == text) {
    console.out(fmt::format("{}: {}, nothing changed\n", path, what));
    return ExitCode::ok;
  }
  if (const auto error = write_file(path, text)) {
    console.error(*error);
    return ExitCode::usage;
  }
  console.out(fmt::format("{}: {}, written\n", path, what));
  return ExitCode::ok;
}

}  // namespace wend::cli
