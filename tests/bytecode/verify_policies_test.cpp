// The verifier's rules for policies and delayed messages, each broken alone; and that what holds survives the file and can be read.

#include <gtest/gtest.h>

#include <functional>

#include "runtime/bytecode/disassemble.h"
#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/program_file.h"
#include "runtime/bytecode/verify.h"
#include "tests/bytecode/sample_program.h"

namespace wend::bytecode {
namespace {

using namespace testing;

// The reference journey; its reminder (instruction 9, site 2) may be delayed at point 1.
Program delaying_program() {
  Program program = reference_program();
  Policy policy{"pressure", {}, {}, {}, {}};
  policy.caps = {{"marketing", {}, 1, std::nullopt}, {"marketing", {ChannelId{0}}, 3, Period{0, 7}}};
  policy.quiet = {{21 * 3600, 8 * 3600, k_every_day, {}, {ChannelId{0}}, std::nullopt}, {0, 0, 0x60, {19'000, 19'001}, {}, std::nullopt}};
  policy.when_quiet = {{DenialAction::delay, DurationMs{14 * k_hour_ms}, {}}, {DenialAction::skip, DurationMs{0}, {}}};
  policy.when_capped = {{DenialAction::divert, DurationMs{0}, ChannelId{0}}};
  program.policies = {policy};
  Journey& journey = program.journeys[0];
  journey.policy = PolicyId{0};
  WaitingPoint& point = journey.points.emplace_back();
  point.kind = PointKind::send;
  point.path = "main/Reminder";
  point.step = "main";
  point.timeout = Entry{9, {}};
  journey.sites[2].delayed_at = PointId{1};
  return program;
}

std::string fault_of(const Program& program) {
  const auto error = verify(program);
  return error ? error->where + ": " + error->what : "verified";
}

struct Case {
  const char* name;
  std::function<void(Program&)> breaks;
  const char* expected;
};

class VerifyPolicies : public ::testing::TestWithParam<Case> {};

TEST_P(VerifyPolicies, refuses) {
  Program program = delaying_program();
  GetParam().breaks(program);
  EXPECT_EQ(fault_of(program), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, VerifyPolicies,
    ::testing::Values(
        Case{"cap_of_nothing", [](Program& p) { p.policies[0].caps[0].limit = 0; }, "policy pressure: a cap of 0; 1 to 10000 are allowed"},
        Case{"cap_window", [](Program& p) { p.policies[0].caps[1].window = Period{}; },
             "policy pressure: the window of a cap is out of range"},
        Case{"cap_channel", [](Program& p) { p.policies[0].caps[1].channels = {ChannelId{1}}; }, "policy pressure: channel 1 of 1"},
        Case{"channels_twice",
             [](Program& p) {
               p.policies[0].caps[1].channels = {ChannelId{0}, ChannelId{0}};
             },
             "policy pressure: the channels are not in order"},
        Case{"quiet_time", [](Program& p) { p.policies[0].quiet[0].to = 86'400; },
             "policy pressure: quiet hours from 75600 to 86400 seconds"},
        Case{"quiet_nothing", [](Program& p) { p.policies[0].quiet[0].to = 75'600; },
             "policy pressure: quiet hours from 75600 to 75600 seconds"},
        Case{"quiet_weekdays", [](Program& p) { p.policies[0].quiet[1].weekdays = 0x80; }, "policy pressure: 0x80 is no set of weekdays"},
        Case{"quiet_never",
             [](Program& p) {
               p.policies[0].quiet[1].weekdays = 0;
               p.policies[0].quiet[1].dates.clear();
             },
             "policy pressure: quiet hours that never begin"},
        Case{"quiet_dates", [](Program& p) { p.policies[0].quiet[1].dates = {19'001, 19'000}; },
             "policy pressure: the dates are not in order"},
        Case{"quiet_where", [](Program& p) { p.policies[0].quiet[0].where = FunctionId{99}; },
             "policy pressure: `where` is function 99 of 5"},
        Case{"quiet_where_type", [](Program& p) { p.policies[0].quiet[0].where = p.channels[0].address; },
             "function 0, instruction 1 (return_value): returns optional text, expected a boolean (reached from `where` of quiet hours of policy "
             "pressure)"},
        Case{"after_skip", [](Program& p) { std::swap(p.policies[0].when_quiet[0], p.policies[0].when_quiet[1]); },
             "policy pressure: a step follows `skip`"},
        Case{"no_delay", [](Program& p) { p.policies[0].when_quiet[0].delay_max = DurationMs{0}; },
             "policy pressure: a delay is out of range"},
        Case{"divert", [](Program& p) { p.policies[0].when_capped[0].divert_to = ChannelId{7}; },
             "policy pressure: diverts to channel 7 of 1"},
        Case{"action", [](Program& p) { p.policies[0].when_capped[0].action = DenialAction{9}; },
             "policy pressure: unknown step 9 after a denial"},
        Case{"own_steps",
             [](Program& p) {
               p.journeys[0].sites[0].when_capped = {{DenialAction{9}, DurationMs{0}, {}}};
             },
             "journey reference, send site 0: unknown step 9 after a denial"},
        Case{"policy", [](Program& p) { p.journeys[0].policy = PolicyId{1}; }, "journey reference: policy 1 of 1"},
        Case{"point", [](Program& p) { p.journeys[0].sites[2].delayed_at = PointId{2}; },
             "journey reference, send site 2: waiting point 2 of 2"},
        Case{"point_kind", [](Program& p) { p.journeys[0].sites[2].delayed_at = PointId{0}; },
             "journey reference, send site 2: it is delayed at a point of another kind"},
        Case{"timeout", [](Program& p) { p.journeys[0].points[1].timeout.reset(); },
             "journey reference, send site 2: it is delayed at a point without a timeout"},
        Case{"another_send", [](Program& p) { p.journeys[0].points[1].timeout->pc = 7; },
             "journey reference, send site 2: it is delayed at a point that goes on elsewhere"},
        Case{"deadline", [](Program& p) { p.journeys[0].points[1].fixed_ms = 1; },
             "journey reference, send site 2: the point has a deadline of its own"},
        Case{"nobodys_point", [](Program& p) { p.journeys[0].sites[2].delayed_at.reset(); },
             "journey reference: 1 points of delayed messages, but 0 that can be delayed"},
        Case{"suspended_there", [](Program& p) { p.functions[static_cast<size_t>(p.journeys[0].body)].code[0].a = 1; },
             "journey reference, instruction 0 (suspend): a point of delayed messages is reached by their `send` (reached from start of "
             "entry 0)"},
        Case{"kept_but_not_assigned",
             [](Program& p) {
               p.journeys[0].layouts.push_back({{{"amount", Register{0}}}});
               p.journeys[0].points[1].layout = LayoutId{1};
             },
             "journey reference, instruction 9 (send): register 0 (amount) is kept but not assigned (reached from timeout of point 0)"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Policies, survive_the_file) {
  const Program program = delaying_program();
  ASSERT_EQ(fault_of(program), "verified");
  const std::string file = write_program(program);
  const auto read = read_program(file);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(write_program(*read), file);
  ASSERT_EQ(read->policies.size(), 1u);
  EXPECT_EQ(read->policies[0].caps[1].window, Span(Period{0, 7}));
  EXPECT_EQ(read->journeys[0].sites[2].delayed_at, PointId{1});
}

TEST(Policies, are_part_of_the_behaviour) {
  const Program program = delaying_program();
  Program stricter = program;
  stricter.policies[0].caps[1].limit = 2;
  EXPECT_NE(digests(program).behaviour, digests(stricter).behaviour);
  EXPECT_EQ(digests(program).schema, digests(stricter).schema);
}

TEST(Policies, are_listed) {
  const std::string text = disassemble(delaying_program(), {});
  EXPECT_NE(text.find("policy pressure\n"
                      "  cap marketing at 1 per calendar day\n"
                      "  cap marketing on email at 3 in any 7 days\n"
                      "  quiet 21:00 to 08:00 on email\n"
                      "  quiet every saturday, sunday, one of 2 dates from 2022-01-08 to 2022-01-09\n"
                      "  when quiet delay up to 14 hours else skip\n"
                      "  when capped divert to email\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("  site 2 main/Reminder: send Reminder via email, delayed at point 1\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace wend::bytecode
