// Avro files as events: the same entries as the same calls in JSON, and nothing from bytes that are not what they claim.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/ingest/avro_writer.h"
#include "tests/ingest/files.h"
#include "tests/ingest/shop_program.h"

namespace wend::ingest {
namespace {

using avro_file::block;
using avro_file::header;
using avro_file::number;
using avro_file::real;
using avro_file::text;
using testing::HasSubstr;

// One record type for each event, and the envelope around them.
constexpr const char* k_schema = R"({"type": "record", "name": "Envelope", "namespace": "com.shop", "fields": [
  {"name": "id", "type": ["null", "string"]},
  {"name": "who", "type": {"type": "record", "name": "Who", "fields": [{"name": "user", "type": "long"}]}},
  {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
  {"name": "what", "type": "string"},
  {"name": "payload", "type": ["null",
    {"type": "record", "name": "OrderPlaced", "fields": [
      {"name": "order_id", "type": "string"},
      {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
      {"name": "carrier", "type": ["null", {"type": "enum", "name": "Carrier", "symbols": ["UPS", "DHL", "GLS"]}]},
      {"name": "products", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
        {"name": "sku", "type": "string"}, {"name": "qty", "type": "int"}]}}},
      {"name": "gift", "type": "boolean"},
      {"name": "due", "type": {"type": "int", "logicalType": "date"}},
      {"name": "discount", "type": "double"},
      {"name": "labels", "type": {"type": "map", "values": "string"}}]},
    {"type": "record", "name": "Ping", "fields": [{"name": "note", "type": ["null", "string"]}]}]}]})";

std::string envelope(const std::string& id, int64_t user, int64_t micros, const std::string& what) {
  return number(1) + text(id) + number(user) + number(micros) + text(what);
}
std::string order(const std::string& id, int64_t user, int64_t micros) {
  return envelope(id, user, micros, "Order Placed") + number(1) + text("o-1") + text(std::string_view("\xff\x38", 2)) + number(1) + number(1) +
         number(-2) + number(6) + text("a") + number(2) + text("b") + number(3) + number(0) + "\x01" + number(20'000) + real(0.25) +
         number(1) + text("k") + text("v\"\n") + number(0);
}
std::string ping(const std::string& id, int64_t user, int64_t micros, const std::string& note) {
  return envelope(id, user, micros, "Ping") + number(2) + number(1) + text(note);
}

constexpr int64_t k_micros = 1'714'564'800'123'456;  // 2024-05-01T12:00:00.123456Z

const std::string k_calls =
    R"({"type":"track","messageId":"m1","userId":"7","timestamp":"2024-05-01T12:00:00.123Z","event":"Order Placed","properties":{)"
    R"("order_id":"o-1","total":-2.00,"carrier":"DHL","products":[{"sku":"a","qty":2},{"sku":"b","qty":3}],"gift":true,"due":"2024-10-04",)"
    R"("discount":0.25,"labels":{"k":"v\"\n"}}})"
    "\n"
    R"({"type":"track","messageId":"m2","userId":"8","timestamp":"2024-05-01T12:00:01.123Z","event":"Ping","properties":{"note":"hé"}})"
    "\n";

AvroConfig mapping() {
  return {.user = "who.user", .time = "at", .message_id = "id", .event = "what", .properties = "payload"};
}

class Avro : public Files {
 protected:
  ReaderOptions options(const std::string& name, const AvroConfig& avro = mapping()) const {
    ReaderOptions result{.path = path(name)};
    result.config.avro = avro;
    result.machine_now = 4'000'000'000'000;
    return result;
  }
  std::string error(const std::string& bytes, const AvroConfig& avro = mapping()) const {
    write("events.avro", bytes);
    auto reader = EventReader::open(program_, *zones_, options("events.avro", avro));
    if (!reader) return reader.error().what;
    InputBatch batch;
    for (;;) {
      const auto more = (*reader)->next({}, batch);
      if (!more) return more.error().what;
      if (!*more) return "none";
    }
  }
  static std::vector<std::string> listing(InputBatch& batch) {
    std::vector<std::string> lines;
    for (const engine::Entry& entry : batch.entries()) {
      lines.push_back(fmt::format("{} {} {} {} {}", static_cast<int>(entry.tag), entry.t_log, entry.t_event, entry.customer,
                                  testing::PrintToString(std::string(entry.body))));
    }
    return lines;
  }
  std::vector<std::string> from_json(const std::string& calls) const {
    write("events.ndjson", calls);
    InputBatch batch = read(program_, options("events.ndjson"));
    return listing(batch);
  }

  const bytecode::Program program_ = shop_program();
};

TEST_F(Avro, GivesTheEntriesOfTheSameCallsInJson) {
  const std::string first = order("m1", 7, k_micros);
  const std::string second = ping("m2", 8, k_micros + 1'000'000, "hé");
  const auto expected = from_json(k_calls);
  ASSERT_EQ(expected.size(), 2u);
  write("plain.avro", header(k_schema) + block(2, first + second));
  write("blocks.avro", header(k_schema) + block(1, first) + block(0, "") + block(1, second));
  write("deflate.avro", header(k_schema, "deflate") + block(2, avro_file::deflate(first + second)));
  write("zstd.avro", header(k_schema, "zstandard") + block(2, avro_file::zstandard(first + second)));
  write("packed.avro.zst", avro_file::zstandard(header(k_schema) + block(2, first + second)));
  for (const char* name : {"plain.avro", "blocks.avro", "deflate.avro", "zstd.avro", "packed.avro.zst"}) {
    InputBatch batch = read(program_, options(name));
    EXPECT_EQ(listing(batch), expected) << name;
    EXPECT_TRUE(batch.intake.rejects.empty()) << name;
  }
}

TEST_F(Avro, TheRecordItselfIsThePayloadAndNamesItsEvent) {
  write("events.avro", header(R"({"type": "record", "name": "com.shop.Ping", "fields": [
      {"name": "note", "type": "string"}, {"name": "user", "type": "string"}, {"name": "seconds", "type": "int"}]})") +
                           block(1, text("x") + text("ada") + number(1'714'564'800)));
  InputBatch batch = read(program_, options("events.avro", {.user = "user", .time = "seconds", .time_unit = TimeUnit::seconds}));
  EXPECT_EQ(listing(batch),
            from_json(R"({"type":"track","userId":"ada","timestamp":"2024-05-01T12:00:00Z","event":"Ping","properties":{"note":"x"}})"
                      "\n"));
}

TEST_F(Avro, WhatDoesNotFitTheEventIsRejectedAlone) {
  write("events.avro", header(k_schema) + block(3, ping("m1", 1, k_micros, "a") + envelope("m2", 1, k_micros, "Order Placed") + number(0) +
                                                       ping("m3", 1, k_micros, "\xff")));
  InputBatch batch = read(program_, options("events.avro"));
  EXPECT_EQ(batch.size(), 1u);
  ASSERT_EQ(batch.intake.rejects.size(), 2u);
  EXPECT_EQ(batch.intake.rejects[0].line, 2u);
  EXPECT_EQ(batch.intake.rejects[0].path, "$.properties.order_id");
  EXPECT_EQ(batch.intake.rejects[1].line, 3u);
}

TEST_F(Avro, AFileCutAnywhereGivesWhatStandsBeforeAndSaysWhere) {
  const std::string whole = header(k_schema) + block(1, order("m1", 7, k_micros)) + block(1, ping("m2", 8, k_micros + 1'000'000, "hé"));
  const auto expected = from_json(k_calls);
  const size_t first_end = header(k_schema).size() + block(1, order("m1", 7, k_micros)).size();
  for (size_t size = 0; size < whole.size(); ++size) {
    write("cut.avro", whole.substr(0, size));
    auto reader = EventReader::open(program_, *zones_, options("cut.avro"));
    if (size < header(k_schema).size()) {
      ASSERT_FALSE(reader) << size;
      EXPECT_THAT(reader.error().what, HasSubstr("events file `cut.avro`: its header is damaged: the file ends inside the header"));
      continue;
    }
    ASSERT_TRUE(reader) << size << reader.error().what;
    std::vector<std::string> entries;
    std::string problem;
    InputBatch batch;
    for (bool more = true; more;) {
      const auto next = (*reader)->next({.entries = 1}, batch);
      if (!next) problem = next.error().what;
      more = next && *next;
      if (more) entries.push_back(listing(batch).front());
    }
    EXPECT_EQ(entries, std::vector(expected.begin(), expected.begin() + (size >= first_end ? 1 : 0))) << size;
    if (size == header(k_schema).size() || size == first_end) {
      EXPECT_EQ(problem, "") << "a file that ends between two blocks is whole";
    } else {
      const bool in_first = size < first_end;
      EXPECT_EQ(problem, fmt::format("events file `cut.avro`: the block at byte {} is damaged, behind {} whole records: the file ends inside a "
                                     "block: it was not written or copied to its end",
                                     in_first ? header(k_schema).size() : first_end, in_first ? 0 : 1));
    }
  }
}

TEST_F(Avro, AnErrorComesBehindWhatStandsBeforeIt) {
  write("cut.avro", header(k_schema) + block(1, order("m1", 7, k_micros)) + "\x02");
  auto reader = EventReader::open(program_, *zones_, options("cut.avro"));
  ASSERT_TRUE(reader);
  InputBatch batch;
  const auto first = (*reader)->next({.entries = 100}, batch);
  ASSERT_TRUE(first) << first.error().what;
  EXPECT_TRUE(*first);
  EXPECT_EQ(batch.size(), 1u);
  for (int again = 0; again < 2; ++again) EXPECT_FALSE((*reader)->next({.entries = 100}, batch));
}

TEST_F(Avro, GoesOnWhereItStoppedInsideABlockAndAfterACut) {
  std::string data;
  std::string calls;
  for (int i = 0; i < 10; ++i) {
    data += ping(fmt::format("m{}", i), i, k_micros + i * 1000, "n");
    calls += fmt::format(R"({{"type":"track","messageId":"m{}","userId":"{}","timestamp":"2024-05-01T12:00:00.{}Z","event":"Ping","properties":{{"note":"n"}}}})"
                         "\n",
                         i, i, 123 + i);
  }
  const std::string whole = header(k_schema) + block(10, data) + block(10, data);
  const auto expected = from_json(calls + calls);
  for (const bool cut : {false, true}) {
    write("events.avro", cut ? whole.substr(0, whole.size() - 5) : whole);
    auto reader = EventReader::open(program_, *zones_, options("events.avro"));
    InputBatch batch;
    const size_t stop = cut ? 10 : 13;
    ASSERT_TRUE((*reader)->next({.entries = stop}, batch).value());
    ReaderOptions resumed = options("events.avro");
    resumed.resume_at = batch.cursor;
    resumed.virtual_now = batch.entries().back().t_log;
    write("events.avro", whole);
    InputBatch rest = read(program_, resumed);
    std::vector<std::string> all = listing(batch);
    for (const std::string& entry : listing(rest)) all.push_back(entry);
    EXPECT_EQ(all, expected) << cut;
    std::string other = whole;
    other[header(k_schema).size() + 20] ^= 1;
    write("events.avro", other);
    const auto refused = EventReader::open(program_, *zones_, resumed);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().what, HasSubstr("has changed"));
  }
}

TEST_F(Avro, BytesThatAreNotWhatTheyClaimAreRefused) {
  const auto damage = [&](const std::string& rest) { return error(header(k_schema) + rest); };
  EXPECT_THAT(damage(block(int64_t{1} << 60, "ab")), HasSubstr("it claims 1152921504606846976 records in 2 bytes"));
  EXPECT_THAT(damage(number(1) + number(int64_t{1} << 40)), HasSubstr("it claims 1099511627776 bytes, and at most 64 MiB are read at once"));
  EXPECT_THAT(damage(number(-1) + number(3)), HasSubstr("its size is negative"));
  EXPECT_THAT(damage(std::string(9, '\xff') + "\x02" + "rest"), HasSubstr("a block has a number longer than 64 bits"));
  EXPECT_THAT(damage(std::string(20, '\xff')), HasSubstr("a block has a number longer than 64 bits"));
  EXPECT_THAT(damage(number(1) + text("x") + "0123456789abcdeX"), HasSubstr("the mark that ends it is not the file's"));
  EXPECT_THAT(damage(block(1, ping("m", 1, k_micros, "a") + "more")), HasSubstr("4 bytes follow its last record"));
  EXPECT_THAT(damage(block(2, ping("m", 1, k_micros, "a"))), HasSubstr("behind 1 whole records: a number ends too early"));
  EXPECT_THAT(damage(block(1, envelope("m", 1, k_micros, "Ping") + number(7))), HasSubstr("a union of 3 has no branch 7"));
  EXPECT_THAT(damage(block(1, number(1) + number(1'000'000))), HasSubstr("a value claims 1000000 bytes"));
  std::string with_symbol = order("m", 7, k_micros);
  with_symbol.replace(with_symbol.find(number(1) + number(1) + number(-2)) + 1, 1, number(9));
  EXPECT_THAT(damage(block(1, with_symbol)), HasSubstr("`com.shop.Carrier` has no symbol 9"));
  EXPECT_THAT(damage(block(1, number(1) + std::string(9, '\x80') + "\x7f")), HasSubstr("a number is longer than 64 bits"));
}

TEST_F(Avro, HeadersThatCannotBeReadAreRefused) {
  EXPECT_THAT(error("PK\x03\x04 and more"), HasSubstr("is no object container file of Avro"));
  EXPECT_EQ(error(header(k_schema, "snappy")),
            "events file `events.avro`: its blocks are compressed by `snappy`, and null, deflate and zstandard are read; write it with one of those");
  EXPECT_THAT(error(header("{\"type\": \"rec")), HasSubstr("its schema cannot be read"));
  EXPECT_THAT(error(header("\"string\"")), HasSubstr("what it holds are no records"));
  EXPECT_THAT(error(header(R"({"type": "record", "name": "R", "fields": [{"name": "a", "type": "Gone"}]})")), HasSubstr("it has no type `Gone`"));
  EXPECT_THAT(error(std::string("Obj\x01", 4) + number(int64_t{1} << 60) + text("key")), HasSubstr("the file ends inside the header"));
  EXPECT_THAT(error(std::string("Obj\x01", 4) + number(1) + number(int64_t{1} << 60)), HasSubstr("the header is too large"));
  EXPECT_THAT(error(header(k_schema), {.user = "who.name", .time = "at"}),
              HasSubstr("mapping [run.avro]: `user`: there is no field `who.name`; `com.shop.Envelope` has: `id`, `who`, `at`, `what`, `payload`"));
}

TEST_F(Avro, BombsAreBounded) {
  // 65 MiB of zeros in some 65 KB.
  const std::string zeros(65 << 20, '\0');
  EXPECT_THAT(error(header(k_schema, "deflate") + block(1, avro_file::deflate(zeros))), HasSubstr("it is larger than 64 MiB when it is decompressed"));
  EXPECT_THAT(error(header(k_schema, "zstandard") + block(1, avro_file::zstandard(zeros))), HasSubstr("it is larger than 64 MiB when it is decompressed"));
  EXPECT_THAT(error(header(k_schema, "deflate") + block(1, "no such data")), HasSubstr("its compressed data is broken"));
  EXPECT_THAT(error(header(k_schema, "zstandard") + block(1, avro_file::zstandard("abc").substr(0, 9))), HasSubstr("its compressed data is broken"));
}

TEST_F(Avro, ValuesWithoutBytesDoNotMultiply) {
  const AvroConfig who{.user = "user", .time = "at"};
  const std::string begin = R"({"type": "record", "name": "Ping", "fields": [{"name": "user", "type": "string"}, {"name": "at", "type": "long"}, )";
  const std::string head = text("ada") + number(1'714'564'800'000);
  // An array of nulls takes no bytes for its elements.
  const std::string nulls = begin + R"({"name": "nulls", "type": {"type": "array", "items": "null"}}]})";
  EXPECT_EQ(error(header(nulls) + block(1, head + number(INT64_MAX) + number(0)), who), "none");
  // Records of records of … of nulls: two to the power of fifty of them in no bytes at all.
  std::string doubled = begin + R"({"name": "r0", "type": {"type": "record", "name": "R0", "fields": [{"name": "n", "type": "null"}]}})";
  for (int i = 1; i <= 50; ++i) {
    doubled += fmt::format(R"(, {{"name": "r{0}", "type": {{"type": "record", "name": "R{0}", "fields": [{{"name": "a", "type": "R{1}"}}, )"
                           R"({{"name": "b", "type": "R{1}"}}]}}}})",
                           i, i - 1);
  }
  EXPECT_EQ(error(header(doubled + "]}") + block(1, head), who), "none");
  // A byte and a hundred thousand nulls, a million times.
  std::string wide = begin + R"({"name": "all", "type": {"type": "array", "items": {"type": "record", "name": "W", "fields": [{"name": "b", "type": "boolean"})";
  for (int i = 0; i < 50'000; ++i) wide += fmt::format(R"(, {{"name": "n{}", "type": "null"}})", i);
  EXPECT_THAT(error(header(wide + "]}}}]}") + block(1, head + number(1'000'000) + std::string(1'000'000, '\x01') + number(0)), who),
              HasSubstr("it has too many values without bytes"));
  // A record that holds itself cannot be written, and is not read for ever.
  EXPECT_THAT(error(header(begin + R"({"name": "self", "type": "Ping"}]})") + block(1, head), who), HasSubstr("a number ends too early"));
}

TEST_F(Avro, NeedsAMapping) {
  write("events.avro", header(k_schema));
  const auto reader = EventReader::open(program_, *zones_, {.path = path("events.avro")});
  ASSERT_FALSE(reader);
  EXPECT_THAT(reader.error().what, HasSubstr("records of Avro need a mapping, the table [run.avro] in wend.toml"));
}

}  // namespace
}  // namespace wend::ingest
