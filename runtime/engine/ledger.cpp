// The ledger section of a packed customer state (permanent): what counts against caps.
//
//   ledger   (signed difference of commit, varint channel, u64 first 8 bytes of the send key)…   ascending by commit; the first
//            difference is to the origin
//
// An entry is a reservation: made when a send commits, in the same reaction, and given back when its receipt says `failed`.

#include <algorithm>

#include "runtime/engine/customer_state.h"

namespace wend::engine {

std::vector<LedgerEntry>& CustomerState::ledger() {
  if (first_use(Section::ledger)) unpack_ledger();
  return ledger_;
}

void CustomerState::unpack_ledger() {
  unpacked_ |= bit(Section::ledger);
  ledger_.clear();
  if ((present_ & bit(Section::ledger)) == 0) return;
  ByteReader reader = this->reader(Section::ledger);
  TimestampMs at = origin_;
  while (!reader.at_end() && sound_) {
    at += reader.signed_varint();
    const uint64_t channel = reader.varint();
    const uint64_t key = reader.u64();
    sound_ = reader.ok() && channel < program_.channels.size();
    if (sound_) ledger_.push_back({at, static_cast<bytecode::ChannelId>(channel), key});
  }
}

void CustomerState::pack_ledger(ByteWriter& writer) {
  TimestampMs at = origin_;
  for (const LedgerEntry& entry : ledger_) {
    writer.signed_varint(entry.at - at);
    writer.varint(static_cast<uint64_t>(entry.channel));
    writer.u64(entry.key);
    at = entry.at;
  }
}

}  // namespace wend::engine
