#include "compiler/project/project.h"

#include <algorithm>
#include <string_view>

#include "compiler/project/settings.h"
#include "compiler/source/paths.h"

namespace wend::project {
namespace {

using diag::Diagnostic;
using diag::Kind;

std::string without_trailing_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path.empty() ? "." : path;
}

std::string base_name(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string without_extension(std::string name) {
  if (name.ends_with(k_journey_extension)) name.resize(name.size() - k_journey_extension.size());
  return name;
}

// "." and ".." say nothing a reader would recognise as a name.
std::string default_name(const std::string& path) {
  const std::string name = without_extension(base_name(path));
  return name.empty() || name == "." || name == ".." ? "project" : name;
}

void add_journey(Project& project, const source::FileStore& files, const std::string& path) {
  auto text = files.read(path);
  if (!text) {
    project.findings.report(diag::from_file_error(text.error()));
    return;
  }
  project.journeys.push_back(project.sources.add(path, std::move(*text)).file_id());
}

void add_settings(Project& project, const source::FileStore& files, const std::string& path) {
  auto text = files.read(path);
  if (!text) {
    project.findings.report(diag::from_file_error(text.error()));
    return;
  }
  project.settings_path = path;
  project.settings_text = *text;
  const source::SourceFile& file = project.sources.add(path, std::move(*text));
  project.settings_file = file.file_id();
  SettingsResult result = parse_settings(file);
  project.findings.report_all(result.diagnostics);
  if (result.settings.name) project.name = *result.settings.name;
}

void add_lock(Project& project, const source::FileStore& files, const std::string& path) {
  auto text = files.read(path);
  if (!text) {
    project.findings.report(diag::from_file_error(text.error()));
    return;
  }
  const source::SourceFile& file = project.sources.add(path, std::move(*text));
  project.has_lock_file = true;
  project.lock_file = file.file_id();
  LockResult result = parse_lock(file);
  project.findings.report_all(result.diagnostics);
  project.lock = std::move(result.lock);
}

void load_folder(Project& project, const source::FileStore& files) {
  const auto paths = files.list(project.folder);
  if (!paths) {
    project.findings.report(diag::from_file_error(paths.error()));
    return;
  }
  const std::string settings_path =
      project.folder == "." ? std::string(k_settings_name) : project.folder + "/" + std::string(k_settings_name);
  for (const std::string& path : *paths) {
    if (path == settings_path || path == "./" + settings_path) add_settings(project, files, path);
    if (path == project.lock_path() || path == "./" + project.lock_path()) add_lock(project, files, path);
    if (path.ends_with(k_journey_extension)) add_journey(project, files, path);
  }
  if (project.journeys.empty() && !project.findings.has_errors()) {
    project.findings.report(Diagnostic(Kind::project_empty, {})
                                .with("path", project.folder)
                                .help("a project is a folder with at least one `.journey` file in it or below it"));
  }
}

}  // namespace

std::unique_ptr<Project> load(const source::FileStore& files, const std::string& path) {
  auto project = std::make_unique<Project>();
  const std::string clean = without_trailing_slash(path);
  project->name = default_name(clean);
  if (files.is_folder(clean)) {
    project->folder = clean;
    load_folder(*project, files);
  } else {
    project->folder = source::folder_of(clean);
    add_journey(*project, files, clean);
  }
  return project;
}

}  // namespace wend::project
