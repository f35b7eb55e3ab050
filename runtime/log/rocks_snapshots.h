#pragma once

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
  std::expected<void, engine::LogError> read_pages(
      const std::function<std::expected<void, std::string>(uint32_t page, std::string_view bytes)>& load) override;

 private:
  explicit RocksSnapshots(Database& database) : database_(database) {}
  std::expected<void, engine::LogError> read_manifest();
  std::expected<void, engine::LogError> remove_all_pages();
  std::expected<void, engine::LogError> remove(const std::vector<std::string>& keys);
  uint32_t& generation_slot(uint32_t page);
  uint32_t manifest_generation() const { return manifest_ ? manifest_->generation : 0; }

  Database& database_;
  std::optional<Manifest> manifest_;
  bool knows_generations_ = false;
  std::vector<uint32_t> generations_;    // of each page's newest copy; 0 = none
  uint32_t engine_page_generation_ = 0;  // the page of what belongs to no customer has the largest number and a slot of its own
  std::vector<std::string> replaced_;    // keys to remove after the switch
  std::string value_;                    // reused from page to page
};

}  // namespace wend::log
