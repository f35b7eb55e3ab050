#include "runtime/engine/id_keys.h"

#include "runtime/engine/dedupe.h"

namespace wend::engine {

std::optional<Hash128> IdKeys::key(std::string_view customer, const EventBody& body) {
  std::string_view id = body.message_id;
  const bytecode::Event& event = program_.event(body.event);
  if (event.dedupe_field) {
    const bytecode::Value field = bytecode::read_column(body.row, program_, event.fields, *event.dedupe_field);
    if (!field.present) return std::nullopt;
    id_.clear();
    ByteWriter writer(id_);
    bytecode::write_value(writer, program_, event.fields[*event.dedupe_field].type, field);
    id = id_;
  }
  if (id.empty()) return std::nullopt;
  return dedupe_key(scratch_, customer, static_cast<uint64_t>(body.event), id);
}

}  // namespace wend::engine
