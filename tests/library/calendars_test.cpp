// The library's holidays against the lists that those who set them publish.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "compiler/library/embedded_file.h"
#include "compiler/library/library.h"

namespace wend::library {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;
using Days = std::vector<std::string>;

// The days of a year, as the calendar's file lists them.
Days listed(const std::string& calendar, const std::string& year) {
  const auto text = Files(source::MemoryFileStore()).read(std::string(k_folder) + "/calendars/" + calendar + ".ics");
  Days days;
  const std::string key = "DTSTART;VALUE=DATE:" + year;
  for (std::size_t at = text->find(key); at != std::string::npos; at = text->find(key, at + 1)) days.push_back(text->substr(at + key.size(), 4));
  return days;
}

// opm.gov, federal holidays.
TEST(LibraryCalendars, UnitedStatesFederal) {
  EXPECT_THAT(listed("us-federal", "2009"), IsEmpty());
  EXPECT_THAT(listed("us-federal", "2010"), ElementsAreArray(Days{"0101", "0118", "0215", "0531", "0705", "0906", "1011", "1111", "1125", "1224", "1231"}))
      << "New Year's Day of 2011 is a Saturday";
  EXPECT_THAT(listed("us-federal", "2020"), ElementsAreArray(Days{"0101", "0120", "0217", "0525", "0703", "0907", "1012", "1111", "1126", "1225"}));
  EXPECT_THAT(listed("us-federal", "2021"),
              ElementsAreArray(Days{"0101", "0118", "0215", "0531", "0618", "0705", "0906", "1011", "1111", "1125", "1224", "1231"}))
      << "Juneteenth for the first time";
  EXPECT_THAT(listed("us-federal", "2024"), ElementsAreArray(Days{"0101", "0115", "0219", "0527", "0619", "0704", "0902", "1014", "1111", "1128", "1225"}));
  EXPECT_THAT(listed("us-federal", "2025"), ElementsAreArray(Days{"0101", "0120", "0217", "0526", "0619", "0704", "0901", "1013", "1111", "1127", "1225"}));
  EXPECT_THAT(listed("us-federal", "2026"), ElementsAreArray(Days{"0101", "0119", "0216", "0525", "0619", "0703", "0907", "1012", "1111", "1126", "1225"}));
  EXPECT_THAT(listed("us-federal", "2027"),
              ElementsAreArray(Days{"0101", "0118", "0215", "0531", "0618", "0705", "0906", "1011", "1111", "1125", "1224", "1231"}))
      << "New Year's Day of 2028 is a Saturday";
}

// gov.uk, bank holidays in England and Wales.
TEST(LibraryCalendars, EnglandAndWales) {
  EXPECT_THAT(listed("england-and-wales", "2009"), IsEmpty());
  EXPECT_THAT(listed("england-and-wales", "2010"), ElementsAreArray(Days{"0101", "0402", "0405", "0503", "0531", "0830", "1227", "1228"}));
  EXPECT_THAT(listed("england-and-wales", "2011"), ElementsAreArray(Days{"0103", "0422", "0425", "0429", "0502", "0530", "0829", "1226", "1227"}));
  EXPECT_THAT(listed("england-and-wales", "2012"), ElementsAreArray(Days{"0102", "0406", "0409", "0507", "0604", "0605", "0827", "1225", "1226"}));
  EXPECT_THAT(listed("england-and-wales", "2020"), ElementsAreArray(Days{"0101", "0410", "0413", "0508", "0525", "0831", "1225", "1228"}));
  EXPECT_THAT(listed("england-and-wales", "2022"),
              ElementsAreArray(Days{"0103", "0415", "0418", "0502", "0602", "0603", "0829", "0919", "1226", "1227"}));
  EXPECT_THAT(listed("england-and-wales", "2023"), ElementsAreArray(Days{"0102", "0407", "0410", "0501", "0508", "0529", "0828", "1225", "1226"}));
  EXPECT_THAT(listed("england-and-wales", "2025"), ElementsAreArray(Days{"0101", "0418", "0421", "0505", "0526", "0825", "1225", "1226"}));
  EXPECT_THAT(listed("england-and-wales", "2026"), ElementsAreArray(Days{"0101", "0403", "0406", "0504", "0525", "0831", "1225", "1228"}));
  EXPECT_THAT(listed("england-and-wales", "2027"), ElementsAreArray(Days{"0101", "0326", "0329", "0503", "0531", "0830", "1227", "1228"}));
}

// The European Central Bank, TARGET closing days.
TEST(LibraryCalendars, Target) {
  EXPECT_THAT(listed("target", "1999"), IsEmpty());
  EXPECT_THAT(listed("target", "2000"), ElementsAreArray(Days{"0101", "0421", "0424", "0501", "1225", "1226"}));
  EXPECT_THAT(listed("target", "2001"), ElementsAreArray(Days{"0101", "0413", "0416", "0501", "1225", "1226", "1231"})) << "notes and coins of the euro";
  EXPECT_THAT(listed("target", "2024"), ElementsAreArray(Days{"0101", "0329", "0401", "0501", "1225", "1226"}));
  EXPECT_THAT(listed("target", "2025"), ElementsAreArray(Days{"0101", "0418", "0421", "0501", "1225", "1226"}));
  EXPECT_THAT(listed("target", "2026"), ElementsAreArray(Days{"0101", "0403", "0406", "0501", "1225", "1226"}));
  EXPECT_THAT(listed("target", "2027"), ElementsAreArray(Days{"0101", "0326", "0329", "0501", "1225", "1226"}));
}

// service-public.fr, jours fériés.
TEST(LibraryCalendars, France) {
  EXPECT_THAT(listed("france", "2025"), ElementsAreArray(Days{"0101", "0421", "0501", "0508", "0529", "0609", "0714", "0815", "1101", "1111", "1225"}));
  EXPECT_THAT(listed("france", "2026"), ElementsAreArray(Days{"0101", "0406", "0501", "0508", "0514", "0525", "0714", "0815", "1101", "1111", "1225"}));
  EXPECT_THAT(listed("france", "2027"), ElementsAreArray(Days{"0101", "0329", "0501", "0506", "0508", "0517", "0714", "0815", "1101", "1111", "1225"}));
}

// Rules, whose first days are those of 2025; what is observed is listed beside them.
TEST(LibraryCalendars, UnitedStatesHolidays) {
  EXPECT_EQ(listed("us-holidays", "2025"), listed("us-federal", "2025"));
}

}  // namespace
}  // namespace wend::library
