// Events of an Avro file and the same events as lines of JSON give the same results, byte for byte, through the program itself.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/ingest/avro_writer.h"

namespace {

namespace fs = std::filesystem;
using avro_file::number;
using avro_file::text;
using testing::HasSubstr;

constexpr const char* k_schema = R"({"type": "record", "name": "OrderPlaced", "namespace": "com.shop", "fields": [
  {"name": "customer", "type": "string"},
  {"name": "placedAt", "type": {"type": "long", "logicalType": "timestamp-millis"}},
  {"name": "messageId", "type": "string"},
  {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
  {"name": "source", "type": {"type": "enum", "name": "Source", "symbols": ["WEB", "APP"]}},
  {"name": "coupon", "type": ["null", "string"], "default": null}]})";

constexpr const char* k_journey = R"(edition 1
import avro "order.avsc" { event OrderPlaced  enum Source }
customer { email: Email? }
channel email { address customer.email }
message Thanks(total: Decimal, coupon: Text) for transactional { email { body "Thanks for {total}, {coupon}" } }
journey thanks {
  owner "a@b.test"
  lifetime 10 days
  enter on OrderPlaced as order where order.source == app and order.total > 1
  wait 1 hour
  send Thanks(total: order.total, coupon: order.coupon otherwise "no coupon") via email
}
)";

constexpr int64_t k_start = 1'714'564'800'000;  // 2024-05-01T12:00:00Z

class AvroRun : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("wend-avro-{}-{}", getpid(), testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_ / "p");
    write("p/j.journey", k_journey);
    write("p/order.avsc", k_schema);
    write("p/wend.toml", "name = \"p\"\n[run]\nassume_consent = true\n[run.avro]\nuser = \"customer\"\ntime = \"placedAt\"\nmessage_id = \"messageId\"\n");
    std::string records;
    std::string lines;
    std::string blocks;
    for (int i = 0; i < k_events; ++i) {
      const int64_t cents = 50 + i * 7;
      const bool app = i % 3 != 0;
      const std::string coupon = i % 2 == 0 ? fmt::format("c\"{}", i) : "";
      records += text(fmt::format("u{}", i % 17)) + number(k_start + i * 60'000) + text(fmt::format("m{}", i)) +
                 text(std::string{static_cast<char>(cents >> 8), static_cast<char>(cents)}) + number(app ? 1 : 0) +
                 (coupon.empty() ? number(0) : number(1) + text(coupon));
      lines += fmt::format(R"({{"type":"track","event":"OrderPlaced","userId":"u{}","messageId":"m{}","timestamp":"2024-05-01T{:02}:{:02}:00Z",)"
                           R"("properties":{{"total":{}.{:02},"source":"{}","customer":"u{}","placedAt":"2024-05-01T{:02}:{:02}:00Z","messageId":"m{}")",
                           i % 17, i, 12 + i / 60, i % 60, cents / 100, cents % 100, app ? "APP" : "WEB", i % 17, 12 + i / 60, i % 60, i);
      if (!coupon.empty()) lines += fmt::format(R"(,"coupon":"c\"{}")", i);
      lines += "}}\n";
      if (i % 10 == 9) blocks += avro_file::block(10, avro_file::deflate(std::exchange(records, "")));
    }
    avro_ = avro_file::header(k_schema, "deflate") + blocks;
    write("events.avro", avro_);
    write("events.ndjson", lines);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& path, const std::string& bytes) { std::ofstream(folder_ / path, std::ios::binary) << bytes; }
  std::string read(const std::string& path) {
    std::ifstream in(folder_ / path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // Exit code; what is said is in `out` and `err`.
  int run(const std::string& events, const std::string& name) {
    const std::string command = fmt::format("cd '{}' && '{}' run p --events {} --data {}-data --out {}-out >out 2>err", folder_.string(),
                                            WEND_PROGRAM, events, name, name);
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  }
  std::string results(const std::string& name) {
    std::string all;
    for (const char* file : {"deliveries.ndjson", "instances.ndjson", "rejects.ndjson"}) all += read(fmt::format("{}-out/{}", name, file));
    return all;
  }

  static constexpr int k_events = 120;
  fs::path folder_;
  std::string avro_;
};

TEST_F(AvroRun, GivesTheResultsOfTheSameEventsInJson) {
  ASSERT_EQ(run("events.ndjson", "json"), 0) << read("err");
  ASSERT_EQ(run("events.avro", "avro"), 0) << read("err");
  const std::string expected = results("json");
  EXPECT_THAT(expected, HasSubstr("\"Thanks\""));
  EXPECT_EQ(results("avro"), expected);
}

TEST_F(AvroRun, ACutFileIsSaidAndGoesOnWhenItIsWhole) {
  write("events.avro", avro_.substr(0, avro_.size() - 100));
  EXPECT_NE(run("events.avro", "avro"), 0);
  EXPECT_THAT(read("err"), HasSubstr("is damaged, behind 110 whole records: the file ends inside a block"));
  const std::string before = results("avro");
  EXPECT_THAT(before, HasSubstr("\"Thanks\""));
  write("events.avro", avro_);
  EXPECT_EQ(run("events.avro", "avro"), 0) << read("err");
  ASSERT_EQ(run("events.ndjson", "json"), 0) << read("err");
  EXPECT_THAT(results("avro"), HasSubstr("u"));
  EXPECT_EQ(read("avro-out/deliveries.ndjson"), read("json-out/deliveries.ndjson"));
}

}  // namespace
