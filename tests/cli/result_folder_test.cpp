// Whose results a folder has: they are never mixed with those of another run, nor lost because something else was given wrong.

#include <gmock/gmock.h>

#include "tests/cli/program.h"

namespace wend::cli {
namespace {

using testing::HasSubstr;

class ResultFolders : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    write("e.ndjson", events("u1"));
    write("f.ndjson", events("u2"));
    ASSERT_EQ(shell("wend run good --events e.ndjson --data d --out o").code, 0);
    for (const char* file : {"o/deliveries.ndjson", "o/instances.ndjson"}) before_ += read(file);
    ASSERT_THAT(before_, HasSubstr("waiting_in"));
  }
  static std::string events(const std::string& user) {
    return fmt::format(
        "{{\"type\":\"track\",\"messageId\":\"1\",\"userId\":\"{}\",\"event\":\"Started\",\"timestamp\":\"2025-01-01T09:00:00Z\","
        "\"properties\":{{}}}}\n",
        user);
  }
  void expect_untouched(const Ended& refused, const std::string& word) {
    EXPECT_EQ(refused.code, 2);
    EXPECT_THAT(refused.err, HasSubstr(word));
    EXPECT_EQ(read("o/deliveries.ndjson") + read("o/instances.ndjson"), before_);
  }
  std::string before_;
};

TEST_F(ResultFolders, OfAnotherRunAreRefused) {
  expect_untouched(shell("wend run good --events f.ndjson --data d2 --out o"), "has the results of another data folder");
  EXPECT_EQ(shell("wend run good --events e.ndjson --data d --out o").code, 0) << "its own run goes on with them";
  expect_untouched(shell("wend run good --events f.ndjson --data d2 --out o"), "has the results of another data folder");
  fs::remove(folder_ / "o/RUN");
  expect_untouched(shell("wend run good --events e.ndjson --data d --out o"), "has the results of another data folder");
  EXPECT_EQ(shell("wend run good --events f.ndjson --data d2 --out o2").code, 0);
}

TEST_F(ResultFolders, AreLockedWhileARunWrites) {
  expect_untouched(shell("flock o/LOCK sh -c '\"$0\" run good --events e.ndjson --data d --out o' '" WEND_PROGRAM "'"),
                   "result folder `o` is in use by");
}

TEST_F(ResultFolders, AreCutWhenEverythingIsInOrderOnly) {
  expect_untouched(shell("wend run good --events f.ndjson --data d --out o"), "was fed from `e.ndjson`");
  expect_untouched(shell("wend run good --events none.ndjson --data d --out o"), "No such file");
  write("e.ndjson", events("u3"));
  expect_untouched(shell("wend run good --events e.ndjson --data d --out o"), "has changed");
  write("e.ndjson", events("u1"));
  fs::rename(folder_ / "o/goals.ndjson", folder_ / "goals");
  EXPECT_EQ(shell("wend run good --events e.ndjson --data d --out o").code, 0) << "nothing was in it";
}

}  // namespace
}  // namespace wend::cli
