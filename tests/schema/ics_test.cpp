// Holiday files, with what other programs write into them.

#include "compiler/schema/ics.h"

#include <gtest/gtest.h>

namespace wend::schema {
namespace {

// The days as text, or what is wrong.
std::string days(const std::string& events, const char* newline = "\r\n") {
  std::string text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n" + events + "END:VCALENDAR\n";
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + std::string(newline).size())) {
    text.replace(at, 1, newline);
  }
  const auto read = read_holidays(text);
  if (!read) return read.error().what;
  std::string result;
  for (const DateDays day : *read) result += (result.empty() ? "" : " ") + format_date(day);
  return result;
}

std::string event(const std::string& lines) {
  return "BEGIN:VEVENT\nUID:1\n" + lines + "END:VEVENT\n";
}

TEST(Holidays, are_whole_days) {
  EXPECT_EQ(days(event("DTSTART;VALUE=DATE:20250704\nSUMMARY:Independence Day\n")), "2025-07-04");
  EXPECT_EQ(days(event("DTSTART;VALUE=DATE:20251225\nDTEND;VALUE=DATE:20251227\n"), "\n"), "2025-12-25 2025-12-26");
  EXPECT_EQ(days(event("DTSTART;VALUE=DATE:20251225\nDTEND;VALUE=DATE:20251225\n")), "2025-12-25");
  EXPECT_EQ(days(event("DTSTART:20251225\nDURATION:P1W\n")).substr(0, 21), "2025-12-25 2025-12-26");
  EXPECT_EQ(days(""), "");
}

TEST(Holidays, come_in_order_and_once) {
  EXPECT_EQ(days(event("DTSTART:20251226\n") + event("DTSTART:20250101\n") + event("DTSTART:20251225\nDTEND:20251227\n")),
            "2025-01-01 2025-12-25 2025-12-26");
}

TEST(Holidays, survive_folded_lines_alarms_and_foreign_properties) {
  EXPECT_EQ(days(event("SUMMARY:A very long name that the program which wrote\n  it has folded: twice\nX-NOTE;X=\"a:b\":c\n"
                       "BEGIN:VALARM\nTRIGGER:-P1D\nDTSTART:19990101\nEND:VALARM\nDTSTART;VALUE=DA\n TE:20250501\n")),
            "2025-05-01");
  EXPECT_EQ(days("BEGIN:VTIMEZONE\nBEGIN:STANDARD\nDTSTART:20071104T020000\nEND:STANDARD\nEND:VTIMEZONE\n" + event("DTSTART:20250501\n")),
            "2025-05-01");
}

TEST(Holidays, that_are_cancelled_or_excepted_do_not_count) {
  EXPECT_EQ(days(event("DTSTART:20250501\nSTATUS:CANCELLED\n")), "");
  EXPECT_EQ(days(event("DTSTART:20240501\nRRULE:FREQ=YEARLY;COUNT=3\nEXDATE;VALUE=DATE:20250501\nRDATE:20250502\n")),
            "2024-05-01 2025-05-02 2026-05-01");
}

TEST(Holidays, come_every_year) {
  EXPECT_EQ(days(event("DTSTART:20240704\nRRULE:FREQ=YEARLY;UNTIL=20260704\n")), "2024-07-04 2025-07-04 2026-07-04");
  EXPECT_EQ(days(event("DTSTART:20240704\nRRULE:FREQ=YEARLY;UNTIL=20260703T235959Z\n")), "2024-07-04 2025-07-04");
  EXPECT_EQ(days(event("DTSTART:20240229\nRRULE:FREQ=YEARLY;COUNT=2\n")), "2024-02-29 2028-02-29");
  EXPECT_EQ(days(event("DTSTART:20240101\nRRULE:FREQ=YEARLY;INTERVAL=2;COUNT=2\n")), "2024-01-01 2026-01-01");
}

TEST(Holidays, follow_the_days_of_the_week) {
  // Thanksgiving, Memorial Day, and the first Monday of September.
  EXPECT_EQ(days(event("DTSTART:20241128\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=3\n")), "2024-11-28 2025-11-27 2026-11-26");
  EXPECT_EQ(days(event("DTSTART:20240527\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2\n")), "2024-05-27 2025-05-26");
  EXPECT_EQ(days(event("DTSTART:20240902\nRRULE:FREQ=YEARLY;BYDAY=+1MO;BYMONTH=9;COUNT=2\n")), "2024-09-02 2025-09-01");
}

TEST(Holidays, without_an_end_go_on_for_long) {
  const std::string all = days(event("DTSTART:20240101\nRRULE:FREQ=YEARLY\n"));
  EXPECT_TRUE(all.ends_with("2099-01-01 2100-01-01")) << all;
}

TEST(Holidays, that_cannot_be_understood_are_refused) {
  EXPECT_EQ(days(event("DTSTART:20250501T090000Z\n")), "DTSTART is not a whole day, such as `DTSTART;VALUE=DATE:20250704`");
  EXPECT_EQ(days(event("DTSTART:20250231\n")), "`20250231` is not a date");
  EXPECT_EQ(days(event("SUMMARY:x\n")), "the event has no DTSTART");
  EXPECT_EQ(days(event("DTSTART:20250501\nDTEND:20250401\n")), "the event ends before it begins");
  EXPECT_EQ(days(event("DTSTART:20250501\nDURATION:PT1H\n")), "DURATION is not a number of whole days");
  EXPECT_EQ(days(event("DTSTART:20250501\nRRULE:FREQ=WEEKLY\n")),
            "`FREQ=WEEKLY` is not understood in a rule for holidays; rules are FREQ=YEARLY");
  EXPECT_EQ(days(event("DTSTART:20250501\nRRULE:FREQ=YEARLY;BYSETPOS=1\n")),
            "`BYSETPOS=1` is not understood in a rule for holidays; rules are FREQ=YEARLY");
  EXPECT_EQ(days(event("DTSTART:20250501\nRRULE:FREQ=YEARLY;BYDAY=1MO\n")), "BYDAY is understood with BYMONTH and without BYMONTHDAY only");
  EXPECT_EQ(days("BEGIN:VEVENT\nDTSTART:20250501\n"), "END of what has not begun");
  EXPECT_EQ(days("what is this\n"), "a line without a colon");
  EXPECT_EQ(read_holidays("").error().what, "the file does not begin with BEGIN:VCALENDAR");
  EXPECT_EQ(read_holidays("<html>:</html>\n").error().what, "the file does not begin with BEGIN:VCALENDAR");
  EXPECT_EQ(read_holidays("BEGIN:VCALENDAR\n").error().what, "the file ends before its VCALENDAR does");
}

TEST(Holidays, say_which_line_is_wrong) {
  const std::string text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:2025\nEND:VEVENT\nEND:VCALENDAR\n";
  const auto read = read_holidays(text);
  ASSERT_FALSE(read);
  EXPECT_EQ(text.substr(read.error().begin, read.error().end - read.error().begin), "DTSTART:2025");
}

}  // namespace
}  // namespace wend::schema
