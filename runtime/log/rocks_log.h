#pragma once

// The log of one partition in RocksDB: one record per batch, under the position of its first entry.

#include "runtime/log/batch_format.h"
#include "runtime/log/data_folder.h"
#include "runtime/log/environment.h"
#include "runtime/log/rocks.h"

namespace wend::log {

class RocksLog final : public engine::Log {
 public:
  static std::expected<std::unique_ptr<RocksLog>, engine::LogError> open(Database& database);

  std::expected<void, engine::LogError> append(const engine::Batch& batch) override { return append(batch, {}); }
  std::expected<void, engine::LogError> append(const engine::Batch& batch, std::string_view intake);
  std::expected<void, engine::LogError> read(uint64_t from, const std::function<void(const engine::Batch&)>& consume) override;
  uint64_t next_position() const override { return next_position_; }
  const std::optional<LogEnd>& end_when_opened() const { return end_; }
  // Removes the batches that end at or below `position`, but for the first one, which says what the log is.
  std::expected<void, engine::LogError> truncate_below(uint64_t position) override;

  // What the entries below `position` say is gone from the disk afterwards, with everything else that was deleted from the database.
  std::expected<void, engine::LogError> erase_below(uint64_t position);
  // The position up to which that was done last.
  std::expected<uint64_t, engine::LogError> erased_up_to();

  std::expected<void, engine::LogError> read_first(const std::function<void(const engine::Batch&)>& consume);
  // Of the last barrier; absent when there is none.
  std::expected<std::optional<Environment>, engine::LogError> environment();
  std::expected<void, engine::LogError> read_intake(uint64_t from, const std::function<void(std::string_view)>& consume);
  std::expected<void, engine::LogError> drop_intake_below(uint64_t position);

 private:
  explicit RocksLog(Database& database) : database_(database) {}
  std::expected<void, engine::LogError> blank_batch(const std::string& key);
  std::expected<void, engine::LogError> rewrite_files();
  engine::LogError corrupt(uint64_t position, const std::string& what) const;
  // Key of the batch that holds `position`, or of the first one after it.
  std::string key_holding(uint64_t position) const;

  Database& database_;
  uint64_t next_position_ = 0;
  std::optional<LogEnd> end_;
  std::string encoded_;  // reused from batch to batch
};

}  // namespace wend::log
