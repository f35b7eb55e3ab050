#pragma once

// What the condition of an entry asks of the event, read from its code when the program is loaded.

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/bytecode/program.h"

namespace wend::engine {

struct FieldTest {
  uint16_t field = 0;
  std::vector<bytecode::ConstantId> constants;  // some perhaps twice; words or bytes, as the field is
};

// A field such that the entry's `where` returns false, without a fault, for every well-formed event in which it equals none of the
// constants, given that the customer has what the journey requires. nullopt: the code shows none.
std::optional<FieldTest> decisive_field(const bytecode::Program& program, const bytecode::Journey& journey,
                                        const bytecode::JourneyEntry& entry);

}  // namespace wend::engine
