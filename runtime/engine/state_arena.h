#pragma once

// Packed customer states: byte strings of any length behind 4-byte references.
//
// Invariants
//   1. A page of 64 KiB holds slots of one size; a reference is page << 12 | slot, and 0 refers to the empty string.
//   2. A slot begins with the varint length of its string. A freed slot begins with the number of the next free slot of its page.
//   3. A page with free slots is in the list of its size class, a page without is in none, an empty page is in the list of empty pages.
//   4. A string longer than the largest class has a page of its own, allocated to measure.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/engine/huge_memory.h"

namespace wend::engine {

class StateArena {
 public:
  StateArena();
  ~StateArena();
  StateArena(const StateArena&) = delete;

  // Replaces the string behind `old` (0 = none) and gives the reference to use from now on. `bytes` must not point into the arena.
  uint32_t store(uint32_t old, std::string_view bytes);
  // Lives until the reference is stored to.
  std::string_view view(uint32_t reference) const;
  void prefetch(uint32_t reference) const {
    if (reference == 0) return;
    const char* begin = address(reference);
    ask_for(begin);
    ask_for(begin + k_slot_bytes_min);  // a small string may lie in two cache lines
  }
  uint64_t bytes() const { return blocks_.bytes_in_use() + large_bytes_; }

 private:
  static constexpr uint32_t k_slot_bits = 12;
  static constexpr uint32_t k_slots_per_page_max = 1u << k_slot_bits;
  static constexpr uint32_t k_page_bytes = 64 << 10;
  static constexpr uint32_t k_slot_bytes_min = 16;
  static constexpr uint32_t k_slot_bytes_max = 8 << 10;
  static constexpr uint32_t k_none = 0xffffffff;
  static constexpr uint16_t k_no_slot = 0xffff;
  static constexpr uint8_t k_large_class = 0xff;

  struct Page {  // what every access reads
    char* base = nullptr;
    uint32_t slot_bytes = 0;
    uint8_t size_class = 0;
  };
  struct PageList {  // what only allocation reads
    uint32_t previous = k_none;
    uint32_t next = k_none;
    uint16_t free_head = k_no_slot;
    uint16_t never_used = 0;  // first slot that was never handed out
    uint16_t in_use = 0;
    uint16_t slots = 0;
  };

  char* address(uint32_t reference) const {
    const Page& page = pages_[reference >> k_slot_bits];
    return page.base + static_cast<size_t>(reference & (k_slots_per_page_max - 1)) * page.slot_bytes;
  }
  uint8_t class_of(size_t bytes) const;
  uint32_t allocate(size_t bytes);
  uint32_t allocate_large(size_t bytes);
  void release(uint32_t reference);
  uint32_t take_page(uint8_t size_class);
  void link(uint32_t page);
  void unlink(uint32_t page);

  BlockSource blocks_;
  std::vector<uint32_t> class_bytes_;      // slot size of each class, ascending
  std::vector<uint8_t> class_by_quarter_;  // (bytes + 3) / 4 → class
  std::vector<uint32_t> class_head_;       // first page with a free slot
  std::vector<Page> pages_;                // [0] is never used
  std::vector<PageList> lists_;
  std::vector<uint32_t> empty_pages_;   // numbers whose block is kept
  std::vector<uint32_t> bare_numbers_;  // numbers of former large pages, without a block
  uint64_t large_bytes_ = 0;
};

}  // namespace wend::engine
