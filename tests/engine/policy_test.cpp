// Caps and quiet hours where they are decided: at commit, in the customer's ledger, across journeys.

#include <gtest/gtest.h>

#include "tests/engine/shop.h"

namespace wend::engine::testing {
namespace {

using bytecode::Cap;
using bytecode::DenialAction;
using bytecode::DenialStep;
using bytecode::Policy;

const DenialStep k_skip{.action = DenialAction::skip};
DenialStep delay(Span span) {
  return {.action = DenialAction::delay, .delay_max = span};
}
DenialStep divert(ChannelId channel) {
  return {.action = DenialAction::divert, .divert_to = channel};
}

std::string at(TimestampMs instant) {
  return " @" + std::to_string(instant);
}

struct Policies : ::testing::Test {
  Shop shop;
  Policy policy{.name = "pressure"};

  // enter on <event> alongside · send <message>(n) via mail, else sms, delayed where the policy says · sent: exit got, else done
  void add_journey(const std::string& name, EventId event, MessageId message, int32_t priority = 0, std::optional<Span> within = {}) {
    JourneyBuilder j(shop.b, name);
    const Register n = j.reg(shop.b.integer());
    const Register sent = j.reg(shop.b.optional_delivery());
    const LabelId got = j.label("got");
    const SiteId site = j.site(message, {shop.mail, shop.sms}, "step");
    const PointId point = j.point(j.layout({n}), "step");
    j.journey.policy = bytecode::PolicyId{0};
    j.journey.priority = priority;
    j.journey.sites[0].within = within;
    j.journey.sites[0].delayed_at = point;
    auto& entry = j.enter(event);
    entry.already = bytecode::AlreadyRunning::alongside;
    entry.start = j.entry_here(event);
    j.field(n, 0);
    j.at(point).kind = bytecode::PointKind::send;
    j.at(point).timeout = j.entry_here();
    j.send(sent, site, JourneyBuilder::n(n));
    const uint32_t nothing = j.jump(Opcode::jump_if_absent, sent);
    j.end(got);
    j.land(nothing);
    j.end();
    j.journey.exits.push_back({.label = j.label("stopped"), .event = shop.stop});
    j.finish();
  }
  EngineRun start() {
    shop.b.program.policies = {policy};
    EngineRun run(shop.b.program, {.assume_consent = true});
    run.set(k_start, "ada", shop.email, text("a"));
    run.take_lines();
    return run;
  }
  // What was sent and suppressed, without entries and exits.
  static Lines deliveries(EngineRun& run) {
    Lines lines = run.take_lines();
    std::erase_if(lines, [](const std::string& line) {
      return line.find(" sent ") == std::string::npos && line.find(" suppressed ") == std::string::npos;
    });
    return lines;
  }
  static std::string sent(int n, TimestampMs when, const char* channel = "mail") {
    return "ada sent Offer " + std::to_string(n) + " via " + channel + at(when) + " commit " + std::to_string(when);
  }
};

TEST_F(Policies, sliding_cap_counts_while_the_window_reaches_past_now) {
  policy.caps = {{.purpose = "marketing", .limit = 2, .window = DurationMs{24 * h}}};
  policy.when_capped = {k_skip};
  add_journey("j", shop.begin, shop.offer);
  EngineRun run = start();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + h, "ada", shop.begin, {word(2)});
  run.event(k_start + 24 * h - 1, "ada", shop.begin, {word(3)});
  run.event(k_start + 24 * h, "ada", shop.begin, {word(4)});
  EXPECT_EQ(deliveries(run), (Lines{sent(1, k_start), sent(2, k_start + h),
                                    "ada suppressed Offer 3 because capped" + at(k_start + 24 * h - 1), sent(4, k_start + 24 * h)}));
}

TEST_F(Policies, caps_count_what_every_journey_of_the_customer_sent) {
  policy.caps = {{.purpose = "marketing", .limit = 1, .window = DurationMs{24 * h}}};
  policy.when_capped = {k_skip};
  add_journey("j", shop.begin, shop.offer);
  add_journey("k", shop.buy, shop.offer);
  EngineRun run = start();
  run.set(k_start, "bob", shop.email, text("b"));
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start, "ada", shop.buy, {word(2)});
  run.event(k_start, "bob", shop.buy, {word(3)});
  EXPECT_EQ(deliveries(run), (Lines{sent(1, k_start), "ada suppressed Offer 2 because capped" + at(k_start),
                                    "bob sent Offer 3 via mail" + at(k_start) + " commit " + std::to_string(k_start)}));
}

TEST_F(Policies, transactional_messages_neither_count_nor_are_denied) {
  policy.caps = {{.purpose = "marketing", .limit = 1, .window = DurationMs{24 * h}}};
  policy.quiet = {{.from = 0, .to = 86'399}};
  policy.when_capped = policy.when_quiet = {k_skip};
  add_journey("j", shop.begin, shop.hello);
  EngineRun run = start();
  for (int n = 1; n <= 3; ++n) run.event(k_start, "ada", shop.begin, {word(n)});
  EXPECT_EQ(deliveries(run).size(), 3u);
  EXPECT_EQ(run.take_lines(), Lines{});
}

TEST_F(Policies, a_cap_on_a_channel_counts_that_channel) {
  policy.caps = {{.purpose = "marketing", .channels = {shop.mail}, .limit = 1, .window = DurationMs{24 * h}}};
  policy.when_capped = {divert(shop.sms), k_skip};
  add_journey("j", shop.begin, shop.offer);
  EngineRun run = start();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 1, "ada", shop.begin, {word(2)});
  run.set(k_start + 2, "ada", shop.phone, text("1"));
  run.event(k_start + 3, "ada", shop.begin, {word(3)});
  run.event(k_start + 4, "ada", shop.begin, {word(4)});
  EXPECT_EQ(deliveries(run), (Lines{sent(1, k_start), "ada suppressed Offer 2 because capped" + at(k_start + 1),
                                    sent(3, k_start + 3, "sms"), sent(4, k_start + 4, "sms")}));
}

TEST_F(Policies, a_delayed_message_is_asked_about_again_in_order_of_priority) {
  policy.caps = {{.purpose = "marketing", .limit = 1, .window = DurationMs{24 * h}}};
  policy.when_capped = {delay(DurationMs{30 * h}), k_skip};
  add_journey("low", shop.begin, shop.offer, 1);
  add_journey("high", shop.buy, shop.offer, 2);
  EngineRun run = start();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + h, "ada", shop.begin, {word(2)});
  run.event(k_start + 2 * h, "ada", shop.buy, {word(3)});
  EXPECT_EQ(deliveries(run), Lines{sent(1, k_start)});
  run.tick(k_start + 24 * h);
  EXPECT_EQ(deliveries(run), Lines{});
  // Both are due at once; the message of the journey with the larger priority takes the slot, the other's time is up.
  run.tick(k_start + 24 * h + 1);
  EXPECT_EQ(deliveries(run), (Lines{sent(3, k_start + 24 * h), "ada suppressed Offer 2 because capped" + at(k_start + 24 * h)}));
}

TEST_F(Policies, a_calendar_day_delays_to_the_same_time_next_day) {
  policy.caps = {{.purpose = "marketing", .limit = 1}};
  policy.when_capped = {delay(Period{0, 1}), k_skip};
  add_journey("j", shop.begin, shop.offer);
  EngineRun run = start();
  const TimestampMs day = k_day_ms;
  const TimestampMs evening = 15'047 * day + 23 * h;
  run.event(evening, "ada", shop.begin, {word(1)});
  run.event(evening + h / 2, "ada", shop.begin, {word(2)});
  // Half an hour into the next day nothing has been sent yet.
  run.event(evening + 3 * h / 2, "ada", shop.begin, {word(3)});
  // The delayed one finds the new day's slot taken and has been delayed as long as it may be.
  run.tick(evening + day + day);
  EXPECT_EQ(deliveries(run),
            (Lines{sent(1, evening), sent(3, evening + 3 * h / 2), "ada suppressed Offer 2 because capped" + at(evening + h / 2 + day)}));
}

TEST_F(Policies, a_failed_delivery_gives_its_place_back) {
  policy.caps = {{.purpose = "marketing", .limit = 1, .window = DurationMs{24 * h}}};
  policy.when_capped = {k_skip};
  add_journey("j", shop.begin, shop.offer);
  EngineRun run = start();
  run.event(k_start, "ada", shop.begin, {word(1)});
  const std::string key = run.commands().keys.back();
  run.receipt(k_start + 1, "ada", key, "clicked");
  run.event(k_start + 2, "ada", shop.begin, {word(2)});
  run.receipt(k_start + 3, "ada", key, "failed");
  run.event(k_start + 4, "ada", shop.begin, {word(3)});
  EXPECT_EQ(deliveries(run), (Lines{sent(1, k_start), "ada suppressed Offer 2 because capped" + at(k_start + 2), sent(3, k_start + 4)}));
}

TEST_F(Policies, quiet_is_asked_before_caps_and_both_again_at_release) {
  policy.caps = {{.purpose = "marketing", .limit = 1, .window = DurationMs{24 * h}}};
  policy.quiet = {{.from = 7 * 3600, .to = 9 * 3600}};
  policy.when_quiet = {delay(DurationMs{3 * h}), k_skip};
  policy.when_capped = {k_skip};
  add_journey("j", shop.begin, shop.offer);
  EngineRun run = start();
  const TimestampMs nine = 15'046 * k_day_ms + 9 * h;  // k_start is 07:06:40 of that day
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + 1, "ada", shop.begin, {word(2)});
  EXPECT_EQ(deliveries(run), Lines{});
  run.tick(nine + 1);
  EXPECT_EQ(deliveries(run), (Lines{sent(1, nine), "ada suppressed Offer 2 because capped" + at(nine)}));
}

TEST_F(Policies, consent_withdrawn_while_a_message_is_delayed_stops_it) {
  policy.quiet = {{.from = 7 * 3600, .to = 9 * 3600}};
  policy.when_quiet = {delay(DurationMs{3 * h}), k_skip};
  add_journey("j", shop.begin, shop.offer);
  EngineRun run = start();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.consent(k_start + h, "ada", shop.news, false);
  run.tick(k_start + 3 * h);
  EXPECT_EQ(deliveries(run), Lines{"ada suppressed Offer 1 because consent" + at(15'046 * k_day_ms + 9 * h)});
}

TEST_F(Policies, within_counts_from_when_the_message_was_reached) {
  policy.quiet = {{.from = 7 * 3600, .to = 9 * 3600}};
  policy.when_quiet = {delay(DurationMs{3 * h}), k_skip};
  add_journey("j", shop.begin, shop.offer, 0, DurationMs{h});
  EngineRun run = start();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + h, "ada", shop.begin, {word(2)});
  run.tick(k_start + 3 * h);
  const TimestampMs nine = 15'046 * k_day_ms + 9 * h;
  EXPECT_EQ(deliveries(run), (Lines{"ada suppressed Offer 1 because expired" + at(nine), sent(2, nine)}));
}

TEST_F(Policies, an_exit_cancels_a_delayed_message) {
  policy.quiet = {{.from = 7 * 3600, .to = 9 * 3600}};
  policy.when_quiet = {delay(DurationMs{3 * h}), k_skip};
  add_journey("j", shop.begin, shop.offer);
  EngineRun run = start();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.event(k_start + h, "ada", shop.stop, {word(0)});
  run.tick(k_start + 24 * h);
  EXPECT_EQ(run.take_lines(), (Lines{"ada entered j" + at(k_start), "ada exited stopped" + at(k_start + h)}));
}

TEST_F(Policies, quiet_that_lasts_longer_than_a_message_may_be_delayed_skips_it) {
  policy.quiet = {{.from = 7 * 3600, .to = 9 * 3600}};
  policy.when_quiet = {delay(DurationMs{h}), k_skip};
  add_journey("j", shop.begin, shop.offer);
  EngineRun run = start();
  run.event(k_start, "ada", shop.begin, {word(1)});
  EXPECT_EQ(deliveries(run), Lines{"ada suppressed Offer 1 because quiet" + at(k_start)});
}

TEST_F(Policies, quiet_on_one_channel_diverts_to_another) {
  policy.quiet = {{.from = 7 * 3600, .to = 9 * 3600, .channels = {shop.mail}}};
  policy.when_quiet = {divert(shop.sms), delay(DurationMs{3 * h})};
  add_journey("j", shop.begin, shop.offer);
  EngineRun run = start();
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.set(k_start + 1, "ada", shop.phone, text("1"));
  run.event(k_start + 2, "ada", shop.begin, {word(2)});
  run.tick(k_start + 3 * h);
  EXPECT_EQ(deliveries(run), (Lines{sent(2, k_start + 2, "sms"), sent(1, 15'046 * k_day_ms + 9 * h)}));
}

TEST_F(Policies, the_ledger_forgets_what_no_cap_can_count) {
  policy.when_capped = {k_skip};
  add_journey("j", shop.begin, shop.offer);
  EngineRun run = start();
  run.event(k_start, "ada", shop.begin, {word(1)});
  const uint64_t one = run.engine().memory().ledger;
  run.event(k_start + 31 * k_day_ms, "ada", shop.begin, {word(2)});
  EXPECT_EQ(run.engine().memory().ledger, one + 4);  // of one entry: now further from the origin
  run.event(k_start + 32 * k_day_ms, "ada", shop.begin, {word(3)});
  EXPECT_GT(run.engine().memory().ledger, one + 10);
}

}  // namespace
}  // namespace wend::engine::testing
