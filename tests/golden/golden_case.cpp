#include "golden_case.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "compiler/diag/render.h"
#include "compiler/syntax/parse.h"

namespace wend::golden {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_marker = "// golden: ";

std::optional<Case> read_case(const fs::path& path, const fs::path& instructions) {
  std::ifstream stream(instructions, std::ios::binary);
  std::string line;
  std::getline(stream, line);
  const std::size_t marker = line.find(k_marker);
  if (marker == std::string::npos) return std::nullopt;
  Case result{path, path.parent_path() / (path.stem().string() + ".expected"), "", {}};
  std::istringstream words(line.substr(marker + k_marker.size()));
  words >> result.command;
  result.arguments.assign(std::istream_iterator<std::string>(words), {});
  const bool names_path = std::any_of(result.arguments.begin(), result.arguments.end(),
                                      [](const std::string& each) { return each.starts_with("./") || each.starts_with("/"); });
  // With `--stdin` the case is what the command reads.
  const bool reads = std::find(result.arguments.begin(), result.arguments.end(), "--stdin") != result.arguments.end();
  if (!names_path && !reads) result.arguments.push_back(path.filename().string());
  return result;
}

std::string format_result(const std::string& out, const std::string& err, int exit_code) {
  std::string result = out;
  if (!err.empty()) result += "--- standard error\n" + err;
  return result + fmt::format("--- exit {}\n", exit_code);
}

/// `parse` has no command of its own: it shows what the front end alone says, as a user would see it.
std::string run_parser(const Case& each) {
  source::Sources sources;
  source::DiskFileStore files;
  diag::Sink sink;
  const std::string& name = each.arguments.back();
  const fs::path path = name.starts_with("/") ? fs::path(name) : each.path.parent_path() / name;
  auto text = files.read(path.string());
  if (text) {
    sink.report_all(syntax::parse(sources.add(name, std::move(*text))).diagnostics);
  } else {
    text.error().path = name;
    sink.report(diag::from_file_error(text.error()));
  }
  const bool json = std::find(each.arguments.begin(), each.arguments.end(), "--json") != each.arguments.end();
  return format_result(json ? diag::render_json(sink, sources) : diag::render_all(sink, sources), "", sink.has_errors() ? 1 : 0);
}

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char character : text) result += character == '\'' ? "'\\''" : std::string(1, character);
  return result + "'";
}

std::string run_tool(const Case& each, const Tools& tools) {
  const fs::path out = tools.scratch / "golden.out";
  const fs::path err = tools.scratch / "golden.err";
  std::string line = fmt::format("cd {} && NO_COLOR=1 {} {}", quoted(each.path.parent_path().string()), quoted(tools.wend->string()),
                                 quoted(each.command));
  for (const std::string& argument : each.arguments) line += " " + quoted(argument);
  const bool reads = std::find(each.arguments.begin(), each.arguments.end(), "--stdin") != each.arguments.end();
  line += fmt::format(" >{} 2>{} <{}", quoted(out.string()), quoted(err.string()), reads ? quoted(each.path.string()) : "/dev/null");
  const int status = std::system(line.c_str());
  const int exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return format_result(read_file(out), read_file(err), exit_code);
}

}  // namespace

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<Case> find_cases(const fs::path& folder) {
  std::vector<Case> cases;
  for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::recursive_directory_iterator(); ++entry) {
    const fs::path& path = entry->path();
    std::optional<Case> found;
    if (entry->is_directory() && fs::exists(path / "case.golden")) {
      found = read_case(path, path / "case.golden");
      entry.disable_recursion_pending();
    } else if (path.extension() == ".journey") {
      found = read_case(path, path);
    }
    if (found) cases.push_back(std::move(*found));
  }
  std::sort(cases.begin(), cases.end(), [](const Case& first, const Case& second) { return first.path < second.path; });
  return cases;
}

std::optional<std::string> run_case(const Case& each, const Tools& tools) {
  if (each.command == "parse") return run_parser(each);
  if (!tools.wend) return std::nullopt;
  return run_tool(each, tools);
}

}  // namespace wend::golden
