#include "compiler/project/compile.h"

#include <vector>

#include "compiler/emit/emit.h"
#include "compiler/flow/flow.h"
#include "compiler/library/library.h"
#include "compiler/project/library_use.h"
#include "compiler/sema/check.h"
#include "compiler/source/paths.h"
#include "runtime/bytecode/verify.h"

namespace wend::project {
namespace {

std::vector<ParsedFile> parse_all(Project& project, const source::FileStore& files, diag::Sink& findings) {
  std::vector<ParsedFile> parsed;
  for (const source::FileId file : project.journeys) parsed.push_back(parse_file(project.sources.file(file)));
  add_library(project, files, parsed);
  for (const ParsedFile& each : parsed) findings.report_all(each.parsed.diagnostics);
  return parsed;
}

sema::CheckResult check_all(Project& project, const std::vector<ParsedFile>& parsed, const source::FileStore& files,
                            const ZoneTable& zones, const syntax::TestDecl* preview) {
  sema::CheckInput input;
  input.preview = preview;
  for (const ParsedFile& each : parsed) {
    sema::InputFile& file = input.files.emplace_back();
    file.file = &each.parsed.file;
    file.folder = source::folder_of(project.sources.file(each.file).path());
    file.complete = each.parsed.complete;
    if (each.is_library) file.library = sema::LibraryPart{each.used_at, each.left_out};
  }
  input.project_folder = project.folder;
  input.store = &files;
  input.sources = &project.sources;
  input.zones = &zones;
  return sema::check(input);
}

}  // namespace

CompileResult compile(Project& project, const source::FileStore& project_files, const ZoneTable& zones, LockUse lock_use,
                      const syntax::TestDecl* preview) {
  const library::Files files(project_files);
  CompileResult result;
  result.findings = project.findings;

  const std::vector<ParsedFile> parsed = parse_all(project, files, result.findings);
  sema::CheckResult checked = check_all(project, parsed, files, zones, preview);
  result.findings.report_all(checked.diagnostics);
  result.model = std::move(checked.model);
  if (result.findings.has_errors()) return result;
  if (project.lock) result.findings.report_all(apply_lock(*project.lock, lock_use, result.model));
  if (project.lock || lock_use == LockUse::require) {
    const Lock& lock = project.lock ? *project.lock : Lock{};
    result.findings.report_all(compare_schemas(lock, lock_use, result.model, project.folder));
  }

  const flow::FlowResult flow = flow::analyse(result.model);
  result.findings.report_all(flow.diagnostics);
  if (result.findings.has_errors()) return result;

  emit::EmitResult emitted = emit::emit(result.model, flow.graphs, project.sources, project.name);
  result.findings.report_all(emitted.diagnostics);
  if (result.findings.has_errors()) return result;

  // Loaded programs are verified in every build type; the compiler's own are no exception.
  if (const auto fault = bytecode::verify(emitted.program)) {
    result.findings.report(diag::Diagnostic(diag::Kind::miscompiled, {}).with("where", fault->where).with("what", fault->what));
    return result;
  }
  result.program = std::move(emitted.program);
  return result;
}

}  // namespace wend::project
