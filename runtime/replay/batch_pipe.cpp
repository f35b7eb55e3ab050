#include "runtime/replay/batch_pipe.h"

namespace wend::replay {

BatchPipe::BatchPipe(std::unique_ptr<ingest::EventReader> reader, ingest::BatchLimits limits)
    : reader_(std::move(reader)), limits_(limits) {
  for (size_t i = 0; i < k_batches; ++i) free_.push_back(std::make_unique<ingest::InputBatch>());
  thread_ = std::thread([this] { read_all(); });
}

BatchPipe::~BatchPipe() {
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void BatchPipe::read_all() {
  for (;;) {
    std::unique_ptr<ingest::InputBatch> batch;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return abandoned_ || !free_.empty(); });
      if (abandoned_) return;
      batch = std::move(free_.front());
      free_.pop_front();
    }
    const auto more = reader_->next(limits_, *batch);
    {
      const std::lock_guard lock(mutex_);
      if (more && *more) {
        ready_.push_back(std::move(batch));
      } else {
        if (!more) error_ = more.error();
        ended_ = true;
      }
    }
    changed_.notify_all();
    if (!more || !*more) return;
  }
}

std::unique_ptr<ingest::InputBatch> BatchPipe::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_ || !ready_.empty(); });
  if (ready_.empty()) return nullptr;
  auto batch = std::move(ready_.front());
  ready_.pop_front();
  return batch;
}

void BatchPipe::release(std::unique_ptr<ingest::InputBatch> batch) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(batch));
  }
  changed_.notify_all();
}

}  // namespace wend::replay
