// Defaults, listed events and changes: what a program may say of them.

#include <gtest/gtest.h>

#include "runtime/bytecode/program_file.h"
#include "runtime/bytecode/verify.h"
#include "tests/bytecode/sample_program.h"

namespace wend::bytecode::testing {
namespace {

std::string fault_of(const Program& program) {
  const auto fault = verify(program);
  return fault ? fault->where + ": " + fault->what : "none";
}

TEST(VerifyLists, TheRecordIsTheEvent) {
  Program program = rich_program();
  ASSERT_EQ(fault_of(program), "none");
  program.history[2].event = EventId{1};
  EXPECT_EQ(fault_of(program), "history query 2: the fields of record 0 are not the event's");
  program = rich_program();
  program.history[2].listed = RecordId{7};
  EXPECT_EQ(fault_of(program), "history query 2: record 7 of 1");
  program = rich_program();
  program.history[2].limit = 201;
  EXPECT_EQ(fault_of(program), "history query 2: a list keeps at most 200 events");
}

TEST(VerifyLists, ListsAreListedAndCountsCounted) {
  Program program = rich_program();
  program.history[2].listed.reset();
  EXPECT_NE(fault_of(program).find("history query 2 is no list"), std::string::npos) << fault_of(program);
  program = rich_program();
  for (Function& function : program.functions) {
    for (Instruction& instruction : function.code) {
      if (instruction.opcode == Opcode::load_history) instruction.b = 2;
    }
  }
  EXPECT_NE(fault_of(program).find("history query 2 is a list"), std::string::npos) << fault_of(program);
}

TEST(VerifyDefaults, AreOfTheFieldsType) {
  Program program = rich_program();
  program.constants.push_back({program.events[2].fields[1].type, int64_t{3}});
  const auto three = static_cast<ConstantId>(program.constants.size() - 1);
  program.events[2].fields[1].default_value = three;
  program.attributes[1].default_value = three;
  EXPECT_EQ(fault_of(program), "none");
  program.events[2].fields[0].default_value = three;
  EXPECT_EQ(fault_of(program), "event Taken, field sku: its default is of another type");
  program = rich_program();
  program.attributes[0].default_value = ConstantId{999};
  EXPECT_NE(fault_of(program).find("attribute name: constant 999 of "), std::string::npos) << fault_of(program);
}

TEST(VerifyChanges, NameWhatIsGone) {
  Program program = rich_program();
  program.renames = {{RenamedKind::journey, "", "before", "now"}};
  program.retired = {{JourneyId{0}, "survey", program.journeys[0].steps[0], LabelId{0}}};
  EXPECT_EQ(fault_of(program), "none");
  const ProgramDigests with = digests(program);
  EXPECT_EQ(with.behaviour, digests(rich_program()).behaviour) << "nothing runs differently";
  program.retired[0].resume_at = "nowhere";
  EXPECT_NE(fault_of(program).find("has no step nowhere"), std::string::npos) << fault_of(program);
  program.retired = {{JourneyId{0}, program.journeys[0].steps[0], "", LabelId{0}}};
  EXPECT_NE(fault_of(program).find("still has the step"), std::string::npos) << fault_of(program);
  program.retired.clear();
  program.renames[0].from = "now";
  EXPECT_EQ(fault_of(program), "renamed now: it was never called otherwise");
  program.renames[0] = {static_cast<RenamedKind>(9), "", "before", "now"};
  EXPECT_EQ(fault_of(program), "renamed now: unknown kind 9");
}

}  // namespace
}  // namespace wend::bytecode::testing
