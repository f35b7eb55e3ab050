#pragma once

#include <cstdint>
#include <vector>

namespace wend::vm {

/// How often each instruction ran, by function and instruction. For tools that ask what was executed: counting takes time, and a machine
/// that was not given one of these does not count. Functions beyond its end are not counted; the others have an element per instruction.
using Visits = std::vector<std::vector<uint64_t>>;

}  // namespace wend::vm
