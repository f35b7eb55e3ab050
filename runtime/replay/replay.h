#pragma once

// A history of events replayed in virtual time, durably: file → batches → log → engine → results. What `wend run` and `wendd replay` do.
//
// Killed at any point and started again with the same folders, it goes on where it stopped; no command is ever written twice.

#include <atomic>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "runtime/base/time_zone.h"
#include "runtime/bytecode/program.h"
#include "runtime/ingest/run_config.h"
#include "runtime/results/report.h"

namespace wend::replay {

enum class UntilKind : uint8_t {
  last_event,  // virtual time ends with the events
  instant,     // it goes on until every timer due at or before `Until::time` has fired
  done,        // it goes on until no timer is armed
};
struct Until {
  UntilKind kind = UntilKind::last_event;
  TimestampMs time = 0;
};
// "done" or an RFC 3339 instant; nullopt: neither.
std::optional<Until> parse_until(std::string_view text);

// "500/min", "30000/h", "20/s" as so many an hour (never 0), "all" as 0; nullopt: none of these.
std::optional<uint64_t> parse_release(std::string_view text);

struct Progress {
  uint64_t records = 0;  // lines or groups of rows read by this run and the ones before
  uint64_t events = 0;
  uint64_t sends = 0;
  TimestampMs virtual_now = 0;
};

struct Options {
  std::string events;  // path of the file
  std::string data_folder;
  std::string result_folder;
  ingest::RunConfig config;  // its `events` is not looked at
  bool sort = false;
  Until until;
  std::optional<uint64_t> rejects_max;            // more refused records than this stop the run
  TimestampMs machine_now = 0;                    // the machine's clock: later events are refused
  bool deploy = false;                            // a program that adds to the one of the data folder: the run goes on with it
  // Of those who enter a journey then because they are members of its segment already; 0 = all at once. Must be said when there are such.
  std::optional<uint64_t> release_per_hour;
  size_t batch_entries = 1000;                    // entries made durable at once
  uint64_t snapshot_entries = 5'000'000;          // entries between two snapshots; there is one at the end in any case
  size_t snapshot_pages = 64;                     // of a snapshot being written, written out after every batch: well below 1 ms
  bool with_state_digest = false;                 // costs a pass over all customers
  std::function<void(const Progress&)> progress;  // called after every batch, on the caller's thread
  const std::atomic<bool>* stop = nullptr;        // set by a signal: finish the batch, write a snapshot, return
};

enum class Outcome : uint8_t { finished, stopped, too_many_rejects };
struct Result {
  std::shared_ptr<const bytecode::Program> program;  // the report's: as the data folder numbers it
  results::Report report;
  Outcome outcome = Outcome::finished;
};
struct Error {
  std::string what;
};

// `program` and `zones` outlive the report. After an error everything that was acknowledged is on disk all the same.
std::expected<Result, Error> replay(const bytecode::Program& program, const ZoneTable& zones, const Options& options);

}  // namespace wend::replay
