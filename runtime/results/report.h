#pragma once

// What a run has come to, for people (aligned text) and for programs (one JSON object with the same figures).

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/results/tally.h"

namespace wend::results {

struct Report {
  Report(const bytecode::Program& program, Tally tally) : program(&program), tally(std::move(tally)) {}

  const bytecode::Program* program;  // outlives the report
  Tally tally;
  engine::Counters counters;
  uint64_t customers = 0;
  std::optional<TimestampMs> virtual_now;                      // absent: nothing was ever taken in
  std::map<size_t, uint64_t> waiting_instances;  // by journey number
  // One instance may wait in several branches.
  std::map<std::pair<size_t, std::string>, uint64_t> waiting;  // journey number, step → instances
  std::vector<std::pair<std::string, uint64_t>> segments;      // name, customers who are in it at virtual_now
  Sha256Digest state{};                                        // the engine's digest
  uint64_t position = 0;                                       // next of the log
  std::vector<std::string> deployed;                           // what this run added to the program of the data folder
  std::optional<TimestampMs> past_from;                        // that knows the past from there on alone: the log begins there
  bool stopped = false;                                        // by a signal or by --max-rejects: a later run goes on
};

std::string render_text(const Report& report);
std::string render_json(const Report& report);

}  // namespace wend::results
