// The program loader and the machine. Bytes are taken in three ways: as a file, as a file whose checksum is made right, and as edits of a
// sound program (two bytes say where, one what), which reaches the verifier's and the machine's depths at once. What verifies is run.

#include <cstddef>
#include <cstdint>
#include <string>

#include "runtime/bytecode/program_file.h"
#include "tests/bytecode/sample_program.h"
#include "tests/vm/run_everything.h"

namespace {

void load_and_run(std::string_view bytes, uint64_t seed) {
  const auto program = wend::bytecode::read_program(bytes);
  if (program) wend::vm::testing::run_everything(*program, seed);
}

// `file` with the digest that its other bytes ask for.
std::string repaired(std::string file) {
  constexpr size_t k_digest_bytes = sizeof(wend::Sha256Digest);
  if (file.size() < k_digest_bytes) return file;
  file.resize(file.size() - k_digest_bytes);
  const wend::Sha256Digest digest = wend::sha256(file);
  return file.append(reinterpret_cast<const char*>(digest.data()), digest.size());
}

std::string edited_sample(std::string_view edits) {
  static const std::string k_sample = wend::bytecode::write_program(wend::bytecode::testing::rich_program());
  std::string file = k_sample;
  for (; edits.size() >= 3; edits.remove_prefix(3)) {
    const auto at = static_cast<size_t>(static_cast<uint8_t>(edits[0]) << 8 | static_cast<uint8_t>(edits[1]));
    file[at % file.size()] = edits[2];
  }
  return repaired(std::move(file));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  load_and_run(bytes, size);
  load_and_run(repaired(std::string(bytes)), size);
  load_and_run(edited_sample(bytes), size);
  return 0;
}
