// Segments and schedules in the engine: joining by an input and by time, grace, the first barrier, the clock held; and that membership
// kept incrementally is membership computed from scratch.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "runtime/engine/calendar_span.h"
#include "tests/engine/shop.h"

namespace wend::engine::testing {
namespace {

using bytecode::Instruction;
using bytecode::ScheduleId;
using bytecode::ScheduleKind;
using bytecode::SegmentId;

constexpr uint16_t n(auto id) {
  return static_cast<uint16_t>(id);
}

// Segments over the shop's events, each with a journey that its members enter and leave at once.
struct Segments {
  Shop shop;
  ProgramBuilder& b = shop.b;

  // count of the query >= at_least, or when `negated` less than that
  SegmentId counting(const std::string& name, HistoryId query, int64_t at_least, bool negated = false) {
    bytecode::Function condition{.name = name, .registers = {b.integer(), b.integer(), b.boolean()}};
    condition.code = {{Opcode::load_history, 0, 0, n(query), 0},
                      {Opcode::load_constant, 0, 1, b.constant(b.integer(), at_least), 0},
                      {Opcode::less_equal_word, 0, 2, 1, 0},
                      {Opcode::return_value, 0, 2, 0, 0}};
    if (negated) condition.code.insert(condition.code.end() - 1, Instruction{Opcode::not_boolean, 0, 2, 2, 0});
    return add(name, condition);
  }
  // `some` at least once and `none` not at all
  SegmentId lapsed(const std::string& name, HistoryId some, HistoryId none) {
    bytecode::Function condition{.name = name, .registers = {b.integer(), b.integer(), b.boolean()}};
    condition.code = {{Opcode::load_constant, 0, 1, b.constant(b.integer(), 0), 0},
                      {Opcode::load_history, 0, 0, n(some), 0},
                      {Opcode::less_word, 0, 2, 1, 0},
                      {Opcode::jump_unless, 0, 2, 6, 0},
                      {Opcode::load_history, 0, 0, n(none), 0},
                      {Opcode::equal_word, 0, 2, 0, 1},
                      {Opcode::return_value, 0, 2, 0, 0}};
    return add(name, condition);
  }
  SegmentId has_level() {
    bytecode::Function condition{.name = "level", .registers = {b.type(ValueKind::integer, true), b.boolean()}};
    condition.code = {
        {Opcode::load_attribute, 0, 0, n(shop.level), 0}, {Opcode::is_present, 0, 1, 0, 0}, {Opcode::return_value, 0, 1, 0, 0}};
    return add("level", condition);
  }
  SegmentId add(const std::string& name, const bytecode::Function& condition) {
    b.program.segments.push_back({.name = name, .condition = b.function(condition), .tracked = true});
    return static_cast<SegmentId>(b.program.segments.size() - 1);
  }
  void enter(bytecode::JourneyEntry entry, const std::string& name, int32_t priority = 0) {
    JourneyBuilder j(b, name, DurationMs{h});
    j.journey.priority = priority;
    entry.start = j.entry_here();
    j.journey.entries.push_back(entry);
    j.end();
    j.finish();
  }
  void enter_on_join(SegmentId segment, int32_t priority = 0) {
    enter({.joins = segment}, b.program.segments[static_cast<size_t>(segment)].name, priority);
  }
  void enter_daily(SegmentId segment, TimeOfDaySeconds at) {
    b.program.schedules.push_back({.kind = ScheduleKind::weekdays, .weekdays = 0x7f, .at = at, .segment = segment});
    enter({.schedule = static_cast<ScheduleId>(b.program.schedules.size() - 1)}, "daily");
  }
};

void deploy(EngineRun& run, TimestampMs at = k_start) {
  std::string body;
  write_barrier_body(body, {});
  run.append({RecordTag::barrier, at, at, {}, body});
}

std::string entered(const std::string& who, const std::string& journey, TimestampMs at) {
  return who + " entered " + journey + " @" + std::to_string(at);
}
// Lines of entering only: the journeys here end at once.
Lines entries_of(EngineRun& run) {
  Lines lines = run.take_lines();
  std::erase_if(lines, [](const std::string& line) { return line.find(" entered ") == std::string::npos; });
  return lines;
}

TEST(Segments, are_joined_by_an_event_and_again_only_after_leaving) {
  Segments s;
  s.enter_on_join(s.counting("buyers", s.b.history(s.shop.buy, DurationMs{10 * h}, 2), 2));
  EngineRun run(s.b.program);
  deploy(run);
  run.event(k_start, "ada", s.shop.buy, {word(1)});
  EXPECT_EQ(entries_of(run), Lines{});
  run.event(k_start + h, "ada", s.shop.buy, {word(1)});
  run.event(k_start + 2 * h, "ada", s.shop.buy, {word(1)});
  EXPECT_EQ(entries_of(run), Lines{entered("ada", "buyers", k_start + h)});
  // The second newest is out at 11 h; another one brings them back while that of 2 h is in.
  run.tick(k_start + 11 * h + 1);
  EXPECT_EQ(entries_of(run), Lines{});
  run.event(k_start + 11 * h + h / 2, "ada", s.shop.buy, {word(1)});
  EXPECT_EQ(entries_of(run), Lines{entered("ada", "buyers", k_start + 11 * h + h / 2)});
}

TEST(Segments, are_joined_when_time_alone_says_so) {
  Segments s;
  s.enter_on_join(s.lapsed("lapsed", s.b.history(s.shop.buy, Period{0, 300}, 1), s.b.history(s.shop.buy, Period{0, 90}, 1)));
  EngineRun run(s.b.program);
  deploy(run);
  run.event(k_start, "ada", s.shop.buy, {word(1)});
  run.tick(k_start + 90 * k_day_ms);
  EXPECT_EQ(entries_of(run), Lines{}) << "what is due at a tick's own moment comes after it";
  run.tick(k_start + 90 * k_day_ms + 1);
  EXPECT_EQ(entries_of(run), Lines{entered("ada", "lapsed", k_start + 90 * k_day_ms)});
  run.tick(k_start + 1000 * k_day_ms);
  EXPECT_EQ(entries_of(run), Lines{});
  EXPECT_FALSE(run.engine().next_timer().has_value()) << "nothing is left that time could change";
}

TEST(Segments, wait_for_what_happened_in_time) {
  Segments s;
  s.enter_on_join(s.lapsed("lapsed", s.b.history(s.shop.slow, Period{0, 300}, 1), s.b.history(s.shop.slow, DurationMs{90 * h}, 1)));
  const TimestampMs due = k_start + 90 * h;
  const auto bought_at = [&](EngineRun& run, TimestampMs happened, TimestampMs heard) {
    deploy(run);
    run.event(k_start, "ada", s.shop.slow, {word(1)});
    run.event(heard, "ada", s.shop.slow, {word(1)}, happened);
    run.tick(due + h);
  };
  EngineRun in_time(s.b.program);
  bought_at(in_time, due, due + 9 * k_minute_ms);
  EXPECT_EQ(entries_of(in_time), Lines{});
  EngineRun after(s.b.program);
  bought_at(after, due + 1, due + 9 * k_minute_ms);
  EXPECT_EQ(entries_of(after), Lines{entered("ada", "lapsed", due)});
  EngineRun too_late(s.b.program);
  bought_at(too_late, due - 1, due + 11 * k_minute_ms);
  EXPECT_EQ(entries_of(too_late), Lines{entered("ada", "lapsed", due)});
}

TEST(Segments, another_input_within_grace_does_not_bring_the_verdict_forward) {
  Segments s;
  bytecode::Function condition{.name = "both",
                               .registers = {s.b.type(ValueKind::integer, true), s.b.boolean(), s.b.integer(), s.b.integer()}};
  const HistoryId bought = s.b.history(s.shop.slow, DurationMs{90 * h}, 1);
  condition.code = {{Opcode::load_attribute, 0, 0, n(s.shop.level), 0},
                    {Opcode::is_present, 0, 1, 0, 0},
                    {Opcode::jump_unless, 0, 1, 6, 0},
                    {Opcode::load_history, 0, 2, n(bought), 0},
                    {Opcode::load_constant, 0, 3, s.b.constant(s.b.integer(), 0), 0},
                    {Opcode::equal_word, 0, 1, 2, 3},
                    {Opcode::return_value, 0, 1, 0, 0}};
  s.enter_on_join(s.add("both", condition));
  EngineRun run(s.b.program);
  deploy(run);
  const TimestampMs due = k_start + 90 * h;
  run.event(k_start, "ada", s.shop.slow, {word(1)});
  run.set(k_start + h, "ada", s.shop.level, word(1));
  run.set(due + k_minute_ms, "ada", s.shop.level, word(2));
  run.event(due + 5 * k_minute_ms, "ada", s.shop.slow, {word(1)}, due - 1);
  run.tick(due + h);
  EXPECT_EQ(entries_of(run), Lines{});
}

TEST(Segments, what_a_held_moment_still_counts_is_not_forgotten) {
  Segments s;
  s.enter_on_join(s.counting("few", s.b.history(s.shop.slow, DurationMs{10 * h}, 3), 3, true));
  EngineRun run(s.b.program);
  deploy(run);
  for (const TimestampMs at : {k_start, k_start + k_minute_ms, k_start + 2 * h}) run.event(at, "ada", s.shop.slow, {word(1)});
  entries_of(run);
  // Both old ones are out by now, but what happened a minute before the first went out makes three of the rest until the second goes.
  const TimestampMs due = k_start + 10 * h;
  run.event(due + 5 * k_minute_ms, "ada", s.shop.slow, {word(1)}, due - k_minute_ms);
  EXPECT_EQ(entries_of(run), Lines{});
  run.tick(due + h);
  EXPECT_EQ(entries_of(run), Lines{entered("ada", "few", due + k_minute_ms)});
}

TEST(Segments, late_events_count_but_make_nobody_join) {
  Segments s;
  s.enter_on_join(s.counting("buyers", s.b.history(s.shop.buy, Period{0, 10}, 1), 1));
  EngineRun run(s.b.program);
  deploy(run);
  run.event(k_start + 5 * k_day_ms, "ada", s.shop.buy, {word(1)}, k_start + 3 * k_day_ms);
  EXPECT_EQ(entries_of(run), Lines{});
  EXPECT_TRUE(run.engine().segment(CustomerNumber{0}, SegmentId{0}));
}

TEST(Segments, members_at_the_first_barrier_have_not_joined) {
  Segments s;
  const SegmentId plain = s.has_level();
  s.b.program.segments.push_back(s.b.program.segments.back());
  s.b.program.segments.back().existing = true;
  s.enter({.joins = plain}, "later");
  s.enter({.joins = SegmentId{1}}, "existing");
  EngineRun run(s.b.program);
  run.set(k_start, "ada", s.shop.level, word(1));
  run.set(k_start, "bob", s.shop.level, word(1));
  EXPECT_EQ(entries_of(run), Lines{}) << "nothing is deployed yet";
  deploy(run, k_start + h);
  EXPECT_EQ(entries_of(run), (Lines{entered("ada", "existing", k_start + h), entered("bob", "existing", k_start + h)}));
  const std::vector<InstanceId> ids = run.commands().entered;
  EXPECT_NE(ids[0], ids[1]) << "two customers, one entry of the log";
  run.set(k_start + 2 * h, "cid", s.shop.level, word(1));
  EXPECT_EQ(entries_of(run), (Lines{entered("cid", "later", k_start + 2 * h), entered("cid", "existing", k_start + 2 * h)}));
}

TEST(Segments, who_appears_may_join_at_once_by_what_was_not_done) {
  Segments s;
  s.enter_on_join(s.counting("quiet", s.b.history(s.shop.buy, DurationMs{10 * h}, 1), 1, true));
  EngineRun run(s.b.program);
  deploy(run);
  run.event(k_start, "ada", s.shop.stop, {word(1)});
  run.event(k_start + 1, "bob", s.shop.buy, {word(1)});
  EXPECT_EQ(entries_of(run), Lines{entered("ada", "quiet", k_start)});
  run.tick(k_start + 11 * h);
  EXPECT_EQ(entries_of(run), Lines{entered("bob", "quiet", k_start + 1 + 10 * h)});
}

TEST(Segments, journeys_enter_in_the_order_of_their_priority) {
  Segments s;
  const SegmentId level = s.has_level();
  s.enter({.joins = level}, "low", 1);
  s.enter({.joins = level}, "high", 9);
  EngineRun run(s.b.program);
  deploy(run);
  run.set(k_start, "ada", s.shop.level, word(1));
  EXPECT_EQ(entries_of(run), (Lines{entered("ada", "high", k_start), entered("ada", "low", k_start)}));
}

TEST(Segments, a_held_clock_holds_them_too) {
  Segments s;
  s.enter_on_join(s.lapsed("lapsed", s.b.history(s.shop.buy, Period{0, 300}, 1), s.b.history(s.shop.buy, DurationMs{10 * h}, 1)));
  EngineRun run(s.b.program);
  deploy(run);
  run.event(k_start, "ada", s.shop.buy, {word(1)});
  run.event(k_start, "bob", s.shop.buy, {word(1)});
  run.plain(k_start + h, RecordTag::clock_hold);
  // The backlog is heard before timers speak.
  run.event(k_start + 12 * h, "ada", s.shop.buy, {word(1)}, k_start + 9 * h);
  EXPECT_EQ(entries_of(run), Lines{});
  run.plain(k_start + 12 * h, RecordTag::clock_release);
  EXPECT_EQ(entries_of(run), Lines{entered("bob", "lapsed", k_start + 12 * h)});
}

TEST(Schedules, come_round_for_members_with_ids_of_their_own) {
  Segments s;
  s.enter_daily(s.has_level(), 12 * 3600);
  EngineRun run(s.b.program);
  deploy(run);
  // k_start is 07:06:40 UTC.
  const TimestampMs noon = k_start - (7 * 3600 + 6 * 60 + 40) * k_second_ms + 12 * h;
  for (const char* who : {"ada", "bob", "cid"}) run.set(k_start, who, s.shop.level, word(1));
  run.set(k_start + h, "bob", s.shop.level, bytecode::Value::absent());
  run.tick(noon + 2 * k_day_ms);
  EXPECT_EQ(entries_of(run), (Lines{entered("ada", "daily", noon), entered("cid", "daily", noon), entered("ada", "daily", noon + k_day_ms),
                                    entered("cid", "daily", noon + k_day_ms)}));
  std::vector<InstanceId> ids = run.commands().entered;
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

TEST(Schedules, missed_while_the_clock_was_held_are_one_entry) {
  Segments s;
  s.enter_daily(s.has_level(), 12 * 3600);
  EngineRun run(s.b.program);
  deploy(run);
  run.set(k_start, "ada", s.shop.level, word(1));
  run.plain(k_start + h, RecordTag::clock_hold);
  run.plain(k_start + 5 * k_day_ms, RecordTag::clock_release);
  EXPECT_EQ(entries_of(run), Lines{entered("ada", "daily", k_start + 5 * k_day_ms)});
  run.tick(k_start + 5 * k_day_ms + 6 * h);
  EXPECT_EQ(entries_of(run).size(), 1u);
}

// ── incrementally and from scratch ───────────────────────────────────────────────────────────────────────────────────────────────

struct Window {
  Span span;
  uint32_t limit;
};
// Segment i asks: the newest `limit` events, how many are in the window; at least `at_least`, or less.
struct Rule {
  Window window;
  int64_t at_least;
  bool negated;
};
const std::vector<Rule> k_rules = {
    {{DurationMs{50 * h}, 2}, 2, false}, {{Period{0, 7}, 3}, 3, false}, {{Period{1, 0}, 2}, 2, true},
    {{Period{0, 2}, 1}, 1, true},        {{Period{1, 3}, 4}, 4, false}, {{DurationMs{h}, 1}, 1, true},
};

struct Happening {
  TimestampMs at = 0;
  std::optional<ZoneId> zone;  // else a purchase
};

// Every moment at which the answer could change, the whole history looked through at each: when somebody joined which segment.
Lines joins_from_scratch(const ZoneTable& zones, const std::vector<Happening>& happenings, const std::vector<ZoneId>& all_zones,
                         TimestampMs until) {
  std::vector<TimestampMs> moments;
  for (const Happening& happening : happenings) {
    moments.push_back(happening.at);
    if (happening.zone) continue;
    for (const Rule& rule : k_rules) {
      for (const ZoneId zone : all_zones) moments.push_back(add_span(zones, zone, happening.at, rule.window.span));
    }
  }
  std::sort(moments.begin(), moments.end());
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  Lines lines;
  std::vector<bool> member(k_rules.size());
  for (const TimestampMs now : moments) {
    if (now > until) break;
    ZoneId zone = ZoneId::utc;
    std::vector<TimestampMs> bought;
    for (const Happening& happening : happenings) {
      if (happening.at > now) break;
      if (happening.zone) zone = *happening.zone;
      if (!happening.zone) bought.push_back(happening.at);
    }
    for (size_t i = 0; i < k_rules.size(); ++i) {
      const Rule& rule = k_rules[i];
      int64_t count = 0;
      for (size_t back = 1; back <= std::min<size_t>(rule.window.limit, bought.size()); ++back) {
        if (add_span(zones, zone, bought[bought.size() - back], rule.window.span) > now) ++count;
      }
      const bool is = (count >= rule.at_least) != rule.negated;
      if (is && !member[i]) lines.push_back(entered("ada", "s" + std::to_string(i), now));
      member[i] = is;
    }
  }
  return lines;
}

TEST(Segments, kept_incrementally_are_what_they_are_from_scratch) {
  const auto zones = ZoneTable::system();
  std::vector<ZoneId> all_zones{ZoneId::utc};
  for (const char* name : {"Europe/Berlin", "America/New_York", "Asia/Kathmandu"}) all_zones.push_back(*zones->find(name));
  size_t joins = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    Segments s;
    const AttributeId zone = s.b.attribute("zone", s.b.type(ValueKind::time_zone, true));
    bytecode::Function zone_code{.name = "zone", .registers = {s.b.type(ValueKind::time_zone, true)}};
    zone_code.code = {{Opcode::load_attribute, 0, 0, n(zone), 0}, {Opcode::return_value, 0, 0, 0, 0}};
    s.b.program.zone = s.b.function(zone_code);
    for (size_t i = 0; i < k_rules.size(); ++i) {
      const HistoryId query = s.b.history(s.shop.buy, k_rules[i].window.span, k_rules[i].window.limit);
      s.enter_on_join(s.counting("s" + std::to_string(i), query, k_rules[i].at_least, k_rules[i].negated));
    }
    EngineRun run(s.b.program);
    deploy(run);
    std::vector<Happening> happenings;
    TimestampMs now = k_start;
    for (int i = 0; i < 120; ++i) {
      now += 1 + static_cast<TimestampMs>(random() % (random() % 4 == 0 ? 15 * k_day_ms : 30 * h));
      if (random() % 8 == 0) {
        const ZoneId to = all_zones[random() % all_zones.size()];
        happenings.push_back({now, to});
        run.set(now, "ada", zone, text(zones->name(to)));
      } else {
        happenings.push_back({now, std::nullopt});
        run.event(now, "ada", s.shop.buy, {word(1)});
      }
    }
    run.tick(now + 60 * k_day_ms);
    Lines expected = joins_from_scratch(*zones, happenings, all_zones, now + 60 * k_day_ms - 1);
    Lines found = entries_of(run);
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    ASSERT_EQ(found, expected);
    joins += found.size();
  }
  EXPECT_GT(joins, 3000u) << "the histories are too quiet to prove anything";
}

}  // namespace
}  // namespace wend::engine::testing
