#include "runtime/replay/replay.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "runtime/base/hash.h"
#include "runtime/bytecode/verify.h"
#include "tests/log/scratch.h"
#include "tests/replay/workload.h"

namespace wend::replay {
namespace {

using testing::HasSubstr;

constexpr TimestampMs k_machine_now = 1'900'000'000'000;
constexpr size_t k_lines = 4000;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Replay : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_FALSE(bytecode::verify(program_));
    write("history.ndjson", history_);
  }
  void write(const std::string& name, const std::string& text) { std::ofstream(scratch_.path(name), std::ios::binary) << text; }
  Options options(const std::string& run) const {
    return {.events = scratch_.path("history.ndjson"),
            .data_folder = scratch_.path(run + "-state"),
            .result_folder = scratch_.path(run + "-out"),
            .machine_now = k_machine_now,
            .with_state_digest = true};
  }
  Result run(const Options& options) const {
    auto result = replay(program_, *zones_, options);
    EXPECT_TRUE(result) << result.error().what;
    return result ? std::move(*result) : Result{.report = results::Report(program_, results::Tally(program_))};
  }
  std::string error(const Options& options) const {
    const auto result = replay(program_, *zones_, options);
    return result ? "none" : result.error().what;
  }
  std::string file(const std::string& run, const std::string& name) const { return read_file(scratch_.path(run + "-out/" + name)); }
  std::map<std::string, std::string> files(const std::string& run) const {
    std::map<std::string, std::string> result;
    for (const char* name : {"deliveries.ndjson", "instances.ndjson", "goals.ndjson", "rejects.ndjson"}) result[name] = file(run, name);
    return result;
  }

  const Scratch scratch_;
  const bytecode::Program program_ = workload::make_program();
  const std::shared_ptr<const ZoneTable> zones_ = ZoneTable::system();
  const std::string history_ = workload::make_history(1, k_lines);
};

TEST_F(Replay, WritesWhatHappenedInTheOrderItHappened) {
  write("history.ndjson", R"({"type":"identify","userId":"ada","timestamp":"2024-01-01T00:00:00Z","traits":{"email":"ada@example.com"}})"
                          "\n"
                          R"({"type":"track","userId":"ada","event":"Begin","timestamp":"2024-01-01T10:00:00Z","properties":{"n":7}})"
                          "\n"
                          R"({"type":"track","userId":"ben","event":"Begin","timestamp":"2024-01-01T11:00:00Z","properties":{"n":8}})"
                          "\n"
                          R"({"type":"track","userId":"ada","event":"Buy","timestamp":"2024-01-01T12:00:00.5Z","properties":{"n":9}})"
                          "\n"
                          R"({"type":"track","userId":"ada","event":"Buy","timestamp":"2024-01-01T12:00:00.5Z","properties":{"n":true}})"
                          "\n");
  const Result result = run(options("a"));
  EXPECT_EQ(result.outcome, Outcome::finished);
  const std::string deliveries = file("a", "deliveries.ndjson");
  const std::string first = deliveries.substr(0, deliveries.find('\n'));
  EXPECT_THAT(
      first,
      testing::MatchesRegex(
          R"(\{"at":"2024-01-01T10:00:00Z","committed_at":"2024-01-01T10:00:00Z","customer":"ada","journey":"greeting","instance":"0-3-0",)"
          R"("step":"greet","message":"Hello","channel":"mail","key":"[0-9a-f]+","outcome":"sent","params":\{"p0":7\},"body":\{"text":"7"\}\})"));
  EXPECT_THAT(deliveries,
              HasSubstr(R"("customer":"ben","journey":"greeting","instance":"0-4-0","step":"greet","message":"Hello","channel":null,)"));
  EXPECT_THAT(deliveries, HasSubstr(R"("outcome":"suppressed","reason":"unreachable","params":{"p0":8}})"));
  EXPECT_THAT(deliveries, HasSubstr(R"({"at":"2024-01-01T12:00:00.500Z")"));
  const std::string instances = file("a", "instances.ndjson");
  EXPECT_THAT(
      instances,
      HasSubstr(
          R"({"journey":"greeting","instance":"0-3-0","customer":"ada","entered_at":"2024-01-01T10:00:00Z","ended_at":"2024-01-01T12:00:00.500Z","exit":"got"})"));
  EXPECT_THAT(
      instances,
      HasSubstr(
          R"({"journey":"greeting","instance":"0-4-0","customer":"ben","entered_at":"2024-01-01T11:00:00Z","waiting_in":"waiting"})"));
  EXPECT_EQ(
      file("a", "rejects.ndjson"),
      "{\"line\":5,\"reason\":\"wrong_type\",\"path\":\"$.properties.n\",\"message\":\"expected a whole number, found true or false\"}\n");
  EXPECT_EQ(result.report.tally.sent(), 2U);
  EXPECT_EQ(result.report.customers, 2U);
}

TEST_F(Replay, BatchesAndSnapshotsDoNotShow) {
  auto plain = options("plain");
  plain.until = {.kind = UntilKind::done};
  const Result expected = run(plain);
  EXPECT_GT(expected.report.tally.sent(), 300U);
  EXPECT_GT(expected.report.tally.suppressed(), 30U);
  EXPECT_GT(expected.report.tally.rejects(), 100U);
  EXPECT_GT(expected.report.counters.duplicates, 0U);
  for (const auto& [batch, snapshot] : {std::pair{5UL, 700UL}, {37UL, 100UL}, {100'000UL, 100'000UL}}) {
    const std::string name = std::to_string(batch);
    auto other = options(name);
    other.until = plain.until;
    other.batch_entries = batch;
    other.snapshot_entries = snapshot;
    other.snapshot_pages = batch == 5 ? 1 : 64;
    const Result result = run(other);
    EXPECT_EQ(result.report.state, expected.report.state) << batch;
    EXPECT_EQ(files(name), files("plain")) << batch;
    EXPECT_EQ(results::render_json(result.report), results::render_json(expected.report));
  }
}

// A snapshot is written over many batches: cut off at any of them it never was, and nothing shows.
TEST_F(Replay, KilledWhileASnapshotIsHalfWritten) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // processes of their own: RocksDB's threads do not survive a fork
  auto slow = options("a");
  if (const char* of_parent = std::getenv("WEND_TEST_STATE")) {
    slow.data_folder = of_parent + std::string("-state");
    slow.result_folder = of_parent + std::string("-out");
  }
  ::setenv("WEND_TEST_STATE", scratch_.path("a").c_str(), 0);
  slow.until = {.kind = UntilKind::done};
  slow.batch_entries = 20;
  slow.snapshot_entries = 100;
  slow.snapshot_pages = 1;
  for (const int batches : {6, 8, 9, 11, 13, 17, 23}) {
    const auto run_and_die = [&] {
      int left = batches;
      slow.progress = [&](const Progress&) {
        if (--left == 0) ::raise(SIGKILL);
      };
      (void)replay(program_, *zones_, slow);
      ::_exit(1);
    };
    ASSERT_EXIT(run_and_die(), testing::KilledBySignal(SIGKILL), "");
  }
  ::unsetenv("WEND_TEST_STATE");
  auto whole = options("whole");
  whole.until = slow.until;
  const Result expected = run(whole);
  const Result result = run(slow);
  EXPECT_EQ(result.report.state, expected.report.state);
  EXPECT_EQ(files("a"), files("whole"));
  EXPECT_EQ(results::render_json(result.report), results::render_json(expected.report));
}

TEST_F(Replay, ARunThatIsDoneIsDone) {
  const Result first = run(options("a"));
  const auto before = files("a");
  const Result second = run(options("a"));
  EXPECT_EQ(files("a"), before);
  EXPECT_EQ(second.report.state, first.report.state);
  EXPECT_EQ(results::render_text(second.report), results::render_text(first.report));
  EXPECT_EQ(second.report.position, first.report.position);
}

TEST_F(Replay, AFileThatGrewIsTakenUpWhereItEnded) {
  const size_t half = history_.find('\n', history_.size() / 2) + 1;
  const Result whole = run(options("whole"));
  write("history.ndjson", history_.substr(0, half));
  run(options("a"));
  write("history.ndjson", history_);
  const Result result = run(options("a"));
  EXPECT_EQ(result.report.state, whole.report.state);
  EXPECT_EQ(files("a"), files("whole"));
}

TEST_F(Replay, VirtualTimeGoesOnWhenAsked) {
  run(options("a"));
  EXPECT_THAT(file("a", "instances.ndjson"), HasSubstr("waiting_in"));
  auto on = options("a");
  on.until = *parse_until("done");
  const Result done = run(on);
  EXPECT_TRUE(done.report.waiting.empty());
  EXPECT_THAT(file("a", "instances.ndjson"), testing::Not(HasSubstr("waiting_in")));
  auto at_once = options("b");
  at_once.until = on.until;
  EXPECT_EQ(run(at_once).report.state, done.report.state);
  EXPECT_EQ(files("b"), files("a"));
  EXPECT_FALSE(parse_until("tomorrow"));

  write("history.ndjson", R"({"type":"track","userId":"ben","event":"Begin","timestamp":"2024-01-01T00:00:00Z","properties":{"n":8}})"
                          "\n");
  auto until = options("c");
  until.until = *parse_until("2024-01-02T11:59:59.999Z");
  EXPECT_EQ(run(until).report.waiting.size(), 2U);
  until.until = *parse_until("2024-01-02T12:00:00Z");
  EXPECT_EQ(run(until).report.waiting.size(), 1U) << "a timer due at the instant itself has fired";
}

TEST_F(Replay, DoneIsTheInstantOfTheLastTimer) {
  write("history.ndjson", R"({"type":"track","userId":"ben","event":"Begin","timestamp":"2024-01-01T00:00:00Z","properties":{"n":8}})"
                          "\n");
  auto done = options("a");
  done.until = *parse_until("done");
  const Result result = run(done);
  EXPECT_TRUE(result.report.waiting.empty());
  // Just before the end somebody still waits: it is the last timer that ends the run, a millisecond behind it.
  auto before = options("b");
  before.until = {.kind = UntilKind::instant, .time = *result.report.virtual_now - 2};
  EXPECT_FALSE(run(before).report.waiting.empty()) << format_rfc3339(*result.report.virtual_now);
}

TEST_F(Replay, StopsCleanlyWhenAsked) {
  std::atomic<bool> stop = false;
  auto stopped = options("a");
  stopped.batch_entries = 50;
  stopped.stop = &stop;
  stopped.progress = [&](const Progress& progress) { stop = progress.events > 1000; };
  const Result first = run(stopped);
  EXPECT_EQ(first.outcome, Outcome::stopped);
  EXPECT_TRUE(first.report.stopped);
  EXPECT_LT(first.report.counters.events, 1200U);
  stop = false;
  stopped.progress = {};
  const Result second = run(stopped);
  EXPECT_EQ(second.outcome, Outcome::finished);
  EXPECT_EQ(second.report.state, run(options("whole")).report.state);
  EXPECT_EQ(files("a"), files("whole"));
}

TEST_F(Replay, StopsAtTooManyRejects) {
  auto strict = options("a");
  strict.rejects_max = 10;
  strict.batch_entries = 20;
  const Result result = run(strict);
  EXPECT_EQ(result.outcome, Outcome::too_many_rejects);
  EXPECT_GT(result.report.tally.rejects(), 10U);
  EXPECT_LT(result.report.tally.rejects(), 30U);
  EXPECT_EQ(run(strict).outcome, Outcome::too_many_rejects);
}

TEST_F(Replay, SortedInputGivesWhatASortedFileGives) {
  auto sorted = options("a");
  sorted.sort = true;
  sorted.batch_entries = 100;
  std::atomic<bool> stop = false;
  sorted.stop = &stop;
  sorted.progress = [&](const Progress& progress) { stop = progress.events > 1000; };
  run(sorted);
  stop = false;
  sorted.progress = {};
  const Result result = run(sorted);
  auto at_once = options("b");
  at_once.sort = true;
  EXPECT_EQ(run(at_once).report.state, result.report.state);
  EXPECT_EQ(files("b"), files("a"));
  EXPECT_NE(run(options("unsorted")).report.state, result.report.state);
}

TEST_F(Replay, WhatDoesNotBelongTogetherIsRefused) {
  run(options("a"));
  auto bad = options("a");
  bad.config.assume_consent = true;
  EXPECT_THAT(error(bad), HasSubstr("assume_consent = false"));

  bytecode::Program other = program_;
  other.journeys[0].priority = 3;
  const auto refused = replay(other, *zones_, options("a"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, testing::AllOf(HasSubstr("another program"), HasSubstr("--data")));

  std::string changed = history_;
  changed[changed.find("user-")] = 'U';
  write("history.ndjson", changed);
  EXPECT_THAT(error(options("a")), HasSubstr("has changed"));
  write("history.ndjson", history_);

  std::filesystem::resize_file(scratch_.path("a-out/deliveries.ndjson"), 100);
  EXPECT_THAT(error(options("a")), testing::AllOf(HasSubstr("deliveries.ndjson"), HasSubstr("it has 100 bytes")));
  std::filesystem::remove(scratch_.path("a-out/deliveries.ndjson"));
  EXPECT_THAT(error(options("a")), HasSubstr("it is missing"));

  EXPECT_THAT(error({}), HasSubstr("no events file given"));
  auto missing = options("b");
  missing.events = "/nonexistent";
  EXPECT_THAT(error(missing), HasSubstr("No such file"));
}

TEST_F(Replay, DamagedInputKeepsWhatWasRead) {
  write("history.ndjson", history_);
  auto good = options("good");
  run(good);
  // A gzip file cut in the middle.
  const std::string command = "gzip -c " + scratch_.path("history.ndjson") + " > " + scratch_.path("whole.gz") + " && head -c 60000 " +
                              scratch_.path("whole.gz") + " > " + scratch_.path("h.gz");
  ASSERT_EQ(std::system(command.c_str()), 0);
  auto cut = options("a");
  cut.events = scratch_.path("h.gz");
  EXPECT_THAT(error(cut), HasSubstr("ends too early"));
  ASSERT_EQ(std::system(("cp " + scratch_.path("whole.gz") + " " + scratch_.path("h.gz")).c_str()), 0);
  const Result result = run(cut);
  EXPECT_EQ(result.report.state, run(good).report.state);
  EXPECT_EQ(files("a"), files("good"));
}

TEST_F(Replay, ReportsForPeopleAndPrograms) {
  const Result result = run(options("a"));
  const std::string text = results::render_text(result.report);
  for (const char* part : {"shop: ", "journeys", "entered", "waiting in", "exits", "greeting: got", "sends", "mail", "suppressed",
                           "unreachable", "rejected", "no_user: nobody is named", "Unheard"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(results::render_json(result.report),
              testing::AllOf(HasSubstr(R"("program":"shop")"), HasSubstr(R"("unknown_events":{"Unheard":)")));
}

}  // namespace
}  // namespace wend::replay
