#pragma once

// Private to this folder: one run over a data folder and a result folder.
//
// 1. An entry is in the log, on disk, before the engine reacts to it; a command is written down after that only.
// 2. A snapshot's manifest names lengths of result files that are on disk; whatever stands behind them comes from entries behind the
//    snapshot, and is written again from those.
// 3. A snapshot holds the state at the position where it began, although it is written while more is reacted to: some pages after every
//    batch, and its end on a thread of its own. Killed before its manifest is written, it never was.
// 4. Records of the input that gave no entry are remembered with the next batch or the next snapshot, whichever comes first.

#include <memory>

#include "runtime/bytecode/program_file.h"
#include "runtime/engine/engine.h"
#include "runtime/ingest/event_reader.h"
#include "runtime/log/data_folder.h"
#include "runtime/replay/replay.h"
#include "runtime/replay/result_folder.h"
#include "runtime/results/result_writer.h"

namespace wend::replay {

class Run {
 public:
  // The program has the numbers that it has in the folder (deployment.h).
  Run(const bytecode::Program& program, const ZoneTable& zones, const Options& options, std::unique_ptr<log::DataFolder> folder)
      : program_(program), zones_(zones), options_(options), digests_(bytecode::digests(program)), folder_(std::move(folder)) {}
  ~Run();
  Run(const Run&) = delete;

  // Opens results and events, and brings the engine to the state of the log's end. An error of what was given leaves the results as they
  // were.
  std::expected<void, Error> recover();
  // Instead of everything else: a snapshot at the log's end, for the program that comes after this one.
  std::expected<void, Error> settle();
  // Reads the events that the log does not hold yet. A fault of the input ends the reading and is told by input_error(): what was read
  // before is taken in all the same. After an error of this or of tick() nothing more may be written.
  std::expected<Outcome, Error> consume_events();
  const std::optional<Error>& input_error() const { return input_error_; }
  // Lets virtual time go on behind the last event.
  std::expected<Outcome, Error> tick();
  // Snapshot and the instances that wait.
  std::expected<void, Error> finish();
  results::Report report() const;

 private:
  using Entries = std::vector<engine::Entry>;

  Error bad_snapshot(const std::string& why) const;
  std::expected<void, Error> open_state();
  std::expected<void, Error> load_snapshot();
  std::expected<void, Error> answer_the_past(const log::Manifest& manifest);
  std::expected<void, Error> open_events();
  std::expected<void, Error> open_results();
  std::expected<void, Error> replay_tail();
  std::expected<void, Error> commit(ingest::InputBatch& batch);
  std::expected<void, Error> commit(const Entries& entries, const ingest::Intake& intake);
  std::expected<void, Error> commit_tick(TimestampMs t_log);
  std::expected<void, Error> commit_barrier();
  std::expected<void, Error> begin_snapshot();
  // Writes about `pages` of a snapshot that has begun, and sees whether it is done.
  std::expected<void, Error> continue_snapshot(size_t pages, bool wait);
  std::expected<void, Error> whole_snapshot();
  void note_source_end(const engine::Entry& entry);
  TimestampMs end_of_all_lifetimes() const;
  std::optional<TimestampMs> next_tick() const;
  std::expected<Outcome, Error> tick_until_done();
  bool stop_asked() const { return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed); }
  bool is_rejecting_too_much() { return options_.rejects_max && writer_->tally().rejects() > *options_.rejects_max; }
  void report_progress();

  const bytecode::Program& program_;
  const ZoneTable& zones_;
  const Options& options_;
  const bytecode::ProgramDigests digests_;
  std::unique_ptr<log::DataFolder> folder_;
  std::optional<TimestampMs> past_from_;  // what is asked about before that was in the log once
  log::Environment environment_;
  std::optional<ResultFolder> results_;
  std::unique_ptr<ingest::EventReader> reader_;  // until the events are consumed
  std::unique_ptr<results::ResultWriter> writer_;
  std::unique_ptr<engine::Engine> engine_;
  engine::SourceCursor cursor_;  // of everything read, also of what gave no entry
  log::SourceEnd source_end_;
  ingest::Intake pending_intake_;  // of records read since the last entry was committed
  std::optional<Error> input_error_;
  // Of the last finished snapshot.
  uint64_t snapshot_position_ = 0;
  uint64_t snapshot_records_ = 0;
  std::optional<log::Manifest> snapshot_;  // of the one being written
  bool has_all_pages_ = false;             // of that one: only its end is awaited
};

}  // namespace wend::replay
