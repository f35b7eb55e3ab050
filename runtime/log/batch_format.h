#pragma once

// The bytes of one batch of log entries (permanent). Little-endian; varints as in runtime/base/bytes.h.
//
//   u8 format (1)  u8 flags (0)  u64 XXH3-64 of everything after this field
//   varint count  32 bytes schema digest
//   cursor: text source, varint records, varint bytes, 32 bytes SHA-256 of the consumed bytes
//   count × entry: u8 tag  u8 flags  zigzag t_log - previous t_log (0 before the first)  varint t_log - t_event
//                  [text customer, where the tag has one]  text body
//
// A batch stands under the position of its first entry; entries have no position of their own.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/log.h"

namespace wend::log {

constexpr uint8_t k_batch_format = 1;

bool has_customer(engine::RecordTag tag);

// Appends the batch's bytes to `out`.
void encode_batch(const engine::Batch& batch, std::string& out);

// Decodes one batch at a time into memory it keeps. Never reads past the bytes, whatever they hold.
class BatchDecoder {
 public:
  // Views in the result point into `bytes` and into this decoder until the next call. The error says what is wrong, not where.
  std::expected<engine::Batch, std::string> decode(uint64_t first_position, std::string_view bytes);
  // Only the number of entries, without the checksum: for finding the end of a log whose last batch is read in full anyway.
  static std::expected<uint64_t, std::string> count(std::string_view bytes);

 private:
  std::vector<engine::Entry> entries_;
};

// Leaves out the entries below position `from`.
void drop_below(uint64_t from, engine::Batch& batch);

}  // namespace wend::log
