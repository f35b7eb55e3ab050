#pragma once

// IANA time zones from the system's tzdata, loaded once into an immutable table that is passed to the engine: the
// engine itself never reads a file. The table's digest is part of the environment (a change of tzdata is an input).

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/base/time.h"

namespace wend {

// Index into a ZoneTable; 0 is always "UTC". Not persisted: persisted data holds the IANA name.
enum class ZoneId : uint16_t { utc = 0 };

class ZoneTable {
 public:
  // Reads the system tzdata (the only IO of this library). Zones are parsed lazily but thread-safely.
  static std::shared_ptr<const ZoneTable> system();

  virtual ~ZoneTable() = default;
  virtual std::optional<ZoneId> find(std::string_view iana_name) const = 0;
  virtual std::string_view name(ZoneId zone) const = 0;
  // Zones of an ISO 3166 alpha-2 country in the order of zone.tab (most populous first as tzdata has it); empty when unknown.
  virtual std::span<const ZoneId> zones_of_country(std::string_view alpha2) const = 0;
  // Near names for a diagnostic.
  virtual std::span<const std::string> all_names() const = 0;
  // Identifies the rules: SHA-256 over the version and the zone files' bytes.
  virtual std::array<uint8_t, 32> digest() const = 0;

  virtual int32_t offset_seconds(ZoneId zone, TimestampMs at) const = 0;
};

struct LocalTime {
  DateDays date;
  TimeOfDaySeconds time;
  int32_t millisecond;
};
LocalTime to_local(const ZoneTable& zones, ZoneId zone, TimestampMs at);

// The "compatible" rule (RFC 5545, java.time, Temporal): in a gap later by the length of the gap, in an overlap the earlier instant.
TimestampMs to_instant(const ZoneTable& zones, ZoneId zone, DateDays date, TimeOfDaySeconds time, int32_t millisecond = 0);

// Same wall clock on the new date in the zone; nullopt when out of range.
std::optional<TimestampMs> add_period(const ZoneTable& zones, ZoneId zone, TimestampMs at, Period period);
// Date of `at` in the zone, at `time`.
TimestampMs at_time_of_day(const ZoneTable& zones, ZoneId zone, TimestampMs at, TimeOfDaySeconds time);
// The first instant strictly after `after` whose local date's ISO weekday bit (bit 0 = Monday) is in `weekday_mask` and whose wall clock is
// `time`.
TimestampMs next_weekday_at(const ZoneTable& zones, ZoneId zone, TimestampMs after, uint8_t weekday_mask, TimeOfDaySeconds time);

}  // namespace wend
