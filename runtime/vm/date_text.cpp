#include "runtime/vm/date_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "runtime/base/locale.h"

namespace wend::vm {
namespace {

constexpr std::array<std::string_view, 7> k_days = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 12> k_months = {"January", "February", "March",     "April",   "May",      "June",
                                                       "July",    "August",   "September", "October", "November", "December"};
// A wider field than any date needs is a mistake, or worse.
constexpr size_t k_width_max = 100;
// Directives that stand for others.
constexpr int k_depth_max = 2;

std::string_view shorthand(char directive) {
  switch (directive) {
    case 'c':
      return "%a %b %e %H:%M:%S %Y";
    case 'D':
    case 'x':
      return "%m/%d/%y";
    case 'F':
      return "%Y-%m-%d";
    case 'r':
      return "%I:%M:%S %p";
    case 'R':
      return "%H:%M";
    case 'T':
    case 'X':
      return "%H:%M:%S";
    case 'v':
      return "%e-%b-%Y";
    case '+':
      return "%a %b %e %H:%M:%S %Z %Y";
    default:
      return {};
  }
}

// A number with the width and padding that it has by itself.
struct Number {
  int64_t value = 0;
  size_t width = 0;
  char padding = '0';
};

class Writer {
 public:
  Writer(const ZoneTable& zones, ZoneId zone, TimestampMs at, std::string_view locale)
      : zones_(zones), zone_(zone), at_(at), locale_(locale), local_(to_local(zones, zone, at)) {
    date_ = civil_from_days(local_.date);
    day_of_year_ = local_.date - days_from_civil({date_.year, 1, 1}) + 1;
    weekday_ = iso_weekday(local_.date);
  }

  std::string text(std::string_view pattern, int depth = 0) const {
    std::string result;
    for (size_t i = 0; i < pattern.size();) {
      if (pattern[i] != '%') {
        result += pattern[i++];
        continue;
      }
      const size_t end = directive_end(pattern, i);
      const auto made = end == 0 ? std::nullopt : directive(pattern.substr(i, end - i), depth);
      result += made.value_or(std::string(pattern.substr(i, std::max<size_t>(end, i + 1) - i)));
      i = std::max(end, i + 1);
    }
    return result;
  }

 private:
  // `%`, flags, width, one letter; 0 when the pattern ends before the letter.
  static size_t directive_end(std::string_view pattern, size_t begin) {
    size_t end = begin + 1;
    while (end < pattern.size() && std::string_view("-0^_#:").find(pattern[end]) != std::string_view::npos) ++end;
    while (end < pattern.size() && pattern[end] >= '0' && pattern[end] <= '9') ++end;
    return end < pattern.size() ? end + 1 : 0;
  }

  std::optional<std::string> directive(std::string_view whole, int depth) const {
    const char letter = whole.back();
    const std::string_view flags = whole.substr(1, whole.find_first_not_of("-0^_#:", 1) - 1);
    size_t width = 0;
    for (const char digit : whole.substr(1 + flags.size(), whole.size() - 2 - flags.size())) {
      width = std::min<size_t>(width * 10 + static_cast<size_t>(digit - '0'), k_width_max);
    }
    const auto has = [&](char flag) { return flags.find(flag) != std::string_view::npos; };
    if (letter == 'z') return offset_text(static_cast<int>(std::ranges::count(flags, ':')));
    if (const auto number = this->number(letter)) {
      const char padding = has('_') ? ' ' : (has('0') ? '0' : number->padding);
      const size_t wanted = has('-') ? 0 : (width > 0 ? width : number->width);
      std::string digits = fmt::format("{}", number->value);
      if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), padding);
      return digits;
    }
    auto made = word(letter, has('#'));
    if (!made && !shorthand(letter).empty() && depth < k_depth_max) made = text(shorthand(letter), depth + 1);
    if (!made) return std::nullopt;
    if (has('^')) made = to_upper(*made, locale_);
    if (made->size() < width) made->insert(0, width - made->size(), has('0') ? '0' : ' ');
    return made;
  }

  std::optional<std::string> word(char letter, bool swaps_case) const {
    const bool is_morning = local_.time < 12 * 3600;
    switch (letter) {
      case 'a':
      case 'A':
        return day_name(letter == 'a');
      case 'b':
      case 'h':
      case 'B':
        return month(letter != 'B');
      case 'p':
        return swaps_case ? (is_morning ? "am" : "pm") : (is_morning ? "AM" : "PM");
      case 'P':
        return is_morning ? "am" : "pm";
      case 'n':
        return "\n";
      case 't':
        return "\t";
      case '%':
        return "%";
      case 'Z':
        return zone_ == ZoneId::utc ? "UTC" : offset_text(1);
      default:
        return std::nullopt;
    }
  }

  std::string day_name(bool is_short) const {
    if (!locale_.empty()) return weekday_name(locale_, weekday_, is_short);
    return std::string(k_days[static_cast<size_t>(weekday_ - 1)].substr(0, is_short ? 3 : std::string_view::npos));
  }
  std::string month(bool is_short) const {
    if (!locale_.empty()) return month_name(locale_, date_.month, is_short);
    return std::string(k_months[static_cast<size_t>(date_.month - 1)].substr(0, is_short ? 3 : std::string_view::npos));
  }

  std::optional<Number> number(char letter) const {
    const int64_t hour = local_.time / 3600;
    const int64_t hour_of_twelve = hour % 12 == 0 ? 12 : hour % 12;
    switch (letter) {
      case 'C':
        return Number{date_.year / 100, 2};
      case 'd':
        return Number{date_.day, 2};
      case 'e':
        return Number{date_.day, 2, ' '};
      case 'g':
        return Number{iso_year() % 100, 2};
      case 'G':
        return Number{iso_year(), 4};
      case 'H':
        return Number{hour, 2};
      case 'I':
        return Number{hour_of_twelve, 2};
      case 'j':
        return Number{day_of_year_, 3};
      case 'k':
        return Number{hour, 2, ' '};
      case 'l':
        return Number{hour_of_twelve, 2, ' '};
      case 'L':
        return Number{local_.millisecond, 3};
      case 'm':
        return Number{date_.month, 2};
      case 'M':
        return Number{local_.time / 60 % 60, 2};
      case 'N':
        return Number{int64_t{local_.millisecond} * 1'000'000, 9};
      case 's':
        return Number{floor_seconds(), 1};
      case 'S':
        return Number{local_.time % 60, 2};
      case 'u':
        return Number{weekday_, 1};
      case 'U':
        return Number{(day_of_year_ + 6 - weekday_ % 7) / 7, 2};
      case 'V':
        return Number{iso_week(), 2};
      case 'w':
        return Number{weekday_ % 7, 1};
      case 'W':
        return Number{(day_of_year_ + 6 - (weekday_ - 1)) / 7, 2};
      case 'y':
        return Number{date_.year % 100, 2};
      case 'Y':
        return Number{date_.year, 4};
      default:
        return std::nullopt;
    }
  }

  int64_t floor_seconds() const { return at_ >= 0 || at_ % 1000 == 0 ? at_ / 1000 : at_ / 1000 - 1; }
  // The Thursday of a week tells its year (ISO 8601).
  DateDays thursday() const { return local_.date - weekday_ + 4; }
  int64_t iso_year() const { return civil_from_days(thursday()).year; }
  int64_t iso_week() const {
    return (thursday() - days_from_civil({static_cast<int32_t>(iso_year()), 1, 1})) / 7 + 1;
  }
  std::string offset_text(int colons) const {
    const int32_t offset = zones_.offset_seconds(zone_, at_);
    const int32_t size = offset < 0 ? -offset : offset;
    const std::string_view colon = colons > 0 ? ":" : "";
    std::string result = fmt::format("{}{:02}{}{:02}", offset < 0 ? '-' : '+', size / 3600, colon, size / 60 % 60);
    if (colons > 1) result += fmt::format(":{:02}", size % 60);
    return result;
  }

  const ZoneTable& zones_;
  ZoneId zone_;
  TimestampMs at_;
  std::string_view locale_;
  LocalTime local_;
  CivilDate date_{};
  int64_t day_of_year_ = 0;
  int weekday_ = 1;
};

}  // namespace

std::string date_text(const ZoneTable& zones, ZoneId zone, TimestampMs at, std::string_view pattern, std::string_view locale) {
  return Writer(zones, zone, at, locale).text(pattern);
}

}  // namespace wend::vm
