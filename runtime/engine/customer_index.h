#pragma once

// Key → number: open addressing with linear probing over 4-byte slots.
//
// Invariants
//   1. A slot is 0 (free) or (number + 1) in its low bits with a tag, the top bits of the key, above it. The tag takes the bits that
//      numbers cannot need at this capacity, so that a probe rarely reads a record in vain.
//   2. Load is at most 3/4, hence a free slot ends every probe.
//   3. Nothing is ever removed.

#include <cstdint>
#include <optional>

#include "runtime/engine/customer_table.h"
#include "runtime/engine/huge_memory.h"

namespace wend::engine {

constexpr uint32_t k_no_customer = 0xffffffff;

class CustomerIndex {
 public:
  CustomerIndex() { reset(k_capacity_min); }

  std::optional<uint32_t> find(const Hash128& key, const CustomerTable& customers) const {
    const uint32_t wanted = tag(key);
    for (uint64_t at = key.low & mask_; slots()[at] != 0; at = (at + 1) & mask_) {
      if ((slots()[at] & ~number_mask_) != wanted) continue;
      const uint32_t number = (slots()[at] & number_mask_) - 1;
      if (customers[number].key == key) return number;
    }
    return std::nullopt;
  }
  // The first number whose tag fits: right nearly always, good enough to prefetch with. k_no_customer when none does.
  uint32_t guess(const Hash128& key) const {
    const uint32_t wanted = tag(key);
    for (uint64_t at = key.low & mask_; slots()[at] != 0; at = (at + 1) & mask_) {
      if ((slots()[at] & ~number_mask_) == wanted) return (slots()[at] & number_mask_) - 1;
    }
    return k_no_customer;
  }
  void prefetch(const Hash128& key) const { ask_for(&slots()[key.low & mask_]); }

  // `number` is the newest in `customers` and its key is not in the index.
  void insert(uint32_t number, const CustomerTable& customers);
  // Builds the index of all customers at once.
  void rebuild(const CustomerTable& customers);

  uint64_t bytes() const { return (mask_ + 1) * sizeof(uint32_t); }

 private:
  static constexpr uint64_t k_capacity_min = 1024;

  const uint32_t* slots() const { return reinterpret_cast<const uint32_t*>(memory_.get()); }
  uint32_t* slots() { return reinterpret_cast<uint32_t*>(memory_.get()); }
  uint32_t tag(const Hash128& key) const { return static_cast<uint32_t>(key.high >> 32) & ~number_mask_; }
  void reset(uint64_t capacity);
  void place(uint32_t number, const Hash128& key);

  HugeMemory memory_;
  uint64_t mask_ = 0;
  uint32_t number_mask_ = 0;  // capacity - 1: numbers + 1 stay below the capacity because the load does
};

}  // namespace wend::engine
