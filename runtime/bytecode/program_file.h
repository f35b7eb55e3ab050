#pragma once

// .wendc: the file format of a built program.
//
//   "WENDC\n"  u16 format version  ·  sections (tag u8, length u64, payload)  ·  SHA-256 over everything before it
//
// The behaviour digest covers the canonical sections without debug information and message bodies; bodies have a digest of
// their own: changing a text does not change what the log means.

#include <expected>
#include <string>
#include <string_view>

#include "runtime/bytecode/program.h"

namespace wend::bytecode {

struct ProgramDigests {
  Sha256Digest behaviour{};
  Sha256Digest bodies{};
  Sha256Digest schema{};  // events and types: what log bodies need
};

struct LoadError {
  uint64_t offset = 0;  // byte in the file, or 0 when the fault is in what the bytes say
  std::string where;    // "section functions", "journey cart, instruction 12"
  std::string what;
};

std::string write_program(const Program& program);
// Decodes and verifies (verify.h), in every build type. Never crashes on hostile bytes; bounded in time and memory by the file's size.
std::expected<Program, LoadError> read_program(std::string_view bytes);
// Of a verified program.
ProgramDigests digests(const Program& program);

}  // namespace wend::bytecode
