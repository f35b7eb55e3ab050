#pragma once

// Snapshots on their way out of the engine and into it.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/engine/dedupe_pages.h"

namespace wend::engine {

// What a snapshot being written holds on to; the pages that it owes besides are in DirtyPages and DedupePages.
struct OpenSnapshot {
  bool is_open = false;
  uint32_t customers = 0;                               // when it began; later ones are not in it
  std::string engine_page;                              // given last
  std::vector<std::pair<uint32_t, std::string>> saved;  // owed pages whose customers have changed since
};

struct LoadingSnapshot {
  uint32_t customers = 0;                              // loaded so far
  std::optional<uint32_t> announced_customers;         // by the engine's page
  std::vector<std::pair<uint32_t, uint32_t>> unarmed;  // customers [first, last) that came before the engine's page
};

}  // namespace wend::engine
