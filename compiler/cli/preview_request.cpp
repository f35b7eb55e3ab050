#include "compiler/cli/preview_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "compiler/project/library_use.h"

namespace wend::cli {
namespace {

// A project with more is not shown whole.
constexpr std::size_t k_names_shown = 12;

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Whether the line says one thing of this kind, and nothing else.
bool reads_as(const std::string& line, syntax::TestItemKind kind) {
  source::Sources sources;
  const project::ParsedFile file = project::parse_file(sources.add("", fmt::format("test \"\" of preview {{\n{}\n}}\n", line)));
  const auto& declarations = file.parsed.file.declarations;
  if (!file.parsed.diagnostics.empty() || declarations.size() != 1) return false;
  const auto* test = declarations.front().get_if<syntax::TestDecl>();
  return test != nullptr && test->items.size() == 1 && test->items.front().kind() == kind;
}

std::string there_are(const std::vector<std::string>& names) {
  if (names.empty()) return "there is none in the project";
  std::string text = names.size() == 1 ? "there is " : "there are ";
  for (std::size_t i = 0; i < std::min(names.size(), k_names_shown); ++i) text += fmt::format("{}`{}`", i == 0 ? "" : ", ", names[i]);
  return text + (names.size() > k_names_shown ? " …" : "");
}

}  // namespace

std::vector<RequestLine> request_lines(const PreviewOptions& options) {
  std::vector<RequestLine> lines = {{"test \"preview\" of preview {", ""}};
  if (!options.at.empty()) lines.push_back({"start at " + options.at, "--at " + options.at});
  if (!options.fixture.empty()) lines.push_back({"given " + options.fixture, "--with " + options.fixture});
  lines.push_back({"expect sent " + options.message, options.message});
  if (!options.values.empty()) lines.push_back({"(", ""});
  for (std::size_t i = 0; i < options.values.size(); ++i) {
    lines.push_back({options.values[i] + (i + 1 < options.values.size() ? "," : ")"), "--set " + options.values[i]});
  }
  lines.push_back({"}", ""});
  return lines;
}

std::string request_text(const std::vector<RequestLine>& lines) {
  std::string text;
  for (const RequestLine& line : lines) text += line.text + "\n";
  return text;
}

std::string option_on(const std::vector<RequestLine>& lines, std::uint32_t line) {
  for (const RequestLine& each : lines) {
    // Whoever writes an option may break its lines.
    const auto count = static_cast<std::uint32_t>(std::ranges::count(each.text, '\n')) + 1;
    if (line <= count) return each.option;
    line -= count;
  }
  return "";
}

PreviewNames preview_names(const project::Project& project) {
  PreviewNames names;
  for (const source::FileId file : project.journeys) {
    const project::ParsedFile parsed = project::parse_file(project.sources.file(file));
    for (const syntax::Decl& declaration : parsed.parsed.file.declarations) {
      if (const auto* message = declaration.get_if<syntax::MessageDecl>()) names.messages.push_back(message->name.text);
      if (const auto* fixture = declaration.get_if<syntax::FixtureDecl>()) names.fixtures.push_back(fixture->name.text);
    }
  }
  return names;
}

std::optional<std::string> wrong_option(const PreviewOptions& options, const PreviewNames& names) {
  if (!is_name(options.message) || !reads_as("expect sent " + options.message, syntax::TestItemKind::Expect)) {
    return fmt::format("`{}` is no name of a message; {}", options.message, there_are(names.messages));
  }
  if (!options.at.empty() && !reads_as("start at " + options.at, syntax::TestItemKind::StartAt)) {
    return fmt::format("`--at {}` is no date with a time of day; write it as `--at '2025-03-30 09:00'`", options.at);
  }
  if (!options.fixture.empty() && std::ranges::find(names.fixtures, options.fixture) == names.fixtures.end()) {
    return fmt::format("`--with {}` names no fixture; {}", options.fixture, there_are(names.fixtures));
  }
  for (const std::string& value : options.values) {
    if (reads_as(fmt::format("expect sent {}({})", options.message, value), syntax::TestItemKind::Expect)) continue;
    return fmt::format("`--set {}` is no value with its name; write it as `--set 'name: \"Ada\"'`, a text in quotation marks", value);
  }
  return std::nullopt;
}

std::string option_finding(const diag::Diagnostic& finding, const std::string& option, const PreviewNames& names) {
  if (finding.kind() == diag::Kind::unknown_name && is_name(option)) return fmt::format("there is no message `{}`; {}", option, there_are(names.messages));
  std::string text = option.empty() ? finding.message() : fmt::format("`{}`: {}", option, finding.message());
  for (const std::string& note : finding.notes()) text += "\n      " + note;
  for (const diag::Help& help : finding.helps()) text += "\n      " + help.message;
  return text;
}

}  // namespace wend::cli
