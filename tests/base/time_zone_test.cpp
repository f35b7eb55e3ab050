#include "runtime/base/time_zone.h"

#include <date/tz.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "runtime/base/tzif.h"

namespace wend {
namespace {

const ZoneTable& zones() {
  static const auto table = ZoneTable::system();
  return *table;
}
ZoneId zone(std::string_view name) {
  const auto found = zones().find(name);
  EXPECT_TRUE(found.has_value()) << name;
  return found.value_or(ZoneId::utc);
}
TimestampMs utc(std::string_view text) {
  return *parse_rfc3339(text);
}
std::string instant(std::string_view zone_name, std::string_view date, std::string_view time) {
  return format_rfc3339(to_instant(zones(), zone(zone_name), *parse_date(date), *parse_time_of_day(time)));
}

TEST(TimeZone, GapsAndOverlapsFollowTheCompatibleRule) {
  EXPECT_EQ(instant("Europe/London", "2024-03-31", "00:59"), "2024-03-31T00:59:00Z");
  EXPECT_EQ(instant("Europe/London", "2024-03-31", "01:30"), "2024-03-31T01:30:00Z");  // 02:30 on the wall
  EXPECT_EQ(instant("Europe/London", "2024-03-31", "02:00"), "2024-03-31T01:00:00Z");
  EXPECT_EQ(instant("Europe/London", "2024-10-27", "01:30"), "2024-10-27T00:30:00Z");  // the earlier
  EXPECT_EQ(instant("Europe/London", "2024-10-27", "02:00"), "2024-10-27T02:00:00Z");
  EXPECT_EQ(instant("America/New_York", "2024-03-10", "02:30"), "2024-03-10T07:30:00Z");
  EXPECT_EQ(instant("America/New_York", "2024-11-03", "01:30"), "2024-11-03T05:30:00Z");
  // Half an hour of daylight saving.
  EXPECT_EQ(instant("Australia/Lord_Howe", "2024-10-06", "02:15"), "2024-10-05T15:45:00Z");
  EXPECT_EQ(instant("Australia/Lord_Howe", "2024-04-07", "01:45"), "2024-04-06T14:45:00Z");
  // The clock goes back for Ramadan.
  EXPECT_EQ(instant("Africa/Casablanca", "2024-03-10", "02:30"), "2024-03-10T01:30:00Z");
  EXPECT_EQ(instant("Africa/Casablanca", "2024-04-14", "02:30"), "2024-04-14T02:30:00Z");
  // A whole day is skipped.
  EXPECT_EQ(instant("Pacific/Apia", "2011-12-29", "09:00"), "2011-12-29T19:00:00Z");
  EXPECT_EQ(instant("Pacific/Apia", "2011-12-30", "09:00"), "2011-12-30T19:00:00Z");
  EXPECT_EQ(instant("Pacific/Apia", "2011-12-31", "09:00"), "2011-12-30T19:00:00Z");
}

TEST(TimeZone, LocalTimes) {
  const LocalTime local = to_local(zones(), zone("Asia/Kolkata"), utc("2024-05-01T20:00:00.250Z"));
  EXPECT_EQ(format_date(local.date), "2024-05-02");
  EXPECT_EQ(format_time_of_day(local.time), "01:30");
  EXPECT_EQ(local.millisecond, 250);
  EXPECT_EQ(to_local(zones(), ZoneId::utc, -1).time, 86399);
}

TEST(TimeZone, PeriodsKeepTheWallClock) {
  const auto plus = [](std::string_view name, std::string_view at, Period period) {
    return format_rfc3339(*add_period(zones(), zone(name), utc(at), period));
  };
  EXPECT_EQ(plus("Europe/London", "2024-03-30T09:00:00Z", {0, 1}), "2024-03-31T08:00:00Z");
  EXPECT_EQ(plus("Europe/London", "2024-03-30T01:30:00Z", {0, 1}), "2024-03-31T01:30:00Z");
  EXPECT_EQ(plus("America/New_York", "2024-01-31T17:00:00Z", {1, 0}), "2024-02-29T17:00:00Z");
  EXPECT_EQ(plus("Pacific/Apia", "2011-12-29T19:00:00Z", {0, 1}), "2011-12-30T19:00:00Z");
  EXPECT_EQ(add_period(zones(), zone("Europe/London"), utc("9999-12-01T00:00:00Z"), {1, 0}), std::nullopt);
}

TEST(TimeZone, NextWeekdayAt) {
  const auto next = [](std::string_view name, std::string_view after, uint8_t mask, std::string_view time) {
    return format_rfc3339(next_weekday_at(zones(), zone(name), utc(after), mask, *parse_time_of_day(time)));
  };
  constexpr uint8_t k_monday = 1, k_friday = 16, k_saturday = 32, k_sunday = 64, k_any = 127;
  EXPECT_EQ(next("Europe/London", "2024-07-01T08:00:00Z", k_monday, "09:00"), "2024-07-08T08:00:00Z");  // strictly after
  EXPECT_EQ(next("Europe/London", "2024-07-01T07:59:59.999Z", k_monday, "09:00"), "2024-07-01T08:00:00Z");
  // 01:30 does not exist on this Sunday; the next one has it again.
  EXPECT_EQ(next("Europe/London", "2024-03-30T12:00:00Z", k_sunday, "01:30"), "2024-03-31T01:30:00Z");
  EXPECT_EQ(next("Europe/London", "2024-03-31T01:30:00Z", k_sunday, "01:30"), "2024-04-07T00:30:00Z");
  EXPECT_EQ(next("America/New_York", "2024-03-09T12:00:00Z", k_any, "02:30"), "2024-03-10T07:30:00Z");
  // In an overlap the earlier of the two instants; the later is not a second one.
  EXPECT_EQ(next("Europe/London", "2024-10-27T00:29:00Z", k_any, "01:30"), "2024-10-27T00:30:00Z");
  EXPECT_EQ(next("Europe/London", "2024-10-27T00:30:00Z", k_any, "01:30"), "2024-10-28T01:30:00Z");
  // A gap across midnight: Saturday 23:30 is Sunday 00:30, also when asked on that Sunday.
  EXPECT_EQ(next("America/Nuuk", "2024-03-30T12:00:00Z", k_saturday, "23:30"), "2024-03-31T01:30:00Z");
  EXPECT_EQ(next("America/Nuuk", "2024-03-31T01:10:00Z", k_saturday, "23:30"), "2024-03-31T01:30:00Z");
  // Friday 2011-12-30 did not exist in Apia.
  EXPECT_EQ(next("Pacific/Apia", "2011-12-29T22:00:00Z", k_friday, "09:00"), "2012-01-05T19:00:00Z");
  EXPECT_EQ(next("Pacific/Apia", "2011-12-29T22:00:00Z", k_any, "09:00"), "2011-12-30T19:00:00Z");
}

TEST(TimeZone, NextWeekdayAtIsTheLeastOfAllCandidates) {
  std::mt19937_64 random(5);
  for (const char* name : {"Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Nuuk", "Africa/Casablanca", "UTC"}) {
    for (int i = 0; i < 2000; ++i) {
      const TimestampMs after = utc("2024-01-01T00:00:00Z") + static_cast<int64_t>(random() % static_cast<uint64_t>(2 * 366 * k_day_ms));
      const auto mask = static_cast<uint8_t>(random() % 127 + 1);
      const auto time = static_cast<TimeOfDaySeconds>(random() % 48) * 1800;
      TimestampMs expected = k_timestamp_max_ms;
      const auto middle = static_cast<DateDays>(after / k_day_ms);
      for (DateDays date = middle - 3; date < middle + 20; ++date) {
        const TimestampMs candidate = to_instant(zones(), zone(name), date, time);
        if ((mask >> (iso_weekday(date) - 1) & 1) != 0 && candidate > after) expected = std::min(expected, candidate);
      }
      EXPECT_EQ(next_weekday_at(zones(), zone(name), after, mask, time), expected) << name << " after " << format_rfc3339(after);
    }
  }
}

TEST(TimeZone, EveryZoneAgreesWithDateTz) {
  std::mt19937_64 random(6);
  int compared = 0;
  for (const std::string& name : zones().all_names()) {
    const date::time_zone* oracle = nullptr;
    try {
      oracle = date::locate_zone(name);
    } catch (const std::exception&) {
      continue;
    }
    ++compared;
    for (int i = 0; i < 200; ++i) {
      // date-tz knows the listed changes only, which end in 2037.
      const auto span = static_cast<uint64_t>(utc("2037-06-01T00:00:00Z") - utc("1850-01-01T00:00:00Z"));
      const TimestampMs at = utc("1850-01-01T00:00:00Z") + static_cast<int64_t>(random() % span);
      const auto info = oracle->get_info(date::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(at)));
      EXPECT_EQ(zones().offset_seconds(zone(name), at), info.offset.count()) << name << " at " << format_rfc3339(at);
    }
  }
  EXPECT_GT(compared, 400);
}

TEST(TimeZone, RulesGoOnBeyondTheListedYears) {
  EXPECT_EQ(instant("Europe/London", "2050-07-01", "12:00"), "2050-07-01T11:00:00Z");
  EXPECT_EQ(instant("Europe/London", "2050-12-01", "12:00"), "2050-12-01T12:00:00Z");
  EXPECT_EQ(instant("America/New_York", "2999-07-01", "12:00"), "2999-07-01T16:00:00Z");
  EXPECT_EQ(instant("Australia/Sydney", "9998-01-15", "12:00"), "9998-01-15T01:00:00Z");
  EXPECT_EQ(instant("Europe/Dublin", "2100-07-01", "12:00"), "2100-07-01T11:00:00Z");
  EXPECT_EQ(instant("Asia/Gaza", "2090-12-01", "12:00"), "2090-12-01T10:00:00Z");
  // The last Sunday of March 2441 (a year of the second cycle), 01:00 UTC.
  EXPECT_EQ(instant("Europe/London", "2441-03-31", "02:00"), "2441-03-31T01:00:00Z");
  EXPECT_EQ(instant("Europe/London", "2441-03-31", "00:59"), "2441-03-31T00:59:00Z");
}

TEST(TimeZone, RefusesWhatIsNoZoneFile) {
  EXPECT_FALSE(parse_tzif("").has_value());
  EXPECT_FALSE(parse_tzif("TZif2").has_value());
  EXPECT_FALSE(parse_tzif(std::string(44, '\xff')).has_value());
}

TEST(TimeZone, NamesAndCountries) {
  EXPECT_EQ(zones().find("UTC"), ZoneId::utc);
  EXPECT_EQ(zones().find("Mars/Olympus"), std::nullopt);
  EXPECT_EQ(zones().find("posix/Europe/London"), std::nullopt);
  EXPECT_EQ(zones().name(zone("Europe/Paris")), "Europe/Paris");
  const auto united_states = zones().zones_of_country("US");
  ASSERT_GT(united_states.size(), 20u);
  EXPECT_EQ(zones().name(united_states[0]), "America/New_York");
  EXPECT_EQ(zones().zones_of_country("GB").size(), 1u);
  EXPECT_TRUE(zones().zones_of_country("XX").empty());
  EXPECT_NE(zones().digest(), (std::array<uint8_t, 32>{}));
  EXPECT_EQ(zones().digest(), zones().digest());
}

TEST(TimeZone, ThreadsMayAskAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (size_t id = 0; id < zones().all_names().size(); ++id) zones().offset_seconds(static_cast<ZoneId>(id), 1700000000000);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(zones().offset_seconds(zone("Asia/Tokyo"), 0), 9 * 3600);
}

}  // namespace
}  // namespace wend
