#include "runtime/log/customer_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <set>

#include "runtime/base/hash.h"
#include "runtime/base/system_error.h"

namespace wend::log {
namespace {

constexpr std::string_view k_magic = "WENDIDS1";
constexpr uint32_t k_customers_per_offset = 16;
constexpr uint64_t k_length_bytes_max = 10;      // of a varint
constexpr uint64_t k_grow_bytes_min = 64 << 10;  // a small project's folder stays small
constexpr uint64_t k_grow_bytes_max = 64 << 20;  // and a large one is not doubled

// Reads the varint at `at`; advances `at`. The caller knows that `end` is beyond it.
uint64_t read_length(const char*& at, const char* end) {
  uint64_t length = 0;
  for (int shift = 0; at != end && shift < 64; shift += 7) {
    const auto byte = static_cast<uint8_t>(*at++);
    length |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return length;
  }
  return UINT64_MAX;
}

// A new file exists for good only when its folder is on disk.
bool sync_folder(const std::string& path) {
  const std::string folder = path.substr(0, path.find_last_of('/') + 1);
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool done = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return done;
}

// What a customer adds to the sum over the file: depends on its number, so that ids that change places are noticed, and can be taken
// out of the sum again.
uint64_t share(uint32_t number, std::string_view id) {
  return (xxh3_64(id) ^ std::rotl((number + uint64_t{1}) * 0x9e3779b97f4a7c15, 29)) * 0xbf58476d1ce4e5b9;
}

bool is_blank(std::string_view id) {
  return std::ranges::all_of(id, [](char byte) { return byte == 0; });
}

}  // namespace

engine::LogError CustomerFile::error(const std::string& what) const {
  return {fmt::format("customer file `{}`: {}", path_, what)};
}

std::expected<std::unique_ptr<CustomerFile>, engine::LogError> CustomerFile::open(const std::string& path, const CustomerMark& mark,
                                                                                  const std::vector<uint32_t>& erased) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  std::unique_ptr<CustomerFile> file(new CustomerFile(path, descriptor));
  if (descriptor < 0) return std::unexpected(file->error(system_error(errno)));
  if (auto loaded = file->load(mark, erased); !loaded) return std::unexpected(loaded.error());
  return file;
}

CustomerFile::~CustomerFile() {
  if (map_ != nullptr) ::munmap(map_, mapped_);
  if (descriptor_ < 0) return;
  // The room that was reserved and not used goes back; when that fails the next open cuts it off all the same.
  if (map_ != nullptr && ::ftruncate(descriptor_, static_cast<off_t>(end_.bytes)) != 0) errno = 0;
  ::close(descriptor_);
}

std::expected<void, engine::LogError> CustomerFile::load(const CustomerMark& mark, const std::vector<uint32_t>& erased) {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return std::unexpected(error(system_error(errno)));
  const auto size = static_cast<uint64_t>(status.st_size);
  if (mark.count > 0 && size < mark.bytes) {
    return std::unexpected(
        error(fmt::format("it has {} bytes, the last snapshot recorded {}; restore the folder from a copy, or replay "
                          "the events into a new one",
                          size, mark.bytes)));
  }
  if (mark.count == 0) {
    if (::ftruncate(descriptor_, 0) != 0) return std::unexpected(error(system_error(errno)));
    if (auto grown = grow(k_grow_bytes_min); !grown) return grown;
    std::memcpy(map_, k_magic.data(), k_magic.size());
    end_ = {.count = 0, .bytes = k_magic.size(), .check = 0};
    return {};
  }
  if (::ftruncate(descriptor_, static_cast<off_t>(mark.bytes)) != 0) return std::unexpected(error(system_error(errno)));
  if (auto grown = grow(mark.bytes); !grown) return grown;

  // One pass finds the offsets and proves that the ids are those of the snapshot. What the snapshot has erased may be there still.
  char* at = map_ + k_magic.size();
  const char* end = map_ + mark.bytes;
  uint64_t check = 0;
  const std::set<uint32_t> blanks(erased.begin(), erased.end());
  for (uint32_t number = 0; number < mark.count; ++number) {
    if (number % k_customers_per_offset == 0) offsets_.push_back(static_cast<uint64_t>(at - map_));
    const char* id = at;
    const uint64_t length = read_length(id, end);
    if (length > static_cast<uint64_t>(end - id)) return std::unexpected(error(fmt::format("customer {} does not fit", number)));
    at += id - at;
    if (blanks.contains(number)) std::memset(at, 0, length);
    check += share(number, {at, length});
    at += length;
  }
  if (at != end || check != mark.check || std::string_view(map_, k_magic.size()) != k_magic) {
    return std::unexpected(
        error("its ids are not those of the last snapshot; restore the folder from a copy, or replay the events into a "
              "new one"));
  }
  end_ = mark;
  synced_ = mark.bytes;
  if (!blanks.empty() && ::fsync(descriptor_) != 0) return std::unexpected(error(system_error(errno)));
  return {};
}

std::expected<void, engine::LogError> CustomerFile::grow(uint64_t size) {
  // Blocks are allocated, not only promised: a full disk is an error here and not a signal when the map is written.
  const int failure = ::posix_fallocate(descriptor_, 0, static_cast<off_t>(size));
  if (failure != 0) return std::unexpected(error(system_error(failure)));
  void* map = map_ == nullptr ? ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0)
                              : ::mremap(map_, mapped_, size, MREMAP_MAYMOVE);
  if (map == MAP_FAILED) return std::unexpected(error(system_error(errno)));
  map_ = static_cast<char*>(map);
  mapped_ = size;
  return {};
}

std::expected<void, engine::LogError> CustomerFile::reserve(uint64_t count, uint64_t bytes) {
  if (end_.count + count > UINT32_MAX) return std::unexpected(error("it is full: a partition has at most 4,294,967,295 customers"));
  const uint64_t needed = end_.bytes + bytes + count * k_length_bytes_max;
  if (needed <= mapped_) return {};
  return grow(needed + std::clamp(mapped_, k_grow_bytes_min, k_grow_bytes_max));
}

void CustomerFile::add(engine::CustomerNumber number, std::string_view id) {
  assert(static_cast<uint32_t>(number) == end_.count && "numbers are given in order");
  assert(end_.bytes + id.size() + k_length_bytes_max <= mapped_ && "room was reserved");
  if (static_cast<uint32_t>(number) % k_customers_per_offset == 0) offsets_.push_back(end_.bytes);
  char* at = map_ + end_.bytes;
  uint64_t length = id.size();
  for (; length >= 0x80; length >>= 7) *at++ = static_cast<char>(length | 0x80);
  *at++ = static_cast<char>(length);
  std::memcpy(at, id.data(), id.size());
  end_.bytes = static_cast<uint64_t>(at + id.size() - map_);
  end_.check += share(static_cast<uint32_t>(number), id);
  ++end_.count;
}

std::string_view CustomerFile::id(engine::CustomerNumber number) {
  return find(static_cast<uint32_t>(number));
}

void CustomerFile::erase(engine::CustomerNumber number) {
  const auto customer = static_cast<uint32_t>(number);
  const std::string_view id = find(customer);
  end_.check += share(customer, std::string(id.size(), '\0')) - share(customer, id);
  if (!is_blank(id)) erased_.push_back(customer);
}

std::expected<void, engine::LogError> CustomerFile::blank(const std::vector<uint32_t>& erased) {
  for (const uint32_t customer : erased) {
    const std::string_view id = find(customer);
    std::memset(map_ + (id.data() - map_), 0, id.size());
  }
  if (!erased.empty() && ::fsync(descriptor_) != 0) return std::unexpected(error(system_error(errno)));
  return {};
}

std::string_view CustomerFile::find(uint32_t wanted) {
  assert(wanted < end_.count && "a known number has an id");
  uint32_t current = wanted - wanted % k_customers_per_offset;
  uint64_t offset = offsets_[wanted / k_customers_per_offset];
  if (wanted == last_number_ + 1 && wanted != 0) {
    current = wanted;
    offset = last_end_;
  }
  const char* at = map_ + offset;
  const char* end = map_ + end_.bytes;
  for (;; ++current) {
    const uint64_t length = read_length(at, end);
    if (current == wanted) {
      last_number_ = wanted;
      last_end_ = static_cast<uint64_t>(at + length - map_);
      return {at, length};
    }
    at += length;
  }
}

// The map is not touched, because it may move while the file grows: fsync() writes what was changed through it as well.
std::expected<void, engine::LogError> CustomerFile::sync(const CustomerMark& mark) {
  if (synced_ == mark.bytes) return {};
  if (::fsync(descriptor_) != 0) return std::unexpected(error(system_error(errno)));
  if (synced_ == 0 && !sync_folder(path_)) return std::unexpected(error(system_error(errno)));
  synced_ = mark.bytes;
  return {};
}

}  // namespace wend::log
