// What a test in the language can say, and that what it says is held against the real engine.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/diag/render.h"
#include "compiler/project/compile.h"
#include "compiler/source/file_store.h"
#include "tests/paths.h"
#include "tests/testrun/run_text.h"

namespace wend::testrun {
namespace {

using testing::HasSubstr;

std::string verdict_of(const std::string& text) {
  Checked run;
  run_text(text, run);
  return verdict(run);
}

// The journey most tests look at: a mail at ten on the morning after the sign-up, and an end with the first order.
const std::string k_hello = R"(
journey hello {
  owner "crm@shop.test"  policy anything
  lifetime 30 days
  enter on SignedUp as signup
  exit bought when OrderPlaced
  step greet {
    wait 1 day at 10:00
    send Hello via email, else sms as mail or else { exit unreachable }
  }
  step listen {
    await up to 2 days {
      on mail.clicked { set customer.stage = buying }
      on timeout { }
    }
  }
}
)";

std::string hello(const std::string& items) {
  return verdict_of(k_hello + "test \"t\" of hello {\n" + items + "\n}\n");
}

// ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

TEST(Testrun, LocalTimesAreTheCustomers) {
  EXPECT_EQ(hello(R"(given ada
    at 2025-03-29 20:00 SignedUp
    expect at 2025-03-30 10:00 sent Hello(name: "Ada") via email
    expect at 2025-03-30 10:00 +02:00 sent Hello)"),
            "passed");
}

TEST(Testrun, AMomentWithAnOffsetIsTheSecondOfTwo) {
  EXPECT_EQ(hello(R"(given ada
    at 2025-10-26 02:30 SignedUp
    at 2025-10-26 02:30 +01:00 set customer.visits = 1
    expect customer.visits == 1
    expect at 2025-10-27 10:00 sent Hello)"),
            "passed");
}

TEST(Testrun, SentAtAMomentMeansAtThatMoment) {
  EXPECT_EQ(hello(R"(given ada
    at 2025-03-29 20:00 SignedUp
    expect at 2025-03-30 10:01 sent Hello)"),
            "expected sent Hello at 2025-03-30 10:01, found sent Hello(name: \"Ada\") via email at 2025-03-30 10:00\n");
}

TEST(Testrun, ExpectWithoutAMomentLooksBackOverTheWholeTest) {
  EXPECT_EQ(hello(R"(given ada
    at 2025-03-29 20:00 SignedUp
    advance to 2025-03-31 12:00
    expect sent Hello
    expect 1 sent Hello(name: "Ada")
    expect 1 sends)"),
            "passed");
}

TEST(Testrun, ExpectFiresWhatGraceHolds) {
  // Due at 10:00 and held until 10:05 for an order that may still arrive.
  EXPECT_EQ(hello(R"(given ada
    at 2025-03-29 20:00 SignedUp
    expect at 2025-03-30 10:00 sent Hello)"),
            "passed");
}

TEST(Testrun, WithoutAnExpectGraceHoldsAsOutside) {
  EXPECT_EQ(hello(R"(given ada
    at 2025-03-29 20:00 SignedUp
    advance to 2025-03-30 10:02
    after 1 minute OrderPlaced(order_id: "o1", total: 5 USD)
    expect exited as bought
    expect no sends)"),
            "passed");
}

TEST(Testrun, AnEventAtTheDeadlineWins) {
  EXPECT_EQ(verdict_of(R"(
journey cart { owner "crm@shop.test"  policy anything  lifetime 3 days
  enter on CartUpdated as cart
  exit again when CartUpdated same cart_id where cart.total > 0 USD
  step settle { wait 45 minutes  send Cart(cart_id: cart.cart_id, total: cart.total) via email } }
test "tie" of cart { given ada
  at 2025-05-06 18:00 CartUpdated(cart_id: "c", total: 5 USD)
  at 2025-05-06 18:45 CartUpdated(cart_id: "c", total: 6 USD)
  expect exited as again
  expect no sends
  expect at 2025-05-06 19:30 sent Cart(total: 6 USD) })"),
            "passed");
}

TEST(Testrun, AfterCountsFromWhereTheClockStands) {
  EXPECT_EQ(hello(R"(given ada
    start at 2025-03-28 09:00
    after 1 day SignedUp
    advance by 25 hours
    expect at 2025-03-30 11:00 sent Hello)"),
            "expected sent Hello at 2025-03-30 11:00, found sent Hello(name: \"Ada\") via email at 2025-03-30 10:00\n");
}

TEST(Testrun, ThePastIsOver) {
  EXPECT_THAT(hello(R"(given ada
    at 2025-03-29 20:00 SignedUp
    at 2025-03-29 19:00 set customer.visits = 1
    expect no sends)"),
              HasSubstr("expected a moment that is not past, for the clock stands at 2025-03-29 20:00, found 2025-03-29 19:00"));
}

TEST(Testrun, UntilDoneGoesToTheEnd) {
  EXPECT_EQ(hello(R"(given ada
    at 2025-03-29 20:00 SignedUp
    advance until done
    expect exited as done
    expect at 2025-04-01 10:00 exited as done)"),
            "passed");
}

TEST(Testrun, UntilDoneStopsAtTheLifetime) {
  EXPECT_EQ(verdict_of(R"(
journey patient { owner "crm@shop.test"  policy anything  lifetime 400 days
  enter on SignedUp
  step wait_for_it { await { on OrderPlaced from now { } } } }
test "t" of patient { given ada
  at 2025-03-29 20:00 SignedUp
  after 1 hour CartUpdated(cart_id: "a", total: 1 USD)
  advance until done
  expect exited as expired })"),
            "passed");
}

// ── what is given ────────────────────────────────────────────────────────────────────────────────────────────────

TEST(Testrun, AFixtureMayBeChanged) {
  EXPECT_EQ(hello(R"(given ada with (first_name: absent, timezone: "America/New_York")
    at 2025-03-29 20:00 SignedUp
    expect at 2025-03-30 10:00 -04:00 sent Hello(name: "there"))"),
            "passed");
}

TEST(Testrun, WithoutConsentTheReasonIsConsent) {
  EXPECT_EQ(hello(R"(given customer { email: "ada@shop.test" }
    at 2025-03-29 20:00 SignedUp
    expect at 2025-03-30 10:00 suppressed Hello because consent
    expect exited as unreachable)"),
            "passed");
}

TEST(Testrun, WithoutAddressTheReasonIsUnreachable) {
  EXPECT_EQ(hello(R"(given customer { consents: [marketing_email, marketing_sms] }
    at 2025-03-29 20:00 SignedUp
    expect at 2025-03-30 10:00 suppressed Hello because unreachable)"),
            "passed");
}

TEST(Testrun, ConsentComesAndGoes) {
  EXPECT_EQ(hello(R"(given ada with (phone: "+12125550100")
    at 2025-03-29 20:00 SignedUp
    after 1 hour withdraw marketing_email
    after 1 hour consent marketing_sms
    expect consent(marketing_sms)
    expect not consent(marketing_email)
    expect at 2025-03-30 10:00 sent Hello via sms)"),
            "passed");
}

TEST(Testrun, AnArmIsGiven) {
  const std::string journey = R"(
journey split_test { owner "crm@shop.test"  policy anything  lifetime 3 days
  enter on SignedUp
  step choose { split incentive {
    arm plain { exit plain_words }
    arm discount { exit money } } } }
)";
  for (const auto& [arm, label] : {std::pair{"plain", "plain_words"}, std::pair{"discount", "money"}}) {
    EXPECT_EQ(verdict_of(journey + "test \"t\" of split_test { given ada  given incentive = " + arm +
                         "  at 2025-05-06 18:00 SignedUp  expect exited as " + label + " }"),
              "passed");
  }
}

// ── stimuli and expectations ─────────────────────────────────────────────────────────────────────────────────────

TEST(Testrun, AReceiptAnswersTheLatestDelivery) {
  EXPECT_EQ(hello(R"(given ada
    at 2025-03-29 20:00 SignedUp
    at 2025-03-30 10:30 mail.clicked
    expect customer.stage == buying
    expect exited as done)"),
            "passed");
}

TEST(Testrun, AReceiptNeedsADelivery) {
  EXPECT_EQ(hello(R"(given ada
    at 2025-03-29 20:00 SignedUp
    after 1 hour mail.clicked
    expect no sends)"),
            "expected a delivery `mail` that can be clicked, found none has been sent by then\n");
}

TEST(Testrun, WaitingIsToldByStep) {
  EXPECT_EQ(hello(R"(given ada
    at 2025-03-29 20:00 SignedUp
    expect waiting in greet
    expect at 2025-03-30 10:00 waiting in listen)"),
            "passed");
  EXPECT_EQ(hello(R"(given ada
    at 2025-03-29 20:00 SignedUp
    expect waiting in listen)"),
            "expected waiting in listen, found waiting in greet\n");
}

TEST(Testrun, OneOfSeveralInstancesIsPicked) {
  EXPECT_EQ(verdict_of(R"(
journey cart { owner "crm@shop.test"  policy anything  lifetime 3 days
  enter on CartUpdated as cart one per cart.cart_id
  exit bought when OrderPlaced same cart_id
  step settle { wait 45 minutes  send Cart(cart_id: cart.cart_id, total: cart.total) via email } }
test "two carts" of cart { given ada
  at 2025-05-06 18:00 CartUpdated(cart_id: "a", total: 5 USD)
  at 2025-05-06 18:10 CartUpdated(cart_id: "b", total: 6 USD)
  after 1 minute OrderPlaced(order_id: "o", cart_id: "a", total: 5 USD)
  expect exited as bought for cart.cart_id == "a"
  expect waiting in settle for cart.cart_id == "b"
  advance until done
  expect sent Cart(total: 6 USD) for cart.cart_id == "b"
  expect not sent Cart for cart.cart_id == "a" })"),
            "passed");
}

TEST(Testrun, AFalseConditionShowsBothSides) {
  EXPECT_EQ(hello(R"(given ada with (visits: 3)
    at 2025-03-29 20:00 SignedUp
    expect customer.visits == 4)"),
            "expected the condition to hold, found it is false: 3 against 4\n");
}

TEST(Testrun, HistoryIsCounted) {
  EXPECT_EQ(hello(R"(given ada
    at 2025-03-29 20:00 OrderPlaced(order_id: "o1", total: 5 USD)
    after 1 minute OrderPlaced(order_id: "o1", total: 5 USD)
    after 1 minute OrderPlaced(order_id: "o2", total: 5 USD)
    expect count of OrderPlaced in last 30 days == 2
    advance by 31 days
    expect not did OrderPlaced in last 30 days)"),
            "passed");
}

TEST(Testrun, OtherJourneysDoNotExistInATest) {
  EXPECT_EQ(verdict_of(k_hello + R"(
journey other { owner "crm@shop.test"  policy anything  lifetime 3 days
  enter on SignedUp
  step now_ { send Hello via email } }
test "t" of hello { given ada  at 2025-03-29 20:00 SignedUp  expect no sends })"),
            "passed");
}

TEST(Testrun, ATestGoesOnAfterAFailedExpectation) {
  EXPECT_EQ(hello(R"(given ada
    at 2025-03-29 20:00 SignedUp
    expect 1 sends
    expect waiting in listen)"),
            "expected 1 sends, found 0: none\nexpected waiting in listen, found waiting in greet\n");
}

// ── the language's rules, as tests in the language ───────────────────────────────────────────────────────────────

TEST(Semantics, HoldsToTheLetter) {
  const source::DiskFileStore files;
  const auto zones = ZoneTable::system();
  const auto project = project::load(files, WEND_SOURCE_DIR "/tests/testrun/semantics");
  const auto compiled = project::compile(*project, files, *zones);
  ASSERT_TRUE(compiled.program.has_value()) << diag::render_all(compiled.findings, project->sources);
  EXPECT_TRUE(compiled.findings.diagnostics().empty()) << diag::render_all(compiled.findings, project->sources);
  const Report report = run(compiled.model, *compiled.program, *zones);
  EXPECT_EQ(report.failed, 0u) << render_text(report, project->sources);
  EXPECT_GE(report.passed, 70u);
}

// ── reports ──────────────────────────────────────────────────────────────────────────────────────────────────────

class Reports : public testing::Test {
 protected:
  void SetUp() override {
    run_text(k_hello + R"(test "good" of hello { given ada  at 2025-03-29 20:00 SignedUp  expect waiting in greet }
test "bad & ugly" of hello { given ada
  at 2025-03-29 20:00 SignedUp
  expect at 2025-03-30 09:00 sent Hello
  advance until done
}
)",
             run_);
  }
  Checked run_;
};

TEST_F(Reports, TextShowsPlaceExpectationAndTimeline) {
  const std::string text = render_text(run_.report, run_.project->sources);
  EXPECT_THAT(text, HasSubstr("passed  hello: good\nfailed  hello: bad & ugly\n    small/small.journey:"));
  EXPECT_THAT(text, HasSubstr("|   expect at 2025-03-30 09:00 sent Hello\n"
                              "      expected  sent Hello at 2025-03-30 09:00\n"
                              "      found     it was neither sent nor suppressed\n"
                              "    what happened (Europe/Berlin)\n"
                              "      2025-03-29 20:00  SignedUp\n"
                              "      2025-03-29 20:00  entered\n"
                              "      2025-03-29 20:00  waiting in greet (wait) until 2025-03-30 10:00\n"
                              "                        ✗ failure\n"
                              "      2025-03-30 10:00  sent Hello(name: \"Ada\") via email in greet\n"));
  EXPECT_THAT(text, HasSubstr("\n1 passed, 1 failed\n"));
}

TEST_F(Reports, JunitIsWellFormed) {
  const std::string text = render_junit(run_.report, run_.project->sources);
  EXPECT_THAT(text, HasSubstr("<testsuite name=\"hello\" tests=\"2\" failures=\"1\">"));
  EXPECT_THAT(text, HasSubstr("name=\"bad &amp; ugly\""));
  EXPECT_THAT(text, HasSubstr("<failure message=\"expected sent Hello at 2025-03-30 09:00, found it was neither sent nor suppressed\">"));
}

TEST_F(Reports, JsonHasTheSameContent) {
  const std::string text = render_json(run_.report, run_.project->sources);
  EXPECT_THAT(text, HasSubstr("\"expected\": \"sent Hello at 2025-03-30 09:00\""));
  EXPECT_THAT(text, HasSubstr("\"at\": \"2025-03-30T08:00:00Z\""));
  EXPECT_THAT(text, HasSubstr("\"passed\": 1,\n  \"failed\": 1,"));
}

}  // namespace
}  // namespace wend::testrun
