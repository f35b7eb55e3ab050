#pragma once

// Ids seen within a window of log time, in hourly slices.
//
// Invariants
//   1. A key is in the table at most once, with the slice (hour of t_log) in which it was seen first.
//   2. A slice is remembered until its end plus the window: an id is remembered for the window at least, an hour more at most.
//   3. Forgotten keys may linger in the table; they are not found, and neither snapshots nor digests show them.
//   4. What was remembered since the last take_fresh() or load() is in `fresh_` as well, as long as it is remembered.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/bytes.h"
#include "runtime/base/hash.h"
#include "runtime/base/time.h"

namespace wend::engine {

class Dedupe {
 public:
  explicit Dedupe(DurationMs window_ms) : window_ms_(window_ms) {}

  // False when the key was seen within the window. Remembers it otherwise. `now` never decreases.
  bool first_time(const Hash128& key, TimestampMs now);
  DurationMs window_ms() const { return window_ms_; }
  void prefetch(const Hash128& key) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[key.low & (slots_.size() - 1)]);
  }

  // Ids of one slice that were seen first in that order.
  struct Chunk {
    int64_t slice = k_forgotten;
    std::vector<Hash128> keys;
  };
  static constexpr size_t k_chunk_keys_max = 16'384;
  static constexpr int64_t k_forgotten = INT64_MIN;  // no slice
  bool remembered(int64_t slice, TimestampMs now) const;
  // What was remembered since the last call. A chunk has at most k_chunk_keys_max keys.
  std::deque<Chunk> take_fresh();
  // Remembers what take_fresh() gave once; chunks may come in any order.
  void load(const Chunk& chunk);
  // The same, but for the next take_fresh() it is new. Before anything else is, oldest slice first.
  void adopt(Chunk chunk) {
    load(chunk);
    fresh_.push_back(std::move(chunk));
  }

  // For digests; canonical: varint count of slices, each signed slice, varint count of keys, the keys ascending.
  void write(ByteWriter& writer, TimestampMs now) const;
  uint64_t bytes() const;

 private:
  struct Slot {
    Hash128 key;
    int64_t slice = k_forgotten;
  };

  Slot& slot_of(const Hash128& key);
  void make_room(size_t more, TimestampMs now);
  void note_fresh(const Hash128& key, int64_t slice, TimestampMs now);

  DurationMs window_ms_;
  std::vector<Slot> slots_;  // open addressing, linear probing, load at most 3/4
  size_t used_ = 0;          // slots that are not free, forgotten ones included
  std::deque<Chunk> fresh_;  // oldest slice first
};

// The key of an event's id: XXH3-128 over length-prefixed (customer, event number, id). Permanent.
Hash128 dedupe_key(std::string& scratch, std::string_view customer, uint64_t event, std::string_view id);

}  // namespace wend::engine
