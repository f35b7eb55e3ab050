#pragma once

// The data folder of a run: one RocksDB database with log, snapshots and intake records, the file of customer ids, and a lock.
// A folder belongs to one process at a time and to one environment (program, time-zone data, semantics), which changes at barriers only.

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/engine/log.h"
#include "runtime/log/customer_file.h"
#include "runtime/log/environment.h"
#include "runtime/log/snapshot_store.h"

namespace wend::log {

struct FolderOptions {
  std::string path;  // created when missing
  Genesis genesis;   // of a new log; an existing one keeps its namespace, the rest must agree
};

// Where the log ended when the folder was opened.
struct LogEnd {
  engine::SourceCursor cursor;  // of the last batch
  TimestampMs t_log = 0;        // of the last entry
};

class DataFolder {
 public:
  // Every refusal names the folder and says what to do.
  static std::expected<std::unique_ptr<DataFolder>, engine::LogError> open(const FolderOptions& options);
  virtual ~DataFolder() = default;

  virtual engine::Log& log() = 0;
  virtual SnapshotStore& snapshots() = 0;
  virtual CustomerFile& customers() = 0;
  virtual const Genesis& genesis() const = 0;  // of the existing log, or what a new one shall begin with

  // Whether entries stand behind the last finished snapshot, or there is none.
  bool has_tail() {
    const std::optional<Manifest>& manifest = snapshots().manifest();
    return !manifest || manifest->position < log().next_position();
  }

  // Of this folder and its copies, and of no other: 32 hexadecimal digits, chosen when it was made. Nothing but the results' mark depends
  // on it.
  virtual const std::string& id() const = 0;
  // Nothing when the log was empty.
  virtual const std::optional<LogEnd>& log_end() const = 0;

  // Of the last barrier; nothing while the log is empty.
  virtual const std::optional<Environment>& environment() const = 0;
  // Before anything else is read or written. Where it is not the log's environment, what stands behind the snapshot can only be repeated
  // in that one: it is refused unless the snapshot is at the log's end.
  virtual std::expected<void, engine::LogError> go_on_in(const Environment& environment) = 0;
  // The log is new or of another environment: the next batch must begin with a barrier (after the genesis, in a new log).
  virtual bool barrier_due() const = 0;
  // The programs of barriers are kept, because what stands before a later one is read with them. Written before its barrier is.
  virtual std::expected<void, engine::LogError> keep_program(const Sha256Digest& behaviour, std::string_view file) = 0;
  // Nothing when it was never kept.
  virtual std::expected<std::optional<std::string>, engine::LogError> program(const Sha256Digest& behaviour) = 0;
  // The first position whose entries are all still there: what was below was removed with somebody who is erased.
  virtual std::expected<uint64_t, engine::LogError> log_begin() = 0;

  // Appends a batch together with an intake record: what reading the batch's input told besides its entries (rejected lines,
  // unknown names). It is needed until a snapshot covers the batch and is forgotten then. Empty: none.
  virtual std::expected<void, engine::LogError> append(const engine::Batch& batch, std::string_view intake) = 0;
  // After a snapshot has finished that says so: nothing of the customers it has erased stays in the log below it, in older pages or in
  // the file of ids. Repeated when the folder is opened, should the process end before it is done.
  virtual std::expected<void, engine::LogError> complete_erasure() = 0;
  // Forgets the intake records of batches below `position`, which a finished snapshot covers.
  virtual std::expected<void, engine::LogError> forget_intake(uint64_t position) = 0;
  // The intake records of batches that hold a position ≥ `from`, in order.
  virtual std::expected<void, engine::LogError> read_intake(uint64_t from, const std::function<void(std::string_view)>& consume) = 0;
};

}  // namespace wend::log
