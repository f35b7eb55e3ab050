#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/span.h"
#include "runtime/base/time.h"

// Holiday files: the all-day events of an iCalendar file (RFC 5545). Nothing is read here: the text is passed in.
//
// Understood: folded lines, CRLF or LF; VEVENT with DTSTART and DTEND or DURATION in whole days; RRULE with FREQ=YEARLY, INTERVAL,
// COUNT, UNTIL, BYMONTH and either BYMONTHDAY or BYDAY (with a number: `4TH`); RDATE and EXDATE; STATUS:CANCELLED. Everything else
// inside an event that would change its days is refused, and what would not (names, categories, alarms) is skipped.

namespace wend::schema {

/// Rules without an end are followed to the end of this year: longer than any journey lives.
inline constexpr int k_holidays_until_year = 2100;
/// More days than this are no holidays.
inline constexpr std::size_t k_holidays_max = 20'000;

struct IcsFault {
  std::uint32_t begin = 0;  ///< the line, as bytes of the text
  std::uint32_t end = 0;
  std::string what;  ///< "the event has no DTSTART"
};

/// The days, ascending, without repeats.
[[nodiscard]] std::expected<std::vector<DateDays>, IcsFault> read_holidays(std::string_view text);

}  // namespace wend::schema
