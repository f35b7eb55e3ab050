#include "runtime/engine/dedupe.h"

#include <algorithm>
#include <map>
#include <utility>

namespace wend::engine {
namespace {

constexpr DurationMs k_slice_ms = k_hour_ms;
constexpr size_t k_slots_min = 1024;
constexpr size_t k_prefetch_distance = 16;

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
  if ((used_ + 1) * 4 > slots_.size() * 3) make_room(1, now);
  Slot& slot = slot_of(key);
  if (slot.slice == k_forgotten) {
    ++used_;
  } else if (remembered(slot.slice, now)) {
    return false;
  }
  slot = {key, slice_of(now)};
  note_fresh(key, slot.slice, now);
  return true;
}

void Dedupe::note_fresh(const Hash128& key, int64_t slice, TimestampMs now) {
  if (fresh_.empty() || fresh_.back().slice != slice || fresh_.back().keys.size() == k_chunk_keys_max) {
    while (!fresh_.empty() && !remembered(fresh_.front().slice, now)) fresh_.pop_front();
    fresh_.push_back({slice, {}});
  }
  fresh_.back().keys.push_back(key);
}

std::deque<Dedupe::Chunk> Dedupe::take_fresh() {
  return std::exchange(fresh_, {});
}

void Dedupe::load(const Chunk& chunk) {
  const size_t count = chunk.keys.size();
  if ((used_ + count) * 4 > slots_.size() * 3) make_room(count, k_timestamp_min_ms);
  for (size_t i = 0; i < count; ++i) {
    if (i + k_prefetch_distance < count) prefetch(chunk.keys[i + k_prefetch_distance]);
    Slot& slot = slot_of(chunk.keys[i]);
    if (slot.slice == k_forgotten) ++used_;
    // An id that was forgotten and seen again stands in two chunks.
    slot = {chunk.keys[i], std::max(slot.slice, chunk.slice)};
  }
}

uint64_t Dedupe::bytes() const {
  uint64_t bytes = slots_.capacity() * sizeof(Slot);
  for (const Chunk& chunk : fresh_) bytes += chunk.keys.capacity() * sizeof(Hash128);
  return bytes;
}

Dedupe::Slot& Dedupe::slot_of(const Hash128& key) {
  const size_t mask = slots_.size() - 1;
  size_t at = key.low & mask;
  while (slots_[at].slice != k_forgotten && slots_[at].key != key) at = (at + 1) & mask;
  return slots_[at];
}

// Forgets what is out of the window; what is left and `more` take at most half of the new table.
void Dedupe::make_room(size_t more, TimestampMs now) {
  std::vector<Slot> old;
  old.swap(slots_);
  const auto alive = static_cast<size_t>(
      std::count_if(old.begin(), old.end(), [&](const Slot& slot) { return slot.slice != k_forgotten && remembered(slot.slice, now); }));
  size_t capacity = k_slots_min;
  while (capacity < (alive + more) * 2) capacity *= 2;
  slots_.resize(capacity);
  used_ = alive;
  for (const Slot& slot : old) {
    if (slot.slice != k_forgotten && remembered(slot.slice, now)) slot_of(slot.key) = slot;
  }
}

void Dedupe::write(ByteWriter& writer, TimestampMs now) const {
  std::map<int64_t, std::vector<Hash128>> slices;
  for (const Slot& slot : slots_) {
    if (slot.slice != k_forgotten && remembered(slot.slice, now)) slices[slot.slice].push_back(slot.key);
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

Hash128 dedupe_key(std::string& scratch, std::string_view customer, uint64_t event, std::string_view id) {
  scratch.clear();
  ByteWriter writer(scratch);
  writer.text(customer);
  writer.varint(event);
  writer.text(id);
  return xxh3_128(scratch);
}

}  // namespace wend::engine
