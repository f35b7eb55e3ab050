#pragma once

// What a snapshot is: written last and at once, it makes the pages of its generation the state to recover from.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/log.h"
#include "runtime/log/environment.h"

namespace wend::log {

// How far the customers' file goes, and a sum over its ids that tells their order. Erased ids are summed up as blanks of their length.
struct CustomerMark {
  uint32_t count = 0;
  uint64_t bytes = 0;
  uint64_t check = 0;
};

struct ResultLength {
  std::string file;  // name in the result folder
  uint64_t bytes = 0;
};

// Where the entries from outside end, and barriers with which a program went on as one that adds to it: behind it stand ticks and other
// barriers alone.
struct SourceEnd {
  uint64_t position = 0;  // of the first entry behind them
  TimestampMs t_log = 0;  // of the last of them, or when the last joins whom such a barrier lets in
};

struct Manifest {
  uint32_t generation = 0;
  uint64_t position = 0;  // of the first entry that the pages do not hold yet
  TimestampMs t_log = 0;  // of the last entry they hold
  Environment environment;
  engine::SourceCursor cursor;
  SourceEnd source_end;
  std::vector<ResultLength> results;
  std::string tally;  // opaque: the result writers' figures
  CustomerMark customers;
  // Customers erased since the snapshot before: what is still known of them outside the pages is removed when this one is finished.
  std::vector<uint32_t> erased;
};

// u8 format (3), u64 XXH3-64 of the rest, the fields in the order above.
std::string encode(const Manifest& manifest);
std::expected<Manifest, std::string> decode_manifest(std::string_view bytes);

}  // namespace wend::log
