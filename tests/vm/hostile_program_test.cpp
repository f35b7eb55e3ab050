// A file that somebody has changed on purpose, checksum included: it is refused, or it runs without harm.

#include <gtest/gtest.h>

#include "runtime/bytecode/program_file.h"
#include "tests/bytecode/sample_program.h"
#include "tests/vm/run_everything.h"

namespace wend::vm {
namespace {

constexpr size_t k_digest_bytes = sizeof(Sha256Digest);

std::string with_checksum(std::string content) {
  const Sha256Digest digest = sha256(content);
  return content.append(reinterpret_cast<const char*>(digest.data()), digest.size());
}

std::string content_of(const bytecode::Program& program) {
  const std::string file = bytecode::write_program(program);
  return file.substr(0, file.size() - k_digest_bytes);
}

// True when the content loads; then all of it has run.
bool load_and_run(const std::string& content, uint64_t seed) {
  const auto program = bytecode::read_program(with_checksum(content));
  if (!program) {
    EXPECT_FALSE(program.error().where.empty());
    EXPECT_FALSE(program.error().what.empty());
    return false;
  }
  testing::run_everything(*program, seed);
  return true;
}

TEST(HostileProgram, EverySingleByteOfTheReferenceJourney) {
  const std::string content = content_of(bytecode::testing::reference_program());
  int loaded = 0;
  for (size_t i = 0; i < content.size(); ++i) {
    for (const unsigned flip : {0x01u, 0x80u, 0xffu}) {
      std::string changed = content;
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ flip);
      loaded += load_and_run(changed, i) ? 1 : 0;
    }
  }
  // Names and texts may be anything: some changes are harmless, most are not.
  EXPECT_GT(loaded, 50);
}

TEST(HostileProgram, RandomChangesOfTheRichProgram) {
  const std::string content = content_of(bytecode::testing::rich_program());
  std::mt19937_64 random(11);
  int loaded = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string changed = content;
    for (uint64_t change = random() % 3 + 1; change > 0; --change) {
      const size_t at = random() % changed.size();
      switch (random() % 4) {
        case 0:
          changed[at] = static_cast<char>(random());
          break;
        case 1:
          changed[at] = static_cast<char>(random() % 8);
          break;
        case 2:
          changed[at] = static_cast<char>(changed[at] + (random() % 2 != 0 ? 1 : -1));
          break;
        case 3:
          std::swap(changed[at], changed[random() % changed.size()]);
          break;
      }
    }
    loaded += load_and_run(changed, random()) ? 1 : 0;
  }
  EXPECT_GT(loaded, 100);
}

TEST(HostileProgram, CutAnywhere) {
  const std::string content = content_of(bytecode::testing::rich_program());
  for (size_t size = 0; size < content.size(); size += 3) EXPECT_FALSE(load_and_run(content.substr(0, size), size)) << size;
}

TEST(HostileProgram, TheSamplesRun) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    testing::run_everything(bytecode::testing::reference_program(), seed);
    testing::run_everything(bytecode::testing::rich_program(), seed);
  }
}

}  // namespace
}  // namespace wend::vm
