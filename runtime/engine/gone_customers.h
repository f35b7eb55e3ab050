#pragma once

// Numbers that stand for nobody any more: of erased ids, and of ids under which another customer is known as well. What the packed
// states say, in memory; most logs have none.

#include <unordered_map>
#include <vector>

#include "runtime/engine/customer_index.h"

namespace wend::engine {

class GoneCustomers {
 public:
  bool empty() const { return survivors_.empty(); }
  bool contains(uint32_t customer) const { return survivors_.contains(customer); }
  bool is_erased(uint32_t customer) const {
    const auto found = survivors_.find(customer);
    return found != survivors_.end() && found->second == k_no_customer;
  }

  void erase(uint32_t customer) { survivors_[customer] = k_no_customer; }
  void merge(uint32_t customer, uint32_t survivor) { survivors_[customer] = survivor; }

  // Follows aliases to the end of their chain, and shortens it for the next time.
  uint32_t live(uint32_t customer) {
    const auto first = survivors_.find(customer);
    if (first == survivors_.end()) return customer;
    uint32_t end = first->second;
    for (auto next = survivors_.find(end); next != survivors_.end(); next = survivors_.find(end)) end = next->second;
    first->second = end;
    return end;
  }
  // Numbers that lead to the customer, ascending.
  std::vector<uint32_t> aliases_of(uint32_t customer);
  // Every chain ends at a number below `customers`, or in an erasure.
  bool is_sound(uint32_t customers) const;

 private:
  std::unordered_map<uint32_t, uint32_t> survivors_;
};

}  // namespace wend::engine
