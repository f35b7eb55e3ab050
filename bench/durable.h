#pragma once

// What the durable rows share: a data folder fed with the reference work.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/reference.h"
#include "runtime/log/data_folder.h"
#include "runtime/results/result_writer.h"

namespace wend::bench {

double wall_seconds();

// A folder of its own below WEND_BENCH_FOLDER (or the working folder: a memory file system would not show the disk), removed at the end.
class BenchFolder {
 public:
  explicit BenchFolder(const std::string& name);
  ~BenchFolder();
  BenchFolder(const BenchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Log, engine and snapshots as a run has them (runtime/replay/run.h), without the input, and with results only when a folder for them is
// given: otherwise commands are counted.
class DurableDriver {
 public:
  DurableDriver(const bytecode::Program& program, const std::string& folder, const std::string& result_folder = {});
  ~DurableDriver();

  // Loads the last snapshot; then reacts to what the log holds behind it.
  void load_snapshot();
  void replay_tail();
  // Reads and decodes the log from a position on, and does nothing with it.
  void read_log(uint64_t from);

  // One batch: durable, then reacted to; then a slice of the snapshot that is being written.
  void commit(const std::vector<ReferenceEvent>& events);
  void in_batches(const std::vector<ReferenceEvent>& events);
  // Lets time go on to that minute: durable, then reacted to.
  void tick(uint32_t minute);
  // Returns when the results written so far are on disk.
  void sync_results();
  // Durable only: what a killed process had not reacted to.
  void append(const std::vector<ReferenceEvent>& events);
  void begin_snapshot();
  bool is_writing_snapshot() const { return manifest_.has_value(); }
  // Returns when all that was reacted to is in a finished snapshot.
  void snapshot();
  engine::Engine& engine() { return *engine_; }
  const SendCounts& sends() const { return sink_.sends(); }

 private:
  void fill(const std::vector<ReferenceEvent>& events);
  void append_filled();
  void react();
  void continue_snapshot(size_t pages, bool wait);

  const bytecode::Program& program_;
  ReferenceLog log_;
  std::shared_ptr<const ZoneTable> zones_ = ZoneTable::system();
  std::unique_ptr<log::DataFolder> folder_;
  std::unique_ptr<engine::Engine> engine_;
  CountingSink sink_;
  std::unique_ptr<results::ResultWriter> results_;
  std::vector<engine::Entry> entries_;
  std::optional<log::Manifest> manifest_;  // of the snapshot being written
  bool has_all_pages_ = false;
  std::string genesis_;
  std::string barrier_;
};

// The disk without us: that many bytes appended to a file and synced, again and again, for so long.
struct DiskTimes {
  double p50_ms = 0;
  double p99_ms = 0;
};
DiskTimes bare_disk(const std::string& folder, size_t bytes, double seconds);

// The time at that share (0.99: the 99th of 100) of all, which are sorted by this.
double percentile(std::vector<double>& times, double share);

// Bytes on disk of a data folder that nobody has open.
struct DiskUse {
  uint64_t all = 0;
  uint64_t snapshot = 0;  // tables of its pages
  uint64_t log = 0;       // tables of its batches
  uint64_t ids = 0;
};
DiskUse disk_use(const std::string& folder);

// The limit: RocksDB with one synced put for each batch of that many bytes, for so long. Events (of k_batch a put) a second.
double rocksdb_limit(const std::string& folder, size_t batch_bytes, double seconds);

}  // namespace wend::bench
