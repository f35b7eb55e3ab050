// Gates, keys and experiments.

#include <gtest/gtest.h>

#include <set>

#include "runtime/engine/identity.h"
#include "tests/engine/shop.h"

namespace wend::engine::testing {
namespace {

struct Sends : ::testing::Test {
  Shop shop;
  // enter on Begin · send <message>(n) via mail, else sms [within] · if sent exit got, else exit done
  EngineRun run_of(MessageId message, std::optional<Span> within = std::nullopt, EngineOptions options = {}) {
    JourneyBuilder j(shop.b, "sender");
    const Register n = j.reg(shop.b.integer());
    const Register sent = j.reg(shop.b.optional_delivery());
    const LabelId got = j.label("got");
    const SiteId site = j.site(message, {shop.mail, shop.sms}, "step");
    j.journey.sites[0].within = within;
    const PointId point = j.point(j.layout({}), "wait");
    j.enter(shop.begin).start = j.entry_here(shop.begin);
    j.suspend(point);
    j.at(point).fixed_ms = h;
    j.at(point).grace_ms = 10 * k_minute_ms;
    j.at(point).timeout = j.entry_here();
    j.constant(n, 4).send(sent, site, JourneyBuilder::n(n));
    const uint32_t nothing = j.jump(Opcode::jump_if_absent, sent);
    j.end(got);
    j.land(nothing);
    j.end();
    j.finish();
    return EngineRun(shop.b.program, options);
  }
  static Lines sent(EngineRun& run) {
    run.event(k_start, "ada", shop_begin, {word(1)});
    run.take_lines();
    run.tick(k_start + 3 * h);
    return run.take_lines();
  }
  static inline EventId shop_begin{};
  void SetUp() override { shop_begin = shop.begin; }
};

TEST_F(Sends, are_unreachable_without_an_address) {
  EngineRun run = run_of(shop.hello);
  EXPECT_EQ(sent(run), (Lines{"ada suppressed Hello 4 because unreachable @1300003600000", "ada exited done @1300003600000"}));
}

TEST_F(Sends, walk_via_in_order) {
  EngineRun run = run_of(shop.hello);
  run.set(k_start, "ada", shop.phone, text("1"));
  EXPECT_EQ(sent(run)[0], "ada sent Hello 4 via sms @1300003600000 commit 1300004200000");
}

TEST_F(Sends, need_consent_unless_they_are_transactional) {
  EngineRun run = run_of(shop.offer);
  run.set(k_start, "ada", shop.phone, text("1"));
  EXPECT_EQ(sent(run)[0], "ada suppressed Offer 4 because consent @1300003600000");
  run.consent(k_start + 4 * h, "ada", shop.news, true);
  run.event(k_start + 4 * h, "ada", shop.begin, {word(1)});
  run.tick(k_start + 8 * h);
  EXPECT_EQ(run.take_lines()[1], "ada sent Offer 4 via sms @1300018000000 commit 1300018600000");
}

TEST_F(Sends, with_assumed_consent_go_out_until_it_is_withdrawn) {
  EngineRun run = run_of(shop.offer, std::nullopt, {.assume_consent = true});
  run.set(k_start, "ada", shop.email, text("1"));
  EXPECT_EQ(sent(run)[0], "ada sent Offer 4 via mail @1300003600000 commit 1300004200000");
  run.consent(k_start + 4 * h, "ada", shop.news, false);
  run.event(k_start + 4 * h, "ada", shop.begin, {word(1)});
  run.tick(k_start + 8 * h);
  EXPECT_EQ(run.take_lines()[1], "ada suppressed Offer 4 because consent @1300018000000");
}

TEST_F(Sends, expire_when_commit_is_later_than_within) {
  EngineRun run = run_of(shop.hello, DurationMs{5 * k_minute_ms});
  run.set(k_start, "ada", shop.email, text("1"));
  EXPECT_EQ(sent(run)[0], "ada suppressed Hello 4 because expired @1300003600000");
  Shop other;
  shop = other;
  EngineRun again = run_of(shop.hello, DurationMs{10 * k_minute_ms});
  again.set(k_start, "ada", shop.email, text("1"));
  EXPECT_EQ(sent(again)[0], "ada sent Hello 4 via mail @1300003600000 commit 1300004200000");
}

TEST(SendKey, is_as_settled_for_ever) {
  SendKeys keys("wend");
  const std::string site = std::string("\x0astep/Hello", 11) + std::string("\x05Hello", 6);
  const SendKey key = keys.key({258, 1}, site, {});
  std::string bytes = std::string("\x05wend1", 6) + std::string("\x04wend", 5) + std::string("\x0c\0\0\x02\x01\0\0\0\0\0\0\x01\0", 13) +
                      std::string("\x0astep/Hello", 11) + std::string("\x05Hello", 6) + std::string("\0", 1);
  const Sha256Digest digest = sha256(bytes);
  EXPECT_EQ(std::string_view(key.data(), key.size()), std::string_view(reinterpret_cast<const char*>(digest.data()), 16));
  const uint64_t round = 3;
  EXPECT_NE(keys.key({258, 1}, site, {&round, 1}), key);
  EXPECT_EQ(keys.key({258, 1}, site, {}), key);
}

TEST(SendKey, is_the_same_from_a_template_wherever_the_instance_falls) {
  for (size_t name_bytes = 0; name_bytes < 40; ++name_bytes) {
    SendKeys keys(std::string(name_bytes, 'n'));
    for (const size_t site_bytes : {2u, 30u, 60u, 200u}) {
      const std::string site(site_bytes, 's');
      const auto prepared = keys.prepare(site);
      ASSERT_TRUE(prepared.has_value());
      for (const InstanceId& id : {InstanceId{0, 0}, InstanceId{0x0123456789abcdef, 0xfedc}, InstanceId{~uint64_t{0}, 0xffff}}) {
        ASSERT_EQ(SendKeys::key(id, *prepared), keys.key(id, site, {}));
      }
    }
    EXPECT_FALSE(keys.prepare(std::string(1000, 's')).has_value());
  }
}

TEST_F(Sends, have_a_key_of_their_own_in_each_round_of_a_loop) {
  JourneyBuilder j(shop.b, "loop");
  const Register n = j.reg(shop.b.integer());
  const Register one = j.reg(shop.b.integer());
  const Register sent = j.reg(shop.b.optional_delivery());
  const SiteId site = j.site(shop.hello, {shop.mail}, "step");
  j.journey.sites[0].rounds = {n};
  const PointId point = j.point(j.layout({n}), "wait");
  j.enter(shop.begin).start = j.entry_here(shop.begin);
  j.constant(n, 1).send(sent, site, JourneyBuilder::n(n)).suspend(point);
  j.at(point).fixed_ms = h;
  j.at(point).timeout = j.entry_here();
  j.constant(one, 1).op(Opcode::add_integer, JourneyBuilder::n(n), JourneyBuilder::n(n), JourneyBuilder::n(one));
  j.send(sent, site, JourneyBuilder::n(n)).suspend(point);
  j.finish();
  EngineRun run(shop.b.program);
  run.set(k_start, "ada", shop.email, text("1"));
  run.event(k_start, "ada", shop.begin, {word(1)});
  run.tick(k_start + 5 * h);
  const auto& keys = run.commands().keys;
  ASSERT_EQ(keys.size(), 5u);
  EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), 5u);
  EXPECT_EQ(run.take_lines().back(), "ada sent Hello 5 via mail @1300014400000 commit 1300014400000");
}

struct Experiments : ::testing::Test {
  Shop shop;
  ExperimentId test = shop.b.experiment("test", {{"a", 300'000}, {"b", 700'000}});
  // enter on Begin · split twice · send Bye(arm) · end
  EngineRun run() {
    JourneyBuilder j(shop.b, "split");
    const Register arm = j.reg(shop.b.integer());
    const Register sent = j.reg(shop.b.optional_delivery());
    const SiteId site = j.site(shop.bye, {shop.mail}, "step");
    j.enter(shop.begin).start = j.entry_here(shop.begin);
    j.op(Opcode::assign_arm, JourneyBuilder::n(arm), JourneyBuilder::n(test));
    j.op(Opcode::assign_arm, JourneyBuilder::n(arm), JourneyBuilder::n(test));
    j.send(sent, site, JourneyBuilder::n(arm)).end();
    j.finish();
    return EngineRun(shop.b.program);
  }
};

TEST_F(Experiments, slots_are_as_settled_for_ever) {
  std::string scratch;
  const Sha256Digest digest = sha256(
      "salt\x1f"
      "arm\x1f"
      "ada");
  uint64_t first = 0;
  for (int i = 0; i < 8; ++i) first = first << 8 | digest[static_cast<size_t>(i)];
  EXPECT_EQ(experiment_slot(scratch, "salt", "arm", "ada"), first % 1'000'000);
}

TEST_F(Experiments, give_arms_their_share_and_report_exposure_once_per_instance) {
  EngineRun run = this->run();
  int arm_b = 0;
  std::string scratch;
  for (int i = 0; i < 500; ++i) {
    const std::string customer = "c" + std::to_string(i);
    run.event(k_start, customer, shop.begin, {word(1)});
    const Lines lines = run.take_lines();
    ASSERT_EQ(lines.size(), 4u);
    const int expected = experiment_slot(scratch, "salt-test", "arm", customer) < 300'000 ? 0 : 1;
    EXPECT_EQ(lines[1], customer + " arm " + std::to_string(expected) + " of test @1300000000000");
    arm_b += expected;
  }
  EXPECT_GT(arm_b, 300);
  EXPECT_LT(arm_b, 400);
}

TEST_F(Experiments, a_customer_is_new_to_an_experiment_once) {
  EngineRun run = this->run();
  for (int i = 0; i < 3; ++i) run.event(k_start, "ada", shop.begin, {word(1)});
  EXPECT_EQ(run.commands().exposures, 3u);
  EXPECT_EQ(run.commands().people, 1u);
}

TEST_F(Experiments, an_assignment_from_outside_decides_until_one_is_stored) {
  EngineRun run = this->run();
  for (uint32_t arm = 0; arm < 2; ++arm) {
    const std::string customer = "forced" + std::to_string(arm);
    std::string body;
    write_assignment_body(body, {test, arm});
    run.append({RecordTag::assignment, k_start, k_start, customer, body});
    run.event(k_start, customer, shop.begin, {word(1)});
    EXPECT_EQ(run.take_lines()[1], customer + " arm " + std::to_string(arm) + " of test @1300000000000");
    body.clear();
    write_assignment_body(body, {test, 1 - arm});
    run.append({RecordTag::assignment, k_start, k_start, customer, body});
    run.event(k_start, customer, shop.begin, {word(1)});
    EXPECT_EQ(run.take_lines()[1], customer + " arm " + std::to_string(arm) + " of test @1300000000000");
  }
}

}  // namespace
}  // namespace wend::engine::testing
