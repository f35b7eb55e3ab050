#pragma once

// Large zeroed memory for the tables that are read at random: the kernel is asked for huge pages, because with millions of
// customers a miss in the address translation costs as much as the miss in the cache.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace wend::engine {

// Asks for the cache line before it is needed. g++ takes a function that only prefetches for one without effects and drops calls of
// it; the empty asm statement is an effect.
inline void ask_for(const void* memory) {
  __builtin_prefetch(memory);
  asm volatile("");
}

struct HugeMemoryDeleter {
  size_t bytes = 0;
  void operator()(char* memory) const;
};
using HugeMemory = std::unique_ptr<char, HugeMemoryDeleter>;

// Zeroed, aligned to 64 bytes at least. Ends the process when there is no memory.
HugeMemory allocate_huge(size_t bytes);

// Blocks of one size cut from growing slabs. Blocks keep their address; freed ones are handed out again.
class BlockSource {
 public:
  explicit BlockSource(size_t block_bytes) : block_bytes_(block_bytes) {}
  // Contents are undefined.
  char* take();
  void give_back(char* block) { free_.push_back(block); }
  uint64_t bytes_in_use() const { return (handed_out_ - free_.size()) * block_bytes_; }
  size_t block_bytes() const { return block_bytes_; }

 private:
  size_t block_bytes_;
  std::vector<HugeMemory> slabs_;
  std::vector<char*> free_;
  char* next_ = nullptr;
  size_t left_ = 0;  // blocks left in the newest slab
  uint64_t handed_out_ = 0;
};

}  // namespace wend::engine
