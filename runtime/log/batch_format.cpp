#include "runtime/log/batch_format.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include "runtime/base/bytes.h"
#include "runtime/base/hash.h"

namespace wend::log {
namespace {

constexpr size_t k_checksum_offset = 2;
constexpr size_t k_payload_offset = k_checksum_offset + sizeof(uint64_t);
// tag, flags, two deltas and a body length: no entry is shorter, so a count beyond this is a lie and nothing is reserved for it.
constexpr size_t k_entry_bytes_min = 5;

// Index: tag number; 0 = no such tag, 1 = without a customer, 2 = with one.
constexpr auto k_tags = [] {
  std::array<uint8_t, 256> table{};
#define WEND_RECORD_TAG(number, name, has_customer, meaning) table[number] = has_customer ? 2 : 1;
#include "runtime/engine/record_tags.def"
#undef WEND_RECORD_TAG
  return table;
}();

bool read_entry(ByteReader& reader, TimestampMs& previous_t_log, engine::Entry& entry) {
  const uint8_t tag = reader.u8();
  if (k_tags[tag] == 0) return false;
  entry.tag = static_cast<engine::RecordTag>(tag);
  entry.flags = reader.u8();
  entry.t_log = static_cast<TimestampMs>(static_cast<uint64_t>(previous_t_log) + static_cast<uint64_t>(reader.signed_varint()));
  entry.t_event = static_cast<TimestampMs>(static_cast<uint64_t>(entry.t_log) - reader.varint());
  previous_t_log = entry.t_log;
  entry.customer = k_tags[tag] == 2 ? reader.text() : std::string_view{};
  entry.body = reader.text();
  return reader.ok();
}

}  // namespace

bool has_customer(engine::RecordTag tag) {
  return k_tags[static_cast<uint8_t>(tag)] == 2;
}

void encode_batch(const engine::Batch& batch, std::string& out) {
  const size_t start = out.size();
  ByteWriter writer(out);
  writer.u8(k_batch_format);
  writer.u8(0);
  writer.u64(0);
  writer.varint(batch.entries.size());
  writer.raw(batch.schema.data(), batch.schema.size());
  writer.text(batch.cursor.source);
  writer.varint(batch.cursor.records);
  writer.varint(batch.cursor.bytes);
  writer.raw(batch.cursor.consumed.data(), batch.cursor.consumed.size());
  TimestampMs previous_t_log = 0;
  for (const engine::Entry& entry : batch.entries) {
    assert(entry.t_event <= entry.t_log);
    writer.u8(static_cast<uint8_t>(entry.tag));
    writer.u8(entry.flags);
    writer.signed_varint(entry.t_log - previous_t_log);
    writer.varint(static_cast<uint64_t>(entry.t_log - entry.t_event));
    previous_t_log = entry.t_log;
    if (has_customer(entry.tag)) writer.text(entry.customer);
    writer.text(entry.body);
  }
  const uint64_t checksum = xxh3_64(std::string_view(out).substr(start + k_payload_offset));
  std::memcpy(out.data() + start + k_checksum_offset, &checksum, sizeof checksum);
}

std::expected<engine::Batch, std::string> BatchDecoder::decode(uint64_t first_position, std::string_view bytes) {
  ByteReader reader(bytes);
  const uint8_t format = reader.u8();
  const uint8_t flags = reader.u8();
  const uint64_t checksum = reader.u64();
  if (!reader.ok()) return std::unexpected("it is too short to be a batch");
  if (format != k_batch_format || flags != 0) return std::unexpected("it was written by another version of wend");
  if (checksum != xxh3_64(bytes.substr(k_payload_offset))) return std::unexpected("its checksum does not match its bytes");

  engine::Batch batch;
  batch.first_position = first_position;
  const uint64_t count = reader.varint();
  const std::string_view schema = reader.bytes(batch.schema.size());
  batch.cursor.source = reader.text();
  batch.cursor.records = reader.varint();
  batch.cursor.bytes = reader.varint();
  const std::string_view consumed = reader.bytes(batch.cursor.consumed.size());
  if (!reader.ok() || count > reader.remaining() / k_entry_bytes_min) return std::unexpected("its header does not fit its bytes");
  std::ranges::copy(schema, batch.schema.begin());
  std::ranges::copy(consumed, batch.cursor.consumed.begin());

  entries_.resize(count);
  TimestampMs previous_t_log = 0;
  for (engine::Entry& entry : entries_) {
    if (!read_entry(reader, previous_t_log, entry)) return std::unexpected("an entry in it does not fit its bytes");
  }
  if (!reader.at_end()) return std::unexpected("bytes are left over after its last entry");
  batch.entries = entries_;
  return batch;
}

std::expected<uint64_t, std::string> BatchDecoder::count(std::string_view bytes) {
  if (bytes.size() < k_payload_offset) return std::unexpected("it is too short to be a batch");
  ByteReader reader(bytes.substr(k_payload_offset));
  const uint64_t count = reader.varint();
  if (!reader.ok()) return std::unexpected("its header does not fit its bytes");
  return count;
}

void drop_below(uint64_t from, engine::Batch& batch) {
  if (from <= batch.first_position) return;
  const uint64_t dropped = std::min<uint64_t>(from - batch.first_position, batch.entries.size());
  batch.entries = batch.entries.subspan(dropped);
  batch.first_position += dropped;
}

}  // namespace wend::log
