// The identity section of a packed customer state (permanent):
//
//   identity   u8 fate [varint survivor, for an alias], then varint experiments, ascending; there only when it says something
//
// Of an erased id and of an alias it is the only section.

#include <algorithm>

#include "runtime/engine/customer_state.h"

namespace wend::engine {

IdentityState& CustomerState::identity() {
  if (first_use(Section::identity)) unpack_identity();
  return identity_;
}

void CustomerState::unpack_identity() {
  unpacked_ |= bit(Section::identity);
  identity_ = {};
  if ((present_ & bit(Section::identity)) == 0) return;
  ByteReader reader = this->reader(Section::identity);
  const uint8_t fate = reader.u8();
  sound_ &= fate <= static_cast<uint8_t>(Fate::alias);
  if (!sound_) return;
  identity_.fate = static_cast<Fate>(fate);
  if (identity_.fate == Fate::alias) identity_.survivor = static_cast<uint32_t>(reader.varint());
  while (!reader.at_end() && sound_) {
    const uint64_t experiment = reader.varint();
    sound_ = reader.ok() && experiment < program_.experiments.size();
    if (sound_) identity_.excluded.push_back(static_cast<bytecode::ExperimentId>(experiment));
  }
  check(reader);
  sound_ &= identity_.fate == Fate::known ? !identity_.excluded.empty() : identity_.excluded.empty() && present_ == bit(Section::identity);
}

void CustomerState::pack_identity(const IdentityState& identity, ByteWriter& writer) {
  if (identity.fate == Fate::known && identity.excluded.empty()) return;
  writer.u8(static_cast<uint8_t>(identity.fate));
  if (identity.fate == Fate::alias) writer.varint(identity.survivor);
  for (const bytecode::ExperimentId experiment : identity.excluded) writer.varint(static_cast<uint64_t>(experiment));
}

std::string CustomerState::gone(const IdentityState& identity) {
  constexpr unsigned k_first_byte_bits = 8;
  constexpr char k_more = 1 << 6;
  std::string section;
  ByteWriter section_writer(section);
  pack_identity(identity, section_writer);
  std::string packed{k_more, static_cast<char>(bit(Section::identity) >> k_first_byte_bits)};
  ByteWriter(packed).text(section);
  return packed;
}

}  // namespace wend::engine
