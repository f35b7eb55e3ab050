// The same log and program give the same state and the same commands, whatever the batches, and whether or not the engine was
// stopped and loaded from a snapshot in between.

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/engine/forking.h"

namespace wend::engine::testing {
namespace {

using bytecode::AlreadyRunning;
using bytecode::GoalAnchor;
using bytecode::LookBack;
using bytecode::SignalKind;

constexpr uint16_t n(auto id) {
  return static_cast<uint16_t>(id);
}

// A shop whose journeys together use everything the engine does.
struct Everything {
  Shop shop;
  AttributeId zone;
  ExperimentId test;
  bytecode::Program program;

  Everything() {
    ProgramBuilder& b = shop.b;
    zone = b.attribute("zone", b.type(ValueKind::time_zone, true));
    test = b.experiment("test", {{"a", 500'000}, {"b", 500'000}});
    bytecode::Function zone_code{.name = "zone", .registers = {b.type(ValueKind::time_zone, true)}};
    zone_code.code = {{Opcode::load_attribute, 0, 0, n(zone), 0}, {Opcode::return_value, 0, 0, 0, 0}};
    add_simple();
    add_restarting();
    add_looking_back();
    add_live();
    add_answering();
    Forking(shop).finish();
    add_standing();
    add_handing();
    b.program.zone = b.function(zone_code);
    program = b.program;
  }

  void add_simple() {
    Simple simple(shop, shop.slow, {.up_to = 5 * h, .lifetime = Period{1, 2}, .grace = 10 * k_minute_ms, .priority = 3, .greets = true});
    simple.j.journey.entries[0].already = AlreadyRunning::alongside;
    simple.j.journey.exits.push_back({simple.j.label("stopped"), shop.stop, std::nullopt});
    simple.j.journey.goal_layout = simple.kept;
    simple.j.journey.goals.push_back({.name = "bought", .event = shop.buy, .window = Period{0, 2}, .anchor = GoalAnchor::first_send});
    simple.j.journey.goals.push_back({.name = "slow", .event = shop.slow, .window = DurationMs{3 * h}, .anchor = GoalAnchor::entry});
    simple.finish();
  }

  // one per n, restart, cooldown, split
  void add_restarting() {
    Simple simple(shop, shop.buy, {.name = "restarting", .up_to = 30 * h, .greets = true});
    const Register key = simple.j.reg(shop.b.integer());
    auto& entry = simple.j.journey.entries[0];
    entry.key = simple.j.entry_here(shop.begin);
    simple.j.field(key, 0).give(key);
    entry.already = AlreadyRunning::restart;
    entry.cooldown = Period{0, 1};
    entry.start = simple.j.entry_here(shop.begin);
    simple.j.field(simple.n, 0).op(Opcode::assign_arm, n(key), n(test)).suspend(simple.await);
    simple.finish();
  }

  // enter on Stop once ever · wait 2 hours · await { on Buy since entry, on Slow since 3 days ago } again and again
  void add_looking_back() {
    JourneyBuilder j(shop.b, "looking", DurationMs{5 * k_day_ms});
    const Register value = j.reg(shop.b.integer());
    const Register count = j.reg(shop.b.integer());
    const Register sent = j.reg(shop.b.optional_delivery());
    const HistoryId bought = shop.b.history(shop.buy, Period{0, 3}, 5);
    const HistoryId since = shop.b.history(shop.slow, std::nullopt, 7);
    const SiteId site = j.site(shop.bye, {shop.mail, shop.sms}, "await");
    // The rounds of the loop: what tells its sends apart.
    const Register round = j.reg(shop.b.integer());
    const Register one = j.reg(shop.b.integer());
    j.journey.sites[0].rounds = {round};
    const PointId wait = j.point(j.layout({}), "wait");
    const PointId await = j.point(j.layout({round}), "await");
    const auto next_round = [&] { j.constant(one, 1).op(Opcode::add_integer, n(round), n(round), n(one)).suspend(await); };
    j.at(wait).kind = bytecode::PointKind::wait;
    j.enter(shop.stop).start = j.entry_here(shop.stop);
    j.journey.entries[0].once_ever = true;
    j.suspend(wait);
    j.at(wait).fixed_ms = 2 * h;
    j.at(wait).timeout = j.entry_here();
    j.constant(round, 1).suspend(await);
    j.at(await).grace_ms = 10 * k_minute_ms;
    j.at(await).arms.push_back(
        {.signal = SignalKind::event, .event = shop.buy, .entry = j.entry_here(shop.buy), .look_back = LookBack::since_entry});
    j.op(Opcode::load_history, n(count), n(bought)).send(sent, site, n(count));
    next_round();
    j.at(await).arms.push_back({.signal = SignalKind::event,
                                .event = shop.slow,
                                .entry = j.entry_here(shop.slow),
                                .look_back = LookBack::since_ago,
                                .ago = Period{0, 3}});
    j.field(value, 0).op(Opcode::load_history, n(count), n(since)).send(sent, site, n(count));
    next_round();
    j.finish();
  }

  // enter on Buy · wait until customer.until, followed · send Offer
  void add_live() {
    JourneyBuilder j(shop.b, "live", Period{0, 20});
    const Register until = j.reg(shop.b.optional_instant());
    const Register value = j.reg(shop.b.integer());
    const Register sent = j.reg(shop.b.optional_delivery());
    const SiteId site = j.site(shop.offer, {shop.mail, shop.sms}, "offer");
    const PointId wait = j.point(j.layout({value}), "wait");
    j.journey.priority = 7;
    j.at(wait).kind = bytecode::PointKind::wait;
    j.enter(shop.buy).start = j.entry_here(shop.buy);
    j.field(value, 0).suspend(wait);
    j.at(wait).live = {shop.until};
    j.at(wait).deadline = j.entry_here();
    j.attribute(until, shop.until).give(until);
    j.at(wait).timeout = j.entry_here();
    j.send(sent, site, n(value)).end();
    j.at(wait).if_past = j.entry_here();
    j.end(j.label("past"));
    j.at(wait).if_absent = j.entry_here();
    j.end(j.label("absent"));
    j.finish();
  }

  // enter on Slow · set level = n · await { when level == 3 } · set level absent
  void add_answering() {
    JourneyBuilder j(shop.b, "answering", DurationMs{30 * h});
    const Register value = j.reg(shop.b.integer());
    const Register level = j.reg(shop.b.type(ValueKind::integer, true));
    const Register flag = j.reg(shop.b.boolean());
    const PointId await = j.point(j.layout({}), "level");
    j.enter(shop.slow).start = j.entry_here(shop.slow);
    j.field(value, 0).op(Opcode::set_attribute, n(value), n(shop.level)).suspend(await);
    j.at(await).arms.push_back({.signal = SignalKind::when, .entry = j.entry_here()});
    j.attribute(level, shop.level).constant(value, 3).op(Opcode::equal_word, n(flag), n(level), n(value)).require(flag);
    j.op(Opcode::load_absent, n(level)).op(Opcode::set_attribute, n(level), n(shop.level)).end(j.label("reached"));
    j.finish();
  }

  // enter on Begin · emit Slow · wait 1 hour · emit Buy · hand off to: set level · emit Stop · await { on Buy, on Slow since step }.
  // A third of the customers are held out.
  void add_handing() {
    shop.b.program.holdouts.push_back({"third", "third-1", 333'333, std::nullopt});
    JourneyBuilder from(shop.b, "handing", Period{0, 3});
    const Register value = from.reg(shop.b.integer());
    const PointId wait = from.point(from.layout({value}), "wait");
    const LabelId handed = from.label(bytecode::k_handed_off_label);
    from.journey.holdouts = {bytecode::HoldoutId{0}};
    from.at(wait).kind = bytecode::PointKind::wait;
    from.enter(shop.begin).start = from.entry_here(shop.begin);
    from.field(value, 0).op(Opcode::emit, n(shop.slow), n(value)).suspend(wait);
    from.at(wait).fixed_ms = h;
    from.at(wait).timeout = from.entry_here();
    const auto to_number = static_cast<uint16_t>(shop.b.program.journeys.size() + 1);
    from.op(Opcode::emit, n(shop.buy), n(value)).op(Opcode::hand_off, to_number, n(value), n(handed));
    from.finish();

    JourneyBuilder to(shop.b, "handed", Period{0, 2});
    const Register given = to.reg(shop.b.integer());
    const Register step = to.reg(shop.b.integer());
    const Register ordinal = to.reg(shop.b.integer());
    const Register sent = to.reg(shop.b.optional_delivery());
    const SiteId site = to.site(shop.hello, {shop.mail, shop.sms}, "await");
    to.journey.handoff_layout = to.layout({given});
    const PointId await = to.point(to.layout({given, step, ordinal}), "await");
    auto& entry = to.journey.entries.emplace_back();
    entry.handoff = true;
    entry.key = to.entry_here();
    to.give(given);
    entry.start = to.entry_here();
    to.op(Opcode::set_attribute, n(given), n(shop.level)).op(Opcode::emit, n(shop.stop), n(given));
    to.op(Opcode::load_position, n(step)).op(Opcode::load_position, n(ordinal), 1).suspend(await);
    to.at(await).fixed_ms = 20 * h;
    to.at(await).timeout = to.entry_here();
    to.end();
    for (const EventId event : {shop.buy, shop.slow}) {
      to.at(await).arms.push_back({.signal = SignalKind::event,
                                   .event = event,
                                   .entry = to.entry_here(event),
                                   .look_back = LookBack::since_step,
                                   .step_start = step,
                                   .step_ordinal = ordinal});
      to.send(sent, site, n(given)).end();
    }
    to.finish();
  }

  // Who bought slowly within a day, and has a level: enters by joining, leaves with the segment, and gets something every morning.
  void add_standing() {
    ProgramBuilder& b = shop.b;
    const HistoryId slowly = b.history(shop.slow, Period{0, 1}, 1);
    bytecode::Function condition{.name = "slow", .registers = {b.integer(), b.type(ValueKind::integer, true), b.boolean(), b.integer()}};
    condition.code = {{Opcode::load_attribute, 0, 1, n(shop.level), 0},
                      {Opcode::is_present, 0, 2, 1, 0},
                      {Opcode::jump_unless, 0, 2, 6, 0},
                      {Opcode::load_history, 0, 0, n(slowly), 0},
                      {Opcode::load_constant, 0, 3, b.constant(b.integer(), 1), 0},
                      {Opcode::equal_word, 0, 2, 0, 3},
                      {Opcode::return_value, 0, 2, 0, 0}};
    b.program.segments.push_back({.name = "slow", .condition = b.function(condition), .tracked = true});
    b.program.schedules.push_back(
        {.kind = bytecode::ScheduleKind::weekdays, .weekdays = 0x7f, .at = 8 * 3600, .segment = bytecode::SegmentId{0}});

    JourneyBuilder j(b, "standing", Period{0, 3});
    const Register one = j.reg(b.integer());
    const Register member = j.reg(b.boolean());
    const Register sent = j.reg(b.optional_delivery());
    const SiteId site = j.site(shop.hello, {shop.mail}, "member");
    const PointId wait = j.point(j.layout({}), "member");
    j.at(wait).kind = bytecode::PointKind::wait;
    j.journey.entries.push_back({.joins = bytecode::SegmentId{0}, .start = j.entry_here()});
    j.constant(one, 1).send(sent, site, n(one)).suspend(wait);
    j.journey.exits.push_back({j.label("left"), std::nullopt, j.entry_here()});
    j.op(Opcode::load_segment, n(member)).op(Opcode::not_boolean, n(member), n(member)).give(member);
    j.finish();

    JourneyBuilder daily(b, "daily", DurationMs{h});
    const Register two = daily.reg(b.integer());
    const Register delivery = daily.reg(b.optional_delivery());
    const SiteId daily_site = daily.site(shop.hello, {shop.mail}, "morning");
    daily.journey.entries.push_back({.schedule = bytecode::ScheduleId{0}, .start = daily.entry_here()});
    daily.constant(two, 2).send(delivery, daily_site, n(two)).end();
    daily.finish();
  }
};

OwnedEntry deployment() {
  OwnedEntry entry{RecordTag::barrier, k_start, k_start, {}, {}};
  write_barrier_body(entry.body, {});
  return entry;
}

std::vector<OwnedEntry> random_log(const Everything& everything, uint64_t seed, size_t count) {
  std::mt19937_64 random(seed);
  const Shop& shop = everything.shop;
  const std::vector<EventId> events = {shop.begin, shop.buy, shop.stop, shop.slow};
  const std::vector<std::string> zones = {"Europe/Berlin", "America/New_York", "Asia/Kolkata"};
  std::vector<OwnedEntry> log{deployment()};
  TimestampMs now = k_start;
  bool held = false;
  for (size_t i = 0; i < count; ++i) {
    if (random() % 3 != 0) now += static_cast<TimestampMs>(random() % (random() % 10 == 0 ? 20 * h : h / 2));
    OwnedEntry entry{RecordTag::event, now, now, "customer" + std::to_string(random() % 40), {}};
    const uint64_t what = random() % 100;
    if (what < 75) {
      const EventId event = events[random() % events.size()];
      if (random() % 4 == 0) entry.t_event = now - static_cast<TimestampMs>(random() % (random() % 5 == 0 ? 40 * h : h));
      const std::string id = random() % 3 == 0 ? "id" + std::to_string(random() % 60) : "";
      entry.body = event_body(everything.program, event, {word(static_cast<int64_t>(random() % 5))}, id);
    } else if (what < 94) {
      entry.tag = RecordTag::attributes;
      std::vector<AttributeChange> attributes;
      std::vector<ConsentChange> consents;
      switch (random() % 5) {
        case 0:
          attributes.push_back({shop.email, random() % 4 == 0 ? bytecode::Value::absent() : text("someone@example.com")});
          break;
        case 1:
          attributes.push_back({shop.level, word(static_cast<int64_t>(random() % 4))});
          break;
        case 2:
          attributes.push_back({shop.until, word(now + static_cast<TimestampMs>(random() % (60 * h)))});
          break;
        case 3:
          attributes.push_back({everything.zone, text(zones[random() % zones.size()])});
          break;
        default:
          consents.push_back({shop.news, random() % 2 == 0});
      }
      write_attributes_body(entry.body, everything.program, attributes, consents);
    } else {
      entry.tag = what < 98 ? RecordTag::tick : held ? RecordTag::clock_release : RecordTag::clock_hold;
      if (what >= 98) held = !held;
      entry.customer.clear();
    }
    log.push_back(std::move(entry));
  }
  return log;
}

struct Result {
  Lines lines;
  std::vector<std::string> keys;
  std::string digest;
  uint64_t reactions = 0;
};

Result run_in_batches(const Everything& everything, const std::vector<OwnedEntry>& log, size_t batch) {
  const auto zones = ZoneTable::system();
  MemoryDirectory directory;
  CommandLines commands(everything.program, directory);
  Engine engine(everything.program, *zones, directory, {});
  std::vector<Entry> views;
  for (const OwnedEntry& entry : log) views.push_back(entry.view());
  for (size_t at = 0; at < views.size(); at += batch) {
    engine.react(std::span(views).subspan(at, std::min(batch, views.size() - at)), at, commands);
  }
  return {commands.lines, commands.keys, to_hex(engine.state_digest()), engine.counters().reactions};
}

TEST(Determinism, batches_do_not_show) {
  const Everything everything;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    const std::vector<OwnedEntry> log = random_log(everything, seed, 4000);
    const Result whole = run_in_batches(everything, log, log.size());
    EXPECT_GT(whole.reactions, 1000u);
    EXPECT_GT(whole.keys.size(), 200u);
    for (const size_t batch : {1u, 7u, 1000u}) {
      const Result result = run_in_batches(everything, log, batch);
      EXPECT_EQ(result.digest, whole.digest);
      EXPECT_EQ(result.lines, whole.lines);
      EXPECT_EQ(result.keys, whole.keys);
    }
    const std::set<std::string> keys(whole.keys.begin(), whole.keys.end());
    EXPECT_EQ(keys.size(), whole.keys.size()) << "every send has a key of its own";
  }
}

// Stops at random places, writes what is dirty to the kept pages, and goes on with an engine loaded from them.
TEST(Determinism, snapshots_do_not_show) {
  const Everything everything;
  const auto zones = ZoneTable::system();
  for (uint64_t seed = 11; seed <= 14; ++seed) {
    const std::vector<OwnedEntry> log = random_log(everything, seed, 4000);
    const Result whole = run_in_batches(everything, log, log.size());
    std::vector<Entry> views;
    for (const OwnedEntry& entry : log) views.push_back(entry.view());

    std::mt19937_64 random(seed);
    MemoryDirectory directory;
    CommandLines commands(everything.program, directory);
    auto engine = std::make_unique<Engine>(everything.program, *zones, directory, EngineOptions{});
    std::map<uint32_t, std::string> pages;
    size_t at = 0;
    while (at < views.size()) {
      const size_t count = std::min<size_t>(random() % 700, views.size() - at);
      engine->react(std::span(views).subspan(at, count), at, commands);
      at += count;
      if (random() % 3 == 0) continue;
      engine->write_dirty_pages([&](uint32_t page, std::string_view bytes) { pages[page] = bytes; });
      if (random() % 2 == 0) continue;
      const std::string digest = to_hex(engine->state_digest());
      engine = std::make_unique<Engine>(everything.program, *zones, directory, EngineOptions{});
      for (const auto& [page, bytes] : pages) ASSERT_TRUE(engine->load_page(page, bytes).has_value());
      ASSERT_TRUE(engine->finish_loading().has_value());
      ASSERT_EQ(to_hex(engine->state_digest()), digest);
      ASSERT_EQ(engine->next_position(), at);
    }
    EXPECT_EQ(to_hex(engine->state_digest()), whole.digest);
    EXPECT_EQ(commands.lines, whole.lines);
    EXPECT_EQ(commands.keys, whole.keys);
    EXPECT_EQ(engine->counters().reactions, whole.reactions);
  }
}

// A snapshot that is written while the engine goes on holds what was there when it began, and the next one what has changed since then.
TEST(Determinism, a_snapshot_in_slices_holds_the_state_at_its_beginning) {
  const Everything everything;
  const auto zones = ZoneTable::system();
  for (uint64_t seed = 21; seed <= 24; ++seed) {
    const std::vector<OwnedEntry> log = random_log(everything, seed, 4000);
    std::vector<Entry> views;
    for (const OwnedEntry& entry : log) views.push_back(entry.view());
    std::mt19937_64 random(seed);
    MemoryDirectory directory;
    CommandLines commands(everything.program, directory);
    Engine engine(everything.program, *zones, directory, {});
    std::map<uint32_t, std::string> pages;
    const PageSink keep = [&](uint32_t page, std::string_view bytes) { pages[page] = bytes; };
    size_t at = 0;
    int changed_while_written = 0;
    while (at < views.size()) {
      const std::string digest = to_hex(engine.state_digest());
      const size_t began_at = at;
      MemoryDirectory directory_then = directory;
      engine.begin_snapshot();
      do {
        const size_t count = std::min<size_t>(random() % 150, views.size() - at);
        engine.react(std::span(views).subspan(at, count), at, commands);
        at += count;
        changed_while_written += count > 0 ? 1 : 0;
      } while (!engine.write_pages(random() % 3, keep));

      CommandLines again(everything.program, directory_then);
      Engine loaded(everything.program, *zones, directory_then, {});
      std::vector<uint32_t> order;
      for (const auto& [page, bytes] : pages) order.push_back(page);
      if (random() % 2 == 0) std::rotate(order.begin(), order.end() - 1, order.end());  // the engine's page first
      for (const uint32_t page : order) ASSERT_TRUE(loaded.load_page(page, pages.at(page)).has_value());
      ASSERT_TRUE(loaded.finish_loading().has_value());
      ASSERT_EQ(to_hex(loaded.state_digest()), digest);
      loaded.react(std::span(views).subspan(began_at, at - began_at), began_at, again);
      ASSERT_EQ(to_hex(loaded.state_digest()), to_hex(engine.state_digest()));
    }
    EXPECT_GT(changed_while_written, 10);
  }
}

TEST(Determinism, a_damaged_snapshot_is_refused_or_harmless) {
  const Everything everything;
  const auto zones = ZoneTable::system();
  const std::vector<OwnedEntry> log = random_log(everything, 5, 1500);
  MemoryDirectory directory;
  CommandLines commands(everything.program, directory);
  Engine engine(everything.program, *zones, directory, {});
  std::vector<Entry> views;
  for (const OwnedEntry& entry : log) views.push_back(entry.view());
  engine.react(views, 0, commands);
  std::map<uint32_t, std::string> pages;
  engine.write_dirty_pages([&](uint32_t page, std::string_view bytes) { pages[page] = bytes; });
  std::mt19937_64 random(9);
  for (int round = 0; round < 300; ++round) {
    Engine loaded(everything.program, *zones, directory, {});
    if (round % 2 == 0) (void)loaded.load_page(k_engine_page, pages.at(k_engine_page));
    for (auto [page, bytes] : pages) {
      if (page == k_engine_page && round % 2 == 0) continue;  // it was first
      if (random() % 2 == 0) bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
      if (random() % 6 == 0) bytes.resize(random() % bytes.size());
      (void)loaded.load_page(page, bytes);
    }
    (void)loaded.finish_loading();
  }
}

TEST(Determinism, a_change_of_time_zone_rules_computes_calendar_deadlines_again) {
  // The system's table, but with Berlin two hours further east.
  class Shifted final : public ZoneTable {
   public:
    explicit Shifted(std::shared_ptr<const ZoneTable> base) : base_(std::move(base)) {}
    std::optional<ZoneId> find(std::string_view name) const override { return base_->find(name); }
    std::string_view name(ZoneId zone) const override { return base_->name(zone); }
    std::span<const ZoneId> zones_of_country(std::string_view alpha2) const override { return base_->zones_of_country(alpha2); }
    std::span<const std::string> all_names() const override { return base_->all_names(); }
    std::array<uint8_t, 32> digest() const override { return {1}; }
    int32_t offset_seconds(ZoneId zone, TimestampMs at) const override {
      return base_->offset_seconds(zone, at) + (shifted && at > k_start + 10 * k_day_ms ? 7200 : 0);
    }
    bool shifted = false;

   private:
    std::shared_ptr<const ZoneTable> base_;
  };
  Shop shop;
  const AttributeId zone = shop.b.attribute("zone", shop.b.type(ValueKind::time_zone, true));
  bytecode::Function zone_code{.name = "zone", .registers = {shop.b.type(ValueKind::time_zone, true)}};
  zone_code.code = {{Opcode::load_attribute, 0, 0, n(zone), 0}, {Opcode::return_value, 0, 0, 0, 0}};
  Simple(shop, shop.buy, {.up_to = 1000 * h, .lifetime = Period{0, 20}}).finish();
  shop.b.program.zone = shop.b.function(zone_code);
  Shifted zones(ZoneTable::system());
  MemoryDirectory directory;
  CommandLines commands(shop.b.program, directory);
  Engine engine(shop.b.program, zones, directory, {});
  uint64_t position = 0;
  const auto react = [&](RecordTag tag, TimestampMs at, std::string customer, std::string body) {
    const Entry entry{tag, 0, at, at, customer, body};
    engine.react({&entry, 1}, position++, commands);
  };
  const auto barrier = [&](uint8_t digest) {
    std::string body;
    write_barrier_body(body, {.zones = {digest}});
    return body;
  };
  react(RecordTag::barrier, k_start, "", barrier(1));
  const AttributeChange berlin{zone, text("Europe/Berlin")};
  std::string body;
  write_attributes_body(body, shop.b.program, {&berlin, 1}, {});
  react(RecordTag::attributes, k_start, "ada", body);
  react(RecordTag::event, k_start, "ada", event_body(shop.b.program, shop.begin, {word(1)}));
  zones.shifted = true;
  react(RecordTag::barrier, k_start + h, "", barrier(2));
  react(RecordTag::tick, k_start + 19 * k_day_ms, "", "");
  react(RecordTag::tick, k_start + 30 * k_day_ms, "", "");
  // An hour earlier for summer time, and two for the new rules.
  EXPECT_EQ(commands.lines.back(), "ada exited expired @" + std::to_string(k_start + 20 * k_day_ms - 3 * h));
}

}  // namespace
}  // namespace wend::engine::testing
