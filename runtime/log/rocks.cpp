#include "runtime/log/rocks.h"

#include <fmt/format.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include <vector>

#include "runtime/base/system_error.h"

namespace wend::log {
namespace {

constexpr size_t k_log_write_buffer_bytes = 64 << 20;
constexpr size_t k_page_write_buffer_bytes = 32 << 20;
constexpr size_t k_small_write_buffer_bytes = 4 << 20;
// A write-ahead file lives until every column family it holds something of is flushed; this bounds what the small ones can pin.
constexpr size_t k_write_ahead_bytes_max = 512 << 20;

template <typename Number>
void put_big_endian(std::string& key, Number number) {
  for (int shift = 8 * (static_cast<int>(sizeof number) - 1); shift >= 0; shift -= 8) key.push_back(static_cast<char>(number >> shift));
}

template <typename Number>
Number get_big_endian(rocksdb::Slice key, size_t offset) {
  Number number = 0;
  for (size_t i = 0; i < sizeof number && offset + i < key.size(); ++i) {
    number = static_cast<Number>(number << 8 | static_cast<uint8_t>(key[offset + i]));
  }
  return number;
}

rocksdb::ColumnFamilyOptions family(size_t write_buffer_bytes) {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = write_buffer_bytes;
  options.compression = rocksdb::kNoCompression;
  return options;
}

// The database keeps no diary: with a full disk its own writer of one aborts the process at the second line it cannot write. What matters
// comes as a status.
class NoDiary final : public rocksdb::Logger {
 public:
  NoDiary() : Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::DBOptions database_options() {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.max_background_jobs = 2;
  options.max_total_wal_size = k_write_ahead_bytes_max;
  // What was acknowledged is never rolled back: only a record torn by a crash at the very end may be dropped silently.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // What is recovered stays in memory until there is enough of it to write: a restart writes nothing.
  options.avoid_flush_during_recovery = true;
  options.info_log = std::make_shared<NoDiary>();
  // After a write that failed nothing more is written, neither while closing nor behind our back: the run ends, and the next one begins
  // with what is on disk. What closing would write can be made again.
  options.avoid_flush_during_shutdown = true;
  options.max_bgerror_resume_count = 0;
  return options;
}

}  // namespace

Database::~Database() {
  if (db == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* handle : {meta, log, snapshot, intake}) {
    if (handle != nullptr) db->DestroyColumnFamilyHandle(handle);
  }
  db->Close();
}

engine::LogError Database::error(const std::string& doing, const rocksdb::Status& status) const {
  const std::string what = status.IsNoSpace() ? system_error(ENOSPC) : status.ToString();
  return {fmt::format("data folder `{}`: {} failed: {}", folder, doing, what)};
}

std::expected<std::unique_ptr<Database>, engine::LogError> open_database(const std::string& folder) {
  auto database = std::make_unique<Database>();
  database->folder = folder;
  const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName, family(k_small_write_buffer_bytes)},
      {"log", family(k_log_write_buffer_bytes)},
      {"snapshot", family(k_page_write_buffer_bytes)},
      {"intake", family(k_small_write_buffer_bytes)},
  };
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(database_options(), folder + "/db", families, &handles, &db);
  if (!status.ok()) return std::unexpected(database->error("opening the database", status));
  database->db.reset(db);
  database->meta = handles[0];
  database->log = handles[1];
  database->snapshot = handles[2];
  database->intake = handles[3];
  return database;
}

std::string log_key(uint16_t partition, uint64_t position) {
  std::string key;
  put_big_endian(key, partition);
  put_big_endian(key, position);
  return key;
}
uint64_t position_of(rocksdb::Slice key) {
  return get_big_endian<uint64_t>(key, sizeof(uint16_t));
}

std::string page_key(uint32_t page, uint32_t generation) {
  std::string key;
  put_big_endian(key, page);
  put_big_endian(key, generation);
  return key;
}
uint32_t page_of(rocksdb::Slice key) {
  return get_big_endian<uint32_t>(key, 0);
}
uint32_t generation_of(rocksdb::Slice key) {
  return get_big_endian<uint32_t>(key, sizeof(uint32_t));
}

rocksdb::WriteOptions synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

rocksdb::WriteOptions unlogged() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return options;
}

}  // namespace wend::log
