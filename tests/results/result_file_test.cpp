#include "runtime/results/result_file.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "runtime/results/tally.h"
#include "runtime/results/text_table.h"
#include "tests/ingest/shop_program.h"
#include "tests/log/scratch.h"

namespace wend::results {
namespace {

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void append(ResultFile& file, const std::string& line) {
  file.buffer() += line;
  file.line_done();
}

TEST(ResultFile, IsCutToWhatTheSnapshotKnows) {
  const Scratch scratch;
  uint64_t recorded = 0;
  {
    auto file = ResultFile::open(scratch.path("f"), std::nullopt);
    ASSERT_TRUE(file && file->cut());
    append(*file, "one");
    ASSERT_TRUE(file->sync());
    recorded = file->length();
    append(*file, "two");
    ASSERT_TRUE(file->flush());
  }
  EXPECT_EQ(read_file(scratch.path("f")), "one\ntwo\n");
  {
    auto file = ResultFile::open(scratch.path("f"), recorded);
    ASSERT_TRUE(file);
    EXPECT_EQ(read_file(scratch.path("f")), "one\ntwo\n") << "opening changes nothing";
    ASSERT_TRUE(file->cut());
    append(*file, "three");
    ASSERT_TRUE(file->flush());
  }
  EXPECT_EQ(read_file(scratch.path("f")), "one\nthree\n");
  EXPECT_TRUE(ResultFile::open(scratch.path("f"), std::nullopt)->cut()) << "a new run writes over what one without a snapshot left";
  EXPECT_EQ(read_file(scratch.path("f")), "");
  EXPECT_TRUE(ResultFile::open(scratch.path("new"), 0)) << "nothing was recorded of it: it may be missing";
}

TEST(Tally, RoundTripsForItsProgram) {
  bytecode::Program program = shop_program();
  program.messages.resize(2);
  program.channels.resize(1);
  program.journeys.resize(1);
  program.experiments.push_back({.name = "e", .arms = {{"a", {{0, 500'000}}, {}}, {"b", {{500'000, 1'000'000}}, {}}}});
  program.holdouts.push_back({"h", "h-1", 5, std::nullopt});
  Tally tally(program);
  tally.holdouts[0].people[1] = 4;
  tally.journeys[0].goals_silent["won"] = 2;
  tally.messages[1].sent[0] = 5;
  tally.messages[0].suppressed[2] = 3;
  tally.journeys[0].entered = 7;
  tally.journeys[0].exits["bought"] = 6;
  tally.exposures[0][1] = 9;
  tally.people[0][1] = 8;
  ingest::Intake intake{.records = 4, .unknown_events = {{"x", 2}}};
  intake.rejects.push_back({.line = 3, .lines = 2, .reason = ingest::RejectReason::no_user});
  tally.add(intake);
  tally.note_time(1000);
  tally.note_time(2000);

  Tally read(program);
  ASSERT_TRUE(decode(encode(tally), read));
  EXPECT_EQ(read.sent(), 5U);
  EXPECT_EQ(read.suppressed(), 3U);
  EXPECT_EQ(read.rejects(), 1U);
  EXPECT_EQ(read.rejected_lines[static_cast<size_t>(ingest::RejectReason::no_user)], 2U);
  EXPECT_EQ(read.journeys[0].exits.at("bought"), 6U);
  EXPECT_EQ(read.holdouts[0].people[1], 4U);
  EXPECT_EQ(read.journeys[0].goals_silent.at("won"), 2U);
  EXPECT_EQ(read.intake.records, 4U);
  EXPECT_EQ(read.first_t_log, 1000);
  EXPECT_EQ(encode(read), encode(tally));
  EXPECT_FALSE(decode("rubbish", read));
}

TEST(TextTable, AlignsItsColumns) {
  TextTable table("sends", {"channel", "sent"});
  std::string out;
  table.print(out);
  EXPECT_EQ(out, "");
  table.row({"Hello", "mail", grouped(1234567)});
  table.row({"Grüße", "sms", grouped(999)});
  table.print(out);
  EXPECT_EQ(out,
            "\nsends    channel       sent\n"
            "  Hello     mail  1,234,567\n"
            "  Grüße      sms        999\n");
}

}  // namespace
}  // namespace wend::results
