#pragma once

// Memory for the bytes that a run makes. Everything in it lives until the next clear(); after the first runs nothing is allocated.

#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace wend::vm {

class Arena {
 public:
  void clear() {
    block_ = 0;
    used_ = 0;
    filled_ = 0;
  }
  // What the blocks in use hold: more than was asked for by what did not fit any more.
  size_t bytes() const { return filled_ + used_; }

  std::string_view copy(std::string_view bytes) {
    char* start = allocate(bytes.size());
    if (!bytes.empty()) std::memcpy(start, bytes.data(), bytes.size());
    return {start, bytes.size()};
  }

  // When `left` is what was made last it grows in place: a text of many parts costs its length, not its square.
  std::string_view concat(std::string_view left, std::string_view right) {
    if (!blocks_.empty() && !left.empty() && left.data() + left.size() == top() && right.size() <= blocks_[block_].size - used_) {
      append(right);
      return {left.data(), left.size() + right.size()};
    }
    char* start = allocate(left.size() + right.size());
    if (!left.empty()) std::memcpy(start, left.data(), left.size());
    if (!right.empty()) std::memcpy(start + left.size(), right.data(), right.size());
    return {start, left.size() + right.size()};
  }

 private:
  static constexpr size_t k_block_bytes = 4096;
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size;
  };

  const char* top() const { return blocks_[block_].bytes.get() + used_; }
  void append(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(blocks_[block_].bytes.get() + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
  }

  char* allocate(size_t size) {
    if (block_ < blocks_.size() && size <= blocks_[block_].size - used_) {
      char* start = blocks_[block_].bytes.get() + used_;
      used_ += size;
      return start;
    }
    return allocate_elsewhere(size);
  }

  char* allocate_elsewhere(size_t size) {
    while (block_ < blocks_.size() && size > blocks_[block_].size - used_) {
      filled_ += blocks_[block_].size;
      ++block_;
      used_ = 0;
    }
    if (block_ == blocks_.size()) {
      const size_t block_size = size > k_block_bytes ? size : k_block_bytes;
      blocks_.push_back({std::make_unique<char[]>(block_size), block_size});
      used_ = 0;
    }
    char* start = blocks_[block_].bytes.get() + used_;
    used_ += size;
    return start;
  }

  std::vector<Block> blocks_;
  size_t block_ = 0;  // the one being filled
  size_t used_ = 0;   // of it
  size_t filled_ = 0; // all blocks before it
};

}  // namespace wend::vm
