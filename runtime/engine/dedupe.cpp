#include "runtime/engine/dedupe.h"

#include <algorithm>
#include <map>

namespace wend::engine {
namespace {

constexpr DurationMs k_slice_ms = k_hour_ms;
constexpr size_t k_slots_min = 1024;

int64_t slice_of(TimestampMs at) {
  return (at - k_timestamp_min_ms) / k_slice_ms;
}

bool before(const Hash128& a, const Hash128& b) {
  return a.high != b.high ? a.high < b.high : a.low < b.low;
}

}  // namespace

bool Dedupe::remembered(int64_t slice, TimestampMs now) const {
  return (slice + 1) * k_slice_ms + k_timestamp_min_ms + window_ms_ > now;
}

bool Dedupe::first_time(const Hash128& key, TimestampMs now) {
  if ((used_ + 1) * 4 > slots_.size() * 3) make_room(now);
  Slot& slot = slot_of(key);
  if (slot.slice == k_free) {
    ++used_;
  } else if (remembered(slot.slice, now)) {
    return false;
  }
  slot = {key, slice_of(now)};
  return true;
}

Dedupe::Slot& Dedupe::slot_of(const Hash128& key) {
  const size_t mask = slots_.size() - 1;
  size_t at = key.low & mask;
  while (slots_[at].slice != k_free && slots_[at].key != key) at = (at + 1) & mask;
  return slots_[at];
}

// Forgets what is out of the window; what is left takes at most half of the new table.
void Dedupe::make_room(TimestampMs now) {
  std::vector<Slot> old;
  old.swap(slots_);
  const auto alive = static_cast<size_t>(
      std::count_if(old.begin(), old.end(), [&](const Slot& slot) { return slot.slice != k_free && remembered(slot.slice, now); }));
  size_t capacity = k_slots_min;
  while (capacity < alive * 2) capacity *= 2;
  slots_.resize(capacity);
  used_ = alive;
  for (const Slot& slot : old) {
    if (slot.slice != k_free && remembered(slot.slice, now)) slot_of(slot.key) = slot;
  }
}

void Dedupe::write(ByteWriter& writer, TimestampMs now) const {
  std::map<int64_t, std::vector<Hash128>> slices;
  for (const Slot& slot : slots_) {
    if (slot.slice != k_free && remembered(slot.slice, now)) slices[slot.slice].push_back(slot.key);
  }
  writer.varint(slices.size());
  for (auto& [slice, keys] : slices) {
    std::sort(keys.begin(), keys.end(), before);
    writer.signed_varint(slice);
    writer.varint(keys.size());
    for (const Hash128& key : keys) {
      writer.u64(key.high);
      writer.u64(key.low);
    }
  }
}

bool Dedupe::read(ByteReader& reader) {
  slots_.clear();
  used_ = 0;
  for (uint64_t slices = reader.varint(); slices > 0 && reader.ok(); --slices) {
    const int64_t slice = reader.signed_varint();
    for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
      Hash128 key;
      key.high = reader.u64();
      key.low = reader.u64();
      if ((used_ + 1) * 4 > slots_.size() * 3) make_room(k_timestamp_min_ms);
      Slot& slot = slot_of(key);
      if (slot.slice == k_free) ++used_;
      slot = {key, slice};
    }
  }
  return reader.ok();
}

Hash128 dedupe_key(std::string& scratch, std::string_view customer, uint64_t event, std::string_view id) {
  scratch.clear();
  ByteWriter writer(scratch);
  writer.text(customer);
  writer.varint(event);
  writer.text(id);
  return xxh3_128(scratch);
}

}  // namespace wend::engine
