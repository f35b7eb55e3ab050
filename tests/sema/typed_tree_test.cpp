// The typed tree says everything that code generation needs: operators by type, conversions, unwraps, defaults, live attributes.

#include "compiler/sema/walk.h"
#include "tests/sema/support.h"

namespace wend::sema {
namespace {

/// The first statement of a kind in a journey.
template <typename Node>
const Node& first(const Journey& journey) {
  const Node* found = nullptr;
  for_each_stmt(journey.body, [&](const Stmt& stmt) {
    if (!found) found = stmt.get_if<Node>();
  });
  EXPECT_NE(found, nullptr);
  return *found;
}

/// Checks one journey and gives what `let x` is.
struct LetOf {
  explicit LetOf(const std::string& expression) : project(journey("step one { let x = " + expression + " }")) {
    EXPECT_FALSE(project.has_errors()) << project.text();
    value = first<LetStmt>(project.journey("j")).value.get();
  }
  CheckedProject project;
  const Expr* value = nullptr;

  [[nodiscard]] std::string type() const { return types::to_string(value->type, project.model().types); }
  [[nodiscard]] ArithmeticOp op() const { return value->as<Arithmetic>().op; }
};

TEST(TypedTree, TypesOfExpressions) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"order.count + 1", "Int"},
      {"order.count * 1.5", "Decimal"},
      {"order.count / 2", "Decimal"},
      {"order.total * 2", "Money<USD>"},
      {"10% * order.total", "Money<USD>"},
      {"order.total / 5.00 USD", "Decimal"},
      {"order.total - 1.00 USD", "Money<USD>"},
      {"10% + 5%", "Percent"},
      {"now - now", "Duration"},
      {"now + 3 days", "Instant"},
      {"2 hours + now", "Instant"},
      {"2 hours * 3", "Duration"},
      {"date_of(now)", "Date"},
      {"date(now) + 1 month", "Date"},
      {"days_between(2025-01-01, date_of(now))", "Int"},
      {"2025-01-01 10:00", "Instant"},
      {"[1, 2.5]", "List<Decimal>"},
      {"[1, 2]", "List<Int>"},
      {"first_of(order.items)", "Item?"},
      {"size_of(order.items)", "Int"},
      {"customer.first_name otherwise customer.stage", "Text?"},
      {"customer.first_name otherwise customer.stage otherwise \"x\"", "Text"},
      {"match customer.plan { free => 1, trial => 2.5, pro => 3 }", "Decimal"},
      {"match first_of(order.items) { present item => item.note, absent => \"none\" }", "Text?"},
      {"count of OrderPlaced in last 30 days", "Int"},
      {"did OrderPlaced in last 30 days", "Bool"},
      {"zones_of(customer.country)", "List<TimeZone>?"},
      {"Item(title: \"a\", price: 1.00 USD)", "Item"},
      {"Country.at", "Country"},
      {"customer.country == us", "Bool"},
      {"round_to(order.total / 3, 2)", "Money<USD>"},
      {"maximum(1, 2.5)", "Decimal"},
      {"to_integer(2.5)", "Int?"},
      {"match order.count > 3 { true => Plan.pro, false => free }", "Plan"},
      {"order.cart_id == order.order_id", "Bool"},
      {"order.count in [1, 2, 3]", "Bool"},
      {"order.items is not empty", "Bool"},
      {"-9_223_372_036_854_775_808", "Int"},
  };
  for (const auto& [expression, type] : cases) {
    const LetOf let(expression);
    EXPECT_EQ(let.type(), type) << expression;
  }
}

TEST(TypedTree, OperatorsAreChosenByType) {
  EXPECT_EQ(LetOf("order.count + 1").op(), ArithmeticOp::add_integer);
  EXPECT_EQ(LetOf("order.total + 1.00 USD").op(), ArithmeticOp::add_decimal);
  EXPECT_EQ(LetOf("now + 2 hours").op(), ArithmeticOp::instant_plus_duration);
  EXPECT_EQ(LetOf("now - 2 days").op(), ArithmeticOp::instant_minus_period);
  EXPECT_EQ(LetOf("\"a\" + order.order_id").op(), ArithmeticOp::concat);
}

TEST(TypedTree, ConversionsAreWrittenOut) {
  const LetOf sum("order.count + 1.5");
  EXPECT_TRUE(sum.value->as<Arithmetic>().left->get_if<ToDecimal>());
  const LetOf literal("1 + 1.5");
  EXPECT_TRUE(std::holds_alternative<Decimal>(literal.value->as<Arithmetic>().left->as<Constant>().value));
}

TEST(TypedTree, AProvedPresenceIsAnUnwrap) {
  const CheckedProject project(journey("step one { if customer.phone is present { send Call(phone: customer.phone) via email } }"));
  ASSERT_FALSE(project.has_errors()) << project.text();
  const auto& send = first<SendStmt>(project.journey("j"));
  ASSERT_TRUE(send.arguments[0]->get_if<Unwrap>());
  EXPECT_TRUE(send.arguments[0]->as<Unwrap>().operand->get_if<AttributeRead>());
  EXPECT_FALSE(send.arguments[0]->type.optional);
  EXPECT_TRUE(send.arguments[0]->labels.pii);
}

TEST(TypedTree, SendsHaveAllArgumentsAndChannels) {
  const CheckedProject project(journey("step one { send Hello\n step inner { send Note(text: \"a\") as note } }"));
  ASSERT_FALSE(project.has_errors()) << project.text();
  std::vector<const SendStmt*> sends;
  for_each_stmt(project.journey("j").body, [&](const Stmt& stmt) {
    if (const auto* send = stmt.get_if<SendStmt>()) sends.push_back(send);
  });
  ASSERT_EQ(sends.size(), 2U);
  EXPECT_EQ(sends[0]->path, "one/Hello");
  ASSERT_EQ(sends[0]->arguments.size(), 1U);
  EXPECT_TRUE(sends[0]->arguments[0]->get_if<Otherwise>());
  EXPECT_EQ(sends[0]->via.size(), 1U);
  EXPECT_EQ(sends[1]->path, "one.inner/note");
  EXPECT_EQ(sends[1]->via.size(), 2U);
  const VariableInfo& note = project.model().at(*sends[1]->delivery);
  EXPECT_EQ(note.qualified_name, "one.inner.note");
  EXPECT_EQ(note.receipts, (std::vector<std::string>{"clicked", "delivered"}));
}

TEST(TypedTree, FnsAreExpandedWithVariablesOfTheirOwn) {
  const CheckedProject project("fn twice(n: Int) -> Int = n + n\nfn four(n: Int) -> Int = twice(twice(n))\n" +
                               journey("step one { let x = four(order.count) }"));
  ASSERT_FALSE(project.has_errors()) << project.text();
  std::set<VariableId> bound;
  int lets = 0;
  const std::function<void(const Expr&)> walk = [&](const Expr& expr) {
    if (const auto* let = expr.get_if<LetIn>()) {
      ++lets;
      bound.insert(let->variable);
    }
    for (const Expr* child : children(expr)) walk(*child);
  };
  walk(*first<LetStmt>(project.journey("j")).value);
  EXPECT_EQ(lets, 3);
  EXPECT_EQ(bound.size(), 3U);
}

TEST(TypedTree, WaitsKnowTheirLiveAttributes) {
  const CheckedProject project(
      journey("step one { wait until customer.trial_ends_at - 3 days at 10:00 if past continue if absent { exit gone } }\n"
              "step two { let end = now + 3 days\n wait until end if past continue }\n"
              "step three { wait until next weekday at 09:30 }\n"));
  ASSERT_FALSE(project.has_errors()) << project.text();
  std::vector<const WaitStmt*> waits;
  for_each_stmt(project.journey("j").body, [&](const Stmt& stmt) {
    if (const auto* wait = stmt.get_if<WaitStmt>()) waits.push_back(wait);
  });
  ASSERT_EQ(waits.size(), 3U);
  const auto& live = std::get<WaitUntilInstant>(waits[0]->spec);
  ASSERT_EQ(live.live.size(), 1U);
  EXPECT_EQ(project.model().at(live.live[0]).name, "trial_ends_at");
  EXPECT_TRUE(live.instant->type.optional);
  EXPECT_TRUE(live.if_absent);
  EXPECT_EQ(live.at, 10 * 3600);
  const auto& frozen = std::get<WaitUntilInstant>(waits[1]->spec);
  EXPECT_TRUE(frozen.live.empty());
  EXPECT_FALSE(frozen.if_absent);
  EXPECT_EQ(std::get<WaitUntilNext>(waits[2]->spec).weekday_mask, 0x1f);
  EXPECT_EQ(waits[2]->path, "three/wait");
}

TEST(TypedTree, EqualHistoryQueriesAreOneAndKeepWhatTheyAreComparedWith) {
  const CheckedProject project(journey(R"(step one {
    if count of OrderPlaced in last 30 days >= 3 { }
    if 3 <= count of OrderPlaced in last 30 days { }
    if count of OrderPlaced in last 30 days > 2 { }
    if did OrderPlaced at least 3 times in last 30 days { }
    if count of OrderPlaced in last 30 days == 3 { }
    let all = count of OrderPlaced in last 30 days
    if did OrderPlaced as a where (a.total > 5.00 USD) since entry { }
    if did OrderPlaced as b where (b.total > 5.00 USD) since entry { }
  })"));
  ASSERT_FALSE(project.has_errors()) << project.text();
  std::vector<std::uint32_t> limits;
  for (const HistoryQuery& query : project.model().history) limits.push_back(query.limit);
  EXPECT_EQ(limits, (std::vector<std::uint32_t>{3, 4, 1000, 1}));
  EXPECT_FALSE(project.model().history.back().window);
  EXPECT_TRUE(project.model().history.back().filter);
}

TEST(TypedTree, EntriesOnOneEventShareTheirBinding) {
  const CheckedProject project(k_shop + R"(journey j {
    owner "o"  policy anything  lifetime 3 days
    enter on OrderPlaced as order where order.count > 1
    enter on OrderPlaced as order where order.count < 0
    exit same when OrderPlaced same order_id
    step one { let x = order.count }
  })");
  ASSERT_FALSE(project.has_errors()) << project.text();
  const Journey& made = project.journey("j");
  EXPECT_EQ(made.entries[0].binding, made.entries[1].binding);
  EXPECT_TRUE(made.entry_captures.empty());
  EXPECT_TRUE(made.exits[0].condition->as<Compare>().right->get_if<EventField>());
}

TEST(TypedTree, SameAcrossDifferentEntryEventsIsCaptured) {
  const CheckedProject project(k_shop + R"(
  event CartLeft { at: Instant  cart_id: Text }
  journey j {
    owner "o"  policy anything  lifetime 3 days
    enter on CartUpdated as cart
    enter on CartLeft as cart
    exit gone when CartUpdated as later same cart_id where later.total == 0 USD
    step one { wait 1 day }
  })");
  ASSERT_FALSE(project.has_errors()) << project.text();
  const Journey& made = project.journey("j");
  ASSERT_EQ(made.entry_captures.size(), 1U);
  EXPECT_EQ(made.entry_captures[0].fields, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_NE(made.entries[0].binding, made.entries[1].binding);
}

TEST(TypedTree, PositionsArePaths) {
  const CheckedProject project(k_shop + R"(
  experiment e { salt "s"  arm a 50%  arm b 50% }
  journey j {
    owner "o"  policy anything  lifetime 3 days
    enter on OrderPlaced as order
    step one {
      split e {
        arm a { wait 1 day  step inner { wait 1 day  exit early } }
        arm b { wait 1 day  exit late }
      }
    }
  })");
  ASSERT_FALSE(project.has_errors()) << project.text();
  const Journey& made = project.journey("j");
  std::vector<std::string> waits;
  for_each_stmt(made.body, [&](const Stmt& stmt) {
    if (const auto* wait = stmt.get_if<WaitStmt>()) waits.push_back(wait->path);
  });
  EXPECT_EQ(waits, (std::vector<std::string>{"one.a/wait", "one.a.inner/wait", "one.b/wait"}));
  EXPECT_EQ(made.steps[1].path, "one.a.inner");
  EXPECT_EQ(made.labels, (std::vector<std::string>{"done", "early", "late"}));
}

TEST(TypedTree, AJourneyKnowsWhatItReads) {
  const CheckedProject project(k_shop + "customer timezone = customer.timezone otherwise \"Europe/London\"\n" + R"(journey j {
    owner "o"  policy anything  lifetime 3 days
    enter on OrderPlaced where customer.plan == pro
    step one { send Note(text: "a") via sms }
  })");
  ASSERT_FALSE(project.has_errors()) << project.text();
  std::vector<std::string> reads;
  for (const AttributeId id : project.journey("j").reads) reads.push_back(project.model().at(id).name);
  EXPECT_EQ(reads, (std::vector<std::string>{"phone", "timezone", "plan"}));
}

TEST(TypedTree, TheZoneMayBeSeveral) {
  const CheckedProject project(k_shop +
                               "customer timezone = customer.timezone otherwise zones_of(customer.country) otherwise \"America/New_York\"");
  ASSERT_FALSE(project.has_errors()) << project.text();
  EXPECT_EQ(types::to_string(project.model().zone->type, project.model().types), "List<TimeZone>");
}

TEST(TypedTree, TestsAreFullyTyped) {
  const CheckedProject project(k_shop + R"(
  experiment e { salt "s"  arm a 50%  arm b 50% }
  fixture ada { plan: free  phone: "+44 20 7946 0000"  consents: [marketing_sms] }
  journey j {
    owner "o"  policy anything  lifetime 3 days
    enter on OrderPlaced as order where customer.plan == free or customer.visits > 3
    exit bought when OrderPlaced
    step one {
      split e { arm a { send Note(text: "a") via sms as note } arm b { } }
      await up to 1 day { on CartUpdated from now { } on timeout { } }
    }
  }
  test "all of it" of j {
    start at 2025-01-01 00:00
    given ada with (plan: pro, visits: 3)
    given e = a
    at 2025-03-30 02:30 +02:00 OrderPlaced(order_id: "o", total: 5.00 USD, items: [], count: 1)
    after 1 hour note.clicked
    after 1 day set customer.stage = absent
    after 2 hours withdraw marketing_sms
    advance by 1 day
    advance until done
    expect sent Note(text: "a") via sms
    expect not sent Hello
    expect 2 sent Note
    expect no sends
    expect suppressed Note via sms because consent
    expect exited as bought for order.order_id == "o"
    expect exited as expired
    expect at 2025-04-01 10:00 waiting in one
    expect customer.stage == "x" and count of OrderPlaced in last 5 days > 0
  })");
  ASSERT_FALSE(project.has_errors()) << project.text();
  ASSERT_EQ(project.model().tests.size(), 1U);
  const sema::Test& test = project.model().tests[0];
  EXPECT_EQ(test.customer.size(), 3U);
  EXPECT_EQ(test.consents.size(), 1U);
  ASSERT_EQ(test.arms.size(), 1U);
  EXPECT_EQ(test.arms[0].arm, 0U);
  EXPECT_EQ(test.items.size(), 15U);
  const auto& order = std::get<EventStimulus>(std::get<sema::Stimulus>(test.items[0].node).what);
  ASSERT_EQ(order.fields.size(), 5U);
  EXPECT_TRUE(order.fields[1]->get_if<Absent>());
  EXPECT_EQ(std::get<sema::Stimulus>(test.items[0].node).at->offset_minutes, 120);
  EXPECT_EQ(std::get<ReceiptStimulus>(std::get<sema::Stimulus>(test.items[1].node).what).site_path, "one.a/note");
}

}  // namespace
}  // namespace wend::sema
