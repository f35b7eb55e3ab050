#include "runtime/log/memory_log.h"

#include <cassert>

#include "runtime/log/batch_format.h"

namespace wend::log {

std::expected<void, engine::LogError> MemoryLog::append(const engine::Batch& batch) {
  assert(batch.first_position == next_position_ && "a batch continues the log");
  std::string bytes;
  encode_batch(batch, bytes);
  batches_.push_back({batch.first_position, std::move(bytes)});
  next_position_ += batch.entries.size();
  return {};
}

std::expected<void, engine::LogError> MemoryLog::read(uint64_t from, const std::function<void(const engine::Batch&)>& consume) {
  BatchDecoder decoder;
  for (const Stored& stored : batches_) {
    auto batch = decoder.decode(stored.first_position, stored.bytes);
    if (!batch) return std::unexpected(engine::LogError{batch.error()});
    drop_below(from, *batch);
    if (!batch->entries.empty()) consume(*batch);
  }
  return {};
}

std::expected<void, engine::LogError> MemoryLog::truncate_below(uint64_t position) {
  BatchDecoder decoder;
  std::erase_if(batches_, [&](const Stored& stored) {
    const auto batch = decoder.decode(stored.first_position, stored.bytes);
    return batch && batch->first_position + batch->entries.size() <= position;
  });
  return {};
}

void MemoryDirectory::add([[maybe_unused]] engine::CustomerNumber number, std::string_view id) {
  assert(static_cast<size_t>(number) == ids_.size() && "numbers are given in order");
  ids_.emplace_back(id);
}

}  // namespace wend::log
