#pragma once

// The durable, ordered input log of one partition. Nothing here may assume that it is embedded: append a batch → position,
// read from a position, truncate below a watermark.

#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <string>

#include "runtime/base/hash.h"
#include "runtime/engine/entry.h"

namespace wend::engine {

// How much of the input source the log has taken in: what a resumed run skips, and how it knows that the source is the same.
struct SourceCursor {
  std::string source;       // name of the source (a file's name without folder)
  uint64_t records = 0;     // records (lines) consumed, including rejected ones
  uint64_t bytes = 0;       // uncompressed bytes consumed
  Sha256Digest consumed{};  // running SHA-256 of those bytes
};

struct Batch {
  uint64_t first_position = 0;
  std::span<const Entry> entries;
  SourceCursor cursor;
  Sha256Digest schema{};
};

struct LogError {
  std::string what;  // with the place and a way out
};

class Log {
 public:
  virtual ~Log() = default;
  // Returns after the batch is on disk.
  virtual std::expected<void, LogError> append(const Batch& batch) = 0;
  // Calls `consume` with every batch that holds a position ≥ `from`, in order; entries below `from` are left out. Views live during the
  // call.
  virtual std::expected<void, LogError> read(uint64_t from, const std::function<void(const Batch&)>& consume) = 0;
  virtual uint64_t next_position() const = 0;
  virtual std::expected<void, LogError> truncate_below(uint64_t position) = 0;
};

}  // namespace wend::engine
