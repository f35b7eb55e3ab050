#include <gtest/gtest.h>

#include "support.h"

namespace wend::test {
namespace {

using namespace wend::syntax;

std::vector<std::string> kinds(const File& file) {
  std::vector<std::string> names;
  for (const Decl& each : file.declarations) names.emplace_back(kind_name(each.kind()));
  return names;
}

TEST(TreeShape, SharedModule) {
  const Parsed parsed(read_source_file("tests/syntax/programs/shared.journey"));
  ASSERT_TRUE(parsed.complete()) << parsed.rendered();
  EXPECT_EQ(parsed.file().edition->value, 1);
  EXPECT_EQ(parsed.file().module->text(), "acme.shared");
  EXPECT_EQ(kinds(parsed.file()),
            (std::vector<std::string>{"Import", "Enum", "Enum", "Enum", "Enum", "Enum", "Customer", "CustomerTimezone", "Event", "Event",
                                      "Event", "Event", "Event", "Channel", "Channel", "Channel", "Calendar", "Policy", "Holdout"}));
  const auto& import = parsed.decl<ImportDecl>(0);
  EXPECT_EQ(import.format.text, "avro");
  EXPECT_EQ(import.names.at(1).wire_name->text, "Cart Updated");
  EXPECT_EQ(parsed.file().declarations.at(0).doc->text,
            "The tracking plan is the source of truth for payloads; `wend.lock` pins its SHA-256.");
  const auto& customer = parsed.decl<CustomerDecl>(6);
  EXPECT_EQ(customer.fields.at(3).type.name.text, "Set");
  EXPECT_EQ(customer.fields.at(3).type.arguments.at(0).name.text, "Text");
  EXPECT_EQ(customer.fields.at(3).labels.at(0).name.text, "pii");
  EXPECT_TRUE(customer.fields.at(1).type.optional);
  const auto& order = parsed.decl<EventDecl>(12);
  EXPECT_EQ(order.late->parts.at(0).count, 2);
  EXPECT_FALSE(order.late->is_exact);
  EXPECT_TRUE(order.grace->is_exact);
  EXPECT_EQ(order.dedupe_by->text, "order_id");
  const auto& policy = parsed.decl<PolicyDecl>(17);
  ASSERT_EQ(policy.caps.size(), 3U);
  EXPECT_EQ(policy.caps.at(0).per_calendar, Unit::day);
  EXPECT_EQ(policy.caps.at(2).channels.at(0).text, "sms");
  EXPECT_EQ(policy.quiet_hours.at(1).times->from.hour, 20);
  EXPECT_EQ(policy.denials.at(0).steps.size(), 2U);
  EXPECT_EQ(parsed.decl<HoldoutDecl>(18).share.text, "5");
  EXPECT_EQ(parsed.decl<HoldoutDecl>(18).until->day, 31);
}

TEST(TreeShape, AbandonedCart) {
  const Parsed parsed(read_source_file("tests/syntax/programs/abandoned_cart.journey"));
  ASSERT_TRUE(parsed.complete()) << parsed.rendered();
  EXPECT_EQ(kinds(parsed.file()),
            (std::vector<std::string>{"Experiment", "Message", "Message", "Action", "Fn", "Flow", "Journey", "Test", "Test"}));
  const auto& message = parsed.decl<MessageDecl>(1);
  const Template& sms = message.bodies.at(1).parts.at(0).text;
  ASSERT_EQ(sms.pieces.size(), 5U);
  EXPECT_EQ(sms.pieces.at(0).text, "Your cart (");
  EXPECT_EQ(sms.pieces.at(1).hole->as<NameExpr>().name.text, "total");
  EXPECT_EQ(parsed.text(sms.pieces.at(1).span), "{total}");
  EXPECT_EQ(parsed.text(sms.pieces.at(1).hole->span), "total");
  const auto& flow = parsed.decl<FlowDecl>(5);
  const auto& step = flow.body.statements.at(0)->as<StepStmt>();
  const auto& send = step.body.statements.at(0)->as<SendStmt>();
  EXPECT_EQ(send.via.size(), 3U);
  EXPECT_EQ(send.label->text, "nudge");
  ASSERT_EQ(send.denials.size(), 2U);
  EXPECT_EQ(send.denials.at(0).steps.at(0).divert_to->text, "email");
  EXPECT_EQ(send.denials.at(0).steps.at(1).delay_up_to->parts.at(0).count, 12);
  EXPECT_EQ(send.denials.at(0).steps.at(2).action, DenialAction::skip);
  const auto& name = send.arguments->arguments.at(0);
  EXPECT_EQ(name.name->text, "name");
  EXPECT_EQ(name.value->as<BinaryExpr>().op, BinaryOp::otherwise);
  const auto& guarded = flow.body.statements.at(1)->as<StepStmt>().body.statements.at(0)->as<GuardedStmt>();
  EXPECT_EQ(guarded.interrupts.at(0).event->alias->text, "ticket");
  const auto& journey = parsed.decl<JourneyDecl>(6);
  ASSERT_EQ(journey.headers.size(), 9U);
  const auto& enter = journey.headers.at(5).as<EnterHeader>();
  EXPECT_EQ(enter.if_running, IfRunning::restart);
  EXPECT_TRUE(std::holds_alternative<EnterOnEvent>(enter.source));
  EXPECT_EQ(journey.headers.at(8).as<GoalHeader>().anchor, GoalAnchor::first_send);
  const auto& test = parsed.decl<TestDecl>(7);
  EXPECT_EQ(test.title.text, "held-out customers run silently and still count");
  EXPECT_EQ(test.items.size(), 9U);
}

TEST(TreeShape, TrialOnboarding) {
  const Parsed parsed(read_source_file("tests/syntax/programs/trial_onboarding.journey"));
  ASSERT_TRUE(parsed.complete()) << parsed.rendered();
  const auto& journey = parsed.decl<JourneyDecl>(5);
  EXPECT_EQ(journey.retired.at(0).resume_at->text(), "trial_ended");
  const auto& ending = journey.statements.at(2)->as<StepStmt>();
  const auto& wait = std::get<WaitUntilInstant>(ending.body.statements.at(0)->as<WaitStmt>().spec);
  EXPECT_EQ(wait.at->time.hour, 10);
  EXPECT_TRUE(wait.if_past->block.has_value());
  const auto& ended = journey.statements.at(3)->as<StepStmt>();
  EXPECT_EQ(ended.was.at(0).text, "trial_over");
  const auto& second = std::get<WaitUntilInstant>(ended.body.statements.at(0)->as<WaitStmt>().spec);
  EXPECT_FALSE(second.if_past->block.has_value()) << "`if past continue`";
  const auto& await =
      journey.statements.at(1)->as<StepStmt>().body.statements.at(0)->as<RepeatStmt>().body.statements.at(0)->as<AwaitStmt>();
  EXPECT_EQ(std::get<EventSignal>(await.arms.at(0).signals.at(0).node).lookback->kind, LookbackKind::since_entry);
  EXPECT_EQ(await.arms.at(2).kind, AwaitArmKind::timeout);
  const auto& test = parsed.decl<TestDecl>(6);
  const auto& moved = test.items.at(5).as<StimulusItem>();
  EXPECT_EQ(std::get<SetStimulus>(moved.stimulus).attribute.text, "trial_ends_at");
  EXPECT_TRUE(std::get<SentExpectation>(test.items.at(7).as<ExpectItem>().expectation).negated);
}

TEST(TreeShape, Winback) {
  const Parsed parsed(read_source_file("tests/syntax/programs/winback.journey"));
  ASSERT_TRUE(parsed.complete()) << parsed.rendered();
  const auto& segment = parsed.decl<SegmentDecl>(0);
  const auto& both = segment.condition->as<BinaryExpr>();
  EXPECT_EQ(both.op, BinaryOp::logical_and);
  const auto& did = both.left->as<BinaryExpr>().left->as<HistoryExpr>();
  EXPECT_EQ(did.at_least->value, 2);
  EXPECT_EQ(did.window.last->parts.at(0).count, 365);
  const auto& journey = parsed.decl<JourneyDecl>(7);
  EXPECT_EQ(journey.parameters->at(0).name.text, "reason");
  EXPECT_EQ(journey.headers.at(5).as<EnterHeader>().with->arguments.size(), 1U);
  EXPECT_NE(journey.headers.at(8).as<ExitHeader>().condition, nullptr);
  const auto& decide = journey.statements.at(1)->as<StepStmt>();
  EXPECT_EQ(decide.body.statements.at(0)->as<ForkStmt>().branches.size(), 2U);
}

TEST(TreeShape, PrecedenceFollowsTheGrammar) {
  const Parsed parsed("segment s = not a + b * c otherwise d == e and f or g");
  ASSERT_TRUE(parsed.complete()) << parsed.rendered();
  const auto& either = parsed.decl<SegmentDecl>().condition->as<BinaryExpr>();
  EXPECT_EQ(either.op, BinaryOp::logical_or);
  const auto& both = either.left->as<BinaryExpr>();
  EXPECT_EQ(both.op, BinaryOp::logical_and);
  const auto& equal = both.left->as<UnaryExpr>().operand->as<BinaryExpr>();
  EXPECT_EQ(equal.op, BinaryOp::equal);
  const auto& otherwise = equal.left->as<BinaryExpr>();
  EXPECT_EQ(otherwise.op, BinaryOp::otherwise);
  EXPECT_EQ(otherwise.left->as<BinaryExpr>().op, BinaryOp::add);
  EXPECT_EQ(parsed.text(equal.op_span), "==");
}

TEST(TreeShape, LiteralsKeepTheirExactText) {
  const Parsed parsed(
      R"(fn f() -> List<Text> = [1_000, 2.50, 12.5%, 1_000.50 USD, 25 EUR, 2 days 3 weeks, 2025-03-09, 2025-03-09 10:00, 10:00:30, true, "a\"\n"])");
  ASSERT_EQ(parsed.diagnostics().size(), 1U) << "decimals take no underscores\n" << parsed.rendered();
  const Parsed right(
      R"(fn f() -> List<Text> = [1_000, 2.50, 12.5%, 1000.50 USD, 25 EUR, 2 days 3 weeks, 2025-03-09, 2025-03-09 10:00, 10:00:30, true, "a\"\n"])");
  ASSERT_TRUE(right.complete()) << right.rendered();
  const auto& list = right.decl<FnDecl>().body->as<ListExpr>().elements;
  EXPECT_EQ(list.at(0)->as<IntExpr>().text, "1000");
  EXPECT_EQ(list.at(1)->as<DecimalExpr>().text, "2.50");
  EXPECT_EQ(list.at(2)->as<PercentExpr>().text, "12.5");
  EXPECT_EQ(list.at(3)->as<MoneyExpr>().amount, "1000.50");
  EXPECT_EQ(list.at(4)->as<MoneyExpr>().currency.text, "EUR");
  EXPECT_EQ(list.at(5)->as<DurationExpr>().duration.parts.size(), 2U);
  EXPECT_EQ(list.at(6)->as<DateExpr>().date.month, 3);
  EXPECT_EQ(list.at(7)->as<DateTimeExpr>().time.hour, 10);
  EXPECT_EQ(list.at(8)->as<TimeExpr>().time.second, 30);
  EXPECT_TRUE(list.at(9)->as<BoolExpr>().value);
  EXPECT_EQ(list.at(10)->as<TextExpr>().text, "a\"\n");
}

TEST(TreeShape, DocCommentsAreAboutWhatBeginsTheLine) {
  const Parsed parsed("/// About A.\nevent A { a: Int } event B { b: Int }\n");
  ASSERT_TRUE(parsed.complete()) << parsed.rendered();
  EXPECT_EQ(parsed.file().declarations.at(0).doc->text, "About A.");
  EXPECT_FALSE(parsed.file().declarations.at(1).doc.has_value());
  const Parsed marked("\xEF\xBB\xBF/// With a byte order mark.\nevent A { a: Int }\n");
  EXPECT_EQ(marked.file().declarations.at(0).doc->text, "With a byte order mark.");
}

TEST(TreeShape, DocCommentsBelongToWhatFollows) {
  const Parsed parsed(R"(
/// About the record.
/// In two lines.
record Visit {
  /// When it was.
  at: Instant
  // not documentation
  place: Text
}

/// Far away.

journey j {
  /// Who answers.
  owner "x"
  /// The first step.
  step a { exit b }
}
)");
  ASSERT_TRUE(parsed.complete()) << parsed.rendered();
  EXPECT_EQ(parsed.file().declarations.at(0).doc->text, "About the record.\nIn two lines.");
  EXPECT_EQ(parsed.decl<RecordDecl>().fields.at(0).doc->text, "When it was.");
  EXPECT_FALSE(parsed.decl<RecordDecl>().fields.at(1).doc.has_value());
  EXPECT_FALSE(parsed.file().declarations.at(1).doc.has_value()) << "an empty line separates them";
  EXPECT_EQ(parsed.decl<JourneyDecl>(1).headers.at(0).doc->text, "Who answers.");
  EXPECT_EQ(parsed.decl<JourneyDecl>(1).statements.at(0)->doc->text, "The first step.");
}

TEST(TreeShape, SettledAdditions) {
  const Parsed parsed(R"(
journey j {
  enter when customer joins vip including existing with (reason: lapsed)
  enter every day at 09:00 for vip
  enter every 14 days at 09:00 for vip
  enter every year on customer.birthday at 09:00
  enter at 2025-12-01 09:00 for vip
  exit bought when OrderPlaced same cart_id, shop_id where total > 3
  step a {
    call IssueCode(id: customer.id) as code retry up to 3 times every 1 hour or else { exit no_code }
    await { on mail.opened, note.opened { } when customer.vip { } on OrderPlaced since 2 days ago { } }
    wait until at 09:00 in customer.timezone
    set customer.stage = absent
    match customer.age { 0 to 6, 7 => { } otherwise => { } }
    let recent = list of OrderPlaced as o where (o.total > 3) since entry up to 20
  }
}
test "t" of j {
  start at 2025-10-26 01:30 +01:00
  given call IssueCode fails 2 times
  given call IssueCode = Code(value: "a"), Code(value: "b")
  given ada with (plan: trial)
  at 2025-10-26 01:30 plain.nudge.clicked
  after 1 hour consent marketing_email, marketing_sms
  after 1 hour withdraw marketing_sms
  advance until done
  expect 2 sent Hello(name: "a")
  expect exited as bought for a.id == "a1"
  expect waiting in a.b
}
)");
  ASSERT_TRUE(parsed.complete()) << parsed.rendered();
  const auto& journey = parsed.decl<JourneyDecl>();
  EXPECT_TRUE(std::get<EnterOnJoin>(journey.headers.at(0).as<EnterHeader>().source).including_existing);
  EXPECT_EQ(std::get<EnterEvery>(journey.headers.at(1).as<EnterHeader>().source).day->text, "day");
  EXPECT_EQ(std::get<EnterEvery>(journey.headers.at(2).as<EnterHeader>().source).period->parts.at(0).count, 14);
  EXPECT_EQ(journey.headers.at(5).as<ExitHeader>().event->same.size(), 2U);
  const auto& body = journey.statements.at(0)->as<StepStmt>().body.statements;
  EXPECT_EQ(body.at(0)->as<CallStmt>().retry->times.value, 3);
  EXPECT_EQ(body.at(1)->as<AwaitStmt>().arms.at(0).signals.size(), 2U);
  EXPECT_EQ(body.at(1)->as<AwaitStmt>().arms.at(1).kind, AwaitArmKind::condition);
  EXPECT_NE(std::get<WaitUntilTime>(body.at(2)->as<WaitStmt>().spec).at.zone, nullptr);
  EXPECT_EQ(body.at(3)->as<SetStmt>().value->kind(), ExprKind::Absent);
  EXPECT_EQ(body.at(4)->as<MatchStmt>().arms.at(0).patterns.at(0).kind(), PatternKind::Range);
  EXPECT_EQ(body.at(5)->as<LetStmt>().value->as<HistoryExpr>().up_to->value, 20);
  const auto& test = parsed.decl<TestDecl>(1);
  EXPECT_EQ(test.items.at(0).as<StartAtItem>().moment.offset_minutes, 60);
  EXPECT_EQ(test.items.at(1).as<GivenCallItem>().fail_times->value, 2);
  EXPECT_EQ(test.items.at(2).as<GivenCallItem>().answers.size(), 2U);
  EXPECT_EQ(std::get<ReceiptStimulus>(test.items.at(4).as<StimulusItem>().stimulus).path.text(), "plain.nudge.clicked");
  EXPECT_TRUE(std::get<ConsentStimulus>(test.items.at(6).as<StimulusItem>().stimulus).withdraw);
  EXPECT_NE(test.items.at(9).as<ExpectItem>().for_instance, nullptr);
}

}  // namespace
}  // namespace wend::test
