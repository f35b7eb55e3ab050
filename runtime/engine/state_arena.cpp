#include "runtime/engine/state_arena.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>

namespace wend::engine {
namespace {

size_t varint_bytes(uint64_t value) {
  size_t bytes = 1;
  while (value >= 0x80) {
    value >>= 7;
    ++bytes;
  }
  return bytes;
}

// A state was written byte by byte just now. A wide load of those bytes would have to wait until every store before them has left
// the processor, and some of those miss the cache; so what is short is copied byte by byte too.
void copy_fresh(char* to, std::string_view bytes) {
  constexpr size_t bytewise_max = 48;
  if (bytes.size() > bytewise_max) {
    std::memcpy(to, bytes.data(), bytes.size());
    return;
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    to[i] = bytes[i];
    asm volatile("");  // or the compiler makes it a wide copy again
  }
}

char* write_varint(char* at, uint64_t value) {
  while (value >= 0x80) {
    *at++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *at++ = static_cast<char>(value);
  return at;
}

}  // namespace

StateArena::StateArena() : blocks_(k_page_bytes), pages_(1), lists_(1) {
  // Steps of 4 bytes where most customers are, then of about an eighth.
  for (uint32_t bytes = k_slot_bytes_min; bytes < k_slot_bytes_max; bytes += std::max(4u, bytes / 8 / 4 * 4)) class_bytes_.push_back(bytes);
  class_bytes_.push_back(k_slot_bytes_max);
  class_by_quarter_.resize(k_slot_bytes_max / 4 + 1);
  uint8_t size_class = 0;
  for (uint32_t quarter = 0; quarter < class_by_quarter_.size(); ++quarter) {
    if (quarter * 4 > class_bytes_[size_class]) ++size_class;
    class_by_quarter_[quarter] = size_class;
  }
  class_head_.assign(class_bytes_.size(), k_none);
}

StateArena::~StateArena() {
  for (const Page& page : pages_) {
    if (page.size_class == k_large_class) std::free(page.base);
  }
}

uint8_t StateArena::class_of(size_t bytes) const {
  return bytes > k_slot_bytes_max ? k_large_class : class_by_quarter_[(bytes + 3) / 4];
}

std::string_view StateArena::view(uint32_t reference) const {
  if (reference == 0) return {};
  const auto* at = reinterpret_cast<const uint8_t*>(address(reference));
  uint64_t size = *at++;
  if (size >= 0x80) {
    size &= 0x7f;
    for (int shift = 7;; shift += 7) {
      size |= static_cast<uint64_t>(*at & 0x7f) << shift;
      if (*at++ < 0x80) break;
    }
  }
  return {reinterpret_cast<const char*>(at), size};
}

uint32_t StateArena::store(uint32_t old, std::string_view bytes) {
  if (bytes.empty()) {
    if (old != 0) release(old);
    return 0;
  }
  const size_t needed = bytes.size() + varint_bytes(bytes.size());
  const uint8_t size_class = class_of(needed);
  uint32_t reference = old;
  if (old == 0 || size_class == k_large_class || pages_[old >> k_slot_bits].size_class != size_class) {
    if (old != 0) release(old);
    reference = size_class == k_large_class ? allocate_large(needed) : allocate(needed);
  }
  copy_fresh(write_varint(address(reference), bytes.size()), bytes);
  return reference;
}

uint32_t StateArena::allocate(size_t bytes) {
  const uint8_t size_class = class_of(bytes);
  uint32_t number = class_head_[size_class];
  if (number == k_none) {
    number = take_page(size_class);
    link(number);
  }
  PageList& list = lists_[number];
  uint16_t slot = list.free_head;
  if (slot != k_no_slot) {
    const Page& page = pages_[number];
    std::memcpy(&list.free_head, page.base + static_cast<size_t>(slot) * page.slot_bytes, sizeof list.free_head);
    // The next allocation reads it, and whoever had the slot may have gone long ago.
    if (list.free_head != k_no_slot) ask_for(page.base + static_cast<size_t>(list.free_head) * page.slot_bytes);
  } else {
    slot = list.never_used++;
  }
  if (++list.in_use == list.slots) unlink(number);
  return number << k_slot_bits | slot;
}

uint32_t StateArena::allocate_large(size_t bytes) {
  auto* memory = static_cast<char*>(std::malloc(bytes));
  if (memory == nullptr) std::abort();
  uint32_t number;
  if (!bare_numbers_.empty()) {
    number = bare_numbers_.back();
    bare_numbers_.pop_back();
  } else {
    number = static_cast<uint32_t>(pages_.size());
    pages_.emplace_back();
    lists_.emplace_back();
  }
  pages_[number] = {memory, static_cast<uint32_t>(bytes), k_large_class};
  large_bytes_ += bytes;
  return number << k_slot_bits;
}

void StateArena::release(uint32_t reference) {
  const uint32_t number = reference >> k_slot_bits;
  Page& page = pages_[number];
  if (page.size_class == k_large_class) {
    large_bytes_ -= page.slot_bytes;
    std::free(page.base);
    page = {};
    bare_numbers_.push_back(number);
    return;
  }
  PageList& list = lists_[number];
  const auto slot = static_cast<uint16_t>(reference & (k_slots_per_page_max - 1));
  std::memcpy(address(reference), &list.free_head, sizeof list.free_head);
  list.free_head = slot;
  if (list.in_use-- == list.slots) link(number);
  // The last page of a class stays, so that one customer coming and going does not take and return a page each time.
  if (list.in_use == 0 && (list.previous != k_none || list.next != k_none)) {
    unlink(number);
    empty_pages_.push_back(number);
  }
}

uint32_t StateArena::take_page(uint8_t size_class) {
  uint32_t number;
  if (!empty_pages_.empty()) {
    number = empty_pages_.back();
    empty_pages_.pop_back();
  } else {
    number = static_cast<uint32_t>(pages_.size());
    // 2^20 pages of 64 KiB: 64 GiB of customer states in one partition.
    if (number >= 1u << (32 - k_slot_bits)) std::abort();
    pages_.emplace_back();
    lists_.emplace_back();
    pages_[number].base = blocks_.take();
  }
  pages_[number].slot_bytes = class_bytes_[size_class];
  pages_[number].size_class = size_class;
  lists_[number] = {};
  lists_[number].slots = static_cast<uint16_t>(std::min(k_slots_per_page_max - 1, k_page_bytes / class_bytes_[size_class]));
  return number;
}

void StateArena::link(uint32_t page) {
  uint32_t& head = class_head_[pages_[page].size_class];
  lists_[page].previous = k_none;
  lists_[page].next = head;
  if (head != k_none) lists_[head].previous = page;
  head = page;
}

void StateArena::unlink(uint32_t page) {
  const PageList list = lists_[page];
  if (list.previous != k_none) {
    lists_[list.previous].next = list.next;
  } else {
    class_head_[pages_[page].size_class] = list.next;
  }
  if (list.next != k_none) lists_[list.next].previous = list.previous;
  lists_[page].previous = lists_[page].next = k_none;
}

}  // namespace wend::engine
