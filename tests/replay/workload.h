#pragma once

// A small shop's program, assembled by hand, and a seeded history for it with everything that real ones have: attributes, purchases,
// repeated ids, events out of order, undeclared ones, and lines that must be refused.

#include <string>

#include "runtime/bytecode/program.h"

namespace wend::replay::workload {

bytecode::Program make_program();
// The same for the same seed, on every machine.
std::string make_history(uint64_t seed, size_t lines);

}  // namespace wend::replay::workload
