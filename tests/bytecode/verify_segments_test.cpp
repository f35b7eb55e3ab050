// Segments and schedules: a program with them survives its file, and what must hold of them is refused when it does not.

#include <gtest/gtest.h>

#include "runtime/bytecode/disassemble.h"
#include "runtime/bytecode/program_file.h"
#include "runtime/bytecode/verify.h"
#include "tests/bytecode/sample_program.h"

namespace wend::bytecode::testing {
namespace {

Function function(std::vector<SampleType> registers, std::vector<Instruction> code) {
  Function result;
  for (const SampleType type : registers) result.registers.push_back(type_id(type));
  result.lines.assign(code.size(), 0);
  result.code = std::move(code);
  return result;
}

FunctionId add(Program& program, Function function) {
  program.functions.push_back(std::move(function));
  return static_cast<FunctionId>(program.functions.size() - 1);
}

Instruction make(Opcode opcode, uint16_t a = 0, uint16_t b = 0, uint16_t c = 0) {
  return {opcode, 0, a, b, c};
}

std::string fault_of(const std::function<void(Program&)>& breaks) {
  Program program = segment_program();
  breaks(program);
  const auto error = verify(program);
  return error ? error->where + ": " + error->what : "";
}
std::string fault_in_condition(Instruction instruction, SampleType type) {
  return fault_of([&](Program& p) {
    p.segments[0].condition =
        add(p, function({type, k_boolean}, {instruction, make(Opcode::load_consent, 1), make(Opcode::return_value, 1)}));
  });
}

TEST(Segments, SurviveTheFile) {
  const Program program = segment_program();
  const auto error = verify(program);
  ASSERT_FALSE(error.has_value()) << error->where << ": " << error->what;
  const std::string bytes = write_program(program);
  const auto read = read_program(bytes);
  ASSERT_TRUE(read.has_value()) << read.error().where << ": " << read.error().what;
  EXPECT_EQ(write_program(*read), bytes);
  EXPECT_EQ(disassemble(*read, {}), disassemble(program, {}));
}

TEST(Segments, ArePartOfTheBehaviour) {
  const auto behaviour_with = [](const std::function<void(Program&)>& changes) {
    Program program = segment_program();
    changes(program);
    return to_hex(digests(program).behaviour);
  };
  const std::string plain = behaviour_with([](Program&) {});
  EXPECT_NE(behaviour_with([](Program& p) { p.segments[0].existing = true; }), plain);
  EXPECT_NE(behaviour_with([](Program& p) { p.schedules[1].every = 15; }), plain);
  EXPECT_NE(behaviour_with([](Program& p) { p.functions[static_cast<size_t>(p.segments[0].condition)].code[0].opcode = Opcode::load_now; }),
            plain);
}

TEST(Segments, ThatCannotBeAreRefused) {
  EXPECT_EQ(fault_of([](Program& p) { p.segments[0].condition = FunctionId{99}; }), "segment readers: function 99 of 8");
  EXPECT_EQ(fault_of([](Program& p) { p.segments[1].tracked = false; }), "segment readers: members are let in who are not tracked");
  EXPECT_EQ(fault_of([](Program& p) { p.schedules[0].weekdays = 0; }), "schedule 0: 0x0 is no set of weekdays");
  EXPECT_EQ(fault_of([](Program& p) { p.schedules[1].every = 0; }), "schedule 1: every 0 days");
  EXPECT_EQ(fault_of([](Program& p) { p.schedules[2].every = 1'000'000; }), "schedule 2: every 1000000 months");
  EXPECT_EQ(fault_of([](Program& p) { p.schedules[3].date_of.reset(); }), "schedule 3: no date to repeat");
  EXPECT_EQ(fault_of([](Program& p) { p.schedules[4].date = INT32_MAX; }), "schedule 4: the date is out of range");
  EXPECT_EQ(fault_of([](Program& p) { p.schedules[4].at = 86'400; }), "schedule 4: the time of day is out of range");
  EXPECT_EQ(fault_of([](Program& p) { p.schedules[4].kind = static_cast<ScheduleKind>(9); }), "schedule 4: unknown kind 9");
  EXPECT_EQ(fault_of([](Program& p) { p.schedules[4].segment = SegmentId{7}; }), "schedule 4: segment 7 of 3");
  EXPECT_EQ(fault_of([](Program& p) { p.schedules[4].segment = SegmentId{2}; }), "schedule 4: the segment is not tracked");
}

TEST(Segments, EnterAJourneyInOneWay) {
  EXPECT_EQ(fault_of([](Program& p) { p.journeys[1].entries[0].joins = SegmentId{2}; }),
            "journey standing, entry 0: the segment is not tracked");
  EXPECT_EQ(fault_of([](Program& p) { p.journeys[1].entries[0].schedule = ScheduleId{0}; }),
            "journey standing, entry 0: not exactly one of event, segment, schedule and handoff");
  EXPECT_EQ(fault_of([](Program& p) { p.journeys[1].entries[1].schedule = ScheduleId{5}; }), "journey standing, entry 1: schedule 5 of 5");
}

TEST(Segments, ReadOnlyWhatIsHeardWhenItChanges) {
  EXPECT_EQ(
      fault_in_condition(make(Opcode::load_now), k_instant),
      "function 8, instruction 0 (load_now): `load_now` where only attributes, consents and history are read (reached from condition of "
      "segment readers)");
  EXPECT_EQ(fault_in_condition(make(Opcode::load_history, 0, 1), k_integer),
            "function 8, instruction 0 (load_history): `load_history` where only attributes, consents and history are read (reached from "
            "condition of segment readers)");
  EXPECT_EQ(
      fault_in_condition(make(Opcode::load_segment, 0, 2), k_boolean),
      "function 8, instruction 0 (load_segment): `load_segment` where only a journey may ask (reached from condition of segment readers)");
  EXPECT_EQ(fault_of([](Program& p) { p.functions[static_cast<size_t>(p.segments[0].condition)].registers[0] = type_id(k_integer); }),
            "function 5, instruction 0 (load_consent): operand a: register 0 is integer, expected boolean");
}

}  // namespace
}  // namespace wend::bytecode::testing
