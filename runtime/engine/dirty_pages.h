#pragma once

// Pages of customers that have changed since the last snapshot began, and those that a snapshot being written still owes.
//
// Invariants
//   1. A customer is marked before its state changes; so a page that an open snapshot owes is saved as it was when it began.
//   2. A page is owed at most until its customers are marked or it is taken, whichever comes first.

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/engine/engine.h"

namespace wend::engine {

class DirtyPages {
 public:
  // Called with a page that is owed and about to change.
  using Save = std::function<void(uint32_t page)>;

  void mark(uint32_t customer) {
    const uint32_t page = customer / k_customers_per_page;
    const size_t word = page / 64;
    const uint64_t bit = uint64_t{1} << page % 64;
    if (word >= dirty_.size()) dirty_.resize(word + 1);
    dirty_[word] |= bit;
    if (owed_count_ == 0 || word >= owed_.size() || (owed_[word] & bit) == 0) return;
    owed_[word] &= ~bit;
    --owed_count_;
    save_(page);
  }

  // A snapshot begins: it owes what is dirty. The last one owes nothing any more.
  void freeze(Save save) {
    owed_.swap(dirty_);
    dirty_.assign(owed_.size(), 0);
    save_ = std::move(save);
    next_word_ = owed_count_ = 0;
    for (const uint64_t word : owed_) owed_count_ += static_cast<size_t>(__builtin_popcountll(word));
  }
  size_t owed() const { return owed_count_; }
  // The next page that is owed, ascending; it is owed no longer.
  std::optional<uint32_t> take() {
    for (; owed_count_ > 0; ++next_word_) {
      uint64_t& word = owed_[next_word_];
      if (word == 0) continue;
      const auto page = static_cast<uint32_t>(next_word_ * 64 + static_cast<size_t>(__builtin_ctzll(word)));
      word &= word - 1;
      --owed_count_;
      return page;
    }
    return std::nullopt;
  }

 private:
  std::vector<uint64_t> dirty_;  // a bit per page
  std::vector<uint64_t> owed_;
  size_t owed_count_ = 0;
  size_t next_word_ = 0;  // no page below it is owed
  Save save_;
};

}  // namespace wend::engine
