#include "runtime/engine/timer_wheel.h"

#include <algorithm>
#include <cassert>
#include <functional>

namespace wend::engine {
namespace {

// Below this many, comparing is faster than counting.
constexpr size_t k_radix_sort_min = 32;
// From this many on, wide digits are: their counters have to be cleared first.
constexpr size_t k_wide_radix_min = 1 << 14;
// A sorted run keeps its memory for the next bucket only up to this many timers.
constexpr size_t k_run_kept_max = 1 << 16;

uint64_t offset_of(TimestampMs release) {
  return static_cast<uint64_t>(std::clamp(release, k_timestamp_min_ms, k_timestamp_max_ms) - k_timestamp_min_ms);
}
TimestampMs release_of(uint64_t offset) {
  return static_cast<TimestampMs>(offset) + k_timestamp_min_ms;
}

}  // namespace

TimerWheel::TimerWheel() : blocks_(k_chunks_per_block * sizeof(Chunk)) {}

void TimerWheel::start(TimestampMs now) {
  assert(size_ == 0);
  fine_now_ = offset_of(now) >> k_fine_bits;
}

void TimerWheel::add(TimestampMs release, uint32_t customer) {
  const uint64_t offset = offset_of(release);
  place(offset, customer);
  ++size_;
  quiet_until_ = std::min(quiet_until_, release_of(offset));
}

void TimerWheel::place(uint64_t offset, uint32_t customer) {
  const uint64_t fine = offset >> k_fine_bits;
  const uint64_t coarse = fine >> k_ring_bits;
  const uint64_t coarse_now = fine_now_ >> k_ring_bits;
  if (fine <= fine_now_) {
    late_.push_back({offset, customer});
    std::push_heap(late_.begin(), late_.end(), std::greater<>());
  } else if (coarse == coarse_now) {
    append(fine_, fine & (k_ring - 1), (offset & ((1u << k_fine_bits) - 1)) << 32 | customer);
  } else if (coarse - coarse_now < k_ring) {
    append(coarse_, coarse & (k_ring - 1), (offset & ((1u << (k_fine_bits + k_ring_bits)) - 1)) << 32 | customer);
  } else {
    far_.push_back({offset, customer});
  }
}

uint32_t TimerWheel::take_chunk() {
  if (free_chunks_.empty()) {
    const auto first = static_cast<uint32_t>(chunk_blocks_.size() * k_chunks_per_block);
    chunk_blocks_.push_back(blocks_.take());
    for (uint32_t i = k_chunks_per_block; i-- > 0;) free_chunks_.push_back(first + i);
  }
  const uint32_t id = free_chunks_.back();
  free_chunks_.pop_back();
  return id;
}

void TimerWheel::append(Ring& ring, uint32_t slot, uint64_t timer) {
  uint32_t& head = ring.heads[slot];
  if (head == k_none || chunk(head).count == k_chunk_timers) {
    const uint32_t id = take_chunk();
    chunk(id).next = head;
    chunk(id).count = 0;
    head = id;
    ring.bits[slot / 64] |= uint64_t{1} << slot % 64;
  }
  Chunk& newest = chunk(head);
  newest.timers[newest.count++] = timer;
}

template <typename Visit>
void TimerWheel::drain(Ring& ring, uint32_t slot, const Visit& visit) {
  uint32_t id = ring.heads[slot];
  ring.heads[slot] = k_none;
  ring.bits[slot / 64] &= ~(uint64_t{1} << slot % 64);
  while (id != k_none) {
    const Chunk& full = chunk(id);
    for (uint32_t i = 0; i < full.count; ++i) visit(full.timers[i]);
    free_chunks_.push_back(id);
    id = full.next;
  }
}

uint32_t TimerWheel::next_slot(const Ring& ring, uint32_t from, uint32_t count) {
  for (uint32_t step = 0; step < count;) {
    const uint32_t slot = (from + step) & (k_ring - 1);
    const uint64_t word = ring.bits[slot / 64] >> slot % 64;
    if (word != 0) {
      const uint32_t found = step + static_cast<uint32_t>(__builtin_ctzll(word));
      return found < count ? (from + found) & (k_ring - 1) : k_none;
    }
    step += 64 - slot % 64;
  }
  return k_none;
}

bool TimerWheel::pop(TimestampMs limit, Timer& out) {
  const uint64_t limit_offset = offset_of(limit);
  for (;;) {
    const bool has_run = run_next_ < run_.size();
    if (!has_run && late_.empty()) {
      if (!open_next(limit_offset)) break;
      continue;
    }
    Late next = late_.empty() ? Late{~uint64_t{0}, k_none} : late_.front();
    bool from_run = false;
    if (has_run) {
      const uint64_t timer = run_[run_next_];
      const Late candidate{fine_now_ << k_fine_bits | timer >> 32, static_cast<uint32_t>(timer)};
      if (candidate <= next) {
        next = candidate;
        from_run = true;
      }
    }
    if (next.offset >= limit_offset) break;
    if (from_run) {
      ++run_next_;
    } else {
      std::pop_heap(late_.begin(), late_.end(), std::greater<>());
      late_.pop_back();
    }
    --size_;
    out = {release_of(next.offset), next.customer};
    return true;
  }
  update_quiet();
  return false;
}

void TimerWheel::update_quiet() {
  const std::optional<uint64_t> earliest = earliest_offset();
  quiet_until_ = earliest ? release_of(*earliest) : std::numeric_limits<TimestampMs>::max();
}

// Opens the next bucket that has timers, when it begins before the limit.
bool TimerWheel::open_next(uint64_t limit_offset) {
  for (;;) {
    const std::optional<uint64_t> earliest = earliest_offset();
    if (!earliest || *earliest >= limit_offset) return false;
    const uint64_t fine = *earliest >> k_fine_bits;
    if (fine >> k_ring_bits == fine_now_ >> k_ring_bits) {
      open_fine(fine);
      return true;
    }
    open_coarse(fine >> k_ring_bits);
    if (!run_.empty()) return true;
  }
}

void TimerWheel::open_fine(uint64_t fine) {
  fine_now_ = fine;
  if (run_.capacity() > k_run_kept_max) run_ = {};
  run_.clear();
  run_next_ = 0;
  drain(fine_, fine & (k_ring - 1), [&](uint64_t timer) { run_.push_back(timer); });
  sort_run();
}

// Moves to the first fine bucket of a coarse one; whatever comes into reach from afar is placed anew.
void TimerWheel::open_coarse(uint64_t coarse) {
  fine_now_ = coarse << k_ring_bits;
  run_.clear();
  run_next_ = 0;
  const auto distribute = [&](uint64_t offset, uint32_t customer) {
    if (offset >> k_fine_bits == fine_now_) {
      run_.push_back((offset & ((1u << k_fine_bits) - 1)) << 32 | customer);
    } else {
      place(offset, customer);
    }
  };
  std::vector<Far> again;
  again.swap(far_);
  for (const Far& timer : again) distribute(timer.offset, timer.customer);
  const uint64_t begin = coarse << (k_ring_bits + k_fine_bits);
  drain(coarse_, coarse & (k_ring - 1), [&](uint64_t timer) { distribute(begin + (timer >> 32), static_cast<uint32_t>(timer)); });
  sort_run();
}

std::optional<uint64_t> TimerWheel::earliest_offset() const {
  std::optional<uint64_t> earliest;
  if (!late_.empty()) earliest = late_.front().offset;
  if (run_next_ < run_.size()) {
    const uint64_t offset = fine_now_ << k_fine_bits | run_[run_next_] >> 32;
    earliest = earliest ? std::min(*earliest, offset) : offset;
  }
  if (earliest) return earliest;
  const auto fine_slot = static_cast<uint32_t>(fine_now_ & (k_ring - 1));
  if (const uint32_t slot = next_slot(fine_, fine_slot + 1, k_ring - 1 - fine_slot); slot != k_none) {
    return (fine_now_ - fine_slot + slot) << k_fine_bits;
  }
  const uint64_t coarse_now = fine_now_ >> k_ring_bits;
  const auto coarse_slot = static_cast<uint32_t>(coarse_now & (k_ring - 1));
  if (const uint32_t slot = next_slot(coarse_, coarse_slot + 1, k_ring - 1); slot != k_none) {
    return (coarse_now + ((slot - coarse_slot) & (k_ring - 1))) << (k_ring_bits + k_fine_bits);
  }
  for (const Far& timer : far_) earliest = earliest ? std::min(*earliest, timer.offset) : timer.offset;
  return earliest;
}

std::optional<TimestampMs> TimerWheel::earliest_bound() const {
  const std::optional<uint64_t> earliest = earliest_offset();
  return earliest ? std::optional<TimestampMs>(release_of(*earliest)) : std::nullopt;
}

void TimerWheel::sort_run() {
  if (run_.size() < k_radix_sort_min) {
    std::sort(run_.begin(), run_.end());
  } else if (run_.size() < k_wide_radix_min) {
    sort_by_digits<8>();
  } else {
    sort_by_digits<12>();
  }
}

// The keys are 48 bits: 16 of milliseconds over 32 of customer. Digits that are the same in all keys are skipped: a burst at one
// instant over a million customers takes two passes.
template <uint32_t digit_bits>
void TimerWheel::sort_by_digits() {
  constexpr uint64_t digit_mask = (1 << digit_bits) - 1;
  uint64_t differing = 0;
  for (const uint64_t key : run_) differing |= key ^ run_[0];
  scratch_.resize(run_.size());
  std::array<uint32_t, 1 << digit_bits> count;
  for (uint32_t shift = 0; differing >> shift != 0; shift += digit_bits) {
    if ((differing >> shift & digit_mask) == 0) continue;
    count.fill(0);
    for (const uint64_t key : run_) ++count[key >> shift & digit_mask];
    uint32_t sum = 0;
    for (uint32_t& entry : count) {
      const uint32_t here = entry;
      entry = sum;
      sum += here;
    }
    for (const uint64_t key : run_) scratch_[count[key >> shift & digit_mask]++] = key;
    run_.swap(scratch_);
  }
  if (scratch_.capacity() > k_run_kept_max) scratch_ = {};
}

uint64_t TimerWheel::bytes() const {
  return blocks_.bytes_in_use() - free_chunks_.size() * sizeof(Chunk) + far_.capacity() * sizeof(Far) +
         (run_.capacity() + scratch_.capacity()) * sizeof(uint64_t) + late_.capacity() * sizeof(Late) + 2 * sizeof(Ring);
}

}  // namespace wend::engine
