#pragma once

// Instants as text by a pattern of strftime (ISO C, with the GNU flags and widths), whatever locale the process has.

#include <string>
#include <string_view>

#include "runtime/base/time_zone.h"

namespace wend::vm {

// Unknown directives stand for themselves. Names of months and days are the locale's, English without one.
std::string date_text(const ZoneTable& zones, ZoneId zone, TimestampMs at, std::string_view pattern, std::string_view locale = {});

}  // namespace wend::vm
