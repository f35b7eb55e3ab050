#pragma once

// Under which key the id of an event is remembered: of the field that `dedupe` names, or else of the message.

#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/hash.h"
#include "runtime/bytecode/program.h"
#include "runtime/engine/records.h"

namespace wend::engine {

class IdKeys {
 public:
  // `program` outlives it.
  explicit IdKeys(const bytecode::Program& program) : program_(program) {}

  // Nothing when the event has no id.
  std::optional<Hash128> key(std::string_view customer, const EventBody& body);

 private:
  const bytecode::Program& program_;
  std::string id_;
  std::string scratch_;
};

}  // namespace wend::engine
