#pragma once

#include "compiler/sema/context.h"

// What declarations of policies and `send` say alike.

namespace wend::sema {

/// The steps of one `when quiet …` or `when capped …`. Steps that are wrong are reported and left out.
[[nodiscard]] DenialSteps check_denial(Context& context, const syntax::DenialRule& rule, std::size_t file);
/// "when quiet"
[[nodiscard]] const char* clause_of(syntax::DenialCause cause);

}  // namespace wend::sema
