#include "runtime/bytecode/operands.h"

#include <algorithm>

namespace wend::bytecode {

const char* to_string(OperandKind kind) {
  switch (kind) {
#define WEND_VALUE_KIND(number, name, representation) \
  case OperandKind::out_##name:                       \
    return "out_" #name;                              \
  case OperandKind::in_##name:                        \
    return "in_" #name;
#include "runtime/bytecode/value_kinds.def"
#undef WEND_VALUE_KIND
    case OperandKind::none:
      return "none";
    case OperandKind::out_any:
      return "out_any";
    case OperandKind::out_optional:
      return "out_optional";
    case OperandKind::in_any:
      return "in_any";
    case OperandKind::in_optional:
      return "in_optional";
    case OperandKind::constant:
      return "constant";
    case OperandKind::field:
      return "field";
    case OperandKind::member:
      return "member";
    case OperandKind::attribute:
      return "attribute";
    case OperandKind::topic:
      return "topic";
    case OperandKind::history:
      return "history";
    case OperandKind::segment:
      return "segment";
    case OperandKind::native:
      return "native";
    case OperandKind::site:
      return "site";
    case OperandKind::call:
      return "call";
    case OperandKind::point:
      return "point";
    case OperandKind::fork:
      return "fork";
    case OperandKind::label:
      return "label";
    case OperandKind::experiment:
      return "experiment";
    case OperandKind::event:
      return "event";
    case OperandKind::journey:
      return "journey";
    case OperandKind::first:
      return "first";
    case OperandKind::number:
      return "number";
    case OperandKind::target:
      return "target";
  }
  return nullptr;
}

OperandUse use_of(OperandKind kind) {
  const std::string_view name = to_string(kind);
  if (name.starts_with("in_")) return OperandUse::reads_register;
  if (name.starts_with("out_")) return OperandUse::writes_register;
  return kind == OperandKind::none ? OperandUse::none : OperandUse::refers;
}

std::optional<ValueKind> value_kind_of(OperandKind kind) {
#define WEND_VALUE_KIND(number, name, representation) \
  if (kind == OperandKind::out_##name || kind == OperandKind::in_##name) return ValueKind::name;
#include "runtime/bytecode/value_kinds.def"
#undef WEND_VALUE_KIND
  return std::nullopt;
}

std::span<const OpcodeInfo> all_opcodes() {
  static constexpr OpcodeInfo k_opcodes[] = {
#define WEND_OPCODE(number, name, a, b, c, meaning) {Opcode::name, #name, {OperandKind::a, OperandKind::b, OperandKind::c}, meaning},
#include "runtime/bytecode/opcodes.def"
#undef WEND_OPCODE
  };
  return k_opcodes;
}

const OpcodeInfo* opcode_info(Opcode opcode) {
  static const auto k_by_number = [] {
    std::array<const OpcodeInfo*, 256> table{};
    for (const OpcodeInfo& info : all_opcodes()) table[static_cast<uint8_t>(info.opcode)] = &info;
    return table;
  }();
  return k_by_number[static_cast<uint8_t>(opcode)];
}

const char* to_string(Opcode opcode) {
  const OpcodeInfo* info = opcode_info(opcode);
  return info == nullptr ? nullptr : info->name;
}

const char* to_string(NativeKind kind) {
  switch (kind) {
#define WEND_VALUE_KIND(number, name, representation) \
  case NativeKind::name:                              \
    return #name;
#include "runtime/bytecode/value_kinds.def"
#undef WEND_VALUE_KIND
    case NativeKind::any:
      return "any";
    case NativeKind::optional_any:
      return "optional_any";
    case NativeKind::optional_integer:
      return "optional_integer";
    case NativeKind::optional_time_zone:
      return "optional_time_zone";
    case NativeKind::list_time_zone:
      return "list_time_zone";
    case NativeKind::list_text:
      return "list_text";
    case NativeKind::list_integer:
      return "list_integer";
    case NativeKind::same_list:
      return "same_list";
  }
  return nullptr;
}

std::span<const NativeSignature> all_natives() {
  using enum NativeKind;
  static const std::vector<NativeSignature> k_natives = {
#define WEND_NATIVE(number, name, result, ...) {number, #name, result, {__VA_ARGS__}},
#include "runtime/bytecode/natives.def"
#undef WEND_NATIVE
  };
  return k_natives;
}

const NativeSignature* native_signature(NativeId id) {
  const auto natives = all_natives();
  const auto found = std::ranges::find(natives, static_cast<uint16_t>(id), &NativeSignature::number);
  return found == natives.end() ? nullptr : &*found;
}

const NativeInfo* native_info(NativeId id) {
  static const auto k_infos = [] {
    std::vector<NativeInfo> infos;
    for (const NativeSignature& signature : all_natives()) {
      NativeInfo& info = infos.emplace_back(NativeInfo{signature.name, to_string(signature.result), {}});
      for (const NativeKind parameter : signature.parameters) info.parameters.push_back(to_string(parameter));
    }
    return infos;
  }();
  const NativeSignature* signature = native_signature(id);
  return signature == nullptr ? nullptr : &k_infos[static_cast<size_t>(signature - all_natives().data())];
}

bool fits_but_for_presence(const Program& program, TypeId from_id, TypeId to_id) {
  const Type& from = program.type(from_id);
  const Type& to = program.type(to_id);
  if (from.kind != to.kind) return false;
  if (from.kind == ValueKind::enumeration) return from.enumeration == to.enumeration;
  if (from.kind == ValueKind::record) return from.record == to.record;
  if (from.kind == ValueKind::list) return (from.is_set || !to.is_set) && fits(program, from.element, to.element);
  return true;
}

bool fits(const Program& program, TypeId from, TypeId to) {
  return (program.type(to).optional || !program.type(from).optional) && fits_but_for_presence(program, from, to);
}

}  // namespace wend::bytecode
