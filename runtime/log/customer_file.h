#pragma once

// Customer ids on disk: an append-only file, mapped into memory, of which the page cache is the only cache.
//
//   "WENDIDS1", then for each number in order: varint length, id bytes; of an erased customer as many zeros
//
// In memory stay half a byte a customer: the offset of every sixteenth id.

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/engine/customer_directory.h"
#include "runtime/engine/log.h"
#include "runtime/log/manifest.h"

namespace wend::log {

class CustomerFile final : public engine::CustomerDirectory {
 public:
  // Opens or creates the file, blanks the ids of `erased`, checks what `mark` vouches for and cuts off the rest, which a replay of the
  // log adds again.
  static std::expected<std::unique_ptr<CustomerFile>, engine::LogError> open(const std::string& path, const CustomerMark& mark,
                                                                             const std::vector<uint32_t>& erased = {});
  ~CustomerFile() override;
  CustomerFile(const CustomerFile&) = delete;
  CustomerFile& operator=(const CustomerFile&) = delete;

  // Makes room for `bytes` more of ids in `count` customers, so that add() cannot fail. Call before every batch.
  std::expected<void, engine::LogError> reserve(uint64_t count, uint64_t bytes);
  void add(engine::CustomerNumber number, std::string_view id) override;
  std::string_view id(engine::CustomerNumber number) override;
  // From now on the mark vouches for a blank, but the file keeps the id until blank() is called for it: should the process end before
  // a snapshot that says so is finished, the erasure is replayed, and the snapshot before has to find the id.
  void erase(engine::CustomerNumber number) override;
  // Erased since the last call, or since the file was opened.
  std::vector<uint32_t> take_erased() { return std::exchange(erased_, {}); }
  // Writes zeros over the ids and returns after they are on disk.
  std::expected<void, engine::LogError> blank(const std::vector<uint32_t>& erased);

  uint32_t count() const { return end_.count; }
  CustomerMark mark() const { return end_; }
  // Returns after everything up to the mark is on disk. May run on another thread, while more is added.
  std::expected<void, engine::LogError> sync(const CustomerMark& mark);

 private:
  CustomerFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::expected<void, engine::LogError> grow(uint64_t size);
  std::expected<void, engine::LogError> load(const CustomerMark& mark, const std::vector<uint32_t>& erased);
  std::string_view find(uint32_t wanted);
  engine::LogError error(const std::string& what) const;

  std::string path_;
  int descriptor_;
  char* map_ = nullptr;
  uint64_t mapped_ = 0;  // bytes of the file and of the map
  uint64_t synced_ = 0;  // belongs to whoever calls sync()
  CustomerMark end_;                   // end_.bytes is the offset of the next id
  std::vector<uint64_t> offsets_;      // of customers 0, 16, 32, …
  std::vector<uint32_t> erased_;
  uint32_t last_number_ = UINT32_MAX;  // the id read last and where the next begins: reading in order is one step each
  uint64_t last_end_ = 0;
};

}  // namespace wend::log
