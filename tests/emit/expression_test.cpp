// Expressions, from their text to their value: each stands as the hole of a message, and the message's text is what it says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/emit/emit.h"
#include "compiler/project/compile.h"
#include "runtime/bytecode/verify.h"
#include "runtime/vm/machine.h"

namespace wend {
namespace {

constexpr const char* k_declarations = R"(
edition 1
module m
enum Plan { free, pro, business }
record Line { sku: Text  quantity: Int }
event Started { }
customer { email: Email? }
channel email { address customer.email }
fn doubled(n: Int) -> Int = n + n
fn size(n: Int) -> Text = match n { 0 => "none", 1 to 9 => "few", otherwise => "many" }
fn price(plan: Plan) -> Money<USD> = match plan { free => 0 USD, pro => 9.50 USD, business => 25 USD }
)";

constexpr const char* k_parameters =
    "(n: Int, zero: Int, t: Text, some: Text?, none: Text?, d: Decimal, usd: Money<USD>, plan: Plan, yes: Bool, lines: List<Line>)";

// What a message of one hole needs around it. A hole holds no quotes: an expression with a text in it is called by a name.
std::string project_text(const std::string& expression) {
  const bool has_text = expression.find('"') != std::string::npos;
  const std::string hole = has_text ? "answer(n, zero, t, some, none, d, usd, plan, yes, lines)" : expression;
  return std::string(k_declarations) + "fn answer" + k_parameters + " -> Text = " + (has_text ? expression : "t") + "\n" + "message M" +
         k_parameters + " for transactional { email { body \"{" + hole + "}\" } }\n" +
         "journey j { owner \"a@b.c\"  lifetime 1 day  enter on Started\n  step s { wait 1 hour } }\n";
}

class NoHost final : public vm::Host {
 public:
  TimestampMs now() const override { return 0; }
  uint64_t position() const override { return 0; }
  uint32_t ordinal() const override { return 0; }
  vm::Value attribute(bytecode::AttributeId) override { return vm::Value::absent(); }
  bool consent(bytecode::TopicId) override { return false; }
  vm::Value list(bytecode::HistoryId) override { return vm::Value::absent(); }
  int64_t history(bytecode::HistoryId) override { return 0; }
  bool segment(bytecode::SegmentId) override { return false; }
  std::string_view zone() override { return "UTC"; }
  vm::SendResult send(bytecode::SiteId, std::span<const vm::Value>, std::span<const vm::Value>) override { return {}; }
  void set_attribute(bytecode::AttributeId, const vm::Value&) override {}
  uint32_t assign_arm(bytecode::ExperimentId) override { return 0; }
  void emit(bytecode::EventId, std::span<const vm::Value>) override {}
  void hand_off(bytecode::JourneyId, std::span<const vm::Value>) override {}
  void call(bytecode::CallId, uint16_t, std::span<const bytecode::Value>) override {}
};

std::string one_line(const bytecode::Program& program, bytecode::TypeId list_type) {
  const bytecode::RecordInfo& record = program.records[static_cast<size_t>(program.type(program.type(list_type).element).record)];
  std::string bytes;
  ByteWriter row(bytes);
  const std::vector<bytecode::TypeId> types = {record.fields[0].type, record.fields[1].type};
  const std::vector<vm::Value> values = {vm::Value::from_bytes("lamp"), vm::Value::from_word(3)};
  row.varint(1);
  bytecode::write_row(row, program, types, values);
  return bytes;
}

std::string rendered(const std::string& hole) {
  source::MemoryFileStore files;
  files.write("m.journey", project_text(hole));
  const auto project = project::load(files, "m.journey");
  const auto result = project::compile(*project, files, *ZoneTable::system());
  if (!result.program) return "does not compile: " + result.findings.sorted().at(0).message();

  const bytecode::Program& program = *result.program;
  const bytecode::Message& message = program.messages.at(0);
  const std::string lines = one_line(program, message.parameters[9].type);
  const std::vector<vm::Value> arguments = {vm::Value::from_word(7),
                                            vm::Value::from_word(0),
                                            vm::Value::from_bytes("Tea"),
                                            vm::Value::from_bytes("there"),
                                            vm::Value::absent(),
                                            vm::Value::from_decimal(*Decimal::parse("2.5")),
                                            vm::Value::from_decimal(*Decimal::parse("19.9")),
                                            vm::Value::from_word(1),
                                            vm::Value::from_word(1),
                                            vm::Value::from_bytes(lines)};
  vm::Machine machine(program, *ZoneTable::system());
  NoHost host;
  const auto text = vm::evaluate(machine, host, program.function(message.bodies[0].parts[0].render), arguments);
  return text ? std::string(text->view()) : "faults";
}

struct Case {
  const char* hole;
  const char* text;
};
class Expression : public testing::TestWithParam<Case> {};

TEST_P(Expression, HasItsValue) {
  EXPECT_EQ(rendered(GetParam().hole), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(Operators, Expression,
                         testing::Values(Case{"n + 3 * 2", "13"}, Case{"-n - 1", "-8"}, Case{"d * 2", "5"},
                                         Case{"usd + 0.10 USD", "20.00 USD"}, Case{"usd * 2", "39.80 USD"}, Case{"d / 4", "0.625"},
                                         Case{"t + t", "TeaTea"}));
INSTANTIATE_TEST_SUITE_P(Logic, Expression,
                         testing::Values(Case{"match n > 5 and n < 10 { true => \"in\", false => \"out\" }", "in"},
                                         Case{"match n < 5 or not yes { true => \"in\", false => \"out\" }", "out"},
                                         Case{"match not (n == 7 and yes) { true => \"in\", false => \"out\" }", "out"},
                                         Case{"match n in [1, 7] { true => \"in\", false => \"out\" }", "in"},
                                         Case{"match n not in [1, 7] { true => \"in\", false => \"out\" }", "out"},
                                         Case{"match some == t { true => \"same\", false => \"other\" }", "other"},
                                         Case{"match none == t { true => \"same\", false => \"other\" }", "other"}));
INSTANTIATE_TEST_SUITE_P(Presence, Expression,
                         testing::Values(Case{"some otherwise t", "there"}, Case{"none otherwise t", "Tea"},
                                         Case{"none otherwise some otherwise t", "there"},
                                         Case{"match none { present x => x, absent => \"nothing\" }", "nothing"},
                                         Case{"match some { absent => \"nothing\", present x => x + \"!\" }", "there!"},
                                         Case{"match some is present and some == \"there\" { true => \"yes\", false => \"no\" }", "yes"}));
INSTANTIATE_TEST_SUITE_P(Matches, Expression,
                         testing::Values(Case{"size(0)", "none"}, Case{"size(n)", "few"}, Case{"size(9)", "few"}, Case{"size(10)", "many"},
                                         Case{"size(-1)", "many"}, Case{"price(plan)", "9.50 USD"}, Case{"price(business)", "25.00 USD"},
                                         Case{"match plan { free, pro => \"small\", business => \"large\" }", "small"}));
INSTANTIATE_TEST_SUITE_P(Calls, Expression,
                         testing::Values(Case{"doubled(doubled(n))", "28"}, Case{"upper(t)", "TEA"},
                                         Case{"length_of(t) + size_of(lines)", "4"},
                                         Case{"match first_of(lines) { present line => line.sku, absent => \"none\" }", "lamp"},
                                         Case{"Line(sku: \"mug\", quantity: n).sku", "mug"}));
INSTANTIATE_TEST_SUITE_P(Faults, Expression, testing::Values(Case{"9223372036854775807 + n", "faults"}));

TEST(TestExpressions, BecomeFunctionsOfTheSameProgram) {
  source::MemoryFileStore files;
  files.write("m.journey", project_text("n"));
  const auto project = project::load(files, "m.journey");
  auto result = project::compile(*project, files, *ZoneTable::system());
  ASSERT_TRUE(result.program);
  const sema::Expr* address = result.model.channels.at(0).address.get();
  const auto functions = emit::emit_test_expressions(result.model, *result.program, std::vector<const sema::Expr*>{address, address});
  ASSERT_EQ(functions.size(), 2u);
  EXPECT_LT(static_cast<size_t>(functions[1]), result.program->functions.size());
  EXPECT_FALSE(bytecode::verify(*result.program));
}

}  // namespace
}  // namespace wend
