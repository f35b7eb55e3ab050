#include <fcntl.h>
#include <fmt/format.h>
#include <rocksdb/db.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "bench/durable.h"
#include "runtime/bytecode/program_file.h"

namespace wend::bench {
namespace {

constexpr size_t k_pages_per_batch = 64;  // as a run has it
constexpr size_t k_all_pages = std::numeric_limits<size_t>::max();

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

DurableDriver::DurableDriver(const bytecode::Program& program, const std::string& folder, const std::string& result_folder)
    : program_(program), log_(program) {
  const log::Environment environment{.program = bytecode::digests(program).behaviour, .tzdata = zones_->digest()};
  folder_ = must(log::DataFolder::open({.path = folder, .genesis = {.log_namespace = "bench"}}));
  must(folder_->go_on_in(environment));
  engine_ = std::make_unique<engine::Engine>(program, *zones_, folder_->customers(), engine::EngineOptions{.log_namespace = "bench"});
  genesis_ = log::encode(folder_->genesis());
  barrier_ = log::encode(environment);
  if (result_folder.empty()) return;
  std::filesystem::create_directories(result_folder);
  results_ = must(results::ResultWriter::open(result_folder, program, *zones_, folder_->customers(), {}));
}

DurableDriver::~DurableDriver() {
  must(folder_->snapshots().finished(true));
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

void DurableDriver::read_log(uint64_t from) {
  uint64_t entries = 0;
  must(folder_->log().read(from, [&](const engine::Batch& batch) { entries += batch.entries.size(); }));
  if (from + entries != folder_->log().next_position()) std::exit(2);
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

void DurableDriver::react() {
  engine_->react(entries_, engine_->next_position(), results_ ? static_cast<engine::CommandSink&>(*results_) : sink_);
}

void DurableDriver::commit(const std::vector<ReferenceEvent>& events) {
  append(events);
  react();
  if (manifest_) continue_snapshot(k_pages_per_batch, false);
}

void DurableDriver::in_batches(const std::vector<ReferenceEvent>& events) {
  for (auto at = events.begin(); at < events.end(); at += k_batch) {
    commit(std::vector<ReferenceEvent>(at, at + std::min<ptrdiff_t>(k_batch, events.end() - at)));
  }
}

void DurableDriver::tick(uint32_t minute) {
  entries_.assign(1, log_.tick(minute));
  append_filled();
  react();
}

void DurableDriver::append(const std::vector<ReferenceEvent>& events) {
  fill(events);
  append_filled();
}

void DurableDriver::sync_results() {
  must(results_->flush());
  must(results_->sync_flushed());
}

void DurableDriver::begin_snapshot() {
  log::Manifest& manifest = manifest_.emplace();
  manifest.position = engine_->next_position();
  manifest.t_log = engine_->virtual_now();
  manifest.customers = folder_->customers().mark();
  engine_->begin_snapshot();
  has_all_pages_ = false;
}

void DurableDriver::continue_snapshot(size_t pages, bool wait) {
  if (!has_all_pages_) {
    has_all_pages_ =
        engine_->write_pages(pages, [&](uint32_t page, std::string_view bytes) { must(folder_->snapshots().put_page(page, bytes)); });
    if (!has_all_pages_) return;
    folder_->snapshots().finish_behind(*manifest_, [this, mark = manifest_->customers] { return folder_->customers().sync(mark); });
  }
  if (must(folder_->snapshots().finished(wait))) manifest_.reset();
}

void DurableDriver::snapshot() {
  if (manifest_) continue_snapshot(k_all_pages, true);
  begin_snapshot();
  continue_snapshot(k_all_pages, true);
}

double percentile(std::vector<double>& times, double share) {
  std::sort(times.begin(), times.end());
  return times[static_cast<size_t>(static_cast<double>(times.size() - 1) * share)];
}

DiskTimes bare_disk(const std::string& folder, size_t bytes, double seconds) {
  std::filesystem::create_directories(folder);
  const int file = ::open((folder + "/bare").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const std::string block(bytes, 'e');
  std::vector<double> times;
  const double begin = wall_seconds();
  for (double now = begin; now - begin < seconds;) {
    const double from = now;
    if (file < 0 || ::write(file, block.data(), block.size()) != static_cast<ssize_t>(block.size()) || ::fdatasync(file) != 0) {
      fmt::print(stderr, "bench: writing to {} failed\n", folder);
      std::exit(2);
    }
    now = wall_seconds();
    times.push_back(now - from);
  }
  ::close(file);
  return {percentile(times, 0.5) * 1e3, percentile(times, 0.99) * 1e3};
}

DiskUse disk_use(const std::string& folder) {
  DiskUse use;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    struct stat status {};
    // Blocks, not lengths: what is allocated and not written counts as well.
    if (::lstat(entry.path().c_str(), &status) == 0) use.all += static_cast<uint64_t>(status.st_blocks) * 512;
  }
  use.ids = std::filesystem::file_size(folder + "/customers.ids");
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : {"default", "log", "snapshot", "intake"}) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  if (!rocksdb::DB::OpenForReadOnly({}, folder + "/db", families, &handles, &opened).ok()) std::exit(2);
  const std::unique_ptr<rocksdb::DB> db(opened);
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    rocksdb::ColumnFamilyMetaData data;
    db->GetColumnFamilyMetaData(handle, &data);
    if (data.name == "log") use.log = data.size;
    if (data.name == "snapshot") use.snapshot = data.size;
    db->DestroyColumnFamilyHandle(handle);
  }
  return use;
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
