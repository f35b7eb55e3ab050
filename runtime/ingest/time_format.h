#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/time_zone.h"

namespace wend::ingest {

// Reads times written by a pattern in strptime's letters, without a locale:
//   %Y year  %y year of 2 digits (1969 … 2068)  %m month  %b English month name  %d %e day  %H hour  %I hour of 12  %p AM/PM  %M minute
//   %S second  %f fraction of a second  %z offset (+0100, +01:00, Z)  %s seconds since 1970  %% percent; other text stands for itself
class TimeFormat {
 public:
  // An empty pattern means RFC 3339. The error says which letter is not known.
  static std::expected<TimeFormat, std::string> parse(std::string_view pattern);
  // A time without an offset is local to `zone`: in the hour that an autumn night has twice it is the first, in the one that a spring
  // night leaves out it is as much later. nullopt: it does not fit the pattern.
  std::optional<TimestampMs> read(std::string_view text, const ZoneTable& zones, ZoneId zone) const;

 private:
  struct Piece {
    char letter = 0;  // 0: literal
    char literal = 0;
  };
  std::vector<Piece> pieces_;
};

}  // namespace wend::ingest
