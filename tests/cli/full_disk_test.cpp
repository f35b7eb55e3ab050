// A disk that is full: on a file system of its own, as large as is said. Skipped where the system lets nobody mount one.

#include <gmock/gmock.h>

#include "tests/cli/program.h"

namespace wend::cli {
namespace {

using testing::HasSubstr;

TEST_F(Program, AFullDiskIsAnErrorAndTheRunGoesOnWhenThereIsRoom) {
  if (shell("mkdir d && unshare -rm mount -t tmpfs none d").code != 0) GTEST_SKIP() << "no file system can be mounted here";
  std::string events;
  for (int user = 0; user < 9'000; ++user) {
    events += fmt::format(
        "{{\"type\":\"identify\",\"userId\":\"user-{}\",\"timestamp\":\"2025-01-01T08:00:00Z\",\"traits\":{{\"email\":\"a@b.test\"}}}}\n"
        "{{\"type\":\"track\",\"userId\":\"user-{}\",\"event\":\"Started\",\"timestamp\":\"2025-01-01T09:00:00Z\",\"properties\":{{}}}}\n",
        user, user);
  }
  write("e.ndjson", events);
  ASSERT_EQ(shell("wend run good --events e.ndjson --data whole --out whole-out --until done").code, 0);
  for (const char* size : {"100k", "200k", "300k", "500k"}) {
    const std::string run = fmt::format("{} run good --events e.ndjson --data d/state --out out-{} --until done", WEND_PROGRAM, size);
    const Ended full =
        shell(fmt::format("unshare -rm sh -c 'mount -t tmpfs -o size={} none d; {}; echo first $?; {}; echo second $?; mount -o "
                          "remount,size=256m d; {}; echo third $?'",
                          size, run, run, run));
    EXPECT_THAT(full.out, HasSubstr("first 2\n")) << size << full.err;
    EXPECT_THAT(full.out, HasSubstr("second 2\n")) << size << full.err;
    EXPECT_THAT(full.out, HasSubstr("third 0\n")) << size << full.err;
    EXPECT_THAT(full.err, HasSubstr("the disk is full")) << size;
    EXPECT_EQ(read(fmt::format("out-{}/deliveries.ndjson", size)), read("whole-out/deliveries.ndjson")) << size;
  }
}

}  // namespace
}  // namespace wend::cli
