#include "runtime/log/batch_format.h"

#include <gmock/gmock.h>

#include "runtime/base/hash.h"
#include "runtime/log/environment.h"
#include "runtime/log/memory_log.h"

namespace wend::log {
namespace {

using engine::Entry;
using engine::RecordTag;

std::vector<Entry> some_entries() {
  return {
      {.tag = RecordTag::genesis, .t_log = 1000, .t_event = 1000, .body = "g"},
      {.tag = RecordTag::event, .flags = engine::k_entry_flag_clamped, .t_log = 1500, .t_event = 900, .customer = "ada", .body = "order"},
      {.tag = RecordTag::tick, .t_log = 1500, .t_event = 1500},
  };
}

engine::Batch batch_of(const std::vector<Entry>& entries) {
  engine::Batch batch;
  batch.first_position = 7;
  batch.entries = entries;
  batch.cursor = {.source = "history.ndjson", .records = 3, .bytes = 99, .consumed = sha256("consumed")};
  batch.schema = sha256("schema");
  return batch;
}

TEST(BatchFormat, GivesBackWhatWasWritten) {
  const auto entries = some_entries();
  std::string bytes;
  encode_batch(batch_of(entries), bytes);
  BatchDecoder decoder;
  const auto batch = decoder.decode(7, bytes);
  ASSERT_TRUE(batch) << batch.error();
  EXPECT_EQ(batch->first_position, 7U);
  EXPECT_EQ(batch->cursor.source, "history.ndjson");
  EXPECT_EQ(batch->cursor.records, 3U);
  EXPECT_EQ(batch->cursor.bytes, 99U);
  EXPECT_EQ(batch->cursor.consumed, sha256("consumed"));
  EXPECT_EQ(batch->schema, sha256("schema"));
  ASSERT_EQ(batch->entries.size(), 3U);
  EXPECT_EQ(batch->entries[1].tag, RecordTag::event);
  EXPECT_EQ(batch->entries[1].flags, engine::k_entry_flag_clamped);
  EXPECT_EQ(batch->entries[1].t_log, 1500);
  EXPECT_EQ(batch->entries[1].t_event, 900);
  EXPECT_EQ(batch->entries[1].customer, "ada");
  EXPECT_EQ(batch->entries[1].body, "order");
  EXPECT_EQ(batch->entries[2].t_event, 1500);
}

// The bytes are in every log ever written: this test may gain cases, its digest must never change.
TEST(BatchFormat, BytesArePermanent) {
  const auto entries = some_entries();
  std::string bytes;
  encode_batch(batch_of(entries), bytes);
  EXPECT_EQ(to_hex(sha256(bytes)), "6eed778d30f2ad1a0562cd77bcf6e5c8144091b42d26c13fd856e90e6f198396");
}

TEST(BatchFormat, NoDamagedByteGoesUnnoticed) {
  const auto entries = some_entries();
  std::string bytes;
  encode_batch(batch_of(entries), bytes);
  BatchDecoder decoder;
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    EXPECT_FALSE(decoder.decode(7, damaged)) << "byte " << i;
    EXPECT_FALSE(decoder.decode(7, bytes.substr(0, i))) << "cut at " << i;
  }
}

// A checksum that fits does not make the bytes true.
TEST(BatchFormat, HostileCountsAreRefused) {
  std::string bytes(2, '\0');
  bytes[0] = k_batch_format;
  std::string rest = "\xff\xff\xff\xff\xff\xff\xff\xff\x7f" + std::string(32, 'x') + std::string("\0\0\0", 3) + std::string(32, 'y');
  const uint64_t checksum = xxh3_64(rest);
  bytes.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
  BatchDecoder decoder;
  EXPECT_FALSE(decoder.decode(0, bytes + rest));
}

TEST(Environment, RoundTripsAndRefusesOtherBytes) {
  Environment environment{.program = sha256("program"), .tzdata = sha256("tz")};
  const auto read = decode_environment(encode(environment));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, environment);
  EXPECT_FALSE(decode_environment("nonsense"));
  const auto genesis = decode_genesis(encode(Genesis{.log_namespace = "shop", .assume_consent = true}));
  ASSERT_TRUE(genesis);
  EXPECT_EQ(genesis->log_namespace, "shop");
  EXPECT_TRUE(genesis->assume_consent);
}

TEST(MemoryLog, ReadsFromAnyPosition) {
  MemoryLog log;
  auto entries = some_entries();
  for (uint64_t first : {0, 3, 6}) {
    auto batch = batch_of(entries);
    batch.first_position = first;
    ASSERT_TRUE(log.append(batch));
  }
  EXPECT_EQ(log.next_position(), 9U);
  std::vector<uint64_t> positions;
  const auto note = [&](const engine::Batch& batch) {
    for (size_t i = 0; i < batch.entries.size(); ++i) positions.push_back(batch.first_position + i);
  };
  ASSERT_TRUE(log.read(4, note));
  EXPECT_THAT(positions, testing::ElementsAre(4, 5, 6, 7, 8));
  positions.clear();
  ASSERT_TRUE(log.truncate_below(5));
  ASSERT_TRUE(log.read(0, note));
  EXPECT_THAT(positions, testing::ElementsAre(3, 4, 5, 6, 7, 8));
}

}  // namespace
}  // namespace wend::log
