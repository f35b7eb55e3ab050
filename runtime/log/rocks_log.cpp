#include "runtime/log/rocks_log.h"

#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include <cassert>

namespace wend::log {
namespace {

constexpr uint16_t k_partition = 0;
constexpr const char* k_environment_key = "environment";
constexpr size_t k_read_ahead_bytes = 4 << 20;

std::string_view view(rocksdb::Slice slice) {
  return {slice.data(), slice.size()};
}

}  // namespace

std::expected<std::unique_ptr<RocksLog>, engine::LogError> RocksLog::open(Database& database) {
  std::unique_ptr<RocksLog> log(new RocksLog(database));
  const std::unique_ptr<rocksdb::Iterator> last(database.db->NewIterator({}, database.log));
  last->SeekToLast();
  if (!last->status().ok()) return std::unexpected(database.error("reading the log's end", last->status()));
  if (!last->Valid()) return log;
  BatchDecoder decoder;
  const uint64_t first = position_of(last->key());
  const auto batch = decoder.decode(first, view(last->value()));
  if (!batch) return std::unexpected(log->corrupt(first, batch.error()));
  log->next_position_ = first + batch->entries.size();
  log->end_ = LogEnd{.cursor = batch->cursor, .t_log = batch->entries.back().t_log};
  return log;
}

engine::LogError RocksLog::corrupt(uint64_t position, const std::string& what) const {
  return {
      fmt::format("data folder `{}`: the log's batch at position {} is damaged: {}; restore the folder from a copy, or replay the "
                  "events into a new one",
                  database_.folder, position, what)};
}

std::expected<void, engine::LogError> RocksLog::append(const engine::Batch& batch, std::string_view intake) {
  assert(batch.first_position == next_position_ && "a batch continues the log");
  assert(!batch.entries.empty() && "an empty batch would have the key of the next one");
  encoded_.clear();
  encode_batch(batch, encoded_);
  const std::string key = log_key(k_partition, batch.first_position);
  rocksdb::WriteBatch write;
  rocksdb::Status status = write.Put(database_.log, key, encoded_);
  if (status.ok() && !intake.empty()) status = write.Put(database_.intake, key, rocksdb::Slice(intake.data(), intake.size()));
  for (const engine::Entry& entry : batch.entries) {
    // The environment stands once more beside the log, so that it is known without searching for the last barrier.
    if (entry.tag != engine::RecordTag::barrier || !status.ok()) continue;
    status = write.Put(database_.meta, k_environment_key, rocksdb::Slice(entry.body.data(), entry.body.size()));
  }
  if (status.ok()) status = database_.db->Write(synced(), &write);
  if (!status.ok()) return std::unexpected(database_.error("appending to the log", status));
  next_position_ += batch.entries.size();
  return {};
}

std::string RocksLog::key_holding(uint64_t position) const {
  const std::unique_ptr<rocksdb::Iterator> at(database_.db->NewIterator({}, database_.log));
  at->SeekForPrev(log_key(k_partition, position));
  return at->Valid() ? at->key().ToString() : log_key(k_partition, position);
}

std::expected<void, engine::LogError> RocksLog::read(uint64_t from, const std::function<void(const engine::Batch&)>& consume) {
  rocksdb::ReadOptions options;
  options.readahead_size = k_read_ahead_bytes;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> at(database_.db->NewIterator(options, database_.log));
  BatchDecoder decoder;
  std::optional<uint64_t> expected;
  for (at->Seek(key_holding(from)); at->Valid(); at->Next()) {
    const uint64_t first = position_of(at->key());
    if (expected && first != *expected) return std::unexpected(corrupt(*expected, "it is missing"));
    auto batch = decoder.decode(first, view(at->value()));
    if (!batch) return std::unexpected(corrupt(first, batch.error()));
    expected = first + batch->entries.size();
    drop_below(from, *batch);
    if (!batch->entries.empty()) consume(*batch);
  }
  if (!at->status().ok()) return std::unexpected(database_.error("reading the log", at->status()));
  return {};
}

std::expected<void, engine::LogError> RocksLog::read_first(const std::function<void(const engine::Batch&)>& consume) {
  std::string bytes;
  const rocksdb::Status status = database_.db->Get({}, database_.log, log_key(k_partition, 0), &bytes);
  if (!status.ok()) return std::unexpected(database_.error("reading the log's beginning", status));
  BatchDecoder decoder;
  const auto batch = decoder.decode(0, bytes);
  if (!batch) return std::unexpected(corrupt(0, batch.error()));
  consume(*batch);
  return {};
}

std::expected<void, engine::LogError> RocksLog::truncate_below(uint64_t position) {
  const std::string end = key_holding(position);
  if (position_of(end) == 0) return {};
  const rocksdb::Status status = database_.db->DeleteRange(synced(), database_.log, log_key(k_partition, 1), end);
  if (!status.ok()) return std::unexpected(database_.error("truncating the log", status));
  return {};
}

std::expected<std::optional<Environment>, engine::LogError> RocksLog::environment() {
  std::string body;
  const rocksdb::Status status = database_.db->Get({}, database_.meta, k_environment_key, &body);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return std::unexpected(database_.error("reading the environment", status));
  return decode_environment(body);
}

std::expected<void, engine::LogError> RocksLog::read_intake(uint64_t from, const std::function<void(std::string_view)>& consume) {
  const std::unique_ptr<rocksdb::Iterator> at(database_.db->NewIterator({}, database_.intake));
  for (at->Seek(log_key(k_partition, from)); at->Valid(); at->Next()) consume(view(at->value()));
  if (!at->status().ok()) return std::unexpected(database_.error("reading the intake records", at->status()));
  return {};
}

std::expected<void, engine::LogError> RocksLog::drop_intake_below(uint64_t position) {
  const rocksdb::Status status = database_.db->DeleteRange({}, database_.intake, log_key(k_partition, 0), log_key(k_partition, position));
  if (!status.ok()) return std::unexpected(database_.error("forgetting the intake records", status));
  return {};
}

}  // namespace wend::log
