// Quiet hours against the clocks of real zones.

#include "runtime/engine/quiet_hours.h"

#include <gtest/gtest.h>

#include <vector>

namespace wend::engine {
namespace {

constexpr QuietPeriod k_night{20 * 3600, 9 * 3600};
constexpr uint8_t k_saturday = 1U << 5U;
constexpr uint8_t k_sunday = 1U << 6U;

struct QuietHours : ::testing::Test {
  const std::shared_ptr<const ZoneTable> zones = ZoneTable::system();
  ZoneId zone(std::string_view name) const { return zones->find(name).value(); }
  static TimestampMs at(std::string_view text) { return parse_rfc3339(text).value(); }
  std::string end(std::vector<std::string_view> names, std::vector<QuietPeriod> quiet, std::string_view from) const {
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
  const QuietPeriod until_half_past_one{22 * 3600, 3600 + 1800};
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

// ── days ─────────────────────────────────────────────────────────────────────────────────────────────────────────

TEST_F(QuietHours, of_a_day_belong_to_the_day_on_which_they_begin) {
  const QuietPeriod saturday_night{21 * 3600, 12 * 3600, k_saturday};  // to noon on Sunday
  EXPECT_EQ(end({"UTC"}, {saturday_night}, "2025-06-07T20:59:59Z"), "2025-06-07T20:59:59Z");
  EXPECT_EQ(end({"UTC"}, {saturday_night}, "2025-06-07T21:00:00Z"), "2025-06-08T12:00:00Z");
  EXPECT_EQ(end({"UTC"}, {saturday_night}, "2025-06-08T11:59:59Z"), "2025-06-08T12:00:00Z");
  EXPECT_EQ(end({"UTC"}, {saturday_night}, "2025-06-08T21:00:00Z"), "2025-06-08T21:00:00Z") << "Sunday evening";
  EXPECT_EQ(end({"UTC"}, {saturday_night}, "2025-06-07T11:00:00Z"), "2025-06-07T11:00:00Z") << "Saturday morning is Friday's";
}

TEST_F(QuietHours, of_a_whole_day_end_at_midnight) {
  const QuietPeriod sundays{0, 0, k_sunday};
  EXPECT_EQ(end({"UTC"}, {sundays}, "2025-06-07T23:59:59Z"), "2025-06-07T23:59:59Z");
  EXPECT_EQ(end({"UTC"}, {sundays}, "2025-06-08T00:00:00Z"), "2025-06-09T00:00:00Z");
  EXPECT_EQ(end({"UTC"}, {sundays}, "2025-06-08T23:59:59.999Z"), "2025-06-09T00:00:00Z");
  EXPECT_EQ(end({"UTC"}, {sundays}, "2025-06-09T00:00:00Z"), "2025-06-09T00:00:00Z");
}

TEST_F(QuietHours, of_weekends_and_nights_are_over_on_monday_morning) {
  const QuietPeriod weekend{0, 0, k_saturday | k_sunday};
  EXPECT_EQ(end({"Europe/Paris"}, {k_night, weekend}, "2025-06-06T18:30:00Z"), "2025-06-09T07:00:00Z");
  // The clocks of Paris go forward on Sunday 30 March 2025: Monday's 09:00 is an hour earlier than Friday's.
  EXPECT_EQ(end({"Europe/Paris"}, {k_night, weekend}, "2025-03-28T20:00:00Z"), "2025-03-31T07:00:00Z");
  EXPECT_EQ(end({"Europe/Paris"}, {k_night, weekend}, "2025-10-24T19:00:00Z"), "2025-10-27T08:00:00Z");
}

TEST_F(QuietHours, of_a_day_that_clocks_change_have_its_length) {
  const QuietPeriod sundays{0, 0, k_sunday};
  EXPECT_EQ(end({"America/New_York"}, {sundays}, "2025-03-09T05:00:00Z"), "2025-03-10T04:00:00Z") << "23 hours";
  EXPECT_EQ(end({"America/New_York"}, {sundays}, "2025-11-02T04:00:00Z"), "2025-11-03T05:00:00Z") << "25 hours";
}

TEST_F(QuietHours, of_days_are_those_of_every_zone) {
  const QuietPeriod sundays{0, 0, k_sunday};
  // It is Sunday in Tokyo from Saturday 15:00Z, and in Honolulu until Monday 10:00Z.
  EXPECT_EQ(end({"Asia/Tokyo", "Pacific/Honolulu"}, {sundays}, "2025-06-07T14:59:59Z"), "2025-06-07T14:59:59Z");
  EXPECT_EQ(end({"Asia/Tokyo", "Pacific/Honolulu"}, {sundays}, "2025-06-07T15:00:00Z"), "2025-06-09T10:00:00Z");
}

TEST_F(QuietHours, of_dates_begin_on_them) {
  const std::vector<DateDays> holidays{parse_date("2025-12-25").value(), parse_date("2025-12-26").value()};
  const QuietPeriod whole{0, 0, k_sunday, holidays};
  EXPECT_EQ(end({"UTC"}, {whole}, "2025-12-25T12:00:00Z"), "2025-12-27T00:00:00Z");
  EXPECT_EQ(end({"UTC"}, {whole}, "2025-12-24T23:59:59Z"), "2025-12-24T23:59:59Z");
  EXPECT_EQ(end({"UTC"}, {whole}, "2025-12-28T12:00:00Z"), "2025-12-29T00:00:00Z");
  const QuietPeriod evening{18 * 3600, 10 * 3600, 0, holidays};
  EXPECT_EQ(end({"UTC"}, {evening}, "2025-12-26T20:00:00Z"), "2025-12-27T10:00:00Z");
  EXPECT_EQ(end({"UTC"}, {evening}, "2025-12-25T09:00:00Z"), "2025-12-25T09:00:00Z");
}

TEST_F(QuietHours, of_days_that_are_all_days_never_end) {
  const QuietPeriod weekdays{0, 0, 0x1f};
  EXPECT_EQ(end({"UTC"}, {weekdays, {0, 0, k_saturday | k_sunday}}, "2025-06-01T12:00:00Z"), "never");
  EXPECT_EQ(end({"UTC"}, {weekdays, {0, 0, k_saturday}}, "2025-06-02T12:00:00Z"), "2025-06-08T00:00:00Z");
  std::vector<DateDays> summer;
  for (int day = 0; day < 40; ++day) summer.push_back(parse_date("2025-07-15").value() + day);
  EXPECT_EQ(end({"UTC"}, {{0, 0, 0, summer}}, "2025-07-15T12:00:00Z"), "2025-08-24T00:00:00Z");
}

TEST_F(QuietHours, of_which_a_clock_change_swallows_the_only_free_moment_end_a_week_later) {
  // Free from 02:00 to 03:00 on Sundays only, which New York skips on 9 March.
  const std::vector<QuietPeriod> quiet{{0, 0, k_every_day & ~k_sunday}, {3 * 3600, 2 * 3600, k_sunday}, {0, 2 * 3600, k_sunday}};
  EXPECT_EQ(end({"America/New_York"}, quiet, "2025-03-03T12:00:00Z"), "2025-03-16T06:00:00Z");
}

// The definition, minute by minute, over a year with its two clock changes.
TEST_F(QuietHours, agree_with_their_definition_throughout_a_year) {
  const std::vector<ZoneId> candidates{zone("America/New_York"), zone("Europe/Berlin")};
  const std::vector<QuietPeriod> quiet{{21 * 3600, 8 * 3600}, {12 * 3600 + 600, 12 * 3600 + 900}};
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

TEST_F(QuietHours, of_days_agree_with_their_definition_throughout_a_year) {
  const std::vector<ZoneId> candidates{zone("America/New_York"), zone("Europe/Berlin")};
  const std::vector<DateDays> holidays{parse_date("2025-03-10").value(), parse_date("2025-12-25").value()};
  const std::vector<QuietPeriod> quiet{{21 * 3600, 8 * 3600, 0x1f, holidays}, {0, 0, k_sunday}, {18 * 3600, 10 * 3600, k_saturday}};
  const auto is_sunday = [](DateDays day) { return iso_weekday(day) == 7; };
  const auto is_saturday = [](DateDays day) { return iso_weekday(day) == 6; };
  const auto is_of_the_first = [&](DateDays day) { return iso_weekday(day) <= 5 || day == holidays[0] || day == holidays[1]; };
  const auto definition = [&](TimestampMs instant) {
    for (const ZoneId candidate : candidates) {
      const LocalTime local = to_local(*zones, candidate, instant);
      const DateDays today = local.date;
      if (is_sunday(today)) return true;
      if (local.time >= 21 * 3600 && is_of_the_first(today)) return true;
      if (local.time < 8 * 3600 && is_of_the_first(today - 1)) return true;
      if (local.time >= 18 * 3600 && is_saturday(today)) return true;
      if (local.time < 10 * 3600 && is_saturday(today - 1)) return true;
    }
    return false;
  };
  TimestampMs free = at("2026-01-02T16:00:00Z");
  ASSERT_FALSE(definition(free));
  for (TimestampMs minute = free; minute >= at("2025-01-01T00:00:00Z"); minute -= k_minute_ms) {
    if (!definition(minute)) free = minute;
    ASSERT_EQ(end_of_quiet(*zones, candidates, quiet, minute), free) << format_rfc3339(minute);
  }
}

}  // namespace
}  // namespace wend::engine
