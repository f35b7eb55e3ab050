#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "compiler/cli/commands.h"
#include "compiler/cli/compiled.h"
#include "compiler/source/source_file.h"
#include "runtime/base/hash.h"
#include "runtime/bytecode/disassemble.h"
#include "runtime/bytecode/program_file.h"

namespace wend::cli {
namespace {

constexpr std::string_view k_program_extension = ".wendc";

// Lines of source files, read when first asked for. Files that are not there, or are not what the program was built from, give no lines.
class SourceLines {
 public:
  // Paths in a program are those of its build; a program that was copied together with its sources finds them beside it.
  SourceLines(const bytecode::Program& program, const source::FileStore& files, const std::string& program_path)
      : program_(program), files_(files) {
    const size_t slash = program_path.rfind('/');
    folder_ = slash == std::string::npos ? std::string() : program_path.substr(0, slash + 1);
  }

  std::string line(std::string_view path, uint32_t number) {
    Opened& opened = open(std::string(path));
    if (std::exchange(opened.is_changed, false)) return "(the file has changed since the program was built)";  // once
    return number == 0 || number > opened.file.line_count() ? std::string() : std::string(opened.file.line_text(number));
  }

 private:
  struct Opened {
    source::SourceFile file;
    bool is_changed = false;
  };

  Opened& open(const std::string& path) {
    const auto found = opened_.find(path);
    if (found != opened_.end()) return found->second;
    const auto built_from = std::ranges::find(program_.source_files, path, &bytecode::SourceText::path);
    bool is_changed = false;
    for (const std::string& at : {path, folder_ + path}) {
      auto text = files_.read(at);
      if (!text) continue;
      if (built_from != program_.source_files.end() && built_from->text_hash == xxh3_64(*text)) {
        return opened_.emplace(path, Opened{source::SourceFile({}, path, std::move(*text))}).first->second;
      }
      is_changed = true;
    }
    return opened_.emplace(path, Opened{source::SourceFile({}, path, {}), is_changed}).first->second;
  }

  const bytecode::Program& program_;
  const source::FileStore& files_;
  std::string folder_;
  std::map<std::string, Opened> opened_;
};

ExitCode list(const bytecode::Program& program, const source::FileStore& files, const std::string& path, Console& console) {
  SourceLines lines(program, files, path);
  console.out(bytecode::disassemble(program, [&](std::string_view file, uint32_t line) { return lines.line(file, line); }));
  return ExitCode::ok;
}

ExitCode list_file(const std::string& path, Console& console) {
  const source::DiskFileStore files;
  const auto bytes = files.read(path);
  if (!bytes) {
    console.error(diag::from_file_error(bytes.error()).message());
    return ExitCode::usage;
  }
  const auto program = bytecode::read_program(*bytes);
  if (!program) {
    console.error(fmt::format("`{}` is not a program: {}, at byte {}: {}", path, program.error().where, program.error().offset,
                              program.error().what));
    return ExitCode::findings;
  }
  return list(*program, files, path, console);
}

}  // namespace

ExitCode dis(const DisOptions& options, Console& console) {
  if (options.path.ends_with(k_program_extension)) return list_file(options.path, console);
  const auto compiled = load_and_compile(options.path);
  const ExitCode code = exit_code(*compiled);
  if (code == ExitCode::ok) return list(*compiled->result.program, compiled->files, options.path, console);
  show_findings(*compiled, OutputFormat::text, Stream::err, console);
  return code;
}

}  // namespace wend::cli
