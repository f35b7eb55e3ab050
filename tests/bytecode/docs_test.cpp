// The tables of docs/bytecode.md are those of the code. WEND_UPDATE_GOLDEN=1 in the environment rewrites them.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "runtime/bytecode/operands.h"
#include "tests/paths.h"

namespace wend::bytecode {
namespace {

const std::string k_page = std::string(WEND_SOURCE_DIR) + "/docs/bytecode.md";

std::string read_page() {
  std::ifstream in(k_page, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string opcode_table() {
  std::string table = "| Number | Name | a | b | c | Meaning |\n| --- | --- | --- | --- | --- | --- |\n";
  for (const OpcodeInfo& info : all_opcodes()) {
    std::string operands;
    for (const OperandKind kind : info.operands) operands += fmt::format(" {} |", kind == OperandKind::none ? "" : to_string(kind));
    table += fmt::format("| 0x{:02x} | `{}` |{} {} |\n", static_cast<int>(info.opcode), info.name, operands, info.meaning);
  }
  return table;
}

std::string native_table() {
  std::string table = "| Number | Name | Parameters | Result |\n| --- | --- | --- | --- |\n";
  for (const NativeSignature& native : all_natives()) {
    std::string parameters;
    for (const NativeKind parameter : native.parameters) parameters += (parameters.empty() ? "" : ", ") + std::string(to_string(parameter));
    table += fmt::format("| {} | `{}` | {} | {} |\n", native.number, native.name, parameters, to_string(native.result));
  }
  return table;
}

std::string kind_table() {
  std::string table = "| Number | Kind | Held as |\n| --- | --- | --- |\n";
#define WEND_VALUE_KIND(number, name, representation) table += fmt::format("| {} | `{}` | {} |\n", number, #name, #representation);
#include "runtime/bytecode/value_kinds.def"
#undef WEND_VALUE_KIND
  return table;
}

std::string section_table() {
  std::string table = "| Tag | Section |\n| --- | --- |\n";
#define WEND_SECTION(tag, name, ...) table += fmt::format("| {} | {} |\n", tag, #name);
#include "runtime/bytecode/sections.def"
#undef WEND_SECTION
  return table;
}

// The page with what stands between the marks of `name` replaced.
std::string with_table(const std::string& page, const std::string& name, const std::string& table) {
  const std::string begin_mark = "<!-- generated: " + name + " -->\n";
  const size_t begin = page.find(begin_mark);
  const size_t end = page.find("<!-- end -->", begin);
  EXPECT_NE(begin, std::string::npos) << name;
  EXPECT_NE(end, std::string::npos) << name;
  return page.substr(0, begin + begin_mark.size()) + table + page.substr(end);
}

TEST(BytecodePage, ShowsTheTablesAsTheyAre) {
  const std::string page = read_page();
  std::string expected = with_table(page, "opcodes", opcode_table());
  expected = with_table(expected, "natives", native_table());
  expected = with_table(expected, "kinds", kind_table());
  expected = with_table(expected, "sections", section_table());
  if (std::getenv("WEND_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(k_page, std::ios::binary) << expected;
  } else {
    EXPECT_EQ(page, expected) << "run tests_bytecode with WEND_UPDATE_GOLDEN=1";
  }
}

}  // namespace
}  // namespace wend::bytecode
