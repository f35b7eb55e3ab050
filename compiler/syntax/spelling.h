#pragma once

#include <string>
#include <string_view>

namespace wend::syntax {

/// `appointmentId`, `STARTED`, `OrderPlaced` → `appointment_id`, `started`, `order_placed`.
[[nodiscard]] std::string to_snake_case(std::string_view name);
/// `order_placed`, `orderPlaced`, `ORDER_PLACED` → `OrderPlaced`.
[[nodiscard]] std::string to_camel_case(std::string_view name);

/// The unit word an abbreviation or misspelling stands for (`min` → `minutes`), in the number that fits `count`;
/// empty when none is near.
[[nodiscard]] std::string unit_for(std::string_view word, std::string_view count);

/// `1.5` `hours` → `90 minutes`: the same length in whole units of one kind, or empty.
[[nodiscard]] std::string whole_duration(std::string_view decimal, std::string_view unit);

}  // namespace wend::syntax
