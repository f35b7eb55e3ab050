// The barrier of a program that adds to the one before: what it asks about the past is answered from the log, ids that nobody had to
// remember are remembered, and what it follows begins there.

#include <gtest/gtest.h>

#include <map>

#include "runtime/bytecode/verify.h"
#include "tests/engine/shop.h"

namespace wend::engine::testing {
namespace {

using bytecode::SegmentId;

constexpr DurationMs k_day = k_day_ms;

// A log, the program that reacts to it, and later one that adds to it.
class Deployed {
 public:
  explicit Deployed(bytecode::Program program) : program_(std::move(program)), lines_(program_, directory_) {
    EXPECT_FALSE(bytecode::verify(program_));
    engine_ = std::make_unique<Engine>(program_, *zones_, directory_, EngineOptions{});
    barrier(k_start, std::nullopt);
  }

  void event(TimestampMs at, std::string_view customer, EventId event, int64_t value = 1, std::string_view id = {},
             std::optional<TimestampMs> happened = std::nullopt) {
    append({RecordTag::event, at, happened.value_or(at), std::string(customer), event_body(program_, event, {word(value)}, id)});
  }
  void set(TimestampMs at, std::string_view customer, AttributeId attribute, int64_t value) {
    const AttributeChange change{attribute, word(value)};
    std::string body;
    write_attributes_body(body, program_, {&change, 1}, {});
    append({RecordTag::attributes, at, at, std::string(customer), body});
  }
  void merge(TimestampMs at, std::string_view customer, std::string_view previous) {
    append({RecordTag::merge, at, at, std::string(customer), std::string(previous)});
  }
  void erase(TimestampMs at, std::string_view customer) { append({RecordTag::erasure, at, at, std::string(customer), {}}); }
  void tick(TimestampMs at) { append({RecordTag::tick, at, at, {}, {}}); }

  // Goes on with `next`, as a run does whose snapshot is at the log's end.
  void deploy(bytecode::Program next, TimestampMs at, uint64_t release_per_hour = 0) {
    EXPECT_FALSE(bytecode::verify(next));
    const std::map<uint32_t, std::string> pages = snapshot();
    former_ = std::exchange(program_, std::move(next));
    load(pages);
    engine_->extend_from(former_);
    std::vector<Entry> past;
    for (const OwnedEntry& entry : log_) past.push_back(entry.view());
    engine_->take_past(past, 0);
    barrier(at, ProgramChange{.history_from = 0, .release_per_hour = release_per_hour});
  }
  // As a run does that was cut off, or has come to its end.
  void go_on_from_a_snapshot() { load(snapshot()); }

  Lines take_lines() { return std::exchange(lines_.lines, {}); }
  Lines entries() {
    Lines lines = take_lines();
    std::erase_if(lines, [](const std::string& line) { return line.find(" entered ") == std::string::npos; });
    return lines;
  }
  const Counters& counters() const { return engine_->counters(); }
  std::string digest() const { return to_hex(engine_->state_digest()); }

 private:
  std::map<uint32_t, std::string> snapshot() {
    std::map<uint32_t, std::string> pages = pages_;
    engine_->write_dirty_pages([&](uint32_t page, std::string_view bytes) { pages[page] = bytes; });
    pages_ = pages;
    return pages;
  }
  void load(const std::map<uint32_t, std::string>& pages) {
    engine_ = std::make_unique<Engine>(program_, *zones_, directory_, EngineOptions{});
    for (const auto& [page, bytes] : pages) {
      const auto loaded = engine_->load_page(page, bytes);
      ASSERT_TRUE(loaded) << loaded.error();
    }
    const auto loaded = engine_->finish_loading();
    ASSERT_TRUE(loaded) << loaded.error();
  }
  void barrier(TimestampMs at, std::optional<ProgramChange> change) {
    std::string body;
    write_barrier_body(body, {.change = change});
    append({RecordTag::barrier, at, at, {}, body});
  }
  void append(OwnedEntry entry) {
    log_.push_back(std::move(entry));
    const Entry view = log_.back().view();
    engine_->react({&view, 1}, log_.size() - 1, lines_);
  }

  bytecode::Program program_;
  bytecode::Program former_;
  std::shared_ptr<const ZoneTable> zones_ = ZoneTable::system();
  MemoryDirectory directory_;
  CommandLines lines_;
  std::unique_ptr<Engine> engine_;
  std::deque<OwnedEntry> log_;
  std::map<uint32_t, std::string> pages_;
};

// Before: a journey that listens to Buy. What is added asks about Slow, which nobody listened to, or about Buy.
class BackfillTest : public ::testing::Test {
 protected:
  BackfillTest() { Simple(shop, shop.buy, {.name = "before"}).finish(); }

  // On Stop: send Hello(<what the query counts>).
  void tell(HistoryId query, EventId on) {
    JourneyBuilder j(b, "tell", DurationMs{h});
    const Register count = j.reg(b.integer());
    const Register sent = j.reg(b.optional_delivery());
    const SiteId site = j.site(shop.hello, {shop.mail}, "tell");
    j.enter(on).start = j.entry_here(on);
    j.op(Opcode::load_history, n(count), n(query)).send(sent, site, n(count)).end();
    j.finish();
  }
  static uint16_t n(auto id) { return static_cast<uint16_t>(id); }
  // count of the query >= at_least
  SegmentId segment(const std::string& name, HistoryId query, int64_t at_least, bool existing = false) {
    bytecode::Function condition{.name = name, .registers = {b.integer(), b.integer(), b.boolean()}};
    condition.code = {{Opcode::load_history, 0, 0, n(query), 0},
                      {Opcode::load_constant, 0, 1, b.constant(b.integer(), at_least), 0},
                      {Opcode::less_equal_word, 0, 2, 1, 0},
                      {Opcode::return_value, 0, 2, 0, 0}};
    b.program.segments.push_back({.name = name, .condition = b.function(condition), .tracked = true, .existing = existing});
    return static_cast<SegmentId>(b.program.segments.size() - 1);
  }
  void enter(bytecode::JourneyEntry entry, const std::string& name) {
    JourneyBuilder j(b, name, DurationMs{h});
    entry.start = j.entry_here();
    j.journey.entries.push_back(entry);
    j.end();
    j.finish();
  }
  static std::string entered(const std::string& who, const std::string& journey, TimestampMs at) {
    return who + " entered " + journey + " @" + std::to_string(at);
  }
  static std::string told(const std::string& who, int64_t count, TimestampMs at) {
    return who + " suppressed Hello " + std::to_string(count) + " because unreachable @" + std::to_string(at);
  }
  // What `tell` says of each.
  Lines tell(Deployed& run, std::initializer_list<std::string_view> customers, TimestampMs at) {
    run.take_lines();
    for (const std::string_view customer : customers) run.event(at, customer, shop.stop);
    Lines lines = run.take_lines();
    std::erase_if(lines, [](const std::string& line) { return line.find("Hello") == std::string::npos; });
    return lines;
  }

  Shop shop;
  ProgramBuilder& b = shop.b;
  const TimestampMs k_deploy = k_start + 20 * k_day;
};

TEST_F(BackfillTest, counts_what_happened_within_the_window) {
  Deployed run(b.program);
  run.event(k_start, "ada", shop.slow);
  run.event(k_deploy - 10 * k_day, "ada", shop.slow);  // at its edge: in it while t_event + P > now
  run.event(k_deploy - 10 * k_day + 1, "ada", shop.slow);
  run.event(k_deploy - k_day, "ada", shop.slow, 1, {}, k_deploy - 11 * k_day);  // heard since, but happened before
  run.event(k_deploy - 1, "ada", shop.slow);
  run.event(k_deploy - 1, "ben", shop.slow);
  tell(b.history(shop.slow, Period{0, 10}), shop.stop);
  run.deploy(b.program, k_deploy);
  EXPECT_EQ(tell(run, {"ada", "ben", "cem"}, k_deploy),
            (Lines{told("ada", 2, k_deploy), told("ben", 1, k_deploy), told("cem", 0, k_deploy)}));
  run.event(k_deploy + 1, "ada", shop.slow);
  EXPECT_EQ(tell(run, {"ada"}, k_deploy + 2), (Lines{told("ada", 2, k_deploy + 2)}));
}

TEST_F(BackfillTest, keeps_the_newest_up_to_the_limit) {
  Deployed run(b.program);
  for (int i = 0; i < 9; ++i) run.event(k_deploy - (9 - i) * h, "ada", shop.slow);
  tell(b.history(shop.slow, DurationMs{10 * h}, 4), shop.stop);
  run.deploy(b.program, k_deploy);
  EXPECT_EQ(tell(run, {"ada"}, k_deploy), (Lines{told("ada", 4, k_deploy)}));
  EXPECT_EQ(tell(run, {"ada"}, k_deploy + 7 * h + 1), (Lines{told("ada", 2, k_deploy + 7 * h + 1)})) << "the newest are kept";
}

TEST_F(BackfillTest, asks_the_filter_of_the_query) {
  Deployed run(b.program);
  for (const int64_t value : {1, 6, 7, 2}) run.event(k_deploy - h, "ada", shop.slow, value);
  bytecode::Function filter{.name = "filter", .registers = {b.integer(), b.integer(), b.boolean()}};
  filter.code = {{Opcode::load_field, 0, 0, 0, 0},
                 {Opcode::load_constant, 0, 1, b.constant(b.integer(), 5), 0},
                 {Opcode::less_word, 0, 2, 1, 0},
                 {Opcode::return_value, 0, 2, 0, 0}};
  const HistoryId large = b.history(shop.slow, Period{0, 10});
  b.program.history.back().filter = b.function(filter);
  tell(large, shop.stop);
  run.deploy(b.program, k_deploy);
  EXPECT_EQ(tell(run, {"ada"}, k_deploy), (Lines{told("ada", 2, k_deploy)}));
}

TEST_F(BackfillTest, counts_an_id_once_whether_it_comes_again_before_or_behind_the_barrier) {
  Deployed run(b.program);
  run.event(k_deploy - 3 * h, "ada", shop.slow, 1, "one");
  run.event(k_deploy - 2 * h, "ada", shop.slow, 1, "one");
  run.event(k_deploy - 2 * h, "ben", shop.slow, 1, "one");
  run.event(k_deploy - h, "ada", shop.slow, 1, "two");
  EXPECT_EQ(run.counters().duplicates, 0u) << "nobody listens to it";
  tell(b.history(shop.slow, Period{0, 10}), shop.stop);
  run.deploy(b.program, k_deploy);
  EXPECT_EQ(tell(run, {"ada", "ben"}, k_deploy), (Lines{told("ada", 2, k_deploy), told("ben", 1, k_deploy)}));
  run.event(k_deploy + 1, "ada", shop.slow, 1, "one");
  run.go_on_from_a_snapshot();
  run.event(k_deploy + 2, "ada", shop.slow, 1, "two");
  run.event(k_deploy + 2, "ben", shop.slow, 1, "two");
  EXPECT_EQ(run.counters().duplicates, 2u);
  EXPECT_EQ(tell(run, {"ada", "ben"}, k_deploy + 3), (Lines{told("ada", 2, k_deploy + 3), told("ben", 2, k_deploy + 3)}));
  // Ids are remembered for a day: then it is another event.
  run.event(k_deploy + 2 * k_day, "ada", shop.slow, 1, "one");
  EXPECT_EQ(run.counters().duplicates, 2u);
}

// An id that came again outside of its window was counted twice, and is.
TEST_F(BackfillTest, forgets_ids_as_it_would_have) {
  Deployed run(b.program);
  run.event(k_deploy - 8 * k_day, "ada", shop.slow, 1, "one");
  run.event(k_deploy - 4 * k_day, "ada", shop.slow, 1, "one");
  tell(b.history(shop.slow, Period{0, 10}), shop.stop);
  run.deploy(b.program, k_deploy);
  EXPECT_EQ(tell(run, {"ada"}, k_deploy), (Lines{told("ada", 2, k_deploy)}));
  run.event(k_deploy + 1, "ada", shop.slow, 1, "one");
  EXPECT_EQ(run.counters().duplicates, 0u);
}

TEST_F(BackfillTest, counts_what_the_program_before_listened_to_as_that_one_heard_it) {
  Deployed run(b.program);
  run.event(k_deploy - 2 * h, "ada", shop.buy, 1, "one");
  run.event(k_deploy - h, "ada", shop.buy, 1, "one");
  EXPECT_EQ(run.counters().duplicates, 1u);
  tell(b.history(shop.buy, Period{0, 10}), shop.stop);
  run.deploy(b.program, k_deploy);
  EXPECT_EQ(tell(run, {"ada"}, k_deploy), (Lines{told("ada", 1, k_deploy)}));
  run.event(k_deploy + 1, "ada", shop.buy, 1, "one");
  EXPECT_EQ(run.counters().duplicates, 2u);
}

// Another window of remembering is another group of ids: those of the others stay where they were.
TEST_F(BackfillTest, keeps_ids_apart_by_how_long_they_are_remembered) {
  const EventId patient = b.event("Patient", {{"n", b.integer()}}, Period{0, 3});
  const EventId calm = b.event("Calm", {{"n", b.integer()}}, Period{0, 2});
  Simple(shop, patient, {.name = "patient"}).finish();
  Deployed run(b.program);
  run.event(k_deploy - 5 * h, "ada", shop.buy, 1, "one");
  run.event(k_deploy - 4 * h, "ada", patient, 1, "two");
  run.event(k_deploy - 3 * h, "ada", calm, 1, "three");
  run.go_on_from_a_snapshot();
  tell(b.history(calm, Period{0, 10}), shop.stop);
  run.deploy(b.program, k_deploy);
  run.go_on_from_a_snapshot();
  run.event(k_deploy + 1, "ada", shop.buy, 1, "one");
  run.event(k_deploy + 1, "ada", patient, 1, "two");
  run.event(k_deploy + 1, "ada", calm, 1, "three");
  EXPECT_EQ(run.counters().duplicates, 3u);
  run.event(k_deploy + 40 * h, "ada", shop.buy, 1, "one");
  run.event(k_deploy + 40 * h, "ada", patient, 1, "two");
  run.event(k_deploy + 40 * h, "ada", calm, 1, "three");
  EXPECT_EQ(run.counters().duplicates, 5u);
}

TEST_F(BackfillTest, gives_what_merged_ids_did_to_whom_they_are) {
  Deployed run(b.program);
  run.event(k_deploy - 5 * h, "anonymous", shop.slow);
  run.event(k_deploy - 4 * h, "ada", shop.slow);
  run.merge(k_deploy - 3 * h, "ada", "anonymous");
  run.event(k_deploy - 2 * h, "anonymous", shop.slow);
  tell(b.history(shop.slow, Period{0, 10}), shop.stop);
  run.deploy(b.program, k_deploy);
  EXPECT_EQ(tell(run, {"ada", "anonymous"}, k_deploy), (Lines{told("ada", 3, k_deploy), told("ada", 3, k_deploy)}));
}

TEST_F(BackfillTest, knows_nothing_of_who_is_erased) {
  Deployed run(b.program);
  run.event(k_deploy - 5 * h, "ada", shop.slow);
  run.event(k_deploy - 5 * h, "ben", shop.slow);
  run.erase(k_deploy - 4 * h, "ada");
  run.event(k_deploy - 3 * h, "ada", shop.slow);
  enter({.joins = segment("sometimes", b.history(shop.slow, Period{0, 10}), 1, true)}, "sometimes");
  run.deploy(b.program, k_deploy);
  EXPECT_EQ(run.entries(), Lines{entered("ben", "sometimes", k_deploy)});
}

// Slow is looked back to over two days; Buy, which was looked back to over one, over two.
TEST_F(BackfillTest, lets_look_back_reach_behind_the_barrier) {
  const auto look = [&](const std::string& name, EventId event, DurationMs ago) {
    Simple simple(shop, event, {.name = name});
    simple.j.at(simple.await).arms[0].look_back = bytecode::LookBack::since_ago;
    simple.j.at(simple.await).arms[0].ago = ago;
    simple.finish();
  };
  look("briefly", shop.buy, k_day);
  Deployed run(b.program);
  run.event(k_deploy - 49 * h, "cem", shop.slow, 3);
  run.event(k_deploy - 47 * h, "ada", shop.buy, 1);
  run.event(k_deploy - 30 * h, "ben", shop.slow, 2);
  run.event(k_deploy - 10 * h, "dan", shop.buy, 4);
  look("longer", shop.buy, 2 * k_day);
  look("newly", shop.slow, 2 * k_day);
  run.deploy(b.program, k_deploy);
  run.take_lines();
  const auto heard = [&](const char* who) {
    run.event(k_deploy, who, shop.begin);
    Lines lines = run.take_lines();
    std::erase_if(lines, [](const std::string& line) { return line.find("Bye") == std::string::npos; });
    return lines;
  };
  const auto bye = [&](const std::string& who, int value) {
    return who + " suppressed Bye " + std::to_string(value) + " because unreachable @" + std::to_string(k_deploy);
  };
  EXPECT_EQ(heard("ada"), Lines{bye("ada", 1)}) << "only by the longer one";
  EXPECT_EQ(heard("ben"), Lines{bye("ben", 2)});
  EXPECT_EQ(heard("cem"), Lines{});
  EXPECT_EQ(heard("dan"), (Lines{bye("dan", 4), bye("dan", 4)})) << "both, and the event is kept once";
}

TEST_F(BackfillTest, makes_members_silently) {
  Deployed run(b.program);
  for (int i = 0; i < 2; ++i) run.event(k_deploy - h, "ada", shop.slow);
  run.event(k_deploy - h, "ben", shop.slow);
  enter({.joins = segment("often", b.history(shop.slow, Period{0, 10}, 2), 2)}, "often");
  run.deploy(b.program, k_deploy);
  EXPECT_EQ(run.entries(), Lines{});
  run.event(k_deploy + 1, "ada", shop.slow);
  run.event(k_deploy + 1, "ben", shop.slow);
  EXPECT_EQ(run.entries(), Lines{entered("ben", "often", k_deploy + 1)});
}

TEST_F(BackfillTest, lets_members_in_one_after_the_other_and_sooner_who_is_heard_of) {
  Deployed run(b.program);
  for (const char* who : {"ada", "ben", "cem", "dan", "eve"}) run.event(k_deploy - h, who, shop.slow, 1);
  run.event(k_deploy - h, "nobody", shop.stop);
  enter({.joins = segment("some", b.history(shop.slow, DurationMs{26 * h}), 1, true)}, "some");
  run.deploy(b.program, k_deploy, 60);
  EXPECT_EQ(run.counters().existing_members, 5u);
  EXPECT_EQ(run.entries(), Lines{entered("ada", "some", k_deploy)});
  run.event(k_deploy + 1000, "eve", shop.slow, 1);
  EXPECT_EQ(run.entries(), Lines{entered("eve", "some", k_deploy + 1000)}) << "who is heard of need not wait";
  run.go_on_from_a_snapshot();
  run.tick(k_deploy + 3 * k_minute_ms);
  // Slow has ten minutes of grace, and so has what time says of it.
  EXPECT_EQ(run.entries(), Lines{});
  run.tick(k_deploy + 13 * k_minute_ms + 1);
  EXPECT_EQ(run.entries(), (Lines{entered("ben", "some", k_deploy + k_minute_ms), entered("cem", "some", k_deploy + 2 * k_minute_ms),
                                  entered("dan", "some", k_deploy + 3 * k_minute_ms)}));
}

TEST_F(BackfillTest, lets_nobody_in_who_has_left_when_the_turn_comes) {
  Deployed run(b.program);
  for (const char* who : {"ada", "ben", "cem"}) run.event(k_deploy - h, who, shop.slow, 1);
  enter({.joins = segment("some", b.history(shop.slow, DurationMs{2 * h + 1}), 1, true)}, "some");
  run.deploy(b.program, k_deploy, 1);
  run.tick(k_deploy + 10 * h);
  EXPECT_EQ(run.entries(), (Lines{entered("ada", "some", k_deploy), entered("ben", "some", k_deploy + h)}));
}

// Schedules are numbered behind the segments: those of customers who were there before stay theirs when segments are added.
TEST_F(BackfillTest, leaves_schedules_what_they_were) {
  b.program.schedules.push_back({.kind = bytecode::ScheduleKind::weekdays, .weekdays = 0x7f, .at = 12 * 3600});
  enter({.schedule = bytecode::ScheduleId{0}}, "daily");
  Deployed run(b.program);
  run.event(k_start, "ada", shop.slow);
  run.tick(k_deploy);
  EXPECT_EQ(run.entries().size(), 20u);
  enter({.joins = segment("some", b.history(shop.slow, Period{0, 300}), 2)}, "some");
  enter({.joins = segment("more", b.history(shop.slow, Period{0, 200}), 2)}, "more");
  b.program.schedules.push_back({.kind = bytecode::ScheduleKind::weekdays, .weekdays = 0x7f, .at = 13 * 3600});
  enter({.schedule = bytecode::ScheduleId{1}}, "hour_later");
  run.deploy(b.program, k_deploy);
  run.tick(k_deploy + k_day);
  const TimestampMs noon = 1'301'745'600'000;  // 2011-04-02T12:00:00Z
  EXPECT_EQ(run.entries(), (Lines{entered("ada", "daily", noon), entered("ada", "hour_later", noon + h)}));
  run.go_on_from_a_snapshot();
  run.event(k_deploy + k_day, "ada", shop.slow);
  EXPECT_EQ(run.entries(), (Lines{entered("ada", "some", k_deploy + k_day), entered("ada", "more", k_deploy + k_day)}));
  run.tick(k_deploy + 2 * k_day);
  EXPECT_EQ(run.entries(), (Lines{entered("ada", "daily", noon + k_day), entered("ada", "hour_later", noon + k_day + h)}));
}

// The state does not show in how many pieces it was made.
TEST_F(BackfillTest, gives_one_state_wherever_a_snapshot_was_made) {
  enter({.joins = segment("first", b.history(shop.buy, Period{0, 30}), 2)}, "first");
  const bytecode::Program before = b.program;
  enter({.joins = segment("second", b.history(shop.slow, Period{0, 30}), 2, true)}, "second");
  tell(b.history(shop.begin, Period{0, 8}), shop.stop);
  std::vector<std::string> digests;
  for (const int when : {0, 1, 2, 3}) {
    Deployed run(before);
    for (int i = 0; i < 60; ++i) {
      const std::string who = "user-" + std::to_string(i * 7 % 11);
      run.event(k_deploy - (100 - i) * h, who,
                i % 3 == 0   ? shop.buy
                : i % 3 == 1 ? shop.slow
                             : shop.begin,
                i, "id-" + std::to_string(i % 17));
      if (when == 1 && i % 20 == 0) run.go_on_from_a_snapshot();
    }
    run.deploy(b.program, k_deploy, 30);
    if (when == 2) run.go_on_from_a_snapshot();
    run.tick(k_deploy + 5 * k_minute_ms);
    if (when == 3) run.go_on_from_a_snapshot();
    run.tick(k_deploy + k_day);
    digests.push_back(run.digest());
  }
  EXPECT_EQ(digests, std::vector<std::string>(4, digests.front()));
}

}  // namespace
}  // namespace wend::engine::testing
