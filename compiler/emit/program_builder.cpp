#include "compiler/emit/program_builder.h"

#include <algorithm>
#include <cassert>

#include "compiler/flow/walk.h"
#include "runtime/bytecode/limits.h"

namespace wend::emit {
namespace {

using bytecode::TypeId;
using bytecode::ValueKind;
using flow::Overloaded;

ValueKind value_kind(types::Kind kind) {
  switch (kind) {
    case types::Kind::boolean:
      return ValueKind::boolean;
    case types::Kind::integer:
      return ValueKind::integer;
    case types::Kind::decimal:
    case types::Kind::percent:
    case types::Kind::money:
      return ValueKind::decimal;
    case types::Kind::text:
      return ValueKind::text;
    case types::Kind::instant:
      return ValueKind::instant;
    case types::Kind::date:
      return ValueKind::date;
    case types::Kind::time_of_day:
      return ValueKind::time_of_day;
    case types::Kind::duration:
      return ValueKind::duration;
    case types::Kind::period:
      return ValueKind::period;
    case types::Kind::time_zone:
      return ValueKind::time_zone;
    case types::Kind::enumeration:
      return ValueKind::enumeration;
    case types::Kind::record:
      return ValueKind::record;
    case types::Kind::list:
    case types::Kind::set:
      return ValueKind::list;
    case types::Kind::delivery:
      return ValueKind::delivery;
    case types::Kind::error:
    case types::Kind::absent:
      break;
  }
  assert(false && "a model without errors has neither error types nor the bare absent");
  return ValueKind::boolean;
}

std::int64_t packed(Period period) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(static_cast<std::uint32_t>(period.months)) << 32 |
                                   static_cast<std::uint32_t>(period.days));
}

// Distinguishes values of one type; never leaves the process.
std::string key_of(const sema::ConstantValue& value) {
  return std::visit(Overloaded{
                        [](std::int64_t number) { return std::to_string(number); },
                        [](const Decimal& number) { return std::to_string(number.raw_high()) + " " + std::to_string(number.raw_low()); },
                        [](Period period) { return std::to_string(packed(period)); },
                        [](const std::string& text) { return text; },
                    },
                    value);
}

}  // namespace

ProgramBuilder::ProgramBuilder(const sema::Model& model, bytecode::Program& program) : model_(model), program_(program) {
  for (std::size_t i = 0; i < program.constants.size(); ++i) {
    const bytecode::Constant& constant = program.constants[i];
    const std::string key = std::visit([](const auto& value) { return key_of(value); }, constant.value);
    constants_.emplace(Key(constant.type, key), static_cast<bytecode::ConstantId>(i));
  }
}

TypeId ProgramBuilder::type(const types::Type& type) {
  bytecode::Type result;
  result.kind = value_kind(type.kind);
  result.optional = type.optional;
  result.is_set = type.kind == types::Kind::set;
  result.is_percent = type.kind == types::Kind::percent;
  if (type.kind == types::Kind::text) result.format = type.format;
  if (type.kind == types::Kind::money) result.currency = type.currency;
  if (type.kind == types::Kind::enumeration) result.enumeration = same_id<bytecode::EnumId>(type.enumeration);
  if (type.kind == types::Kind::record) result.record = same_id<bytecode::RecordId>(type.record);
  if (result.kind == ValueKind::list) result.element = this->type(type.element());
  const auto found = std::find(program_.types.begin(), program_.types.end(), result);
  if (found != program_.types.end()) return static_cast<TypeId>(found - program_.types.begin());
  program_.types.push_back(std::move(result));
  return id<TypeId>(program_.types.size() - 1, "types");
}

bytecode::ConstantId ProgramBuilder::constant(const types::Type& type, const sema::ConstantValue& value) {
  const TypeId type_id = this->type(type);
  const auto [found, is_new] = constants_.try_emplace(Key(type_id, key_of(value)));
  if (!is_new) return found->second;
  bytecode::Constant constant;
  constant.type = type_id;
  std::visit(Overloaded{
                 [&](std::int64_t number) { constant.value = number; },
                 [&](const Decimal& number) { constant.value = number; },
                 [&](Period period) { constant.value = packed(period); },
                 [&](const std::string& text) { constant.value = text; },
             },
             value);
  program_.constants.push_back(std::move(constant));
  found->second = id<bytecode::ConstantId>(program_.constants.size() - 1, "constants");
  return found->second;
}

bytecode::FunctionId ProgramBuilder::add(bytecode::Function function) {
  program_.functions.push_back(std::move(function));
  return id<bytecode::FunctionId>(program_.functions.size() - 1, "functions");
}

void ProgramBuilder::note_overflow(const char* table, source::Span place) {
  if (!overflow_.empty()) return;
  overflow_ = table;
  overflow_place_ = place;
}

void ProgramBuilder::note_size(const bytecode::Function& function, source::Span place) {
  if (function.code.size() > bytecode::k_code_max) note_overflow("instructions of one journey, text or expression", place);
  if (function.registers.size() > bytecode::k_registers_max) note_overflow("values of one journey, text or expression", place);
}

}  // namespace wend::emit
