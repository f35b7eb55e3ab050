#pragma once

// One time zone's offsets, decoded from a compiled tzdata file (TZif, RFC 8536). Internal to runtime/base.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/base/time.h"

namespace wend {

// Offsets over all of time. Where the file ends with a daylight saving rule, it is written out for the 400 years after the last listed
// change; later instants repeat those years, because the Gregorian calendar repeats itself, weekdays included, every 400 years.
struct ZoneOffsets {
  struct Interval {
    TimestampMs begin_ms;
    TimestampMs end_ms;  // exclusive
    int32_t offset_seconds;
  };

  std::vector<TimestampMs> begins_ms;   // ascending; the first is the least timestamp there is
  std::vector<int32_t> offset_seconds;  // from the begin of the same index up to the next
  std::optional<TimestampMs> repeats_from_ms;

  Interval at(TimestampMs timestamp_ms) const;
};

// nullopt: not a TZif file of version 2 or later.
std::optional<ZoneOffsets> parse_tzif(std::string_view file);

}  // namespace wend
