// What is known where: presence, division, assignment, and what a wait takes away.

#include "tests/sema/support.h"

namespace wend::sema {
namespace {

struct Case {
  std::string name;
  std::string body;  ///< of step `one`
  std::vector<std::string> codes;
};
std::ostream& operator<<(std::ostream& out, const Case& each) {
  return out << each.name;
}

class Facts : public testing::TestWithParam<Case> {};

TEST_P(Facts, Hold) {
  const CheckedProject project(journey("step one {\n" + GetParam().body + "\n}"));
  EXPECT_EQ(project.codes(), GetParam().codes) << project.text();
}

const std::string k_send = "send Call(phone: customer.phone) via email";

INSTANTIATE_TEST_SUITE_P(
    Presence, Facts,
    testing::Values(
        Case{"untested", k_send, {"E0302"}},  //
        Case{"tested", "if customer.phone is present { " + k_send + " }", {}},
        Case{"tested_in_the_other_branch", "if customer.phone is present { } else { " + k_send + " }", {"E0302"}},
        Case{"absent_leaves", "if customer.phone is absent { exit gone }\n" + k_send, {}},
        Case{"not_present_leaves", "if not (customer.phone is present) { leave one }\n" + k_send, {}},
        Case{"is_not_absent", "if customer.phone is not absent { " + k_send + " }", {}},
        Case{"and_holds_on_the_right", "if customer.phone is present and customer.phone != \"12345\" { }", {}},
        Case{"or_does_not", "if customer.phone is present or customer.phone != \"12345\" { }", {"E0309"}},
        Case{"or_after_absent", "if customer.phone is absent or customer.phone != \"12345\" { }", {}},
        Case{"and_false_tells_nothing", "if customer.phone is present and order.count > 1 { } else { " + k_send + " }", {"E0302"}},
        Case{"or_true_tells_what_both_say",
             "if (customer.phone is present and order.count > 1) or (customer.phone is present and order.count < 9) { " + k_send + " }",
             {}},
        Case{"equal_means_present", "if customer.phone == \"12345\" { " + k_send + " }", {}},
        Case{"in_means_present", "if customer.phone in [\"12345\", \"54321\"] { " + k_send + " }", {}},
        Case{"match_present", "match customer.phone { present phone => { send Call(phone: phone) via email } absent => { } }", {}},
        Case{"match_narrows_the_subject", "match customer.phone { present phone => { " + k_send + " } absent => { } }", {}},
        Case{"otherwise_gives_one", "send Call(phone: customer.phone otherwise \"12345\") via email", {}},
        Case{"joined_branches", "if order.count > 1 { if customer.phone is absent { exit gone } }\n" + k_send, {"E0302"}},
        Case{"payload_survives_a_wait", "if order.cart_id is present { wait 1 day\n send Note(text: order.cart_id) via email }", {}},
        Case{"let_survives_a_wait",
             "let phone = customer.phone\nif phone is present { wait 1 day\n send Call(phone: phone) via email }",
             {}},
        Case{"attribute_does_not", "if customer.phone is present { wait 1 day\n " + k_send + " }", {"E0303"}},
        Case{"tested_again", "if customer.phone is present { wait 1 day\n if customer.phone is present { " + k_send + " } }", {}},
        Case{"await_arm",
             "if customer.phone is present {\n await up to 1 day { on CartUpdated from now { " + k_send + " } on timeout { } }\n}",
             {"E0303"}},
        Case{"awaited_condition", "await up to 1 day { when customer.phone is present { " + k_send + " } on timeout { } }", {}},
        Case{"where_of_an_arm",
             "await up to 1 day { on CartUpdated as cart where customer.phone is present from now { " + k_send + " } on timeout { } }",
             {}},
        Case{"set_makes_present", "set customer.stage = \"x\"\nsend Note(text: customer.stage) via email", {}},
        Case{"set_absent_forgets",
             "if customer.stage is present {\n set customer.stage = absent\n send Note(text: customer.stage) via email }",
             {"E0302"}},
        Case{"wait_until_makes_present",
             "wait until customer.trial_ends_at if past continue if absent { exit gone }\nlet left = customer.trial_ends_at - now",
             {}},
        Case{"wait_until_absent_continue",
             "wait until customer.trial_ends_at if past continue if absent continue\nlet left = customer.trial_ends_at - now",
             {"E0302"}},
        Case{"tested_before_a_live_wait",
             "if customer.trial_ends_at is present { wait until customer.trial_ends_at if past continue }",
             {"E0451"}}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(Zero, Facts,
                         testing::Values(Case{"constant", "let x = order.count / 2", {}},                                   //
                                         Case{"zero", "let x = order.count / 0", {"E0311"}},                                //
                                         Case{"unknown", "let x = 5 / order.count", {"E0311"}},                             //
                                         Case{"tested", "if order.count != 0 { let x = 5 / order.count }", {}},             //
                                         Case{"positive", "if order.count > 0 { let x = 5 / order.count }", {}},            //
                                         Case{"mirrored", "if 1 <= order.count { let x = 5 / order.count }", {}},           //
                                         Case{"not_strict", "if order.count >= 0 { let x = 5 / order.count }", {"E0311"}},  //
                                         Case{"else_of_equal", "if order.count == 0 { } else { let x = 5 / order.count }", {}},
                                         Case{"money", "if order.total > 0 USD { let x = 5 USD / order.total }", {}}),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Assignment, Facts,
    testing::Values(Case{"step_opens_no_scope", "step a { let x = 1 }\nstep b { let y = x }", {}},
                    Case{"block_opens_one", "if order.count > 1 { let x = 1 }\nlet y = x", {"E0201"}},
                    Case{"leave_skips", "step a { if order.count > 1 { leave a }\n let x = 1 }\nlet y = x", {"E0214"}},
                    Case{"leave_of_an_outer_step", "step a { if order.count > 1 { leave one }\n let x = 1 }\nlet y = x", {}},
                    Case{"exit_does_not_skip", "step a { if order.count > 1 { exit gone }\n let x = 1 }\nlet y = x", {}},
                    Case{"stop_leaves_the_loop", "repeat up to 3 times { wait 1 day\n if round == 2 { stop repeating } }\nlet x = 1", {}},
                    Case{"endless_loop_ends_the_path", "repeat every 1 day { set customer.stage = \"x\" }\nlet x = 1", {"W0951"}},
                    Case{"siblings_reuse_names", "if order.count > 1 { let x = 1 } else { let x = 2 }", {}},
                    Case{"no_shadowing", "let x = 1\nif order.count > 1 { let x = 2 }", {"E0213"}},
                    Case{"delivery_is_assigned",
                         "send Note(text: \"a\") via email as note or else { }\nawait up to 1 day { on note.clicked { } on timeout { } }",
                         {}},
                    Case{"round_in_nested_loops",
                         "repeat up to 2 times { wait 1 day\n repeat up to 2 times { wait 1 day as inner\n let x = round } }",
                         {}},
                    Case{"code_after_all_branches_left", "if order.count > 1 { exit a } else { exit b }\nwait 1 day", {"W0951"}},
                    Case{"one_warning_for_a_run_of_them", "exit a\nwait 1 day\nwait 2 days as again\nlet x = 1", {"W0951"}}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace wend::sema
