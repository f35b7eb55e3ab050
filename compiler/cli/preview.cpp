#include "compiler/testrun/preview.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "compiler/cli/commands.h"
#include "compiler/cli/compiled.h"
#include "compiler/cli/output_file.h"
#include "compiler/cli/preview_request.h"
#include "compiler/project/library_use.h"
#include "runtime/base/locale.h"

// `wend preview`: see preview_request.h for what becomes of its options.

namespace wend::cli {
namespace {

// The minute that it is.
TimestampMs now() {
  const auto minute = std::chrono::floor<std::chrono::minutes>(std::chrono::system_clock::now());
  return std::chrono::duration_cast<std::chrono::milliseconds>(minute.time_since_epoch()).count();
}

// What the message has no body for; nullopt when the wish can be granted.
std::optional<std::string> wrong_channel(const Compiled& compiled, const std::string& wanted) {
  const sema::Model& model = compiled.result.model;
  std::vector<std::string> known;
  for (const sema::MessageBody& body : model.messages[static_cast<std::size_t>(model.preview->message)].bodies) {
    known.push_back(model.channels[static_cast<std::size_t>(body.channel)].name);
  }
  if (wanted.empty() || std::ranges::find(known, wanted) != known.end()) return std::nullopt;
  std::ranges::sort(known);
  known.erase(std::ranges::unique(known).begin(), known.end());
  return fmt::format("`--channel {}`: the message has no body for it; it has one for {}", wanted, fmt::join(known, ", "));
}

// What is wrong with the project is shown as ever, and what is wrong with the options apart from it; answers whether that is anything.
bool show_request_findings(Compiled& compiled, source::FileId request, const std::vector<RequestLine>& lines, const PreviewNames& names, Console& console) {
  diag::Sink others;
  std::vector<std::string> wrong;
  for (const diag::Diagnostic& finding : compiled.result.findings.diagnostics()) {
    if (!finding.span().valid() || finding.span().file_id != request) {
      others.report(finding);
      continue;
    }
    const std::uint32_t line = compiled.project->sources.file(request).line_of(finding.span().begin);
    wrong.push_back(option_finding(finding, option_on(lines, line), names));
  }
  compiled.result.findings = std::move(others);
  show_findings(compiled, OutputFormat::text, Stream::err, console);
  for (const std::string& each : wrong) console.error(each);
  return !wrong.empty();
}

}  // namespace

ExitCode preview(const PreviewOptions& options, Console& console) {
  if (!options.locale.empty() && !canonical_locale(options.locale)) {
    console.error(fmt::format("`--locale {}` is no locale; write the tag of a language, such as `tr` or `pt-BR`", options.locale));
    return ExitCode::usage;
  }
  Compiled compiled;
  compiled.zones = ZoneTable::system();
  compiled.project = project::load(compiled.files, options.project);
  if (compiled.project->journeys.empty()) {
    compiled.result.findings = compiled.project->findings;
    show_findings(compiled, OutputFormat::text, Stream::err, console);
    return ExitCode::usage;
  }
  const PreviewNames names = preview_names(*compiled.project);
  if (const auto wrong = wrong_option(options, names)) {
    console.error(*wrong);
    return ExitCode::usage;
  }
  const std::vector<RequestLine> lines = request_lines(options);
  const project::ParsedFile asked = project::parse_file(compiled.project->sources.add("command line", request_text(lines)));
  const auto& test = asked.parsed.file.declarations.front().as<syntax::TestDecl>();
  compiled.result = project::compile(*compiled.project, compiled.files, *compiled.zones, project::LockUse::advise, &test);
  if (show_request_findings(compiled, asked.file, lines, names, console)) return ExitCode::usage;
  if (!compiled.result.program) return exit_code(compiled);
  if (const auto wrong = wrong_channel(compiled, options.channel)) {
    console.error(*wrong);
    return ExitCode::usage;
  }
  const auto previewed = testrun::preview(compiled.result.model, std::move(*compiled.result.program), *compiled.zones,
                                          {now(), options.locale, options.channel});
  if (!previewed) {
    console.error("a value overflows");
    return ExitCode::findings;
  }
  console.out(testrun::render_text(*previewed));
  if (options.html.empty()) return ExitCode::ok;
  if (const auto wrong = write_file(options.html, testrun::render_html(*previewed))) {
    console.error(*wrong);
    return ExitCode::usage;
  }
  return ExitCode::ok;
}

}  // namespace wend::cli
