#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "runtime/bytecode/program.h"

namespace wend::bytecode {

// Readable listing of a whole program. `source_line(file, line)` may return the text of a source line (empty: unknown); it is
// printed before the first instruction that comes from it.
using SourceLine = std::function<std::string(std::string_view file, uint32_t line)>;
std::string disassemble(const Program& program, const SourceLine& source_line);

// As authors write it: "Email?", "Money<USD>", "List<Line>".
std::string type_text(const Program& program, TypeId type);

}  // namespace wend::bytecode
