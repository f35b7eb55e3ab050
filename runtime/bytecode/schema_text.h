#pragma once

#include <string>
#include <vector>

#include "runtime/bytecode/schema.h"

namespace wend::bytecode {

// Every node with its rules, for people.
std::string schema_text(const std::vector<SchemaNode>& nodes);

}  // namespace wend::bytecode
