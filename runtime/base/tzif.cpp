#include "runtime/base/tzif.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "runtime/base/bytes.h"

namespace wend {
namespace {

constexpr TimestampMs k_ever_ms = std::numeric_limits<TimestampMs>::min();
constexpr TimestampMs k_never_ms = std::numeric_limits<TimestampMs>::max();
constexpr int k_cycle_years = 400;
constexpr TimestampMs k_cycle_ms = 146097 * k_day_ms;

uint32_t big_endian_32(ByteReader& reader) {
  return __builtin_bswap32(reader.u32());
}
int64_t big_endian_64(ByteReader& reader) {
  return static_cast<int64_t>(__builtin_bswap64(reader.u64()));
}

struct Header {
  uint32_t is_utc_count, is_standard_count, leap_count, time_count, type_count, char_count;
};

std::optional<Header> read_header(ByteReader& reader) {
  const std::string_view magic = reader.bytes(4);
  const uint8_t version = reader.u8();
  reader.bytes(15);
  Header header{};
  for (uint32_t* field :
       {&header.is_utc_count, &header.is_standard_count, &header.leap_count, &header.time_count, &header.type_count, &header.char_count}) {
    *field = big_endian_32(reader);
  }
  if (!reader.ok() || magic != "TZif" || version < '2') return std::nullopt;
  return header;
}

// ── the footer: a POSIX TZ string such as "GMT0BST,M3.5.0/1,M10.5.0" ──

struct RuleDate {
  enum class Form { month_week_day, julian_without_leap_day, day_of_year } form{};
  int month = 0, week = 0, weekday = 0;  // weekday: 0 = Sunday; week 5 = the last
  int day = 0;
  int32_t seconds = 2 * 3600;

  DateDays in_year(int32_t year) const {
    switch (form) {
      case Form::month_week_day: {
        const DateDays first = days_from_civil({year, month, 1});
        const int first_weekday = iso_weekday(first) % 7;
        int day_of_month = 1 + (weekday - first_weekday + 7) % 7 + (week - 1) * 7;
        if (day_of_month > days_in_month(year, month)) day_of_month -= 7;
        return first + day_of_month - 1;
      }
      case Form::julian_without_leap_day: {
        const bool after_leap_day = day >= 60 && days_in_month(year, 2) == 29;
        return days_from_civil({year, 1, 1}) + day - 1 + (after_leap_day ? 1 : 0);
      }
      case Form::day_of_year:
        return days_from_civil({year, 1, 1}) + day;
    }
    return 0;
  }
};

struct Rule {
  int32_t standard_seconds = 0;  // east of UTC
  int32_t daylight_seconds = 0;
  bool has_daylight = false;
  RuleDate start, end;
};

class RuleParser {
 public:
  explicit RuleParser(std::string_view text) : text_(text) {}

  std::optional<Rule> parse() {
    Rule rule;
    skip_name();
    rule.standard_seconds = -offset();
    if (!failed_ && at_ < text_.size()) {
      rule.has_daylight = true;
      skip_name();
      rule.daylight_seconds = peek() == ',' ? rule.standard_seconds + 3600 : -offset();
      expect(',');
      rule.start = date();
      expect(',');
      rule.end = date();
    }
    if (failed_ || at_ != text_.size()) return std::nullopt;
    return rule;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) failed_ = true;
  }
  void skip_name() {
    const size_t start = at_;
    if (take('<')) {
      while (at_ < text_.size() && peek() != '>') ++at_;
      expect('>');
    } else {
      while ((peek() >= 'A' && peek() <= 'Z') || (peek() >= 'a' && peek() <= 'z')) ++at_;
    }
    if (at_ == start) failed_ = true;
  }
  int number(int limit) {
    const size_t start = at_;
    int value = 0;
    while (peek() >= '0' && peek() <= '9' && value <= limit) value = value * 10 + (text_[at_++] - '0');
    if (at_ == start || value > limit) failed_ = true;
    return failed_ ? 0 : value;
  }
  int32_t offset() {
    const bool negative = take('-');
    if (!negative) take('+');
    int32_t seconds = number(167) * 3600;
    if (take(':')) seconds += number(59) * 60;
    if (take(':')) seconds += number(59);
    return negative ? -seconds : seconds;
  }
  RuleDate date() {
    RuleDate result;
    if (take('M')) {
      result.form = RuleDate::Form::month_week_day;
      result.month = number(12);
      expect('.');
      result.week = number(5);
      expect('.');
      result.weekday = number(6);
      if (result.month == 0 || result.week == 0) failed_ = true;
    } else {
      result.form = take('J') ? RuleDate::Form::julian_without_leap_day : RuleDate::Form::day_of_year;
      result.day = number(365);
    }
    if (take('/')) result.seconds = offset();
    return result;
  }

  std::string_view text_;
  size_t at_ = 0;
  bool failed_ = false;
};

void append(ZoneOffsets& zone, TimestampMs begin_ms, int32_t offset_seconds) {
  if (zone.offset_seconds.back() == offset_seconds) return;
  zone.begins_ms.push_back(begin_ms);
  zone.offset_seconds.push_back(offset_seconds);
}

void extend(ZoneOffsets& zone, const Rule& rule, TimestampMs last_listed_ms) {
  if (!rule.has_daylight) {
    if (last_listed_ms == k_ever_ms) zone.offset_seconds.back() = rule.standard_seconds;
    return;
  }
  const TimestampMs from_ms = last_listed_ms == k_ever_ms ? 0 : last_listed_ms;
  const int32_t first_year = civil_from_days(static_cast<DateDays>(from_ms / k_day_ms)).year;
  struct Change {
    TimestampMs at_ms;
    int32_t offset_seconds;
  };
  std::vector<Change> changes;
  // One year before for zones whose clock is back at standard time early in the year, one after for a full cycle.
  for (int32_t year = first_year - 1; year <= first_year + k_cycle_years + 1; ++year) {
    const TimestampMs start_ms = rule.start.in_year(year) * k_day_ms + (rule.start.seconds - rule.standard_seconds) * k_second_ms;
    const TimestampMs end_ms = rule.end.in_year(year) * k_day_ms + (rule.end.seconds - rule.daylight_seconds) * k_second_ms;
    changes.push_back({start_ms, rule.daylight_seconds});
    changes.push_back({end_ms, rule.standard_seconds});
  }
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.at_ms < b.at_ms; });
  for (const Change& change : changes) {
    if (change.at_ms > last_listed_ms) append(zone, change.at_ms, change.offset_seconds);
  }
  zone.repeats_from_ms = days_from_civil({first_year + 1, 1, 1}) * k_day_ms;
}

}  // namespace

ZoneOffsets::Interval ZoneOffsets::at(TimestampMs timestamp_ms) const {
  TimestampMs shift_ms = 0;
  if (repeats_from_ms && timestamp_ms >= *repeats_from_ms + k_cycle_ms) {
    shift_ms = (timestamp_ms - *repeats_from_ms) / k_cycle_ms * k_cycle_ms;
  }
  const auto next = std::upper_bound(begins_ms.begin(), begins_ms.end(), timestamp_ms - shift_ms);
  const auto index = static_cast<size_t>(next - begins_ms.begin()) - 1;
  const TimestampMs begin_ms = begins_ms[index] == k_ever_ms ? k_ever_ms : begins_ms[index] + shift_ms;
  TimestampMs end_ms = next == begins_ms.end() ? k_never_ms : *next + shift_ms;
  // An interval of the written-out years must not be taken to go on past them.
  if (repeats_from_ms) end_ms = std::min(end_ms, *repeats_from_ms + k_cycle_ms + shift_ms);
  return {begin_ms, end_ms, offset_seconds[index]};
}

std::optional<ZoneOffsets> parse_tzif(std::string_view file) {
  ByteReader reader(file);
  const std::optional<Header> old_header = read_header(reader);
  if (!old_header) return std::nullopt;
  reader.bytes(uint64_t{old_header->time_count} * 5 + uint64_t{old_header->type_count} * 6 + old_header->char_count +
               uint64_t{old_header->leap_count} * 8 + old_header->is_standard_count + old_header->is_utc_count);
  const std::optional<Header> header = read_header(reader);
  if (!header || header->type_count == 0 || uint64_t{header->time_count} * 9 > reader.remaining()) return std::nullopt;

  std::vector<int64_t> times(header->time_count);
  for (int64_t& time : times) time = big_endian_64(reader);
  const std::string_view type_of_time = reader.bytes(header->time_count);
  if (uint64_t{header->type_count} * 6 > reader.remaining()) return std::nullopt;
  std::vector<int32_t> type_offsets(header->type_count);
  for (int32_t& offset : type_offsets) {
    offset = static_cast<int32_t>(big_endian_32(reader));
    reader.bytes(2);
  }
  reader.bytes(header->char_count + uint64_t{header->leap_count} * 12 + header->is_standard_count + header->is_utc_count);
  const std::string_view footer = reader.bytes(reader.remaining());
  if (!reader.ok() || footer.size() < 2 || footer.front() != '\n' || footer.back() != '\n') return std::nullopt;

  ZoneOffsets zone;
  zone.begins_ms.push_back(k_ever_ms);
  zone.offset_seconds.push_back(type_offsets[0]);
  TimestampMs last_listed_ms = k_ever_ms;
  for (size_t i = 0; i < times.size(); ++i) {
    const auto type = static_cast<uint8_t>(type_of_time[i]);
    if (type >= type_offsets.size()) return std::nullopt;
    // Some files list the big bang as a first change; it is before every timestamp.
    if (times[i] < k_timestamp_min_ms / k_second_ms) {
      zone.offset_seconds.back() = type_offsets[type];
      continue;
    }
    last_listed_ms = times[i] * k_second_ms;
    append(zone, last_listed_ms, type_offsets[type]);
  }
  const std::string_view rule_text = footer.substr(1, footer.size() - 2);
  if (rule_text.empty()) return zone;
  const std::optional<Rule> rule = RuleParser(rule_text).parse();
  if (!rule) return std::nullopt;
  extend(zone, *rule, last_listed_ms);
  return zone;
}

}  // namespace wend
