#pragma once

#include "compiler/sema/context.h"

namespace wend::sema {

/// By the name of the channel.
[[nodiscard]] bool is_sms(const std::string& channel);

/// Warns of text messages that take many segments and of pushes that are cut, and reports what carriers refuse: for the longest that the
/// texts can become with the declared lengths. A value without one is counted as nothing, so that what is reported is certain.
void check_lengths(Context& context, const Message& message);

}  // namespace wend::sema
