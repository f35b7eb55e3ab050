#pragma once

// What the durable rows share: a data folder fed with the reference work.

#include <memory>
#include <string>
#include <vector>

#include "bench/reference.h"
#include "runtime/log/data_folder.h"

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

// Log, engine and snapshots as a run has them, without input and result files.
class DurableDriver {
 public:
  DurableDriver(const bytecode::Program& program, const std::string& folder);

  // Loads the last snapshot; then reacts to what the log holds behind it.
  void load_snapshot();
  void replay_tail();

  // One batch: durable, then reacted to.
  void commit(const std::vector<ReferenceEvent>& events);
  // Durable only: what a killed process had not reacted to.
  void append(const std::vector<ReferenceEvent>& events);
  void snapshot();
  engine::Engine& engine() { return *engine_; }
  const SendCounts& sends() const { return sink_.sends(); }

 private:
  void fill(const std::vector<ReferenceEvent>& events);
  void append_filled();

  const bytecode::Program& program_;
  ReferenceLog log_;
  std::shared_ptr<const ZoneTable> zones_ = ZoneTable::system();
  std::unique_ptr<log::DataFolder> folder_;
  std::unique_ptr<engine::Engine> engine_;
  CountingSink sink_;
  std::vector<engine::Entry> entries_;
  std::string genesis_;
  std::string barrier_;
};

// The limit: RocksDB with one synced put for each batch of that many bytes, for so long. Events (of k_batch a put) a second.
double rocksdb_limit(const std::string& folder, size_t batch_bytes, double seconds);

}  // namespace wend::bench
