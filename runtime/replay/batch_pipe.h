#pragma once

// Batches decoded ahead by a thread of its own, while the ones before are made durable and reacted to.

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "runtime/ingest/event_reader.h"

namespace wend::replay {

class BatchPipe {
 public:
  BatchPipe(std::unique_ptr<ingest::EventReader> reader, ingest::BatchLimits limits);
  ~BatchPipe();
  BatchPipe(const BatchPipe&) = delete;

  // The next batch, or null at the end: then error() tells whether it is the input's. Give it back with release().
  std::unique_ptr<ingest::InputBatch> take();
  void release(std::unique_ptr<ingest::InputBatch> batch);
  const std::optional<ingest::InputError>& error() const { return error_; }

 private:
  static constexpr size_t k_batches = 4;  // memory is bounded by them
  void read_all();

  std::unique_ptr<ingest::EventReader> reader_;
  const ingest::BatchLimits limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<ingest::InputBatch>> free_;
  std::deque<std::unique_ptr<ingest::InputBatch>> ready_;
  bool ended_ = false;      // nothing more will become ready
  bool abandoned_ = false;  // nobody takes any more
  std::optional<ingest::InputError> error_;
  std::thread thread_;
};

}  // namespace wend::replay
