#include "compiler/testrun/preview.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "compiler/cli/commands.h"
#include "compiler/cli/compiled.h"
#include "compiler/cli/output_file.h"
#include "compiler/project/library_use.h"
#include "runtime/base/locale.h"

// `wend preview`: what the command line asks for is written as a test, so that its values are read and checked like those of any other.

namespace wend::cli {
namespace {

std::string as_test(const PreviewOptions& options) {
  std::string text = "test \"preview\" of preview {\n";
  if (!options.at.empty()) text += fmt::format("  start at {}\n", options.at);
  if (!options.fixture.empty()) text += fmt::format("  given {}\n", options.fixture);
  text += "  expect sent " + options.message;
  if (!options.values.empty()) text += fmt::format("({})", fmt::join(options.values, ", "));
  return text + "\n}\n";
}

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
  return fmt::format("the message has no body for `{}`; it has one for {}", wanted, fmt::join(known, ", "));
}

}  // namespace

ExitCode preview(const PreviewOptions& options, Console& console) {
  if (!options.locale.empty() && !canonical_locale(options.locale)) {
    console.error(fmt::format("`{}` is no locale; write the tag of a language, such as `tr` or `pt-BR`", options.locale));
    return ExitCode::usage;
  }
  Compiled compiled;
  compiled.zones = ZoneTable::system();
  compiled.project = project::load(compiled.files, options.project);
  const project::ParsedFile asked = project::parse_file(compiled.project->sources.add("command line", as_test(options)));
  compiled.project->findings.report_all(asked.parsed.diagnostics);
  const auto& declarations = asked.parsed.file.declarations;
  const auto* test = declarations.size() == 1 ? declarations.front().get_if<syntax::TestDecl>() : nullptr;
  compiled.result = project::compile(*compiled.project, compiled.files, *compiled.zones, project::LockUse::advise, test);
  show_findings(compiled, OutputFormat::text, Stream::err, console);
  if (!compiled.result.program) return exit_code(compiled);
  if (!compiled.result.model.preview) {
    console.error("one message is shown at a time, with the values of `--set`");
    return ExitCode::usage;
  }
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
