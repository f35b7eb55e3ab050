#include "compiler/format/format.h"

#include <fmt/format.h>

#include <cstdio>

#include "compiler/cli/commands.h"
#include "compiler/cli/output_file.h"
#include "compiler/diag/render.h"
#include "compiler/format/unified_diff.h"
#include "compiler/project/project.h"
#include "compiler/source/file_store.h"
#include "compiler/source/sources.h"
#include "compiler/syntax/parse.h"

namespace wend::cli {
namespace {

std::string coloured(const std::string& diff) {
  std::string result;
  for (std::size_t begin = 0; begin < diff.size();) {
    const std::size_t end = diff.find('\n', begin);
    const std::string_view line = std::string_view(diff).substr(begin, end - begin);
    const char* colour = line.starts_with("---") || line.starts_with("+++") ? "\x1b[1m"
                         : line.starts_with('-')                            ? "\x1b[31m"
                         : line.starts_with('+')                            ? "\x1b[32m"
                         : line.starts_with("@@")                           ? "\x1b[36m"
                                                                            : nullptr;
    result += colour == nullptr ? fmt::format("{}\n", line) : fmt::format("{}{}\x1b[0m\n", colour, line);
    begin = end + 1;
  }
  return result;
}

class Formatter {
 public:
  Formatter(const FmtOptions& options, Console& console) : options_(options), console_(console) {}

  ExitCode run() {
    for (const std::string& path : options_.paths) add(path);
    summary();
    return code_;
  }

  ExitCode run_stdin() {
    std::string text;
    char buffer[65536];
    // One byte more than can be parsed is enough to be told so.
    for (std::size_t count = 1; count > 0 && text.size() <= syntax::k_source_bytes_max;) {
      count = std::fread(buffer, 1, sizeof buffer, stdin);
      text.append(buffer, count);
    }
    const source::SourceFile& file = sources_.add(options_.stdin_filename, std::move(text));
    const auto formatted = format(file);
    if (formatted && options_.check) {
      show_difference(file, *formatted);
    } else if (formatted) {
      console_.out(*formatted);
    }
    return code_;
  }

 private:
  void add(const std::string& path) {
    if (!files_.is_folder(path)) return add_file(path);
    const auto paths = files_.list(path);
    if (!paths) return report({diag::from_file_error(paths.error())}, ExitCode::usage);
    const std::size_t before = count_;
    for (const std::string& each : *paths) {
      if (each.ends_with(project::k_journey_extension)) add_file(each);
    }
    if (count_ > before) return;
    diag::Diagnostic empty(diag::Kind::project_empty, {});
    report({std::move(empty.with("path", path))}, ExitCode::usage);
  }

  void add_file(const std::string& path) {
    ++count_;
    auto text = files_.read(path);
    if (!text) return report({diag::from_file_error(text.error())}, ExitCode::usage);
    const source::SourceFile& file = sources_.add(path, std::move(*text));
    const auto formatted = format(file);
    if (!formatted || *formatted == file.text()) return;
    ++changed_;
    if (options_.check) return show_difference(file, *formatted);
    if (const auto error = replace_file(path, *formatted)) {
      console_.error(*error);
      code_ = ExitCode::usage;
      return;
    }
    console_.out(path + "\n");
  }

  std::optional<std::string> format(const source::SourceFile& file) {
    format::FormatResult result = format::format(file);
    if (!result.text) report(std::move(result.diagnostics), ExitCode::findings);
    return std::move(result.text);
  }

  void show_difference(const source::SourceFile& file, const std::string& formatted) {
    const std::string diff = format::unified_diff(file.path(), file.text(), formatted);
    console_.out(console_.out_colours() ? coloured(diff) : diff);
    if (!diff.empty() && code_ == ExitCode::ok) code_ = ExitCode::findings;
  }

  void report(std::vector<diag::Diagnostic> diagnostics, ExitCode code) {
    diag::Sink sink;
    sink.report_all(std::move(diagnostics));
    console_.err(diag::render_all(sink, sources_, {console_.err_colours()}));
    code_ = std::max(code_, code);
    ++failed_;
  }

  void summary() {
    const std::string files = fmt::format("{} {}", count_, count_ == 1 ? "file" : "files");
    const std::string left = failed_ == 0 ? std::string() : fmt::format(", {} left as {}", failed_, failed_ == 1 ? "it is" : "they are");
    const char* what = options_.check ? "would change" : "rewritten";
    console_.err(changed_ == 0 ? fmt::format("{}, nothing to change{}\n", files, left)
                               : fmt::format("{}, {} {}{}\n", files, changed_, what, left));
  }

  const FmtOptions& options_;
  Console& console_;
  source::DiskFileStore files_;
  source::Sources sources_;
  std::size_t count_ = 0;
  std::size_t changed_ = 0;
  std::size_t failed_ = 0;
  ExitCode code_ = ExitCode::ok;
};

}  // namespace

ExitCode format(const FmtOptions& options, Console& console) {
  Formatter formatter(options, console);
  return options.from_stdin ? formatter.run_stdin() : formatter.run();
}

}  // namespace wend::cli
