// The holdouts section of a packed customer state (permanent):
//
//   holdouts   varint n, n × (varint holdout × 2 + held out)   those that are settled, ascending
//              (varint entry position, varint start index)…    instances that run silently, ascending

#include <algorithm>

#include "runtime/engine/customer_state.h"

namespace wend::engine {

std::optional<bool> CustomerState::held_out(bytecode::HoldoutId id) {
  if (first_use(Section::holdouts)) unpack_holdouts();
  const auto place = std::ranges::lower_bound(holdouts_, id, {}, &HoldoutMemory::holdout);
  return place != holdouts_.end() && place->holdout == id ? std::optional(place->held_out) : std::nullopt;
}

void CustomerState::settle_holdout(bytecode::HoldoutId id, bool held_out) {
  if (first_use(Section::holdouts)) unpack_holdouts();
  const auto place = std::ranges::lower_bound(holdouts_, id, {}, &HoldoutMemory::holdout);
  if (place != holdouts_.end() && place->holdout == id) {
    place->held_out = held_out;
  } else {
    holdouts_.insert(place, {id, held_out});
  }
  touch(Section::holdouts);
}

void CustomerState::unpack_holdouts() {
  unpacked_ |= bit(Section::holdouts);
  holdouts_.clear();
  silent_.clear();
  if ((present_ & bit(Section::holdouts)) == 0) return;
  ByteReader reader = this->reader(Section::holdouts);
  for (uint64_t left = reader.varint(); left > 0 && sound_; --left) {
    const uint64_t coded = reader.varint();
    const auto holdout = static_cast<bytecode::HoldoutId>(coded / 2);
    sound_ = reader.ok() && coded / 2 < program_.holdouts.size() && (holdouts_.empty() || holdouts_.back().holdout < holdout);
    if (sound_) holdouts_.push_back({holdout, (coded & 1) != 0});
  }
  while (!reader.at_end() && sound_) {
    InstanceId instance;
    instance.position = reader.varint();
    instance.start_index = static_cast<uint32_t>(reader.varint());
    sound_ = reader.ok() && (silent_.empty() || silent_.back() < instance);
    if (sound_) silent_.push_back(instance);
  }
}

void CustomerState::pack_holdouts(ByteWriter& writer) {
  if (holdouts_.empty() && silent_.empty()) return;
  writer.varint(holdouts_.size());
  for (const HoldoutMemory& memory : holdouts_) {
    writer.varint(static_cast<uint64_t>(memory.holdout) * 2 + (memory.held_out ? 1 : 0));
  }
  for (const InstanceId& instance : silent_) {
    writer.varint(instance.position);
    writer.varint(instance.start_index);
  }
}

void CustomerState::mark_silent() {
  if (first_use(Section::holdouts)) unpack_holdouts();
  size_t count = 0;
  for (size_t i = 0; i < instance_count_; ++i) {
    instances_[i]->silent = std::ranges::binary_search(silent_, instances_[i]->id);
    count += instances_[i]->silent ? 1 : 0;
  }
  sound_ &= count == silent_.size();
}

// Before the sections are written: the instances have changed, and with them perhaps who is silent.
void CustomerState::note_silent() {
  bool any = false;
  for (size_t i = 0; i < instance_count_; ++i) any = any || (instances_[i]->silent && !instances_[i]->ended);
  if (!any && ((present_ | dirty_) & bit(Section::holdouts)) == 0) return;
  if (first_use(Section::holdouts)) unpack_holdouts();
  silent_.clear();
  for (size_t i = 0; i < instance_count_; ++i) {
    if (instances_[i]->silent && !instances_[i]->ended) silent_.push_back(instances_[i]->id);
  }
  std::ranges::sort(silent_);
  touch(Section::holdouts);
}

}  // namespace wend::engine
