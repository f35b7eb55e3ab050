#include <fmt/format.h>
#include <rocksdb/db.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "bench/durable.h"
#include "runtime/bytecode/program_file.h"

namespace wend::bench {
namespace {

template <typename T, typename E>
T must(std::expected<T, E> result) {
  if (!result) {
    fmt::print(stderr, "bench: {}\n", result.error().what);
    std::exit(2);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

BenchFolder::BenchFolder(const std::string& name) {
  const char* base = std::getenv("WEND_BENCH_FOLDER");
  path_ = fmt::format("{}/wend-bench-{}-{}", base != nullptr ? base : ".", name, ::getpid());
  std::filesystem::create_directories(path_);
}

BenchFolder::~BenchFolder() {
  std::filesystem::remove_all(path_);
}

DurableDriver::DurableDriver(const bytecode::Program& program, const std::string& folder) : program_(program), log_(program) {
  const log::Environment environment{.program = bytecode::digests(program).behaviour, .tzdata = zones_->digest()};
  folder_ = must(log::DataFolder::open({.path = folder, .genesis = {.log_namespace = "bench"}, .environment = environment}));
  engine_ = std::make_unique<engine::Engine>(program, *zones_, folder_->customers(), engine::EngineOptions{.log_namespace = "bench"});
  genesis_ = log::encode(folder_->genesis());
  barrier_ = log::encode(environment);
}

void DurableDriver::load_snapshot() {
  must(folder_->snapshots().read_pages([&](uint32_t page, std::string_view bytes) { return engine_->load_page(page, bytes); }));
  if (auto loaded = engine_->finish_loading(); !loaded) {
    fmt::print(stderr, "bench: {}\n", loaded.error());
    std::exit(2);
  }
}

void DurableDriver::replay_tail() {
  must(folder_->log().read(engine_->next_position(), [&](const engine::Batch& batch) {
    size_t id_bytes = 0;
    for (const engine::Entry& entry : batch.entries) id_bytes += entry.customer.size();
    must(folder_->customers().reserve(batch.entries.size(), id_bytes));
    engine_->react(batch.entries, batch.first_position, sink_);
  }));
}

void DurableDriver::fill(const std::vector<ReferenceEvent>& events) {
  entries_.clear();
  for (const ReferenceEvent& event : events) entries_.push_back(log_.entry(event));
  if (folder_->log().next_position() > 0) return;
  const TimestampMs t_log = entries_.front().t_log;
  entries_.insert(entries_.begin(), {.tag = engine::RecordTag::barrier, .t_log = t_log, .t_event = t_log, .body = barrier_});
  entries_.insert(entries_.begin(), {.tag = engine::RecordTag::genesis, .t_log = t_log, .t_event = t_log, .body = genesis_});
}

void DurableDriver::append_filled() {
  must(folder_->customers().reserve(entries_.size(), entries_.size() * sizeof(uint64_t)));
  must(folder_->log().append({.first_position = folder_->log().next_position(), .entries = entries_}));
}

void DurableDriver::commit(const std::vector<ReferenceEvent>& events) {
  fill(events);
  append_filled();
  engine_->react(entries_, engine_->next_position(), sink_);
}

void DurableDriver::append(const std::vector<ReferenceEvent>& events) {
  fill(events);
  append_filled();
}

void DurableDriver::snapshot() {
  const log::CustomerMark customers = must(folder_->customers().sync());
  engine_->write_dirty_pages([&](uint32_t page, std::string_view bytes) { must(folder_->snapshots().put_page(page, bytes)); });
  must(folder_->snapshots().finish({.position = engine_->next_position(), .t_log = engine_->virtual_now(), .customers = customers}));
}

double rocksdb_limit(const std::string& folder, size_t batch_bytes, double seconds) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.IncreaseParallelism(2);
  options.write_buffer_size = 128 << 20;
  options.max_write_buffer_number = 4;
  options.compression = rocksdb::kNoCompression;
  options.max_background_jobs = 2;
  rocksdb::DB* opened = nullptr;
  if (!rocksdb::DB::Open(options, folder, &opened).ok()) std::exit(2);
  const std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  std::string value(batch_bytes, 'e');
  uint64_t batches = 0;
  const double begin = wall_seconds();
  double elapsed = 0;
  for (; elapsed < seconds; elapsed = wall_seconds() - begin, ++batches) {
    const uint64_t key = __builtin_bswap64(batches);
    for (size_t i = 0; i < value.size(); i += 64) value[i] = static_cast<char>(batches + i);
    if (!db->Put(synced, rocksdb::Slice(reinterpret_cast<const char*>(&key), sizeof key), value).ok()) std::exit(2);
  }
  return static_cast<double>(batches * k_batch) / elapsed;
}

}  // namespace wend::bench
