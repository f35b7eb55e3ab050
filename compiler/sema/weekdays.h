#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "compiler/sema/context.h"

// Days of the week, as waits, entries by the calendar and quiet hours name them.

namespace wend::sema {

inline constexpr std::array<std::string_view, 7> k_days_of_week = {"monday", "tuesday",  "wednesday", "thursday",
                                                                   "friday", "saturday", "sunday"};

/// Bit 0 is Monday; reports what is neither `day`, `weekday` nor a day of the week.
std::optional<std::uint8_t> weekday_mask(Context& context, const syntax::Name& name);

}  // namespace wend::sema
