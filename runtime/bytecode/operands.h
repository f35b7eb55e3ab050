#pragma once

// What opcodes.def and natives.def say, as data: the disassembler, the verifier and the documentation read it from here.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/bytecode/program.h"

namespace wend::bytecode {

// The operand words of opcodes.def.
enum class OperandKind : uint8_t {
  none,
#define WEND_VALUE_KIND(number, name, representation) out_##name, in_##name,
#include "runtime/bytecode/value_kinds.def"
#undef WEND_VALUE_KIND
  out_any,
  out_optional,
  in_any,
  in_optional,
  constant,
  field,
  member,
  attribute,
  topic,
  history,
  segment,
  native,
  site,
  call,
  point,
  fork,
  label,
  experiment,
  event,
  journey,
  first,
  number,
  target,
};
const char* to_string(OperandKind kind);

enum class OperandUse : uint8_t { none, reads_register, writes_register, refers };
OperandUse use_of(OperandKind kind);
// in_K and out_K of a value kind K; nullopt for all others.
std::optional<ValueKind> value_kind_of(OperandKind kind);

struct OpcodeInfo {
  Opcode opcode{};
  const char* name;
  std::array<OperandKind, 3> operands;  // a, b, c
  const char* meaning;
};
// In the order of opcodes.def.
std::span<const OpcodeInfo> all_opcodes();
const OpcodeInfo* opcode_info(Opcode opcode);  // nullptr for a number that is no opcode

// The words of natives.def.
enum class NativeKind : uint8_t {
#define WEND_VALUE_KIND(number, name, representation) name,
#include "runtime/bytecode/value_kinds.def"
#undef WEND_VALUE_KIND
  any,
  optional_any,
  optional_integer,
  optional_time_zone,
  list_time_zone,
  list_text,
  list_integer,
  same_list,  // a list like the first argument; of a Set, a list of its elements
};
const char* to_string(NativeKind kind);

struct NativeSignature {
  uint16_t number = 0;
  const char* name;
  NativeKind result{};
  std::vector<NativeKind> parameters;
};
std::span<const NativeSignature> all_natives();
const NativeSignature* native_signature(NativeId id);  // nullptr: no such native

// Whether a value of `from` can stand in a register of `to`: one kind, one enum, record or element, and not optional unless `to` is.
// What only authors see (text formats, currencies, percent) is the compiler's to check, and a Set serves as a List.
bool fits(const Program& program, TypeId from, TypeId to);
bool fits_but_for_presence(const Program& program, TypeId from, TypeId to);

}  // namespace wend::bytecode
