#pragma once

// A program from its text, for benches that are about a compiled journey.

#include <string>

#include "runtime/bytecode/program.h"

namespace wend::bench {

// Prints what is wrong with the text and ends the program with 2 when it does not compile.
bytecode::Program compiled(const std::string& text);

// Empty when there is no such file.
std::string read_file(const std::string& path);

}  // namespace wend::bench
