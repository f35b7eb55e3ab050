#pragma once

// What the engine holds of every customer, by number: key, reference to the packed state, and when the wheel will look at it.
//
// Invariants
//   1. Numbers are dense: 0 … size-1, in order of first appearance in the log.
//   2. A record never moves, so a prefetched address stays good.
//   3. `scheduled` is coarse(e) of a wheel entry e of this customer that is at or before all its armed timers, or k_not_scheduled.

#include <cstdint>
#include <vector>

#include "runtime/base/hash.h"
#include "runtime/base/time.h"
#include "runtime/engine/huge_memory.h"

namespace wend::engine {

constexpr uint32_t k_not_scheduled = 0xffffffff;

struct CustomerRecord {
  Hash128 key;         // keyed SipHash-128 of the id
  uint32_t state = 0;  // StateArena reference; 0 = nothing known
  uint32_t scheduled = k_not_scheduled;
};
static_assert(sizeof(CustomerRecord) == 24);

// Seconds since 1970, clamped: enough to tell a customer's live wheel entry from the superseded ones.
constexpr uint32_t coarse_second(TimestampMs release) {
  if (release < 0) return 0;
  const auto seconds = static_cast<uint64_t>(release) / 1000;
  return seconds < k_not_scheduled ? static_cast<uint32_t>(seconds) : k_not_scheduled - 1;
}

class CustomerTable {
 public:
  CustomerTable() : blocks_(k_chunk_records * sizeof(CustomerRecord)) {}

  uint32_t size() const { return size_; }
  CustomerRecord& operator[](uint32_t number) { return chunks_[number >> k_chunk_bits][number & (k_chunk_records - 1)]; }
  const CustomerRecord& operator[](uint32_t number) const { return chunks_[number >> k_chunk_bits][number & (k_chunk_records - 1)]; }
  uint32_t add(const Hash128& key) {
    if ((size_ & (k_chunk_records - 1)) == 0) chunks_.push_back(reinterpret_cast<CustomerRecord*>(blocks_.take()));
    (*this)[size_] = CustomerRecord{key};
    return size_++;
  }
  // Makes place for numbers below `size`, for records that are loaded out of order.
  void grow_to(uint32_t size) {
    while (size_ < size) add({});
  }
  uint64_t bytes() const { return blocks_.bytes_in_use() + chunks_.capacity() * sizeof(chunks_[0]); }

 private:
  static constexpr uint32_t k_chunk_bits = 12;
  static constexpr uint32_t k_chunk_records = 1u << k_chunk_bits;
  BlockSource blocks_;
  std::vector<CustomerRecord*> chunks_;
  uint32_t size_ = 0;
};

}  // namespace wend::engine
