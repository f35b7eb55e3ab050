#include "runtime/bytecode/program_file.h"

#include <gtest/gtest.h>

#include <set>

#include "runtime/base/bytes.h"
#include "runtime/bytecode/disassemble.h"
#include "runtime/bytecode/operands.h"
#include "runtime/bytecode/verify.h"
#include "tests/bytecode/sample_program.h"

namespace wend::bytecode {
namespace {

using testing::fork_program;
using testing::reference_program;
using testing::rich_program;
using testing::segment_program;

std::string with_checksum(std::string content) {
  const Sha256Digest digest = sha256(content);
  return content.append(reinterpret_cast<const char*>(digest.data()), digest.size());
}
std::string content_of(const std::string& file) {
  return file.substr(0, file.size() - sizeof(Sha256Digest));
}

std::string show(const std::optional<LoadError>& error) {
  return error ? error->where + ": " + error->what : "verified";
}

TEST(ProgramFile, TheSamplesVerify) {
  EXPECT_EQ(show(verify(reference_program())), "verified");
  EXPECT_EQ(show(verify(rich_program())), "verified");
  EXPECT_EQ(show(verify(fork_program())), "verified");
  EXPECT_EQ(show(verify(segment_program())), "verified");
}

TEST(ProgramFile, TheSamplesUseEveryOpcode) {
  std::set<Opcode> used;
  for (const Program& program : {reference_program(), segment_program(), fork_program()}) {
    for (const Function& function : program.functions) {
      for (const Instruction& instruction : function.code) used.insert(instruction.opcode);
    }
  }
  for (const OpcodeInfo& info : all_opcodes()) EXPECT_TRUE(used.contains(info.opcode)) << info.name;
}

TEST(ProgramFile, RoundTrip) {
  for (const Program& program : {reference_program(), rich_program(), segment_program(), fork_program(), Program()}) {
    const std::string file = write_program(program);
    const auto read = read_program(file);
    ASSERT_TRUE(read.has_value()) << read.error().where << ": " << read.error().what;
    EXPECT_EQ(write_program(*read), file);
    EXPECT_EQ(disassemble(*read, {}), disassemble(program, {}));
    EXPECT_EQ(read->functions.size(), program.functions.size());
    EXPECT_EQ(digests(*read).behaviour, digests(program).behaviour);
  }
}

TEST(ProgramFile, EveryByteIsUnderTheChecksum) {
  const std::string file = write_program(reference_program());
  for (size_t i = 0; i < file.size(); ++i) {
    std::string damaged = file;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    EXPECT_FALSE(read_program(damaged).has_value()) << i;
  }
  for (size_t size = 0; size < file.size(); size += 7) EXPECT_FALSE(read_program(file.substr(0, size)).has_value()) << size;
}

TEST(ProgramFile, SaysWhatIsWrongWithAFile) {
  const auto refused = [](const std::string& bytes) {
    const auto read = read_program(bytes);
    return read ? "read" : read.error().where + ": " + read.error().what;
  };
  const std::string file = write_program(reference_program());
  EXPECT_EQ(refused(""), "file: this is not a built program: it does not begin with \"WENDC\"");
  EXPECT_EQ(refused("journey x {}"), "file: this is not a built program: it does not begin with \"WENDC\"");
  EXPECT_EQ(refused("WENDC\n"), "file: the file is cut short");
  EXPECT_EQ(refused(file + "x"), "file: the checksum does not match: the file is damaged");
  std::string newer = file;
  newer[6] = 8;
  EXPECT_EQ(refused(newer), "file: format version 8; this runtime reads version 7");
  const std::string content = content_of(file);
  EXPECT_EQ(refused(with_checksum(content + "x")), "file: the file goes on after its last section");
  EXPECT_EQ(refused(with_checksum(content.substr(0, content.size() - 1))), "section debug: the file ends before the section does");
  std::string other_tag = content;
  other_tag[8] = 9;
  EXPECT_EQ(refused(with_checksum(other_tag)), "section project: expected section tag 1, found 9");
  std::string name_too_long = content;
  name_too_long[17] = 100;  // the name's length
  EXPECT_EQ(refused(with_checksum(name_too_long)), "section project: the section's bytes are not what its table holds");
  name_too_long[17] = 1;
  EXPECT_EQ(refused(with_checksum(name_too_long)), "section project: the section goes on after its table");
}

TEST(ProgramFile, AHugeCountCostsNothing) {
  std::string file = "WENDC\n";
  file.append("\x07\x00", 2);
  ByteWriter writer(file);
  writer.u8(1);
  writer.u64(1);
  writer.u8(0);
  writer.u8(2);
  writer.u64(10);
  writer.varint(UINT64_MAX);  // types
  const auto read = read_program(with_checksum(file));
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().where, "section types");
}

TEST(ProgramDigests, BodiesAndDebugInformationDoNotCountAsBehaviour) {
  const Program program = rich_program();
  const ProgramDigests before = digests(program);

  Program other_text = program;
  const FunctionId render = other_text.messages[0].bodies[0].parts[0].render;
  const uint16_t constant = other_text.function(render).code[0].b;
  other_text.constants[constant].value = std::string("Another text");
  EXPECT_EQ(digests(other_text).behaviour, before.behaviour);
  EXPECT_NE(digests(other_text).bodies, before.bodies);

  Program renumbered = program;
  renumbered.constants.insert(renumbered.constants.begin(), Constant{testing::type_id(testing::k_text), std::string("new")});
  renumbered.types.push_back(renumbered.types[0]);
  for (Function& function : renumbered.functions) {
    function.name += "!";
    function.lines.clear();
    for (Instruction& instruction : function.code) {
      if (instruction.opcode == Opcode::load_constant) ++instruction.b;
    }
  }
  EXPECT_EQ(digests(renumbered).behaviour, before.behaviour);
  EXPECT_EQ(digests(renumbered).bodies, before.bodies);

  Program relabelled = program;
  relabelled.journeys[0].owner += "!";
  for (Layout& layout : relabelled.journeys[0].layouts) {
    for (LayoutSlot& slot : layout.slots) slot.name += "!";
  }
  EXPECT_EQ(digests(relabelled).behaviour, before.behaviour) << "the owner, and what is called how in the text";

  Program other_behaviour = program;
  other_behaviour.journeys[0].points[0].fixed_ms = 1;
  EXPECT_NE(digests(other_behaviour).behaviour, before.behaviour);
  EXPECT_EQ(digests(other_behaviour).bodies, before.bodies);
  EXPECT_EQ(digests(other_behaviour).schema, before.schema);

  Program other_schema = program;
  other_schema.events[0].fields[0].type = testing::type_id(testing::k_email);
  EXPECT_NE(digests(other_schema).schema, before.schema);
  Program other_wire = program;
  other_wire.events[0].wire = "Order Completed";
  EXPECT_EQ(digests(other_wire).schema, before.schema);
  EXPECT_NE(digests(other_wire).behaviour, before.behaviour);
}

TEST(Disassemble, ShowsTheReferenceJourney) {
  const std::string listing = disassemble(reference_program(), [](std::string_view file, uint32_t line) {
    return std::string(file) == "journeys/reference.journey" && line == 1 ? "journey reference {" : "";
  });
  for (const char* expected :
       {"event Purchased from \"purchased\"", "     1  amount: Money<USD>", "point 0 main/await for 48 hours timeout @9", "on Purchased @1",
        "  -- journeys/reference.journey:1  journey reference {", "     1  load_field         r0, field 1",
        "     2  load_constant      r1, 50", "     4  jump_unless        r2, @7", "     5  send               r3, main/Big, r0",
        "     6  end                done"}) {
    EXPECT_NE(listing.find(expected), std::string::npos) << expected << "\n" << listing;
  }
}

}  // namespace
}  // namespace wend::bytecode
