#pragma once

// The pure functions of natives.def.

#include "runtime/base/time_zone.h"
#include "runtime/bytecode/packed.h"
#include "runtime/vm/arena.h"
#include "runtime/vm/element_places.h"

namespace wend::vm {

using bytecode::Value;

struct NativeCall {
  const bytecode::Program& program;
  const ZoneTable& zones;
  Arena& arena;
  ElementPlaces& places;
  const Value* arguments;  // as many as the native takes, all present
  const bytecode::TypeId* argument_types;
  bytecode::TypeId result_type;
  Value result;  // absent until the native sets it
};

// False: a fault. The id is a native's (the verifier has seen to it).
bool call_native(bytecode::NativeId id, NativeCall& call);
// The bytes of the texts and lists that it is given.
size_t bytes_read(bytecode::NativeId id, const NativeCall& call);

}  // namespace wend::vm
