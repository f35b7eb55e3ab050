#include "runtime/base/time.h"

#include <gtest/gtest.h>

#include <random>

namespace wend {
namespace {

TEST(Time, CivilDates) {
  EXPECT_EQ(days_from_civil({1970, 1, 1}), 0);
  EXPECT_EQ(days_from_civil({2000, 3, 1}), 11017);
  for (DateDays day = -800000; day < 3000000; day += 37) {
    const CivilDate civil = civil_from_days(day);
    EXPECT_EQ(days_from_civil(civil), day);
    EXPECT_LE(civil.day, days_in_month(civil.year, civil.month));
  }
  EXPECT_EQ(iso_weekday(0), 4);
  EXPECT_EQ(iso_weekday(-4), 7);
  EXPECT_EQ(iso_weekday(*parse_date("2011-12-09")), 5);
}

TEST(Time, PeriodsAreClampedAtMonthEnds) {
  const auto plus = [](std::string_view date, Period period) { return format_date(add_period(*parse_date(date), period)); };
  EXPECT_EQ(plus("2024-01-31", {1, 0}), "2024-02-29");
  EXPECT_EQ(plus("2023-01-31", {1, 0}), "2023-02-28");
  EXPECT_EQ(plus("2024-01-31", {1, 1}), "2024-03-01");
  EXPECT_EQ(plus("2024-03-31", {-1, 0}), "2024-02-29");
  EXPECT_EQ(plus("2024-02-29", {12, 0}), "2025-02-28");
  EXPECT_EQ(plus("2024-02-29", {-1, -29}), "2023-12-31");
  EXPECT_EQ(plus("2023-12-15", {1, 0}), "2024-01-15");
  EXPECT_EQ(plus("2024-05-31", {13, -31}), "2025-05-30");
}

TEST(Time, Rfc3339) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_rfc3339("2011-03-01T08:26:00Z"), 1298967960000);
  EXPECT_EQ(parse_rfc3339("2011-03-01 08:26:00.5+01:00"), 1298967960500 - k_hour_ms);
  EXPECT_EQ(parse_rfc3339("2011-03-01T08:26:00.123456789-00:30"), 1298967960123 + 30 * k_minute_ms);
  EXPECT_EQ(parse_rfc3339("2011-03-01T08:26:00.1239999999999Z"), 1298967960123);
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:59:59.999Z"), -1);
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60.5Z"), *parse_rfc3339("2017-01-01T00:00:00.5Z"));
  EXPECT_EQ(parse_rfc3339("2016-12-31T15:59:60-08:00"), parse_rfc3339("2017-01-01T00:00:00Z"));
  for (const char* text : {"", "2011-03-01", "2011-03-01T08:26Z", "2011-03-01T08:26:00", "2011-02-29T00:00:00Z", "2011-13-01T00:00:00Z",
                           "2011-03-01T24:00:00Z", "2011-03-01T08:26:00.Z", "2011-03-01T08:26:00+0100", "2011-03-01T08:26:00Zx",
                           "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "2016-12-31T23:58:60Z", "2016-12-31T23:59:61Z",
                           "2016-12-31T23:59:60+01:00"}) {
    EXPECT_FALSE(parse_rfc3339(text).has_value()) << text;
  }
  EXPECT_EQ(format_rfc3339(1298967960000), "2011-03-01T08:26:00Z");
  EXPECT_EQ(format_rfc3339(1298967960007), "2011-03-01T08:26:00.007Z");
  EXPECT_EQ(format_rfc3339(-1), "1969-12-31T23:59:59.999Z");
  std::mt19937_64 random(4);
  for (int i = 0; i < 10000; ++i) {
    const auto span = static_cast<uint64_t>(k_timestamp_max_ms - k_timestamp_min_ms);
    const TimestampMs timestamp_ms = k_timestamp_min_ms + static_cast<int64_t>(random() % span);
    EXPECT_EQ(parse_rfc3339(format_rfc3339(timestamp_ms)), timestamp_ms);
  }
}

TEST(Time, TimesOfDay) {
  EXPECT_EQ(parse_time_of_day("09:00"), 32400);
  EXPECT_EQ(parse_time_of_day("23:59:59"), 86399);
  for (const char* text : {"9:00", "24:00", "09:60", "09:00:", "09", "09:00:60"}) EXPECT_FALSE(parse_time_of_day(text).has_value()) << text;
  EXPECT_EQ(format_time_of_day(32400), "09:00");
  EXPECT_EQ(format_time_of_day(32430), "09:00:30");
}

TEST(Time, SpansAsText) {
  EXPECT_EQ(format_duration(48 * k_hour_ms + 30 * k_minute_ms), "48 hours 30 minutes");
  EXPECT_EQ(format_duration(k_hour_ms + k_second_ms), "1 hour 1 second");
  EXPECT_EQ(format_duration(0), "0 seconds");
  EXPECT_EQ(format_duration(-90 * k_minute_ms), "-1 hour -30 minutes");
  EXPECT_EQ(format_period({1, 3}), "1 month 3 days");
  EXPECT_EQ(format_period({24, 0}), "2 years");
  EXPECT_EQ(format_period({14, 1}), "14 months 1 day");
  EXPECT_EQ(format_period({0, 0}), "0 days");
}

}  // namespace
}  // namespace wend
