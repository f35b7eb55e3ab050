#pragma once

// Private to this folder: RocksDB's types and the keys of our column families.

#include <rocksdb/db.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "runtime/engine/log.h"

namespace wend::log {

// The column families; RocksDB wants `default` to exist, the manifest lives there.
struct Database {
  ~Database();
  std::string folder;
  std::unique_ptr<rocksdb::DB> db;
  rocksdb::ColumnFamilyHandle* meta = nullptr;
  rocksdb::ColumnFamilyHandle* log = nullptr;
  rocksdb::ColumnFamilyHandle* snapshot = nullptr;
  rocksdb::ColumnFamilyHandle* intake = nullptr;

  engine::LogError error(const std::string& doing, const rocksdb::Status& status) const;
};

std::expected<std::unique_ptr<Database>, engine::LogError> open_database(const std::string& folder);

// Keys are big-endian so that RocksDB's order is ours.
std::string log_key(uint16_t partition, uint64_t position);
uint64_t position_of(rocksdb::Slice log_key);
std::string page_key(uint32_t page, uint32_t generation);
uint32_t page_of(rocksdb::Slice page_key);
uint32_t generation_of(rocksdb::Slice page_key);

rocksdb::WriteOptions synced();
rocksdb::WriteOptions unlogged();

}  // namespace wend::log
