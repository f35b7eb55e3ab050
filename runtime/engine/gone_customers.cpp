#include "runtime/engine/gone_customers.h"

#include <algorithm>

namespace wend::engine {

std::vector<uint32_t> GoneCustomers::aliases_of(uint32_t customer) {
  std::vector<uint32_t> numbers;
  for (const auto& [number, survivor] : survivors_) numbers.push_back(number);
  std::erase_if(numbers, [&](uint32_t number) { return number == customer || live(number) != customer; });
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

bool GoneCustomers::is_sound(uint32_t customers) const {
  return std::all_of(survivors_.begin(), survivors_.end(), [&](const auto& entry) {
    uint32_t at = entry.second;
    for (size_t steps = 0; steps <= survivors_.size(); ++steps) {
      if (at == k_no_customer) return true;
      if (at >= customers) return false;
      const auto next = survivors_.find(at);
      if (next == survivors_.end()) return true;
      at = next->second;
    }
    return false;
  });
}

}  // namespace wend::engine
