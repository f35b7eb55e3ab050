// The program loader and the machine: any bytes, as they are and again with their checksum made right, which is how the fuzzer gets
// past it. What verifies is run.

#include <cstddef>
#include <cstdint>
#include <string>

#include "runtime/bytecode/program_file.h"
#include "tests/vm/run_everything.h"

namespace {

void load_and_run(std::string_view bytes, uint64_t seed) {
  const auto program = wend::bytecode::read_program(bytes);
  if (program) wend::vm::testing::run_everything(*program, seed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  load_and_run(bytes, size);
  if (size < sizeof(wend::Sha256Digest)) return 0;
  std::string repaired(bytes.substr(0, size - sizeof(wend::Sha256Digest)));
  const wend::Sha256Digest digest = wend::sha256(repaired);
  repaired.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  load_and_run(repaired, size);
  return 0;
}
