// Erasure on disk. Deleting a record from the database only hides it: its bytes stay in write-ahead and table files until those are
// written anew without it.

#include <rocksdb/write_batch.h>

#include "runtime/base/bytes.h"
#include "runtime/log/rocks_log.h"

namespace wend::log {
namespace {

constexpr uint16_t k_partition = 0;
constexpr const char* k_erased_key = "erased";

std::string_view view(const std::string& bytes) {
  return bytes;
}

}  // namespace

std::expected<uint64_t, engine::LogError> RocksLog::erased_up_to() {
  std::string bytes;
  const rocksdb::Status status = database_.db->Get({}, database_.meta, k_erased_key, &bytes);
  if (status.IsNotFound()) return 0;
  if (!status.ok()) return std::unexpected(database_.error("reading how far was erased", status));
  return ByteReader(view(bytes)).varint();
}

std::expected<void, engine::LogError> RocksLog::erase_below(uint64_t position) {
  // The first batch says what the log is, and the last one where it ends: they stay, without what they say of customers.
  const std::string first = log_key(k_partition, 0);
  if (auto blanked = blank_batch(first); !blanked) return blanked;
  if (auto truncated = truncate_below(position); !truncated) return truncated;
  if (position == next_position_) {
    if (auto blanked = blank_batch(key_holding(position)); !blanked) return blanked;
  }
  if (auto dropped = drop_intake_below(position); !dropped) return dropped;
  if (auto rewritten = rewrite_files(); !rewritten) return rewritten;
  std::string bytes;
  ByteWriter(bytes).varint(position);
  const rocksdb::Status status = database_.db->Put(synced(), database_.meta, k_erased_key, bytes);
  if (!status.ok()) return std::unexpected(database_.error("noting how far was erased", status));
  return {};
}

// Entries that name a customer become ticks: as many entries, at the same times, that say nothing.
std::expected<void, engine::LogError> RocksLog::blank_batch(const std::string& key) {
  std::string bytes;
  rocksdb::Status status = database_.db->Get({}, database_.log, key, &bytes);
  if (!status.ok()) return std::unexpected(database_.error("reading the log", status));
  const uint64_t first = position_of(key);
  BatchDecoder decoder;
  auto batch = decoder.decode(first, bytes);
  if (!batch) return std::unexpected(corrupt(first, batch.error()));
  std::vector<engine::Entry> entries(batch->entries.begin(), batch->entries.end());
  for (engine::Entry& entry : entries) {
    if (has_customer(entry.tag)) entry = {.tag = engine::RecordTag::tick, .t_log = entry.t_log, .t_event = entry.t_log};
  }
  batch->entries = entries;
  encoded_.clear();
  encode_batch(*batch, encoded_);
  status = database_.db->Put(synced(), database_.log, key, encoded_);
  if (!status.ok()) return std::unexpected(database_.error("blanking the log", status));
  return {};
}

std::expected<void, engine::LogError> RocksLog::rewrite_files() {
  const std::vector<rocksdb::ColumnFamilyHandle*> families = {database_.meta, database_.log, database_.snapshot, database_.intake};
  rocksdb::Status status = database_.db->Flush(rocksdb::FlushOptions(), families);
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  for (rocksdb::ColumnFamilyHandle* family : families) {
    if (status.ok()) status = database_.db->CompactRange(options, family, nullptr, nullptr);
  }
  if (!status.ok()) return std::unexpected(database_.error("writing the files anew", status));
  return {};
}

}  // namespace wend::log
