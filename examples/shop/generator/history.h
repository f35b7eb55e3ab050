#pragma once

// A year in the life of the demo shop, as Segment calls in the order in which they arrive.

#include <cstdint>
#include <functional>
#include <string_view>

namespace wend::demo {

struct HistoryOptions {
  uint64_t seed = 1;
  uint32_t customers = 12'000;
  uint32_t days = 365;
  int32_t first_day = 20'089;  // days since 1970-01-01: 2025-01-01
};

struct HistoryCounts {
  uint64_t lines = 0;
  uint64_t late = 0;        // arrive an hour or more after they happened
  uint64_t duplicates = 0;  // the same call again
  uint64_t broken = 0;      // lines that no reader can take
};

// Hands every line (without its end) to `write`. The same options give the same lines on every machine.
HistoryCounts write_history(const HistoryOptions& options, const std::function<void(std::string_view)>& write);

}  // namespace wend::demo
