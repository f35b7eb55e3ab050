#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "bench/compile.h"
#include "compiler/diag/render.h"
#include "compiler/project/compile.h"
#include "compiler/source/file_store.h"

namespace wend::bench {

bytecode::Program compiled(const std::string& text) {
  source::MemoryFileStore files;
  files.write("bench.journey", text);
  const auto zones = ZoneTable::system();
  const auto project = project::load(files, "bench.journey");
  auto result = project::compile(*project, files, *zones);
  if (!result.program) {
    fmt::print("{}", diag::render_all(result.findings, project->sources));
    std::exit(2);
  }
  return std::move(*result.program);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace wend::bench
