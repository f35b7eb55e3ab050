#include "runtime/replay/stop_signals.h"

#include <csignal>

namespace wend::replay {
namespace {

std::atomic<bool> g_stop_asked = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may set it");

extern "C" void ask_to_stop(int signal) {
  g_stop_asked.store(true, std::memory_order_relaxed);
  ::signal(signal, SIG_DFL);
}

}  // namespace

StopSignals::StopSignals() {
  g_stop_asked = false;
  ::signal(SIGINT, ask_to_stop);
  ::signal(SIGTERM, ask_to_stop);
}

StopSignals::~StopSignals() {
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
}

const std::atomic<bool>& StopSignals::flag() const {
  return g_stop_asked;
}

}  // namespace wend::replay
