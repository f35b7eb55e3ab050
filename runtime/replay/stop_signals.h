#pragma once

#include <atomic>

namespace wend::replay {

// While it lives, SIGINT and SIGTERM set the flag instead of ending the process; a second one ends it at once, which is safe as well.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  const std::atomic<bool>& flag() const;
};

}  // namespace wend::replay
