#include "runtime/ingest/event_reader.h"

#include <gmock/gmock.h>
#include <zlib.h>
#include <zstd.h>

#include "runtime/base/hash.h"
#include "runtime/ingest/record_source.h"
#include "tests/ingest/files.h"
#include "tests/ingest/shop_program.h"

namespace wend::ingest {
namespace {

using testing::HasSubstr;

std::string ping(const std::string& user, const std::string& day) {
  return R"({"type":"track","userId":")" + user + R"(","event":"Ping","timestamp":"2024-01-)" + day + "T00:00:00Z\"}\n";
}

std::string many(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += ping("user-" + std::to_string(i), i % 2 == 0 ? "01" : "02");
  return text;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  EXPECT_EQ(::deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(bytes.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

std::string zstandard(std::string_view bytes) {
  std::string out(::ZSTD_compressBound(bytes.size()), '\0');
  out.resize(::ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
  return out;
}

class Reader : public Files {
 protected:
  ReaderOptions options(const std::string& name) const { return {.path = path(name), .machine_now = 4'000'000'000'000}; }
  std::string error(const ReaderOptions& options) const {
    auto reader = EventReader::open(program_, *zones_, options);
    if (!reader) return reader.error().what;
    InputBatch batch;
    for (;;) {
      const auto more = (*reader)->next({}, batch);
      if (!more) return more.error().what;
      if (!*more) return "none";
    }
  }
  const bytecode::Program program_ = shop_program();
};

TEST_F(Reader, CompressedFilesReadLikePlainOnes) {
  const std::string text = many(20'000);
  write("a.ndjson", text);
  write("b.ndjson.gz", gzip(text.substr(0, 1000)) + gzip(text.substr(1000)));
  write("c.ndjson.zst", zstandard(text.substr(0, 1000)) + zstandard(text.substr(1000)));
  for (const char* name : {"a.ndjson", "b.ndjson.gz", "c.ndjson.zst"}) {
    InputBatch batch = read(program_, options(name));
    EXPECT_EQ(batch.entries().size(), 20'000U) << name;
    EXPECT_EQ(batch.cursor.source, name);
    EXPECT_EQ(batch.cursor.records, 20'000U);
    EXPECT_EQ(batch.cursor.bytes, text.size());
    EXPECT_EQ(batch.cursor.consumed, sha256(text));
  }
}

TEST_F(Reader, DamagedOrCutFilesAreRefused) {
  const std::string text = many(20'000);
  const std::string packed = gzip(text);
  write("cut.gz", packed.substr(0, packed.size() / 2));
  EXPECT_THAT(error(options("cut.gz")), HasSubstr("ends too early"));
  const std::string frames = zstandard(text);
  write("cut.zst", frames.substr(0, frames.size() / 2));
  EXPECT_THAT(error(options("cut.zst")), HasSubstr("ends too early"));
  std::string damaged = packed;
  for (size_t i = damaged.size() / 2; i < damaged.size() / 2 + 100; ++i) damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
  write("damaged.gz", damaged);
  EXPECT_THAT(error(options("damaged.gz")), HasSubstr("the compressed data is damaged"));
  EXPECT_THAT(error(options("missing")), HasSubstr("No such file"));
  EXPECT_THAT(error({.path = path(".")}), HasSubstr("not a regular file"));
}

TEST_F(Reader, BatchesEndAtTheirLimits) {
  write("a.ndjson", many(2500) + "nonsense\n");
  auto reader = EventReader::open(program_, *zones_, options("a.ndjson"));
  ASSERT_TRUE(reader);
  InputBatch batch;
  std::vector<size_t> sizes;
  while ((*reader)->next({.entries = 1000}, batch).value()) sizes.push_back(batch.entries().size());
  EXPECT_THAT(sizes, testing::ElementsAre(1000, 1000, 500));
  EXPECT_TRUE(batch.entries().empty());
  EXPECT_TRUE(batch.intake.empty());
}

TEST_F(Reader, AHugeLineIsRefusedInBoundedMemory) {
  write("a.ndjson", ping("ada", "01") + "{\"x\":\"" + std::string(100 << 20, 'x') + "\"}\n" + "\n  \n" + ping("ben", "02"));
  InputBatch batch = read(program_, options("a.ndjson"));
  EXPECT_EQ(batch.entries().size(), 2U);
  ASSERT_EQ(batch.intake.rejects.size(), 1U);
  EXPECT_EQ(batch.intake.rejects[0].reason, RejectReason::too_long);
  EXPECT_EQ(batch.intake.rejects[0].line, 2U);
}

TEST_F(Reader, GoesOnWhereItStoppedAndOnlyInTheSameFile) {
  const std::string text = many(3000);
  write("a.ndjson", text);
  auto reader = EventReader::open(program_, *zones_, options("a.ndjson"));
  ASSERT_TRUE(reader);
  InputBatch batch;
  ASSERT_TRUE((*reader)->next({.entries = 1000}, batch).value());
  auto resumed = options("a.ndjson");
  resumed.resume_at = batch.cursor;
  EXPECT_EQ(read(program_, resumed).entries().size(), 2000U);

  write("a.ndjson", text + ping("new", "03"));
  EXPECT_EQ(read(program_, resumed).entries().size(), 2001U) << "a file may grow";
  std::string changed = text;
  changed[changed.find("user-7")] = 'U';
  write("a.ndjson", changed);
  EXPECT_THAT(error(resumed), HasSubstr("has changed: its first"));
  write("a.ndjson", text.substr(0, 100));
  EXPECT_THAT(error(resumed), HasSubstr("has 100 bytes, but"));
  write("b.ndjson", text);
  resumed.path = path("b.ndjson");
  EXPECT_THAT(error(resumed), HasSubstr("was fed from `a.ndjson`"));
}

// A file that is being written: its last line may have no end yet.
TEST_F(Reader, ATornLastLineWaitsForItsRest) {
  const std::string last = ping("late", "02");
  for (size_t torn = 1; torn + 1 < last.size(); ++torn) {
    write("a.ndjson", many(3) + last.substr(0, torn));
    auto reader = EventReader::open(program_, *zones_, options("a.ndjson"));
    ASSERT_TRUE(reader);
    InputBatch batch;
    ASSERT_TRUE((*reader)->next({}, batch).value());
    EXPECT_EQ(batch.entries().size(), 3U);
    EXPECT_TRUE(batch.intake.rejects.empty());
    const auto more = (*reader)->next({}, batch);
    const bool is_whole = torn + 2 > last.size();
    ASSERT_EQ(more.has_value(), is_whole) << torn;
    if (is_whole) continue;
    EXPECT_THAT(more.error().what, HasSubstr("line 4, the last one, is not whole"));
  }
  // What was before stands; with the rest, the line is read as if it had never been torn.
  write("a.ndjson", many(3) + last.substr(0, 20));
  auto reader = EventReader::open(program_, *zones_, options("a.ndjson"));
  ASSERT_TRUE(reader);
  InputBatch batch;
  ASSERT_TRUE((*reader)->next({}, batch).value());
  auto resumed = options("a.ndjson");
  resumed.resume_at = batch.cursor;
  write("a.ndjson", many(3) + last);
  InputBatch rest = read(program_, resumed);
  ASSERT_EQ(rest.entries().size(), 1U);
  EXPECT_EQ(rest.entries()[0].customer, "late");
}

TEST_F(Reader, ALineThatWasTakenMayGetItsEndAndNoMore) {
  const std::string whole = many(3);
  write("a.ndjson", whole.substr(0, whole.size() - 1));
  InputBatch batch = read(program_, options("a.ndjson"));
  EXPECT_EQ(batch.entries().size(), 3U);
  auto resumed = options("a.ndjson");
  resumed.resume_at = batch.cursor;
  write("a.ndjson", whole + ping("new", "03"));
  EXPECT_EQ(read(program_, resumed).entries().size(), 1U);
  write("a.ndjson", whole.substr(0, whole.size() - 1) + " {\n");
  EXPECT_THAT(error(resumed), HasSubstr("line 3 was taken in when it was the last one"));
}

TEST_F(Reader, AByteOrderMarkIsPassedOver) {
  write("a.ndjson", "\xef\xbb\xbf" + many(2));
  InputBatch batch = read(program_, options("a.ndjson"));
  EXPECT_EQ(batch.entries().size(), 2U);
  EXPECT_TRUE(batch.intake.rejects.empty());
  auto resumed = options("a.ndjson");
  resumed.resume_at = batch.cursor;
  write("a.ndjson", "\xef\xbb\xbf" + many(2) + "\xef\xbb\xbf" + ping("new", "03"));
  EXPECT_EQ(read(program_, resumed).intake.rejects.size(), 1U) << "there is one at the beginning only";
}

TEST_F(Reader, TextOfUtf16IsRefusedOnce) {
  std::string wide;
  for (const char c : many(2)) wide += {c, '\0'};
  for (const std::string& mark : {std::string(), std::string("\xff\xfe")}) {
    write("a.ndjson", mark + wide);
    EXPECT_THAT(error(options("a.ndjson")), HasSubstr("iconv -f UTF-16 -t UTF-8"));
  }
  write("a.csv", "\xfe\xff" + wide);
  EXPECT_THAT(error(options("a.csv")), HasSubstr("iconv -f UTF-16 -t UTF-8"));
}

TEST_F(Reader, SortsByTimeAndKeepsTheOrderOfEqualTimes) {
  write("a.ndjson", ping("c", "03") + ping("a", "01") + "broken\n" + ping("d", "03") + ping("b", "02"));
  auto sorted = options("a.ndjson");
  sorted.sort = true;
  InputBatch batch = read(program_, sorted);
  std::string order;
  for (const auto& entry : batch.entries()) order += entry.customer;
  EXPECT_EQ(order, "abcd");
  ASSERT_EQ(batch.intake.rejects.size(), 1U);
  EXPECT_EQ(batch.intake.rejects[0].line, 3U);

  auto reader = EventReader::open(program_, *zones_, sorted);
  ASSERT_TRUE((*reader)->next({.entries = 2}, batch).value());
  sorted.resume_at = batch.cursor;
  EXPECT_EQ(read(program_, sorted).entries().size(), 2U);
  write("a.ndjson", ping("c", "03") + ping("a", "01") + "broken\n" + ping("d", "03") + ping("b", "02") + ping("e", "04"));
  EXPECT_EQ(read(program_, sorted).entries().size(), 3U) << "what grew is later";
  write("a.ndjson", ping("c", "03") + ping("a", "01") + ping("x", "01") + ping("b", "02"));
  EXPECT_THAT(error(sorted), HasSubstr("sorted by time, its first"));
  sorted.sort = false;
  EXPECT_THAT(error(sorted), HasSubstr("was fed from `sorted:a.ndjson`"));
}

TEST(Intake, RoundTripsThroughItsBytes) {
  Intake intake{.records = 5, .unknown_events = {{"x", 2}}, .unknown_traits = {{"age", 1}}, .ignored_calls = {{"page", 1}}};
  intake.rejects.push_back({7, 2, RejectReason::bad_value, "$.properties.total", "no"});
  const auto read = decode_intake(encode(intake));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->records, 5U);
  EXPECT_EQ(read->unknown_events, intake.unknown_events);
  ASSERT_EQ(read->rejects.size(), 1U);
  EXPECT_EQ(read->rejects[0].line, 7U);
  EXPECT_EQ(read->rejects[0].lines, 2U);
  EXPECT_EQ(read->rejects[0].path, "$.properties.total");
  EXPECT_FALSE(decode_intake("rubbish"));
  std::map<std::string, uint64_t> names;
  for (int i = 0; i < 500; ++i) Intake::count(names, std::to_string(i));
  EXPECT_EQ(names.size(), k_names_max + 1);
  EXPECT_EQ(names[k_other_names], 400U);
}

}  // namespace
}  // namespace wend::ingest
