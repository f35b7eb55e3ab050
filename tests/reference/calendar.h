#pragma once

// The reference's own time arithmetic, on Howard Hinnant's date library (which knows no daylight saving after 2037).

#include <functional>
#include <optional>
#include <string>

#include "compiler/syntax/ast_common.h"
#include "tests/reference/values.h"

namespace wend::reference {

/// A zone by its IANA name.
class Zone {
 public:
  explicit Zone(std::string name = "UTC") : name_(std::move(name)) {}
  const std::string& name() const { return name_; }

  Date date_of(Instant at) const;
  TimeOfDay time_of(Instant at) const;
  /// The compatible rule: in a gap later by the gap's length, in an overlap the earlier instant.
  Instant instant_of(Date date, TimeOfDay time, std::int64_t milliseconds = 0) const;
  /// Elapsed time, or the same wall clock so many months and then days later.
  Instant add(Instant at, const Span& span) const;
  /// So many months, days and open days later, at that time or the same wall clock; if that day is not open, on the next that is.
  Instant on_open_day(Instant at, const Span& span, const std::function<bool(Date)>& is_open, const TimeOfDay* time) const;
  /// The first instant strictly after `after` at that wall clock on one of the days.
  Instant next_at(Instant after, const std::function<bool(Date)>& is_one, TimeOfDay time) const;

 private:
  std::int64_t local_ms(Instant at) const;
  std::string name_;
};

/// Days on which a calendar is closed: once, or every year from the first time on.
struct ClosedDays {
  Date first;
  std::int64_t days = 1;
  bool yearly = false;
  std::int64_t nth = 0;  // yearly: on that weekday of its month, the nth or (-1) the last; 0: on that date
  std::optional<Date> until;
};
bool is_closed(const ClosedDays& closed, Date day);

/// 0 = Monday.
int weekday_of(Date day);
/// As 2025-04-18, and back.
std::string date_text(Date day);
Date date_from_text(const std::string& text);
Date add(Date date, const Span& period);
Date date_from_civil(int year, int month, int day);
Span span_of(const syntax::DurationLiteral& literal);
Span negate(const Span& span);
/// Instants are of the years 1 to 9999; others are faults.
Instant in_range(Instant at);

}  // namespace wend::reference
