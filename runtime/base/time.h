#pragma once

// Instants, calendar dates and the two kinds of time span. No clock is read here: "now" is always passed in.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace wend {

using TimestampMs = int64_t;  // milliseconds since 1970-01-01T00:00:00Z, negative before
using DurationMs = int64_t;   // elapsed time

constexpr TimestampMs k_timestamp_min_ms = -62135596800000;  // 0001-01-01T00:00:00Z
constexpr TimestampMs k_timestamp_max_ms = 253402300799999;  // 9999-12-31T23:59:59.999Z

constexpr DurationMs k_second_ms = 1000;
constexpr DurationMs k_minute_ms = 60 * k_second_ms;
constexpr DurationMs k_hour_ms = 60 * k_minute_ms;
constexpr DurationMs k_day_ms = 24 * k_hour_ms;

// Calendar time: months first (clamped to the month's last day), then days. A week is 7 days, a year 12 months.
struct Period {
  int32_t months = 0;
  int32_t days = 0;
  friend bool operator==(const Period&, const Period&) = default;
};

using DateDays = int32_t;          // days since 1970-01-01, proleptic Gregorian
using TimeOfDaySeconds = int32_t;  // 0 … 86,399

struct CivilDate {
  int32_t year;
  int32_t month;  // 1 … 12
  int32_t day;    // 1 … 31
};
CivilDate civil_from_days(DateDays days);
DateDays days_from_civil(CivilDate date);
int days_in_month(int32_t year, int32_t month);
int iso_weekday(DateDays days);  // 1 = Monday … 7 = Sunday
// Sets of weekdays are bits: bit 0 is Monday.
constexpr uint8_t k_every_day = 0x7f;
inline bool is_on_weekdays(DateDays days, uint8_t weekdays) { return (weekdays >> (iso_weekday(days) - 1) & 1) != 0; }
DateDays add_period(DateDays date, Period period);

// RFC 3339 with "Z" or an offset, cut to milliseconds. A leap second is the one behind it; a space may be "T". nullopt: not one, or out of range.
std::optional<TimestampMs> parse_rfc3339(std::string_view text);
// "2011-03-01T08:26:00Z", with ".123" only when the milliseconds are not zero.
std::string format_rfc3339(TimestampMs timestamp_ms);
// The same behind what is there already: for those who write millions.
void append_rfc3339(std::string& out, TimestampMs timestamp_ms);
std::optional<DateDays> parse_date(std::string_view text);  // "2011-03-01"
std::string format_date(DateDays date);
std::optional<TimeOfDaySeconds> parse_time_of_day(std::string_view text);  // "09:00", "09:00:30"
std::string format_time_of_day(TimeOfDaySeconds time);
std::string format_duration(DurationMs duration_ms);  // "2 days" is never said: "48 hours 30 minutes"
std::string format_period(Period period);             // "1 month 3 days"

}  // namespace wend
