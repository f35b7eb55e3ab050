// Whole journeys through the machine: entering, waiting, resuming, ending.

#include <gtest/gtest.h>

#include "runtime/bytecode/verify.h"
#include "tests/bytecode/sample_program.h"
#include "tests/vm/fake_host.h"

namespace wend::vm {
namespace {

using namespace bytecode;
using bytecode::testing::reference_program;
using bytecode::testing::rich_program;
using testing::FakeHost;

class JourneyTest : public ::testing::Test {
 protected:
  void load(Program the_program) {
    program = std::move(the_program);
    ASSERT_FALSE(verify(program).has_value());
    machine = std::make_unique<Machine>(program, *ZoneTable::system());
  }
  std::string event_body(uint16_t event, const std::vector<Value>& values) {
    std::vector<TypeId> types;
    for (const FieldInfo& field : program.events[event].fields) types.push_back(field.type);
    std::string body;
    ByteWriter writer(body);
    write_row(writer, program, types, values);
    return body;
  }
  const Journey& journey() const { return program.journeys[number]; }
  Outcome run(const Entry& entry, const std::string* body = nullptr, const std::string* frame = nullptr, size_t point = 0) {
    machine->begin(program.function(journey().body));
    if (frame != nullptr) {
      EXPECT_TRUE(machine->load_frame(journey(), journey().layouts[static_cast<size_t>(journey().points[point].layout)], *frame));
    }
    const EventView event{entry.event.value_or(EventId{}), body == nullptr ? std::string_view() : std::string_view(*body)};
    return machine->run(host, entry.pc, body == nullptr ? nullptr : &event);
  }
  std::string save(size_t point) {
    std::string frame;
    machine->save_frame(journey(), journey().layouts[static_cast<size_t>(journey().points[point].layout)], frame);
    return frame;
  }

  const Value& value_of(const Outcome& outcome) {
    EXPECT_EQ(outcome.kind(), OutcomeKind::returned);
    return machine->returned();
  }

  Program program;
  size_t number = 0;  // of the journey
  std::unique_ptr<Machine> machine;
  FakeHost host;
};

Value text(std::string_view value) {
  return Value::from_bytes(value);
}
Value money(std::string_view value) {
  return Value::from_decimal(*Decimal::parse(value));
}

TEST_F(JourneyTest, ReferenceJourneyBranchesOnTheAmount) {
  load(reference_program());
  const std::string signed_up = event_body(0, {Value::absent()});
  Outcome outcome = run(journey().entries[0].start, &signed_up);
  EXPECT_EQ(outcome.kind(), OutcomeKind::suspended);
  EXPECT_EQ(outcome.index(), 0);
  const std::string frame = save(0);
  EXPECT_EQ(frame, "");

  const Entry& arm = journey().points[0].arms[0].entry;
  const struct {
    const char* amount;
    uint16_t site;
  } cases[] = {{"50.00", 0}, {"49.99", 1}, {"1000", 0}, {"0", 1}, {"-60", 1}, {"50.0000000000000000000000000000001", 0}};
  for (const auto& at : cases) {
    host.sent.clear();
    const std::string purchased = event_body(1, {text("order-1"), money(at.amount)});
    outcome = run(arm, &purchased, &frame);
    EXPECT_EQ(outcome.kind(), OutcomeKind::ended);
    ASSERT_EQ(host.sent.size(), 1u);
    EXPECT_EQ(host.sent[0].site, at.site) << at.amount;
  }
  host.sent.clear();
  outcome = run(*journey().points[0].timeout, nullptr, &frame);
  EXPECT_EQ(outcome.kind(), OutcomeKind::ended);
  EXPECT_EQ(host.sent.at(0).site, 2);
  EXPECT_EQ(machine->faults(), 0u);
}

class RichJourneyTest : public JourneyTest {
 protected:
  void SetUp() override {
    load(rich_program());
    host.attributes[0] = text("Ada");
    host.attributes[1] = Value::from_word(3);
    host.attributes[2] = Value::from_bytes(std::string_view("\x00", 1));
    order = event_body(0, {text("o-17"), money("120.50"), Value::from_bytes(std::string_view("\x00", 1)), Value::from_word(1)});
  }
  std::string order;
};

TEST_F(RichJourneyTest, WaitsWithItsVariablesAndResumes) {
  EXPECT_EQ(value_of(run(*journey().entries[0].where, &order)).word, 0);  // consents
  host.consents = false;
  EXPECT_EQ(value_of(run(*journey().entries[0].where, &order)).word, 1);
  EXPECT_EQ(value_of(run(*journey().entries[0].key, &order)).view(), "o-17");

  const Outcome outcome = run(journey().entries[0].start, &order);
  ASSERT_EQ(outcome.kind(), OutcomeKind::suspended);
  EXPECT_EQ(outcome.index(), 0);
  ASSERT_EQ(host.sent.size(), 1u);
  EXPECT_EQ(host.sent[0].parameters[0].view(), "Ada");
  EXPECT_EQ(host.sent[0].parameters[1].decimal, *Decimal::parse("120.50"));
  EXPECT_EQ(host.set, (std::vector<uint16_t>{2}));

  const std::string frame = save(0);
  const Entry& visited = journey().points[0].arms[0].entry;
  const std::string elsewhere = event_body(1, {text("/about"), Value::from_word(0)});
  EXPECT_EQ(run(visited, &elsewhere, &frame).kind(), OutcomeKind::declined);
  EXPECT_EQ(machine->registers()[25].view(), "o-17");  // order_id, kept
  const std::string shop = event_body(1, {text("/shop/hats"), Value::from_word(0)});
  EXPECT_EQ(run(visited, &shop, &frame).kind(), OutcomeKind::ended);
  EXPECT_EQ(run(journey().points[0].arms[1].entry, nullptr, &frame).index(), 1);

  // The timeout leads to the live wait, whose deadline is an attribute.
  ASSERT_EQ(run(*journey().points[0].timeout, nullptr, &frame).kind(), OutcomeKind::suspended);
  const std::string second = save(1);
  EXPECT_FALSE(value_of(run(*journey().points[1].deadline, nullptr, &second, 1)).present);
  host.attributes[3] = Value::from_word(1'800'000'000'000);
  EXPECT_EQ(value_of(run(*journey().points[1].deadline, nullptr, &second, 1)).word, 1'800'000'000'000);

  EXPECT_EQ(value_of(run(*journey().exits[0].where, &order, &second, 1)).word, 1);
  const std::string other = event_body(0, {text("o-18"), money("1"), Value::from_bytes(std::string_view("\x00", 1)), Value::absent()});
  EXPECT_EQ(value_of(run(*journey().exits[0].where, &other, &second, 1)).word, 0);
}

TEST_F(RichJourneyTest, NothingSentIsAbsentAndStillSaved) {
  host.key.clear();
  ASSERT_EQ(run(journey().entries[0].start, &order).kind(), OutcomeKind::suspended);
  const std::string frame = save(0);
  run(*journey().points[0].timeout, nullptr, &frame);
  EXPECT_FALSE(machine->registers()[6].present);
  EXPECT_EQ(save(0), frame);
}

TEST_F(RichJourneyTest, FramesThatDoNotFitAreRefused) {
  run(journey().entries[0].start, &order);
  const std::string frame = save(0);
  for (size_t size = 0; size < frame.size(); ++size) {
    machine->begin(program.function(journey().body));
    EXPECT_FALSE(machine->load_frame(journey(), journey().layouts[0], frame.substr(0, size))) << size;
  }
  machine->begin(program.function(journey().body));
  EXPECT_FALSE(machine->load_frame(journey(), journey().layouts[0], frame + "x"));
}

TEST_F(RichJourneyTest, WhatCannotBeIsAFault) {
  // A required attribute that is unset, and an event body that ends too early.
  host.attributes.erase(1);
  EXPECT_EQ(run(journey().entries[0].start, &order).kind(), OutcomeKind::faulted);
  host.attributes[1] = Value::from_word(INT64_MAX);
  EXPECT_EQ(run(journey().entries[0].start, &order).kind(), OutcomeKind::faulted);  // overflow
  const std::string cut = order.substr(0, 3);
  EXPECT_EQ(run(journey().entries[0].start, &cut).kind(), OutcomeKind::faulted);
  EXPECT_EQ(run(journey().entries[0].start).kind(), OutcomeKind::faulted);  // no event at all
  EXPECT_EQ(machine->faults(), 4u);
}

TEST_F(JourneyTest, MembersEmitAndAreHandedOver) {
  load(bytecode::testing::segment_program());
  number = 1;
  host.members[2] = true;
  const Outcome handed = run(journey().entries[0].start);
  EXPECT_EQ(handed.kind(), OutcomeKind::ended);
  EXPECT_EQ(journey().labels[handed.index()], "handed_off");
  ASSERT_EQ(host.sent.size(), 2u);
  EXPECT_EQ(host.sent[0].site, 1);  // the event, with all its fields
  ASSERT_EQ(host.sent[0].parameters.size(), 2u);
  EXPECT_EQ(host.sent[0].parameters[0].view(), "/again");
  EXPECT_EQ(host.sent[0].parameters[1].word, host.now_ms);
  EXPECT_EQ(host.sent[1].site, 1);  // the journey, with its one parameter
  ASSERT_EQ(host.sent[1].parameters.size(), 1u);
  EXPECT_EQ(host.sent[1].parameters[0].view(), "/again");

  host.members[2] = false;
  const Outcome other = run(journey().entries[0].start);
  EXPECT_EQ(journey().labels[other.index()], "done");
  EXPECT_EQ(host.sent.size(), 3u);
}

TEST_F(JourneyTest, ForksBranchesAndCallsStopTheMachine) {
  load(bytecode::testing::fork_program());
  number = 1;
  const Fork& fork = journey().forks[0];
  const auto stops = [&](const Entry& entry, OutcomeKind kind, uint16_t index) {
    const Outcome outcome = run(entry);
    return outcome.kind() == kind && outcome.index() == index;
  };
  EXPECT_TRUE(stops(journey().entries[0].start, OutcomeKind::forked, 0));
  EXPECT_TRUE(stops(fork.branches[0], OutcomeKind::suspended, 0));
  EXPECT_TRUE(stops(*journey().points[0].timeout, OutcomeKind::branch_ended, 0));
  EXPECT_TRUE(stops(fork.branches[1], OutcomeKind::branch_ended, 0));
  EXPECT_TRUE(host.calls.empty());
  EXPECT_TRUE(stops(fork.join, OutcomeKind::suspended, 1));  // at the call's own point
  EXPECT_EQ(host.calls, std::vector<CallId>{CallId{0}});
  EXPECT_TRUE(stops(journey().points[1].arms[0].entry, OutcomeKind::ended, 0));
}

}  // namespace
}  // namespace wend::vm
