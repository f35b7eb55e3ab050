// The golden runner. Every `name.journey` below tests/golden has beside it what the compiler says about it:
//
//   <folder>/name.txt   what `wend check` prints, for every folder but:
//   dis/name.txt        what `wend dis` prints
//
// `WEND_UPDATE_GOLDEN=1 tests_golden` writes the files anew; read the difference before committing it.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/diag/render.h"
#include "compiler/project/compile.h"
#include "runtime/bytecode/disassemble.h"
#include "runtime/bytecode/program_file.h"
#include "runtime/bytecode/verify.h"

namespace wend {
namespace {

namespace fs = std::filesystem;

const fs::path k_folder = fs::path(WEND_SOURCE_DIR) / "tests" / "golden";

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> cases() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(k_folder)) {
    if (entry.path().extension() == ".journey") paths.push_back(fs::relative(entry.path(), k_folder));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string listing(const bytecode::Program& program, const source::Sources& sources) {
  const auto line = [&](std::string_view path, uint32_t number) {
    for (uint32_t i = 0; i < sources.size(); ++i) {
      const source::SourceFile& file = sources.file(source::FileId{i});
      if (file.path() == path && number >= 1 && number <= file.line_count()) return std::string(file.line_text(number));
    }
    return std::string();
  };
  return bytecode::disassemble(program, line);
}

class Golden : public testing::TestWithParam<fs::path> {};

TEST_P(Golden, Agrees) {
  const fs::path path = GetParam();
  source::MemoryFileStore files;
  files.write(path.filename().string(), read(k_folder / path));
  const auto project = project::load(files, path.filename().string());
  const project::CompileResult result = project::compile(*project, files, *ZoneTable::system());

  std::string actual = diag::render_all(result.findings, project->sources);
  if (path.begin()->string() == "dis") {
    ASSERT_TRUE(result.program) << actual;
    const auto fault = bytecode::verify(*result.program);
    ASSERT_FALSE(fault) << fault->where << ": " << fault->what;
    actual = listing(*result.program, project->sources);
  }
  if (result.program) {
    const auto again = bytecode::read_program(bytecode::write_program(*result.program));
    EXPECT_TRUE(again) << again.error().where << ": " << again.error().what;
  }

  const fs::path expected = (k_folder / path).replace_extension(".txt");
  if (std::getenv("WEND_UPDATE_GOLDEN") != nullptr) std::ofstream(expected, std::ios::binary) << actual;
  EXPECT_EQ(read(expected), actual) << "in " << expected;
}

std::string case_name(const testing::TestParamInfo<fs::path>& info) {
  std::string name = info.param.string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Files, Golden, testing::ValuesIn(cases()), case_name);

}  // namespace
}  // namespace wend
