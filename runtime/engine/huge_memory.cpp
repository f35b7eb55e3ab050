#include "runtime/engine/huge_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>

namespace wend::engine {
namespace {

constexpr size_t k_huge_page_bytes = size_t{2} << 20;
// Slabs double up to this size: small engines (tests) stay small, large ones waste at most one slab of untouched memory.
constexpr size_t k_slab_bytes_max = size_t{16} << 20;

size_t round_up(size_t bytes, size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

void HugeMemoryDeleter::operator()(char* memory) const {
  if (bytes >= k_huge_page_bytes) {
    munmap(memory, bytes);
  } else {
    std::free(memory);
  }
}

HugeMemory allocate_huge(size_t bytes) {
  if (bytes < k_huge_page_bytes) {
    const size_t rounded = round_up(std::max<size_t>(bytes, 64), 64);
    auto* memory = static_cast<char*>(std::aligned_alloc(64, rounded));
    if (memory == nullptr) std::abort();
    std::fill_n(memory, rounded, '\0');
    return HugeMemory(memory, {rounded});
  }
  // One page more than needed, so that what remains after trimming begins on a huge page.
  const size_t wanted = round_up(bytes, k_huge_page_bytes);
  const size_t mapped = wanted + k_huge_page_bytes;
  void* raw = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (raw == MAP_FAILED) std::abort();
  auto* begin = static_cast<char*>(raw);
  auto* aligned = reinterpret_cast<char*>(round_up(reinterpret_cast<uintptr_t>(begin), k_huge_page_bytes));
  if (aligned != begin) munmap(begin, static_cast<size_t>(aligned - begin));
  if (char* end = aligned + wanted; end != begin + mapped) munmap(end, static_cast<size_t>(begin + mapped - end));
  madvise(aligned, wanted, MADV_HUGEPAGE);
  return HugeMemory(aligned, {wanted});
}

char* BlockSource::take() {
  if (!free_.empty()) {
    char* block = free_.back();
    free_.pop_back();
    return block;
  }
  if (left_ == 0) {
    const size_t doubled = slabs_.empty() ? block_bytes_ : slabs_.back().get_deleter().bytes * 2;
    const size_t bytes = std::max(block_bytes_, std::min(doubled, k_slab_bytes_max) / block_bytes_ * block_bytes_);
    slabs_.push_back(allocate_huge(bytes));
    next_ = slabs_.back().get();
    left_ = slabs_.back().get_deleter().bytes / block_bytes_;
  }
  char* block = next_;
  next_ += block_bytes_;
  --left_;
  ++handed_out_;
  return block;
}

}  // namespace wend::engine
