#pragma once

// Remembered ids in snapshots: pages of ids newly seen, each written once.
//
//   u8 format (2) · varint window in ms, which says the group · signed slice · varint count · count × (u64 high, u64 low) of the keys
//
// Invariants
//   1. A page's ids are of one slice, so they are forgotten together. Then the page's number is free, and the next page takes it: the
//      snapshots' space is bounded by the most that was ever remembered at once.
//   2. A page that is loaded and forgotten already is harmless: the table does not find its ids.

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/dedupe.h"
#include "runtime/engine/engine.h"

namespace wend::engine {

class DedupePages {
 public:
  // Takes what the groups have remembered since the last call: it is owed.
  void begin(std::vector<Dedupe>& groups, TimestampMs now);
  size_t owed() const { return owed_.size(); }
  void write_next(const std::vector<Dedupe>& groups, std::string& scratch, const PageSink& sink);

  std::expected<void, std::string> load(uint32_t page, std::string_view bytes, std::vector<Dedupe>& groups);

 private:
  struct Place {
    size_t group = 0;
    int64_t slice = Dedupe::k_forgotten;
  };
  struct Owed {
    uint32_t place;
    Dedupe::Chunk chunk;
  };
  std::vector<Place> places_;  // [page - k_dedupe_page_first]
  std::vector<Owed> owed_;
};

}  // namespace wend::engine
