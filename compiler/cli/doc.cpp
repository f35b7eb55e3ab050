#include "compiler/doc/doc.h"

#include <fmt/format.h>

#include <filesystem>

#include "compiler/cli/commands.h"
#include "compiler/cli/output_file.h"
#include "compiler/diag/render.h"
#include "compiler/library/library.h"
#include "compiler/source/file_store.h"

namespace wend::cli {
namespace {

// The library as if it were a project: every file of it whole.
std::unique_ptr<project::Project> load(const DocOptions& options, const source::FileStore& files) {
  auto project = project::load(files, options.of_library ? std::string(library::k_folder) : options.project);
  if (options.of_library) project->name = "The standard library";
  return project;
}

}  // namespace

ExitCode document(const DocOptions& options, Console& console) {
  const source::DiskFileStore disk;
  const library::Files files(disk);
  const auto project = load(options, files);
  std::vector<project::ParsedFile> parsed;
  for (const source::FileId file : project->journeys) {
    parsed.push_back(project::parse_file(project->sources.file(file)));
    project->findings.report_all(parsed.back().parsed.diagnostics);
  }
  console.err(diag::render_all(project->findings, project->sources, {console.err_colours()}));
  if (project->journeys.empty()) return ExitCode::usage;
  if (project->findings.has_errors()) return ExitCode::findings;
  if (!options.of_library) project::add_library(*project, files, parsed);

  std::error_code error;
  std::filesystem::create_directories(options.output, error);
  if (error) {
    console.error(fmt::format("cannot make the folder `{}`: {}", options.output, error.message()));
    return ExitCode::usage;
  }
  const std::vector<doc::Page> pages = doc::render(project->name, parsed, project->sources);
  for (const doc::Page& page : pages) {
    if (const auto wrong = write_file(options.output + "/" + page.name, page.text)) {
      console.error(*wrong);
      return ExitCode::usage;
    }
  }
  console.out(fmt::format("{}: {} pages in {}, beginning with index.html\n", project->name, pages.size(), options.output));
  return ExitCode::ok;
}

}  // namespace wend::cli
