// A data folder goes on with a program that adds to its own: what ran goes on as if nothing had happened, what is new begins where it
// would have been, had it been there before; and a process that is killed on the way changes nothing.

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <regex>
#include <sstream>

#include "compiler/diag/render.h"
#include "compiler/project/compile.h"
#include "compiler/source/file_store.h"
#include "runtime/bytecode/program_file.h"
#include "runtime/replay/replay.h"
#include "tests/log/scratch.h"
#include "tests/replay/processes.h"

namespace wend::replay {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr TimestampMs k_begin = 1'700'000'000'000;  // 2023-11-14T22:13:20Z
constexpr int k_people = 60;
constexpr const char* k_files[] = {"deliveries.ndjson", "instances.ndjson", "goals.ndjson", "rejects.ndjson"};

// What runs first.
constexpr const char* k_shop = R"(edition 1
module shop
event Ordered grace 10 minutes { amount: Int }
event Visited { page: Int }
event Asked { page: Int }
customer { email: Email?  timezone: TimeZone? }
customer timezone = customer.timezone otherwise "Europe/Berlin"
channel email { address customer.email }
message Thanks(amount: Int) for transactional { email { body "Thank you for {amount}" } }
message Nudge for transactional { email { body "Come again" } }
journey thanks {
  owner "crm@shop.test"
  lifetime 3 days
  enter on Ordered as order
    if already running run alongside
  step later { wait 2 hours  wait until at 10:00 as morning  send Thanks(amount: order.amount) via email }
}
journey nudge {
  owner "crm@shop.test"
  lifetime 10 days
  enter on Visited where count of Ordered in last 20 days >= 1
  exit ordered when Ordered
  goal again when Ordered within 2 days of entry
  step patience {
    await up to 3 days { on Visited as next where next.page > 7 { exit seen } on timeout { } }
    send Nudge via email
  }
}
)";

// What is deployed over it. Nobody listened to Asked before.
constexpr const char* k_club = R"(edition 1
module club
use shop
message Welcome for transactional { email { body "Welcome to the club" } }
segment buyers = did Ordered as o where (o.amount > 2) at least 2 times in last 30 days
segment curious = did Asked at least 1 times in last 14 days and not did Asked in last 4 days
journey club {
  owner "crm@shop.test"
  lifetime 5 days
  enter when customer joins buyers including existing
  step hello { send Welcome via email }
}
journey asked_before {
  owner "crm@shop.test"
  lifetime 5 days
  enter when customer joins curious
  step hello { wait 1 minute }
}
journey third_question {
  owner "crm@shop.test"
  lifetime 5 days
  enter on Asked where count of Asked in last 40 days >= 3
    if already running run alongside
  step hello { wait 1 minute }
}
journey looks_back {
  owner "crm@shop.test"
  lifetime 5 days
  enter on Ordered
    if already running run alongside
  step look { await up to 1 minute { on Visited since 6 days ago { exit visited } on timeout { exit unseen } } }
}
)";

// And over that.
constexpr const char* k_later = R"(edition 1
module even_later
use shop
use club
segment regulars = did Visited at least 2 times in last 20 days
journey regular {
  owner "crm@shop.test"
  lifetime 5 days
  enter when customer joins regulars including existing
  step hello { send Welcome via email }
}
)";

bytecode::Program compiled(const std::vector<std::string>& texts) {
  source::MemoryFileStore store;
  // The files of what is new come first: all numbers are others.
  for (size_t i = 0; i < texts.size(); ++i) store.write("shop/" + std::to_string(9 - i) + ".journey", texts[i]);
  const auto project = project::load(store, "shop");
  auto result = project::compile(*project, store, *ZoneTable::system());
  EXPECT_TRUE(result.program) << diag::render_all(result.findings, project->sources);
  return result.program ? std::move(*result.program) : bytecode::Program{};
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

// `lines` of people who order, visit and ask; ids of events come again now and then, and some arrive late.
std::string make_history(unsigned seed, size_t lines, bool merges = true) {
  std::mt19937 random(seed);
  const auto below = [&](uint32_t bound) { return random() % bound; };
  std::string text;
  std::string last;
  TimestampMs now = k_begin;
  for (size_t line = 0; line < lines; ++line) {
    now += below(40 * k_minute_ms);
    if (!last.empty() && below(25) == 0) {
      text += last;
      continue;
    }
    const std::string user = "user-" + std::to_string(below(k_people));
    const std::string at = format_rfc3339(now - (below(12) == 0 ? below(30 * k_hour_ms) : 0));
    if (merges && line % 173 == 80) {
      last = R"({"type":"alias","userId":")" + user + R"(","previousId":"user-)" + std::to_string(below(k_people)) + R"(","timestamp":")" +
             at + "\"}\n";
    } else if (below(10) == 0) {
      constexpr const char* k_zones[] = {"America/New_York", "Asia/Tokyo", "Europe/Berlin"};
      last = R"({"type":"identify","userId":")" + user + R"(","timestamp":")" + at + R"(","traits":{"email":")" + user +
             R"(@shop.test","timezone":")" + k_zones[below(3)] + "\"}}\n";
    } else {
      const uint32_t kind = below(3);
      constexpr const char* k_events[] = {"Ordered", "Visited", "Asked"};
      last = R"({"type":"track","messageId":"m)" + std::to_string(line) + R"(","userId":")" + user + R"(","event":")" + k_events[kind] +
             R"(","timestamp":")" + at + R"(","properties":{")" + (kind == 0 ? "amount" : "page") + "\":" + std::to_string(below(10)) +
             "}}\n";
    }
    text += last;
  }
  return text;
}

std::string first_lines(const std::string& text, size_t count) {
  size_t end = 0;
  while (count-- > 0) end = text.find('\n', end) + 1;
  return text.substr(0, end);
}

class Deploy : public testing::Test {
 protected:
  void SetUp() override { write("history.ndjson", history_); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(scratch_.path(name), std::ios::binary) << text; }
  Options options(const std::string& run, const std::string& events = "history.ndjson") const {
    return {.events = scratch_.path(events),
            .data_folder = scratch_.path(run + "-state"),
            .result_folder = scratch_.path(run + "-out"),
            .machine_now = 1'900'000'000'000,
            .with_state_digest = true};
  }
  // The same file, as long as it was when the former program ran over it.
  Result run_half(const bytecode::Program& program, const std::string& run) const {
    write("history.ndjson", first_lines(history_, k_lines / 2));
    Result result = this->run(program, options(run));
    write("history.ndjson", history_);
    return result;
  }
  Result run(const bytecode::Program& program, const Options& options) const {
    auto result = replay(program, *zones_, options);
    EXPECT_TRUE(result) << result.error().what;
    return result ? std::move(*result) : Result{.report = results::Report(program, results::Tally(program))};
  }
  std::string error(const bytecode::Program& program, const Options& options) const {
    const auto result = replay(program, *zones_, options);
    return result ? "none" : result.error().what;
  }
  Options deploying(const std::string& run) const {
    Options result = options(run);
    result.deploy = true;
    result.release_per_hour = 600;
    result.until = {.kind = UntilKind::done};
    return result;
  }
  // Lines of a result file about these journeys, without what names a position of the log: a barrier is an entry, too.
  std::vector<std::string> lines(const std::string& run, const std::string& file, const std::vector<std::string>& journeys) const {
    std::ifstream in(scratch_.path(run + "-out/" + file), std::ios::binary);
    static const std::regex positions(R"re("(instance|key)":"[^"]*",?)re");
    std::vector<std::string> result;
    for (std::string line; std::getline(in, line);) {
      const bool is_wanted = std::ranges::any_of(
          journeys, [&](const std::string& name) { return line.find("\"journey\":\"" + name + "\"") != std::string::npos; });
      if (is_wanted) result.push_back(std::regex_replace(line, positions, ""));
    }
    return result;
  }
  static std::vector<std::string> entered_from(std::vector<std::string> lines, TimestampMs from) {
    std::erase_if(lines, [&](const std::string& line) {
      const std::string name = "\"entered_at\":\"";
      const std::string at = line.substr(line.find(name) + name.size());
      return *parse_rfc3339(at.substr(0, at.find('"'))) < from;
    });
    std::ranges::sort(lines);
    return lines;
  }
  static uint64_t members(const Result& result, const std::string& segment) {
    for (const auto& [name, count] : result.report.segments) {
      if (name == segment) return count;
    }
    ADD_FAILURE() << "no segment " << segment;
    return 0;
  }

  static constexpr size_t k_lines = 4000;
  const Scratch scratch_;
  const std::string history_ = make_history(5, k_lines);
  const std::shared_ptr<const ZoneTable> zones_ = ZoneTable::system();
  const bytecode::Program shop_ = compiled({k_shop});
  const bytecode::Program with_club_ = compiled({k_shop, k_club});
  const bytecode::Program with_both_ = compiled({k_shop, k_club, k_later});
};

TEST_F(Deploy, IsAskedForWhenTheProgramAdds) {
  run_half(shop_, "a");
  EXPECT_EQ(error(with_club_, options("a")), "data folder `" + scratch_.path("a-state") +
                                                 "`: this program adds to the one that the folder runs: message `Welcome`, segment "
                                                 "`buyers`, segment `curious`, journey `club`, journey "
                                                 "`asked_before`, journey `third_question`, journey `looks_back`. Nothing of what runs "
                                                 "changes; --deploy goes on with it, or run the "
                                                 "program as it was, or replay the events into a new folder with --data");
  EXPECT_EQ(run(shop_, options("a")).outcome, Outcome::finished) << "the folder is as it was";
}

TEST_F(Deploy, IsRefusedWhenSomethingHasChangedOrIsGone) {
  run_half(shop_, "a");
  EXPECT_THAT(error(compiled({replaced(k_shop, "wait 2 hours", "wait 3 hours"), k_club}), deploying("a")),
              AllOf(HasSubstr("does not only add to it: journey `thanks` has changed. People wait and the log is written as that one says; "
                              "run the program as it was"),
                    Not(HasSubstr("club"))));
  EXPECT_THAT(error(compiled({replaced(k_shop, "journey nudge {", "journey push {")}), deploying("a")),
              HasSubstr("journey `nudge` is gone"));
  EXPECT_THAT(error(compiled({replaced(k_shop, "{ amount: Int }", "{ amount: Int  tip: Int? }")}), deploying("a")),
              HasSubstr("event `Ordered` has changed"));
  EXPECT_EQ(run(shop_, options("a")).outcome, Outcome::finished) << "the folder is as it was";
}

TEST_F(Deploy, NeedsARateWhenMembersAreLetIn) {
  run_half(shop_, "a");
  Options without = deploying("a");
  without.release_per_hour.reset();
  EXPECT_THAT(error(with_club_, without),
              HasSubstr("lets in who is a member of its segment already; say how many at a time: --release 500/min, or --release all"));
  const bytecode::Program nobody = compiled({k_shop, replaced(k_club, "including existing", "")});
  EXPECT_EQ(run(nobody, without).outcome, Outcome::finished) << "there is nobody to let in";
}

// Members of a segment are let in once: those who are there have joined it long ago, and would not enter the second journey.
TEST_F(Deploy, LetsMembersInByASegmentOfItsOwn) {
  run_half(shop_, "a");
  run(with_club_, deploying("a"));
  const std::string second = R"(edition 1
module second
use shop
use club
journey second_club {
  owner "crm@shop.test"
  lifetime 5 days
  enter when customer joins buyers including existing
  step hello { send Welcome via email }
}
)";
  EXPECT_THAT(error(compiled({k_shop, k_club, second}), deploying("a")),
              HasSubstr("journey `second_club` is entered by joining `buyers` including existing, as journey `club` is, which has let them "
                        "in already; give it a "
                        "segment of its own: segment second_club_members = customer in buyers"));
  const std::string by_its_own =
      replaced(second, "journey second_club", "segment second_club_members = customer in buyers\njourney second_club");
  run(compiled({k_shop, k_club, replaced(by_its_own, "joins buyers", "joins second_club_members")}), deploying("a"));
  EXPECT_GT(lines("a", "instances.ndjson", {"second_club"}).size(), 10U);
}

TEST_F(Deploy, LeavesWhatRanAsItWas) {
  Options unchanged = options("unchanged");
  unchanged.until = {.kind = UntilKind::done};
  run(shop_, unchanged);
  run_half(shop_, "a");
  const Result deployed = run(with_club_, deploying("a"));
  EXPECT_EQ(deployed.report.deployed.size(), 7U);
  EXPECT_EQ(deployed.report.past_from, std::nullopt);
  EXPECT_THAT(results::render_text(deployed.report), HasSubstr("  deployed: message `Welcome`, segment `buyers`, "));
  EXPECT_THAT(results::render_json(deployed.report), HasSubstr(R"("deployed":["message `Welcome`","segment `buyers`",)"));
  EXPECT_GT(deployed.report.counters.duplicates, 50U);
  for (const char* file : k_files) {
    EXPECT_EQ(lines("a", file, {"thanks", "nudge"}), lines("unchanged", file, {"thanks", "nudge"})) << file;
  }
  EXPECT_GT(lines("a", "deliveries.ndjson", {"nudge"}).size(), 100U) << "else this test proves nothing";
  EXPECT_GT(lines("a", "deliveries.ndjson", {"club"}).size(), 30U);
  const Result again = run(with_club_, deploying("a"));
  EXPECT_THAT(results::render_json(again.report), HasSubstr(R"("deployed":[],)")) << "it is deployed once";
}

// Who is in a segment, what is counted and what is looked back to are what they would be if the program had always been there.
TEST_F(Deploy, KnowsThePast) {
  const Result always = run(with_club_, options("always"));
  const Result former = run_half(shop_, "a");
  const TimestampMs barrier = *former.report.virtual_now;
  Options now = deploying("a");
  now.until = {};
  const Result deployed = run(with_club_, now);
  for (const char* segment : {"buyers", "curious"}) {
    EXPECT_GT(members(always, segment), 0U);
    EXPECT_EQ(members(deployed, segment), members(always, segment)) << segment;
  }
  for (const char* journey : {"asked_before", "third_question", "looks_back"}) {
    const auto expected = entered_from(lines("always", "instances.ndjson", {journey}), barrier + 1);
    EXPECT_GT(expected.size(), 20U) << journey;
    EXPECT_EQ(entered_from(lines("a", "instances.ndjson", {journey}), 0), expected) << journey;
  }
}

TEST_F(Deploy, LetsMembersInAtTheRate) {
  run_half(shop_, "a");
  write("history.ndjson", first_lines(history_, k_lines / 2));
  run(with_club_, deploying("a"));
  std::vector<TimestampMs> entered;
  for (const std::string& line : lines("a", "instances.ndjson", {"club"})) {
    const std::string at = line.substr(line.find("\"entered_at\":\"") + 14);
    entered.push_back(*parse_rfc3339(at.substr(0, at.find('"'))));
  }
  ASSERT_GT(entered.size(), 20U);
  for (size_t i = 1; i < entered.size(); ++i) EXPECT_EQ(entered[i] - entered[0], static_cast<TimestampMs>(i) * 6000);
}

TEST_F(Deploy, OfASecondAdditionGoesOnTopOfTheFirst) {
  write("history.ndjson", first_lines(history_, k_lines / 4));
  run(shop_, options("a"));
  write("history.ndjson", first_lines(history_, k_lines / 2));
  Options first = deploying("a");
  first.until = {};
  run(with_club_, first);
  write("history.ndjson", history_);
  EXPECT_THAT(error(with_both_, options("a")), HasSubstr("adds to the one that the folder runs: segment `regulars`, journey `regular`. "));
  const Result second = run(with_both_, deploying("a"));
  EXPECT_THAT(second.report.deployed, ElementsAre("segment `regulars`", "journey `regular`"));
  EXPECT_GT(lines("a", "instances.ndjson", {"regular"}).size(), 20U);
  Options always = options("always");
  always.until = {.kind = UntilKind::done};
  run(with_both_, always);
  for (const char* file : k_files) EXPECT_EQ(lines("a", file, {"thanks", "nudge"}), lines("always", file, {"thanks", "nudge"})) << file;
  EXPECT_THAT(error(with_club_, options("a")), HasSubstr("segment `regulars` is gone, journey `regular` is gone"));
  EXPECT_THAT(error(shop_, options("a")), HasSubstr("journey `club` is gone"));
}

// Everything in another order is the program that runs.
TEST_F(Deploy, IsNotNeededForAnotherOrder) {
  run_half(with_club_, "a");
  source::MemoryFileStore store;
  store.write("shop/1.journey", k_shop);
  store.write("shop/2.journey", k_club);
  const auto project = project::load(store, "shop");
  const auto turned = project::compile(*project, store, *zones_);
  const Result went_on = run(*turned.program, options("a"));
  EXPECT_THAT(went_on.report.deployed, IsEmpty());
  run(with_club_, options("whole"));
  for (const char* file : k_files)
    EXPECT_EQ(read_file(scratch_.path("a-out/") + file), read_file(scratch_.path("whole-out/") + file)) << file;
}

// A turn that comes behind the last event is waited for.
TEST_F(Deploy, UntilDoneWaitsForThoseWhoWereLetInLate) {
  write("history.ndjson", first_lines(history_, k_lines / 2));
  Options before = options("a");
  before.until = {.kind = UntilKind::instant, .time = k_begin + 400 * k_day_ms};
  run(shop_, before);
  const bytecode::Program program = compiled({k_shop, replaced(k_club, "in last 30 days", "in last 900 days")});
  Options slow = deploying("a");
  slow.release_per_hour = 1;
  const Result deployed = run(program, slow);
  const size_t entered = lines("a", "instances.ndjson", {"club"}).size();
  EXPECT_EQ(entered, deployed.report.counters.existing_members);
  EXPECT_EQ(lines("a", "deliveries.ndjson", {"club"}).size(), entered);
}

// Whoever erased somebody has thrown the log away up to there: what is new has the past from there on.
TEST_F(Deploy, KnowsThePastAsFarAsTheLogGoes) {
  const std::string first = first_lines(history_, k_lines / 4);
  const std::string half = first_lines(history_, k_lines / 2);
  const std::string erasing = first + R"({"type":"delete","userId":"user-7","timestamp":")" + format_rfc3339(k_begin) + "\"}\n";
  write("history.ndjson", erasing);
  run(shop_, options("a"));
  write("history.ndjson", erasing + half.substr(first.size()));
  run(shop_, options("a"));
  const Result deployed = run(with_club_, deploying("a"));
  EXPECT_EQ(deployed.report.counters.erasures, 1U);
  EXPECT_GT(deployed.report.counters.existing_members, 0U);
  ASSERT_TRUE(deployed.report.past_from);
  EXPECT_THAT(results::render_text(deployed.report),
              HasSubstr("what is deployed knows the past from " + format_rfc3339(*deployed.report.past_from) + " on: "));
  EXPECT_THAT(results::render_json(deployed.report), HasSubstr("\"past_from\":\"" + format_rfc3339(*deployed.report.past_from) + "\""));

  // The same events without those that are gone.
  write("rest.ndjson", half.substr(first.size()));
  const Result rest = run(with_club_, options("rest", "rest.ndjson"));
  Options now = options("b");
  write("history.ndjson", erasing);
  run(shop_, now);
  write("history.ndjson", erasing + half.substr(first.size()));
  run(shop_, now);
  now.deploy = true;
  now.release_per_hour = 0;
  const Result at_once = run(with_club_, now);
  for (const char* segment : {"buyers", "curious"}) EXPECT_LE(members(at_once, segment), members(rest, segment)) << segment;
  EXPECT_GT(members(at_once, "buyers"), 10U);
  for (const std::string& line : lines("b", "instances.ndjson", {"club"})) EXPECT_THAT(line, Not(HasSubstr("\"user-7\"")));
}

TEST(Release, IsSoManyAnHour) {
  EXPECT_EQ(parse_release("500/min"), 30'000U);
  EXPECT_EQ(parse_release("20/s"), 72'000U);
  EXPECT_EQ(parse_release("100/h"), 100U);
  EXPECT_EQ(parse_release("1/h"), 1U);
  EXPECT_EQ(parse_release("1000000000/s"), 3'600'000'000'000U);
  EXPECT_EQ(parse_release("all"), 0U);
  for (const char* text :
       {"", "0/min", "500", "500/", "/min", "500/day", "500 /min", "-1/min", "1.5/min", "1000000001/h", "99999999999999999999/h", "All"}) {
    EXPECT_EQ(parse_release(text), std::nullopt) << text;
  }
}

// ── processes that are killed ──

class KilledDeploy : public Deploy {
 protected:
  void SetUp() override {
    Deploy::SetUp();
    write("shop.wendc", bytecode::write_program(shop_));
    write("club.wendc", bytecode::write_program(with_club_));
  }
  std::vector<std::string> command(const std::string& program, const std::string& run, std::initializer_list<const char*> more) const {
    std::vector<std::string> words = {WENDD,       "replay",
                                      "--program", scratch_.path(program),
                                      "--events",  scratch_.path("history.ndjson"),
                                      "--data",    scratch_.path(run + "-state"),
                                      "--out",     scratch_.path(run + "-out"),
                                      "--report",  "json"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  std::vector<std::string> deploying_command(const std::string& run) const {
    return command("club.wendc", run,
                   {"--deploy", "--release", "10/min", "--until", "done", "--batch-entries", "20", "--snapshot-entries", "300"});
  }
  void copy(const std::string& from, const std::string& to) const {
    for (const char* part : {"-state", "-out"}) {
      std::filesystem::copy(scratch_.path(from + part), scratch_.path(to + part), std::filesystem::copy_options::recursive);
    }
  }
  std::string results(const std::string& run) const {
    std::string all;
    for (const char* file : k_files) all += read_file(scratch_.path(run + "-out/" + file));
    return all;
  }
  // Whole and undisturbed, and how long that takes.
  uint64_t deploy(const std::string& run) const {
    const auto begin = std::chrono::steady_clock::now();
    Process whole(deploying_command(run), scratch_.path(run));
    EXPECT_EQ(whole.wait(), 0) << read_file(scratch_.path(run + ".err"));
    return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin).count());
  }
  // Killed at random points, until it comes to its end; how often it was.
  int deploy_with_kills(const std::string& run, unsigned seed, uint64_t whole_us) const {
    std::mt19937_64 random(seed);
    for (int kills = 0;; ++kills) {
      Process process(deploying_command(run), scratch_.path(run));
      // A run that is never let go far would never end: every tenth time it gets as long as it wants.
      if (kills % 10 != 9) process.kill_after_us(random() % whole_us);
      const int status = process.wait();
      if (status == 0) return kills;
      EXPECT_EQ(status, -1) << read_file(scratch_.path(run + ".err"));
      if (status != -1) return kills;
    }
  }
};

TEST_F(KilledDeploy, AtRandomPointsAndTheResultIsTheSame) {
  run_half(shop_, "before");
  copy("before", "whole");
  const uint64_t whole_us = deploy("whole");
  int kills = 0;
  for (const unsigned seed : {1U, 2U, 3U}) {
    const std::string run = "run-" + std::to_string(seed);
    copy("before", run);
    kills += deploy_with_kills(run, seed, whole_us);
    EXPECT_EQ(results(run), results("whole")) << "seed " << seed;
  }
  EXPECT_GT(kills, 0);
}

// What stands behind the snapshot is the former program's, whenever its run was cut off.
TEST_F(KilledDeploy, OverARunThatWasCutOff) {
  for (const unsigned batches : {1U, 17U, 60U}) {
    SCOPED_TRACE(batches);
    const std::string name = std::to_string(batches);
    // Once stopped cleanly there, and once as a process leaves it that ends there.
    for (const bool is_clean : {true, false}) {
      std::atomic<bool> stop = false;
      Options cut = options("cut-" + name + (is_clean ? "-clean" : "-working"));
      cut.batch_entries = 25;
      cut.snapshot_entries = 400;
      cut.stop = &stop;
      unsigned taken = 0;
      cut.progress = [&](const Progress&) {
        if (++taken != batches) return;
        if (is_clean) {
          stop = true;
        } else {
          copy("cut-" + name + "-working", "cut-" + name + "-off");
        }
      };
      run(shop_, cut);
    }
    const std::string clean = "cut-" + name + "-clean";
    const std::string off = "cut-" + name + "-off";
    copy(off, off + "-killed");
    const uint64_t whole_us = deploy(clean);
    deploy(off);
    deploy_with_kills(off + "-killed", batches, whole_us);
    EXPECT_EQ(results(off), results(clean));
    EXPECT_EQ(results(off + "-killed"), results(clean));
  }
}

TEST_F(KilledDeploy, OverALogWithoutItsBeginning) {
  const std::string erasing =
      first_lines(history_, k_lines / 4) + R"({"type":"delete","userId":"user-7","timestamp":")" + format_rfc3339(k_begin) + "\"}\n";
  write("history.ndjson", erasing);
  run(shop_, options("before"));
  // The rest has one more to erase.
  write("history.ndjson", erasing + history_.substr(first_lines(history_, k_lines / 4).size()) +
                              R"({"type":"delete","userId":"user-9","timestamp":")" + format_rfc3339(k_begin) + "\"}\n");
  copy("before", "whole");
  const uint64_t whole_us = deploy("whole");
  for (const unsigned seed : {1U, 2U}) {
    const std::string run = "run-" + std::to_string(seed);
    copy("before", run);
    deploy_with_kills(run, seed, whole_us);
    EXPECT_EQ(results(run), results("whole")) << "seed " << seed;
  }
}

}  // namespace
}  // namespace wend::replay
