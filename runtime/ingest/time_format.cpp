#include "runtime/ingest/time_format.h"

#include <fmt/format.h>

#include <array>

namespace wend::ingest {
namespace {

constexpr std::string_view k_letters = "YymbdeHIpMSfzs%";

// What has been read so far.
struct Parts {
  int64_t year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0;
  bool has_twelve_hours = false;
  bool afternoon = false;
  std::optional<int64_t> offset_seconds;
  std::optional<int64_t> epoch_seconds;
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// One to `digits_max` digits off the front.
bool take_number(std::string_view& text, int digits_max, int64_t& number) {
  int64_t value = 0;
  int digits = 0;
  while (digits < digits_max && !text.empty() && text.front() >= '0' && text.front() <= '9') {
    value = value * 10 + (text.front() - '0');
    text.remove_prefix(1);
    ++digits;
  }
  number = value;
  return digits > 0;
}

bool take_month_name(std::string_view& text, int64_t& month) {
  constexpr std::array<std::string_view, 12> k_names = {"january", "february", "march",     "april",   "may",      "june",
                                                        "july",    "august",   "september", "october", "november", "december"};
  for (size_t i = 0; i < k_names.size(); ++i) {
    size_t length = 0;
    while (length < k_names[i].size() && length < text.size() && lower(text[length]) == k_names[i][length]) ++length;
    if (length != k_names[i].size()) length = std::min<size_t>(length, 3);
    if (length < 3) continue;
    text.remove_prefix(length);
    month = static_cast<int64_t>(i) + 1;
    return true;
  }
  return false;
}

bool take_half_day(std::string_view& text, bool& afternoon) {
  if (text.size() < 2 || lower(text[1]) != 'm' || (lower(text[0]) != 'a' && lower(text[0]) != 'p')) return false;
  afternoon = lower(text[0]) == 'p';
  text.remove_prefix(2);
  return true;
}

bool take_fraction(std::string_view& text, int64_t& millisecond) {
  const size_t before = text.size();
  int64_t place = 100;
  millisecond = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), place /= 10) {
    millisecond += (text.front() - '0') * place;
  }
  return text.size() < before;
}

bool take_offset(std::string_view& text, std::optional<int64_t>& offset_seconds) {
  if (text.starts_with('Z')) {
    text.remove_prefix(1);
    offset_seconds = 0;
    return true;
  }
  if (!text.starts_with('+') && !text.starts_with('-')) return false;
  const int64_t sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  int64_t hours = 0;
  int64_t minutes = 0;
  if (!take_number(text, 2, hours)) return false;
  if (text.starts_with(':')) text.remove_prefix(1);
  if (!take_number(text, 2, minutes) || hours > 23 || minutes > 59) return false;
  offset_seconds = sign * (hours * 3600 + minutes * 60);
  return true;
}

bool take(char letter, std::string_view& text, Parts& parts) {
  switch (letter) {
    case 'Y':
      return take_number(text, 4, parts.year);
    case 'y':
      if (!take_number(text, 2, parts.year)) return false;
      parts.year += parts.year < 69 ? 2000 : 1900;
      return true;
    case 'm':
      return take_number(text, 2, parts.month);
    case 'b':
      return take_month_name(text, parts.month);
    case 'e':
      if (text.starts_with(' ')) text.remove_prefix(1);
      return take_number(text, 2, parts.day);
    case 'd':
      return take_number(text, 2, parts.day);
    case 'H':
      return take_number(text, 2, parts.hour);
    case 'I':
      parts.has_twelve_hours = true;
      return take_number(text, 2, parts.hour) && parts.hour >= 1 && parts.hour <= 12;
    case 'p':
      return take_half_day(text, parts.afternoon);
    case 'M':
      return take_number(text, 2, parts.minute);
    case 'S':
      return take_number(text, 2, parts.second);
    case 'f':
      return take_fraction(text, parts.millisecond);
    case 'z':
      return take_offset(text, parts.offset_seconds);
    case 's':
      return take_number(text, 12, parts.epoch_seconds.emplace());
    case '%':
      if (!text.starts_with('%')) return false;
      text.remove_prefix(1);
      return true;
  }
  return false;
}

}  // namespace

std::expected<TimeFormat, std::string> TimeFormat::parse(std::string_view pattern) {
  if (pattern.empty()) return TimeFormat{};
  TimeFormat format;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      format.pieces_.push_back({0, pattern[i]});
      continue;
    }
    if (++i == pattern.size() || k_letters.find(pattern[i]) == std::string_view::npos) {
      return std::unexpected(fmt::format("time format `{}`: `%{}` is not known; it knows %Y %y %m %b %d %e %H %I %p %M %S %f %z %s %%",
                                         pattern, i == pattern.size() ? std::string_view{} : pattern.substr(i, 1)));
    }
    format.pieces_.push_back({pattern[i], 0});
  }
  return format;
}

std::optional<TimestampMs> TimeFormat::read(std::string_view text, const ZoneTable& zones, ZoneId zone) const {
  if (pieces_.empty()) return parse_rfc3339(text);
  Parts parts;
  for (const Piece& piece : pieces_) {
    if (piece.letter != 0) {
      if (!take(piece.letter, text, parts)) return std::nullopt;
    } else {
      if (!text.starts_with(piece.literal)) return std::nullopt;
      text.remove_prefix(1);
    }
  }
  if (!text.empty()) return std::nullopt;
  if (parts.epoch_seconds) {
    const TimestampMs at = *parts.epoch_seconds * k_second_ms + parts.millisecond;
    return at <= k_timestamp_max_ms ? std::optional(at) : std::nullopt;
  }
  if (parts.has_twelve_hours) parts.hour = parts.hour % 12 + (parts.afternoon ? 12 : 0);
  const bool in_range = parts.year >= 1 && parts.month >= 1 && parts.month <= 12 && parts.day >= 1 && parts.hour <= 23 &&
                        parts.minute <= 59 && parts.second <= 59 &&
                        parts.day <= days_in_month(static_cast<int32_t>(parts.year), static_cast<int32_t>(parts.month));
  if (!in_range) return std::nullopt;
  const DateDays date =
      days_from_civil({static_cast<int32_t>(parts.year), static_cast<int32_t>(parts.month), static_cast<int32_t>(parts.day)});
  const auto time = static_cast<TimeOfDaySeconds>(parts.hour * 3600 + parts.minute * 60 + parts.second);
  if (parts.offset_seconds) return date * k_day_ms + (time - *parts.offset_seconds) * k_second_ms + parts.millisecond;
  return to_instant(zones, zone, date, time, static_cast<int32_t>(parts.millisecond));
}

}  // namespace wend::ingest
