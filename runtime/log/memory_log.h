#pragma once

// A log and a customer directory that live in memory: for tests, `wend test` and benchmarks without a disk.

#include <string>
#include <vector>

#include "runtime/engine/customer_directory.h"
#include "runtime/engine/log.h"

namespace wend::log {

class MemoryLog final : public engine::Log {
 public:
  std::expected<void, engine::LogError> append(const engine::Batch& batch) override;
  std::expected<void, engine::LogError> read(uint64_t from, const std::function<void(const engine::Batch&)>& consume) override;
  uint64_t next_position() const override { return next_position_; }
  // Forgets whole batches that end at or below `position`.
  std::expected<void, engine::LogError> truncate_below(uint64_t position) override;

 private:
  struct Stored {
    uint64_t first_position;
    std::string bytes;  // as batch_format.h writes it
  };
  std::vector<Stored> batches_;
  uint64_t next_position_ = 0;
};

class MemoryDirectory final : public engine::CustomerDirectory {
 public:
  void add(engine::CustomerNumber number, std::string_view id) override;
  std::string_view id(engine::CustomerNumber number) override { return ids_[static_cast<size_t>(number)]; }
  void erase(engine::CustomerNumber number) override { ids_[static_cast<size_t>(number)].clear(); }

 private:
  std::vector<std::string> ids_;
};

}  // namespace wend::log
