#pragma once

// Timers in exact order of (release, customer number), each 8 bytes. Cancelling is lazy: whoever pops a timer asks the customer's
// state whether it is still meant.
//
// Time is cut into fine buckets of 2^16 ms (65.5 s) and coarse ones of 4,096 fine buckets (3.1 days); 4,096 coarse buckets reach
// 34 years ahead, and what lies beyond waits in a list.
//
// Invariants
//   1. `fine_now_` is the fine bucket being emptied. Its timers are in `run_` (sorted) and, when added since, in `late_` (a heap);
//      so are timers of earlier buckets.
//   2. A timer of a later fine bucket of the same coarse bucket is in that fine bucket's list; of one of the next 4,095 coarse
//      buckets, in that coarse bucket's list; otherwise in `far_`.
//   3. A bucket's bit is set in its ring's bitmap exactly when its list is not empty.
//   4. Buckets are opened only when they begin before the limit of a pop: what is added later mostly lands in a list, not in the heap.

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "runtime/base/time.h"
#include "runtime/engine/huge_memory.h"

namespace wend::engine {

struct Timer {
  TimestampMs release = 0;
  uint32_t customer = 0;
};

class TimerWheel {
 public:
  TimerWheel();

  // Sets the clock of an empty wheel: timers are expected to be released from `now` on (earlier ones work, but slower).
  void start(TimestampMs now);
  void add(TimestampMs release, uint32_t customer);
  // The earliest timer with release < limit.
  bool pop(TimestampMs limit, Timer& out);
  // Nothing is released before it; nullopt = no timer at all.
  std::optional<TimestampMs> earliest_bound() const;
  // True when nothing can be released before `limit`: the cheap question before every input.
  bool quiet_before(TimestampMs limit) const { return limit <= quiet_until_; }
  // Customers of the timers popped next, as far as they are known: for prefetching. `ahead` counts from the next one.
  std::optional<uint32_t> upcoming(size_t ahead) const {
    const size_t at = run_next_ + ahead;
    return at < run_.size() ? std::optional<uint32_t>(static_cast<uint32_t>(run_[at])) : std::nullopt;
  }
  // True after a pop that gave the first timer of a bucket: its followers have not been upcoming before.
  bool opened() const { return run_next_ <= 1; }
  uint64_t bytes() const;
  uint64_t size() const { return size_; }

 private:
  static constexpr uint32_t k_fine_bits = 16;
  static constexpr uint32_t k_ring_bits = 12;
  static constexpr uint32_t k_ring = 1u << k_ring_bits;
  static constexpr uint32_t k_chunk_timers = 31;
  static constexpr uint32_t k_none = 0xffffffff;

  // A timer in a list: milliseconds since the bucket's begin in the high half, customer in the low half; so their order is the
  // order of firing within a bucket.
  struct Chunk {
    uint32_t next;
    uint32_t count;
    std::array<uint64_t, k_chunk_timers> timers;
  };
  static_assert(sizeof(Chunk) == 256);
  struct Ring {
    std::array<uint32_t, k_ring> heads;
    std::array<uint64_t, k_ring / 64> bits{};
    Ring() { heads.fill(k_none); }
  };
  struct Far {
    uint64_t offset;
    uint32_t customer;
  };
  struct Late {
    uint64_t offset;
    uint32_t customer;
    friend auto operator<=>(const Late&, const Late&) = default;
  };

  Chunk& chunk(uint32_t id) const { return reinterpret_cast<Chunk*>(chunk_blocks_[id / k_chunks_per_block])[id % k_chunks_per_block]; }
  uint32_t take_chunk();
  void append(Ring& ring, uint32_t slot, uint64_t timer);
  // Calls `visit` with every timer of a list and frees it.
  template <typename Visit>
  void drain(Ring& ring, uint32_t slot, const Visit& visit);
  // First non-empty slot at or after `from` going round once; k_none when there is none.
  static uint32_t next_slot(const Ring& ring, uint32_t from, uint32_t count);
  void place(uint64_t offset, uint32_t customer);
  bool open_next(uint64_t limit_offset);
  void open_fine(uint64_t fine);
  void open_coarse(uint64_t coarse);
  void sort_run();
  template <uint32_t digit_bits>
  void sort_by_digits();
  std::optional<uint64_t> earliest_offset() const;
  void update_quiet();

  static constexpr uint32_t k_chunks_per_block = 256;
  BlockSource blocks_;
  std::vector<char*> chunk_blocks_;
  std::vector<uint32_t> free_chunks_;
  Ring fine_;
  Ring coarse_;
  std::vector<Far> far_;
  std::vector<uint64_t> run_;
  std::vector<uint64_t> scratch_;
  size_t run_next_ = 0;
  std::vector<Late> late_;  // min-heap
  uint64_t fine_now_ = 0;
  uint64_t size_ = 0;
  TimestampMs quiet_until_ = std::numeric_limits<TimestampMs>::max();
};

}  // namespace wend::engine
