#pragma once

#include <future>
#include <unordered_map>
#include <vector>

#include "runtime/log/rocks.h"
#include "runtime/log/snapshot_store.h"

namespace wend::log {

class RocksSnapshots final : public SnapshotStore {
 public:
  // Reads the manifest. Pages are read once, by read_pages(), which also removes what an unfinished snapshot left.
  static std::expected<std::unique_ptr<RocksSnapshots>, engine::LogError> open(Database& database);

  const std::optional<Manifest>& manifest() const override { return manifest_; }
  std::expected<void, engine::LogError> put_page(uint32_t page, std::string_view bytes) override;
  std::expected<void, engine::LogError> finish(Manifest manifest) override;
  void finish_behind(Manifest manifest, MakeDurable make_durable) override;
  std::expected<bool, engine::LogError> finished(bool wait) override;
  std::expected<void, engine::LogError> read_pages(
      const std::function<std::expected<void, std::string>(uint32_t page, std::string_view bytes)>& load) override;

 private:
  explicit RocksSnapshots(Database& database) : database_(database) {}
  std::expected<void, engine::LogError> read_manifest();
  std::expected<void, engine::LogError> remove_all_pages();
  // On another thread: everything durable, then the manifest, then what it replaces removed.
  std::expected<void, engine::LogError> switch_to(const Manifest& manifest, const std::vector<std::string>& replaced,
                                                  const MakeDurable& make_durable);
  std::expected<void, engine::LogError> remove(const std::vector<std::string>& keys);
  using LoadPage = std::function<std::expected<void, std::string>(uint32_t page, std::string_view bytes)>;
  // Gives the page at `at` and moves behind its last copy; copies that do not count any more are added to `stale`.
  std::expected<void, engine::LogError> read_page(rocksdb::Iterator& at, const LoadPage& load, std::vector<std::string>& stale);
  uint32_t& generation_slot(uint32_t page);
  uint32_t manifest_generation() const { return manifest_ ? manifest_->generation : 0; }

  Database& database_;
  std::optional<Manifest> manifest_;
  bool knows_generations_ = false;
  std::vector<uint32_t> generations_;                             // of the newest copy of each page of customers; 0 = none
  std::unordered_map<uint32_t, uint32_t> few_;                    // the same of other pages: they are few, and their numbers large
  std::vector<std::string> replaced_;                             // keys to remove after the switch
  std::string value_;                                             // reused from page to page
  std::optional<Manifest> finishing_;                             // becomes manifest_ when switching_ is done
  std::future<std::expected<void, engine::LogError>> switching_;  // joins when destroyed
};

}  // namespace wend::log
