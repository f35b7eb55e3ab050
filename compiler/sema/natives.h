#pragma once

#include <cstdint>

namespace wend::sema {

/// The runtime's pure functions by name; the table is the runtime's.
enum class Native : std::uint16_t {
#define WEND_NATIVE(number, name, ...) name = number,
#include "runtime/bytecode/natives.def"
#undef WEND_NATIVE
};

}  // namespace wend::sema
