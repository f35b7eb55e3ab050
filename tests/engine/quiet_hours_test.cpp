// Quiet hours against the clocks of real zones.

#include "runtime/engine/quiet_hours.h"

#include <gtest/gtest.h>

#include <vector>

namespace wend::engine {
namespace {

constexpr LocalInterval k_night{20 * 3600, 9 * 3600};

struct QuietHours : ::testing::Test {
  const std::shared_ptr<const ZoneTable> zones = ZoneTable::system();
  ZoneId zone(std::string_view name) const { return zones->find(name).value(); }
  static TimestampMs at(std::string_view text) { return parse_rfc3339(text).value(); }
  std::string end(std::vector<std::string_view> names, std::vector<LocalInterval> quiet, std::string_view from) const {
    std::vector<ZoneId> candidates;
    for (const std::string_view name : names) candidates.push_back(zone(name));
    const auto until = end_of_quiet(*zones, candidates, quiet, at(from));
    return until ? format_rfc3339(*until) : "never";
  }
};

TEST_F(QuietHours, take_ten_and_a_half_hours_when_the_clock_goes_forward) {
  const TimestampMs from = at("2025-03-09T02:30:00Z");  // 8 March, 21:30 in New York
  const std::vector<ZoneId> candidates{zone("America/New_York")};
  EXPECT_EQ(end_of_quiet(*zones, candidates, std::vector{k_night}, from).value() - from, 10 * k_hour_ms + 30 * k_minute_ms);
}

TEST_F(QuietHours, take_twelve_and_a_half_hours_when_the_clock_goes_back) {
  const TimestampMs from = at("2025-11-02T01:30:00Z");  // 1 November, 21:30 in New York
  const std::vector<ZoneId> candidates{zone("America/New_York")};
  EXPECT_EQ(end_of_quiet(*zones, candidates, std::vector{k_night}, from).value() - from, 12 * k_hour_ms + 30 * k_minute_ms);
}

TEST_F(QuietHours, end_at_the_first_instant_at_which_no_zone_is_quiet) {
  // New York is awake at 13:00Z, Honolulu (UTC-10) not before 19:00Z, and by then New York is still awake: 14:00.
  EXPECT_EQ(end({"America/New_York", "Pacific/Honolulu"}, {k_night}, "2025-06-01T04:00:00Z"), "2025-06-01T19:00:00Z");
  // An unknown zone of the continental United States leaves eight hours of the day: from 12:00 to 20:00 in New York.
  const std::vector<std::string_view> us{"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"};
  EXPECT_EQ(end(us, {k_night}, "2025-06-02T00:00:00Z"), "2025-06-02T16:00:00Z");
  EXPECT_EQ(end(us, {k_night}, "2025-06-01T23:59:59Z"), "2025-06-01T23:59:59Z");
}

TEST_F(QuietHours, take_their_end_exactly) {
  EXPECT_EQ(end({"UTC"}, {k_night}, "2025-06-01T08:59:59.999Z"), "2025-06-01T09:00:00Z");
  EXPECT_EQ(end({"UTC"}, {k_night}, "2025-06-01T09:00:00Z"), "2025-06-01T09:00:00Z");
  EXPECT_EQ(end({"UTC"}, {k_night}, "2025-06-01T19:59:59.999Z"), "2025-06-01T19:59:59.999Z");
  EXPECT_EQ(end({"UTC"}, {k_night}, "2025-06-01T20:00:00Z"), "2025-06-02T09:00:00Z");
  EXPECT_EQ(end({"UTC"}, {{12 * 3600, 13 * 3600}}, "2025-06-01T12:00:00.250Z"), "2025-06-01T13:00:00Z");
}

TEST_F(QuietHours, that_end_inside_a_gap_end_at_the_jump) {
  // 02:00 becomes 03:00 in New York: there is no 02:30.
  EXPECT_EQ(end({"America/New_York"}, {{22 * 3600, 2 * 3600 + 1800}}, "2025-03-09T06:00:00Z"), "2025-03-09T07:00:00Z");
}

TEST_F(QuietHours, that_end_inside_an_overlap_come_back) {
  const LocalInterval until_half_past_one{22 * 3600, 3600 + 1800};
  // The first 01:30 is free, the second 01:00 is not.
  EXPECT_EQ(end({"America/New_York"}, {until_half_past_one}, "2025-11-02T05:00:00Z"), "2025-11-02T05:30:00Z");
  EXPECT_EQ(end({"America/New_York"}, {until_half_past_one}, "2025-11-02T06:00:00Z"), "2025-11-02T06:30:00Z");
}

TEST_F(QuietHours, of_several_rules_must_all_be_over) {
  EXPECT_EQ(end({"UTC"}, {{21 * 3600, 8 * 3600}, {8 * 3600, 10 * 3600}}, "2025-06-01T22:00:00Z"), "2025-06-02T10:00:00Z");
}

TEST_F(QuietHours, that_never_end_are_found_out) {
  EXPECT_EQ(end({"UTC"}, {{21 * 3600, 8 * 3600}, {8 * 3600, 21 * 3600}}, "2025-06-01T22:00:00Z"), "never");
  EXPECT_EQ(end({"America/New_York", "Asia/Tokyo"}, {k_night}, "2025-06-01T22:00:00Z"), "never");
}

// The definition, minute by minute, over a year with its two clock changes.
TEST_F(QuietHours, agree_with_their_definition_throughout_a_year) {
  const std::vector<ZoneId> candidates{zone("America/New_York"), zone("Europe/Berlin")};
  const std::vector<LocalInterval> quiet{{21 * 3600, 8 * 3600}, {12 * 3600 + 600, 12 * 3600 + 900}};
  const auto definition = [&](TimestampMs instant) {
    for (const ZoneId candidate : candidates) {
      const TimeOfDaySeconds time = to_local(*zones, candidate, instant).time;
      if (time >= quiet[0].from || time < quiet[0].to || (time >= quiet[1].from && time < quiet[1].to)) return true;
    }
    return false;
  };
  TimestampMs free = at("2026-01-01T14:00:00Z");
  ASSERT_FALSE(definition(free));
  for (TimestampMs minute = free; minute >= at("2025-01-01T00:00:00Z"); minute -= k_minute_ms) {
    if (!definition(minute)) free = minute;
    ASSERT_EQ(end_of_quiet(*zones, candidates, quiet, minute), free) << format_rfc3339(minute);
  }
}

}  // namespace
}  // namespace wend::engine
