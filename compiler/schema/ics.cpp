#include "compiler/schema/ics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

namespace wend::schema {
namespace {

// A logical line: the physical lines that belong together, unfolded.
struct Line {
  std::string name;        ///< upper case
  std::string parameters;  ///< upper case, with the leading semicolon
  std::string value;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return result;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<int> number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// The colon that ends the parameters; one inside quotes does not.
std::size_t colon_of(std::string_view line) {
  bool quoted = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '"') quoted = !quoted;
    if (line[at] == ':' && !quoted) return at;
  }
  return std::string_view::npos;
}

struct YearlyRule {
  int interval = 1;
  std::optional<int> count;
  std::optional<DateDays> until;
  std::vector<int> months;
  std::vector<int> month_days;
  /// Which (1 the first, -1 the last, 0 every) and ISO weekday.
  std::vector<std::pair<int, int>> weekdays;
};

struct Event {
  std::optional<DateDays> start;
  int days = 1;
  std::optional<YearlyRule> rule;
  std::vector<DateDays> also;
  std::vector<DateDays> not_on;
  bool cancelled = false;
  const Line* begin = nullptr;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::expected<std::vector<DateDays>, IcsFault> read() {
    if (!unfold() || !read_events()) return std::unexpected(std::move(*fault_));
    std::ranges::sort(days_);
    days_.erase(std::unique(days_.begin(), days_.end()), days_.end());
    return std::move(days_);
  }

 private:
  bool fail(const Line& line, std::string what) {
    fault_ = IcsFault{line.begin, line.end, std::move(what)};
    return false;
  }

  // A line that begins with a space or a tab goes on with the one before (RFC 5545, 3.1).
  bool unfold() {
    std::vector<Line> raw;
    for (std::size_t begin = 0; begin < text_.size();) {
      const std::size_t newline = std::min(text_.find('\n', begin), text_.size());
      std::string_view line = text_.substr(begin, newline - begin);
      if (line.ends_with('\r')) line.remove_suffix(1);
      const auto end = static_cast<std::uint32_t>(begin + line.size());
      if ((line.starts_with(' ') || line.starts_with('\t')) && !raw.empty()) {
        raw.back().value += line.substr(1);
        raw.back().end = end;
      } else if (!line.empty()) {
        raw.push_back({{}, {}, std::string(line), static_cast<std::uint32_t>(begin), end});
      }
      begin = newline + 1;
    }
    for (Line& line : raw) {
      const std::string whole = std::move(line.value);
      const std::size_t colon = colon_of(whole);
      if (colon == std::string::npos) return fail(line, "a line without a colon");
      const std::string head = upper(std::string_view(whole).substr(0, colon));
      const std::size_t semicolon = std::min(head.find(';'), head.size());
      line.name = head.substr(0, semicolon);
      line.parameters = head.substr(semicolon);
      line.value = whole.substr(colon + 1);
      lines_.push_back(std::move(line));
    }
    if (lines_.empty() || lines_.front().name != "BEGIN" || upper(lines_.front().value) != "VCALENDAR") {
      return fail(lines_.empty() ? Line{} : lines_.front(), "the file does not begin with BEGIN:VCALENDAR");
    }
    return true;
  }

  bool read_events() {
    std::vector<std::string> open;
    std::optional<Event> event;
    for (const Line& line : lines_) {
      if (line.name == "BEGIN") {
        open.push_back(upper(line.value));
        if (open.back() == "VEVENT") event.emplace().begin = &line;
      } else if (line.name == "END") {
        if (open.empty() || open.back() != upper(line.value)) return fail(line, "END of what has not begun");
        open.pop_back();
        if (upper(line.value) == "VEVENT") {
          if (!add(*event)) return false;
          event.reset();
        }
      } else if (event && open.back() == "VEVENT" && !read_property(line, *event)) {
        return false;
      }
    }
    return open.empty() || fail(lines_.back(), "the file ends before its " + open.back() + " does");
  }

  bool read_property(const Line& line, Event& event) {
    if (line.name == "DTSTART") return read_date(line, line.value, event.start);
    if (line.name == "DTEND") {
      std::optional<DateDays> end;
      if (!read_date(line, line.value, end)) return false;
      if (!event.start) return fail(line, "DTEND before DTSTART");
      // The day after the last one; some programs write the same day.
      event.days = std::max(1, static_cast<int>(*end - *event.start));
      return *end >= *event.start || fail(line, "the event ends before it begins");
    }
    if (line.name == "DURATION") return read_duration(line, event.days);
    if (line.name == "RRULE") return read_rule(line, event.rule.emplace());
    if (line.name == "RDATE" || line.name == "EXDATE") {
      for (const std::string_view each : split(line.value, ',')) {
        std::optional<DateDays> date;
        if (!read_date(line, each, date)) return false;
        (line.name == "RDATE" ? event.also : event.not_on).push_back(*date);
      }
      return true;
    }
    if (line.name == "EXRULE" || line.name == "RECURRENCE-ID") return fail(line, line.name + " is not understood");
    if (line.name == "STATUS") event.cancelled = upper(line.value) == "CANCELLED";
    return true;
  }

  // `20250704`; a time of day means that the event does not fill the day.
  bool read_date(const Line& line, std::string_view text, std::optional<DateDays>& date) {
    if (text.size() != 8 || line.parameters.find("VALUE=PERIOD") != std::string::npos) {
      return fail(line, line.name + " is not a whole day, such as `" + line.name + ";VALUE=DATE:20250704`");
    }
    const auto year = number(text.substr(0, 4));
    const auto month = number(text.substr(4, 2));
    const auto day = number(text.substr(6, 2));
    const bool exists =
        year && *year >= 1 && month && *month >= 1 && *month <= 12 && day && *day >= 1 && *day <= days_in_month(*year, *month);
    if (!exists) return fail(line, "`" + std::string(text) + "` is not a date");
    date = days_from_civil({*year, *month, *day});
    return true;
  }

  bool read_duration(const Line& line, int& days) {
    const std::string_view text = line.value;
    const bool weeks = text.ends_with('W');
    const bool whole = text.starts_with('P') && (text.ends_with('D') || weeks);
    const auto count = whole ? number(text.substr(1, text.size() - 2)) : std::nullopt;
    if (!count || *count < 1 || *count > 366) return fail(line, "DURATION is not a number of whole days");
    days = weeks ? *count * 7 : *count;
    return true;
  }

  bool read_rule(const Line& line, YearlyRule& rule) {
    bool is_yearly = false;
    for (const std::string_view part : split(line.value, ';')) {
      const std::size_t equals = part.find('=');
      if (equals == std::string_view::npos) return fail(line, "a part of RRULE without `=`");
      const std::string name = upper(part.substr(0, equals));
      const std::string_view value = part.substr(equals + 1);
      bool fine = true;
      if (name == "FREQ") {
        fine = is_yearly = upper(value) == "YEARLY";
      } else if (name == "INTERVAL" || name == "COUNT") {
        const auto count = number(value);
        fine = count && *count >= 1;
        if (fine && name == "INTERVAL") rule.interval = *count;
        if (fine && name == "COUNT") rule.count = count;
      } else if (name == "UNTIL") {
        // A time of day after the date does not matter to whole days.
        if (!read_date(line, value.substr(0, 8), rule.until)) return false;
      } else if (name == "BYMONTH") {
        fine = read_numbers(value, 1, 12, rule.months);
      } else if (name == "BYMONTHDAY") {
        fine = read_numbers(value, -31, 31, rule.month_days);
      } else if (name == "BYDAY") {
        fine = read_weekdays(value, rule.weekdays);
      } else {
        fine = name == "WKST";
      }
      if (!fine) return fail(line, "`" + std::string(part) + "` is not understood in a rule for holidays; rules are FREQ=YEARLY");
    }
    if (!is_yearly) return fail(line, "RRULE without FREQ=YEARLY");
    if (!rule.weekdays.empty() && (rule.months.empty() || !rule.month_days.empty())) {
      return fail(line, "BYDAY is understood with BYMONTH and without BYMONTHDAY only");
    }
    return true;
  }

  static bool read_numbers(std::string_view text, int low, int high, std::vector<int>& numbers) {
    for (const std::string_view each : split(text, ',')) {
      const auto value = number(each);
      if (!value || *value < low || *value > high || *value == 0) return false;
      numbers.push_back(*value);
    }
    return true;
  }

  static bool read_weekdays(std::string_view text, std::vector<std::pair<int, int>>& weekdays) {
    static constexpr std::array<std::string_view, 7> k_names = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    for (const std::string_view each : split(text, ',')) {
      if (each.size() < 2) return false;
      const auto name = std::ranges::find(k_names, std::string_view(each).substr(each.size() - 2));
      const std::string_view which = each.substr(0, each.size() - 2);
      const auto ordinal = which.empty() ? std::optional(0) : number(which);
      if (name == k_names.end() || !ordinal || *ordinal < -5 || *ordinal > 5 || (*ordinal == 0 && !which.empty())) return false;
      weekdays.emplace_back(*ordinal, static_cast<int>(name - k_names.begin()) + 1);
    }
    return true;
  }

  bool add(const Event& event) {
    if (!event.start) return fail(*event.begin, "the event has no DTSTART");
    if (event.cancelled) return true;
    std::vector<DateDays> starts = event.rule ? recurrences(event) : std::vector<DateDays>{*event.start};
    starts.insert(starts.end(), event.also.begin(), event.also.end());
    for (const DateDays start : starts) {
      if (std::ranges::find(event.not_on, start) != event.not_on.end()) continue;
      if (days_.size() + static_cast<std::size_t>(event.days) > k_holidays_max) return fail(*event.begin, "too many days");
      for (int day = 0; day < event.days; ++day) days_.push_back(start + day);
    }
    return true;
  }

  static std::vector<DateDays> recurrences(const Event& event) {
    const YearlyRule& rule = *event.rule;
    const CivilDate first = civil_from_days(*event.start);
    std::vector<DateDays> result;
    for (int year = first.year; year <= k_holidays_until_year; year += rule.interval) {
      std::vector<DateDays> in_year = days_of(rule, first, year);
      std::ranges::sort(in_year);
      for (const DateDays day : in_year) {
        if (day < *event.start) continue;
        if ((rule.until && day > *rule.until) || (rule.count && std::ssize(result) >= *rule.count)) return result;
        result.push_back(day);
      }
    }
    return result;
  }

  // What the rule does not say is as it is in DTSTART.
  static std::vector<DateDays> days_of(const YearlyRule& rule, CivilDate first, int year) {
    std::vector<DateDays> days;
    const std::vector<int> months = rule.months.empty() ? std::vector{first.month} : rule.months;
    for (const int month : months) {
      const int length = days_in_month(year, month);
      const DateDays begin = days_from_civil({year, month, 1});
      if (!rule.weekdays.empty()) {
        for (const auto& [ordinal, weekday] : rule.weekdays) add_weekdays(days, begin, length, ordinal, weekday);
        continue;
      }
      const std::vector<int> month_days = rule.month_days.empty() ? std::vector{first.day} : rule.month_days;
      for (const int day : month_days) {
        const int from_first = day > 0 ? day : length + 1 + day;
        if (from_first >= 1 && from_first <= length) days.push_back(begin + from_first - 1);
      }
    }
    return days;
  }
  static void add_weekdays(std::vector<DateDays>& days, DateDays begin, int length, int ordinal, int weekday) {
    std::vector<DateDays> all;
    for (int day = 0; day < length; ++day) {
      if (iso_weekday(begin + day) == weekday) all.push_back(begin + day);
    }
    const int count = static_cast<int>(all.size());
    if (ordinal == 0) days.insert(days.end(), all.begin(), all.end());
    if (ordinal > 0 && ordinal <= count) days.push_back(all[static_cast<std::size_t>(ordinal - 1)]);
    if (ordinal < 0 && -ordinal <= count) days.push_back(all[static_cast<std::size_t>(count + ordinal)]);
  }

  std::string_view text_;
  std::vector<Line> lines_;
  std::vector<DateDays> days_;
  std::optional<IcsFault> fault_;
};

}  // namespace

std::expected<std::vector<DateDays>, IcsFault> read_holidays(std::string_view text) {
  return Reader(text).read();
}

}  // namespace wend::schema
