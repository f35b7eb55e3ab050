#include "runtime/bytecode/type.h"

namespace wend::bytecode {

const char* to_string(ValueKind kind) {
  switch (kind) {
#define WEND_VALUE_KIND(number, name, representation) \
  case ValueKind::name:                               \
    return #name;
#include "runtime/bytecode/value_kinds.def"
#undef WEND_VALUE_KIND
  }
  return nullptr;
}

Representation representation(ValueKind kind) {
  switch (kind) {
#define WEND_VALUE_KIND(number, name, representation) \
  case ValueKind::name:                               \
    return Representation::representation;
#include "runtime/bytecode/value_kinds.def"
#undef WEND_VALUE_KIND
  }
  return Representation::word;
}

}  // namespace wend::bytecode
