#pragma once

#include <string_view>

namespace wend {

// Digits after the point in which amounts of the currency are written: ISO 4217's minor unit, two for a code that is not listed.
constexpr int minor_digits(std::string_view currency) {
#define WEND_CURRENCY(code, digits) \
  if (currency == #code) return digits;
#include "runtime/base/currencies.def"
#undef WEND_CURRENCY
  return 2;
}

}  // namespace wend
