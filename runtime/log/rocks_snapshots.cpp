#include "runtime/log/rocks_snapshots.h"

#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include <cassert>
#include <utility>

#include "runtime/base/bytes.h"
#include "runtime/base/hash.h"
#include "runtime/engine/engine.h"

namespace wend::log {
namespace {

constexpr const char* k_manifest_key = "manifest";
constexpr uint8_t k_page_format = 1;  // u8 format, u64 XXH3-64 of the page, page
constexpr size_t k_page_header_bytes = 1 + sizeof(uint64_t);
constexpr size_t k_read_ahead_bytes = 4 << 20;
constexpr uint64_t k_log_flush_bytes_min = 8 << 20;
// Appending to the log waits for one write of these at most.
constexpr size_t k_removals_per_write = 500;

std::expected<std::string_view, std::string> page_bytes(rocksdb::Slice value) {
  ByteReader reader({value.data(), value.size()});
  const uint8_t format = reader.u8();
  const uint64_t checksum = reader.u64();
  if (!reader.ok()) return std::unexpected("it is too short");
  if (format != k_page_format) return std::unexpected("it was written by another version of wend");
  const std::string_view bytes(value.data() + k_page_header_bytes, value.size() - k_page_header_bytes);
  if (checksum != xxh3_64(bytes)) return std::unexpected("its checksum does not match its bytes");
  return bytes;
}

}  // namespace

std::expected<std::unique_ptr<RocksSnapshots>, engine::LogError> RocksSnapshots::open(Database& database) {
  std::unique_ptr<RocksSnapshots> snapshots(new RocksSnapshots(database));
  if (auto read = snapshots->read_manifest(); !read) return std::unexpected(read.error());
  if (snapshots->manifest_) return snapshots;
  if (auto removed = snapshots->remove_all_pages(); !removed) return std::unexpected(removed.error());
  return snapshots;
}

std::expected<void, engine::LogError> RocksSnapshots::read_manifest() {
  std::string bytes;
  const rocksdb::Status status = database_.db->Get({}, database_.meta, k_manifest_key, &bytes);
  if (status.IsNotFound()) return {};
  if (!status.ok()) return std::unexpected(database_.error("reading the snapshot's manifest", status));
  auto manifest = decode_manifest(bytes);
  if (!manifest) {
    return std::unexpected(
        engine::LogError{fmt::format("data folder `{}`: the snapshot's manifest is damaged: {}; restore the folder from a copy, or replay "
                                     "the events into a new one",
                                     database_.folder, manifest.error())});
  }
  manifest_ = std::move(*manifest);
  return {};
}

// Without a manifest whatever is there belongs to a first snapshot that was never finished.
std::expected<void, engine::LogError> RocksSnapshots::remove_all_pages() {
  knows_generations_ = true;
  std::vector<std::string> keys;
  const std::unique_ptr<rocksdb::Iterator> at(database_.db->NewIterator({}, database_.snapshot));
  for (at->SeekToFirst(); at->Valid(); at->Next()) keys.push_back(at->key().ToString());
  if (!at->status().ok()) return std::unexpected(database_.error("reading the snapshot", at->status()));
  return remove(keys);
}

uint32_t& RocksSnapshots::generation_slot(uint32_t page) {
  if (page >= engine::k_dedupe_page_first) return few_[page];
  if (page >= generations_.size()) generations_.resize(page + size_t{1});
  return generations_[page];
}

std::expected<void, engine::LogError> RocksSnapshots::put_page(uint32_t page, std::string_view bytes) {
  assert(!finishing_);
  if (!knows_generations_) {
    auto read = read_pages([](uint32_t, std::string_view) { return std::expected<void, std::string>(); });
    if (!read) return read;
  }
  const uint32_t generation = manifest_generation() + 1;
  uint32_t& newest = generation_slot(page);
  if (newest != 0) replaced_.push_back(page_key(page, newest));
  newest = generation;
  value_.clear();
  ByteWriter writer(value_);
  writer.u8(k_page_format);
  writer.u64(xxh3_64(bytes));
  value_ += bytes;
  // Not through the write-ahead log: finish() flushes the pages to their files before the manifest names them.
  const rocksdb::Status status = database_.db->Put(unlogged(), database_.snapshot, page_key(page, generation), value_);
  if (!status.ok()) return std::unexpected(database_.error("writing a snapshot", status));
  return {};
}

std::expected<void, engine::LogError> RocksSnapshots::finish(Manifest manifest) {
  finish_behind(std::move(manifest), [] { return std::expected<void, engine::LogError>(); });
  const auto done = finished(true);
  return done ? std::expected<void, engine::LogError>() : std::unexpected(done.error());
}

void RocksSnapshots::finish_behind(Manifest manifest, MakeDurable make_durable) {
  assert(!finishing_);
  manifest.generation = manifest_generation() + 1;
  finishing_ = std::move(manifest);
  switching_ =
      std::async(std::launch::async, [this, manifest = *finishing_, replaced = std::exchange(replaced_, {}),
                                      make_durable = std::move(make_durable)] { return switch_to(manifest, replaced, make_durable); });
}

std::expected<void, engine::LogError> RocksSnapshots::switch_to(const Manifest& manifest, const std::vector<std::string>& replaced,
                                                                const MakeDurable& make_durable) {
  if (auto made = make_durable(); !made) return made;
  // A long log goes to its files with the pages (and what shares write-ahead files with it): what a restart has to read again is what
  // stands behind the snapshot.
  std::vector<rocksdb::ColumnFamilyHandle*> families = {database_.snapshot};
  uint64_t log_bytes = 0;
  database_.db->GetIntProperty(database_.log, rocksdb::DB::Properties::kCurSizeAllMemTables, &log_bytes);
  if (log_bytes >= k_log_flush_bytes_min) families.insert(families.end(), {database_.log, database_.intake, database_.meta});
  rocksdb::Status status = database_.db->Flush(rocksdb::FlushOptions(), families);
  if (status.ok()) status = database_.db->Put(synced(), database_.meta, k_manifest_key, encode(manifest));
  if (!status.ok()) return std::unexpected(database_.error("finishing a snapshot", status));
  return remove(replaced);
}

std::expected<bool, engine::LogError> RocksSnapshots::finished(bool wait) {
  if (!finishing_) return true;
  if (!wait && switching_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return false;
  auto manifest = std::exchange(finishing_, std::nullopt);
  const auto done = switching_.get();
  if (!done) return std::unexpected(done.error());
  manifest_ = std::move(manifest);
  return true;
}

// A removal that is lost in a crash is repeated when the folder is opened: these writes need no log.
std::expected<void, engine::LogError> RocksSnapshots::remove(const std::vector<std::string>& keys) {
  for (size_t next = 0; next < keys.size();) {
    rocksdb::WriteBatch write;
    for (size_t i = 0; i < k_removals_per_write && next < keys.size(); ++i, ++next) {
      if (const auto status = write.Delete(database_.snapshot, keys[next]); !status.ok()) {
        return std::unexpected(database_.error("removing an older snapshot", status));
      }
    }
    const rocksdb::Status status = database_.db->Write(unlogged(), &write);
    if (!status.ok()) return std::unexpected(database_.error("removing an older snapshot", status));
  }
  return {};
}

// Copies of one page follow each other, oldest first: the one to take is known when the next key is seen.
std::expected<void, engine::LogError> RocksSnapshots::read_page(rocksdb::Iterator& at, const LoadPage& load,
                                                                std::vector<std::string>& stale) {
  const uint32_t page = page_of(at.key());
  uint32_t newest = 0;
  for (; at.Valid() && page_of(at.key()) == page; at.Next()) {
    const uint32_t generation = generation_of(at.key());
    if (generation > manifest_generation()) {
      stale.push_back(at.key().ToString());
      continue;
    }
    if (newest != 0) stale.push_back(page_key(page, newest));
    newest = generation;
    value_.assign(at.value().data(), at.value().size());
  }
  generation_slot(page) = newest;
  if (newest == 0) return {};
  const auto bytes = page_bytes(value_);
  if (!bytes) {
    return std::unexpected(
        engine::LogError{fmt::format("data folder `{}`: page {} of the snapshot is damaged: {}; restore the folder from a copy, or "
                                     "replay the events into a new one",
                                     database_.folder, page, bytes.error())});
  }
  const auto loaded = load(page, *bytes);
  if (loaded) return {};
  // Whole, but not what this engine expects.
  return std::unexpected(
      engine::LogError{fmt::format("data folder `{}`: {}; use the version of wend that wrote it, restore the folder from a copy, or replay "
                                   "the events into a new one with --data",
                                   database_.folder, loaded.error())});
}

std::expected<void, engine::LogError> RocksSnapshots::read_pages(const LoadPage& load) {
  rocksdb::ReadOptions options;
  options.readahead_size = k_read_ahead_bytes;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> at(database_.db->NewIterator(options, database_.snapshot));
  std::vector<std::string> stale;
  at->Seek(page_key(engine::k_engine_page, 0));
  if (at->Valid()) {
    if (auto read = read_page(*at, load, stale); !read) return read;
  }
  for (at->SeekToFirst(); at->Valid() && page_of(at->key()) != engine::k_engine_page;) {
    if (auto read = read_page(*at, load, stale); !read) return read;
  }
  if (!at->status().ok()) return std::unexpected(database_.error("reading the snapshot", at->status()));
  knows_generations_ = true;
  return remove(stale);
}

}  // namespace wend::log
