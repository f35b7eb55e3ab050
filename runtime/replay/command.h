#pragma once

// A replay as a command of a terminal: progress while it runs, the report at its end, an exit status. Shared by `wend run` and
// `wendd replay`.

#include <cstdio>

#include "runtime/replay/replay.h"

namespace wend::replay {

enum class ReportFormat : uint8_t { text, json };

struct Terminal {
  std::FILE* out = stdout;      // the report
  std::FILE* error = stderr;    // progress and errors
  bool shows_progress = false;  // a person is looking at `error`
  ReportFormat format = ReportFormat::text;
};

constexpr int k_exit_done = 0;
constexpr int k_exit_unfinished = 1;  // stopped by a signal, or by too many refused records
constexpr int k_exit_error = 2;

// Sets `options.machine_now`, `progress`, `stop` and `with_state_digest` itself.
int replay_command(const bytecode::Program& program, const ZoneTable& zones, Options options, const Terminal& terminal);

}  // namespace wend::replay
