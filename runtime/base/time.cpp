#include "runtime/base/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace wend {
namespace {

// Reads fixed-width digits and separators; turns "failed" at the first thing that does not fit.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  int digits(int count) {
    int value = 0;
    for (int i = 0; i < count; ++i) {
      if (at_ == text_.size() || text_[at_] < '0' || text_[at_] > '9') {
        failed_ = true;
        return 0;
      }
      value = value * 10 + (text_[at_++] - '0');
    }
    return value;
  }
  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) failed_ = true;
  }
  bool next_is_digit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }
  bool done() const { return !failed_ && at_ == text_.size(); }
  bool ok() const { return !failed_; }

 private:
  std::string_view text_;
  size_t at_ = 0;
  bool failed_ = false;
};

std::optional<DateDays> scan_date(Scanner& scanner) {
  const int year = scanner.digits(4);
  scanner.expect('-');
  const int month = scanner.digits(2);
  scanner.expect('-');
  const int day = scanner.digits(2);
  if (!scanner.ok() || year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return std::nullopt;
  return days_from_civil({year, month, day});
}

std::optional<TimeOfDaySeconds> scan_time_of_day(Scanner& scanner) {
  const int hour = scanner.digits(2);
  scanner.expect(':');
  const int minute = scanner.digits(2);
  const int second = scanner.take(':') ? scanner.digits(2) : 0;
  if (!scanner.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return hour * 3600 + minute * 60 + second;
}

// The digits of a second's fraction, cut to milliseconds.
int scan_fraction(Scanner& scanner) {
  int milliseconds = scanner.digits(1) * 100;
  for (int place = 10; scanner.next_is_digit(); place /= 10) milliseconds += scanner.digits(1) * place;
  return milliseconds;
}

// RFC 3339's full-time: milliseconds from the midnight in UTC of the date beside it, which may be on the day before or after.
std::optional<int64_t> scan_full_time(Scanner& scanner) {
  constexpr int k_second_of_leap = 60;
  constexpr int k_day_seconds = 24 * 3600;
  const int hour = scanner.digits(2);
  scanner.expect(':');
  const int minute = scanner.digits(2);
  scanner.expect(':');
  const int second = scanner.digits(2);
  if (!scanner.ok() || hour > 23 || minute > 59 || second > k_second_of_leap) return std::nullopt;
  const int milliseconds = scanner.take('.') ? scan_fraction(scanner) : 0;
  int offset_seconds = 0;
  if (!scanner.take('Z') && !scanner.take('z')) {
    const bool west = scanner.take('-');
    if (!west) scanner.expect('+');
    const int hours = scanner.digits(2);
    scanner.expect(':');
    const int minutes = scanner.digits(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset_seconds = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
  }
  const int seconds = hour * 3600 + minute * 60 + second - offset_seconds;
  // Seconds are put in where a day of UTC ends, and nowhere else.
  if (second == k_second_of_leap && (seconds + k_day_seconds) % k_day_seconds != 0) return std::nullopt;
  return seconds * k_second_ms + milliseconds;
}

void append_part(std::string& text, int64_t count, std::string_view unit) {
  if (count == 0) return;
  if (!text.empty()) text += ' ';
  text += fmt::format("{} {}{}", count, unit, count == 1 || count == -1 ? "" : "s");
}

}  // namespace

// Both directions: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", with eras of 400 years that begin in March.
CivilDate civil_from_days(DateDays days) {
  const int64_t shifted = static_cast<int64_t>(days) + 719468;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const auto day_of_era = static_cast<int32_t>(shifted - era * 146097);
  const int32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int32_t month_from_march = (5 * day_of_year + 2) / 153;
  const int32_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const int32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {static_cast<int32_t>(year_of_era + era * 400) + (month <= 2 ? 1 : 0), month, day};
}

DateDays days_from_civil(CivilDate date) {
  const int64_t year = static_cast<int64_t>(date.year) - (date.month <= 2 ? 1 : 0);
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<int32_t>(year - era * 400);
  const int32_t day_of_year = (153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1;
  const int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return static_cast<DateDays>(era * 146097 + day_of_era - 719468);
}

int days_in_month(int32_t year, int32_t month) {
  constexpr int k_lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : k_lengths[month - 1];
}

int iso_weekday(DateDays days) {
  // 1970-01-01 was a Thursday.
  const int64_t from_monday = (static_cast<int64_t>(days) + 3) % 7;
  return static_cast<int>(from_monday < 0 ? from_monday + 7 : from_monday) + 1;
}

DateDays add_period(DateDays date, Period period) {
  int64_t day = date;
  if (period.months != 0) {
    const CivilDate civil = civil_from_days(date);
    const int64_t months = static_cast<int64_t>(civil.year) * 12 + (civil.month - 1) + period.months;
    const int64_t year = months >= 0 ? months / 12 : (months - 11) / 12;
    // Far outside of what an instant can hold; the limit keeps the arithmetic in range.
    const auto clamped_year = static_cast<int32_t>(std::clamp<int64_t>(year, -1'000'000, 1'000'000));
    const auto month = static_cast<int32_t>(months - year * 12) + 1;
    day = days_from_civil({clamped_year, month, std::min(civil.day, days_in_month(clamped_year, month))});
  }
  return static_cast<DateDays>(std::clamp<int64_t>(day + period.days, INT32_MIN, INT32_MAX));
}

std::optional<TimestampMs> parse_rfc3339(std::string_view text) {
  Scanner scanner(text);
  const std::optional<DateDays> date = scan_date(scanner);
  if (!date) return std::nullopt;
  if (!scanner.take('T') && !scanner.take('t')) scanner.expect(' ');
  const std::optional<int64_t> time_ms = scan_full_time(scanner);
  if (!time_ms || !scanner.done()) return std::nullopt;
  const TimestampMs timestamp_ms = *date * k_day_ms + *time_ms;
  if (timestamp_ms < k_timestamp_min_ms || timestamp_ms > k_timestamp_max_ms) return std::nullopt;
  return timestamp_ms;
}

namespace {

// So many digits, zeros in front, and what stands behind them.
void append_digits(std::string& out, uint32_t number, size_t count, char behind) {
  char text[8];
  text[count] = behind;
  for (size_t i = count; i-- > 0; number /= 10) text[i] = static_cast<char>('0' + number % 10);
  out.append(text, count + 1);
}

}  // namespace

std::string format_rfc3339(TimestampMs timestamp_ms) {
  std::string text;
  append_rfc3339(text, timestamp_ms);
  return text;
}

void append_rfc3339(std::string& out, TimestampMs timestamp_ms) {
  const int64_t day = (timestamp_ms >= 0 ? timestamp_ms : timestamp_ms - (k_day_ms - 1)) / k_day_ms;
  const auto in_day_ms = static_cast<uint32_t>(timestamp_ms - day * k_day_ms);
  const uint32_t fraction_ms = in_day_ms % k_second_ms;
  const CivilDate civil = civil_from_days(static_cast<DateDays>(day));
  if (civil.year < 0 || civil.year > 9999) {
    out += format_date(static_cast<DateDays>(day)) + "T";
  } else {
    append_digits(out, static_cast<uint32_t>(civil.year), 4, '-');
    append_digits(out, static_cast<uint32_t>(civil.month), 2, '-');
    append_digits(out, static_cast<uint32_t>(civil.day), 2, 'T');
  }
  append_digits(out, in_day_ms / k_hour_ms, 2, ':');
  append_digits(out, in_day_ms / k_minute_ms % 60, 2, ':');
  append_digits(out, in_day_ms / k_second_ms % 60, 2, fraction_ms != 0 ? '.' : 'Z');
  if (fraction_ms != 0) append_digits(out, fraction_ms, 3, 'Z');
}

std::optional<DateDays> parse_date(std::string_view text) {
  Scanner scanner(text);
  const std::optional<DateDays> date = scan_date(scanner);
  return scanner.done() ? date : std::nullopt;
}

std::string format_date(DateDays date) {
  const CivilDate civil = civil_from_days(date);
  return fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
}

std::optional<TimeOfDaySeconds> parse_time_of_day(std::string_view text) {
  Scanner scanner(text);
  const std::optional<TimeOfDaySeconds> time = scan_time_of_day(scanner);
  return scanner.done() ? time : std::nullopt;
}

std::string format_time_of_day(TimeOfDaySeconds time) {
  std::string text = fmt::format("{:02}:{:02}", time / 3600, time / 60 % 60);
  if (time % 60 != 0) text += fmt::format(":{:02}", time % 60);
  return text;
}

std::string format_duration(DurationMs duration_ms) {
  std::string text;
  append_part(text, duration_ms / k_hour_ms, "hour");
  append_part(text, duration_ms / k_minute_ms % 60, "minute");
  append_part(text, duration_ms / k_second_ms % 60, "second");
  append_part(text, duration_ms % k_second_ms, "millisecond");
  return text.empty() ? "0 seconds" : text;
}

std::string format_period(Period period) {
  std::string text;
  if (period.months % 12 == 0) {
    append_part(text, period.months / 12, "year");
  } else {
    append_part(text, period.months, "month");
  }
  append_part(text, period.days, "day");
  return text.empty() ? "0 days" : text;
}

}  // namespace wend
