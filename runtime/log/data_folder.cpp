#include "runtime/log/data_folder.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <filesystem>
#include <optional>

#include "runtime/base/hash.h"
#include "runtime/base/system_error.h"
#include "runtime/log/folder_lock.h"
#include "runtime/log/rocks_log.h"
#include "runtime/log/rocks_snapshots.h"

namespace wend::log {
namespace {

constexpr const char* k_id_key = "id";
constexpr const char* k_program_key = "program/";  // and the digest
constexpr const char* k_way_out = "replay the events into a new folder with --data";

class RocksFolder final : public DataFolder {
 public:
  RocksFolder(FolderLock lock, std::unique_ptr<Database> database) : lock_(std::move(lock)), database_(std::move(database)) {}

  std::expected<void, engine::LogError> load(const FolderOptions& options);

  engine::Log& log() override { return *log_; }
  SnapshotStore& snapshots() override { return *snapshots_; }
  CustomerFile& customers() override { return *customers_; }
  const Genesis& genesis() const override { return genesis_; }
  const std::string& id() const override { return id_; }
  const std::optional<LogEnd>& log_end() const override { return log_->end_when_opened(); }
  const std::optional<Environment>& environment() const override { return environment_; }
  std::expected<void, engine::LogError> go_on_in(const Environment& environment) override;
  bool barrier_due() const override { return barrier_due_; }
  std::expected<void, engine::LogError> keep_program(const Sha256Digest& behaviour, std::string_view file) override;
  std::expected<std::optional<std::string>, engine::LogError> program(const Sha256Digest& behaviour) override;
  std::expected<uint64_t, engine::LogError> log_begin() override { return log_->erased_up_to(); }
  std::expected<void, engine::LogError> append(const engine::Batch& batch, std::string_view intake) override {
    return log_->append(batch, intake);
  }
  std::expected<void, engine::LogError> read_intake(uint64_t from, const std::function<void(std::string_view)>& consume) override {
    return log_->read_intake(from, consume);
  }
  std::expected<void, engine::LogError> forget_intake(uint64_t position) override { return log_->drop_intake_below(position); }
  std::expected<void, engine::LogError> complete_erasure() override;

 private:
  std::expected<void, engine::LogError> read_id();
  std::expected<void, engine::LogError> check_log(const FolderOptions& options);
  engine::LogError refuse(const std::string& why) const { return {fmt::format("data folder `{}`: {}", database_->folder, why)}; }

  FolderLock lock_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<RocksLog> log_;
  std::unique_ptr<RocksSnapshots> snapshots_;
  std::unique_ptr<CustomerFile> customers_;
  Genesis genesis_;
  std::optional<Environment> environment_;
  std::string id_;
  bool barrier_due_ = false;
};

std::expected<void, engine::LogError> RocksFolder::load(const FolderOptions& options) {
  auto log = RocksLog::open(*database_);
  if (!log) return std::unexpected(log.error());
  log_ = std::move(*log);
  auto snapshots = RocksSnapshots::open(*database_);
  if (!snapshots) return std::unexpected(snapshots.error());
  snapshots_ = std::move(*snapshots);
  if (auto checked = check_log(options); !checked) return checked;
  if (auto read = read_id(); !read) return read;

  const std::optional<Manifest>& manifest = snapshots_->manifest();
  if (manifest && manifest->position > log_->next_position()) {
    return std::unexpected(
        refuse(fmt::format("its log ends at position {}, before its snapshot's {}; restore the folder from a copy, or "
                           "replay the events into a new one",
                           log_->next_position(), manifest->position)));
  }
  auto customers = CustomerFile::open(options.path + "/customers.ids", manifest ? manifest->customers : CustomerMark{},
                                      manifest ? manifest->erased : std::vector<uint32_t>());
  if (!customers) return std::unexpected(customers.error());
  customers_ = std::move(*customers);
  return complete_erasure();
}

std::expected<void, engine::LogError> RocksFolder::read_id() {
  const rocksdb::Status found = database_->db->Get({}, database_->meta, k_id_key, &id_);
  if (found.ok()) return {};
  if (!found.IsNotFound()) return std::unexpected(database_->error("reading the folder's id", found));
  std::array<uint8_t, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) return std::unexpected(refuse(system_error(errno)));
  id_ = to_hex(bytes);
  const rocksdb::Status written = database_->db->Put(synced(), database_->meta, k_id_key, id_);
  if (!written.ok()) return std::unexpected(database_->error("writing the folder's id", written));
  return {};
}

// In this order, each step as often as it takes: the ids, the log's entries, then the files in which the database still has them.
std::expected<void, engine::LogError> RocksFolder::complete_erasure() {
  const std::optional<Manifest>& manifest = snapshots_->manifest();
  if (!manifest || manifest->erased.empty()) return {};
  const auto done = log_->erased_up_to();
  if (!done) return std::unexpected(done.error());
  if (*done >= manifest->position) return {};
  if (auto blanked = customers_->blank(manifest->erased); !blanked) return blanked;
  return log_->erase_below(manifest->position);
}

// The first entry says what the log is; under which environment it goes on stands beside it.
std::expected<void, engine::LogError> RocksFolder::check_log(const FolderOptions& options) {
  genesis_ = options.genesis;
  if (log_->next_position() == 0) return {};
  std::optional<Genesis> genesis;
  auto read = log_->read_first([&](const engine::Batch& batch) {
    if (batch.entries[0].tag == engine::RecordTag::genesis) genesis = decode_genesis(batch.entries[0].body);
  });
  if (!read) return read;
  const auto environment = log_->environment();
  if (!environment) return std::unexpected(environment.error());
  if (!genesis || !*environment || genesis->format != k_log_format || genesis->partitions != 1) {
    return std::unexpected(
        refuse("its log does not begin as this version of wend writes it; use the version that wrote it, or give "
               "another folder with --data"));
  }
  if (genesis->assume_consent != options.genesis.assume_consent) {
    return std::unexpected(refuse(
        fmt::format("it was written with assume_consent = {}; set it so again in wend.toml, or {}", genesis->assume_consent, k_way_out)));
  }
  genesis_ = *genesis;
  environment_ = *environment;
  return {};
}

std::expected<void, engine::LogError> RocksFolder::go_on_in(const Environment& present) {
  barrier_due_ = environment_ != present;
  if (!environment_) return {};
  const Environment& written = *environment_;
  if (written.semantics != present.semantics) {
    return std::unexpected(refuse(fmt::format("it was written with semantics {}, this is {}; use the version of wend that wrote it, or {}",
                                              written.semantics, present.semantics, k_way_out)));
  }
  if (!barrier_due_ || !has_tail()) return {};
  // What stands behind the snapshot was reacted to by the former rules and can only be repeated with them.
  if (written.program != present.program) {
    return std::unexpected(
        refuse(fmt::format("its last run was cut off and was of another program; run that once more without a change, or {}", k_way_out)));
  }
  return std::unexpected(refuse(fmt::format(
      "its last run was cut off and had other time-zone data ({}…, now {}…); install the former tzdata package and run once more, or {}",
      to_hex(written.tzdata).substr(0, 12), to_hex(present.tzdata).substr(0, 12), k_way_out)));
}

std::expected<void, engine::LogError> RocksFolder::keep_program(const Sha256Digest& behaviour, std::string_view file) {
  const auto kept = program(behaviour);
  if (!kept) return std::unexpected(kept.error());
  if (*kept == file) return {};
  const rocksdb::Status written =
      database_->db->Put(synced(), database_->meta, k_program_key + to_hex(behaviour), rocksdb::Slice(file.data(), file.size()));
  if (!written.ok()) return std::unexpected(database_->error("keeping the program", written));
  return {};
}

std::expected<std::optional<std::string>, engine::LogError> RocksFolder::program(const Sha256Digest& behaviour) {
  std::string file;
  const rocksdb::Status found = database_->db->Get({}, database_->meta, k_program_key + to_hex(behaviour), &file);
  if (found.IsNotFound()) return std::nullopt;
  if (!found.ok()) return std::unexpected(database_->error("reading the program", found));
  return file;
}

}  // namespace

std::expected<std::unique_ptr<DataFolder>, engine::LogError> DataFolder::open(const FolderOptions& options) {
  std::error_code failure;
  std::filesystem::create_directories(options.path, failure);
  if (failure) {
    return std::unexpected(engine::LogError{fmt::format("data folder `{}` cannot be made: {}", options.path, failure.message())});
  }
  auto lock = FolderLock::take(options.path);
  if (!lock) return std::unexpected(lock.error());
  auto database = open_database(options.path);
  if (!database) return std::unexpected(database.error());
  auto folder = std::make_unique<RocksFolder>(std::move(*lock), std::move(*database));
  if (auto loaded = folder->load(options); !loaded) return std::unexpected(loaded.error());
  return folder;
}

}  // namespace wend::log
