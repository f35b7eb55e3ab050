// `--until done` where nothing ends by itself: a journey that the calendar starts every day. How far virtual time goes, and by which
// steps, follows from the log: not from where a run stopped, nor from how often one was started.

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "runtime/bytecode/verify.h"
#include "runtime/replay/replay.h"
#include "tests/engine/shop.h"
#include "tests/log/scratch.h"

namespace wend::replay {
namespace {

constexpr int k_lifetime_days = 30;

// Everybody gets something every morning and waits for `wait_days`; who begins waits for 80 minutes besides.
bytecode::Program make_program(int wait_days) {
  engine::testing::Shop shop;
  engine::testing::Simple(shop, shop.stop, {.name = "once", .up_to = 80 * k_minute_ms}).finish();
  shop.b.program.schedules.push_back({.kind = bytecode::ScheduleKind::weekdays, .weekdays = 0x7f, .at = 8 * 3600});
  engine::testing::JourneyBuilder daily(shop.b, "daily", Period{0, k_lifetime_days});
  const auto one = daily.reg(shop.b.integer());
  const auto sent = daily.reg(shop.b.optional_delivery());
  const auto site = daily.site(shop.hello, {shop.mail}, "morning");
  const auto wait = daily.point(daily.layout({}), "waiting");
  daily.at(wait).kind = bytecode::PointKind::wait;
  daily.at(wait).fixed_ms = wait_days * k_day_ms;
  daily.journey.entries.push_back(
      {.schedule = bytecode::ScheduleId{0}, .start = daily.entry_here(), .already = bytecode::AlreadyRunning::alongside});
  daily.constant(one, 1).send(sent, site, daily.n(one)).suspend(wait);
  daily.at(wait).timeout = daily.entry_here();
  daily.end();
  daily.finish();
  shop.b.program.name = "shop";
  return shop.b.program;
}

class UntilDone : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_FALSE(bytecode::verify(program_));
    std::ofstream history(scratch_.path("history.ndjson"));
    for (const char* user : {"ada", "ben"}) {
      history << R"({"type":"identify","userId":")" << user << R"(","timestamp":"2024-01-01T00:00:00Z","traits":{"email":"a@b.test"}})"
              << "\n"
              << R"({"type":"track","userId":")" << user << R"(","event":"Begin","timestamp":"2024-01-01T10:00:00Z","properties":{"n":7}})"
              << "\n";
    }
  }
  Options options(const std::string& run, const char* until) const {
    Options options{.events = scratch_.path("history.ndjson"),
                    .data_folder = scratch_.path(run + "-state"),
                    .result_folder = scratch_.path(run + "-out"),
                    .machine_now = 1'900'000'000'000,
                    .with_state_digest = true};
    if (until != nullptr) options.until = *parse_until(until);
    return options;
  }
  // The report and every result file.
  std::string run(const Options& options) {
    const auto result = replay(program_, *zones_, options);
    EXPECT_TRUE(result) << result.error().what;
    if (!result) return {};
    last_outcome_ = result->outcome;
    std::ostringstream all;
    all << results::render_json(result->report);
    for (const char* name : {"deliveries.ndjson", "instances.ndjson"}) {
      all << std::ifstream(options.result_folder + "/" + name, std::ios::binary).rdbuf();
    }
    return all.str();
  }

  const Scratch scratch_;
  const std::shared_ptr<const ZoneTable> zones_ = ZoneTable::system();
  bytecode::Program program_ = make_program(20);
  Outcome last_outcome_ = Outcome::finished;
};

TEST_F(UntilDone, ASecondRunChangesNothing) {
  const std::string first = run(options("a", "done"));
  EXPECT_THAT(first, testing::HasSubstr(R"("at":"2024-01-31T08:00:00Z")"));
  EXPECT_THAT(first, testing::Not(testing::HasSubstr(R"("at":"2024-02-04T08:00:00Z")")));
  EXPECT_EQ(run(options("a", "done")), first);
  EXPECT_EQ(run(options("a", "done")), first);
}

TEST_F(UntilDone, ItIsTheSameBehindARunWithoutIt) {
  const std::string at_once = run(options("a", "done"));
  run(options("b", nullptr));
  EXPECT_EQ(run(options("b", "done")), at_once);
}

TEST_F(UntilDone, ItIsTheSameHoweverOftenARunIsStopped) {
  for (const int wait_days : {0, 20}) {
    program_ = make_program(wait_days);
    const std::string name = std::to_string(wait_days);
    const std::string whole = run(options(name, "done"));
    Options often = options(name + "-often", "done");
    std::atomic<bool> stop = false;
    often.stop = &stop;
    int batches = 0;
    often.progress = [&](const Progress&) { stop = ++batches % 3 == 0; };
    std::string last;
    do {
      stop = false;
      last = run(often);
    } while (last_outcome_ == Outcome::stopped && batches < 1000);
    EXPECT_EQ(last, whole) << wait_days;
  }
}

TEST_F(UntilDone, WhoLetTimeGoFurtherHasNoMoreToWaitFor) {
  const std::string beyond = run(options("a", "2024-06-01T00:00:00Z"));
  EXPECT_EQ(run(options("a", "done")), beyond);
}

}  // namespace
}  // namespace wend::replay
