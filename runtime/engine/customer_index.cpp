#include "runtime/engine/customer_index.h"

#include <cassert>

namespace wend::engine {
namespace {

// Far enough ahead to hide a miss to memory behind the work on the slots in between.
constexpr uint32_t k_prefetch_distance = 16;

}  // namespace

void CustomerIndex::reset(uint64_t capacity) {
  memory_ = allocate_huge(capacity * sizeof(uint32_t));
  mask_ = capacity - 1;
  number_mask_ = static_cast<uint32_t>(mask_);
}

void CustomerIndex::place(uint32_t number, const Hash128& key) {
  uint64_t at = key.low & mask_;
  while (slots()[at] != 0) at = (at + 1) & mask_;
  slots()[at] = tag(key) | (number + 1);
}

void CustomerIndex::insert(uint32_t number, const CustomerTable& customers) {
  assert(number + 1 == customers.size());
  if (uint64_t{customers.size()} * 4 > (mask_ + 1) * 3) {
    rebuild(customers);
  } else {
    place(number, customers[number].key);
  }
}

void CustomerIndex::rebuild(const CustomerTable& customers) {
  uint64_t capacity = k_capacity_min;
  while (uint64_t{customers.size()} * 4 > capacity * 3) capacity *= 2;
  memory_.reset();
  reset(capacity);
  for (uint32_t number = 0; number < customers.size(); ++number) {
    if (number + k_prefetch_distance < customers.size()) prefetch(customers[number + k_prefetch_distance].key);
    place(number, customers[number].key);
  }
}

}  // namespace wend::engine
