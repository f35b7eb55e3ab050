#pragma once

#include "compiler/emit/program_builder.h"

namespace wend::source {
class Sources;
}

namespace wend::emit {

void emit_policies(ProgramBuilder& builder, const source::Sources* sources);
[[nodiscard]] std::vector<bytecode::DenialStep> denial_steps(const sema::DenialSteps& steps);

}  // namespace wend::emit
