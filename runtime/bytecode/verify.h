#pragma once

// What must hold of a program before the machine runs it: indexes in range, register types that fit each instruction, jump
// targets inside the function, no register read before it is written from any entry, no cycle without a `suspend`, entries
// that agree with the layouts of the points they resume from, shares that add up. Derived from opcodes.def where it can be.

#include <optional>

#include "runtime/bytecode/program_file.h"

namespace wend::bytecode {

std::optional<LoadError> verify(const Program& program);

}  // namespace wend::bytecode
